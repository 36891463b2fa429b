"""How big the class is: five answers, what takes it, students on nodes as a picture, and the cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget

from z2jh_wizard.core.cost import Bill
from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.flows import class_size as sizes
from z2jh_wizard.flows.class_nodes import (
    LIMIT_WORDS,
    NodeFit,
    NodeRoom,
    cluster_sentence,
    on_cluster,
    picture,
)
from z2jh_wizard.flows.class_size import QUESTIONS, ClassSize, MachineChoice
from z2jh_wizard.screens.base import WizardScreen, style_sheet
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.messages import Go, Trouble
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.form_field import FormField
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.virtual_table import Cells, Column, VirtualTable

if TYPE_CHECKING:
    from z2jh_wizard.kube.rows import NodeRow

MACHINE_COLUMNS = (
    Column("machine", weight=1),
    Column("students/node", 13),
    Column("nodes", 6),
    Column("first limit", 11),
    Column("a month", 10),
    Column("workshop", 10),
)
NODE_COLUMNS = (
    Column("node", weight=1),
    Column("machine", 18),
    Column("students", 9),
    Column("first limit", 11),
)

UNKNOWN = (
    "How many students fit cannot be known before the cluster was seen: come back once the hub is set up. "
    "What is kept for each student can be set now."
)
CLUSTER_NOTE = "Not counted: what the cluster's own programs use, and how many disks a node can hold."

_ROWS = {"-low": 3, "-tall": 8}
"""Lines of nodes in the picture, by the height of the screen."""

_HELP = {one.id: one.help for one in QUESTIONS}


class ClassSizeScreen(WizardScreen):
    """Asks for the size of the class and shows what it takes."""

    NAME = "class-size"
    CSS_PATH = style_sheet("class_size")
    BINDINGS = screen_bindings("back", "next")
    SCROLLS = False
    ABOUT = (
        "Type how many students there are and what each needs. The table has the machines of the cloud, the "
        "cheapest first, with the nodes that the class takes; up and down mark another one. "
        "Use this writes the marked one into config.yaml and z2jh.yaml. Back changes nothing."
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._answers = {one.id: one.default for one in QUESTIONS}
        self._unreadable: WizardError | None = None
        if desk.project:
            self._answers = sizes.first_answers(desk.project.spec, self._known())
        self._course: ClassSize | None = sizes.class_size(self._answers)
        self._choices: dict[str, MachineChoice] = {}
        self._seen: tuple[NodeRoom, ...] = ()
        self._fits: dict[str, NodeFit] = {}
        self._unlisten: Callable[[], None] | None = None

    def _known(self) -> Mapping[str, object]:
        from z2jh_wizard.flows.class_size_use import known_values

        assert self.desk.project
        try:
            return known_values(self.desk.project)
        except WizardError as error:
            self._unreadable = error
            return {}

    @property
    def provider(self) -> str:
        """Return where the hub runs, by the project or by what was answered so far."""
        if self.desk.project:
            return self.desk.project.spec.provider
        return self.desk.journey.answers.get("provider", "") if self.desk.journey else ""

    @property
    def has_machines(self) -> bool:
        """Return whether machines can be chosen; elsewhere the nodes are as they are."""
        return sizes.has_catalogue(self.provider)

    # ---- drawing ----

    def why(self) -> str:
        """Say what it is good for."""
        end = "you pay for" if self.has_machines else "there must be"
        return f"How many students share a node decides how many nodes {end}."

    def step_words(self) -> str:
        """Return what the page is about."""
        return "size of the class"

    def body(self) -> ComposeResult:
        """Make the questions in a row, the table, the picture and the words."""
        with Horizontal(id="answers"):
            for one in QUESTIONS:
                yield FormField(one.id, one.label, one.help, self._answers[one.id])
        yield Plain("", dom_id="size-hint", limit=300)
        yield VirtualTable(*(MACHINE_COLUMNS if self.has_machines else NODE_COLUMNS), dom_id="machines")
        yield Plain("", dom_id="size-picture")
        yield Plain("", dom_id="size-words")

    def buttons(self) -> ComposeResult:
        """Back and Use this."""
        yield ButtonRow(ActionButton("next", "Use this"), ActionButton("back"))

    def on_mount(self) -> None:
        """Work it out for what is known already."""
        self.query_one("#do-next").disabled = self.desk.project is None
        self._work_out()
        if self._unreadable:
            self.post_message(Trouble(self._unreadable.problem))
        if not self.has_machines:
            self.run_worker(self._watch(), name="looking at the nodes", group="nodes", exit_on_error=False)

    def on_unmount(self) -> None:
        """Stop listening to the cluster."""
        if self._unlisten:
            self._unlisten()

    def on_resize(self, _event: events.Resize) -> None:
        """Draw the picture for the new width."""
        self.call_after_refresh(self._show_marked)

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
        if store is None or not self.is_attached:
            return

        def look(kinds: frozenset[str]) -> None:
            if NODES.name in kinds and self.is_attached:
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
        self._work_out()

    # ---- answers ----

    @on(FormField.Changed)
    def _changed(self, event: FormField.Changed) -> None:
        self._answers[event.name] = event.value
        self._work_out()

    @on(FormField.Left)
    def _left(self) -> None:
        self._show_hint()

    @on(FormField.Entered)
    def _entered(self, event: FormField.Entered) -> None:
        event.stop()
        names = [one.id for one in QUESTIONS]
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

    def action_back(self) -> None:
        """Go to the settings; nothing is written."""
        self.post_message(Go("settings" if self.desk.project else "welcome"))

    def action_next(self) -> None:
        """Write the class, and the marked machine, into the project; a problem holds one back."""
        wrong = sizes.problems(self._answers)
        if wrong:
            self._show_hint(next(iter(wrong)))
            self.query_one(f"#control-{next(iter(wrong))}").focus()
            return
        if self.desk.project is None or self._course is None:
            return
        from z2jh_wizard.flows.class_size_use import use

        choice = self._choices.get(self.query_one(VirtualTable).marked)
        try:
            self.desk.project = use(self.desk.project, self._course, choice)
        except WizardError as error:
            self.post_message(Trouble(error.problem))
            return
        self.app.notify(f"The settings are for {self._course.students} students now.", markup=False)
        self.action_back()

    # ---- what it takes ----

    def _work_out(self) -> None:
        """Work everything out anew; with an answer that cannot be used the last good one stays shown."""
        if not sizes.problems(self._answers):
            self._course = sizes.class_size(self._answers)
        if self._course:
            self._choices = {one.machine.name: one for one in sizes.choices(self.provider, self._course)}
            self._fits = {one.node.name: one for one in on_cluster(self._seen, self._course.student)}
        table = self.query_one(VirtualTable)
        table.display = bool(self._choices or self._fits)
        table.show([*self._choices, *self._fits], self._cells)
        table.styles.max_height = table.row_count + 1
        self._show_marked()
        self._show_hint()

    def _cells(self, key: str) -> Cells:
        if fit := self._fits.get(key):
            return Cells((key, fit.node.machine, str(fit.students), LIMIT_WORDS[fit.binding]))
        one = self._choices[key]
        if not one.fit.nodes:
            return Cells((key, "0", "-", LIMIT_WORDS[one.fit.binding], "-", "-"), "dim")
        counts = (str(one.fit.students_per_node), str(one.fit.nodes), LIMIT_WORDS[one.fit.binding])
        return Cells((key, *counts, _about(one.month), _about(one.workshop)))

    def _show_hint(self, name: str = "") -> None:
        """Say what is wrong with the answers, else what the one with the focus is about."""
        if not self.is_attached:
            return
        wrong = sizes.problems(self._answers)
        for form_field in self.query(FormField):
            form_field.set_class(form_field.field in wrong, "-wrong")
        here = name or next((one.field for one in self.query(FormField) if one.has_focus_within), "")
        about = here if here in wrong else next(iter(wrong), here)
        label = next((one.label for one in QUESTIONS if one.id == about), "")
        hint = self.query_one("#size-hint", Plain)
        hint.show(f"! {label}: {wrong[about]}" if about in wrong else _HELP.get(about, _KEYS_OF_TABLE))
        hint.set_class(about in wrong, "field-error")
        hint.set_class(about not in wrong, "hint")

    def _show_marked(self) -> None:
        """Show picture and words for the marked machine, or for the nodes that are there."""
        if not self.is_attached or self._course is None:
            return
        choice = self._choices.get(self.query_one(VirtualTable).marked)
        rooms = [one.students for one in self._fits.values()]
        if choice:
            rooms = [choice.fit.students_per_node] * choice.fit.nodes
        lines = picture(
            self._course.students,
            rooms,
            width=max(40, self.query_one("#body").content_size.width),
            rows=next((rows for name, rows in _ROWS.items() if self.has_class(name)), 3),
            ascii_only=self.app.has_class("-ascii"),
        )
        self.query_one("#size-picture", Plain).show("\n".join(lines))
        self.query_one("#size-words", Plain).show("\n".join(self._words(choice)))

    def _words(self, choice: MachineChoice | None) -> list[str]:
        assert self._course
        if choice and choice.month and choice.workshop:
            days = f"a workshop of {sizes.WORKSHOP_DAYS} days, {sizes.WORKSHOP_HOURS:g} hours each"
            unknown = choice.month.unknown
            parts = ", ".join(one.partition(",")[0] for one in unknown)
            more = f" +: more, for prices are not known of {parts}." if unknown else ""
            return [
                choice.sentence,
                f"{_about(choice.month)} a month with {self._course.hours_a_week:g} hours a week, "
                f"{_about(choice.workshop)} for {days} (US dollars of {choice.month.as_of}).{more}",
            ]
        if choice:
            return [choice.sentence, "Mark another machine, or keep less for each student."]
        if self._fits:
            return [cluster_sentence(tuple(self._fits.values()), self._course.students), CLUSTER_NOTE]
        return [UNKNOWN]


_KEYS_OF_TABLE = "Up and down mark a machine, Enter uses it."


def _about(bill: Bill | None) -> str:
    """Return a sum as short as a table wants it; a plus says that some prices are not known."""
    if bill is None:
        return "-"
    return f"${bill.known:,.0f}{'+' if bill.unknown else ''}"
