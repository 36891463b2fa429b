"""What makes an object of each kind valid: rules that yield a cause for everything that is wrong.

A rule sees an object before or after its defaults; it may rely on the types, which were checked before.
Wording: k8s.io/kubernetes, pkg/apis/*/validation. May import: the modules about objects beside this folder.
"""
