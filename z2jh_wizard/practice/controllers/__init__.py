"""The controllers of the practice cluster, one module for each kind of object they look after.

They read and write the store only, and never wait: see ``base.Controller``.
"""
