"""The wizard's screens as one program: it navigates, owns the long work, and shows every trouble."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import locale
import os
import signal
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import App, SystemCommand
from textual.screen import Screen
from textual.worker import Worker

from z2jh_wizard.core.assets import asset_path
from z2jh_wizard.core.errors import ExitCode, Problem, WizardError, unexpected
from z2jh_wizard.screens import messages
from z2jh_wizard.screens.backend import Backend
from z2jh_wizard.screens.base import WizardScreen, worker_problem
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.keeping import KEPT
from z2jh_wizard.screens.recent import Memory
from z2jh_wizard.widgets.actions import ACTIONS, bindings
from z2jh_wizard.widgets.themes import DEFAULT_THEME, load_themes

if TYPE_CHECKING:
    from z2jh_wizard.project.folder import Project
    from z2jh_wizard.screens.run_record import RunRecord

SCREENS: dict[str, tuple[str, str]] = {
    "welcome": ("welcome", "WelcomeScreen"),
    "settings": ("settings", "SettingsScreen"),
    "search": ("settings_search", "SearchScreen"),
    "topic": ("topic", "TopicScreen"),
    "account": ("cloud_account", "AccountScreen"),
    "place": ("cloud_place", "PlaceScreen"),
    "class-size": ("class_size", "ClassSizeScreen"),
    "address-check": ("address_check", "AddressCheckScreen"),
    "image-builder": ("image_builder", "ImageBuilderScreen"),
    "sign-in-steps": ("sign_in_steps", "SignInStepsScreen"),
    "who-may": ("sign_in_who", "SignInWhoScreen"),
    "class-list": ("class_list", "ClassListScreen"),
    "discover": ("sign_in_discover", "SignInDiscoverScreen"),
    "profiles": ("profiles", "ProfilesScreen"),
    "profile-entry": ("profile_entry", "ProfileEntryScreen"),
    "presets": ("presets", "PresetsScreen"),
    "storage-class": ("storage_class", "StorageClassScreen"),
    "course-image": ("course_image", "CourseImageScreen"),
    "course-files": ("course_files", "CourseFilesScreen"),
    "helm": ("helm", "HelmScreen"),
    "secrets": ("secrets", "SecretsScreen"),
    "checks": ("checks", "ChecksScreen"),
    "review": ("review", "ReviewScreen"),
    "run": ("run", "RunScreen"),
    "dashboard": ("dashboard", "DashboardScreen"),
    "teardown": ("teardown", "TeardownScreen"),
    "receipt": ("receipt", "ReceiptScreen"),
    "leftovers": ("leftovers", "LeftoversScreen"),
}
"""Module and class of each screen, imported when it is first shown; other names are question pages."""

NEED_JOURNEY = (
    "review", "checks", "secrets", "settings", "search", "topic", "class-size", "account", "place",
)  # fmt: skip
"""Screens on the way of the wizard that an open project is led to as well."""

RUN_GROUP = "run"

STOP_MARGIN = 5.0
"""Seconds that leaving waits for a stopped run, longer than the run waits for its child to end by itself."""


@dataclass(frozen=True, slots=True)
class Start:
    """How the program was started: on a folder, as practice, at a pace, with plain ASCII symbols."""

    folder: Path | None = None
    practice: bool = False
    speed: float = 1.0
    ascii_only: bool = False


class WizardApp(App[int]):
    """The program; screens post messages to it."""

    TITLE = "z2jh wizard"
    CSS_PATH: ClassVar = [asset_path(f"styles/{name}.tcss") for name in ("tokens", "layout", "welcome")]
    BINDINGS: ClassVar = bindings("help", "theme", "palette", "quit")
    ENABLE_COMMAND_PALETTE = True
    NOTIFICATION_TIMEOUT = 3

    def __init__(self, start: Start, backend: Backend | None = None, memory: Memory | None = None) -> None:
        super().__init__()
        self.start = start
        self.desk = Desk(backend or Backend(), memory or Memory(), start.speed)
        self.animation_level = "none"
        themes = load_themes()
        for theme in themes:
            self.register_theme(theme)
        self._themes = [theme.name for theme in themes]
        # Set before anything is drawn, so that no style sheet is read twice for the first frame.
        remembered = self.desk.memory.theme()
        self.set_reactive(App.theme, remembered if remembered in self._themes else DEFAULT_THEME)
        self.stylesheet.set_variables(self.get_css_variables())

    def on_mount(self) -> None:
        """Show the screen that the start asks for."""
        if self.start.ascii_only:
            from z2jh_wizard.widgets.ascii_drawing import draw_ascii

            draw_ascii()
            self.add_class("-ascii")
        folder = self.start.folder
        if folder and self.desk.backend.is_project(folder):
            self.post_message(messages.OpenFolder(folder))
        elif self.start.practice:
            self.post_message(messages.BeginJourney("practice", _practice_folder(folder)))
        else:
            self._show("welcome")

    def on_ready(self) -> None:
        """Collect garbage again; what start-up made stays for good and need not be looked through."""
        if not gc.isenabled():
            gc.freeze()
            gc.enable()
        if not self.is_headless:
            for number in (signal.SIGHUP, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(number, self.end_by_signal, number)

    # Navigation

    def _show(self, where: str, field: str = "") -> None:
        """Show a screen in place of the present one."""
        kind, _, topic = where.partition("/")
        module, name = SCREENS.get(kind, ("page", "PageScreen"))
        screen_class = getattr(import_module(f"z2jh_wizard.screens.{module}"), name)
        try:
            screen = (
                screen_class(self.desk)
                if where in SCREENS
                else screen_class(self.desk, topic or where, field)
            )
        except WizardError as error:  # a values file that was broken meanwhile
            self._trouble(error.problem)
            return
        if isinstance(self.screen, WizardScreen):
            self.screen.keep_focus()
        self.desk.at = where
        if len(self.screen_stack) > 1:
            self.switch_screen(screen)
        else:
            self.push_screen(screen)

    async def on_go(self, message: messages.Go) -> None:
        """Show the screen that was asked for."""
        if message.where == "welcome" and not self.desk.is_running:
            await self.desk.leave()
        elif message.where == "welcome":
            self.notify("The run goes on; open the project again to see it.", markup=False)
        stage = message.where.partition("/")[0]
        if stage in NEED_JOURNEY and self.desk.journey is None and self.desk.project:
            from z2jh_wizard.screens.journey import Journey

            self.desk.journey = Journey.of(self.desk.project)
        self._show(message.where, message.field)

    async def on_open_folder(self, message: messages.OpenFolder) -> None:
        """Open a project; while a run is at work only its own project can be opened."""
        try:
            project = self.desk.backend.open(message.folder)
        except WizardError as error:
            self._trouble(error.problem)
            return
        if self.desk.is_running and self.desk.project and self.desk.project.folder != project.folder:
            self._trouble(_at_work(self.desk.project))
            return
        self.desk.journey = None
        await self.desk.open(project)
        self._show("run" if self.desk.is_running else "dashboard")

    async def on_begin_journey(self, message: messages.BeginJourney) -> None:
        """Begin the questions for a new project."""
        if self.desk.is_running and self.desk.project:
            self._trouble(_at_work(self.desk.project))
            return
        from z2jh_wizard.flows.ways import WAYS
        from z2jh_wizard.screens.journey import Journey

        await self.desk.leave()
        folder = message.folder or (_practice_folder(None) if message.provider == "practice" else "")
        self.desk.journey = Journey.begin(folder, message.provider, WAYS[message.way])
        self._show(self.desk.journey.stages()[0].id)

    async def on_resume_journey(self, _message: messages.ResumeJourney) -> None:
        """Go on where the questions for a new project were left."""
        if self.desk.is_running and self.desk.project:
            self._trouble(_at_work(self.desk.project))
            return
        from z2jh_wizard.screens.keeping import resume

        self._show(await resume(self.desk) or "welcome")

    # The run

    def on_start_run(self, message: messages.StartRun) -> None:
        """Play a flow as a worker of the app, so that no screen can end it."""
        if self.desk.is_running:
            self._show("run")
            return
        if any(worker.group == RUN_GROUP and not worker.is_finished for worker in self.workers):
            return  # it is about to begin
        self.run_worker(self._play(message), name="the run", group=RUN_GROUP, exit_on_error=False)

    async def _play(self, message: messages.StartRun) -> None:
        from z2jh_wizard.screens.run_record import RunRecord

        backend, project = self.desk.backend, self.desk.project
        if project is None:
            return
        project = self.desk.project = backend.open(project.folder)
        if message.flow == "setup" and self.desk.is_practice and self.desk.speed != 1:
            await backend.start_practice(project, self.desk.speed)
        steps = await backend.steps(project, message.flow, **message.options)
        session = await backend.session(project, message.flow, skip=message.skip, **message.options)
        record = self.desk.run = RunRecord.of(session, steps, message.skip)
        self._show("run")
        await self._run_to_end(record)
        self.desk.project = backend.open(project.folder)
        if message.flow == "teardown":
            await self.desk.close_live()

    async def _run_to_end(self, record: RunRecord) -> None:
        from z2jh_wizard.core.events import Outcome

        outcome = Outcome(ExitCode.INTERRUPTED)
        try:
            outcome = await record.session.run()
        except Exception as error:  # noqa: BLE001 - the screen must never wait for a run that died
            outcome = Outcome(ExitCode.FAILED, unexpected(error, f"running {record.session.name}"))
        finally:
            record.end(outcome)
        if not isinstance(self.screen, WizardScreen) or self.screen.NAME != "run":
            self.notify(f"The run has ended. {record.summary()}", markup=False)

    def on_stop_run(self) -> None:
        """Ask the run to stop."""
        if self.desk.run and self.desk.is_running:
            self.desk.run.stop()

    # Troubles

    def on_trouble(self, message: messages.Trouble) -> None:
        """Show a trouble."""
        self._trouble(message.problem)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show any error of the app's own workers."""
        if problem := worker_problem(event):
            self._trouble(problem)

    def _trouble(self, problem: Problem) -> None:
        from z2jh_wizard.screens.dialogs import ProblemDialog

        if not any(isinstance(screen, WizardScreen) for screen in self.screen_stack):
            self._show("welcome")
        self.push_screen(ProblemDialog(problem))

    # Actions that every screen has

    def action_help(self) -> None:
        """Show what the screen is for, what has the focus, and all keys."""
        from z2jh_wizard.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen.of(self.screen))

    def action_command_palette(self) -> None:
        """Open the palette of all commands."""
        from z2jh_wizard.screens.palette import CommandPalette

        if not isinstance(self.screen, CommandPalette):
            # Its words are ASCII, as terminals may know nothing else.
            self.push_screen(CommandPalette(placeholder="Search for commands", id="--command-palette"))

    def action_next_theme(self) -> None:
        """Take the next of our themes and remember it."""
        at = self._themes.index(self.theme) if self.theme in self._themes else -1
        self.theme = self._themes[(at + 1) % len(self._themes)]
        self.desk.memory.remember_theme(self.theme)
        self.notify(f"Theme: {self.theme.removeprefix('z2jh-')}", markup=False)

    def keep_answers(self) -> list[str]:
        """Save what was answered and not saved yet; say, in lines, what cannot be."""
        screen = next((one for one in self.screen_stack if isinstance(one, WizardScreen)), None)
        try:
            if screen:
                screen.keep_answers()
        except WizardError as error:
            problem = error.problem
            kept = problem.still_works if problem.still_works == KEPT else "What you answered would be lost."
            return [f"{problem.title}.", problem.happened, kept]
        return []

    async def action_quit(self) -> None:
        """Leave; ask first while a run is at work, or when what was answered would be lost."""
        from z2jh_wizard.screens.dialogs import Ask

        lines, yes, no = self.keep_answers(), "Leave", "Stay"
        if self.desk.is_running:
            lines += ["A run is at work.", "Stopping interrupts the step at work; what was made is kept."]
            lines, yes, no = [*lines, self.desk.cluster], "Stop the run and leave", "Keep waiting"
        if lines:
            self.push_screen(Ask("Leave the wizard?", lines, yes=yes, no=no), self._quit_answer)
        else:
            self.exit(int(ExitCode.DONE))

    def _quit_answer(self, answer: str | None) -> None:
        if answer and self.desk.is_running:
            self.run_worker(self.stop_and_leave(), name="stopping the run", group="quit", exit_on_error=False)
        elif answer:
            self.exit(int(ExitCode.DONE))

    async def stop_and_leave(self) -> None:
        """Leave without a question: save what can be saved, and let a run at work end in order."""
        from z2jh_wizard.system.children import INTERRUPT_PATIENCE

        self.keep_answers()
        record = self.desk.run
        if record and not record.is_over:
            record.stop()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(record.over.wait(), INTERRUPT_PATIENCE + STOP_MARGIN)
        self.exit(int(ExitCode.INTERRUPTED))

    def end_by_signal(self, number: signal.Signals) -> None:
        """Save what was answered, then end as the signal says; the terminal may be gone already."""
        self.keep_answers()
        asyncio.get_running_loop().remove_signal_handler(number)
        signal.raise_signal(number)

    async def on_unmount(self) -> None:
        """Stop watching the hub."""
        await self.desk.close_live()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer every action of the table that can be done here."""
        for action in ACTIONS:
            if not action.palette or not _can(self, screen, action.call):
                continue
            call = action.call if "." in action.call else f"screen.{action.call}"
            keys = f" ({action.shown_keys})" if action.keys else ""
            yield SystemCommand(f"{action.label}{keys}", action.help, lambda call=call: self.run_action(call))
        if isinstance(screen, WizardScreen):
            yield from screen.commands()


def _can(app: App[int], screen: Screen[object], call: str) -> bool:
    """Tell whether an action exists on the screen or the app and is not greyed out."""
    if call.startswith("app."):
        return hasattr(app, f"action_{call[4:]}")
    return hasattr(screen, f"action_{call}") and bool(screen.check_action(call, ()))


def _practice_folder(given: Path | None) -> str:
    """Return the folder for a practice project: the given one, else one of its own among temporary files."""
    if given and given != Path():
        return str(given.absolute())
    return str(Path(tempfile.mkdtemp(prefix="z2jh-practice-")) / "hub")


def _at_work(project: Project) -> Problem:
    return Problem(
        "A run is at work",
        f"The wizard still works on {project.spec.release} in {project.folder}.",
        "The run goes on.",
        "Open that project to watch or stop it, then open the other one.",
    )


def run_app(start: Start) -> int:
    """Open the screens and return the exit code when the user leaves."""
    from z2jh_wizard.widgets.ascii_drawing import knows_utf8

    gc.disable()
    encoding, mode = locale.getpreferredencoding(False), bool(sys.flags.utf8_mode)
    utf8 = knows_utf8(os.environ, encoding, utf8_mode=mode)
    app = WizardApp(Start(start.folder, start.practice, start.speed, start.ascii_only or not utf8))
    result = app.run()
    gc.enable()
    return int(ExitCode.FAILED) if result is None and app.return_code else int(result or 0)
