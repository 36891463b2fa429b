"""A course's repository as an image: built here with repo2docker, or with commands to run elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widget import Widget

from z2jh_wizard.core.errors import ExitCode, WizardError
from z2jh_wizard.screens.base import style_sheet
from z2jh_wizard.screens.clipboard import Copied
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.dialogs import YES, Ask
from z2jh_wizard.screens.messages import Go, StartRun, Trouble
from z2jh_wizard.screens.tool_screen import ToolScreen
from z2jh_wizard.values import image_builder as builder
from z2jh_wizard.values.image_builder import Answers, Place, Plan
from z2jh_wizard.values.image_registries import examples
from z2jh_wizard.values.trees import look_up
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.choice_list import Offer
from z2jh_wizard.widgets.form_field import FormField
from z2jh_wizard.widgets.plain import Plain

if TYPE_CHECKING:
    from z2jh_wizard.flows.image_plan import Tools

FLOW = "image"
"""The flow that builds."""

PLACES = (
    Offer("apart", f"In {builder.APART}", "students' volumes do not hide them"),
    Offer("home", "In the home folder", "hidden where students have a volume of their own"),
)


class ImageBuilderScreen(ToolScreen):
    """Asks for repository and name; the build itself is a run, which leaving the screen does not end."""

    NAME = "image-builder"
    HOME = "image"
    CSS_PATH = style_sheet("image_builder")
    BINDINGS = screen_bindings("back", "copy")
    ABOUT = (
        "repo2docker makes an image of a repository: it installs what requirements.txt, environment.yml or a "
        "Dockerfile there ask for. With Docker and repo2docker on this computer Build does it all; without "
        "them run the commands elsewhere and press I have built it. Either way the image goes into the "
        "settings, and Next on the image page saves it."
    )

    def __init__(self, desk: Desk, topic: str = "", field: str = "") -> None:
        super().__init__(desk, topic, field)
        # What was typed, and under ``used`` the image that was taken into the settings.
        self._typed = self.tour.typed.setdefault(self.NAME, {})
        self._tools: Tools | None = None
        self._is_planning = False

    # ---- drawing ----

    def why(self) -> str:
        """Say what it is good for."""
        return "An image made of your course's repository has the same packages for everybody."

    def step_words(self) -> str:
        """Return what the page is about."""
        return "settings Image: build one"

    def body(self) -> ComposeResult:
        """Make the questions, what to know, and the commands."""
        given = self._answers
        provider = self.desk.project.spec.provider if self.desk.project else ""
        yield Plain("", dom_id="used")
        yield Plain("Looking for Docker and repo2docker.", dom_id="tools")
        yield FormField(
            "repository",
            "Repository",
            "An address such as https://github.com/you/course, or a folder.",
            given.repository,
        )
        yield FormField("ref", "Reference", "Branch, tag or commit; empty: its own branch.", given.ref)
        yield FormField(
            "image", "Name of the image", f"In your registry: {examples(provider)[0]}", given.image
        )
        yield FormField("tag", "Tag", "Empty: the commit, so that it always says what is inside.", given.tag)
        yield FormField("place", "The repository's files", "", given.place, PLACES)
        # They can have the focus, so that the keyboard reaches what stands below the last question.
        with VerticalScroll(classes="readable"):
            yield Plain("", dom_id="notes")
        with VerticalScroll(classes="readable"):
            yield Plain("The commands, for any computer with Docker:", classes="heading")
            yield Plain("", dom_id="commands")

    def buttons(self) -> ComposeResult:
        """Build, use what was built elsewhere, copy, back."""
        yield ButtonRow(
            ActionButton("build"),
            ActionButton("built"),
            ActionButton("copy", "Copy commands"),
            ActionButton("back"),
        )

    def on_mount(self) -> None:
        """Look for the tools, and use what was built meanwhile."""
        self._show_answers()
        self._show_tools()
        self._use_what_was_built()
        self._show_used()
        self.run_worker(self._find_tools(), name="looking for Docker", group="tools", exit_on_error=False)

    def first_focus(self) -> Widget:
        """Begin at the repository."""
        return self.query_one("#control-repository")

    def _show_used(self) -> None:
        """Say which image was taken into the settings, as long as they still name it."""
        image = look_up(self.form.scene.values, ("singleuser", "image"))
        text = f"{image.get('name')}:{image.get('tag')}" if isinstance(image, dict) else ""
        line = self.query_one("#used", Plain)
        line.display = bool(text) and text == self._typed.get("used")
        line.show(f"+ {text} is the image in the settings now. Back shows it, Next there saves it.")

    async def _find_tools(self) -> None:
        self._tools = await self.desk.backend.image_tools()
        self._show_tools()

    def _show_tools(self) -> None:
        tools, line = self._tools, self.query_one("#tools", Plain)
        if self._is_building:
            line.show("> An image is being built. Build shows how far it is.")
        elif tools and tools.missing:
            line.show(f"! {tools.missing} Run the commands below elsewhere, then press I have built it.")
        elif tools:
            line.show(f"+ Docker {tools.docker} and repo2docker {tools.repo2docker} are here.")
        line.set_class(bool(tools and tools.missing), "field-error")
        self.query_one("#do-build").disabled = not self._can_build
        self.refresh_bindings()

    @property
    def _can_build(self) -> bool:
        return self._is_building or bool(self._tools and not self._tools.missing and not self._is_planning)

    @property
    def _is_building(self) -> bool:
        run = self.desk.run
        return run is not None and not run.is_over and run.session.name == FLOW

    # ---- answers ----

    @property
    def _answers(self) -> Answers:
        kept = self._typed
        place = cast("Place", kept.get("place", "apart"))
        texts = {name: kept.get(name, "").strip() for name in ("repository", "ref", "image", "tag")}
        return Answers(**texts, place=place)

    @on(FormField.Changed)
    def _changed(self, event: FormField.Changed) -> None:
        self._typed[event.name] = event.value
        if event.name not in self._answers.problems():
            self._field(event.name).show_problem("")
        self._show_answers()

    @on(FormField.Left)
    def _left(self, event: FormField.Left) -> None:
        typed = self._typed.get(event.name, "")
        self._field(event.name).show_problem(self._answers.problems().get(event.name, "") if typed else "")

    @on(FormField.Entered)
    def _entered(self, event: FormField.Entered) -> None:
        names = [one.field for one in self.query(FormField)]
        at = names.index(event.name) + 1
        self.query_one(f"#control-{names[at]}" if at < len(names) else "#do-build").focus()

    def _field(self, name: str) -> FormField:
        return self.query_one(f"#field-{name}", FormField)

    def _show_answers(self) -> None:
        """Show what follows from the answers: what to know, and the commands."""
        answers, scene = self._answers, self.form.scene
        hub = builder.hub_version(scene.version, scene.family)
        self.query_one("#notes", Plain).show("\n".join(builder.notes(scene.values, hub, answers.place)))
        wrong = answers.problems()
        shown = (
            "Type repository and name first." if {"repository", "image"} & set(wrong) else self._commands()
        )
        self.query_one("#commands", Plain).show(shown)

    def _commands(self) -> str:
        answers = self._answers
        return "\n".join(
            f"# {one.about}\n{one.shell()}" for one in builder.by_hand(answers.sketch, answers.ref)
        )

    def _hold_back(self, *names: str) -> bool:
        """Show the problems of these answers, go to the first, and tell whether there is one."""
        wrong = {name: text for name, text in self._answers.problems().items() if name in names}
        for name, text in wrong.items():
            self._field(name).show_problem(text)
        if wrong:
            self.query_one(f"#control-{next(iter(wrong))}").focus()
        return bool(wrong)

    # ---- building here ----

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be built without the tools."""
        if action == "build" and not self._can_build:
            return None
        return super().check_action(action, parameters)

    def action_build(self) -> None:
        """Look the commit up and ask; while an image is being built show that."""
        if self.desk.is_running:
            self.post_message(Go("run"))
        elif not self._hold_back("repository", "ref", "image", "tag"):
            self.run_worker(self._plan(), name="looking up the commit", group="plan", exit_on_error=False)

    async def _plan(self) -> None:
        self._is_planning = True
        self._show_tools()
        try:
            plan = await self.desk.backend.image_plan(self._answers)
        except WizardError as error:
            self.post_message(Trouble(error.problem))
            return
        finally:
            self._is_planning = False
            if self.is_attached:
                self._show_tools()
        self._ask(plan)

    def _ask(self, plan: Plan) -> None:
        what = f"{plan.repository} at {plan.commit[: builder.SHORT]}" if plan.commit else plan.repository
        lines = [
            f"{what} becomes {plan.text}, and is pushed there.",
            "Building runs the repository's code on this computer: build only what you trust.",
            "Leaving the screen does not end it; the settings can be changed meanwhile.",
        ]

        def build(answer: str | None) -> None:
            if answer == YES:
                self.post_message(StartRun(FLOW, plan=plan))

        self.app.push_screen(Ask("Build the image here?", lines, yes="Build and push", no="Cancel"), build)

    def _use_what_was_built(self) -> None:
        """Take an image into the draft that was built since the screen was last here."""
        run = self.desk.run
        if run is None or run.session.name != FLOW or run.outcome is None:
            return
        plan = cast("Plan", run.session.options["plan"])
        is_new = run.outcome.code == ExitCode.DONE and self._typed.get("used") != plan.text
        if is_new and self._use(plan.image, plan.tag):
            self.set_focus(self.query_one("#do-back"))  # from there it is saved

    # ---- built elsewhere ----

    def action_built(self) -> None:
        """Take the image of this name and tag into the draft."""
        if self._hold_back("image", "tag"):
            return
        plan = self._answers.sketch
        if plan.tag == "COMMIT":
            self._field("tag").show_problem("Type the tag that you built it with.")
            self.query_one("#control-tag").focus()
            return
        if self._use(plan.image, plan.tag):
            self.app.notify("The image is in the settings; Next saves it.", markup=False)
            self.action_back()

    def _use(self, image: str, tag: str) -> bool:
        text = f"{image}:{tag}"
        if not self.put(f"Image {text}", builder.image_settings(image, tag)):
            return False
        self._typed["used"] = text
        return True

    # ---- leaving ----

    def copied(self) -> Copied | None:
        """Return the commands; while they are not known what has the focus."""
        if {"repository", "image"} & set(self._answers.problems()):
            return super().copied()
        return Copied("the commands", self._commands() + "\n")

    def show_draft(self) -> None:
        """Show what follows from the settings as they are now."""
        self._show_answers()
        self._show_used()
