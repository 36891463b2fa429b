"""Helm without a helm binary: ``python -m z2jh_wizard.helm.shim`` takes Helm's arguments and answers alike.

It puts Helm's command line on top of the Helm SDK in the Python package helm-python-sdk, in a process of its
own, because the SDK writes on the screen and can hang. What the SDK cannot do ends with a clear error.
``table`` lists commands and flags, ``flags`` reads them, ``sdk`` calls the SDK, ``charts``, ``reading`` and
``changing`` carry the commands out, ``output`` prints. Imports: this package, msgspec, and helm_python late.
"""
