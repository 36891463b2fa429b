"""The secrets of a project's hub: made when missing, kept where the project says, rotated when asked."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from z2jh_wizard.core.checks import did_you_mean
from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.core.redaction import Redactor
from z2jh_wizard.flows.values_files import ValuesFile, ValuesFiles, files_of
from z2jh_wizard.project.folder import Project
from z2jh_wizard.values import trees
from z2jh_wizard.values.generated_secrets import Form, Wanted, generate, missing, rotate, wanted
from z2jh_wizard.values.paths import Path
from z2jh_wizard.values.secret_keys import holds_secret


@dataclass(frozen=True)
class HubSecret:
    """One secret of a hub: what it is, in which file it stands or would, and its value when it is there."""

    wanted: Wanted
    file: str
    line: int
    """Counted from 1; 0 while it is not there."""
    value: Any = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """What people call it: the kind, with its own name for a service's token."""
        kind = self.wanted.kind.id
        return f"{kind}:{self.wanted.path[2]}" if kind == "service-token" else kind


def secrets_of(files: ValuesFiles) -> tuple[HubSecret, ...]:
    """Return the secrets that a hub with these values has or needs."""
    return tuple(
        _placed(files, one) for one in wanted(files.subject.values, files.version, files.chart.family)
    )


def lacking(files: ValuesFiles) -> tuple[Wanted, ...]:
    """Return the secrets that are still to be made."""
    return missing(files.subject.values, files.version, files.chart.family)


def make_missing(files: ValuesFiles) -> tuple[ValuesFiles, tuple[Wanted, ...]]:
    """Write the secrets that are missing and return them; what is there is never replaced.

    The project's lock must be held.
    """
    made = lacking(files)
    for old, new in zip(files.files, drafted(files).files, strict=True):
        files = files.save(old, new.data)
    return files, made


def drafted(files: ValuesFiles) -> ValuesFiles:
    """Return the files as they would be with the missing secrets made: nothing is written."""
    made = lacking(files)
    for name in dict.fromkeys(files.home(one.path).name for one in made):
        home = files.named(name)
        mine = tuple(one for one in made if files.home(one.path) is home)
        files = files.edited(home, generate(home.document, mine))
    return files


def replace_secret(files: ValuesFiles, name: str) -> tuple[ValuesFiles, HubSecret]:
    """Write a new secret over the one of this name or path, and return what it was.

    The project's lock must be held. InvalidInput for a name that this hub has no secret of.
    """
    secret = find_secret(files, name)
    holder = files.holder(secret.wanted.path)
    if holder is None:
        raise InvalidInput(
            f"The hub has no {secret.name} yet",
            f"{secret.wanted.dotted} is not set.",
            next_step="It is made by the first: z2jh-wizard apply",
        )
    return files.save(holder, rotate(holder.document, secret.wanted).data), secret


def find_secret(files: ValuesFiles, name: str) -> HubSecret:
    """Return the secret of this name or path; InvalidInput with those there are."""
    known = {one.name: one for one in secrets_of(files)}
    found = known.get(name) or next((one for one in known.values() if one.wanted.dotted == name), None)
    if found is None:
        raise InvalidInput(
            f"This hub has no secret called {name!r}{did_you_mean(name, known)}",
            f"It has: {', '.join(known)}.",
        )
    return found


def teach(redactor: Redactor, files: ValuesFiles) -> None:
    """Let a redactor hide all that secrets.yaml says, and what stands at secret paths of the other files.

    InvalidInput when secrets.yaml is broken; another broken file teaches nothing.
    """
    for one in files.files:
        kept_apart = files.project is not None and one is files.files[-1]
        with contextlib.nullcontext() if kept_apart else contextlib.suppress(InvalidInput):
            redactor.learn(*_texts(one.document.tree, (), secret=kept_apart))


def script(project: Project) -> str:
    """Return a shell command that writes fresh secrets into secrets.yaml unless it is there."""
    tree: dict[str, Any] = {}
    files = files_of(project)
    for one in wanted(files.main.document.values, files.version, files.chart.family):
        if not one.is_set:
            tree = trees.put(tree, one.path, _command(one.kind.form))
    body = "\n".join(_lines(tree, 0))
    return f"[ -e secrets.yaml ] || (umask 077; cat > secrets.yaml <<END\n{body}\nEND\n)"


def _command(form: Form) -> str:
    # Quoted: hex digits that happen to be a number, such as 1e5, would not be read as text.
    made = '"$(openssl rand -hex 8)"' if form == "words" else '"$(openssl rand -hex 32)"'
    return f"[{made}]" if form == "hex-keys" else made


def _lines(tree: Mapping[str, Any], depth: int) -> Iterator[str]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield f"{'  ' * depth}{key}:"
            yield from _lines(value, depth + 1)
        else:
            yield f"{'  ' * depth}{key}: {value}"


def _placed(files: ValuesFiles, one: Wanted) -> HubSecret:
    holder: ValuesFile | None = files.holder(one.path) if one.is_set else None
    if holder is None:
        return HubSecret(one, files.home(one.path).name, 0)
    return HubSecret(one, holder.name, holder.document.where(one.path).line, holder.document.get(one.path))


def _texts(value: Any, path: Path, *, secret: bool) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, (*path, key), secret=secret)
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _texts(item, (*path, at), secret=secret)
    elif value is not None and not isinstance(value, bool) and (secret or holds_secret(path)):
        yield str(value)
