"""The hub's database, a real SQLite file with the tables that a backup of a hub is looked at for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path

FILE = "jupyterhub.sqlite"
FOLDER = "/srv/jupyterhub"
"""Where the hub's container has it."""

ALEMBIC_REVISION = "3621ef8e3b5e"

_TABLES = """
create table if not exists alembic_version (version_num varchar(32) not null primary key);
create table if not exists users (
    id integer primary key, name varchar(255) unique, admin boolean not null default 0,
    created datetime, last_activity datetime, cookie_id varchar(255) not null, state json,
    encrypted_auth_state blob
);
create table if not exists servers (
    id integer primary key, proto varchar(15), ip varchar(255), port integer, base_url varchar(255),
    cookie_name varchar(255)
);
create table if not exists spawners (
    id integer primary key, user_id integer references users(id) on delete cascade,
    server_id integer references servers(id) on delete set null, state json, name varchar(255),
    started datetime, last_activity datetime, user_options json
);
create table if not exists groups (id integer primary key, name varchar(255) unique, properties json);
"""


def ensure(folder: Path) -> Path:
    """Make the database in a folder if it is not there, and return its path."""
    path = folder / FILE
    if not path.exists():
        with closing(_opened(path)) as database, database:
            database.executescript(_TABLES)
            database.execute("insert or ignore into alembic_version values (?)", (ALEMBIC_REVISION,))
        path.chmod(0o600)
    return path


def note_users(folder: Path, users: Iterable[str], moment: datetime, *, running: bool) -> None:
    """Write that users are there, and whether their servers run."""
    stamp = moment.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M:%S.%f")
    with closing(_opened(ensure(folder))) as database, database:
        for user in users:
            database.execute(
                "insert into users (name, created, last_activity, cookie_id) "
                "values (?, ?, ?, hex(randomblob(16))) "
                "on conflict (name) do update set last_activity = excluded.last_activity",
                (user, stamp, stamp),
            )
            (number,) = database.execute("select id from users where name = ?", (user,)).fetchone()
            database.execute("delete from spawners where user_id = ?", (number,))
            database.execute(
                "insert into spawners (user_id, name, started, last_activity) values (?, '', ?, ?)",
                (number, stamp if running else None, stamp),
            )


def users_of(path: Path) -> list[str]:
    """Return the names of the users in a database."""
    with closing(_opened(path)) as database:
        return [name for (name,) in database.execute("select name from users order by id")]


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=1)
    # A practice database need not survive a power cut; waiting for the disk would stall the cluster.
    database.execute("pragma synchronous = off")
    return database
