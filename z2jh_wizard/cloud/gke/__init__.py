"""Google Kubernetes Engine: sign-in, what an account is asked, a cluster's steps, and what is left of it.

The clusters go through Google's own client in its REST form, which honours proxies; disks, quotas and
services through plain REST with the same credentials. Google's packages are imported inside functions only.
"""
