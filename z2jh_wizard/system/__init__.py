"""The only package that starts processes and writes project files: children, journal, files, lock, clock.

It hides the differences between platforms. Imports: core, the standard library, psutil, filelock.
"""
