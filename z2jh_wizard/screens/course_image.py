"""Images that courses use: what is in each, which one is in force, and the lines that it writes."""

from __future__ import annotations

from collections.abc import Mapping

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widget import Widget

from z2jh_wizard.flows.preset_draft import default_image, would_write
from z2jh_wizard.screens.base import style_sheet
from z2jh_wizard.screens.clipboard import Copied
from z2jh_wizard.screens.tool_screen import ToolScreen
from z2jh_wizard.values.course_images import COURSE_IMAGES, CourseImage, present_image
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.diff_lines import DiffLines
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.virtual_table import Cells, Column, VirtualTable

_BY_NAME: Mapping[str, CourseImage] = {one.name: one for one in COURSE_IMAGES}


class CourseImageScreen(ToolScreen):
    """Offers the images; one is written into the draft for all students."""

    NAME = "course-image"
    HOME = "image"
    SCROLLS = False
    CSS_PATH = style_sheet("presets")
    BINDINGS = screen_bindings("back", "next")
    ABOUT = (
        "Each line is an image that exists, with a tag that does not change during the term. git says "
        "whether nbgitpuller is in it, which fetches course files. Use this makes the marked one the image "
        "of all students; Undo takes that back. F7 copies the image's name."
    )

    # ---- drawing ----

    def why(self) -> str:
        """Say what it is good for."""
        return "The image decides which languages and packages every student finds installed."

    def step_words(self) -> str:
        """Return what the page is about."""
        return "course image"

    def body(self) -> ComposeResult:
        """Make the list, and what the marked one would write."""
        columns = Column("image", 23), Column("git", 4), Column("now", 9), Column("what is in it")
        yield VirtualTable(*columns, dom_id="images")
        yield Plain("", dom_id="image-when")
        yield Plain("What it would change in config.yaml", classes="pane-heading")
        with VerticalScroll(id="image-lines", can_focus=False):
            yield DiffLines(dom_id="would-write")

    def buttons(self) -> ComposeResult:
        """Back, Undo and Use this."""
        yield ButtonRow(ActionButton("next", "Use this"), ActionButton("undo"), ActionButton("back"))

    def on_mount(self) -> None:
        """Show the images, the one in force marked."""
        self._show(present_image(self.form.scene.values)[0] or default_image(self.form))

    def first_focus(self) -> Widget:
        """Begin at the list."""
        return self.query_one("#images")

    def show_draft(self) -> None:
        """Show the images again, the same one marked."""
        self._show(self._marked.name)

    def _show(self, key: str) -> None:
        table = self.query_one(VirtualTable)
        table.show(list(_BY_NAME), self._cells)
        table.mark(key)
        self.show_marked()

    def _cells(self, key: str) -> Cells:
        one = _BY_NAME[key]
        git = "yes" if one.gitpuller else "no"
        return Cells((one.title, git, self._now(one), one.when), "good" if self._now(one) else "")

    def _now(self, one: CourseImage) -> str:
        """Say whether all students have the image now."""
        name, tag = present_image(self.form.scene.values)
        if name != one.name:
            return "default" if not name and default_image(self.form) == one.name else ""
        return "in force" if tag == one.tag else "other tag"

    @property
    def _marked(self) -> CourseImage:
        return _BY_NAME[self.query_one(VirtualTable).marked]

    @on(VirtualTable.Marked)
    def show_marked(self) -> None:
        """Show what is in the marked one, and its lines."""
        one = self._marked
        files = "fetches course files too" if one.gitpuller else "cannot fetch course files by itself"
        self.query_one("#image-when", Plain).show(f"{one.text}\n{one.when} It {files}.")
        lines, why_not = would_write(self.form, one.settings)
        nothing = why_not or "Nothing changes: the file says this already."
        self.query_one("#would-write", DiffLines).show(lines, nothing)

    # ---- actions ----

    @on(VirtualTable.Chosen)
    def action_next(self) -> None:
        """Make the marked one the image of all students."""
        one = self._marked
        if self.put(f"Image {one.title}", one.settings):
            self.app.notify(f"{one.title} is in your answers now.", markup=False)
            self.action_back()

    def copied(self) -> Copied | None:
        """Return the marked image's name with its tag."""
        return Copied("the name of the image", self._marked.text)
