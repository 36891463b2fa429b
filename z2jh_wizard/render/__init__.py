"""How things are said outside the TUI: plain lines, JSON, runbook, receipt.

Pure text in and out, but for ``output``, the one place that prints. Imports: core.
"""
