"""One entry of the menu of profiles: its name, image, memory, cores, graphics cards and the like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.flows.profile_draft import ProfileDraft, is_about
from z2jh_wizard.screens.base import style_sheet
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.dialogs import Ask, AskChoice
from z2jh_wizard.screens.messages import Go, Trouble
from z2jh_wizard.screens.profiles import ProfilesScreen, address, path_in
from z2jh_wizard.screens.tool_screen import ToolScreen
from z2jh_wizard.screens.topic import QUIET
from z2jh_wizard.values.course_images import COURSE_IMAGES
from z2jh_wizard.values.forms import Question
from z2jh_wizard.values.paths import Path
from z2jh_wizard.values.profile_form import SIZE_NAMES, size_of, size_texts
from z2jh_wizard.values.profile_menu import Menu, Place, place_of, title_of
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.choice_list import Offer
from z2jh_wizard.widgets.controls import SwitchLine, control, help_text, title
from z2jh_wizard.widgets.diff_lines import DiffLines, WrittenLines
from z2jh_wizard.widgets.form_field import FormField, dom_name
from z2jh_wizard.widgets.plain import Plain

IMAGE, SIZE = "entry.image", "entry.size"
OWN: Final = "own"

_NAMES: Final[Mapping[Place, str]] = {
    Place.PROFILE: "profile",
    Place.OPTION: "list",
    Place.CHOICE: "choice",
    Place.UNLISTED: "free choice",
    Place.UNKNOWN: "entry",
}


class ProfileEntryScreen(ToolScreen):
    """Asks about one entry; nothing is taken over before all of it can be used."""

    NAME = "profile-entry"
    HOME = ProfilesScreen.HOME
    CSS_PATH = style_sheet("profiles")
    BINDINGS = screen_bindings("back", "next", "details")
    ABOUT = (
        "Answer what you like: an empty answer leaves it as it is for all students. Size fills the four "
        "amounts below it. Images lists images that courses use. F2 shows the lines of the file. Done takes "
        "the answers over; keys that are not asked here stay in the file as they are."
    )

    def __init__(self, desk: Desk, topic: str = "", field: str = "") -> None:
        super().__init__(desk, topic, field)
        self._draft = ProfileDraft(self.form)
        self._path: Path = path_in(field)
        self._place = place_of(self._draft.menu, self._path)
        self._asked: dict[str, Question] = self._questions()
        self._texts: dict[str, str] = {}
        self._quiet: Timer | None = None
        self._written = False

    def _questions(self) -> dict[str, Question]:
        form = self._draft.form(self._draft.menu)
        return {one.field.id: one for one in form.questions(self._path)}

    # ---- drawing ----

    def why(self) -> str:
        """Say what is asked about."""
        if self._place is Place.UNKNOWN:
            return "There is nothing to edit here; go back to the menu."
        return f"What students get with this {_NAMES[self._place]}; what stays empty is as for all students."

    def step_words(self) -> str:
        """Return what the page is about."""
        return _NAMES[self._place]

    def body(self) -> ComposeResult:
        """Make the questions."""
        for name, question in self._asked.items():
            if name == "entry.memory-guarantee":
                yield FormField(
                    SIZE,
                    "Size",
                    "Fills the four amounts below; usual: as for all students.",
                    control=self._sizes(),
                )
            yield FormField(
                name,
                title(question),
                help_text(question),
                control=control(question, f"control-{dom_name(name)}"),
            )
        kept = self._draft.form(self._draft.menu).kept(self._path)
        if kept:
            yield Plain(f"Kept as it is in the file: {', '.join(kept)}.", dom_id="entry-kept", classes="hint")

    def _sizes(self) -> SwitchLine:
        offers = [Offer(one, words) for one, words in SIZE_NAMES.items()]
        return SwitchLine([*offers, Offer(OWN, OWN)], self._size_now(), dom_id=f"control-{dom_name(SIZE)}")

    def _size_now(self) -> str:
        """Return the size that the amounts are now."""
        size = size_of({name: self._text(name) for name in self._asked})
        return OWN if size is None else size

    def preview(self) -> Widget | None:
        """Show the file as the answers make it, beside the questions."""
        return Vertical(
            Plain("config.yaml with your answers", classes="pane-heading"),
            DiffLines(dom_id="preview-lines"),
            id="preview",
        )

    def buttons(self) -> ComposeResult:
        """Back, Images and Next."""
        images = [ActionButton("images")] if IMAGE in self._asked and not self._asked[IMAGE].fixed else []
        yield ButtonRow(ActionButton("next", "Done"), ActionButton("back"), *images)

    def on_mount(self) -> None:
        """Show what is wrong already."""
        for name, question in self._asked.items():
            self._field(name).show_problem(question.wrong)
        self.call_after_refresh(self.refresh_preview)

    def first_focus(self) -> Widget:
        """Begin at the first question."""
        fields = list(self.query(FormField))
        return fields[0].control_widget if fields else self.query_one("#do-back")

    # ---- answering ----

    def _field(self, name: str) -> FormField:
        return next(one for one in self.query(FormField) if one.field == name)

    def _text(self, name: str) -> str:
        return self._texts.get(name, self._asked[name].text)

    def _answered(self) -> tuple[Menu, Path, dict[str, str]]:
        return self._draft.answered(self._path, self._texts)

    @on(FormField.Changed)
    def _changed(self, event: FormField.Changed) -> None:
        if event.name == SIZE:
            for name, text in size_texts(event.value).items():
                self._fill(name, text)
            return
        if event.name in self._asked:
            self._texts[event.name] = event.value
        if self._quiet:
            self._quiet.stop()
        self._quiet = self.set_timer(QUIET, self._take)

    def _fill(self, name: str, text: str) -> None:
        """Put a text into a question."""
        widget = self._field(name).control_widget
        if isinstance(widget, Input) and widget.value != text:
            widget.value = text

    def _take(self) -> None:
        """Show what follows from the answers."""
        wrong = self._answered()[2]
        for field in self.query(FormField):
            if field.has_class("-wrong") and field.field not in wrong:
                field.show_problem("")
        if sizes := self.query(f"#control-{dom_name(SIZE)}"):
            line = sizes.first(SwitchLine)
            with line.prevent(SwitchLine.Changed):
                line.value = self._size_now()
        self.refresh_preview()

    @on(FormField.Left)
    def _left(self, event: FormField.Left) -> None:
        if event.name in self._texts:
            self._field(event.name).show_problem(self._answered()[2].get(event.name, ""))

    @on(FormField.Entered)
    def _entered(self, event: FormField.Entered) -> None:
        names = [one.field for one in self.query(FormField)]
        at = names.index(event.name) + 1
        after = self._field(names[at]).control_widget if at < len(names) else self.query_one("#do-next")
        after.focus()

    def on_descendant_focus(self) -> None:
        """Bring the whole question into sight that has the focus."""
        field = next((one for one in self.query(FormField) if one.has_focus_within), None)
        body = self.query_one("#body")
        if field and field.size.height <= body.size.height:
            body.scroll_to_widget(field, animate=False)
        if self._written:
            self.refresh_preview()

    def refresh_preview(self) -> None:
        """Show the lines that the answers write, where there is room or somebody asked."""
        menu, path, _ = self._answered()
        try:
            if self.has_class("-preview"):
                height = max(1, self.query_one("#preview").size.height - 1)
                self.query_one("#preview-lines", DiffLines).show(self._draft.preview(menu, path, height))
            if self._written:
                lines = self._draft.written(menu, (*path, *self._focused_key()))
                self.query_one("#written", WrittenLines).show(*lines)
        except WizardError as error:
            self.post_message(Trouble(error.problem))

    def _focused_key(self) -> Path:
        """Return where the question with the focus stands in the entry; nothing for the whole entry."""
        field = next((one.field for one in self.query(FormField) if one.has_focus_within), "")
        above = len(self._draft.at or ()) + len(self._path)
        return self._asked[field].path[above:] if field in self._asked else ()

    def on_resize(self) -> None:
        """Fill the preview when there is room for it."""
        self.call_after_refresh(self.refresh_preview)

    # ---- actions ----

    def action_images(self) -> None:
        """Offer the images that courses use."""
        offers = [Offer(one.text, one.title, one.when) for one in COURSE_IMAGES]

        def choose(text: str | None) -> None:
            if text:
                self._fill(IMAGE, text)
                self._field(IMAGE).control_widget.focus()

        self.app.push_screen(AskChoice("Images for courses", ["Which one do students get?"], offers), choose)

    async def action_details(self) -> None:
        """Show or hide the lines of the entry."""
        if not self.query("#written"):
            await self.mount(WrittenLines(dom_id="written"), after=self.query_one("#middle"))
        self._written = not self._written
        self.query_one("#written").display = self._written
        self.refresh_preview()
        if self.focused:
            self.call_after_refresh(self.focused.scroll_visible, animate=False)

    def action_next(self) -> None:
        """Take the answers over and go back to the menu; the first problem holds one back."""
        menu, path, wrong = self._answered()
        for name, sentence in wrong.items():
            self._field(name).show_problem(sentence)
        if wrong:
            first = self._field(next(name for name in self._asked if name in wrong))
            first.control_widget.focus()
            self.call_after_refresh(self.query_one("#body").scroll_to_widget, first, animate=False)
            return
        if menu is not self._draft.menu:
            try:
                self._draft.put(f"Edit {title_of(menu, path)}", menu)
            except WizardError as error:
                self.post_message(Trouble(error.problem))
                return
        self._leave(path)

    def action_back(self) -> None:
        """Go back to the menu with the answers; ask when some cannot be used."""
        wrong = self._answered()[2]
        if not wrong:
            self.action_next()
            return
        first = next(iter(wrong.values()))
        lines = [f"{len(wrong)} cannot be used yet. {first}", "The others are taken over if you leave."]
        ask = Ask("Leave what cannot be used?", lines, yes="Leave it out", no="Stay")
        self.app.push_screen(ask, lambda answer: self._give_up(wrong) if answer else None)

    def _give_up(self, wrong: Mapping[str, str]) -> None:
        self._texts = {name: text for name, text in self._texts.items() if not is_about(name, wrong)}
        self.action_next()

    def take(self) -> None:
        """Take the answers that can be used into the draft; the others stay as they were typed."""
        menu, path, wrong = self._answered()
        if menu is not self._draft.menu:
            self._draft.put(f"Edit {title_of(menu, path)}", menu)
            self._path = path
            self._asked = self._questions()
        self._texts = {name: text for name, text in self._texts.items() if is_about(name, wrong)}

    def show_again(self) -> None:
        """Show the entry anew, for the file was changed by hand."""
        self.post_message(Go(self.desk.at, field=address(self._path)))

    def place_in_file(self) -> tuple[str, int]:
        """Return the file with the menu, and the line of the entry."""
        return self._draft.place((*self._path, *self._focused_key()))

    def _leave(self, path: Path) -> None:
        self.post_message(Go(f"profiles/{self.topic}", field=address(path)))
