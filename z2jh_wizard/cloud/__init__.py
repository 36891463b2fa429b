"""One module a provider: the steps that make, resize and remove a cluster, and how to sign in to it.

Imports: helm, kube, practice, values, project, system and core; never flows or screens. A cloud's SDK is
imported inside functions only.
"""
