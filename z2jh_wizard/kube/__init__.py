"""The cluster as the wizard sees it: signing in, requests, watches, rows for panes, and what is wrong.

``kubeconfig.load`` gives an ``Access``, ``transport.KubeTransport`` makes requests with it, ``probes`` and
``objects`` ask and change single things, ``live`` keeps panes up to date, ``diagnose`` explains. Only bytes
and the few fields that are shown ever become Python objects.

Imports: core, system (for credential plugins), the standard library, msgspec and yaml; ``kubernetes`` only
inside functions.
"""
