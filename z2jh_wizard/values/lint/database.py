"""Rules about the hub's database: who has an account, which servers run.

Facts: jupyterhub_config.py of chart 4.4.0; hubs from chart 1.0 on have SQLAlchemy 1.4 or newer, which does
not know ``postgres://``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from z2jh_wizard.values.lint import hub_config
from z2jh_wizard.values.lint.finding import Fix, Severity
from z2jh_wizard.values.lint.rule import Problem, Rule, rule
from z2jh_wizard.values.lint.subject import Subject
from z2jh_wizard.values.paths import Path

_TYPE: Path = ("hub", "db", "type")
_URL: Path = ("hub", "db", "url")
_SERVERS = {"mysql": "mysql+pymysql", "postgres": "postgresql+psycopg2"}
_WITH_PASSWORD = re.compile(r"[a-z0-9+]+://[^/@:\s]*:[^@\s]+@")


@rule("db-url", Severity.WARNING, "The address of the hub's database", "hub.db.url", "hub.db.type")
def db_url(subject: Subject) -> Iterator[Problem]:
    """mysql and postgres need an address; without one the hub keeps its data where a restart loses it."""
    if subject.family != "z2jh" or "db_url" in hub_config.code(subject):
        return
    kind, url = subject.effective("hub.db.type", "sqlite-pvc"), subject.get(_URL)
    elsewhere = subject.has("hub.config.JupyterHub.db_url") or subject.get("hub.existingSecret")
    if kind in (*_SERVERS, "other") and not url and not elsewhere:
        scheme = _SERVERS.get(str(kind), "postgresql+psycopg2")
        yield Problem(
            _TYPE,
            f"The hub is told to use {kind} but not where: it makes a database that each restart loses.",
            Fix(f"Write hub.db.url: {scheme}://USER@HOST/NAME."),
        )
    if not isinstance(url, str) or not url:
        return
    if kind in ("sqlite-pvc", "sqlite-memory"):
        yield Problem(
            _URL,
            f"The hub does not read this address while hub.db.type is {kind}.",
            Fix("Write hub.db.type: postgres or mysql, or take the address away."),
        )
    elif url.startswith("postgres:") and subject.at_least("1.0.0"):
        yield Problem(
            _URL,
            "The hub does not know addresses that begin with postgres://, and does not start.",
            Fix("Let it begin with postgresql://."),
            severity=Severity.ERROR,
        )
    elif kind in _SERVERS and subject.at_least("0.8.0") and _WITH_PASSWORD.match(url):
        yield Problem(
            _URL,
            "The password of the database stands in its address.",
            Fix("Write it as hub.db.password, best in the file of secrets, and take it out of the address."),
            severity=Severity.NOTE,
        )


@rule("sqlite-memory", Severity.WARNING, "A database that each restart loses", "hub.db.type")
def sqlite_memory(subject: Subject) -> Iterator[Problem]:
    """For trying things: whenever the hub restarts it forgets its users and their running servers."""
    if subject.family == "z2jh" and subject.get(_TYPE) == "sqlite-memory":
        yield Problem(
            _TYPE,
            "The hub forgets its users and their running servers whenever it restarts.",
            Fix("Write sqlite-pvc, which is also what the chart does by itself."),
        )


@rule("db-upgrade", Severity.NOTE, "hub.db.upgrade left in", "hub.db.upgrade")
def db_upgrade(subject: Subject) -> Iterator[Problem]:
    """It is meant for one upgrade of a database outside of the cluster."""
    if subject.family == "z2jh" and subject.get("hub.db.upgrade") is True:
        yield Problem(
            ("hub", "db", "upgrade"),
            "Every start of the hub may now change its database; it is meant for one upgrade.",
            Fix("Take it away when the upgrade is done."),
        )


RULES: tuple[Rule, ...] = (db_url, sqlite_memory, db_upgrade)
