"""Helm as a child process: finding one, calling it, reading its answers, explaining its errors.

Here belong the command that stands for one Helm (``command``), its verified download (``download``), what
its flags are called (``flags``, ``arguments``), the calls (``client``), releases as Helm tells and stores
them and their judgement (``releases``, ``records``), Helm's messages in plain words (``progress``,
``explain``), the bundled Helm (``shim``), and Tiller (``tiller``).
Imports: core, system, the standard library, msgspec and platformdirs; helm_python only inside the shim.
"""
