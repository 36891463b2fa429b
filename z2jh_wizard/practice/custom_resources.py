"""Custom resource definitions: the kinds they add are served at once, and go with them."""

from __future__ import annotations

from collections.abc import Iterator

from z2jh_wizard.practice.history import Change
from z2jh_wizard.practice.objects import Object, copy_json, dig, time_text
from z2jh_wizard.practice.resources import CUSTOM_RESOURCE_DEFINITIONS, RESOURCES, Resource
from z2jh_wizard.practice.store import Store

_BUILT_IN = frozenset(resource.key for resource in RESOURCES)


class CustomResources:
    """Keeps the catalogue of a store in step with the custom resource definitions in it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.listeners.append(self._hear)
        for definition in store.list(CUSTOM_RESOURCE_DEFINITIONS):
            self.serve(definition)

    def serve(self, definition: Object) -> None:
        """Serve the versions of a definition, and no others of that kind."""
        resources = list(resources_of(definition))
        self._store.catalogue.remove(_key(definition))
        for resource in resources:
            self._store.catalogue.add(resource)

    def _hear(self, change: Change) -> None:
        if change.resource != CUSTOM_RESOURCE_DEFINITIONS or _key(change.object) in _BUILT_IN:
            return
        if change.type == "DELETED":
            self._withdraw(change.object)
            return
        self.serve(change.object)
        live = self._store.by_uid(change.object["metadata"]["uid"])
        if live:
            self._store.change(*live, self._accept)

    def _withdraw(self, definition: Object) -> None:
        resource = self._store.catalogue.find(*_key(definition))
        if resource is None:
            return
        for obj in self._store.list(resource):
            self._store.remove(resource, obj)
        self._store.catalogue.remove(resource.key)

    def _accept(self, definition: Object) -> None:
        """Say in a definition's status that it is served, which Helm waits for."""
        spec = definition["spec"]
        found = definition.setdefault("status", {})
        names = copy_json(spec["names"])
        names.setdefault("singular", names["kind"].lower())
        names.setdefault("listKind", f"{names['kind']}List")
        found["acceptedNames"] = names
        found["storedVersions"] = [each["name"] for each in spec["versions"] if each.get("storage")]
        kept = {each["type"]: each for each in found.get("conditions") or ()}
        for kind, reason, message in (
            ("NamesAccepted", "NoConflicts", "no conflicts found"),
            ("Established", "InitialNamesAccepted", "the initial names have been accepted"),
        ):
            new = {"type": kind, "status": "True", "reason": reason, "message": message}
            new["lastTransitionTime"] = time_text(self._store.now())
            kept.setdefault(kind, new)
        found["conditions"] = list(kept.values())


def resources_of(definition: Object) -> Iterator[Resource]:
    """Yield a resource for each served version of a definition, the stored version first."""
    spec = definition["spec"]
    names = spec["names"]
    served = [each for each in spec.get("versions") or () if each.get("served")]
    for version in sorted(served, key=lambda each: not each.get("storage")):
        subresources = version.get("subresources") or {}
        yield Resource(
            spec["group"],
            version["name"],
            names["plural"],
            names["kind"],
            spec.get("scope") == "Namespaced",
            tuple(names.get("shortNames") or ()),
            tuple(name for name in ("status", "scale") if name in subresources),
            tuple(names.get("categories") or ()),
            has_generation=True,
        )


def _key(definition: Object) -> tuple[str, str]:
    return dig(definition, "spec", "group", default=""), dig(
        definition, "spec", "names", "plural", default=""
    )
