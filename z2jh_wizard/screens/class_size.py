"""How big the class is: five answers, what takes it, students on nodes as a picture, and the cost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.flows import class_size as sizes
from z2jh_wizard.flows.class_nodes import NodeFit, NodeRoom, on_cluster, picture, practice_rooms
from z2jh_wizard.flows.class_size import QUESTIONS, MachineChoice
from z2jh_wizard.flows.class_words import machine_words, node_words
from z2jh_wizard.flows.ways import TOPIC
from z2jh_wizard.screens.base import style_sheet
from z2jh_wizard.screens.class_table import MACHINE_COLUMNS, NODE_COLUMNS, machine_cells, node_cells
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.here import is_here
from z2jh_wizard.screens.messages import Trouble
from z2jh_wizard.screens.prices import PricedScreen
from z2jh_wizard.screens.settings_tour import Tour, tour_of
from z2jh_wizard.system.clock import SystemClock
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.diff_lines import DiffLines, WrittenLines
from z2jh_wizard.widgets.form_field import FormField
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.text_line import TextLine
from z2jh_wizard.widgets.virtual_table import Cells, VirtualTable

if TYPE_CHECKING:
    from z2jh_wizard.kube.rows import NodeRow

_ROWS = {"-low": 3, "-tall": 8}
"""Lines of nodes in the picture, by the height of the screen."""

_HELP = {one.id: one.help for one in QUESTIONS}

QUIET = 0.15
"""Seconds without a key after which the lines of config.yaml are shown anew."""


class ClassSizeScreen(PricedScreen):
    """Asks for the size of the class and shows what it takes; ``topic`` is the page that it came from."""

    NAME = "class-size"
    STAGE = "class-size"
    CSS_PATH = style_sheet("class_size")
    BINDINGS = screen_bindings("back", "next", "details", "refresh")
    SCROLLS = False
    ABOUT = (
        "Type how many students there are and what each needs. The table has the machines of the cloud, the "
        "cheapest first, with the nodes that the class takes; up and down mark another one. "
        "Refresh prices (F5) asks the cloud for its prices of today and keeps them on this computer; nothing "
        "is asked without it. F2 shows the lines that this writes into config.yaml. Use this saves them and, "
        "with the students and the marked machine, z2jh.yaml; Undo takes the lines back. Back keeps what you "
        "typed."
    )

    def __init__(self, desk: Desk, topic: str = "", _field: str = "") -> None:
        super().__init__(desk)
        self._topic = topic
        self._unreadable: WizardError | None = None
        self._tour = self._tour_or_trouble()
        known = self._known()
        self._answers = {**known, **self.journey.class_size}
        self._course = sizes.class_size(known)
        self._choices: dict[str, MachineChoice] = {}
        self._seen: tuple[NodeRoom, ...] = ()
        self._fits: dict[str, NodeFit] = {}
        self._unlisten: Callable[[], None] | None = None
        self._quiet: Timer | None = None

    def _tour_or_trouble(self) -> Tour | None:
        try:
            return tour_of(self.desk) if self.desk.project else None
        except WizardError as error:
            self._unreadable = error
            return None

    def _known(self) -> dict[str, str]:
        """Return what the project says, else defaults."""
        from z2jh_wizard.flows.class_size_use import values_in

        if self.desk.project is None:
            return {one.id: one.default for one in QUESTIONS}
        return sizes.first_answers(self.desk.project.spec, values_in(self._tour.form) if self._tour else {})

    # ---- drawing ----

    def why(self) -> str:
        """Say what it is good for."""
        end = "you pay for" if self.has_machines else "there must be"
        return f"How many students share a node decides how many nodes {end}."

    @property
    def questions(self) -> tuple[sizes.SizeQuestion, ...]:
        """Return what is asked: hours only where they cost something."""
        return tuple(one for one in QUESTIONS if self.has_machines or one.id != sizes.HOURS)

    def body(self) -> ComposeResult:
        """Make the questions in a row, the table, the picture and the words."""
        with Horizontal(id="answers"):
            for one in self.questions:
                answer, typed = self._answers[one.id], one.id in self.journey.class_size
                line = TextLine(answer, dom_id=f"control-{one.id}", replace=not typed)
                yield FormField(one.id, one.label, one.help, answer, control=line)
        yield Plain("", dom_id="size-hint", limit=300)
        yield VirtualTable(*(MACHINE_COLUMNS if self.has_machines else NODE_COLUMNS), dom_id="machines")
        yield Plain("", dom_id="size-picture")
        yield Plain("", dom_id="size-words")

    def preview(self) -> Widget | None:
        """Show config.yaml as the class makes it, beside the page."""
        return Vertical(
            Plain("config.yaml with this class", classes="pane-heading"),
            DiffLines(dom_id="preview-lines"),
            id="preview",
        )

    def buttons(self) -> ComposeResult:
        """Back, the settings, and Use this."""
        others = [] if self.is_aside or self._topic else [ActionButton("settings", "All settings")]
        yield ButtonRow(
            ActionButton("next", "Use this"), *self.price_buttons(), *others, ActionButton("back")
        )

    def on_mount(self) -> None:
        """Work it out for what is known already."""
        self.query_one("#do-next").disabled = self.desk.project is None
        self.work_out()
        if self._unreadable:
            self.post_message(Trouble(self._unreadable.problem))
        if not self.has_machines:
            self.run_worker(self._watch(), name="looking at the nodes", group="nodes", exit_on_error=False)

    def on_unmount(self) -> None:
        """Stop listening to the cluster."""
        if self._unlisten:
            self._unlisten()

    def on_resize(self, _event: events.Resize) -> None:
        """Draw the picture for the new width, and the preview where there is room for it."""
        self.call_after_refresh(self._show_marked)
        self.call_after_refresh(self.refresh_preview)

    def first_focus(self) -> Widget:
        """Begin at the number of students."""
        return self.query_one("#control-students")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing to write into before the project is made."""
        if action == "next" and self.desk.project is None:
            return None
        return super().check_action(action, parameters)

    # ---- the nodes of a cluster that is there ----

    async def _watch(self) -> None:
        from z2jh_wizard.kube.kinds import NODES

        store = await self.desk.open_live()
        if store is None or not is_here(self):
            return

        def look(kinds: frozenset[str]) -> None:
            if NODES.name in kinds and is_here(self):
                self.show_nodes(tuple(store.pane(NODES).rows.values()))

        self._unlisten = store.listen(look)
        look(frozenset((NODES.name,)))

    def show_nodes(self, nodes: Sequence[NodeRow]) -> None:
        """Take the nodes of the cluster: those of the students' pool where pools have names."""
        usable = [node for node in nodes if node.ready and node.schedulable]
        students = [node for node in usable if node.pool == sizes.USER_POOL] or usable
        self._seen = tuple(
            NodeRoom(node.name, node.machine, node.cpu, node.memory, node.pods) for node in students
        )
        self.work_out()

    @property
    def rooms(self) -> tuple[NodeRoom, ...]:
        """Return the nodes that were seen, else those that a practice cluster begins with."""
        if self._seen or self.provider != "practice" or self.desk.project is None:
            return self._seen
        return practice_rooms(self.desk.project.spec)

    # ---- answers ----

    @on(FormField.Changed)
    def _changed(self, event: FormField.Changed) -> None:
        self._answer(event.name, event.value)
        self.work_out()

    def _answer(self, name: str, text: str) -> None:
        if self._answers[name] != text:
            self._answers[name] = self.journey.class_size[name] = text

    def take(self) -> None:
        """Take what was typed, a letter that was not told of yet included."""
        for form_field in self.query(FormField):
            if isinstance(form_field.control_widget, Input):
                self._answer(form_field.field, form_field.control_widget.value)

    @on(FormField.Left)
    def _left(self) -> None:
        self._show_hint()

    @on(FormField.Entered)
    def _entered(self, event: FormField.Entered) -> None:
        event.stop()
        names = [one.id for one in self.questions]
        at = names.index(event.name) + 1
        self.query_one(f"#control-{names[at]}" if at < len(names) else "#machines").focus()

    def on_descendant_focus(self) -> None:
        """Say what the question with the focus is about."""
        self._show_hint()

    @on(VirtualTable.Marked)
    def _marked(self) -> None:
        self._show_marked()

    @on(VirtualTable.Chosen)
    def _chosen(self) -> None:
        self.action_next()

    def beside(self, step: int) -> str:
        """Return the page before or after, or the one that this was opened from."""
        return f"{TOPIC}{self._topic}" if self._topic else super().beside(step)

    def action_next(self) -> None:
        """Write the class, and the marked machine, into the project; a problem holds one back."""
        self.take()
        self.work_out()
        wrong = self._wrong()
        if wrong:
            self._show_hint(next(iter(wrong)))
            self.query_one(f"#control-{next(iter(wrong))}").focus()
            return
        if self.desk.project is None:
            return
        from z2jh_wizard.flows.class_size_use import use

        choice = self._choices.get(self.query_one(VirtualTable).marked)
        try:
            form = self._tour.form if self._tour else None
            self.desk.project = use(self.desk.project, self._course, choice, form)
        except WizardError as error:
            self.post_message(Trouble(error.problem))
            return
        # The hours stand in no file; all else is in the project now.
        hours = self.journey.class_size.get(sizes.HOURS)
        self.journey.class_size = {sizes.HOURS: hours} if hours else {}
        self.app.notify(f"The settings are for {self._course.students} students now.", markup=False)
        super().action_next()

    # ---- what it takes ----

    def work_out(self) -> None:
        """Work everything out anew; with an answer that cannot be used the last good one stays shown."""
        if not self._wrong():
            self._course = sizes.class_size(self._answers)
        offered = sizes.choices(self.provider, self._course, self.prices)
        self._choices = {one.machine.name: one for one in offered}
        self._fits = {one.node.name: one for one in on_cluster(self.rooms, self._course.student)}
        table = self.query_one(VirtualTable)
        table.display = bool(self._choices or self._fits)
        table.show([*self._choices, *self._fits], self._cells)
        table.styles.max_height = table.row_count + 1
        self._show_marked()
        self._show_hint()
        if self._quiet:
            self._quiet.stop()
        self._quiet = self.set_timer(QUIET, self.refresh_preview)

    # ---- the lines of config.yaml ----

    async def action_details(self) -> None:
        """Show or hide the lines that Use this writes."""
        if not self.query("#written"):
            written = WrittenLines("the lines of the class (F2 hides them)", dom_id="written")
            await self.mount(written, after=self.query_one("#middle"))
            self.query_one("#written").display = False
        shown = not self.has_class("-written")
        self.set_class(shown, "-written")
        self.query_one("#written").display = shown
        self.refresh_preview()

    def refresh_preview(self) -> None:
        """Show the lines, where there is room or somebody asked; a thread works them out."""
        if self._tour and self.is_attached and (self.has_class("-preview") or self.has_class("-written")):
            self.run_worker(
                self._show_lines,  # type: ignore[arg-type]  # a worker that is replaced at once never calls it
                name="showing config.yaml",
                group="lines",
                exclusive=True,
                exit_on_error=False,
            )

    async def _show_lines(self) -> None:
        from z2jh_wizard.flows.class_size_use import shown

        assert self._tour
        height = max(1, self.query_one("#preview").size.height - 1)
        said = await asyncio.to_thread(shown, self._tour.form, self._course, height)
        nothing = f"! {said.problem}" if said.problem else ""
        self.query_one("#preview-lines", DiffLines).show(said.around, nothing)
        for written in self.query(WrittenLines):
            written.show(said.name, said.lines, nothing)

    def _wrong(self) -> dict[str, str]:
        return sizes.problems(self._answers)

    def _cells(self, key: str) -> Cells:
        fit = self._fits.get(key)
        return node_cells(fit) if fit else machine_cells(self._choices[key])

    def _show_hint(self, name: str = "") -> None:
        """Say what is wrong with the answers, else what the one with the focus is about."""
        if not self.is_attached:
            return
        wrong = self._wrong()
        for form_field in self.query(FormField):
            form_field.set_class(form_field.field in wrong, "-wrong")
        here = name or next((one.field for one in self.query(FormField) if one.has_focus_within), "")
        about = here if here in wrong else next(iter(wrong), here)
        label = next((one.label for one in self.questions if one.id == about), "")
        hint = self.query_one("#size-hint", Plain)
        hint.show(f"! {label}: {wrong[about]}" if about in wrong else _HELP.get(about, _KEYS_OF_TABLE))
        hint.set_class(about in wrong, "field-error")
        hint.set_class(about not in wrong, "hint")

    def _show_marked(self) -> None:
        """Show picture and words for the marked machine, or for the nodes that are there."""
        if not self.is_attached:
            return
        choice = self._choices.get(self.query_one(VirtualTable).marked)
        rooms = [one.students for one in self._fits.values()]
        if choice:
            rooms = [choice.fit.students_per_node] * choice.fit.nodes
        words = (
            machine_words(choice, self._course, SystemClock().now().date())
            if choice
            else node_words(tuple(self._fits.values()), self._course, seen=bool(self._seen))
        )
        lines = picture(
            self._course.students,
            rooms,
            width=max(40, self.query_one("#body").content_size.width),
            rows=next((rows for name, rows in _ROWS.items() if self.has_class(name)), 3),
            ascii_only=self.app.has_class("-ascii"),
        )
        self.query_one("#size-picture", Plain).show("\n".join(lines))
        self.query_one("#size-words", Plain).show("\n".join(words))


_KEYS_OF_TABLE = "Up and down mark a machine, Enter uses it."
