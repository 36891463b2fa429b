"""The columns that kubectl shows for each kind of object: what the heads say and what stands in the cells.

Names, order and wording: k8s.io/kubernetes, pkg/printers/internalversion/printers.go. May import: the small
modules about objects beside this folder.
"""
