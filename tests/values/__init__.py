"""Tests of the values file: reading, editing, chart versions, migration."""
