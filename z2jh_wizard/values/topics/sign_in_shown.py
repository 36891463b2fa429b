"""When a field of one way to sign in is shown."""

from __future__ import annotations

from z2jh_wizard.values.fields import ShownIf
from z2jh_wizard.values.sign_in import find_method


def uses(method_id: str) -> ShownIf:
    """Return that this way to sign in is chosen, by any of the names that it has had."""
    return ShownIf("sign-in.method", tuple(name.text for name in find_method(method_id).names))
