"""Who will be allowed in by the values, who is an administrator and who is kept out, in words.

And the answer for one person, as sentences.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

import msgspec

from z2jh_wizard.values.charts import Family
from z2jh_wizard.values.roster import LONGEST
from z2jh_wizard.values.sign_in_people import (
    GROUPS,
    admin_names,
    allowed_names,
    everybody_by_default,
    group_names,
    group_traits,
    lets_admins_in,
    normalised,
)
from z2jh_wizard.values.sign_in_settings import IN_PYTHON, SignInSettings, sign_in_settings
from z2jh_wizard.values.who_may import Answer, Verdict

_SHOWN: Final = 5
"""Names that a sentence lists; the rest is counted."""


class WhoMay(msgspec.Struct, frozen=True):
    """Sentences about who may sign in; none is empty but the notes may be."""

    allowed: tuple[str, ...]
    admins: tuple[str, ...]
    blocked: tuple[str, ...]
    notes: tuple[str, ...] = ()
    """What these sentences cannot know, or what is probably not meant."""
    nobody: bool = False
    """Whether no student at all is let in."""


def who_may(values: Mapping[str, Any], version: str, family: Family = "z2jh") -> WhoMay:
    """Return who may sign in by the merged values, in words; InvalidInput for what is no version."""
    settings = sign_in_settings(values, version, family)
    rules = tuple(_named(settings) if settings.only_named else _open(settings))
    return WhoMay(
        allowed=rules or (_nobody(settings),),
        admins=tuple(_admins(settings)),
        blocked=tuple(_blocked(settings)),
        notes=tuple(_notes(settings)),
        nobody=not rules,
    )


_HEADLINES: Final = {
    Answer.ALLOWED: "Yes: {name} may sign in.",
    Answer.REFUSED: "No: {name} may not sign in.",
    Answer.DEPENDS: "It depends whether {name} may sign in.",
}


def verdict_words(verdict: Verdict, typed: str) -> tuple[str, ...]:
    """Return the answer for a person as sentences: yes or no first, then why, then what else is to know."""
    if len(typed) > LONGEST:
        return ("No: nobody has such a name.", f"A user name has at most {LONGEST} characters.")
    said = [_HEADLINES[verdict.answer].format(name=typed.strip()), verdict.reason]
    if verdict.setting:
        said.append(f"Decided by: {verdict.setting}")
    if verdict.unless:
        said.append(f"It is another answer if {verdict.unless}.")
    if verdict.answer is Answer.REFUSED:
        return tuple(said)
    if verdict.name and verdict.name != typed.strip():
        said.append(f"The name in the hub is {verdict.name}.")
    if verdict.needs:
        said.append(f"To bring along: {verdict.needs}.")
    said.append("An administrator of the hub." if verdict.admin else "Not named as an administrator.")
    return tuple(said)


def asks_groups(values: Mapping[str, Any], version: str, family: Family = "z2jh") -> bool:
    """Return whether the groups of a person can decide with the chosen way to sign in."""
    return any(trait in GROUPS for trait in group_traits(sign_in_settings(values, version, family)))


def _named(settings: SignInSettings) -> Iterator[str]:
    """Give every rule that lets people in, where nobody is let in without one."""
    everybody = _everybody(settings)
    if settings.is_on("allow_all") or everybody_by_default(settings):
        yield f"{everybody}."
        return
    if settings.method.id == "tmp":
        return
    names = allowed_names(settings)
    if names:
        yield _people(names)
    for trait in group_traits(settings):
        if trait == "idps":
            yield from _universities(settings)
        elif groups := group_names(settings, trait):
            yield f"{everybody} {GROUPS[trait]} {_listed(groups, 'or')}."
    if settings.method.oauth and (scopes := settings.names("allowed_scopes")):
        yield f"{everybody}, if the sign-in grants {_listed(scopes, 'and')}."
    if settings.is_on("allow_existing_users"):
        yield "Everybody whom the hub knows already, as those added on its admin page."


def _open(settings: SignInSettings) -> Iterator[str]:
    """Give what has to be met, where everybody is let in without a setting."""
    everybody = _everybody(settings)
    conditions = []
    for trait in group_traits(settings):
        if trait == "idps":
            conditions += [f"of {_listed(domains, 'or')}"] if (domains := _domains(settings)) else []
        elif groups := group_names(settings, trait):
            conditions.append(f"{GROUPS[trait]} {_listed(groups, 'or')}")
    among = f"{everybody} {' or '.join(conditions)}." if conditions else f"{everybody}."
    names = allowed_names(settings)
    if not names:
        yield among
    elif settings.method.id == "pam" and conditions:
        yield f"{among} The list of users is not read beside it."
    else:
        yield _people(names)
        if conditions:
            yield f"Of them only who is {' or '.join(conditions)}."


def _everybody(settings: SignInSettings) -> str:
    """Return whom the sign-in takes at all, as the subject of a sentence."""
    method = settings.method
    people = method.people
    if method.id == "dummy" and settings.value("password"):
        people = "who knows the one password of the hub"
    if method.id == "native" and settings.is_on("open_signup"):
        people = "who makes an account on the hub's own page"
    if method.id == "cilogon" and not settings.only_named:
        people = "with an account of any university of CILogon"
    home = settings.value("identity_provider") if method.id == "globus" else None
    homes = settings.names("hosted_domain") if method.id == "google" else (home,) if home else ()
    return f"Everybody {people}{' of ' + _listed(homes, 'or') if homes else ''}"


def _universities(settings: SignInSettings) -> Iterator[str]:
    idps = settings.value("idps")
    for idp, body in idps.items() if isinstance(idps, Mapping) else ():
        if not isinstance(body, Mapping):
            continue
        if body.get("allow_all"):
            yield f"Everybody with an account at {idp}."
        elif domains := _texts(body.get("allowed_domains")):
            yield f"Everybody with an account at {idp} whose address ends in {_listed(domains, 'or')}."


def _domains(settings: SignInSettings) -> tuple[str, ...]:
    """Return where CILogon's accounts may come from, in charts before 3.0."""
    idps = settings.value("idps")
    return tuple(map(str, idps)) if isinstance(idps, Mapping) else settings.names("idps")


def _nobody(settings: SignInSettings) -> str:
    method = settings.method
    if method.id == "custom":
        return "Your own class decides who may come in; nothing here names anybody."
    if method.id == "tmp":
        return f"Nobody yet: set {settings.path('allow_all')} to true."
    own = f", or {settings.path(method.allows[0])}" if method.allows else ""
    return (
        f"Nobody yet: set {settings.path('allow_all')} to true for everybody {method.people}, "
        f"or name people in {settings.path('allowed_users')}{own}."
    )


def _admins(settings: SignInSettings) -> Iterator[str]:
    names = admin_names(settings)
    groups = [
        name
        for trait in ("admin_groups", "admin_google_groups", "admin_globus_groups")
        for name in group_names(settings, trait)
    ]
    if settings.method.id == "tmp":
        yield "Nobody is an administrator: everybody gets a name by chance."
        return
    if not names and not groups:
        yield "Nobody is an administrator."
    if names:
        are = "is an administrator" if len(names) == 1 else "are administrators"
        yield f"{_listed(sorted(names), 'and')} {are}."
        everybody = settings.is_on("allow_all") or everybody_by_default(settings)
        if not everybody and not lets_admins_in(settings):
            yield "With this sign-in admin_users alone lets nobody in: name them in allowed_users too."
        if settings.method.id == "shared-password" and not settings.value("admin_password"):
            yield f"They cannot sign in before {settings.path('admin_password')} is set."
    if groups:
        yield f"Members of {_listed(groups, 'and')} are administrators."


def _blocked(settings: SignInSettings) -> Iterator[str]:
    names = settings.names("blocked_users")
    if not names:
        yield "Nobody is blocked."
    elif settings.method.id == "tmp":
        yield "blocked_users keeps nobody out: everybody gets a name by chance."
    else:
        yield f"Kept out, whatever else is allowed: {_listed(names, 'and')}."
        if wrong := [name for name in names if name != normalised(settings, name)]:
            right = normalised(settings, wrong[0])
            yield f"The hub does not know the name {wrong[0]}, so this keeps nobody out: write {right}."


def _notes(settings: SignInSettings) -> Iterator[str]:
    if settings.in_python:
        yield f"Python in {IN_PYTHON} has a hand in who may come in; it is not read here."
    if settings.method.id == "dummy" and not settings.value("password"):
        yield "No password is asked: anybody can sign in as anybody, as an administrator too."
    if settings.method.id == "shared-password" and not settings.value("user_password"):
        yield f"There is no password for the class yet: set {settings.path('user_password')}."
    if settings.is_on("allow_all") and (settings.names("allowed_users") or _names_groups(settings)):
        yield "allow_all lets everybody in, so the lists beside it keep nobody out."
    by_list = allowed_names(settings) and settings.value("allow_existing_users") is None
    if by_list and (not settings.only_named or not settings.method.oauth) and not settings.is_on("allow_all"):
        yield "Who was let in once stays so after leaving the list, until removed on the hub's admin page."


def _names_groups(settings: SignInSettings) -> bool:
    return any(group_names(settings, trait) for trait in group_traits(settings) if trait != "idps")


def _people(names: Collection[str]) -> str:
    if len(names) == 1:
        return f"One person: {next(iter(names))}."
    return f"{len(names)} people: {_listed(sorted(names), 'and')}."


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, (list, tuple, set)) else ()


def _listed(words: Collection[str], last: str) -> str:
    shown = [str(one) for one in words][:_SHOWN]
    if len(words) > _SHOWN:
        shown.append(f"{len(words) - _SHOWN} more")
    return " ".join([", ".join(shown[:-1]), last, shown[-1]]) if len(shown) > 1 else shown[0]
