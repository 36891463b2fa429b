"""Rules about the values under ``hub.config``: types that stop the hub, and what only Python can say.

Facts: every type of the table was given every kind of value in the classes of the hub image of chart 4.4.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from z2jh_wizard.values import traits
from z2jh_wizard.values.lint import hub_config
from z2jh_wizard.values.lint.finding import Fix, Set, Severity
from z2jh_wizard.values.lint.hub_config import SignIn
from z2jh_wizard.values.lint.rule import Problem, Rule, rule
from z2jh_wizard.values.lint.subject import Subject
from z2jh_wizard.values.paths import Path
from z2jh_wizard.values.traits import TraitRow

_TEXTS = frozenset(("Unicode", "EntryPointType", "URLPrefix"))
_LISTS = frozenset(("List", "Set"))
_BYTES = re.compile(r"[0-9.]+[KMGTkmgt]?")
_BINARY = re.compile(r"([0-9.]+[KMGT])i?B?")
_WANTED = {
    "Bool": "true or false",
    "Int": "a whole number",
    "Float": "a number",
    "Unicode": "a text",
    "EntryPointType": "a text",
    "URLPrefix": "a text",
    "List": "a list",
    "Set": "a list",
    "Dict": "a map",
    "Command": "a text or a list of texts",
    "ByteSpecification": "a number with K, M, G or T",
}
_CHOSEN_BY_A_WORD = frozenset(("options_from_form", "subdomain_hook"))
"""Traits that take a function or the name of one."""

USER_LISTS = frozenset(("allowed_users", "admin_users", "blocked_users", "whitelist"))
"""Lists of people, which have rules of their own."""

_TOKENS = frozenset(("cookie_secret", "auth_token", "keys"))
"""Secrets, which have rules of their own."""


@rule("trait-type", Severity.ERROR, "A setting of hub.config with the wrong type", "hub.config")
def trait_type(subject: Subject) -> Iterator[Problem]:
    """The hub, or each student's server, does not start with a value that its class does not take."""
    for path, row, value in _known_settings(subject):
        if row.type not in _WANTED or row.python_only or _has_rule_of_its_own(row, value):
            continue
        if row.type in _LISTS and isinstance(value, str):
            yield Problem(
                path,
                f"{row.name} takes a list; this text counts as one single item.",
                Fix("Write one item a line, each after a dash."),
                Severity.WARNING,
            )
        elif not _fits(row.type, value):
            shown = subject.quote(path, value)
            yield Problem(
                path,
                f"{row.name} takes {_WANTED[row.type]}, not {shown}: {_effect(row)}.",
                _mended(subject, path, row, value),
            )


@rule("trait-choice", Severity.ERROR, "A word that a setting of hub.config does not take", "hub.config")
def trait_choice(subject: Subject) -> Iterator[Problem]:
    """Some traits take a few words only."""
    for path, row, value in _known_settings(subject):
        if row.choices and isinstance(value, str) and value not in row.choices:
            yield Problem(
                path,
                f"{row.name} does not take {subject.quote(path, value)}: {_effect(row)}.",
                Fix(f"Write {', '.join(row.choices[:-1])} or {row.choices[-1]}."),
            )


@rule("trait-python", Severity.ERROR, "A Python function written as a value", "hub.config")
def trait_python(subject: Subject) -> Iterator[Problem]:
    """Values files hold no functions; the hub calls the text and fails."""
    for path, row, value in _known_settings(subject):
        if row.python_only and value and not (row.name in _CHOSEN_BY_A_WORD and isinstance(value, str)):
            effect = _effect(row) if row.type == "Callable" else "it fails when it is called"
            yield Problem(
                path,
                f"{row.name} takes Python, which a values file cannot hold: {effect}.",
                Fix(f"Write it in hub.extraConfig: c.{row.class_name}.{row.name} = ..."),
            )


@rule(
    "client-id-number",
    Severity.ERROR,
    "client_id or client_secret read as a number",
    "hub.config.OAuthenticator.client_id",
    "hub.config.OAuthenticator.client_secret",
)
def client_id_number(subject: Subject) -> Iterator[Problem]:
    """YAML reads digits, 0x1f and 1e5 as numbers; the traits take text."""
    for path, name, trait, value in hub_config.settings(subject):
        if trait in ("client_id", "client_secret") and name.endswith("Authenticator") and _is_number(value):
            word = hub_config.plain_word(subject, path)
            yield Problem(
                path,
                f"{trait} is read as a number, and the hub does not start.",
                Fix("Write it in quotes.", (Set(path, word),) if word else ()),
            )


def _known_settings(subject: Subject) -> Iterator[tuple[Path, TraitRow, Any]]:
    """Yield the settings that the table knows, where the hub has the classes of the table."""
    if not hub_config.is_exact(subject):
        return
    unread = _unread(subject, hub_config.sign_in(subject))
    for path, name, trait, value in hub_config.settings(subject):
        row = traits.trait(name, trait)
        if row is not None and value is not None and name not in unread:
            yield path, row, value


def _unread(subject: Subject, chosen: SignIn) -> set[str]:
    """Return the sections of sign-in classes that nobody uses: what they hold does no harm."""
    if not chosen.known or not chosen.stated:
        return set()
    named = {name for name in hub_config.sections(subject) if hub_config.section_method(name)}
    return named - set(chosen.sections)


def _has_rule_of_its_own(row: TraitRow, value: Any) -> bool:
    if row.name in _TOKENS or (row.name in USER_LISTS and isinstance(value, str)):
        return True
    if row.name in ("scope", "hosted_domain", "idps", "allowed_idps", "authenticator_class"):
        return True
    return row.name in ("client_id", "client_secret") and _is_number(value)


def _fits(kind: str, value: Any) -> bool:
    if kind == "Bool":
        return isinstance(value, bool) or (_is_number(value) and value in (0, 1))
    if kind == "Int":
        return isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if kind == "Float":
        return isinstance(value, (int, float))
    if kind in _TEXTS:
        return isinstance(value, str)
    if kind in _LISTS:
        return isinstance(value, list)
    if kind == "Dict":
        return isinstance(value, dict)
    if kind == "Command":
        return isinstance(value, (str, list))
    return isinstance(value, (int, float)) or (isinstance(value, str) and bool(_BYTES.fullmatch(value)))


def _mended(subject: Subject, path: Path, row: TraitRow, value: Any) -> Fix:
    """Say what to write; with an edit where the value can only mean one thing."""
    sentence = f"Write {_WANTED[row.type]}."
    if row.type == "Bool" and isinstance(value, str) and value.lower() in ("true", "false"):
        return Fix(f"Write {value.lower()} without quotes.", (Set(path, value.lower() == "true"),))
    if row.type in ("Int", "Float") and isinstance(value, str) and re.fullmatch(r"[0-9]{1,15}", value):
        return Fix(f"Write {int(value)} without quotes.", (Set(path, int(value)),))
    if row.type in _TEXTS and _is_number(value):
        word = hub_config.plain_word(subject, path)
        return Fix("Write it in quotes.", (Set(path, word),) if word else ())
    if row.type == "ByteSpecification" and (meant := _BINARY.fullmatch(str(value))):
        return Fix(f"Write {meant[1]}, which counts in 1024s too.", (Set(path, meant[1]),))
    return Fix(sentence)


def _effect(row: TraitRow) -> str:
    return "no server starts" if row.class_name in ("KubeSpawner", "Spawner") else "the hub does not start"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


RULES: tuple[Rule, ...] = (trait_type, trait_choice, trait_python, client_id_number)
