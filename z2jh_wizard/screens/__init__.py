"""Screens: each shows data, collects answers and posts a message; none decides and none owns long work.

May import: Textual, widgets, and everything below. Each screen's module is imported when it is first shown.
"""
