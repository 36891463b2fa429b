"""Tests of the practice chart, run with the real Helm."""
