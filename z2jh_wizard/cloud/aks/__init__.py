"""Azure Kubernetes Service: sign-in, what a subscription is asked, a cluster's steps, and what is left of it.

Clusters and pools go through Azure's own client; groups, providers, quotas and leftovers through plain
requests to Azure Resource Manager with the same credentials. Azure's packages are imported inside functions.
"""
