"""What can be done with a hub: each action asks what it needs to know, then says what shall happen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from z2jh_wizard.core import checks
from z2jh_wizard.core.errors import Problem
from z2jh_wizard.render.plain import practice_reply
from z2jh_wizard.screens.backend import Interruption
from z2jh_wizard.screens.base import WizardScreen
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.dialogs import YES, Ask, AskChoice, AskText
from z2jh_wizard.screens.messages import Go, StartRun, Trouble
from z2jh_wizard.widgets.choice_list import Offer

if TYPE_CHECKING:
    from z2jh_wizard.core.report import StatusReport

CLEAR = "clear"

CAN_STOP = ("aks",)
"""Providers whose clusters can be stopped; elsewhere no nodes are the nearest to it."""

NEED_CLUSTER = ("upgrade", "resize", "students", "fault")
"""What makes no sense before there is a cluster."""

RESUMED_WITH = {
    "setup": set[str](), "resize": {"pool", "nodes"}, "rollback": {"revision"}, "mend": {"step"},
    "stop": set(), "start": set(),
}  # fmt: skip
"""The options that each flow needs to be carried on with."""


class HubActions(WizardScreen):
    """A screen about a hub, with all that can be done with it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._report: StatusReport | None = None
        self._interrupted: Interruption | None = None
        self._dirty = False

    def action_resume(self) -> None:
        """Carry on with the interrupted run, with the same options; a tear-down asks again."""
        found = self._interrupted
        if found is None:
            return
        if found.flow == "teardown":
            self.post_message(Go("teardown"))
        elif set(found.options) == RESUMED_WITH.get(found.flow):
            self.post_message(StartRun(found.flow, **found.options))
        elif found.flow == "resize":
            self.action_resize()
        elif found.flow == "image":
            self.post_message(Go("image-builder"))
        else:
            self.post_message(Trouble(_options_lost(found)))

    def action_apply(self) -> None:
        """Go to the plan, which can be started from there."""
        self.post_message(Go("review"))

    def action_settings(self) -> None:
        """Open the settings."""
        self.desk.came_from = self.NAME
        self.post_message(Go("settings"))

    def action_address(self) -> None:
        """Show how far name, ports and certificate are."""
        self.post_message(Go("address-check"))

    def action_checks(self) -> None:
        """Look at the account or the cluster; that leads back here."""
        self.desk.link = self.NAME
        self.post_message(Go("checks"))

    def action_power_off(self) -> None:
        """Ask, then stop the machines of the cluster."""
        lines = [
            self.desk.cluster,
            "Nobody can use the hub until the cluster is started again.",
            "No machine is paid for meanwhile; students' disks and the public address still are.",
        ]
        self.app.push_screen(Ask("Stop the cluster?", lines, yes="Stop it"), self._power("stop"))

    def action_power_on(self) -> None:
        """Ask, then start them again."""
        lines = [self.desk.cluster, "$ Its machines run again and are paid for by the hour."]
        self.app.push_screen(Ask("Start the cluster?", lines, yes="Start it"), self._power("start"))

    @property
    def _provider(self) -> str:
        return self.desk.project.spec.provider if self.desk.project else ""

    def _power(self, flow: str) -> Callable[[str | None], None]:
        def agreed(answer: str | None) -> None:
            if answer == YES:
                self.post_message(StartRun(flow))

        return agreed

    def action_secrets(self) -> None:
        """Open the list of secrets, which leads back here."""
        self.desk.link = self.NAME
        self.post_message(Go("secrets"))

    def action_teardown(self) -> None:
        """List what would be removed."""
        self.post_message(Go("teardown"))

    def action_upgrade(self) -> None:
        """Ask for a chart version, write it down and go to the plan."""
        project = self.desk.project
        if project is None:
            return
        if project.spec.chart.path or project.spec.chart.name == "practice":
            self.post_message(Go("review"))
            return

        def change(version: str | None) -> None:
            if version:
                self.run_worker(
                    self._upgrade(version),
                    name="changing the chart version",
                    group="upgrade",
                    exit_on_error=False,
                )

        lines = [
            f"Now: {project.spec.chart.name} {project.spec.chart.version}.",
            "Which version shall it be?",
        ]
        ask = AskText(
            "Upgrade", lines, value=project.spec.chart.version, yes="Show the plan", check=checks.version
        )
        self.app.push_screen(ask, change)

    async def _upgrade(self, version: str) -> None:
        if self.desk.project:
            self.desk.project = await self.desk.backend.change_chart_version(self.desk.project, version)
            self.post_message(Go("review"))

    def action_resize(self) -> None:
        """Ask for a number of nodes and resize."""
        self.run_worker(self._ask_nodes(), name="asking for nodes", group="resize", exit_on_error=False)

    async def _ask_nodes(self) -> None:
        project = self.desk.project
        if project is None:
            return
        pools = project.spec.pools
        pool = "user" if "user" in pools or not pools else next(iter(pools))
        nodes = sum(node.pool == pool for node in self._report.nodes) if self._report else 0

        def start(typed: str | None) -> None:
            if typed:
                self.post_message(StartRun("resize", pool=pool, nodes=int(typed)))

        money = await self.desk.backend.node_sentence(project, pool)
        question = f"How many nodes shall the pool {pool} have?"
        lines = [self.desk.cluster, *([money] if money else []), question]
        self.app.push_screen(
            AskText("Resize", lines, value=str(nodes or ""), yes="Resize", check=checks.node_count), start
        )

    def action_students(self) -> None:
        """Ask how many students shall use the practice hub."""

        def come(typed: str | None) -> None:
            if typed:
                self._control("students", {"count": int(typed)})

        lines = ["Practice students sign in, work and leave.", "How many shall be there? 0 sends all home."]
        self.app.push_screen(
            AskText("Students", lines, value="10", yes="Let them come", check=_student_count), come
        )

    def action_fault(self) -> None:
        """Ask what shall go wrong."""
        self.run_worker(self._ask_fault(), name="listing faults", group="control", exit_on_error=False)

    async def _ask_fault(self) -> None:
        known = await self.desk.backend.faults()
        offers = [Offer(name, name, about) for name, about in known.items()]
        offers.append(Offer(CLEAR, "nothing", "clear all faults"))

        def break_it(name: str | None) -> None:
            if name:
                self._control("clear" if name == CLEAR else "fault", {} if name == CLEAR else {"name": name})

        lines = ["Practice only: nothing real breaks. What shall go wrong?"]
        self.app.push_screen(AskChoice("Fault", lines, offers, yes="Do it"), break_it)

    def _control(self, action: str, body: dict[str, object]) -> None:
        self.run_worker(
            self._play(action, body), name=f"practice {action}", group="control", exit_on_error=False
        )

    async def _play(self, action: str, body: dict[str, object]) -> None:
        if self.desk.project:
            reply = await self.desk.backend.control(self.desk.project, action, body)
            self.app.notify(practice_reply(reply), markup=False)
            self._dirty = True

    def action_runbook(self) -> None:
        """Write the runbook and say where it is."""
        self.run_worker(self._runbook(), name="writing the runbook", group="runbook", exit_on_error=False)

    async def _runbook(self) -> None:
        if self.desk.project:
            path = await self.desk.backend.runbook(self.desk.project)
            self.app.notify(f"The runbook is in {path}", markup=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Students and faults are for practice projects only; nothing is resumed that was not interrupted."""
        if action in ("students", "fault") and not self.desk.is_practice:
            return False
        if action in ("power_off", "power_on") and self._provider not in CAN_STOP:
            return False
        if action == "resume" and self._interrupted is None:
            return False
        if action in NEED_CLUSTER and self._report and not self._report.cluster:
            return None
        return super().check_action(action, parameters)


def _options_lost(found: Interruption) -> Problem:
    """Say that a run whose options an older wizard did not write down is begun by a command."""
    return Problem(
        f"The {found.flow} cannot be carried on from here",
        f"What the {found.flow} from {found.when} was begun with is not written down.",
        "The hub runs as it is; nothing was changed now.",
        f"Begin it again: z2jh-wizard {found.flow}",
    )


def _student_count(text: str) -> str | None:
    fine = text.isascii() and text.isdecimal() and int(text) <= 1000
    return None if fine else "Type a whole number of students, from 0 to 1000."
