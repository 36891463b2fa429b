"""The embedded practice cluster: API server, controllers, kubelets, students; enough Kubernetes to practise.

It is a process of its own (``python -m z2jh_wizard.practice``); everybody else uses ``client`` and ``token``.
May import: core, system and this package. It opens sockets on loopback only.

Who does what, from the outside in: ``client`` finds and starts ``server``; ``api`` takes requests and hands
each as a ``call`` to ``reading``, ``watch``, ``writing``, ``removing``, ``subresources``, ``pod_logs``,
``exec`` or ``reviews``; these work on objects (``schema``, ``validation``, ``defaults``, ``managed_fields``,
``patches``, ``selectors``, ``tables``) in the ``store``, which ``persistence`` keeps on disk. ``world`` and
the controllers follow the store and make things happen.
"""
