"""The errors of Helm that the wizard knows, as data; the first pattern that fits explains an error."""

from __future__ import annotations

from z2jh_wizard.helm.known_errors.base import KnownError
from z2jh_wizard.helm.known_errors.charts import CHARTS
from z2jh_wizard.helm.known_errors.cluster import OBJECTS, REACHING, RIGHTS
from z2jh_wizard.helm.known_errors.releases import RELEASES, WAITING
from z2jh_wizard.helm.known_errors.settings import SETTINGS

KNOWN: tuple[KnownError, ...] = (
    *SETTINGS, *RELEASES, *CHARTS, *RIGHTS, *WAITING, *OBJECTS, *REACHING,
)  # fmt: skip
"""All of them, the more telling before the more general."""
