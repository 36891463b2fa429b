"""Tests of the pure core: no file, socket or process is needed."""
