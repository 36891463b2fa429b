"""Tests of the providers and of what public services say."""
