"""Rules about who can sign in: nobody, everybody, or not those who were meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from z2jh_wizard.values.address import public_address
from z2jh_wizard.values.lint import hub_config
from z2jh_wizard.values.lint.config_values import USER_LISTS
from z2jh_wizard.values.lint.finding import Fix, Move, Set, Severity
from z2jh_wizard.values.lint.hub_config import SignIn
from z2jh_wizard.values.lint.rule import Problem, Rule, rule
from z2jh_wizard.values.lint.subject import Subject
from z2jh_wizard.values.paths import Path
from z2jh_wizard.values.secret_keys import holds_secret
from z2jh_wizard.values.sign_in import CLASS_PATH, SignInMethod, chosen_method
from z2jh_wizard.values.sign_in_people import list_name
from z2jh_wizard.values.sign_in_settings import sign_in_settings

_CLASS_KEY = "hub.config.JupyterHub.authenticator_class"
_OLD_USER_LISTS = ("auth.admin.users", "auth.whitelist.users", "auth.allowedUsers")
_USER_KEYS = (
    "hub.config.Authenticator.allowed_users",
    "hub.config.Authenticator.admin_users",
    "hub.config.Authenticator.blocked_users",
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@+-]*")


@rule("auth-type-missing", Severity.ERROR, "Sign-in settings without authenticator_class", _CLASS_KEY)
def auth_type_missing(subject: Subject) -> Iterator[Problem]:
    """Without the class the chart takes dummy, which lets everybody in; a section alone chooses nothing."""
    chosen = hub_config.sign_in(subject)
    if chosen.stated or chosen.in_python or subject.has(CLASS_PATH):
        return
    found = [
        (name, method)
        for name, body in hub_config.sections(subject).items()
        if (method := hub_config.section_method(name))
        and method.id != "dummy"
        and _says_more_than_secrets(name, body)
    ]
    for name, method in found:
        # A file that only adds to a section may have the class in another file.
        registered = any(need in hub_config.sections(subject)[name] for need in method.needs)
        text = method.class_text(subject.version)
        edits = (Set(CLASS_PATH, text),) if text and len(found) == 1 else ()
        yield Problem(
            ("hub", "config", name),
            "No authenticator_class is set, so the hub takes dummy: anybody can sign in, under any name.",
            Fix(f"Set {_CLASS_KEY} to {text or 'the class'}.", edits),
            Severity.ERROR if registered or hub_config.is_whole(subject) else Severity.WARNING,
        )


def _says_more_than_secrets(name: str, body: Any) -> bool:
    """Tell whether this is the place where a section is written; secrets may stand in a file of their own."""
    return any(not holds_secret(("hub", "config", name, trait)) for trait in body)


@rule(
    "section-mismatch",
    Severity.WARNING,
    "A sign-in section that the chosen class does not read",
    "hub.config",
)
def section_mismatch(subject: Subject) -> Iterator[Problem]:
    """A class reads its own section and those of the classes it is built on."""
    chosen = hub_config.sign_in(subject)
    if not chosen.known or not chosen.stated:
        return
    wanted = hub_config.reads(subject, chosen.method)
    for name in hub_config.sections(subject):
        method = hub_config.section_method(name)
        if method is None or name.removeprefix("Local") in wanted:
            continue
        path: Path = ("hub", "config", name)
        if method is chosen.method:
            new = (*path[:-1], wanted[0])
            edits = () if subject.has(new) else (Move(path, new),)
            yield Problem(
                path,
                f"The class reads {wanted[0]}, not {name}: nothing here counts, and nobody can sign in.",
                Fix(f"Call the section {wanted[0]}.", edits),
                Severity.ERROR,
            )
        else:
            title = subject.quote(CLASS_PATH, subject.get(CLASS_PATH))
            yield Problem(
                path,
                f"The hub signs people in with {title} and does not read this section.",
                Fix(f"Remove it, or set authenticator_class to {method.class_text(subject.version)}."),
            )


@rule(
    "dummy-open", Severity.ERROR, "Everybody can sign in as anybody", "hub.config.DummyAuthenticator.password"
)
def dummy_open(subject: Subject) -> Iterator[Problem]:
    """Dummy without a password takes every name with every password, an administrator's too."""
    if subject.family != "z2jh" or chosen_method(subject.values, subject.version).id != "dummy":
        return
    if any(source.document.wrapper[:1] == ("binderhub",) for source in subject.sources):
        return  # BinderHub decides by itself who may start what
    code = hub_config.code(subject)
    old = not hub_config.has_hub_config(subject)
    password = "auth.dummy.password" if old else "hub.config.DummyAuthenticator.password"
    if subject.get(password) or "authenticator_class" in code or "DummyAuthenticator" in code:
        return
    address = public_address(subject.values, subject.version)
    stated_path = ("auth", "type") if old else CLASS_PATH
    stated = isinstance(subject.get(stated_path), str)
    others = {
        method.id for name in hub_config.sections(subject) if (method := hub_config.section_method(name))
    }
    if not stated and (subject.has(stated_path) or others - {"dummy"}):
        return  # the mistake is another one, which has a rule of its own
    if not address.reachable or (not stated and not hub_config.is_whole(subject)):
        return
    everybody = "anybody who finds the address can sign in under any name, an administrator's too."
    if stated:
        severity = Severity.ERROR if address.published else Severity.WARNING
        message = f"This checks nothing: {everybody}"
    else:
        layered = any(source.document.wrapper for source in subject.sources)
        severity = Severity.WARNING if address.published and not layered else Severity.NOTE
        message = f"Nothing here chooses a sign-in, so the hub takes dummy: {everybody}"
    fix = Fix(f"Choose a real way to sign in, or at least set {password}.")
    yield Problem(stated_path if stated else _way_in(subject), message, fix, severity)


def _way_in(subject: Subject) -> Path:
    ways: tuple[Path, ...] = (("proxy", "https"), ("ingress",), ("httpRoute",), ("hub", "config"), ("hub",))
    return next((path for path in ways if subject.has(path)), ())


@rule("hub5-lockout", Severity.ERROR, "Nobody is allowed in", "hub.config.Authenticator.allow_all")
def hub5_lockout(subject: Subject) -> Iterator[Problem]:
    """From oauthenticator 16 (chart 3) and JupyterHub 5 (chart 4) on, nobody is let in unless told."""
    chosen = _shut(subject)
    if chosen and not chosen.value("admin_users"):
        yield Problem(
            CLASS_PATH,
            "Nothing says who may use the hub: everybody who signs in is turned away with 403 Forbidden.",
            Fix(_how_to_allow(chosen.method)),
            None if hub_config.is_whole(subject) else Severity.WARNING,
        )


@rule(
    "admin-only",
    Severity.WARNING,
    "Only administrators are allowed in",
    "hub.config.Authenticator.admin_users",
)
def admin_only(subject: Subject) -> Iterator[Problem]:
    """OAuth lets administrators in by itself; elsewhere they need a rule as everybody does.

    So do the classes of JupyterHub 5.5 and oauthenticator 17.4.
    """
    chosen = _shut(subject)
    path = chosen.path("admin_users") if chosen else None
    if chosen and path and chosen.value("admin_users"):
        whom = (
            "Only these administrators can use the hub: every student is"
            if chosen.method.oauth
            else "admin_users lets nobody in with this sign-in: students and administrators are"
        )
        yield Problem(path, f"{whom} turned away with 403 Forbidden.", Fix(_how_to_allow(chosen.method)))


def _shut(subject: Subject) -> SignIn | None:
    """Return the sign-in when nothing in it lets people in; None when something does, or may."""
    if not hub_config.has_hub_config(subject) or not subject.has(CLASS_PATH):
        return None
    chosen = hub_config.sign_in(subject)
    asks = chosen.method.lets_in_only_named(subject.version)
    if not chosen.known or not asks or "allow" in hub_config.code(subject):
        return None
    everybody = chosen.method.open and chosen.value("allow_all") is not False
    return None if everybody or chosen.allowing() else chosen


def _how_to_allow(method: SignInMethod) -> str:
    own = f", or {method.allows[0]}" if method.allows else ""
    return f"Set allow_all: true (all with an account) or allowed_users in hub.config.Authenticator{own}."


@rule(
    "allow-all-and-org",
    Severity.WARNING,
    "allow_all beside a list of those who may come in",
    "hub.config.Authenticator.allow_all",
)
def allow_all_and_org(subject: Subject) -> Iterator[Problem]:
    """Each rule lets people in by itself; none takes anybody out again."""
    if not subject.at_least("3.0.0") or not hub_config.has_hub_config(subject):
        return
    chosen = hub_config.sign_in(subject)
    if chosen.value("allow_all") is not True:
        return
    for path, trait in chosen.allowing():
        if trait not in ("allow_all", "allow_existing_users", "any_allow_config", "idps", "allowed_idps"):
            yield Problem(
                path,
                f"allow_all lets everybody with an account in, so {trait} keeps nobody out.",
                Fix("Remove allow_all, or this list."),
            )


_PUBLIC = {
    "bitbucket": (),
    "github": ("github_url",),
    "gitlab": ("gitlab_url",),
    "globus": ("identity_provider",),
    "google": ("hosted_domain",),
    "mediawiki": ("mw_index_url",),
}
"""Ways to sign in with which anybody on earth has an account, unless one of these traits names a place."""


@rule(
    "allow-all-public",
    Severity.WARNING,
    "Everybody on earth with an account may sign in",
    "hub.config.Authenticator.allow_all",
)
def allow_all_public(subject: Subject) -> Iterator[Problem]:
    """allow_all suits a school's own accounts; a public provider gives one to anybody."""
    if not subject.at_least("3.0.0") or not hub_config.has_hub_config(subject):
        return
    chosen = hub_config.sign_in(subject)
    path = chosen.path("allow_all")
    if path is None or chosen.value("allow_all") is not True or chosen.method.id not in _PUBLIC:
        return
    if not any(chosen.value(trait) for trait in _PUBLIC[chosen.method.id]):
        yield Problem(
            path,
            f"Everybody on earth with a {chosen.method.title} account may start servers, which you pay for.",
            Fix("Name the people in allowed_users, or a group of theirs, and set allow_all to false."),
        )


@rule("allowed-users-str", Severity.WARNING, "A list of people written as one text", *_USER_KEYS)
def allowed_users_str(subject: Subject) -> Iterator[Problem]:
    """A text counts as one single name."""
    for path, value in _user_lists(subject):
        names = re.split(r"[\s,;]+", value.strip(" \t\n,;")) if isinstance(value, str) else []
        if len(names) < 2:
            continue
        sure = all(_NAME.fullmatch(name) for name in names)
        yield Problem(
            path,
            "This text counts as one single name, so none of these people is meant by it.",
            Fix("Write one name a line, each after a dash.", (Set(path, names),) if sure else ()),
        )


@rule("allowed-users-int", Severity.ERROR, "A user name read as a number", *_USER_KEYS)
def allowed_users_int(subject: Subject) -> Iterator[Problem]:
    """YAML reads 20231 as a number, on and no as true and false; the hub wants text."""
    for path, value in _user_lists(subject):
        for at, item in enumerate(value if isinstance(value, list) else ()):
            if isinstance(item, (bool, int, float)):
                word = hub_config.plain_word(subject, (*path, at))
                blocked = path[-1] == "blocked_users"
                effect = "so this user is not blocked" if blocked else "and the hub does not start"
                yield Problem(
                    (*path, at),
                    f"{word or item} is no text for the hub, {effect}.",
                    Fix("Write it in quotes.", (Set((*path, at), word),) if word else ()),
                )


@rule("email-case", Severity.NOTE, "User names with capital letters", *_USER_KEYS)
def email_case(subject: Subject) -> Iterator[Problem]:
    """The hub writes names in small letters, and its lists, but blocked_users and username_map as they are.

    MediaWiki keeps the letters everywhere.
    """
    if chosen_method(subject.values, subject.version, subject.family).id == "mediawiki":
        return
    for path, value in _user_lists(subject):
        items = value if isinstance(value, list) else ()
        names = [item for item in items if isinstance(item, str) and item != item.lower()]
        if names:
            shown, small = subject.quote(path, names[0]), subject.quote(path, names[0].lower())
            if path[-1] == "blocked_users":
                message = f"The hub knows people by small letters, so {shown} is not kept out: write {small}."
                yield Problem(path, message, severity=Severity.WARNING)
            else:
                yield Problem(path, f"The hub knows people by small letters: {shown} becomes {small}.")
    for base, _, trait, value in hub_config.settings(subject):
        for key in value if trait == "username_map" and isinstance(value, dict) else ():
            path, new = (*base, key), (*base, key.lower())
            if key != key.lower():
                yield Problem(
                    path,
                    f"Names are made small before they come here: {subject.quote(base, key)} never fits.",
                    Fix("Write it in small letters.", () if subject.has(new) else (Move(path, new),)),
                    Severity.WARNING,
                )


_STRIPPED = {
    "admin_users": "so this person is no administrator",
    "allowed_users": "so this line lets nobody in",
    "blocked_users": "so this person is not kept out",
}
"""What comes of a name that nobody has in the hub, by the list that it is in."""


@rule("domain-stripped", Severity.WARNING, "Names with the domain that Google sign-in takes off", *_USER_KEYS)
def domain_stripped(subject: Subject) -> Iterator[Problem]:
    """With exactly one hosted_domain ada@school.edu is ada in the hub, unless strip_domain is false.

    With several domains, or a domain that is not hosted, names keep their domain.
    """
    settings = sign_in_settings(subject.values, subject.version, subject.family)
    if settings.method.id != "google" or settings.in_python:
        return
    for path, value in _user_lists(subject):
        items = value if isinstance(value, list) else ()
        for at, item in enumerate(items):
            name = list_name(settings, item) if isinstance(item, str) and "@" in item else item
            if name == item or "@" in name:
                continue
            shown, short = subject.quote(path, item), subject.quote(path, name)
            effect = _STRIPPED.get(str(path[-1]), _STRIPPED["allowed_users"])
            edits = () if name in items else (Set((*path, at), name),)
            yield Problem(
                (*path, at),
                f"The hub knows {shown} as {short}, {effect}.",
                Fix("Write the name without the domain." if edits else "Remove it.", edits),
            )


def _user_lists(subject: Subject) -> Iterator[tuple[Path, Any]]:
    """Yield the lists of people that this chart reads."""
    for path, _, trait, value in hub_config.settings(subject):
        if trait in USER_LISTS:
            yield path, value
    if subject.family == "z2jh" and not hub_config.has_hub_config(subject):
        for pattern in _OLD_USER_LISTS:
            yield from subject.find(pattern)


@rule(
    "shared-password-short",
    Severity.ERROR,
    "A class password that is too short",
    "hub.config.SharedPasswordAuthenticator.user_password",
    "hub.config.SharedPasswordAuthenticator.admin_password",
)
def shared_password_short(subject: Subject) -> Iterator[Problem]:
    """JupyterHub wants 8 characters for the class and 32 for administrators, and the two to differ."""
    chosen = hub_config.sign_in(subject) if hub_config.has_hub_config(subject) else None
    if chosen is None or chosen.method.id != "shared-password":
        return
    for trait, shortest in (("user_password", 8), ("admin_password", 32)):
        path, value = chosen.path(trait), chosen.value(trait)
        if path and isinstance(value, str) and 0 < len(value) < shortest:
            yield Problem(
                path,
                f"{trait} has {len(value)} characters, and the hub does not start.",
                Fix(f"Take {shortest} characters or more."),
            )
    path = chosen.path("admin_password")
    if (
        path
        and chosen.value("admin_password")
        and chosen.value("admin_password") == chosen.value("user_password")
    ):
        yield Problem(
            path, "Both passwords are the same, and the hub does not start.", Fix("Take another one.")
        )


RULES: tuple[Rule, ...] = (
    auth_type_missing,
    section_mismatch,
    dummy_open,
    hub5_lockout,
    admin_only,
    allow_all_and_org,
    allow_all_public,
    allowed_users_str,
    allowed_users_int,
    email_case,
    domain_stripped,
    shared_password_short,
)
