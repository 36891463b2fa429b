"""Rules about signing in with an outside provider: addresses, scopes, groups, what a class needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import SplitResult, urlsplit, urlunsplit

from z2jh_wizard.values.address import PublicAddress, public_address
from z2jh_wizard.values.lint import hub_config
from z2jh_wizard.values.lint.finding import Fix, Set, Severity
from z2jh_wizard.values.lint.hub_config import SignIn
from z2jh_wizard.values.lint.rule import Problem, Rule, rule
from z2jh_wizard.values.lint.subject import Subject
from z2jh_wizard.values.paths import Path
from z2jh_wizard.values.sign_in import chosen_method, method_of

_CALLBACK = "hub/oauth_callback"
_CALLBACK_KEY = "hub.config.OAuthenticator.oauth_callback_url"
_SEES_MEMBERS = frozenset(("read:org", "write:org", "admin:org", "read:user", "user"))
_DOMAIN = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_ENVIRONMENT = {
    "authorize_url": ("OAUTH2_AUTHORIZE_URL",),
    "token_url": ("OAUTH2_TOKEN_URL",),
    "userdata_url": ("OAUTH2_USERDATA_URL",),
    "auth0_domain": ("AUTH0_DOMAIN",),
    "auth0_subdomain": ("AUTH0_SUBDOMAIN",),
    "tenant_id": ("AAD_TENANT_ID",),
    "openshift_url": ("OPENSHIFT_URL", "OPENSHIFT_AUTH_API_URL"),
}
"""Variables from which the classes take a trait that is not set."""

_OFTEN_APART = frozenset(("client_id", "client_secret", "user_password", "consumers", "secret_key"))
"""Needed traits that often stand in a file of secrets that is not at hand."""

_GROUPS_NEED_MANAGING = "4.0.0"
_IDPS_ARE_A_MAP = "3.0.0"
_IDP_KEYS = frozenset(
    ("username_derivation", "allow_all", "allowed_domains", "allowed_domains_claim", "default")
)


class _Callback:
    """An address that the provider sends people back to, and what the values say it must be."""

    def __init__(self, subject: Subject, path: Path, text: str, parts: SplitResult) -> None:
        self.path = path
        self.text = text
        self.parts = parts
        self.hub: PublicAddress = public_address(subject.values, subject.version)
        method = method_of(str(path[2])) if path[0] == "hub" else None
        self.suffix = (method.callback if method else "") or _CALLBACK
        self.shown = subject.quote(path, text)

    @property
    def wanted(self) -> str:
        """The path that the hub answers."""
        return self.hub.base_url + self.suffix

    def with_path(self, path: str) -> str:
        """Return the address with another path."""
        return urlunsplit((self.parts.scheme, self.parts.netloc, path, "", ""))


def _callbacks(subject: Subject) -> Iterator[_Callback]:
    """Yield the callback addresses that are in use."""
    if subject.family != "z2jh":
        return
    if hub_config.has_hub_config(subject):
        found = [one for one in hub_config.sign_in(subject).settings() if one[1] == "oauth_callback_url"]
        texts = [(path, value) for path, _, value in found]
    else:
        texts = list(subject.find("auth.*.callbackUrl"))
    for path, value in texts:
        if isinstance(value, str) and value and (parts := _split(value)):
            yield _Callback(subject, path, value, parts)


def _split(text: str) -> SplitResult | None:
    try:
        return urlsplit(text)
    except ValueError:
        return None


@rule("callback-path", Severity.ERROR, "A callback address that the hub does not answer", _CALLBACK_KEY)
def callback_path(subject: Subject) -> Iterator[Problem]:
    """The hub answers the provider at one path below its base URL only."""
    for one in _callbacks(subject):
        if not one.parts.scheme or not one.parts.netloc:
            yield Problem(
                one.path,
                f"{one.shown} is no whole address, and nobody comes back from signing in.",
                Fix(f"Write it with https:// and the host, ending in {one.wanted}."),
            )
        elif not one.parts.path.endswith("/" + one.suffix):
            meant = one.with_path(one.wanted)
            yield Problem(
                one.path,
                f"The hub does not answer at {subject.quote(one.path, one.parts.path or '/')}, "
                "so nobody comes back from signing in.",
                Fix(f"End it with {one.wanted}, here and where you registered it.", (Set(one.path, meant),)),
            )


@rule(
    "callback-baseurl", Severity.WARNING, "Callback address and base URL differ", _CALLBACK_KEY, "hub.baseUrl"
)
def callback_baseurl(subject: Subject) -> Iterator[Problem]:
    """The hub answers below hub.baseUrl only."""
    for one in _callbacks(subject):
        if one.parts.netloc and one.parts.path.endswith("/" + one.suffix) and one.parts.path != one.wanted:
            yield Problem(
                one.path,
                f"With hub.baseUrl {one.hub.base_url} the hub answers at {one.wanted} only, "
                "so nobody comes back from signing in.",
                Fix(f"End the address with {one.wanted}, or set hub.baseUrl to what it begins with."),
            )


@rule("callback-http", Severity.WARNING, "A callback address with http on a hub with https", _CALLBACK_KEY)
def callback_http(subject: Subject) -> Iterator[Problem]:
    """Cookies of a page with https do not come along to one with http."""
    for one in _callbacks(subject):
        if one.parts.scheme == "http" and one.hub.secure:
            meant = "https" + one.text[len("http") :]
            yield Problem(
                one.path,
                "The hub is reached with https, but people come back from signing in with http: it can fail.",
                Fix("Write https, here and where you registered it.", (Set(one.path, meant),)),
            )


@rule("callback-host", Severity.WARNING, "A callback address on another host", _CALLBACK_KEY)
def callback_host(subject: Subject) -> Iterator[Problem]:
    """A host that HTTPS, ingress and gateway do not know leads elsewhere, or to a warning of the browser."""
    for one in _callbacks(subject):
        host = one.parts.hostname or ""
        known = [name.lower() for name in one.hub.hosts]
        if host and known and not any(fnmatchcase(host, name) for name in known):
            yield Problem(
                one.path,
                f"People come back from signing in at {subject.quote(one.path, host)}, "
                f"but the hub is set up for {subject.quote(('hosts',), known[0])}.",
                Fix("Write the same host in both places, and where you registered it."),
            )


@rule(
    "org-scope",
    Severity.WARNING,
    "Organizations without the scope to see members",
    "hub.config.GitHubOAuthenticator.allowed_organizations",
    "hub.config.GitHubOAuthenticator.scope",
)
def org_scope(subject: Subject) -> Iterator[Problem]:
    """Without read:org GitHub only tells of memberships that people made public; most are private."""
    chosen = _oauth(subject)
    if chosen is None or chosen.method.id not in ("github", "custom"):
        return
    path, scope = chosen.path("allowed_organizations"), chosen.value("scope")
    if not path or path[2] != "GitHubOAuthenticator" or not chosen.value("allowed_organizations"):
        return
    given = re.split(r"[\s,]+", scope) if isinstance(scope, str) else scope or ()
    if _SEES_MEMBERS.isdisjoint(
        item for item in given if isinstance(item, str)
    ) and "scope" not in hub_config.code(subject):
        target = chosen.path("scope") or (*path[:-1], "scope")
        edits = () if isinstance(scope, str) else (Set(target, [*given, "read:org"]),)
        yield Problem(
            path,
            "GitHub only tells the hub of public memberships: most members are turned away.",
            Fix(f"Add read:org to {'.'.join(map(str, target))}.", edits),
        )


@rule("scope-str", Severity.WARNING, "Scopes written as one text", "hub.config.OAuthenticator.scope")
def scope_str(subject: Subject) -> Iterator[Problem]:
    """A text counts as one single scope, so the provider gets it as one word or a wrong one."""
    for path, name, trait, value in hub_config.settings(subject):
        if trait != "scope" or not name.endswith("OAuthenticator") or not isinstance(value, str):
            continue
        scopes = [scope for scope in re.split(r"[\s,]+", value) if scope]
        if len(scopes) > 1:
            yield Problem(
                path,
                "scope takes a list; this text is sent as one single scope.",
                Fix("Write one scope a line, each after a dash.", (Set(path, scopes),)),
            )


@rule(
    "google-domain-url",
    Severity.ERROR,
    "hosted_domain that is no domain",
    "hub.config.GoogleOAuthenticator.hosted_domain",
)
def google_domain_url(subject: Subject) -> Iterator[Problem]:
    """It is compared with what stands behind the @ of people's addresses."""
    for pattern in ("hub.config.GoogleOAuthenticator.hosted_domain", "auth.google.hostedDomain"):
        if subject.family != "z2jh" or not subject.has(pattern):
            continue
        base = next(path for path, _ in subject.find(pattern))
        value = subject.get(base)
        items = [(base, value)] if isinstance(value, str) else []
        items += [((*base, at), item) for at, item in enumerate(value if isinstance(value, list) else ())]
        for path, item in items:
            if isinstance(item, str) and item and not _DOMAIN.fullmatch(item):
                meant = re.sub(r"^(https?://|.*@)", "", item.strip()).split("/")[0]
                edits = (Set(path, meant),) if _DOMAIN.fullmatch(meant) else ()
                yield Problem(
                    path,
                    f"{subject.quote(path, item)} is no domain, so nobody's address fits it.",
                    Fix("Write the domain alone, such as example.edu.", edits),
                )


@rule(
    "groups-no-manage",
    Severity.ERROR,
    "Groups without manage_groups",
    "hub.config.OAuthenticator.allowed_groups",
    "hub.config.OAuthenticator.admin_groups",
    "hub.config.Authenticator.manage_groups",
)
def groups_no_manage(subject: Subject) -> Iterator[Problem]:
    """Since oauthenticator 17 the hub refuses to start with such groups unless it may manage them."""
    chosen = _oauth(subject)
    if chosen is None or not subject.at_least(_GROUPS_NEED_MANAGING) or not chosen.method.oauth:
        return
    if chosen.value("manage_groups") is True or "manage_groups" in hub_config.code(subject):
        return
    for trait in ("allowed_groups", "admin_groups"):
        path = chosen.path(trait)
        if path and chosen.value(trait):
            yield Problem(
                path,
                f"With {trait} but without manage_groups the hub does not start.",
                Fix("Set hub.config.Authenticator.manage_groups: true."),
            )


@rule(
    "generic-nourls",
    Severity.ERROR,
    "A sign-in without what it needs",
    "hub.config.JupyterHub.authenticator_class",
)
def generic_nourls(subject: Subject) -> Iterator[Problem]:
    """What each class cannot do without; secrets may stand in a file that is not at hand."""
    if not hub_config.has_hub_config(subject) or not hub_config.is_exact(subject):
        return
    chosen = hub_config.sign_in(subject)
    own = chosen.sections.get(chosen.method.section)
    if not chosen.known or own is None or chosen.method.section in hub_config.code(subject):
        return
    missing = [need for need in chosen.method.needs if not _is_given(subject, chosen, need)]
    if missing:
        names = " and ".join(need.replace("|", " or ") for need in missing)
        yield Problem(
            ("hub", "config", chosen.method.section),
            f"{chosen.method.title} needs {names}: without it nobody can sign in.",
            Fix(f"Add it under hub.config.{chosen.method.section}."),
            None if hub_config.is_whole(subject) else Severity.WARNING,
        )


def _is_given(subject: Subject, chosen: SignIn, need: str) -> bool:
    names = need.split("|")
    if need == "idps":
        names.append("allowed_idps")
    return any(
        name in _OFTEN_APART
        or chosen.value(name)
        or hub_config.in_environment(subject, *_ENVIRONMENT.get(name, ()))
        for name in names
    )


@rule(
    "cilogon-idps",
    Severity.ERROR,
    "Universities of CILogon that the hub does not take",
    "hub.config.CILogonOAuthenticator.idps",
)
def cilogon_idps(subject: Subject) -> Iterator[Problem]:
    """Since oauthenticator 16 idps is a map: EntityID to how user names are made of claims."""
    if not hub_config.has_hub_config(subject) or not subject.at_least(_IDPS_ARE_A_MAP):
        return
    for trait in ("idps", "allowed_idps"):
        path = ("hub", "config", "CILogonOAuthenticator", trait)
        value = subject.get(path)
        if isinstance(value, (list, str)):
            yield Problem(
                path,
                f"{trait} takes a map, and with a list the hub does not start.",
                Fix("Write each university's EntityID as a key, with username_derivation below."),
            )
        for entity, entry in value.items() if isinstance(value, dict) else ():
            reason = _wrong_idp(entity, entry)
            if reason:
                yield Problem(
                    (*path, entity), f"{reason}: the hub does not start.", Fix(_HOW_TO_WRITE_AN_IDP)
                )


_HOW_TO_WRITE_AN_IDP = (
    "Take the EntityID from https://cilogon.org/idplist; below it username_derivation with username_claim."
)


def _wrong_idp(entity: str, entry: Any) -> str:
    """Return what the hub refuses in one identity provider, empty when nothing is wrong."""
    if entity.partition(":")[0] not in ("http", "https", "urn"):
        return "The key is no EntityID"
    derivation = entry.get("username_derivation") if isinstance(entry, dict) else None
    if not isinstance(derivation, dict) or not isinstance(derivation.get("username_claim"), str):
        return "username_derivation with a username_claim is missing"
    if not _IDP_KEYS.issuperset(entry):
        return f"{', '.join(sorted(set(entry) - _IDP_KEYS))} is no setting of a university"
    lacks = {"strip_idp_domain": "domain", "prefix": "prefix"}.get(str(derivation.get("action", "")), "")
    return f"The action {derivation['action']} needs {lacks}" if lacks and lacks not in derivation else ""


def _oauth(subject: Subject) -> SignIn | None:
    """Return the sign-in of a chart with hub.config when an outside provider may be in it."""
    if not hub_config.has_hub_config(subject):
        return None
    method = chosen_method(subject.values, subject.version)
    stated = subject.has("hub.config.JupyterHub.authenticator_class")
    if method.oauth or method.id == "custom" or not stated:
        return hub_config.sign_in(subject)
    return None


RULES: tuple[Rule, ...] = (
    callback_path,
    callback_baseurl,
    callback_http,
    callback_host,
    org_scope,
    scope_str,
    google_domain_url,
    groups_no_manage,
    generic_nourls,
    cilogon_idps,
)
