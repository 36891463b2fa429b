"""Plans an image: what there is to build with, and which commit is to be built."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass
from pathlib import Path

from z2jh_wizard.core.errors import InvalidInput, NeedsYou, WizardError
from z2jh_wizard.system.children import Captured, Child, capture
from z2jh_wizard.system.docker import docker_version
from z2jh_wizard.values import image_builder
from z2jh_wizard.values.image_builder import REPO2DOCKER, Answers, Plan

SHORT_LIMIT = 30.0
"""Seconds for a short question to docker, git or repo2docker."""

_GIT_ASKS_NOBODY = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "SSH_ASKPASS": "",
    "GIT_SSH_COMMAND": "ssh -o BatchMode=yes",
    "GIT_ALLOW_PROTOCOL": "https:ssh",
}
"""Git must neither wait for a password that nobody can type nor start programs that an address names."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What this computer has to build with; an empty ``missing`` means that all is there."""

    docker: str = ""
    repo2docker: str = ""
    missing: str = ""


async def find_tools() -> Tools:
    """Return the versions of Docker and repo2docker, or what is missing in one sentence; never raises."""
    if shutil.which("docker") is None:
        return Tools(missing="There is no docker on this computer.")
    if shutil.which(REPO2DOCKER) is None:
        way = f"pip install {REPO2DOCKER} brings it"
        return Tools(missing=f"There is no {REPO2DOCKER} on this computer; {way}.")
    try:
        docker = await docker_version()
        said = await ask(REPO2DOCKER, "--version")
    except WizardError as error:
        return Tools(missing=f"{error.problem.title}.")
    if said.code != 0:
        return Tools(docker, missing=f"{REPO2DOCKER} does not start here.")
    return Tools(docker, said.stdout.decode("utf-8", "replace").strip()[:40])


async def make_plan(answers: Answers) -> Plan:
    """Return what to build: the commit looked up, the tag made of it where none was typed.

    InvalidInput for answers that cannot be used, NeedsYou where the commit cannot be told.
    """
    for wrong in answers.problems().values():
        raise InvalidInput("An answer cannot be used", wrong, still_works="Nothing was started.")
    repository, ref, tag = answers.repository, answers.ref, answers.tag
    if image_builder.is_url(repository):
        commit = await _remote_commit(repository, ref)
    else:
        repository, commit = await _local_commit(repository, ref, tag)
    return Plan(repository, commit, answers.image, tag or commit[: image_builder.SHORT], answers.place)


async def _remote_commit(repository: str, ref: str) -> str:
    """Return the commit that a branch or tag of a repository names, as ``git ls-remote`` tells it."""
    if image_builder.is_commit(ref):
        return ref
    names = [f"refs/heads/{ref}", f"refs/tags/{ref}^{{}}", f"refs/tags/{ref}"] if ref else ["HEAD"]
    said = await _git("ls-remote", "--", repository, *names)
    if said.code != 0:
        raise _unknown_commit("Git could not ask the repository", last_line(said.stderr))
    lines = said.stdout.decode("utf-8", "replace").splitlines()
    found = {name: commit for commit, _, name in (line.partition("\t") for line in lines)}
    for name in names:
        if image_builder.is_commit(found.get(name, "")):
            return found[name]
    raise _unknown_commit(
        "The repository has no such branch or tag", f"{ref or 'HEAD'} is not among them; check the spelling."
    )


async def _local_commit(repository: str, ref: str, tag: str) -> tuple[str, str]:
    """Return a folder as a whole path, and its commit if what lies there is exactly a commit."""
    folder, is_folder = await asyncio.to_thread(_folder, repository)
    if not is_folder:
        raise InvalidInput(
            f"There is no folder {folder}", "Type another one, or the address of a repository."
        )
    head = await _git("-C", str(folder), "rev-parse", "--verify", f"{ref or 'HEAD'}^{{commit}}")
    here = await _git("-C", str(folder), "rev-parse", "--verify", "HEAD^{commit}")
    commit = head.stdout.decode("ascii", "replace").strip()
    if head.code != 0 or not image_builder.is_commit(commit):
        if ref:
            raise _unknown_commit("The folder has no such branch or tag", f"{ref} is not in {folder}.")
        if tag:
            return str(folder), ""
        raise _unknown_commit("The folder is in no git repository", "So there is no commit to name it after.")
    if here.stdout.decode("ascii", "replace").strip() != commit:
        raise _unknown_commit("Another branch is checked out", f"{folder} does not show {ref} just now.")
    changed = await _git("-C", str(folder), "status", "--porcelain", "--", ".")
    if changed.code == 0 and not changed.stdout.strip():
        return str(folder), commit
    if tag:
        return str(folder), ""
    raise _unknown_commit("The folder has changes", "What lies there is not what the commit says.")


def _folder(text: str) -> tuple[Path, bool]:
    folder = Path(text).expanduser().resolve()
    return folder, folder.is_dir()


def _unknown_commit(title: str, happened: str) -> NeedsYou:
    return NeedsYou(
        title,
        happened,
        still_works="Nothing was built.",
        next_step="Commit, choose another reference, or type a tag of your own, such as 2026-fall.",
    )


async def _git(*words: str) -> Captured:
    if shutil.which("git") is None:
        raise _unknown_commit("There is no git on this computer", "So the commit cannot be looked up.")
    # A repository may name a program for fsmonitor, which looking at its state would start.
    child = Child(("git", "-c", "core.fsmonitor=false", *words), environment=_GIT_ASKS_NOBODY)
    return await capture(child, SHORT_LIMIT)


async def ask(*words: str) -> Captured:
    """Return what a short command says."""
    return await capture(Child(words), SHORT_LIMIT)


def last_line(text: str) -> str:
    """Return the last line that says something."""
    return next((line for line in reversed(text.splitlines()) if line.strip()), "It said nothing.")
