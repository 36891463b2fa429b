"""What a new pod gets, and when it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.practice.simulation import Simulation, pod
from z2jh_wizard.practice import admission
from z2jh_wizard.practice.admission import admit
from z2jh_wizard.practice.resources import PODS
from z2jh_wizard.practice.status import ApiError


def test_a_mistyped_number_of_replicas_does_not_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Simulation(tmp_path).boot().store
    monkeypatch.setattr(admission, "MOST_PODS", store.count(PODS))
    with pytest.raises(ApiError, match="a practice cluster holds at most") as refused:
        admit(store, PODS, pod("one-too-many"), "default")
    assert refused.value.code == 403
