"""Signing in to a cloud and saying who pays: found here, typed, pasted, or by a code opened elsewhere."""

from __future__ import annotations

import asyncio
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Literal

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button

from z2jh_wizard.core.errors import InvalidInput, WizardError
from z2jh_wizard.flows import cloud_choices
from z2jh_wizard.flows.cloud_pages import ACCOUNT, ACCOUNT_PAGE, SIGN_IN
from z2jh_wizard.screens.clipboard import Copied
from z2jh_wizard.screens.cloud_asking import CloudScreen
from z2jh_wizard.screens.cloud_sign_in import CodeToType, WaysToSignIn
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.choice_list import ChoiceList, Offer
from z2jh_wizard.widgets.form_field import FormField
from z2jh_wizard.widgets.pick_list import PickList
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.virtual_table import Column

if TYPE_CHECKING:
    from z2jh_wizard.cloud.account import SignInWay
    from z2jh_wizard.flows.cloud_codes import AmazonPage

Mode = Literal["ways", "code", "roles", "signed"]
"""What is done: a way is chosen, a code is waited for, a role is taken, the account is chosen."""

_SHOWN: dict[Mode, tuple[str, ...]] = {
    "ways": ("#ways-to-sign-in", "#pick-account", "#do-sign_in", "#do-refresh", "#do-next"),
    "code": ("#code-to-type",),
    "roles": ("#identity", "#pick-account", "#roles-part", "#do-sign_in"),
    "signed": ("#identity", "#pick-account", "#do-refresh", "#do-other_way", "#do-next"),
}
_PARTS = tuple(dict.fromkeys(part for parts in _SHOWN.values() for part in parts))

_WHO = "Looking who is signed in."


class AccountScreen(CloudScreen):
    """Signs in, then lists what can be billed."""

    STAGE = ACCOUNT_PAGE.id
    BINDINGS = screen_bindings("back", "next", "refresh", "copy")
    ABOUT = (
        "Choose how to sign in; what was found on this computer stands first. Below it stands how to get it, "
        "and F7 copies the address or command in it. Then choose who pays from the list, or type it. A token "
        "that you paste stays in memory: it is written to no file, and the wizard forgets it when it ends."
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._mode: Mode = "ways"
        self._start_page: AmazonPage | None = None

    def parts(self) -> ComposeResult:
        """Make all parts; those of the mode are shown."""
        field = self.question(ACCOUNT)
        answer = self.journey.answers.get(ACCOUNT, "")
        yield WaysToSignIn()
        yield CodeToType()
        yield Plain("", dom_id="identity")
        yield PickList(
            ACCOUNT,
            field.label,
            self.help_for(ACCOUNT),
            answer,
            Column("id", 36),
            Column("name"),
            Column("note"),
        )
        with Vertical(id="roles-part"):
            yield Plain("Which role do you take there?", classes="field-label")
            yield ChoiceList((), dom_id="roles")
            yield Plain("", dom_id="roles-state", classes="pane-state")

    def buttons(self) -> ComposeResult:
        """Next, Sign in, what helps when something failed, and Back."""
        yield ButtonRow(
            ActionButton("next"),
            ActionButton("sign_in"),
            ActionButton("switch_on"),
            ActionButton("other_way"),
            ActionButton("refresh", "Look again"),
            ActionButton("back"),
        )

    def on_mount(self) -> None:
        """Look for credentials, and who is signed in with those that are there."""
        self.show_trouble(None)
        self._show_mode("ways")
        if self._came_back:
            self.show_problems()
        self.ask(self._begin(), "looking for credentials")

    def first_focus(self) -> Widget:
        """Begin at the ways to sign in; at who pays once somebody is signed in, or when that is wrong."""
        wrong = self.journey.problems_of(self.page) if self._came_back else {}
        if self._mode == "ways" and next(iter(wrong), SIGN_IN) == SIGN_IN:
            return self._ways.first()
        return self.pick(ACCOUNT).line

    @property
    def _ways(self) -> WaysToSignIn:
        return self.query_one(WaysToSignIn)

    def _show_mode(self, mode: Mode) -> None:
        self._mode = mode
        for part in _PARTS:
            self.query_one(part).display = part in _SHOWN[mode]
        self.query_one("#do-back", Button).label = Content("Cancel" if mode in ("code", "roles") else "Back")
        words = "Take this role" if mode == "roles" else "Sign in"
        self.query_one("#do-sign_in", Button).label = Content(words)
        self.refresh_bindings()

    # ---- who is signed in ----

    async def _begin(self) -> None:
        cloud = await self._offer_ways()
        if cloud is not None and any(way.there for way in cloud):
            await self._look()

    async def _offer_ways(self) -> tuple[SignInWay, ...] | None:
        try:
            cloud = await self.cloud(anew=True)
            ways = await asyncio.to_thread(cloud.ways)
        except WizardError as error:
            self.show_trouble(error)
            self.query_one("#how", Plain).show("")
            return None
        self._ways.offer(ways, self.journey.answers.get(SIGN_IN, ""))
        return ways

    async def _look(self) -> None:
        """Say who is signed in and what can be billed; back to the ways when nobody is."""
        pick, identity = self.pick(ACCOUNT), self.query_one("#identity", Plain)
        is_anew = self._mode != "signed"
        if is_anew:
            pick.show_rows(())
            pick.show_state("known", "")
        identity.show(f"... {_WHO}")
        self._show_mode("signed")
        try:
            cloud = await self.cloud(anew=True)
            who = await cloud.identity()
            identity.show(cloud_choices.identity_words(who, datetime.now(timezone.utc)))
            self.show_trouble(None)
        except WizardError as error:
            self._fail(error)
            return
        await self._list_accounts()
        if is_anew and (self.focused is None or self.focused.id in ("do-sign_in", "ways", "typed", "secret")):
            pick.line.focus()

    def _fail(self, error: WizardError) -> None:
        """Show the ways to sign in again, and why."""
        self._show_mode("ways")
        self.show_trouble(error)
        self._ways.first().focus()

    async def _list_accounts(self) -> None:
        pick, provider = self.pick(ACCOUNT), self.journey.provider
        kind = cloud_choices.ACCOUNTS.get(provider, "accounts")
        if pick.rows:
            pick.show_state("stale", f"{len(pick.rows)} {kind} as they were; looking again.")
        else:
            pick.show_state("looking", f"Asking for your {kind}.")
        try:
            rows = cloud_choices.account_rows(await (await self.cloud()).accounts())
        except WizardError as error:
            self.show_trouble(error)
            old = f"{len(pick.rows)} {kind} as they were; looking again failed." if pick.rows else ""
            pick.show_state("stale" if old else "failed", old or f"Your {kind} are not known; type the id.")
            return
        self._show_accounts(rows)

    def _show_accounts(self, rows: list[cloud_choices.Row]) -> None:
        pick = self.pick(ACCOUNT)
        if len(rows) == 1 and not pick.value:
            pick.answer(rows[0].key)
        pick.show_rows(rows)
        words = cloud_choices.accounts_words(self.journey.provider, len(rows))
        pick.show_state("known" if rows else "empty", words)
        self._hint()

    def _hint(self) -> None:
        """Say when the account that was typed is not among those that are listed; it is no reason to stay."""
        pick = self.pick(ACCOUNT)
        if not pick.form_field.has_class("-wrong"):
            hint = cloud_choices.account_hint(self.journey.answers, pick.rows)
            pick.form_field.show_line(f"? {hint}" if hint else "")

    def action_refresh(self) -> None:
        """Look again who is signed in; while nobody is, for credentials."""
        self.show_trouble(None)
        if self._mode == "signed":
            self.ask(self._look(), "looking who is signed in")
        elif self._mode == "ways":
            self.ask(self._begin(), "looking for credentials")

    def show_progress(self, line: str) -> None:
        """Show what is being switched on."""
        self.pick(ACCOUNT).show_state("looking", line)

    # ---- signing in ----

    def action_sign_in(self) -> None:
        """Sign in in the chosen way, or take the chosen role."""
        way = self._ways.chosen
        if self._mode == "roles":
            self._take_role()
        elif self._mode == "ways" and way:
            self.show_trouble(None)
            self.ask(self._sign_in(way), "signing in")

    def action_other_way(self) -> None:
        """Show the ways to sign in again."""
        self.show_trouble(None)
        self._show_mode("ways")
        self._ways.first().focus()

    async def _sign_in(self, way: SignInWay) -> None:
        ways, typed = self._ways, self._ways.typed
        needs_code = way.id == "device" or (way.id == "sso" and bool(typed.strip()))
        try:
            if way.id == "sso" and typed.strip() and not ways.page_region:
                raise InvalidInput("The region is needed", "Type the region of the start page, too.")
            if not needs_code:
                await self._use(way, typed)
        except InvalidInput as error:
            ways.show_problem(error.problem.happened)
            ways.line().focus()
            return
        if wrong := self.journey.problems_of(self.page).get(SIGN_IN):
            ways.show_problem(wrong)
            ways.line().focus()
            return
        if needs_code:
            await self._by_code(way, typed.strip())
        else:
            await self._look()

    async def _use(self, way: SignInWay, typed: str) -> None:
        answers = await self.desk.backend.sign_in_by(way, typed)
        for name, value in cloud_choices.kept_directory(self.journey.answers, answers).items():
            self.journey.answer(name, value)
        self._ways.note_use()

    async def _by_code(self, way: SignInWay, address: str) -> None:
        code = self.query_one(CodeToType)
        code.show_asking(cloud_choices.NAMES.get(self.journey.provider, "the cloud"))
        self._show_mode("code")
        self.query_one("#do-back").focus()
        backend = self.desk.backend
        try:
            if way.id == "device":
                await backend.azure_code(self.journey.answers, code.show_code)
                await self._use(way, "")
                await self._look()
                return
            page = await backend.amazon_page(address, self._ways.page_region)
            await page.sign_in(code.show_code)
            await self._use(way, address)
            await self._choose_role(page)
        except WizardError as error:
            self._fail(error)

    # ---- the role at a start page ----

    async def _choose_role(self, page: AmazonPage) -> None:
        self._start_page = page
        pick = self.pick(ACCOUNT)
        self.query_one("#identity", Plain).show(
            "+ The start page knows you. Choose the account and the role."
        )
        self.query_one("#roles", ChoiceList).offer(())
        self._show_mode("roles")
        pick.show_rows(())
        pick.show_state("looking", "Asking for your accounts.")
        self._show_accounts(cloud_choices.account_rows(await page.accounts()))
        pick.line.focus()
        self.ask(self._list_roles(), "asking for roles", "roles")

    async def _list_roles(self) -> None:
        account, state = self.journey.answers.get(ACCOUNT, ""), self.query_one("#roles-state", Plain)
        roles = self.query_one("#roles", ChoiceList)
        if self._start_page is None or not any(row.key == account for row in self.pick(ACCOUNT).rows):
            roles.offer(())
            state.show("- Choose the account first.")
            return
        state.show(f"... Asking for your roles in {account}.")
        try:
            found = await self._start_page.roles(account)
        except WizardError as error:
            state.show(f"! {error.problem.title}.")
            return
        roles.offer([Offer(name, name) for name in found])
        state.show("" if found else "- You have no role there; choose another account.")
        if len(found) == 1 and len(self.pick(ACCOUNT).rows) == 1:
            self._take_role()

    def _take_role(self) -> None:
        role = self.query_one("#roles", ChoiceList).value
        if role and self._start_page:
            self.ask(self._take(self._start_page, role), "taking the role")

    async def _take(self, page: AmazonPage, role: str) -> None:
        try:
            await page.take(self.journey.answers.get(ACCOUNT, ""), role)
        except WizardError as error:
            self.show_trouble(error)
            return
        await self._look()

    # ---- answers ----

    @on(WaysToSignIn.Ready)
    def _ready(self) -> None:
        self.action_sign_in()

    @on(ChoiceList.Entered, "#roles")
    def _role_entered(self) -> None:
        self._take_role()

    @on(PickList.Changed)
    def _changed(self, event: PickList.Changed) -> None:
        event.stop()
        self.changed(event)
        self._hint()
        if self._mode == "roles":
            self.ask(self._list_roles(), "asking for roles", "roles")

    @on(PickList.Picked)
    @on(FormField.Entered)
    def _entered(self, event: PickList.Picked | FormField.Entered) -> None:
        self.check(ACCOUNT)
        following = {"roles": "#roles", "signed": "#do-next", "ways": "#do-next", "code": "#do-back"}
        self.query_one(following[self._mode]).focus()
        event.stop()

    @on(FormField.Left)
    def _left(self) -> None:
        if self.journey.answers.get(ACCOUNT):
            self.check(ACCOUNT)
            self._hint()

    def show_problems(self) -> str:
        """Show the problems, that of the way to sign in beside it."""
        wrong = self.journey.problems_of(self.page)
        self._ways.show_problem(wrong.get(SIGN_IN, ""))
        super().show_problems()
        return next(iter(wrong), "")

    def go_to(self, question: str) -> None:
        """Put the focus on a question; that of the way to sign in may have to be shown first."""
        if question == SIGN_IN:
            self.action_other_way()
            self._ways.line().focus()
        else:
            super().go_to(question)

    def copied(self) -> Copied | None:
        """Return the address or the code, else what the chosen way says to open or to run."""
        if self._mode == "code":
            return self.query_one(CodeToType).copied(self.focused)
        if self._mode == "ways" and self.focused is not None and self.focused.id in ("ways", "do-sign_in"):
            return self._ways.copied()
        return super().copied()

    def action_next(self) -> None:
        """Go on; what was typed to sign in with and not used yet is used first."""
        if self._mode == "ways" and self._ways.is_unused:
            self.action_sign_in()
        elif self._mode in ("ways", "signed"):
            super().action_next()

    def action_back(self) -> None:
        """Go back; while a code or role is waited for, only to the ways to sign in."""
        if self._mode in ("code", "roles"):
            self.workers.cancel_node(self)
            self._start_page = None
            self.action_other_way()
        else:
            super().action_back()
