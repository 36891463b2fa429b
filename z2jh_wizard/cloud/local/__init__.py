"""A cluster in Docker on this computer, made by kind, k3d or minikube through their own commands.

The cluster's name holds the project's id, so that whose it is needs no label. There is no secret in the
project's kubeconfig: the tool is asked for its credentials whenever they are needed.
"""
