"""One setting as people meet it: its place, how it is asked, and a sentence on what it does for a class.

A field is data only. Type, default and the names in each chart version stand in the tables of keys and traits
(``keys``, ``traits``), which a field finds by its key; the fields themselves are listed in ``topics``.
"""

from __future__ import annotations

import enum
from typing import Any, TypeAlias

import msgspec

from z2jh_wizard.values.charts import Family
from z2jh_wizard.values.keys import KeyRow, key_table, paths_at
from z2jh_wizard.values.sign_in import methods
from z2jh_wizard.values.traits import TraitRow, trait

GUIDE = "https://z2jh.jupyter.org/en/stable/"
"""The guide of Zero to JupyterHub."""

HUB_DOCS = "https://jupyterhub.readthedocs.io/en/stable/"
_SPAWNER_DOCS = (
    "https://jupyterhub-kubespawner.readthedocs.io/en/latest/spawner.html#kubespawner.KubeSpawner."
)
_CLASS_DOCS = {
    "JupyterHub": f"{HUB_DOCS}reference/api/app.html",
    "Authenticator": f"{HUB_DOCS}reference/api/auth.html",
    "CryptKeeper": f"{HUB_DOCS}reference/authenticators.html",
    "ConfigurableHTTPProxy": f"{HUB_DOCS}reference/api/proxy.html",
    "OAuthenticator": "https://oauthenticator.readthedocs.io/en/latest/",
}
_CONFIG = "hub.config."
_SPELLED = {
    "acme": "ACME", "api": "API", "ca": "CA", "cpu": "CPU", "dns": "DNS", "gid": "GID", "gpu": "GPU",
    "hsts": "HSTS", "http": "HTTP", "https": "HTTPS", "id": "ID", "ids": "IDs", "idps": "universities",
    "ip": "IP", "ips": "IPs", "oidc": "OIDC", "rbac": "RBAC", "ssl": "SSL", "tls": "TLS",
    "traefik": "Traefik", "uid": "UID", "url": "URL",
}  # fmt: skip

Answer: TypeAlias = "str | bool"


class Kind(enum.Enum):
    """What a value is for people, which decides how it is asked, checked and written."""

    SWITCH = "switch"
    TEXT = "text"
    LONG_TEXT = "long-text"
    SECRET = "secret"  # noqa: S105
    SECRET_LIST = "secret-list"  # noqa: S105
    SECRET_MAP = "secret-map"  # noqa: S105
    CHOICE = "choice"
    WHOLE = "whole"
    NUMBER = "number"
    SECONDS = "seconds"
    PORT = "port"
    BYTES = "bytes"
    """Memory as JupyterHub reads it: K, M, G or T, which count in 1024s; 2G."""
    QUANTITY = "quantity"
    """An amount as Kubernetes reads it: 10Gi, 500m."""
    NAMES = "names"
    HOST = "host"
    HOSTS = "hosts"
    ADDRESS = "address"
    EMAIL = "email"
    URL = "url"
    IMAGE = "image"
    PYTHON = "python"
    COMMAND = "command"
    TEXT_MAP = "text-map"
    MAP = "map"
    LIST = "list"

    @property
    def secret(self) -> bool:
        """Whether the value is kept out of screens, logs and listings."""
        return self in {Kind.SECRET, Kind.SECRET_LIST, Kind.SECRET_MAP}


class Level(enum.Enum):
    """How many people need it: asked in the wizard, shown on the page, or found by search."""

    EVERYDAY = "everyday"
    OFTEN = "often"
    RARE = "rare"


class Choice(msgspec.Struct, frozen=True):
    """One value to pick: what it is called, and when to take it."""

    value: str
    label: str
    when: str = ""


class ShownIf(msgspec.Struct, frozen=True):
    """That a field matters only while another field (by id) has one of these values."""

    field: str
    values: tuple[Answer, ...]


class Field(msgspec.Struct, frozen=True):
    """One setting of a topic."""

    id: str
    """Dotted, the topic first, such as ``storage.capacity``; it never changes."""
    key: str
    """The newest Zero to JupyterHub name, HelmForge's for what only that chart has, or a trait's path."""
    kind: Kind
    help: str
    """One sentence: what it does for a class."""
    level: Level = Level.RARE
    choices: tuple[Choice, ...] = ()
    unit: str = ""
    example: str = ""
    shown_if: ShownIf | None = None
    link: str = ""
    """A page that explains it; empty where ``page`` can tell it from the key."""
    label: str = ""
    """A short title; empty where ``title`` can tell it from the id."""

    @property
    def title(self) -> str:
        """A short title for people, such as ``Memory limit``."""
        parts = self.id.split(".")[1:]
        if self.shown_if and self.shown_if.field == "sign-in.method":
            parts = parts[1:]  # the page says which way to sign in it is about
        words = " ".join(part for part in parts if part != "helmforge").replace("-", " ").split()
        if words[-1:] == ["enabled"]:
            words = ["use", *(words[:-1] or self.topic.replace("-", " ").split())]
        text = " ".join(_SPELLED.get(word, word) for word in words)
        return self.label or text[:1].upper() + text[1:]

    @property
    def topic(self) -> str:
        """The id of the topic page that it stands on."""
        return self.id.partition(".")[0]

    @property
    def row(self) -> KeyRow | None:
        """Its row in the table of keys; None for a trait that the table does not name."""
        entries = key_table().z2jh.get(self.key)
        return entries[-1][1] if entries else key_table().helmforge.get(self.key)

    @property
    def trait(self) -> TraitRow | None:
        """Its row in the table of traits, for keys below ``hub.config``."""
        parts = self.key.split(".")
        return trait(parts[2], parts[3]) if self.key.startswith(_CONFIG) and len(parts) == 4 else None

    @property
    def default(self) -> Any:
        """What the chart or the hub says itself; UNSET when that is not known, for None is a default too."""
        if self.row and self.row.default is not msgspec.UNSET:
            return self.row.default
        return self.trait.default if self.trait else msgspec.UNSET

    @property
    def page(self) -> str:
        """The address of a page that explains it."""
        if self.link:
            return self.link
        if self.key.startswith(_CONFIG):
            return trait_page(*self.key.split(".")[2:4])
        if not self.row or not self.row.names:
            return ""
        return f"{GUIDE}resources/reference.html#{self.key.lower().replace('.', '-')}"

    def path_at(self, version: str, family: Family = "z2jh") -> str | None:
        """Return its name in a chart version, None if it has none; InvalidInput for what is no version."""
        if self.row:
            return self.row.path_at(version, family)
        known = "hub.config" in paths_at(version, family) and (
            self.trait is None or self.trait.taken_by(version)
        )
        return self.key if known else None


class TopicPage(msgspec.Struct, frozen=True):
    """A page of related settings, with one sentence on why they matter."""

    id: str
    title: str
    why: str
    link: str
    """The chapter of the guide about it."""
    fields: tuple[Field, ...]


def trait_page(class_name: str, name: str) -> str:
    """Return the address of upstream's own words on a trait; the guide to signing in for authenticators."""
    if class_name == "KubeSpawner":
        return _SPAWNER_DOCS + name
    return _CLASS_DOCS.get(class_name) or next(
        (method.guide for method in methods() if method.section == class_name), ""
    )
