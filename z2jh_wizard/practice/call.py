"""One API request, understood: what it is about, how it wants its answer, and what it may touch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from aiohttp import web

from z2jh_wizard.practice import media, rbac, status, tables
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.resources import Resource
from z2jh_wizard.practice.selectors import parse_fields, parse_labels
from z2jh_wizard.practice.store import Store
from z2jh_wizard.practice.target import Target
from z2jh_wizard.practice.views import View, view_of

FIELD_VALIDATIONS = ("Ignore", "Warn", "Strict")


class Stream(Protocol):
    """An answer that goes on until it is ended."""

    def end(self) -> None:
        """Let the answer end in good order."""
        ...


@dataclass(frozen=True)
class Call:
    """A request to the API with the target that its path names.

    ``made`` takes what the request creates, ``streams`` what it keeps open; ``user`` is whose token it had.
    """

    request: web.Request
    target: Target
    store: Store
    made: dict[str, str] = field(default_factory=dict)
    streams: set[Stream] = field(default_factory=set)
    user: rbac.User = rbac.OWNER

    @property
    def resource(self) -> Resource:
        """Return the resource as the client named it."""
        return self.target.resource

    @cached_property
    def view(self) -> View:
        """Return under which resource the objects are stored."""
        return view_of(self.resource, self.store.catalogue.find(*self.resource.key))

    @property
    def stored(self) -> Resource:
        """Return the resource under which the objects are stored."""
        return self.view.stored

    @property
    def query(self) -> Mapping[str, str]:
        """Return the query parameters."""
        return self.request.query

    @cached_property
    def form(self) -> media.Form:
        """Return the form in which the client wants objects."""
        return media.accepted_form(self.request.headers.get("Accept", ""))

    @cached_property
    def dry_run(self) -> bool:
        """Tell whether nothing may be stored; ApiError 400 for an unknown kind of dry run."""
        value = self.query.get("dryRun", "")
        if value not in ("", "All"):
            kind = status.not_supported("dryRun", value, ["All"])
            raise status.invalid("", "meta.k8s.io", "", [kind])
        return value == "All"

    @property
    def manager(self) -> str:
        """Return who changes fields: the client's own word, or the start of its User-Agent."""
        agent = self.request.headers.get("User-Agent", "")
        return (self.query.get("fieldManager") or agent.partition("/")[0] or "unknown")[:128]

    @property
    def field_validation(self) -> str:
        """Return what to do about unknown fields; ApiError 400 for an unknown word."""
        value = self.query.get("fieldValidation") or "Warn"
        if value not in FIELD_VALIDATIONS:
            raise status.bad_request(f'fieldValidation: Unsupported value: "{value}"')
        return value

    def live(self) -> Object:
        """Return the stored object that the path names; ApiError 404 when there is none."""
        found = self.store.get(self.stored, self.target.namespace, self.target.name)
        if found is None:
            raise status.not_found(self.resource, self.target.name)
        return found

    def selection(self) -> Selection:
        """Return which objects the client wants; ApiError 400 for malformed selectors."""
        return Selection(
            self.target.namespace,
            self.target.name,
            self.query.get("labelSelector", ""),
            self.query.get("fieldSelector", ""),
        )

    def encoded(self, obj: Object) -> bytes:
        """Return a stored object's JSON in the form that the client wants."""
        if self.form.name == "PartialObjectMetadata":
            return media.encode(media.partial(obj))
        if self.form.name == "Table":
            return media.encode(self.table([obj]))
        shown = self.view.shown(obj)
        return self.store.encoded(obj) if shown is obj else media.encode(shown)

    def table(self, objects: Iterable[Object]) -> Object:
        """Return stored objects as a table with kubectl's columns."""
        include = self.query.get("includeObject") or "Metadata"
        shown = [self.view.shown(each) for each in objects]
        return tables.table(self.resource, shown, include, self.store.now())

    async def answer(self, obj: Object, code: int = 200, warnings: Iterable[str] = ()) -> web.Response:
        """Answer with one object in the form that the client wants."""
        response = await media.bytes_response(self.request, self.encoded(obj), code)
        media.add_warnings(response.headers, warnings)
        return response


class Selection:
    """Which objects of a collection a list or watch is about."""

    def __init__(self, namespace: str, name: str, labels: str, fields: str) -> None:
        self.namespace = namespace
        self.narrowed = bool(labels or fields)
        self._name = name
        self._labels = parse_labels(labels) if labels else None
        self._fields = parse_fields(fields) if fields else None

    def __contains__(self, obj: Mapping[str, Any]) -> bool:
        meta = obj["metadata"]
        if self.namespace and meta.get("namespace") != self.namespace:
            return False
        if self._name and meta["name"] != self._name:
            return False
        if self._labels and not self._labels(meta.get("labels") or {}):
            return False
        return not self._fields or self._fields(obj)
