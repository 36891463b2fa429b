"""Whether a person may sign in by the values, and which setting decides.

Each check says yes, no, or that it depends on what only the provider or the hub's database knows; a no of one
check is final, so that blocked_users wins over every setting that lets people in. Facts: the sources of
JupyterHub 1.1 to 5.5, oauthenticator 0.11 to 17.4 and the other authenticators of the charts' hub images;
the answers for chart 4.4.0 were compared with the classes themselves.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import Any, Final

import msgspec

from z2jh_wizard.values.charts import Family
from z2jh_wizard.values.sign_in_people import (
    GROUPS,
    Person,
    admin_names,
    allowed_names,
    group_names,
    group_traits,
    lets_admins_in,
    persons,
)
from z2jh_wizard.values.sign_in_settings import IN_PYTHON, SignInSettings, sign_in_settings

_KNOWN: Final = "the hub knows this name already: allow_existing_users is on while there is a list"


class Answer(enum.Enum):
    """Whether somebody may come in."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    DEPENDS = "depends"


class Verdict(msgspec.Struct, frozen=True):
    """The answer for one person, and why."""

    answer: Answer
    reason: str
    """One sentence."""
    setting: str = ""
    """The key that decides; empty when the class does it by itself."""
    name: str = ""
    """The name that the person has in the hub."""
    needs: str = ""
    """What the person must bring: an account, a password; empty when nothing or when refused anyway."""
    admin: bool = False
    """Whether the person is named as an administrator, and not refused."""
    unless: str = ""
    """When the answer is another one."""


@dataclass(frozen=True, slots=True)
class _Case:
    """What every check reads."""

    settings: SignInSettings
    person: Person
    groups: Collection[str] | None
    admins: frozenset[str]
    allowed: frozenset[str]

    @property
    def is_admin(self) -> bool:
        """Whether the class takes this for an administrator."""
        return self.person.asked in self.admins

    @property
    def everybody(self) -> bool:
        """Whether the class lets everybody in while there is no list."""
        return self.settings.method.open and self.settings.value("allow_all") is None and not self.allowed

    @property
    def becomes_admin(self) -> bool:
        """Whether the hub makes this an administrator, once let in."""
        told = self.settings.method.id == "shared-password"
        return self.is_admin or (not told and self.person.name in self.admins)

    def no(self, reason: str, trait: str = "", unless: str = "") -> Verdict:
        """Refuse."""
        return Verdict(Answer.REFUSED, reason, self.settings.path(trait) if trait else "", unless=unless)

    def yes(self, reason: str, trait: str = "") -> Verdict:
        """Allow."""
        return Verdict(Answer.ALLOWED, reason, self.settings.path(trait) if trait else "")

    def depends(self, reason: str, trait: str = "") -> Verdict:
        """Say that it depends."""
        return Verdict(Answer.DEPENDS, reason, self.settings.path(trait) if trait else "")


def may(
    values: Mapping[str, Any],
    version: str,
    family: Family = "z2jh",
    user: str = "",
    groups: Collection[str] | None = None,
) -> Verdict:
    """Return whether somebody may sign in, once they prove who they are.

    ``user`` is the name as the provider gives it, with the domain where it is an address. ``groups`` are
    the organizations, teams and groups of the person, written as in the values; None when not known.
    InvalidInput for what is no version.
    """
    return may_each(values, version, family, (user,), groups)[0]


def may_each(
    values: Mapping[str, Any],
    version: str,
    family: Family,
    users: Iterable[str],
    groups: Collection[str] | None = None,
) -> tuple[Verdict, ...]:
    """Return whether each of several people may sign in, as ``may`` does for one; quick for a whole class."""
    settings = sign_in_settings(values, version, family)
    admins, allowed = admin_names(settings), allowed_names(settings)

    def verdict(user: str) -> Verdict:
        cases = [_Case(settings, person, groups, admins, allowed) for person in persons(settings, user)]
        found = _together([_decide(case) for case in cases])
        return _with_python(found) if settings.in_python else found

    return tuple(verdict(user) for user in users)


def _together(found: Sequence[Verdict]) -> Verdict:
    """Return one verdict for a name that several accounts may have."""
    first = found[0]
    if len({one.answer for one in found}) > 1:
        yes = next(one for one in found if one.answer is not Answer.REFUSED)
        no = next(one for one in found if one is not yes and one.answer is not Answer.ALLOWED)
        first = Verdict(
            Answer.DEPENDS,
            f"It depends on where the account is. {yes.reason} {no.reason}",
            yes.setting,
            yes.name,
        )
    return first


def _with_python(verdict: Verdict) -> Verdict:
    return msgspec.structs.replace(
        verdict,
        answer=Answer.DEPENDS,
        setting=IN_PYTHON,
        reason=f"Python in {IN_PYTHON} has a hand in it. By the settings alone: {verdict.reason}",
    )


def _decide(case: _Case) -> Verdict:
    if case.settings.method.id == "tmp":
        return _by_chance(case)
    rules = _named_rules if case.settings.only_named else _open_rules
    checks: tuple[Callable[[_Case], Verdict | None], ...] = (_fits, _blocked, _outside, _proves, rules)
    found = [verdict for check in checks if (verdict := check(case))]
    first = next(
        one
        for answer in (Answer.REFUSED, Answer.DEPENDS, Answer.ALLOWED)
        for one in found
        if one.answer is answer
    )
    refused = first.answer is Answer.REFUSED
    return msgspec.structs.replace(
        first,
        name=case.person.name,
        needs="" if refused else _proof(case),
        admin=not refused and case.becomes_admin,
    )


def _by_chance(case: _Case) -> Verdict:
    """Decide for tmp, where everybody gets a new name by chance: no list fits, blocked_users neither.

    Up to chart 2 the class asks no list at all.
    """
    settings = case.settings
    if settings.at_least("3.0.0") and settings.value("username_pattern"):
        return case.depends("The name by chance must fit the pattern of user names.", "username_pattern")
    if settings.is_on("allow_all") or not settings.at_least("3.0.0"):
        return case.yes("Whoever opens the address comes in, under a name by chance.", "allow_all")
    if settings.only_named or case.allowed:
        return case.no("Everybody gets a name by chance, which is on no list.", "allow_all")
    return case.yes("Whoever opens the address comes in, under a name by chance.")


def _fits(case: _Case) -> Verdict | None:
    name, pattern = case.person.name, case.settings.value("username_pattern")
    if not name or "/" in name or name != name.strip():
        return case.no("JupyterHub takes no name that is empty, has a slash, or begins or ends with a space.")
    if case.settings.method.id in ("native", "firstuse") and not {" ", ","}.isdisjoint(name):
        return case.no("This sign-in takes no name with a space or a comma.")
    try:
        fits = not isinstance(pattern, str) or not pattern or re.match(pattern, name)
    except re.error:
        return case.no(
            "The pattern of user names is no regular expression; the hub does not start.", "username_pattern"
        )
    return None if fits else case.no(f"{name} does not fit the pattern of user names.", "username_pattern")


def _blocked(case: _Case) -> Verdict | None:
    """Refuse who is on the list; the hub compares it as written, so a name with capitals fits nobody."""
    if case.person.name not in case.settings.names("blocked_users"):
        return None
    return case.no(f"{case.person.name} is blocked, whatever else is allowed.", "blocked_users")


def _outside(case: _Case) -> Verdict | None:
    """Refuse who comes from elsewhere than where the provider may sign people in."""
    settings, person = case.settings, case.person
    hosted = (
        [one.lower() for one in settings.names("hosted_domain")] if settings.method.id == "google" else []
    )
    if hosted and person.domain and person.domain not in hosted:
        return case.no(f"Only Google accounts of {_either(hosted)} are taken.", "hosted_domain")
    home = settings.value("identity_provider") if settings.method.id == "globus" else None
    if isinstance(home, str) and home and person.domain and person.domain != home:
        return case.no(f"Only accounts of {home} are taken.", "identity_provider")
    if settings.method.id == "cilogon" and settings.only_named and not person.idp:
        return case.no("No university is named, so the hub does not start.", "idps")
    return None


def _proves(case: _Case) -> Verdict | None:
    """Refuse who can prove nothing, by the class."""
    settings, name = case.settings, case.person.name
    method = settings.method.id
    if method == "custom":
        return case.depends("Who may come in is decided by a class of your own, which is not read here.")
    if method == "pam":
        return case.depends(
            f"{name} needs an account inside the hub's container, which only a hub image of yours has."
        )
    if method == "shared-password":
        if case.is_admin and not settings.value("admin_password"):
            return case.no("Administrators have a password of their own, and none is set.", "admin_password")
        if not case.is_admin and not (settings.value("user_password") or settings.value("password_groups")):
            return case.no("There is no password for the class, so nobody can give it.", "user_password")
    if method == "native" and not settings.is_on("open_signup") and name not in case.allowed | case.admins:
        return case.depends(
            "An administrator must let the new account in, on the page /hub/authorize.", "open_signup"
        )
    if (
        method == "firstuse"
        and settings.value("create_users") is False
        and name not in case.allowed | case.admins
    ):
        return case.no(
            "Only names that the hub knows may choose a password.",
            "create_users",
            "an administrator adds the name on the admin page",
        )
    return None


def _named_rules(case: _Case) -> Verdict:
    """Decide where nobody is let in unless a setting says so: each setting lets people in by itself."""
    settings, name = case.settings, case.person.name
    if settings.is_on("allow_all"):
        return case.yes("allow_all lets in everybody who can sign in.", "allow_all")
    if case.everybody:
        return case.yes(
            f"{settings.method.title}: everybody is let in while nothing else is said.", "allow_all"
        )
    if name in case.allowed:
        return case.yes(f"{name} is in allowed_users.", "allowed_users")
    # OAuth asks the class; elsewhere the hub has put administrators into the list of users.
    known = case.is_admin if settings.method.oauth else name in case.admins
    if known and lets_admins_in(settings):
        return case.yes(f"{name} is an administrator.", "admin_users")
    maybe = list(_group_rules(case))
    for answer in (Answer.ALLOWED, Answer.DEPENDS):
        for verdict in maybe:
            if verdict.answer is answer:
                return verdict
    return _not_named(case)


def _not_named(case: _Case) -> Verdict:
    settings, name = case.settings, case.person.name
    if settings.is_on("allow_existing_users"):
        return case.depends(f"{name} may come in if the hub knows the name already.", "allow_existing_users")
    if case.is_admin:
        return case.no(
            f"{name} is an administrator, but admin_users alone lets nobody in with this sign-in.",
            "allowed_users",
        )
    if case.allowed:
        implied = not settings.method.oauth and settings.value("allow_existing_users") is None
        return case.no(f"{name} is not in allowed_users.", "allowed_users", _KNOWN if implied else "")
    trait = next((one for one in GROUPS if settings.value(one)), "allow_all")
    reason = (
        f"{name} is in none of the groups that are let in."
        if trait != "allow_all"
        else "Nobody is let in: neither allow_all nor allowed_users is set."
    )
    return case.no(reason, trait)


def _open_rules(case: _Case) -> Verdict:
    """Decide where everybody is let in unless a setting says otherwise: each setting keeps people out."""
    settings, name = case.settings, case.person.name
    groups = list(_group_rules(case))
    entry = any(one.answer is Answer.ALLOWED for one in groups)
    if settings.method.id == "pam" and groups:
        return groups[0]  # a list of groups makes this class forget the list of names
    if _kept_out_by_groups(case, groups):
        trait = next((one for one in (*GROUPS, "idps") if settings.value(one)), "")
        return case.no(f"{name} is in none of the groups that are let in.", trait)
    if case.allowed and name not in case.allowed and not case.is_admin:
        return case.no(
            f"{name} is not in the list of users.", "allowed_users", "the hub knows this name already"
        )
    if groups and not entry:
        return groups[0]
    if case.allowed:
        return case.yes(
            f"{name} is {'an administrator' if name not in case.allowed else 'in the list of users'}.",
            "allowed_users" if name in case.allowed else "admin_users",
        )
    return groups[0] if groups else case.yes("This chart lets in everybody who can sign in.")


def _kept_out_by_groups(case: _Case, found: list[Verdict]) -> bool:
    return not found and any(case.settings.value(trait) for trait in group_traits(case.settings))


def _group_rules(case: _Case) -> Iterator[Verdict]:
    """Give a yes for every rule of groups that is met, and a depends for those that nobody can tell here."""
    settings = case.settings
    for trait in group_traits(settings):
        if trait == "idps":
            yield from _university_rule(case)
            continue
        wanted = group_names(settings, trait, case.person.domain)
        phrase = f"{GROUPS[trait]} {_either(wanted)}"
        if case.groups is None and wanted:
            yield case.depends(
                f"Only the sign-in itself can tell whether {case.person.name} is {phrase}.", trait
            )
        elif case.groups and not {one.lower() for one in wanted}.isdisjoint(
            one.lower() for one in case.groups
        ):
            yield case.yes(f"{case.person.name} is {phrase}.", trait)
    if settings.only_named and settings.method.oauth and settings.names("allowed_scopes"):
        yield case.depends("It depends on the scopes that the sign-in grants.", "allowed_scopes")


def _university_rule(case: _Case) -> Iterator[Verdict]:
    """Give what CILogon's setting for one university says, by the domain of the address."""
    settings, person = case.settings, case.person
    idps = settings.value("idps")
    if not isinstance(idps, Mapping):
        domains = [one.lower() for one in settings.names("idps")]
        if domains and (not person.domain or person.domain in domains):
            yield case.yes(f"Accounts of {_either(domains)} are taken.", "idps")
        return
    body = idps.get(person.idp)
    body = body if isinstance(body, Mapping) else {}
    domains = [str(one) for one in body.get("allowed_domains") or ()]
    if (settings.only_named and body.get("allow_all")) or (not settings.only_named and not domains):
        yield case.yes(f"Everybody with an account at {person.idp} is let in.", "idps")
    elif domains and (not person.domain or body.get("allowed_domains_claim")):
        yield case.depends(f"It must be an account of {_either(domains)}.", "idps")
    elif any(fnmatch(person.domain, domain) for domain in domains):
        yield case.yes(f"Accounts of {_either(domains)} are let in.", "idps")


def _proof(case: _Case) -> str:
    method = case.settings.method
    if method.id == "dummy" and case.settings.value("password"):
        return "the one password of the hub"
    if method.id == "shared-password" and case.is_admin:
        return "the administrators' password"
    return f"{method.proof}, at {case.person.idp}" if case.person.idp else method.proof


def _either(words: Collection[str]) -> str:
    shown = list(words)[:5]
    rest = [f"{len(words) - 5} more"] if len(words) > 5 else []
    return " or ".join([*shown, *rest])
