"""What screens ask of the flows; heavy modules are imported in a thread when they are first needed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from z2jh_wizard.core.errors import Problem, WizardError
from z2jh_wizard.screens.recent import PROJECT_FILE

if TYPE_CHECKING:
    from z2jh_wizard.cloud.account import Check, SignInWay
    from z2jh_wizard.core.engine import Planned
    from z2jh_wizard.core.receipt import Left
    from z2jh_wizard.core.report import StatusReport
    from z2jh_wizard.core.step import Step
    from z2jh_wizard.flows.address_check import AddressCheck
    from z2jh_wizard.flows.checking import SeenChecks
    from z2jh_wizard.flows.cloud_codes import AmazonPage, Tell
    from z2jh_wizard.flows.cloud_questions import CloudQuestions
    from z2jh_wizard.flows.comparing import HubChanges
    from z2jh_wizard.flows.costs import Costs
    from z2jh_wizard.flows.image_plan import Tools
    from z2jh_wizard.flows.review import Point
    from z2jh_wizard.flows.run import RunSession
    from z2jh_wizard.flows.storage_choice import Offered
    from z2jh_wizard.flows.topic_form import TopicForm
    from z2jh_wizard.flows.values_files import ValuesFiles
    from z2jh_wizard.kube.live import LiveStore
    from z2jh_wizard.project.folder import Project
    from z2jh_wizard.values.image_builder import Answers, Plan


@dataclass(frozen=True, slots=True)
class FoundHelm:
    """The Helm that does the work."""

    version: str
    source: str
    where: str


@dataclass(frozen=True, slots=True)
class Interruption:
    """A run that never ended: which flow, begun when and with which options, and the step it was at."""

    flow: str
    time: str
    step: str
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def when(self) -> str:
        """Return when it began, for people."""
        return self.time.replace("T", " ").replace("Z", " UTC")

    def sentence(self, step_title: str) -> str:
        """Say what was interrupted and what Resume does."""
        at = f' at the step "{step_title}"' if step_title else ""
        return f"! A run of {self.flow} from {self.when} was interrupted{at}. Resume carries on."


async def _load(module: str) -> Any:
    """Import a module of the wizard without stopping the screen."""
    return await asyncio.to_thread(import_module, f"z2jh_wizard.{module}")


class Backend:
    """The real flows of a project."""

    def is_project(self, folder: Path) -> bool:
        """Tell whether a folder holds a project."""
        return (folder / PROJECT_FILE).is_file()

    def open(self, folder: Path) -> Project:
        """Open a project; InvalidInput when it is none."""
        from z2jh_wizard.project.folder import open_project

        return open_project(folder)

    def make(self, folder: Path, answers: Mapping[str, str], *, before: Path | None = None) -> Project:
        """Make a project; ``before`` is where these questions have made one already.

        Refused when there is another project, or when something was run in this one.
        """
        from z2jh_wizard.flows.pages import new_project
        from z2jh_wizard.flows.remaking import made_again

        return made_again(folder, answers, before) if before else new_project(folder, answers)

    def interruption(self, project: Project) -> Interruption | None:
        """Return the run that never ended, with the last step it began."""
        from z2jh_wizard.flows.run import interrupted_run
        from z2jh_wizard.system.journal import read_journal

        found = interrupted_run(project)
        if found is None:
            return None
        begun = [
            str(entry.get("step", ""))
            for entry in read_journal(project.journal)
            if entry.get("what") == "intent" and entry.get("run") == found.run
        ]
        return Interruption(found.flow, found.time, begun[-1] if begun else "", found.options)

    async def steps(self, project: Project, flow: str, **options: Any) -> list[Step]:
        """Return the steps of a flow; nothing is looked at."""
        sessions = await _load("flows.sessions")
        return list(sessions.flow_of(project, flow, **options).steps)

    async def plan(self, project: Project, flow: str, **options: Any) -> AsyncIterator[Planned]:
        """Look at each step of a flow; changes nothing."""
        sessions = await _load("flows.sessions")
        async for planned in sessions.plan_of(project, flow, **options):
            yield planned

    async def review(
        self,
        project: Project | None,
        form: TopicForm | None,
        wrong: Sequence[tuple[str, str, str]],
        seen: SeenChecks | None = None,
    ) -> tuple[Point, ...]:
        """Return what is to be mended, given or known before Start, the gravest first."""
        review, checks = await _load("flows.review"), seen.checks if seen else ()
        points: tuple[Point, ...] = await asyncio.to_thread(review.points_of, project, form, wrong, checks)
        return points

    async def mend(self, project: Project, point: Point) -> tuple[ValuesFiles, ValuesFiles]:
        """Write the sure fix of one point; return the values files before and after."""
        review = await _load("flows.review")
        files: tuple[ValuesFiles, ValuesFiles] = await asyncio.to_thread(review.mend_point, project, point)
        return files

    async def costs(self, project: Project) -> Costs:
        """Return what is known of the costs."""
        costs: Costs = await asyncio.to_thread((await _load("flows.costs")).costs_of, project)
        return costs

    async def node_sentence(self, project: Project, pool: str) -> str:
        """Return what one more node of a pool costs, in words; nothing where none are rented."""
        sentence: str = await asyncio.to_thread((await _load("flows.costs")).node_sentence, project, pool)
        return sentence

    async def running_values(self, project: Project) -> Mapping[str, Any] | None:
        """Return what the hub was given, None when there is none; CouldNotLook without an answer."""
        if not project.kubeconfig.exists():
            return None
        values: Mapping[str, Any] | None = await (await _load("flows.comparing")).release_values(project)
        return values

    async def changes(self, project: Project) -> HubChanges:
        """Return what Start changes in the hub, or why that is not known."""
        comparing, values_files = await _load("flows.comparing"), await _load("flows.values_files")
        problem: Problem | None = None
        given = None
        try:
            given = await self.running_values(project)
        except WizardError as error:
            problem = error.problem

        def compared() -> HubChanges:
            changes: HubChanges = comparing.hub_changes(values_files.files_of(project), given, problem)
            return changes

        return await asyncio.to_thread(compared)

    async def config_lines(self, project: Project) -> list[str]:
        """Return config.yaml with the secrets in it hidden; Unreadable for a broken file."""
        lines: list[str] = await asyncio.to_thread((await _load("flows.review")).config_lines, project)
        return lines

    async def session(
        self, project: Project, flow: str, *, skip: AbstractSet[str] = frozenset(), **options: Any
    ) -> RunSession:
        """Return a run of a flow, not started yet."""
        sessions = await _load("flows.sessions")
        session: RunSession = sessions.new_session(project, flow, skip=skip, **options)
        return session

    async def status(self, project: Project) -> StatusReport:
        """Look at cluster, release and pods once."""
        report: StatusReport = await (await _load("flows.status")).status(project)
        return report

    async def live(self, project: Project) -> LiveStore:
        """Return the live store of the hub's namespace, not started yet."""
        watching = await _load("flows.watching")
        store: LiveStore = await asyncio.to_thread(watching.live_store, project)
        return store

    async def cleaner(self, project: Project) -> Callable[[str], str]:
        """Return what hides the project's secrets in a text from the cluster."""
        clean: Callable[[str], str] = (await _load("flows.cleaning")).ProjectCleaner(project).text
        return clean

    async def image_tools(self) -> Tools:
        """Return what this computer has to build images with."""
        tools: Tools = await (await _load("flows.image_plan")).find_tools()
        return tools

    async def image_plan(self, answers: Answers) -> Plan:
        """Return what is to be built, the commit looked up; NeedsYou where it cannot be told."""
        plan: Plan = await (await _load("flows.image_plan")).make_plan(answers)
        return plan

    async def address_check(self, project: Project) -> AddressCheck:
        """Return what looks at a hub's address, name and certificate."""
        check: AddressCheck = (await _load("flows.address_check")).AddressCheck(project)
        return check

    async def cloud(self, answers: Mapping[str, str]) -> CloudQuestions:
        """Return what asks the cloud that answers name; InvalidInput for a provider that is none."""
        module = await _load("flows.cloud_questions")

        def opened() -> CloudQuestions:
            questions: CloudQuestions = module.CloudQuestions(dict(answers))
            questions.ways()  # what asks this cloud is imported here, beside the event loop
            return questions

        return await asyncio.to_thread(opened)

    async def sign_in_by(self, way: SignInWay, text: str) -> dict[str, str]:
        """Use a way to sign in and no other; return the answers that it amounts to.

        InvalidInput when it needs something that was not typed; a secret that is there already needs not be.
        """
        module = await _load("flows.cloud_questions")
        is_kept = way.there and not text.strip() and (way.secret or way.id in module.BY_CODE)
        answers: dict[str, str] = {} if is_kept else module.named(way, text)
        module.forget_others(way)
        return answers

    async def switch_on(self, answers: Mapping[str, str]) -> AsyncIterator[str]:
        """Switch on what the account lacks, as its checks offer it; give lines on what is done."""
        cloud = await self.cloud(answers)
        async for line in (await _load("flows.cloud_codes")).switched_on(cloud):
            yield line

    async def azure_code(self, answers: Mapping[str, str], tell: Tell) -> None:
        """Sign in to Azure with a code that ``tell`` shows; takes as long as a person needs."""
        await (await _load("flows.cloud_codes")).at_azure(answers, tell)

    async def amazon_page(self, address: str, region: str) -> AmazonPage:
        """Return an institution's start page at AWS."""
        page: AmazonPage = (await _load("flows.cloud_codes")).AmazonPage(address, region)
        return page

    async def checks(self, project: Project, before: SeenChecks | None) -> SeenChecks:
        """Look at the account of a project's cloud, or at its cluster; WizardError when nothing answers."""
        seen: SeenChecks = await (await _load("flows.checking")).see(project, before)
        return seen

    async def answer_to(self, error: WizardError) -> str:
        """Return the screen where another answer helps against a trouble; empty for none."""
        where: str = (await _load("flows.mending")).answer_to(error)
        return where

    async def disks(self, project: Project) -> Offered:
        """Return the kinds of disks that a project can have; those of a cluster only if it says them."""
        offered: Offered = await (await _load("flows.storage_choice")).offered(project)
        return offered

    async def prove_disks(self, project: Project) -> Check:
        """Let the cluster make a disk of 1 GiB and remove it again."""
        clock = (await _load("system.clock")).SystemClock()
        check: Check = await (await _load("flows.cluster_checks")).prove_disks(project, clock)
        return check

    async def helm(self) -> FoundHelm:
        """Return which Helm does the work; NeedsYou with the ways to get one when there is none."""
        command = await _load("helm.command")
        flags = await _load("helm.flags")
        tool = await command.find_helm()
        return FoundHelm(flags.version_text(tool.version), tool.source, tool.where)

    async def receipt(self, session: RunSession) -> list[str]:
        """Return the receipt of a tear-down in words, its verdict first, and keep it in the project."""
        teardown = await _load("flows.teardown")
        render = await _load("render.receipt")
        receipt = teardown.receipt_of(session)
        return [render.verdict(receipt), *render.lines(receipt)]

    async def leftovers(self, project: Project) -> dict[str, Left]:
        """Look round for what a project's cluster left at its cloud; return what is known of it by key."""
        base, receipt = await _load("cloud.base"), await _load("flows.receipt")
        provider = await asyncio.to_thread(base.provider_of, project)
        return {one.key: receipt.left_of(one) for one in (await provider.scan()).left}

    async def runbook(self, project: Project) -> Path:
        """Write the steps of setup and tear-down as Markdown into the project; return where."""
        runbook = await _load("render.runbook")
        files = await _load("system.files")
        parts = [
            runbook.markdown(name, project.spec, await self.steps(project, name))
            for name in ("setup", "teardown")
        ]
        path = project.folder / "runbook.md"
        files.write_atomic(path, "\n\n".join(parts).encode(), files.PUBLIC_FILE)
        return path

    async def answers(self, project: Project) -> Path:
        """Write the answers that the project amounts to into its folder; return where."""
        written = await _load("flows.answers_written")
        path: Path = await asyncio.to_thread(written.write_answers, project)
        return path

    async def change_chart_version(self, project: Project, version: str) -> Project:
        """Carry the project's files to another chart version, with backups; NeedsYou for what is open."""
        migrating = await _load("flows.migrating")
        changed: Project = await asyncio.to_thread(
            migrating.changed_chart, self.open(project.folder), version
        )
        return changed

    async def control(self, project: Project, action: str, body: dict[str, Any]) -> dict[str, Any]:
        """Act on the practice cluster: students, fault, clear, status."""
        practice = await _load("cloud.practice")
        reply: dict[str, Any] = await practice.control(project, action, body)
        return reply

    async def start_practice(self, project: Project, speed: float) -> None:
        """Start the practice cluster with another pace than the real one."""
        practice = await _load("cloud.practice")
        await practice.start(project, speed)

    async def faults(self) -> Mapping[str, str]:
        """Return what can be made to go wrong on a practice cluster, each in a sentence."""
        explanations: Mapping[str, str] = (await _load("practice.faults")).EXPLANATIONS
        return explanations
