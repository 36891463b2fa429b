"""What pages with prices share: whose prices they are, and asking the cloud for those of today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from z2jh_wizard.flows import class_size as sizes
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.stage import StageScreen
from z2jh_wizard.system.clock import SystemClock
from z2jh_wizard.widgets.buttons import ActionButton

if TYPE_CHECKING:
    from z2jh_wizard.core.prices import PriceList
    from z2jh_wizard.flows.prices import Market

READ_FOR = 12.0
"""Seconds that what came of it stays on the screen."""


class PricedScreen(StageScreen):
    """A page that counts with prices; nothing is asked of a cloud before somebody wants it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._prices: PriceList | None = None

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

    @property
    def prices(self) -> PriceList | None:
        """Return the prices to count with, None where nothing is rented."""
        if self._prices is None and self.has_machines:
            from z2jh_wizard.flows.prices import price_list

            self._prices = price_list(self._market())
        return self._prices

    def work_out(self) -> None:
        """Count anew."""
        raise NotImplementedError

    def price_buttons(self) -> list[ActionButton]:
        """Return the button that asks for prices, where there are any to ask for."""
        return [ActionButton("refresh", "Refresh prices")] if self.has_machines else []

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There are no prices to ask for where nothing is rented."""
        if action == "refresh" and not self.has_machines:
            return False
        return super().check_action(action, parameters)

    def action_refresh(self) -> None:
        """Ask the cloud for its prices of today; the others are shown until they are there."""
        self.app.notify("Asking the cloud for its prices ...", markup=False)
        self.run_worker(
            self._refresh(), name="asking for prices", group="prices", exclusive=True, exit_on_error=False
        )

    async def _refresh(self) -> None:
        from z2jh_wizard.flows.prices import refresh

        done = await refresh(self._market(), SystemClock().now().date())
        self.app.notify(
            done.sentence,
            severity="information" if done.worked else "warning",
            timeout=READ_FOR,
            markup=False,
        )
        if self.is_attached:
            self._prices = done.prices
            self.work_out()

    def _market(self) -> Market:
        from z2jh_wizard.flows.prices import market_of, market_of_answers

        if self.desk.project:
            return market_of(self.desk.project.spec)
        return market_of_answers(self.desk.journey.answers if self.desk.journey else {})
