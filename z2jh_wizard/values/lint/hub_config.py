"""What the values say under ``hub.config``, and which of it the chosen sign-in reads: shared by rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from z2jh_wizard.values import charts, traits
from z2jh_wizard.values.charts import sort_key
from z2jh_wizard.values.lint.subject import Subject
from z2jh_wizard.values.paths import Path
from z2jh_wizard.values.sign_in import HUB_CONFIG_SINCE, SignInMethod, chosen_method, method_of

_TABLE_SINCE = "4.0.0"
"""The table of traits is that of chart 4.4.0; the hubs from here on differ from it by a few new traits."""

_ALLOWS_NOBODY = frozenset(
    ("allow_unverified_email", "allow_2fa", "allow_self_approval_for", "allowed_failed_logins")
)
"""Traits whose names begin like those that let people in."""


def has_hub_config(subject: Subject) -> bool:
    """Tell whether this chart reads ``hub.config``."""
    return subject.family == "z2jh" and subject.at_least(HUB_CONFIG_SINCE)


def sections(subject: Subject) -> dict[str, Mapping[str, Any]]:
    """Return the classes of ``hub.config`` with what is set for each; nothing for charts without it."""
    found = subject.get("hub.config") if has_hub_config(subject) else None
    if not isinstance(found, dict):
        return {}
    return {name: body for name, body in found.items() if isinstance(body, dict)}


def settings(subject: Subject) -> Iterator[tuple[Path, str, str, Any]]:
    """Yield every setting of ``hub.config``: path, class, trait, value."""
    for name, body in sections(subject).items():
        for trait, value in body.items():
            yield ("hub", "config", name, trait), name, trait, value


def has_own_image(subject: Subject) -> bool:
    """Tell whether the hub runs another image than the chart's, whose classes are not known here."""
    return subject.has("hub.image.name") or subject.has("hub.image.tag")


def is_whole(subject: Subject) -> bool:
    """Tell whether these look like all values of a hub: both the hub and something beside it are set up.

    What is missing in a part of them may stand in another file, so it is no certain mistake.
    """
    return subject.has("hub") and (subject.has("singleuser") or subject.has("proxy"))


def is_exact(subject: Subject) -> bool:
    """Tell whether the hub has the classes and traits of the table."""
    newest = charts.newest().version
    known = subject.at_least(_TABLE_SINCE) and sort_key(subject.version) <= sort_key(newest)
    return known and not has_own_image(subject)


def code(subject: Subject) -> str:
    """Return the Python that the hub runs from the values, without lines of comment."""
    found = subject.get("hub.extraConfig")
    pieces = found.values() if isinstance(found, dict) else (found,)
    lines = (line for piece in pieces if isinstance(piece, str) for line in piece.splitlines())
    return "\n".join(line for line in lines if not line.lstrip().startswith("#"))


def in_environment(subject: Subject, *names: str) -> bool:
    """Tell whether one of these variables is given to the hub, as map or list."""
    found = subject.get("hub.extraEnv")
    if isinstance(found, list):
        return any(isinstance(item, dict) and item.get("name") in names for item in found)
    return isinstance(found, dict) and any(name in found for name in names)


def plain_word(subject: Subject, path: Path) -> str | None:
    """Return an unquoted value as it is written, None for any other: 0123 is 83 for Helm."""
    source = subject.source_of(path)
    return next((one.plain for one in source.written if one.path == path), None)


def package_version(subject: Subject, class_name: str) -> str:
    """Return the version of the Python package that has a class, in the hub of this chart; or nothing."""
    release = next(
        (
            one
            for one in reversed(charts.chart_versions())
            if sort_key(one.version) <= sort_key(subject.version)
        ),
        None,
    )
    known = traits.find_class(class_name)
    if release is None or known is None:
        return ""
    package = known.module.split(".")[0]
    return str(getattr(release, package, "")) if package in _PACKAGES else ""


_PACKAGES = (
    "jupyterhub",
    "kubespawner",
    "oauthenticator",
    "ldapauthenticator",
    "ltiauthenticator",
    "nativeauthenticator",
)


@dataclass(frozen=True, slots=True)
class SignIn:
    """The sign-in that the values choose, and the settings that it reads."""

    method: SignInMethod
    stated: bool
    """Whether the values name the class; else it is the chart's own choice, dummy."""
    in_python: bool
    """Whether Python in ``hub.extraConfig`` has a hand in it, so that the values do not tell all."""
    sections: Mapping[str, Mapping[str, Any]]
    """The sections that the class reads, its own first; all of sign-in where the class is not known."""

    @property
    def known(self) -> bool:
        """Whether it is sure which class signs people in."""
        return self.method.id != "custom" and not self.in_python

    def path(self, trait: str) -> Path | None:
        """Return where a trait is set for this sign-in, None when it is not."""
        for name, body in self.sections.items():
            if trait in body:
                return ("hub", "config", name, trait)
        return None

    def value(self, trait: str) -> Any:
        """Return what a trait is set to for this sign-in, None when it is not set."""
        return next((body[trait] for body in self.sections.values() if trait in body), None)

    def settings(self) -> Iterator[tuple[Path, str, Any]]:
        """Yield every setting that this sign-in reads: path, trait, value."""
        for name, body in self.sections.items():
            for trait, value in body.items():
                yield ("hub", "config", name, trait), trait, value

    def allowing(self) -> list[tuple[Path, str]]:
        """Return the settings that let people in, and their traits."""
        return [(path, trait) for path, trait, value in self.settings() if _lets_in(path, trait, value)]


def sign_in(subject: Subject) -> SignIn:
    """Return the sign-in that the values of a chart with ``hub.config`` choose."""
    method = chosen_method(subject.values, subject.version)
    present = sections(subject)
    wanted = reads(subject, method) if method.id != "custom" else ()
    names = [name for name in wanted if name in present]
    names += [name for name in present if _is_sign_in(name) and (not wanted or _plain_name(name) in wanted)]
    return SignIn(
        method,
        isinstance(subject.get("hub.config.JupyterHub.authenticator_class"), str),
        "authenticator_class" in code(subject),
        {name: present[name] for name in dict.fromkeys(names)},
    )


def reads(subject: Subject, method: SignInMethod) -> tuple[str, ...]:
    """Return the sections that a method reads, its own first."""
    return method.sections(subject.version)


def section_method(name: str) -> SignInMethod | None:
    """Return the method that a section belongs to; None for shared ones and those of other things."""
    if not _is_sign_in(name) or name in ("Authenticator", "OAuthenticator", "LocalAuthenticator"):
        return None
    found = method_of(name)
    return None if found.id == "custom" else found


def _is_sign_in(name: str) -> bool:
    return name.endswith("Authenticator")


def _plain_name(name: str) -> str:
    return name.removeprefix("Local")


def _lets_in(path: Path, trait: str, value: Any) -> bool:
    if trait in ("idps", "allowed_idps"):
        entries = value.values() if isinstance(value, dict) else ()
        return any(
            isinstance(one, dict) and bool(one.get("allow_all") or one.get("allowed_domains"))
            for one in entries
        )
    if trait in _ALLOWS_NOBODY or not value:
        return False
    old = traits.old_name(str(path[2]), trait)
    return trait == "any_allow_config" or (old.new if old else trait).startswith("allow")
