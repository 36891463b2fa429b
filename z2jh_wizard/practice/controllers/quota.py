"""Resource quotas: what of each limit is used."""

from __future__ import annotations

from collections.abc import Iterable

from z2jh_wizard.practice.admission import quota_status
from z2jh_wizard.practice.controllers.base import Controller
from z2jh_wizard.practice.history import Change
from z2jh_wizard.practice.meta import ObjectKey, key_of
from z2jh_wizard.practice.resources import PODS, RESOURCE_QUOTAS


class QuotaController(Controller):
    """Keeps the status of resource quotas; the refusing is done by admission."""

    name = "resourcequota-controller"
    watches = (RESOURCE_QUOTAS, PODS)

    def keys(self, change: Change) -> Iterable[ObjectKey]:
        """Look at a changed quota, or at the quotas of the namespace of a changed pod."""
        if change.resource.key == RESOURCE_QUOTAS.key:
            return (key_of(change.object),)
        return [key_of(q) for q in self.store.list(RESOURCE_QUOTAS, change.object["metadata"]["namespace"])]

    def reconcile(self, key: ObjectKey) -> None:
        """Count what one quota allows and what is used."""
        quota = self.store.get(RESOURCE_QUOTAS, *key)
        if quota is None:
            self.forget(key)
            return
        self.set_status(RESOURCE_QUOTAS, quota, quota_status(self.store, quota))
