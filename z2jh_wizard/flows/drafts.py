"""What was answered and is not saved yet, in ``.z2jh/draft.json``; secrets are only named there."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from z2jh_wizard.flows.settings import secrets_in
from z2jh_wizard.flows.topic_entries import Answer, Entry, Put
from z2jh_wizard.project.folder import Project
from z2jh_wizard.system.files import make_private_folder, write_atomic
from z2jh_wizard.values.fields import Field
from z2jh_wizard.values.paths import parse_path
from z2jh_wizard.values.presets import Setting
from z2jh_wizard.values.secret_keys import holds_secret
from z2jh_wizard.values.topics import fields

NAME = "draft.json"


@dataclass(frozen=True, slots=True)
class Draft:
    """Answers that wait: those of settings, those of the class size, and what was not kept (titles)."""

    entries: tuple[Entry, ...] = ()
    class_size: Mapping[str, str] = field(default_factory=dict)
    lost: tuple[str, ...] = ()

    @classmethod
    def of(cls, entries: Iterable[Entry], class_size: Mapping[str, str]) -> Draft:
        """Return what may be kept of these answers; what is, or holds, a secret is only named."""
        known = tuple(entries)
        kept = tuple(one for one in known if not _is_secret(one))
        return cls(kept, dict(class_size), tuple(one.title for one in known if one not in kept))

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to say."""
        return not (self.entries or self.class_size or self.lost)


def read_draft(project: Project) -> Draft:
    """Return what waits in a project; an unreadable draft is an empty one."""
    try:
        tree = json.loads((project.state / NAME).read_text("utf-8"))
        entries = tuple(_entry(at, one) for at, one in enumerate(tree["entries"]))
        return Draft(entries, msgspec.convert(tree["class_size"], dict[str, str]), tuple(tree["lost"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Draft()


def write_draft(project: Project, draft: Draft) -> None:
    """Keep a draft in a project, or forget it; WizardError when the disk refuses."""
    path = project.state / NAME
    if draft.is_empty:
        with contextlib.suppress(OSError):
            path.unlink()
        return
    tree = {
        "entries": [_tree(one) for one in draft.entries],
        "class_size": draft.class_size,
        "lost": draft.lost,
    }
    data = json.dumps(tree, indent=1).encode()
    with contextlib.suppress(OSError):
        if path.read_bytes() == data:
            return
    make_private_folder(project.state)
    write_atomic(path, data)


def _is_secret(entry: Entry) -> bool:
    if isinstance(entry, Put):
        return any(holds_secret(one.path) or secrets_in(one.path, one.value) for one in entry.settings)
    return entry.field.kind.secret or holds_secret(parse_path(entry.field.key))


def _tree(entry: Entry) -> dict[str, Any]:
    if isinstance(entry, Answer):
        return {"field": msgspec.to_builtins(entry.field), "text": entry.text}
    settings = [
        {"path": one.path} if one.value is msgspec.UNSET else {"path": one.path, "value": one.value}
        for one in entry.settings
    ]
    return {"title": entry.title, "settings": settings}


def _entry(number: int, tree: Mapping[str, Any]) -> Entry:
    """Return an entry from its tree; a question that is asked otherwise by now is asked as it is now."""
    if "field" in tree:
        found = msgspec.convert(tree["field"], Field)
        return Answer(fields().get(found.id, found), str(tree["text"]))
    settings = (Setting(tuple(one["path"]), one.get("value", msgspec.UNSET)) for one in tree["settings"])
    return Put(str(tree["title"]), tuple(settings), number)
