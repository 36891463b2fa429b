"""Rules about secrets: tokens and keys that break the hub, or that everybody knows. None is ever quoted."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

from z2jh_wizard.values.lint import hub_config
from z2jh_wizard.values.lint.finding import Fix, Set, Severity
from z2jh_wizard.values.lint.rule import Problem, Rule, rule
from z2jh_wizard.values.lint.subject import Source, Subject
from z2jh_wizard.values.paths import Path
from z2jh_wizard.values.secret_keys import holds_secret
from z2jh_wizard.values.sign_in import HUB_CONFIG_SINCE

_PROXY_TOKENS = ("proxy.secretToken", "hub.config.ConfigurableHTTPProxy.auth_token")
_COOKIE_SECRETS = ("hub.cookieSecret", "hub.config.JupyterHub.cookie_secret")
_SERVICE_TOKENS = ("hub.services.*.apiToken", "hub.services.*.api_token")
_CRYPT_KEYS = "hub.config.CryptKeeper.keys"
_PASSWORDS = (
    "hub.config.DummyAuthenticator.password",
    "hub.config.SharedPasswordAuthenticator.user_password",
    "hub.config.SharedPasswordAuthenticator.admin_password",
    "auth.dummy.password",
    "auth.dummyPassword",
)
_FROM_PROVIDERS = (
    "hub.config.*.client_id",
    "hub.config.*.client_secret",
    "hub.config.*.tenant_id",
    "hub.config.*.oauth_callback_url",
    "auth.*.clientId",
    "auth.*.clientSecret",
    "auth.*.callbackUrl",
)
_IN_HELMFORGE = frozenset(("proxy.secretToken", "auth.dummyPassword"))
_SHORTEST_TOKEN = 32
_HEX_SECRET = 64

_BLANK = re.compile(
    r"(?i)<[^<>]+>|\byour[-_ ]|^\$\{|change[-_ ]?(me|this|it)\b|\brandom[-_ ]?(hex|string)|openssl rand|"
    r"^x{3,}$|^\.{3}$|^(todo|tbd|fixme|replace[-_ ]?me|placeholder)\b|[-_](goes[-_])?here$"
)
"""What guides write where something of one's own belongs."""

_FROM_GUIDES = frozenset(
    (
        *("secret", "password", "secret-password", "a-shared-secret-password", "super-secret-key", "test"),
        *("an0therlongs3cretstring", "an0ther1ongs3cretstr1ng", "adifferentlongstring", "jupyter", "123456"),
    )
)
"""Secrets in the guide of Zero to JupyterHub of any version, and those that everybody tries first."""

_NEW_SECRET = "Make one of your own with `openssl rand -hex 32`."  # noqa: S105


@rule(
    "token-format", Severity.WARNING, "A proxy token that everybody knows or can guess", "proxy.secretToken"
)
def token_format(subject: Subject) -> Iterator[Problem]:
    """Any long text does: the chart itself makes 64 letters and digits."""
    for path, value in _texts(subject, *_PROXY_TOKENS):
        if _is_known(value):
            what = "This token stands in a guide or follows a pattern"
            yield Problem(path, f"{what}: whoever knows it can lead students elsewhere.", Fix(_NEW_SECRET))
        elif len(value) < _SHORTEST_TOKEN:
            yield Problem(
                path,
                f"A token of {len(value)} characters can be guessed; it guards the proxy.",
                Fix(_NEW_SECRET),
            )


@rule(
    "known-secret",
    Severity.ERROR,
    "A secret that everybody knows",
    "hub.cookieSecret",
    "hub.services.*.apiToken",
    "hub.config.CryptKeeper.keys",
    "hub.config.DummyAuthenticator.password",
)
def known_secret(subject: Subject) -> Iterator[Problem]:
    """A secret from a guide, or one of a few repeated characters, opens the hub to its readers."""
    for path, value in _texts(subject, *_COOKIE_SECRETS, *_SERVICE_TOKENS):
        if _is_known(value) and (path[1] == "services" or _is_hex(value)):
            yield Problem(
                path,
                "This secret stands in a guide or follows a pattern: who knows it can act as anybody.",
                Fix(_NEW_SECRET),
            )
    for path, value in (*_texts(subject, *_PASSWORDS), *_crypt_keys(subject)):
        if _is_known(value) and (path[1:3] != ("config", "CryptKeeper") or _is_crypt_key(value)):
            yield Problem(
                path,
                "This stands in a guide, or is what everybody tries first.",
                Fix("Take one of your own."),
                Severity.WARNING,
            )


@rule(
    "placeholder",
    Severity.WARNING,
    "A sample value from a guide",
    "hub.config.OAuthenticator.client_id",
    "hub.config.OAuthenticator.client_secret",
    "hub.config.OAuthenticator.oauth_callback_url",
)
def placeholder(subject: Subject) -> Iterator[Problem]:
    """What the provider gave must stand there."""
    for path, value in _texts(subject, *_FROM_PROVIDERS):
        if _BLANK.search(value) or value in _FROM_GUIDES:
            yield Problem(
                path,
                "This is the sample from a guide: nobody can sign in with it.",
                Fix("Write what you got when you registered the hub with the provider."),
            )


@rule("token-number", Severity.ERROR, "A secret read as a number", "proxy.secretToken", "hub.cookieSecret")
def token_number(subject: Subject) -> Iterator[Problem]:
    """A secret of digits alone, or like 12e5, is a number without quotes."""
    for path, value in _found(subject, *_PROXY_TOKENS, *_COOKIE_SECRETS, *_SERVICE_TOKENS, *_PASSWORDS):
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            word = hub_config.plain_word(subject, path)
            yield Problem(
                path,
                "Without quotes this secret is read as a number, and becomes another one or is refused.",
                Fix("Write it in quotes.", (Set(path, word),) if word else ()),
            )


@rule("cookie-hex", Severity.ERROR, "A cookie secret that is no hexadecimal number", "hub.cookieSecret")
def cookie_hex(subject: Subject) -> Iterator[Problem]:
    """The hub reads it as bytes, two hexadecimal digits each, and does not start with anything else."""
    for path, value in _texts(subject, *_COOKIE_SECRETS):
        if not _is_hex(value):
            yield Problem(
                path,
                "A cookie secret is pairs of the digits 0-9 and a-f; with this one the hub does not start.",
                Fix(_NEW_SECRET),
            )
        elif len(value) < _HEX_SECRET and not _is_known(value):
            yield Problem(
                path,
                f"A cookie secret of {len(value)} digits can be guessed; {_HEX_SECRET} are usual.",
                Fix(_NEW_SECRET),
                Severity.WARNING,
            )


@rule("cryptkeys-str", Severity.ERROR, "Keys of CryptKeeper that are no list of keys", _CRYPT_KEYS)
def cryptkeys_str(subject: Subject) -> Iterator[Problem]:
    """Each key is 32 bytes: 64 hexadecimal digits, or base64; a text with one good key works as well."""
    if not hub_config.has_hub_config(subject):
        return
    value = subject.get(_CRYPT_KEYS)
    base: Path = tuple(_CRYPT_KEYS.split("."))
    bad = [path for path, key in _crypt_keys(subject) if not _is_crypt_key(key)]
    for path in bad:
        yield Problem(
            path,
            "This is no encryption key (64 hexadecimal digits): signing in fails as soon as it is needed.",
            Fix(_NEW_SECRET),
        )
    if isinstance(value, str) and value and not bad:
        yield Problem(
            base,
            "Keys are a list, the newest first; a text works for one key only.",
            Fix("Write it as a list.", (Set(base, [value]),)),
            Severity.NOTE,
        )


def _crypt_keys(subject: Subject) -> list[tuple[Path, str]]:
    base: Path = tuple(_CRYPT_KEYS.split("."))
    value = subject.get(base) if subject.family == "z2jh" else None
    if isinstance(value, str):
        return [(base, value)] if value else []
    items = value if isinstance(value, list) else ()
    return [((*base, at), item) for at, item in enumerate(items) if isinstance(item, str)]


@rule(
    "authstate-nokey",
    Severity.ERROR,
    "Sign-in state without a key to keep it",
    "hub.config.Authenticator.enable_auth_state",
    _CRYPT_KEYS,
)
def authstate_nokey(subject: Subject) -> Iterator[Problem]:
    """Charts from 1.0 on make the key themselves."""
    if subject.family != "z2jh" or subject.at_least("1.0.0"):
        return
    old = not subject.at_least(HUB_CONFIG_SINCE)
    key = "auth.state.cryptoKey" if old else _CRYPT_KEYS
    if subject.get(key) or hub_config.in_environment(subject, "JUPYTERHUB_CRYPT_KEY"):
        return
    for path, value in subject.find("auth.state.enabled" if old else "hub.config.*.enable_auth_state"):
        if value is True:
            effect = "the chart cannot be installed" if old else "the hub does not start"
            yield Problem(
                path, f"Without {key} {effect}.", Fix(f"Set {key}: `openssl rand -hex 32` makes one.")
            )


@rule("secret-in-config", Severity.NOTE, "Secrets beside the other settings")
def secret_in_config(subject: Subject) -> Iterator[Problem]:
    """Only where the values have a file for secrets already; one finding a file."""
    if not any(_is_for_secrets(source) for source in subject.sources):
        return
    keeper = next(source.name for source in subject.sources if _is_for_secrets(source))
    for source in subject.sources:
        paths = [] if _is_for_secrets(source) else list(_secrets_in(source))
        if paths:
            more = f", and {len(paths) - 1} more" if len(paths) > 1 else ""
            yield Problem(
                paths[0],
                f"A secret stands here{more}: whoever gets this file to read has it.",
                Fix(f"Move it to {keeper}."),
            )


def _is_for_secrets(source: Source) -> bool:
    return "secret" in source.name.replace("\\", "/").rsplit("/", 1)[-1].lower()


def _secrets_in(source: Source) -> Iterator[Path]:
    for one in source.written:
        text = getattr(one.node, "text", "")
        if text and holds_secret(one.path) and not (_BLANK.search(text) or one.plain in _NO_SECRETS):
            yield one.path


_NO_SECRETS = frozenset(("true", "false", "null", "~"))


def _found(subject: Subject, *patterns: str) -> Iterator[tuple[Path, Any]]:
    """Yield what is set at any of these, as far as the chart has such keys."""
    for pattern in patterns:
        if subject.family == "z2jh" or pattern in _IN_HELMFORGE:
            yield from subject.find(pattern)


def _texts(subject: Subject, *patterns: str) -> Iterator[tuple[Path, str]]:
    for path, value in _found(subject, *patterns):
        if isinstance(value, str) and value:
            yield path, value


def _is_known(value: str) -> bool:
    """Tell whether a secret is none: a sample, a word of a guide, or a pattern that repeats."""
    if value.lower() in _FROM_GUIDES or _BLANK.search(value):
        return True
    return len(value) >= _SHORTEST_TOKEN and (len(set(value)) < 6 or value in (value + value)[1:-1])


def _is_hex(value: str) -> bool:
    return len(value) % 2 == 0 and bool(re.fullmatch(r"[0-9a-fA-F]+", value))


def _is_crypt_key(value: Any) -> bool:
    if len(value) == _HEX_SECRET:
        return _is_hex(value)
    try:
        return len(value) == 32 or len(base64.urlsafe_b64decode(value)) == 32
    except (binascii.Error, ValueError):
        return False


RULES: tuple[Rule, ...] = (
    token_format,
    known_secret,
    placeholder,
    token_number,
    cookie_hex,
    cryptkeys_str,
    authstate_nokey,
    secret_in_config,
)
