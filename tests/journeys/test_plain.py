"""To a running hub by typed lines alone, as somebody with a screen reader does it."""

from __future__ import annotations

import pytest


@pytest.mark.slow
def test_typed_lines_lead_to_a_running_hub(wizard_of):
    wizard = wizard_of(helm=True)
    lines = ["1", ">", "", "canary-class-word", ">", ">", "3", "cull.timeout", "1", "2h", "", "1", "yes"]
    said = wizard.run("--plain", stdin="".join(f"{line}\n" for line in lines))
    assert "\x1b" not in said.stdout
    assert "canary" not in said.stdout + said.stderr
    assert "+ done     Install the hub jhub with Helm" in said.stdout
    assert wizard.json("status")["release"]["state"] == "deployed"
    assert wizard.run("config", "get", "cull.timeout").stdout == "7200\n"
