"""Tests of child processes, files, journal and lock, with real processes and real files."""
