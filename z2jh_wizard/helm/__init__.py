"""Helm as a child process: finding one, calling it, reading its answers, explaining its errors.

Here belong the command that stands for one Helm (``command``), its verified download (``download``), what
its flags are called (``flags``), the calls (``client``), the judgement of releases (``releases``), its
messages in plain words (``progress``, ``explain``), the bundled Helm (``shim``), and Tiller (``tiller``).
Imports: core, system, the standard library, msgspec and platformdirs; helm_python only inside the shim.
"""
