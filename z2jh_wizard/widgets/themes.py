"""The colour themes, read from data: the only place where colours have numbers is themes.json."""

from __future__ import annotations

import json

from textual.theme import Theme

from z2jh_wizard.core.assets import asset_path

DEFAULT_THEME = "z2jh-dark"


def load_themes() -> list[Theme]:
    """Return dark, light, high contrast and the theme that is safe for red-green blindness."""
    return [Theme(**entry) for entry in json.loads(asset_path("styles/themes.json").read_text("utf-8"))]
