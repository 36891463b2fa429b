"""Course files from a git repository: fetched at each start of a server, or by a link for students."""

from __future__ import annotations

from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Input

from z2jh_wizard.flows.preset_draft import default_image, would_write
from z2jh_wizard.screens.base import style_sheet
from z2jh_wizard.screens.clipboard import Copied
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.dialogs import Ask
from z2jh_wizard.screens.tool_screen import ToolScreen
from z2jh_wizard.values import trees
from z2jh_wizard.values.address import public_address
from z2jh_wizard.values.course_files import HOOK, CourseFiles, course_files, present_files, problems
from z2jh_wizard.values.course_images import has_gitpuller
from z2jh_wizard.values.forms_lines import Line
from z2jh_wizard.values.look_up import look_up
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.diff_lines import DiffLines
from z2jh_wizard.widgets.form_field import FormField
from z2jh_wizard.widgets.plain import Plain

_QUESTIONS: Final = (
    ("repository", "Repository", "Its address on the web. Example: https://github.com/org/course"),
    ("branch", "Branch", "Empty: main."),
    ("folder", "Folder", "Where the files go in each student's home. Empty: named as the repository."),
    ("opens", "Opens", "For the link: the file that opens, in the repository. Example: week-1.ipynb"),
    ("hub", "Address of the hub", "For the link: what students type into their browser."),
)
_NO_PULLER: Final = (
    "The image of all students has no nbgitpuller, which fetches the files: nothing would be fetched. "
    "Choose an image that has it, or build one."
)
_MAY_LACK: Final = "The image must have nbgitpuller, which fetches the files; pip installs it."
_NO_HOOK: Final = "This chart runs nothing at the start of a server; the link works all the same."


class CourseFilesScreen(ToolScreen):
    """Asks for the repository; makes the link and, if wanted, the command at each start."""

    NAME = "course-files"
    HOME = "image"
    CSS_PATH = style_sheet("presets")
    BINDINGS = screen_bindings("back", "next")
    ABOUT = (
        "Give students a link that fetches the files when they open it: F7 copies it. Or let every server "
        "fetch them when it starts: At each start takes that into your answers. Work of students is never "
        "overwritten: nbgitpuller keeps what they changed."
    )

    def __init__(self, desk: Desk, topic: str = "", field: str = "") -> None:
        super().__init__(desk, topic, field)
        scene = self.form.scene
        self._has_hook = look_up(HOOK, scene.version, scene.family).fine
        present = present_files(trees.look_up(scene.values, HOOK))
        self._texts = {
            "repository": present.repository if present else "",
            "branch": present.branch if present else "",
            "folder": present.folder if present else "",
            "opens": "",
            "hub": public_address(scene.values, scene.version, scene.family).url(),
            **self.tour.typed.get(self.NAME, {}),
        }

    # ---- drawing ----

    def why(self) -> str:
        """Say what it is good for."""
        return "Students find the notebooks of the course in their server, and new ones every week."

    def step_words(self) -> str:
        """Return what the page is about."""
        return "course files"

    def body(self) -> ComposeResult:
        """Make the questions, the link and the lines."""
        yield Plain(self._note(), dom_id="files-note", classes="hint")
        for name, label, help_text in _QUESTIONS:
            yield FormField(name, label, help_text, self._texts[name])
        yield Plain("The link for students", classes="pane-heading")
        yield Plain("", dom_id="files-link")
        yield Plain("What At each start would change in config.yaml", classes="pane-heading")
        yield DiffLines(dom_id="would-write")

    def _note(self) -> str:
        if not self._has_hook:
            return _NO_HOOK
        known = has_gitpuller(self.form.scene.values, default_image(self.form))
        return {True: "", False: _NO_PULLER, None: _MAY_LACK}[known]

    def buttons(self) -> ComposeResult:
        """Back, Undo, Copy and At each start."""
        yield ButtonRow(
            ActionButton("next", "At each start"),
            ActionButton("copy", "Copy link"),
            ActionButton("undo"),
            ActionButton("back"),
        )

    def on_mount(self) -> None:
        """Show what is known already."""
        self.query_one("#files-note").display = bool(self._note())
        self.query_one("#do-next").disabled = not self._has_hook
        self.show_draft()

    def first_focus(self) -> Widget:
        """Begin at the repository."""
        return self.query_one("#control-repository")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing runs at the start of a server in some charts."""
        return None if action == "next" and not self._has_hook else super().check_action(action, parameters)

    @property
    def _files(self) -> CourseFiles | None:
        texts = {name: text.strip() for name, text in self._texts.items()}
        if problems(texts):
            return None
        return course_files(texts["repository"], texts["branch"] or "main", texts["folder"])

    @property
    def _link(self) -> str:
        """The link for students; empty before repository and hub are known."""
        hub = self._texts["hub"].strip()
        return self._files.link(hub, self._texts["opens"].strip()) if self._files and hub else ""

    def show_draft(self) -> None:
        """Show the link and the lines for what is typed."""
        link = self._link
        self.query_one("#files-link", Plain).show(link or "Needs the repository and the address of the hub.")
        lines: tuple[Line, ...] = ()
        nothing = "Needs the repository."
        if self._files and self._has_hook:
            lines, why_not = would_write(self.form, self._files.settings)
            nothing = why_not or "Nothing changes: the file says this already."
        self.query_one("#would-write", DiffLines).show(lines, nothing)

    # ---- answering ----

    @on(FormField.Changed)
    def _changed(self, event: FormField.Changed) -> None:
        self._texts[event.name] = event.value
        self.tour.typed[self.NAME] = self._texts  # kept for whoever comes back before it is used
        for field in self.query(FormField):
            if field.has_class("-wrong") and field.field not in problems(self._texts):
                field.show_problem("")
        self.show_draft()

    @on(FormField.Left)
    def _left(self, event: FormField.Left) -> None:
        if self._texts[event.name].strip():
            self._field(event.name).show_problem(problems(self._texts).get(event.name, ""))

    @on(FormField.Entered)
    def _entered(self, event: FormField.Entered) -> None:
        names = [name for name, _, _ in _QUESTIONS]
        at = names.index(event.name) + 1
        self.query_one(f"#control-{names[at]}" if at < len(names) else "#do-copy").focus()

    def _field(self, name: str) -> FormField:
        return next(one for one in self.query(FormField) if one.field == name)

    def on_descendant_focus(self) -> None:
        """Bring the whole question into sight that has the focus, and the link that it changes."""
        field = next((one for one in self.query(FormField) if one.has_focus_within), None)
        if field:
            below = self.query_one("#files-link") if field.field in ("opens", "hub") else field
            self.query_one("#body").scroll_to_widget(below, animate=False)

    # ---- actions ----

    def _is_wrong(self) -> bool:
        """Show what cannot be used and go there; tell whether there is anything."""
        wrong = problems(self._texts)
        for name, sentence in wrong.items():
            self._field(name).show_problem(sentence)
        if wrong:
            self.query_one(f"#control-{next(iter(wrong))}", Input).focus()
        return bool(wrong)

    def action_copy(self) -> None:
        """Copy the link for students."""
        if self._is_wrong():
            return
        if not self._link:
            self.query_one("#control-hub").focus()
            self.app.notify("Type the address of the hub first.", markup=False)
            return
        super().action_copy()

    def copied(self) -> Copied | None:
        """Return the link for students."""
        return Copied("the link for students", self._link)

    def action_next(self) -> None:
        """Let every server fetch the files; ask when another command stands there."""
        if self._is_wrong() or self._files is None:
            return
        hook = self.form.now.main.document.get(HOOK)
        if hook is None or present_files(hook):
            self._use()
            return
        lines = ["Servers run another command at their start, which would be replaced. Undo brings it back."]
        ask = Ask("Replace what was written by hand?", lines, yes="Replace", no="Keep it")
        self.app.push_screen(ask, lambda answer: self._use() if answer else None)

    def _use(self) -> None:
        assert self._files
        if self.put(f"Course files {self._files.folder}", self._files.settings):
            self.app.notify("Every server fetches the files at its start.", markup=False)
            self.action_back()
