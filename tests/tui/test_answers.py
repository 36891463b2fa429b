"""The screens write an answers file of what was chosen."""

from __future__ import annotations

from tests.tui.conftest import Open
from z2jh_wizard.flows import answers_file
from z2jh_wizard.project.folder import Project


async def test_the_palette_of_the_settings_writes_answers_that_make_the_same_hub(
    open_app: Open, project: Project
) -> None:
    written = project.folder / "answers.yaml"
    project.config.write_text("cull:\n  timeout: 7200\n")
    async with open_app(folder=project.folder) as person:
        await person.at("DashboardScreen")
        await person.activate("do-settings")
        await person.at("SettingsScreen")
        await person.press("ctrl+p")
        await person.type("answers file")
        await person.sees("makes another hub like it")
        await person.press("enter")
        await person.until(written.exists, "answers.yaml in the project")
    assert "culling.timeout: 7200" in written.read_text()
    other = answers_file.make(project.folder / "other", written.read_bytes(), "answers.yaml", project.folder)
    assert "timeout: 7200" in other.config.read_text()
