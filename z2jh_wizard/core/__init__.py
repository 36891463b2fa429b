"""The pure heart of the wizard: specs, steps, the engine, events, checks, redaction and errors.

Here nothing reads a file, opens a socket, starts a process or draws on a screen (the one exception is
``assets``, which only finds where the package's own data lies). Imports: the standard library and msgspec.
"""
