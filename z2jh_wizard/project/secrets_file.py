"""``secrets.yaml``: how it begins. What belongs in it, the values know; who writes it, the flows."""

from __future__ import annotations

COMMENT = """\
# Secrets of this hub, made by z2jh-wizard. Keep this file private and out of git.
# Helm gets it as a second --values file, after config.yaml.
"""
