"""Tests of signing in, the transport, rows, the live store, probes and diagnoses."""
