"""Names and groups as the hub compares them: what it makes of a name, and which groups count for a class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from z2jh_wizard.values.sign_in_settings import SignInSettings

GROUPS: Final[Mapping[str, str]] = {
    "allowed_organizations": "in the organization",
    "allowed_gitlab_groups": "in the GitLab group",
    "allowed_project_ids": "with developer rights in the GitLab project",
    "allowed_teams": "in the team",
    "allowed_google_groups": "in the Google group",
    "allowed_globus_groups": "in the Globus group",
    "allowed_groups": "in the group",
}
"""The traits that let groups in, and how to say it."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as one provider shows them; ``domain`` is what stands after @, empty when it is not known."""

    typed: str
    asked: str
    """The name when the class asks whether this is an administrator."""
    name: str
    """The name in the hub."""
    domain: str = ""
    idp: str = ""


def allowed_names(settings: SignInSettings) -> frozenset[str]:
    """Return the names of allowed_users as the hub compares them."""
    if (
        settings.method.oauth
        and settings.old
        and settings.at_least("0.10.0")
        and not settings.at_least("0.10.6")
    ):
        return frozenset()  # CVE-2020-26250: these hubs do not read the list
    return frozenset(normalised(settings, name) for name in settings.names("allowed_users"))


def admin_names(settings: SignInSettings) -> frozenset[str]:
    """Return the names of the administrators as the hub compares them."""
    return frozenset(normalised(settings, name) for name in settings.names("admin_users"))


def everybody_by_default(settings: SignInSettings) -> bool:
    """Return whether allow_all is on by itself: for dummy and firstuse, while there is no list."""
    return settings.method.open and settings.value("allow_all") is None and not allowed_names(settings)


def lets_admins_in(settings: SignInSettings) -> bool:
    """Return whether administrators come in without being named anywhere else.

    OAuth lets them in by itself; elsewhere they must be among the users whom the hub remembers.
    """
    if not settings.only_named or settings.method.oauth:
        return True
    return bool(allowed_names(settings)) or settings.is_on("allow_existing_users")


def normalised(settings: SignInSettings, name: str) -> str:
    """Return a name as the hub writes it: small letters, then username_map; MediaWiki keeps the letters."""
    if settings.method.id == "mediawiki":
        return name.replace(" ", "_") if settings.only_named else name
    name = name.lower()
    renamed = settings.value("username_map")
    changed = renamed.get(name, name) if isinstance(renamed, Mapping) else name
    return changed if isinstance(changed, str) else name


def group_names(settings: SignInSettings, trait: str, domain: str = "") -> tuple[str, ...]:
    """Return the groups that a trait lets in; Google's stand by domain, all of them when it is not known."""
    value = settings.value(trait)
    if not isinstance(value, Mapping):
        return settings.names(trait)
    bodies = [value.get(domain)] if domain else list(value.values())
    return tuple(str(one) for body in bodies if isinstance(body, (list, tuple, set)) for one in body)


def group_traits(settings: SignInSettings) -> tuple[str, ...]:
    """Return the traits of groups that the class reads."""
    own = settings.method.allows
    if settings.method.oauth and "allowed_groups" not in own:
        in_class = settings.method.id in ("oidc", "openshift") and not settings.at_least("4.0.0")
        managed = settings.at_least("4.0.0") and settings.is_on("manage_groups")
        own = (*own, "allowed_groups") if in_class or managed else own
    return (*own, "idps") if settings.method.id == "cilogon" else own


def persons(settings: SignInSettings, user: str) -> list[Person]:
    """Return who a name may be in the hub: more than one where several universities may have it."""
    user = user.strip()
    local, at, domain = user.partition("@")
    domain = domain.lower()
    method = settings.method.id
    if method == "google" and settings.names("hosted_domain"):
        hosted = [one.lower() for one in settings.names("hosted_domain")]
        strip = settings.value("strip_domain") if settings.at_least("4.0.0") else None
        strip = len(hosted) == 1 if not isinstance(strip, bool) else strip
        name = local if at and strip and domain in hosted else user
        return [_person(settings, user, name, domain if at else hosted[0] if len(hosted) == 1 else "")]
    if method == "globus":
        return [_person(settings, user, local, domain)]
    idps = settings.value("idps") if method == "cilogon" else None
    if isinstance(idps, Mapping) and idps:
        return [_person(settings, user, _derived(idps[idp], user), domain, str(idp)) for idp in idps]
    return [_person(settings, user, user, domain)]


def list_name(settings: SignInSettings, user: str) -> str:
    """Return what to write into a list of users for somebody who signs in as ``user``.

    It is the name as given, unless the hub makes another one of it: a Google account of the one hosted domain
    loses its domain, for instance. Where several universities may have the name it stays as it is.
    """
    names = {one.name for one in persons(settings, user)}
    return user if len(names) > 1 or normalised(settings, user) in names else names.pop()


def _person(settings: SignInSettings, typed: str, name: str, domain: str, idp: str = "") -> Person:
    """Return a person with the name that the hub makes of one.

    Some classes look into username_map before the hub does it once more; the class of one shared password
    knows administrators by the letters as typed.
    """
    method = settings.method
    once = normalised(settings, name)
    twice = (method.oauth and settings.only_named) or method.id in ("native", "firstuse")
    last = normalised(settings, once) if twice else once
    asked = typed if method.id == "shared-password" else once if method.oauth else last
    return Person(typed, asked, last, domain, idp)


def _derived(idp: Any, user: str) -> str:
    """Return the name that CILogon makes of one, by the setting of the university."""
    how = idp.get("username_derivation") if isinstance(idp, Mapping) else None
    how = how if isinstance(how, Mapping) else {}
    domain = how.get("domain")
    if how.get("action") == "strip_idp_domain" and domain and user.lower().endswith(f"@{domain}".lower()):
        return user[: -len(domain) - 1]
    return f"{how['prefix']}:{user}" if how.get("action") == "prefix" and how.get("prefix") else user
