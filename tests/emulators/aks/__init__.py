"""Azure Resource Manager: groups, providers, clusters and their pools, quotas, and what lies in a group."""
