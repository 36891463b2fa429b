"""Migration rules about who may sign in: these ask, because only the instructor knows the answer."""

from __future__ import annotations

from typing import Any

from z2jh_wizard.values.migrate_work import Work
from z2jh_wizard.values.paths import Path

CLASS: Path = ("hub", "config", "JupyterHub", "authenticator_class")
_OAUTH_NAMES = frozenset(
    (
        "auth0",
        "azuread",
        "bitbucket",
        "cilogon",
        "generic-oauth",
        "github",
        "gitlab",
        "globus",
        "google",
        "mediawiki",
        "openshift",
    )
)
# JupyterHub 5: these two let everybody in by default, as their users need no permission but a password.
_OPEN_BY_DEFAULT = frozenset(
    ("dummy", "DummyAuthenticator", "firstuse", "firstuseauthenticator", "FirstUseAuthenticator")
)
_ABOUT_OTHER_THINGS = frozenset(("allow_unverified_email", "allow_2fa"))


def nobody_allowed_oauth(work: Work) -> None:
    """Ask who may sign in with an OAuth class, where nothing says so; warn where two lists now add up."""
    path = _sign_in(work)
    if path is None or not _is_oauth(_class_name(work, path)):
        return
    allowing = _allowing(work)
    if not allowing:
        work.ask(path)
    elif "allowed_users" in allowing and len(allowing) > 1:
        work.ask(
            path,
            "Each list now lets people in by itself, where both had to hold before: "
            f"check {', '.join(sorted(allowing))}.",
        )


def nobody_allowed_hub5(work: Work) -> None:
    """Ask who may sign in with any other class, where nothing says so."""
    path = _sign_in(work)
    if (
        path is None
        or _class_name(work, path) in _OPEN_BY_DEFAULT
        or any(item.rule.id == "oauth-allow" for item in work.asked)
    ):
        return
    if not _allowing(work):
        work.ask(path)


def _sign_in(work: Work) -> Path | None:
    """Return the key that says how people sign in, None where the file leaves that to the default."""
    if work.document.has(CLASS) and isinstance(work.document.get(CLASS), str):
        return CLASS
    config = _config(work)
    for section in config:
        if section.endswith("Authenticator") and section != "Authenticator":
            return ("hub", "config", section)
    for code in work.matches("hub.extraConfig.*"):
        if "authenticator_class" in str(work.document.get(code)):
            return code
    return None


def _class_name(work: Work, path: Path) -> str:
    if path == CLASS:
        return str(work.document.get(CLASS)).rpartition(".")[2]
    if path[1] == "config":
        return str(path[-1])
    return str(work.document.get(path))


def _is_oauth(name: str) -> bool:
    return "OAuthenticator" in name or name.removeprefix("local-") in _OAUTH_NAMES


def _allowing(work: Work) -> set[str]:
    """Return the traits that let somebody in, of any sign-in section."""
    return {
        str(trait)
        for section, traits in _config(work).items()
        if section.endswith("Authenticator") and isinstance(traits, dict)
        for trait, value in traits.items()
        if str(trait).startswith("allow") and value and trait not in _ABOUT_OTHER_THINGS
    }


def _config(work: Work) -> dict[str, Any]:
    config = work.document.get(("hub", "config")) if work.document.has(("hub", "config")) else None
    return {str(key): value for key, value in config.items()} if isinstance(config, dict) else {}


def cilogon_idps(work: Work) -> None:
    """Ask for the identity providers of CILogon where they are a list of domains."""
    for pattern in work.rule.old:
        for path in work.matches(pattern):
            if path[-1] != "allowed_idps" or not isinstance(work.document.get(path), dict):
                work.ask(path)


def groups_without_management(work: Work) -> None:
    """Ask for manage_groups beside groups of an OAuth class, without which the hub does not start."""
    for pattern in work.rule.old:
        for path in work.matches(pattern):
            section = str(path[2])
            managed = work.matches("hub.config.Authenticator.manage_groups") or work.matches(
                f"hub.config.{section}.manage_groups"
            )
            if _is_oauth(section) and work.document.get(path) and not any(map(work.document.get, managed)):
                work.ask(path)


def lower_case_sections(work: Work) -> None:
    """Ask about keys in hub.config that are no class."""
    for path in work.matches("hub.config.*"):
        if not str(path[-1])[:1].isupper():
            work.ask(path)


def renamed_services(work: Work) -> None:
    """Ask about services whose name differs from their key."""
    for path in work.matches("hub.services.*.name"):
        if work.document.get(path) != path[-2]:
            work.ask(path)


FUNCTIONS = (
    nobody_allowed_oauth,
    nobody_allowed_hub5,
    cilogon_idps,
    groups_without_management,
    lower_case_sections,
    renamed_services,
)
