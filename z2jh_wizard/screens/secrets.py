"""The secrets of the hub: what each is for; their values, new ones and missing ones only on purpose."""

from __future__ import annotations

import asyncio

from textual import on
from textual.app import ComposeResult
from textual.widget import Widget

from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.core.redaction import HIDDEN
from z2jh_wizard.flows.secret_list import (
    ListedSecret,
    State,
    give_secret,
    rotate_secret,
    secrets_of_project,
    why_not,
)
from z2jh_wizard.screens.base import style_sheet
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.dialogs import YES, Ask
from z2jh_wizard.screens.secret_dialog import AskSecret
from z2jh_wizard.screens.stage import StageScreen
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.text_pane import TextPane
from z2jh_wizard.widgets.virtual_table import Cells, Column, VirtualTable

_TONES = {State.MISSING: "warning", State.TO_MAKE: "dim", State.SET: ""}


class SecretsScreen(StageScreen):
    """Lists the secrets of the hub by what they are for."""

    NAME = "secrets"
    STAGE = "secrets"
    SCROLLS = False
    CSS_PATH = style_sheet("secrets")
    BINDINGS = screen_bindings("back", "next", "reveal", "copy")
    ABOUT = (
        "Secrets are kept in secrets.yaml that only you can read. F6 shows the marked one, F7 copies it "
        "without showing it. New makes one anew and says first what that breaks; Give takes one that "
        "somebody else handed out."
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._secrets: dict[str, ListedSecret] = {}
        self._revealed: set[str] = set()

    def why(self) -> str:
        """Say what they are."""
        return "Texts that only this hub knows, or that it shares with a sign-in service."

    def body(self) -> ComposeResult:
        """Make the list, and the details of the marked one."""
        yield Plain("Reading the files.", dom_id="secret-note")
        yield VirtualTable(
            Column("secret", weight=2), Column("state", 15), Column("value", weight=3), dom_id="secrets"
        )
        yield TextPane(dom_id="secret-words")

    def preview(self) -> Widget | None:
        """Leave the room to the list."""
        return None

    def refresh_preview(self) -> None:
        """There is none here."""

    def buttons(self) -> ComposeResult:
        """Next, and what can be done with the marked secret."""
        yield ButtonRow(
            ActionButton("next"),
            ActionButton("reveal"),
            ActionButton("reveal_all", "All"),
            ActionButton("copy"),
            ActionButton("rotate", "New"),
            ActionButton("give", "Give"),
            ActionButton("back"),
        )

    def first_focus(self) -> Widget:
        """Begin at the list."""
        return self.query_one("#secrets")

    def on_mount(self) -> None:
        """Show them hidden."""
        self._read()

    def on_unmount(self) -> None:
        """Take the values out of this screen's memory."""
        self._revealed.clear()
        self._secrets.clear()

    # ---- showing ----

    def _read(self, said: str = "") -> None:
        self.run_worker(
            self._load(said), name="reading the secrets", group="secrets", exclusive=True, exit_on_error=False
        )

    async def _load(self, said: str) -> None:
        project = self.desk.project
        if project is None:
            return
        note = self.query_one("#secret-note", Plain)
        try:
            found = await asyncio.to_thread(secrets_of_project, project)
        except WizardError as error:
            self._secrets = {}
            self._show()
            note.show("\n".join(["! " + error.problem.title, *error.problem.lines()[1:]]))
            return
        self._secrets = {one.dotted: one for one in found}
        note.show(said or _note(found))
        self._show()

    def _show(self) -> None:
        if self.is_attached:
            self.query_one("#secrets", VirtualTable).show(list(self._secrets), self._cells)
            self._show_marked()

    def _cells(self, key: str) -> Cells:
        one = self._secrets[key]
        value = one.text.replace("\n", " ") if key in self._revealed else HIDDEN if one.text else ""
        return Cells((one.title, one.state.value, value or f"in {one.file}"), _TONES[one.state])

    @property
    def _marked(self) -> ListedSecret | None:
        return self._secrets.get(self.query_one("#secrets", VirtualTable).marked)

    def _show_marked(self) -> None:
        one = self._marked
        self.query_one("#secret-words", TextPane).show(
            _words(one, shown=one.dotted in self._revealed) if one else ""
        )
        is_set = one is not None and one.state is State.SET
        for name, possible in (
            ("reveal", is_set),
            ("copy", is_set),
            ("reveal_all", any(found.text for found in self._secrets.values())),
            ("rotate", bool(one and one.breaks)),
            ("give", _can_give(one)),
        ):
            self.query_one(f"#do-{name}").disabled = not possible
        shown = bool(one and one.dotted in self._revealed)
        for name, label in (("reveal", "Hide" if shown else "Reveal"), ("reveal_all", self._all_label)):
            button = self.query_one(f"#do-{name}", ActionButton)
            button.label = label
            button.refresh(layout=True)  # the label may have another length than before
        self.refresh_bindings()

    @property
    def _all_label(self) -> str:
        return "Hide all" if self._revealed else "All"

    @on(VirtualTable.Marked)
    def _moved(self) -> None:
        self._show_marked()

    @on(VirtualTable.Chosen)
    def _chosen(self) -> None:
        if self._marked and self._marked.state is State.MISSING:
            self.action_give()
        else:
            self.action_reveal()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what can be done with the marked secret."""
        names = ("reveal", "reveal_all", "copy", "rotate", "give")
        if action in names and self.is_mounted and self.query_one(f"#do-{action}").disabled:
            return None
        return super().check_action(action, parameters)

    # ---- acting ----

    def action_reveal(self) -> None:
        """Show the marked value, or hide it again."""
        if (one := self._marked) and one.text:
            self._revealed ^= {one.dotted}
            self._show()

    def action_reveal_all(self) -> None:
        """Show all values, or hide them again."""
        self._revealed = set() if self._revealed else {key for key, one in self._secrets.items() if one.text}
        self._show()

    def action_copy(self) -> None:
        """Copy the marked value without showing it."""
        if (one := self._marked) and one.text:
            self.app.copy_to_clipboard(one.text)
            self.app.notify(f"Copied: {one.title}. Mind where you paste it.", markup=False)

    def action_rotate(self) -> None:
        """Make the marked secret anew, after saying what that breaks."""
        one = self._marked
        if one is None or not one.breaks:
            return

        def answered(answer: str | None) -> None:
            if answer == YES:
                self._change("rotating a secret", one, None)

        lines = [
            self.desk.cluster,
            "",
            one.about,
            f"With a new one: {one.breaks}",
            "",
            f"The old {one.file} is kept in .z2jh/backups. The hub has the new one after Apply.",
        ]
        self.app.push_screen(Ask(f"A new secret: {one.title}?", lines, yes="Make a new one"), answered)

    def action_give(self) -> None:
        """Ask for the marked secret."""
        one, project = self._marked, self.desk.project
        if one is None or project is None or not _can_give(one):
            return

        def answered(text: str | None) -> None:
            if text:
                self._change("writing a secret", one, text)

        lines = [one.about, f"It is written into {one.file} as {one.dotted}."]
        title = f"Give: {one.title}" if one.state is State.MISSING else f"Another one: {one.title}"
        self.app.push_screen(AskSecret(title, lines, lambda text: why_not(project, one, text)), answered)

    def _change(self, doing: str, one: ListedSecret, text: str | None) -> None:
        self.run_worker(self._write(one, text), name=doing, group="change", exit_on_error=False)

    async def _write(self, one: ListedSecret, text: str | None) -> None:
        """Write a given secret, or a new one where none was given."""
        project = self.desk.project
        if project is None:
            return
        if text is None:
            name = await asyncio.to_thread(rotate_secret, project, one)
        else:
            name = await asyncio.to_thread(give_secret, project, one, text)
        self._revealed.discard(one.dotted)
        then = f" Then: {one.breaks}" if text is None else ""
        self._read(f"+ {name} has a new text for: {one.title}. The hub has it after Apply.{then}")


def _can_give(one: ListedSecret | None) -> bool:
    """Tell whether a person may type it: what the wizard makes it replaces itself, but for a password."""
    return one is not None and (one.made is None or one.made.wanted.kind.form == "words")


def _words(one: ListedSecret, *, shown: bool) -> str:
    """Return all that is known of a secret."""
    where = f"{one.dotted} in {one.file}" + (f", line {one.line}" if one.line else "")
    lines = [one.about, where]
    if one.state is State.TO_MAKE:
        lines.append('The step "Make the secrets" makes it with this computer\'s random numbers.')
    if one.state is State.MISSING:
        lines.append("Somebody else hands it out: Give takes it, several lines too.")
    if one.breaks:
        lines.append(f"A new one: {one.breaks}")
    if one.text:
        lines += ["", one.text if shown else f"{HIDDEN} (F6 shows it; mind who is watching)"]
    return "\n".join(lines)


def _note(found: tuple[ListedSecret, ...]) -> str:
    missing = sum(one.state is State.MISSING for one in found)
    to_make = sum(one.state is State.TO_MAKE for one in found)
    if missing:
        return f"? {missing} to be given by you: mark it, then press Enter."
    if to_make:
        return f"{to_make} will be made by the wizard: you need not type them."
    return "secrets.yaml in the project's folder: only you can read it, and git leaves it out."
