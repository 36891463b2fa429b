"""The pages of settings, one module a topic; read when first asked for."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Mapping
from types import MappingProxyType

from z2jh_wizard.values.fields import Field, TopicPage
from z2jh_wizard.values.keys import Topic
from z2jh_wizard.values.traits import TraitRow


@functools.cache
def topics() -> tuple[TopicPage, ...]:
    """Return all pages, in the order in which a hub is set up."""
    return tuple(topic_page(topic) for topic in Topic)


@functools.cache
def topic_page(topic: Topic) -> TopicPage:
    """Return the page of one topic."""
    page: TopicPage = importlib.import_module(f"{__name__}.{topic.value.replace('-', '_')}").TOPIC
    return page


@functools.cache
def fields() -> Mapping[str, Field]:
    """Return all fields by their id."""
    return MappingProxyType({field.id: field for page in topics() for field in page.fields})


@functools.cache
def fields_by_key() -> Mapping[str, Field]:
    """Return all fields by their key, which is the newest name of the setting."""
    return MappingProxyType({field.key: field for field in fields().values()})


def field_for(path: str) -> Field | None:
    """Return the field of a setting by any name that it has, or had, in any chart; None without one."""
    return _by_name().get(path)


@functools.cache
def _by_name() -> Mapping[str, Field]:
    """Return all fields by all their names; where two had the same name, the one that has it as its key."""
    older = {name: field for field in fields().values() for name in _names(field)}
    return MappingProxyType({**older, **fields_by_key()})


def _names(field: Field) -> tuple[str, ...]:
    row = field.row
    return tuple(filter(None, (*(name.path for name in row.names), row.helmforge))) if row else ()


def trait_help(row: TraitRow) -> str:
    """Return the sentence on a trait: that of its own field, else the table's, else its base's field."""
    own = fields_by_key().get(row.path)
    declared = fields_by_key().get(f"hub.config.{row.declared_in}.{row.name}")
    return own.help if own else row.help or (declared.help if declared else "")
