"""What a request's path names: a resource, and with it a namespace, an object and a subresource."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from z2jh_wizard.practice import status
from z2jh_wizard.practice.resources import NAMESPACES, Catalogue, Resource


@dataclass(frozen=True)
class Target:
    """The thing a request is about; ``name`` is empty for a collection, ``namespace`` for all of them."""

    resource: Resource
    namespace: str = ""
    name: str = ""
    subresource: str = ""

    @property
    def is_collection(self) -> bool:
        """Tell whether the request is about many objects, or about one to be made."""
        return not self.name


def find_target(segments: Sequence[str], catalogue: Catalogue) -> Target:
    """Read the segments of a path under ``/api`` or ``/apis``; ApiError 404 when nothing is served there."""
    root, *rest = segments
    if root == "apis":
        if len(rest) < 3:
            raise status.page_not_found()
        group, version, *rest = rest
    else:
        group, (version, *rest) = "", rest
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 2 and not _names_a_namespace(group, rest):
        namespace, rest = rest[1], rest[2:]
    plural, name, subresource = [*rest, "", ""][:3]
    resource = catalogue.find(group, plural, version)
    if resource is None or len(rest) > 3 or (namespace and not resource.namespaced):
        raise status.page_not_found()
    if name and resource.namespaced and not namespace:
        raise status.page_not_found()
    if len(rest) > 1 and not all(rest):
        raise status.page_not_found()
    if resource == NAMESPACES:
        return Target(resource, "", name, subresource)
    return Target(resource, namespace, name, subresource)


def _names_a_namespace(group: str, rest: Sequence[str]) -> bool:
    return not group and len(rest) == 3 and rest[2] in NAMESPACES.subresources
