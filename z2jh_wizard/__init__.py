"""z2jh_wizard: a guided way from nothing to a Zero to JupyterHub hub, and back to nothing."""

__version__ = "0.1.0.dev0"
