"""Panes of the one live store: pods and events, each empty, fresh, stale or failed in its own words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.here import is_here
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.virtual_table import Cells, Column, VirtualTable

if TYPE_CHECKING:
    from z2jh_wizard.kube.live import LiveStore

NO_CLUSTER = "No cluster is connected yet. Set up makes one, or connects the one you have."

SHORT_KINDS = {
    "daemonset": "ds", "deployment": "deploy", "horizontalpodautoscaler": "hpa", "persistentvolume": "pv",
    "persistentvolumeclaim": "pvc", "poddisruptionbudget": "pdb", "replicaset": "rs", "service": "svc",
    "statefulset": "sts",
}  # fmt: skip
"""Short names as kubectl has them: they leave room for the name of the object."""

CELLS_AGE_EVERY = 1.0
"""Seconds between two repaints of ages; only panes that can be seen are repainted."""


class LivePane(Vertical):
    """The rows of one kind, with a heading that says how fresh they are."""

    TITLE = ""
    KIND = ""
    EMPTY = ""
    COLUMNS: tuple[Column, ...] = ()

    class Connected(Message):
        """The pane has a live store to show."""

    def __init__(self, desk: Desk, *, dom_id: str) -> None:
        super().__init__(id=dom_id)
        self.desk = desk
        self._unlisten: Callable[[], None] | None = None
        self._store: LiveStore | None = None
        self._rows: dict[str, Any] = {}
        self._connecting = False
        self.clean: Callable[[str], str] = str  # until there is a cluster, all words are our own

    def compose(self) -> ComposeResult:
        """Make heading, table and the words for when there is nothing to show."""
        yield Plain(self.TITLE, classes="pane-heading")
        yield VirtualTable(*self.COLUMNS, dom_id=f"{self.id}-table")
        yield Plain("Looking.", classes="pane-message")

    def on_mount(self) -> None:
        """Begin to watch."""
        self.query_one(VirtualTable).display = False
        self.connect()
        self.set_interval(CELLS_AGE_EVERY, self._tick, name=f"ages of {self.TITLE}")

    def on_unmount(self) -> None:
        """Stop listening; the store itself belongs to the desk."""
        self._disconnect()

    def connect(self) -> None:
        """Listen to the desk's store as soon as there is one, and to no other."""
        if self._store is not None and self._store is not self.desk.live:
            self._disconnect()
        if self._store is not None or self._connecting or not is_here(self):
            return
        if self.desk.has_cluster:
            self._connecting = True
            self.app.run_worker(
                self._connect(), name=f"watching {self.TITLE}", group="live", exit_on_error=False
            )
        else:
            self._say(self.TITLE, NO_CLUSTER)

    async def _connect(self) -> None:
        try:
            if self.desk.project:
                self.clean = await self.desk.backend.cleaner(self.desk.project)
            store = await self.desk.open_live()
        except WizardError as error:
            if is_here(self):
                self._say(f"! {self.TITLE} cannot be watched", "\n".join(error.problem.lines()))
            return
        finally:
            self._connecting = False
        if store is not None and self._store is None and is_here(self):
            self._store = store
            self._unlisten = store.listen(self._changed)
            self.update_rows()
            self.post_message(self.Connected())

    def _disconnect(self) -> None:
        if self._unlisten:
            self._unlisten()
        self._store = self._unlisten = None
        self._rows = {}

    def _changed(self, kinds: frozenset[str]) -> None:
        if self.KIND in kinds and is_here(self):
            self.update_rows()

    def _tick(self) -> None:
        """Let ages grow, only where they can be seen."""
        if self._store and self._rows and self.is_on_screen and self.screen.is_current:
            self._head()
            self.query_one(VirtualTable).refresh()

    def update_rows(self) -> None:
        """Show the store's rows as they are now."""
        if self._store is None:
            return
        pane = self._store.pane(self.kind())
        self._rows = dict(pane.rows)
        table = self.query_one(VirtualTable)
        table.show(self.order(self._rows), self._cells_of)
        self._head()

    def _head(self) -> None:
        if self._store is None:
            return
        pane = self._store.pane(self.kind())
        now = datetime.now(timezone.utc)
        count = len(self._rows)
        if pane.problem and pane.seen:
            age = int(pane.age(now).total_seconds())
            self._rows_or(
                f"! {self.TITLE} ({count}) STALE for {age} s: {pane.problem.title}. F5 tries again now.", ""
            )
        elif pane.problem:
            self._say(f"! {self.TITLE}: failed", "\n".join([*pane.problem.lines(), "F5 tries again now."]))
        elif pane.seen is None:
            self._say(self.TITLE, "Looking.")
        else:
            self._rows_or(f"{self.TITLE} ({count}) {self.summary(self._rows)}".rstrip(), self.EMPTY)

    def _rows_or(self, heading: str, empty: str) -> None:
        self.query_one(".pane-heading", Plain).show(self.clean(heading))
        has_rows = bool(self._rows)
        self._show_table(has_rows)
        if not has_rows:
            self.query_one(".pane-message", Plain).show(empty or "Nothing was seen before it failed.")

    def _say(self, heading: str, message: str) -> None:
        self.query_one(".pane-heading", Plain).show(self.clean(heading))
        self.query_one(".pane-message", Plain).show(self.clean(message))
        self._show_table(False)

    def _show_table(self, shown: bool) -> None:
        """Show the table or the words; a table that has the focus keeps its place."""
        table = self.query_one(VirtualTable)
        if shown or not table.has_focus:
            table.display = shown
        self.query_one(".pane-message").display = not shown

    def _cells_of(self, key: str) -> Cells:
        row = self._rows.get(key)
        if row is None:
            return Cells(("gone",))
        cells = self.cells(row, datetime.now(timezone.utc))
        return replace(cells, texts=tuple(map(self.clean, cells.texts)))

    def row(self, key: str) -> Any:
        """Return all that is known of one row, None when it is gone."""
        return self._rows.get(key)

    def kind(self) -> Any:
        """Return the kind of rows; imported here because kube is heavy."""
        raise NotImplementedError

    def order(self, rows: dict[str, Any]) -> Sequence[str]:
        """Return the keys in the order shown."""
        return sorted(rows)

    def summary(self, rows: dict[str, Any]) -> str:
        """Say more in the heading."""
        del rows
        return ""

    def cells(self, row: Any, now: datetime) -> Cells:
        """Return one row as texts."""
        raise NotImplementedError


class PodsPane(LivePane):
    """The pods of the hub's namespace."""

    TITLE = "Pods"
    KIND = "pods"
    EMPTY = "No pods. They appear when the hub is installed."
    COLUMNS = (
        Column("name", weight=5),
        Column("ready", 5),
        Column("status", 17),
        Column("restarts", 8),
        Column("age", 6),
    )

    def kind(self) -> Any:
        """Return the kind pods."""
        from z2jh_wizard.kube.kinds import PODS

        return PODS

    def summary(self, rows: dict[str, Any]) -> str:
        """Count the ready ones."""
        return f"{sum(row.is_ready for row in rows.values())} ready" if rows else ""

    def cells(self, row: Any, now: datetime) -> Cells:
        """Return name, ready, status, restarts and age, as kubectl does."""
        from z2jh_wizard.kube.rows import age

        tone = "good" if row.is_ready else "bad" if row.unwell else "warning"
        ready = f"{row.ready}/{row.containers}"
        return Cells((row.name, ready, row.status, str(row.restarts), age(row.created, now)), tone)


class EventsPane(LivePane):
    """The events of the hub's namespace, newest first."""

    TITLE = "Events"
    KIND = "events"
    EMPTY = "No events. Kubernetes keeps them for about an hour."
    COLUMNS = (Column("age", 6), Column("type", 7), Column("about", 22), Column("message", weight=4))

    def kind(self) -> Any:
        """Return the kind events."""
        from z2jh_wizard.kube.kinds import EVENTS

        return EVENTS

    def order(self, rows: dict[str, Any]) -> Sequence[str]:
        """Return the newest first."""
        oldest = datetime.min.replace(tzinfo=timezone.utc)
        return sorted(rows, key=lambda key: rows[key].last or oldest, reverse=True)

    def cells(self, row: Any, now: datetime) -> Cells:
        """Return age, type, object and message."""
        from z2jh_wizard.kube.rows import age

        kind = row.kind.lower()
        about = f"{SHORT_KINDS.get(kind, kind)}/{row.about}"
        times = f" (x{row.count})" if row.count > 1 else ""
        tone = "warning" if row.type == "Warning" else ""
        return Cells((age(row.last, now), row.type, about, f"{row.reason}: {row.message}{times}"), tone)
