"""Rules about the names under ``hub.config``: classes and traits that the hub does not have, or no more."""

from __future__ import annotations

import re
from collections.abc import Iterator

from z2jh_wizard.values import traits
from z2jh_wizard.values.charts import sort_key
from z2jh_wizard.values.lint import hub_config
from z2jh_wizard.values.lint.finding import Fix, Move, Set, Severity
from z2jh_wizard.values.lint.rule import Problem, Rule, rule
from z2jh_wizard.values.lint.subject import Subject
from z2jh_wizard.values.paths import Path
from z2jh_wizard.values.searching import nearest
from z2jh_wizard.values.sign_in import CLASS_PATH, method_of, methods
from z2jh_wizard.values.traits import Effect, OldName

_OTHER_CLASSES = frozenset(
    (
        *("Application", "LocalAuthenticator", "PAMAuthenticator", "NullAuthenticator", "MWOAuthenticator"),
        *("LocalProcessSpawner", "SimpleLocalProcessSpawner", "Proxy", "Service", "BinderSpawner"),
    )
)
"""Classes that the table lacks: of the hub image, and of charts that are built on this one."""

_OTHER_SHORT_NAMES = frozenset(("default", "null", "pam", "mediawiki"))
_VERY_ALIKE = 0.85
_CAMEL = re.compile(r"[a-z]+[A-Z]")
_RULES_OF_THEIR_OWN = frozenset(("blacklist", "org_whitelist"))
_SINCE_ALIASES_ENDED = "3.0.0"
"""Before this chart an old name of an OAuth trait that crashes the hub now was taken, or not read."""


@rule("unknown-class", Severity.WARNING, "A section of hub.config that no class has", "hub.config")
def unknown_class(subject: Subject) -> Iterator[Problem]:
    """The hub reads a section only if a class of this name exists; schema and hub accept any name."""
    exact, code = hub_config.is_exact(subject), hub_config.code(subject)
    chosen = [value for _, value in subject.find("hub.config.JupyterHub.*") if isinstance(value, str)]
    for name in hub_config.sections(subject):
        known = traits.find_class(name) or name in _OTHER_CLASSES
        if known or not name[:1].isupper() or name in code or any(name in text for text in chosen):
            continue
        if traits.find_class(name.removeprefix("Local")):
            continue
        path: Path = ("hub", "config", name)
        near = nearest(name, (one.name for one in traits.classes()), _VERY_ALIKE)
        if near:
            yield Problem(
                path,
                f"The hub has no class {name}, so nothing in this section counts.",
                _meant(subject, path, near[0]),
            )
        elif exact:
            yield Problem(
                path,
                f"No class of the hub is called {name}; unless you add one, nothing in this section counts.",
                severity=Severity.NOTE,
            )


def _meant(subject: Subject, path: Path, name: str) -> Fix:
    new = (*path[:-1], name)
    sure = str(path[-1]).lower() == name.lower() and not subject.has(new)
    return Fix(f"Write {name}.", (Move(path, new),) if sure else ())


@rule(
    "unknown-authenticator",
    Severity.ERROR,
    "authenticator_class that the hub does not have",
    "hub.config.JupyterHub.authenticator_class",
)
def unknown_authenticator(subject: Subject) -> Iterator[Problem]:
    """A word without a dot must be a short name that a package of the hub image registers."""
    if not hub_config.has_hub_config(subject) or not subject.has(CLASS_PATH):
        return
    text = subject.get(CLASS_PATH)
    if text is None:
        yield Problem(
            CLASS_PATH,
            "Null takes the chart's own choice away, and the hub asks for accounts that its container lacks.",
            Fix('Write the class that signs people in, or "null" in quotes when nobody shall.'),
        )
        return
    if not isinstance(text, str):
        yield Problem(
            CLASS_PATH,
            "This is no text, and the hub does not start.",
            Fix("Write a short name, such as github, or module.Class."),
        )
        return
    if "." in text or hub_config.has_own_image(subject):
        return
    method = method_of(text)
    if method.id == "custom":
        if text not in _OTHER_SHORT_NAMES and text not in hub_config.code(subject):
            near = nearest(
                text, (name.text for one in methods() for name in one.names if "." not in name.text)
            )
            meant = f" Did you mean {near[0]}?" if near else ""
            yield Problem(
                CLASS_PATH,
                f"The hub knows no sign-in called {subject.quote(CLASS_PATH, text)} and does not start.",
                Fix(f"Write a known short name, or module.Class.{meant}"),
            )
        return
    yield from _too_new_name(subject, text, method.class_text(subject.version))


def _too_new_name(subject: Subject, text: str, instead: str) -> Iterator[Problem]:
    method = method_of(text)
    since = next((name.since for name in method.names if name.text == text), "")
    if not since or subject.at_least(since):
        return
    if not instead:
        yield Problem(
            CLASS_PATH,
            f"{text} needs chart {since}; the hub of chart {subject.version} does not start.",
            Fix("Take another way to sign in, or a newer chart."),
        )
    else:
        yield Problem(
            CLASS_PATH,
            f"The short name {text} is only sure from chart {since} on.",
            Fix(f"Write {instead}.", (Set(CLASS_PATH, instead),)),
            Severity.WARNING,
        )


@rule("camel-trait", Severity.WARNING, "camelCase inside hub.config", "hub.config")
def camel_trait(subject: Subject) -> Iterator[Problem]:
    """Traits are snake_case in every version; the hub logs a line about an unknown one and goes on."""
    for path, name, trait, _ in hub_config.settings(subject):
        meant = _snake(trait)
        if meant is None or not (known := traits.traits_of(name)) or trait in known:
            continue
        if meant in known or traits.old_name(name, meant):
            yield Problem(
                path,
                f"The hub does not read {trait}: below hub.config names are written with underscores.",
                _renamed(subject, path, meant),
            )


def _snake(trait: str) -> str | None:
    """Return a camelCase name in snake_case, None for any other name."""
    if not _CAMEL.match(trait):
        return None
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", trait).lower()


def _renamed(subject: Subject, path: Path, name: str, *, safe: bool = True) -> Fix:
    new = (*path[:-1], name)
    return Fix(f"Write {name}.", (Move(path, new),) if safe and not subject.has(new) else ())


@rule("unknown-trait", Severity.WARNING, "A setting that the class does not have", "hub.config")
def unknown_trait(subject: Subject) -> Iterator[Problem]:
    """The hub logs "not recognized" and goes on; for older charts only what looks like a typing error."""
    exact = hub_config.is_exact(subject)
    for path, name, trait, _ in hub_config.settings(subject):
        known = traits.traits_of(name)
        if not known or trait in known or traits.old_name(name, trait) or _has_camel_rule(name, trait):
            continue
        near = traits.suggest_traits(name, trait) if exact else nearest(trait, known, _VERY_ALIKE)
        if near:
            yield Problem(
                path,
                f"{name} has no setting {trait}, so the hub ignores it.",
                Fix(f"Did you mean {near[0]}?"),
            )
        elif exact:
            yield Problem(path, f"{name} has no setting {trait}, so the hub ignores it.")


def _has_camel_rule(name: str, trait: str) -> bool:
    meant = _snake(trait)
    return bool(meant and (meant in traits.traits_of(name) or traits.old_name(name, meant)))


@rule("too-new-trait", Severity.WARNING, "A setting newer than the hub of this chart", "hub.config")
def too_new_trait(subject: Subject) -> Iterator[Problem]:
    """A trait that got its name in a later version of its package than this chart's hub has."""
    if hub_config.has_own_image(subject):
        return
    for path, name, trait, _ in hub_config.settings(subject):
        for class_name in _line(name):
            known = traits.find_class(class_name)
            for old in known.old_names if known else ():
                if (
                    old.new == trait
                    and not _is_renamed(subject, class_name, old)
                    and old.effect is Effect.WORKS
                ):
                    yield Problem(
                        path,
                        f"In the hub of chart {subject.version} {trait} is still called {old.name}.",
                        _renamed(subject, path, old.name),
                    )


@rule("old-trait", Severity.NOTE, "A former name of a setting", "hub.config")
def old_trait(subject: Subject) -> Iterator[Problem]:
    """Old names of traits work on, are ignored, or stop the hub, each as the table says."""
    for path, class_name, old in _old_names(subject):
        if old.name in _RULES_OF_THEIR_OWN or class_name == "CILogonOAuthenticator":
            continue
        if old.effect is Effect.CRASHES:
            yield Problem(
                path,
                f"With {old.name} the hub does not start any more.",
                Fix(f"Say it with {old.new}."),
                Severity.ERROR,
            )
        elif old.effect is Effect.IGNORED:
            fix = _renamed(subject, path, old.new)
            yield Problem(path, f"The hub ignores {old.name}.", fix, Severity.WARNING)
        else:
            yield Problem(
                path, f"{old.name} is a former name of {old.new}.", _renamed(subject, path, old.new)
            )


@rule("blacklist", Severity.WARNING, "blacklist is not read", "hub.config.Authenticator.blocked_users")
def blacklist(subject: Subject) -> Iterator[Problem]:
    """JupyterHub took the old name from the configuration when it became blocked_users."""
    for path, _, old in _old_names(subject):
        if old.name == "blacklist":
            yield Problem(
                path,
                "The hub ignores blacklist, so those whom you mean to block can sign in.",
                _renamed(subject, path, old.new),
            )


@rule(
    "org-whitelist",
    Severity.WARNING,
    "org_whitelist is not read",
    "hub.config.GitHubOAuthenticator.allowed_organizations",
)
def org_whitelist(subject: Subject) -> Iterator[Problem]:
    """It was the chart's own key below auth.github and never a trait."""
    for path, _, old in _old_names(subject):
        if old.name == "org_whitelist":
            yield Problem(
                path,
                "The hub ignores org_whitelist, so the organization decides nothing.",
                _renamed(subject, path, old.new),
            )


@rule(
    "cilogon-old",
    Severity.ERROR,
    "CILogon settings that stop the hub",
    "hub.config.CILogonOAuthenticator.idps",
)
def cilogon_old(subject: Subject) -> Iterator[Problem]:
    """Since oauthenticator 16 idps says all of it, a map of EntityIDs."""
    for path, class_name, old in _old_names(subject):
        if class_name != "CILogonOAuthenticator":
            continue
        if old.effect is Effect.WORKS:
            fix = _renamed(subject, path, old.new)
            yield Problem(path, f"{old.name} is a former name of {old.new}.", fix, Severity.NOTE)
        else:
            yield Problem(
                path,
                f"With {old.name} the hub does not start: idps says it now, for each university.",
                Fix("Write idps with the EntityID of each university and its username_derivation."),
            )


def _old_names(subject: Subject) -> Iterator[tuple[Path, str, OldName]]:
    """Yield the settings with a former name, as far as the hub of this chart has the new one."""
    for path, name, trait, _ in hub_config.settings(subject):
        for class_name in _line(name):
            known = traits.find_class(class_name)
            old = next((old for old in (known.old_names if known else ()) if old.name == trait), None)
            if old is None or not _is_renamed(subject, class_name, old):
                continue
            if old.effect is Effect.CRASHES and not subject.at_least(_SINCE_ALIASES_ENDED):
                continue
            yield path, class_name, traits.old_name(name, trait) or old
            break


def _line(name: str) -> tuple[str, ...]:
    known = traits.find_class(name)
    return (name, *known.bases) if known else ()


def _is_renamed(subject: Subject, class_name: str, old: OldName) -> bool:
    """Tell whether the package of a class, in the hub of this chart, has the new name of a trait."""
    version = hub_config.package_version(subject, class_name)
    return not version or sort_key(version)[:3] >= sort_key(old.since)[:3]


RULES: tuple[Rule, ...] = (
    unknown_class,
    unknown_authenticator,
    camel_trait,
    unknown_trait,
    too_new_trait,
    old_trait,
    blacklist,
    org_whitelist,
    cilogon_old,
)
