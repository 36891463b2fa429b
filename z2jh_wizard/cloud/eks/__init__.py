"""Amazon EKS: sign-in, what an account is asked, a cluster's steps, and what is left of it.

One CloudFormation stack holds network and roles; cluster, node groups and add-ons go through the API of EKS.
Amazon's packages are imported inside functions only.
"""
