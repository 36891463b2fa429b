"""When a field of one way to sign in is shown."""

from __future__ import annotations

from z2jh_wizard.values.fields import ShownIf


def uses(*methods: str) -> ShownIf:
    """Return that one of these ways to sign in is chosen."""
    return ShownIf("sign-in.method", methods)
