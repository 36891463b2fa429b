"""The backups of config.yaml: what each would bring back, and taking one back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from textual.containers import VerticalScroll
from textual.widget import Widget

from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.flows.earlier import Earlier, take_back, what_comes_back, words
from z2jh_wizard.project.folder import Project
from z2jh_wizard.screens.clipboard import Copied
from z2jh_wizard.screens.list_dialog import Item, ListDialog
from z2jh_wizard.screens.messages import Trouble
from z2jh_wizard.widgets.diff_lines import DiffLines
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.virtual_table import Column

TAKEN = "taken"


class EarlierDialog(ListDialog):
    """Lists what config.yaml was; answers ``TAKEN`` when a text was taken back."""

    ABOUT = (
        "Each row is a text that config.yaml had before a change. Below stands what taking it back changes: "
        "+ comes back, - goes. The present text is kept as a backup, and secrets.yaml stays as it is."
    )
    COLUMNS = (Column("backup", 8), Column("until", 18), Column("the change then", weight=1))

    def __init__(self, project: Project, texts: Iterable[Earlier]) -> None:
        self._project = project
        self._texts = {str(one.number): one for one in texts}
        super().__init__(
            "Earlier texts of config.yaml", [_item(one) for one in self._texts.values()], yes="Take back"
        )

    def details(self) -> Widget:
        """Make the place for what would change."""
        return VerticalScroll(
            Plain("", dom_id="details"),
            DiffLines(dom_id="earlier-lines"),
            id="earlier-details",
            can_focus=True,
        )

    def show_details(self) -> None:
        """Work out, in a thread, what taking the marked text back would change."""
        note = self.query_one("#details", Plain)
        marked = self._marked_text
        if marked is None:
            note.show("There is none yet: each change of config.yaml keeps the text before it here.")
            self.query_one("#yes").disabled = True
            return
        self.run_worker(
            self._compare(marked), name="comparing", group="compare", exclusive=True, exit_on_error=False
        )

    @property
    def _marked_text(self) -> Earlier | None:
        return self._texts.get(self.marked.key) if self.marked else None

    async def _compare(self, earlier: Earlier) -> None:
        note, shown = self.query_one("#details", Plain), self.query_one("#earlier-lines", DiffLines)
        try:
            lines = await asyncio.to_thread(what_comes_back, self._project, earlier)
        except WizardError as error:
            note.show(f"! {error.problem.title}. {error.problem.happened}")
            shown.show(())
            return
        note.show(f"Take back number {earlier.number}: {words(lines)}.")
        shown.show(lines)

    def choose(self) -> None:
        """Go to the button; a text is taken back by it alone."""
        self.query_one("#yes").focus()

    def agree(self) -> None:
        """Take the marked text back."""
        marked = self._marked_text
        if marked is None:
            return
        try:
            take_back(self._project, marked)
        except WizardError as error:
            self.post_message(Trouble(error.problem))
            return
        self.app.notify(f"config.yaml is as it was in number {marked.number}; the text before is a backup.",
                        markup=False)  # fmt: skip
        self.dismiss(TAKEN)


def _item(one: Earlier) -> Item:
    when = one.until.strftime("%Y-%m-%d %H:%M")
    return Item(
        str(one.number),
        (str(one.number), when, one.change),
        "",
        Copied("the path of the backup", str(one.path)),
    )
