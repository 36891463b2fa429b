"""The embedded practice cluster: an API server, controllers and nodes that speak enough Kubernetes to practise.

May import: core, and this package. It opens sockets on loopback only.
"""
