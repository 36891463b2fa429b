"""Building, trying and pushing an image, with pretended docker and repo2docker."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import pytest

from tests.support.image_programs import Programs, pretend
from tests.support.waiting import wait_until_async
from z2jh_wizard.core.errors import ExitCode, InvalidInput, NeedsYou
from z2jh_wizard.core.events import Outcome, State
from z2jh_wizard.core.spec import Chart
from z2jh_wizard.flows.image_plan import find_tools, make_plan
from z2jh_wizard.flows.run import RunSession
from z2jh_wizard.flows.sessions import new_session
from z2jh_wizard.flows.topic_form import TopicForm
from z2jh_wizard.project.folder import Project, create_project
from z2jh_wizard.values.image_builder import Answers, Plan

COMMIT = "0123456789abcdef0123456789abcdef01234567"
OTHER = COMMIT[::-1]
URL = "https://github.com/you/course"
IMAGE = "quay.io/you/course"
PLAN = Plan(URL, COMMIT, IMAGE, COMMIT[:12])


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    found = pretend(tmp_path / "programs")
    monkeypatch.setenv("PATH", found.path)
    return found


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return create_project(tmp_path / "bio101", "existing", chart=Chart(), release="bio101")


async def build(project: Project, plan: Plan = PLAN) -> tuple[RunSession, Outcome]:
    session = new_session(project, "image", plan=plan)
    return session, await session.run()


def states(session: RunSession) -> dict[str, State]:
    return {event.step: event.state for event in session.events if event.step}


# ---- what there is, and what to build ----


async def test_the_tools_are_found(programs: Programs) -> None:
    tools = await find_tools()
    assert (tools.docker, tools.repo2docker, tools.missing) == ("28.0.1", "2026.4.0", "")


@pytest.mark.parametrize("missing", ["docker", "jupyter-repo2docker"])
async def test_a_tool_that_is_missing_is_named(
    programs: Programs, missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (programs.bin / missing).unlink()
    monkeypatch.setenv("PATH", str(programs.bin))
    assert f"no {missing} on this computer" in (await find_tools()).missing


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Cannot connect to the Docker daemon at unix:///var/run/docker.sock.", "Docker does not run"),
        (
            "permission denied while trying to connect to the Docker daemon socket",
            "You may not use Docker here",
        ),
    ],
)
async def test_a_daemon_that_does_not_run(
    programs: Programs, project: Project, said: str, words: str
) -> None:
    programs.set("down", said)
    assert words in (await find_tools()).missing
    session, outcome = await build(project)
    assert outcome.code == ExitCode.COULD_NOT_LOOK
    assert outcome.problem
    assert outcome.problem.title == words
    assert not [call for call in programs.calls() if call.startswith("jupyter-repo2docker --Repo2Docker")]
    assert states(session) == {"image.docker": State.FAILED}


@pytest.mark.parametrize(
    ("ref", "refs", "commit"),
    [
        ("", f"{COMMIT}\tHEAD\n{OTHER}\trefs/remotes/origin/HEAD\n", COMMIT),
        ("main", f"{COMMIT}\trefs/heads/main\n", COMMIT),
        ("v1", f"{OTHER}\trefs/tags/v1\n{COMMIT}\trefs/tags/v1^{{}}\n", COMMIT),
        ("v1", f"{COMMIT}\trefs/tags/v1\n", COMMIT),
        (COMMIT, "", COMMIT),
    ],
)
async def test_the_commit_of_a_reference(programs: Programs, ref: str, refs: str, commit: str) -> None:
    programs.set("refs", refs)
    plan = await make_plan(Answers(URL, ref, IMAGE, "", "apart"))
    assert (plan.commit, plan.tag) == (commit, commit[:12])
    assert all(" -- https://" in call for call in programs.calls())


@pytest.mark.parametrize("refs", ["", "nonsense\trefs/heads/main\n", f"{COMMIT}\trefs/heads/other\n"])
async def test_a_commit_that_nobody_knows_needs_a_person(programs: Programs, refs: str) -> None:
    programs.set("refs", refs)
    with pytest.raises(NeedsYou, match="no such branch"):
        await make_plan(Answers(URL, "main", IMAGE, "", "apart"))


async def test_a_repository_that_does_not_let_us_in(programs: Programs) -> None:
    with pytest.raises(NeedsYou, match="could not ask") as raised:
        await make_plan(Answers(URL, "main", IMAGE, "", "apart"))
    assert "could not read Username" in raised.value.problem.happened


@pytest.mark.parametrize("url", ["ext::sh -c x", "https://a:secret99@github.com/x/y", ""])
async def test_nothing_is_asked_with_answers_that_cannot_be_used(programs: Programs, url: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        await make_plan(Answers(url, "", IMAGE, "", "apart"))
    assert "secret99" not in str(raised.value)
    assert not programs.calls()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A git repository with one commit, made by the real git."""
    folder = tmp_path / "course"
    folder.mkdir()
    (folder / "requirements.txt").write_text("numpy\n")
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    for words in (("init", "-q", "-b", "main"), ("add", "."), ("commit", "-q", "-m", "Begin"), ("tag", "v1")):
        subprocess.run(("git", *identity, *words), cwd=folder, check=True)
    return folder


async def test_a_folder_is_named_after_its_commit(repository: Path) -> None:
    plan = await make_plan(Answers(str(repository), "", IMAGE, "", "apart"))
    assert len(plan.commit) == 40
    assert plan.repository == str(repository)
    assert await make_plan(Answers(str(repository), "v1", IMAGE, "", "apart")) == plan
    (repository / "requirements.txt").write_text("scipy\n")
    with pytest.raises(NeedsYou, match="has changes"):
        await make_plan(Answers(str(repository), "", IMAGE, "", "apart"))
    typed = await make_plan(Answers(str(repository), "", IMAGE, "2026-fall", "apart"))
    assert (typed.commit, typed.tag) == ("", "2026-fall")


async def test_folders_without_a_commit(repository: Path, tmp_path: Path) -> None:
    with pytest.raises(NeedsYou, match="no such branch"):
        await make_plan(Answers(str(repository), "nowhere", IMAGE, "", "apart"))
    with pytest.raises(InvalidInput, match="no folder"):
        await make_plan(Answers(str(tmp_path / "none"), "", IMAGE, "", "apart"))
    bare = tmp_path / "bare"
    bare.mkdir()
    with pytest.raises(NeedsYou, match="in no git repository"):
        await make_plan(Answers(str(bare), "", IMAGE, "", "apart"))
    assert (await make_plan(Answers(str(bare), "", IMAGE, "1", "apart"))).commit == ""


async def test_a_folder_runs_none_of_its_programs(repository: Path, tmp_path: Path) -> None:
    """Git starts what core.fsmonitor of a repository names, unless it is told not to."""
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    subprocess.run(("git", "config", "core.fsmonitor", str(trap)), cwd=repository, check=True)
    await make_plan(Answers(str(repository), "", IMAGE, "", "apart"))
    assert not (tmp_path / "sprung").exists()


# ---- the run ----


async def test_built_tried_and_pushed(programs: Programs, project: Project) -> None:
    session, outcome = await build(project)
    assert outcome.code == ExitCode.DONE
    assert list(states(session).values()) == [State.ALREADY, State.DONE, State.DONE, State.DONE]
    built = [call for call in programs.calls() if call.startswith("jupyter-repo2docker")]
    assert len(built) == 1
    assert f"--ref {COMMIT} {URL}" in built[0]
    log = session.log_path.read_text()
    assert session.log_path.parent == project.logs
    for line in ("Picked Python content provider", "Step 1/30 : FROM buildpack", "digest: sha256:1234"):
        assert line in log
    journal = project.journal.read_text()
    assert f'"name":"{PLAN.text}"' in journal.replace('": "', '":"')


async def test_the_second_time_nothing_is_done(programs: Programs, project: Project) -> None:
    await build(project)
    session, outcome = await build(project)
    assert outcome.code == ExitCode.DONE
    assert states(session)["image.build"] is State.ALREADY
    assert states(session)["image.push"] is State.ALREADY
    assert len([call for call in programs.calls() if call.startswith("docker push")]) == 1


async def test_another_image_of_the_tag_in_the_registry_is_replaced(
    programs: Programs, project: Project
) -> None:
    programs.set("registry", '[{"Descriptor": {"digest": "sha256:other"}}]')
    session, outcome = await build(project)
    assert outcome.code == ExitCode.DONE
    assert states(session)["image.push"] is State.DONE
    assert "another image of this tag" in session.log_path.read_text()


async def test_another_place_for_the_files_is_another_image(programs: Programs, project: Project) -> None:
    await build(project)
    session, _ = await build(project, Plan(URL, COMMIT, IMAGE, COMMIT[:12], "home"))
    assert states(session)["image.build"] is State.DONE


@pytest.mark.parametrize(
    ("file", "text", "title"),
    [
        ("fail", "ERROR: No matching distribution found for nmupy", "The image could not be built"),
        ("fail", "write /var/lib/docker: no space left on device", "The disk is full"),
        ("kill", "", "The build was killed"),
    ],
)
async def test_a_build_that_fails_is_explained_and_nothing_is_pushed(
    programs: Programs, project: Project, file: str, text: str, title: str
) -> None:
    programs.set(file, text)
    _, outcome = await build(project)
    assert outcome.code == ExitCode.FAILED
    assert outcome.problem
    assert outcome.problem.title == title
    assert text in outcome.problem.happened or file == "kill"
    assert not [call for call in programs.calls() if call.startswith("docker push")]


async def test_an_image_without_jupyterhub_is_not_pushed(programs: Programs, project: Project) -> None:
    programs.set("no-hub")
    _, outcome = await build(project)
    assert outcome.problem
    assert outcome.problem.title == "There is no JupyterHub in the image"
    assert "jupyterhub==5.*" in outcome.problem.next_step
    assert not [call for call in programs.calls() if call.startswith("docker push")]


async def test_another_jupyterhub_is_said(programs: Programs, project: Project) -> None:
    programs.set("hub", "4.1.6\n")
    session, outcome = await build(project)
    assert outcome.code == ExitCode.DONE
    assert "! the image has JupyterHub 4.1.6, the hub is 5.5.0" in session.log_path.read_text()


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("denied: requested access to the resource is denied", "The registry does not let you in"),
        (
            "unauthorized: access to the requested resource is not authorized",
            "The registry does not let you in",
        ),
        (
            "name unknown: The repository with name 'course' does not exist",
            "The registry has no such repository",
        ),
    ],
)
async def test_a_push_that_a_person_can_mend(
    programs: Programs, project: Project, said: str, title: str
) -> None:
    programs.set("denied", said)
    _, outcome = await build(project)
    assert outcome.code == ExitCode.NEEDS_YOU
    assert outcome.problem
    assert outcome.problem.title == title
    assert "docker login --username YOU --password-stdin quay.io" in outcome.problem.next_step
    programs.unset("denied")
    session, outcome = await build(project)
    assert outcome.code == ExitCode.DONE
    assert states(session)["image.build"] is State.ALREADY


async def test_a_stopped_build_leaves_no_process_and_begins_again(
    programs: Programs, project: Project
) -> None:
    programs.set("hang")
    session = new_session(project, "image", plan=PLAN)
    running = asyncio.ensure_future(session.run())
    await wait_until_async(lambda: programs.has("started"), what="the build is at work")
    session.stop()
    outcome = await running
    assert outcome.code == ExitCode.INTERRUPTED
    assert states(session)["image.build"] is State.STOPPED
    assert not programs.has("image")
    programs.unset("hang")
    _, outcome = await build(project)
    assert outcome.code == ExitCode.DONE


async def test_settings_can_be_saved_while_an_image_is_built(programs: Programs, project: Project) -> None:
    programs.set("hang")
    session = new_session(project, "image", plan=PLAN)
    running = asyncio.ensure_future(session.run())
    await wait_until_async(lambda: programs.has("started"), what="the build is at work")
    form = TopicForm.of(project)
    form.put("Image", PLAN.settings)
    assert form.save() == ("config.yaml",)
    session.stop()
    assert (await running).code == ExitCode.INTERRUPTED


async def test_what_the_build_says_is_cleaned_of_secrets(programs: Programs, project: Project) -> None:
    project.secrets.write_text("proxy:\n  secretToken: 0123456789abcdef0123456789abcdef\n")
    programs.set("fail", "token 0123456789abcdef0123456789abcdef \x1b[31mred")
    session, outcome = await build(project)
    texts = [session.log_path.read_text(), str(outcome.problem), *(event.text for event in session.events)]
    assert not [text for text in texts if "0123456789abcdef0123456789abcdef" in text or "\x1b" in text]
