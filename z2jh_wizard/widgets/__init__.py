"""Pieces of screens that know nothing of projects or clusters, and the one table of actions.

May import: Textual, core. Outside text goes through ``Plain``, the table or the log.
"""
