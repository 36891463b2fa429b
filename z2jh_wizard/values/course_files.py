"""Course files from a git repository: fetched at each start of a server, or by a link for students.

Facts: the command of nbgitpuller, ``gitpuller URL BRANCH FOLDER``, and its ``git-pull`` links; the image must
have it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.values import trees
from z2jh_wizard.values.paths import Path
from z2jh_wizard.values.presets import Setting, Settings

_BRANCH = re.compile(r"(?!-)(?!.*\.\.)[\w./+-]{1,200}", re.ASCII)
_FOLDER = re.compile(r"(?![-/.])(?!.*\.\.)[\w. /+-]{1,200}", re.ASCII)
_PULL = 'gitpuller "$0" "$1" "$2" || true'
"""A command that fails keeps the server from starting: a repository that is away must not stop class."""


class CourseFiles(msgspec.Struct, frozen=True):
    """A repository with course files; made by ``course_files``, which checks it."""

    repository: str
    branch: str
    folder: str

    @property
    def settings(self) -> Settings:
        """What fetches the files at each start of a server, into a folder of the student's home."""
        command = ["sh", "-c", _PULL, self.repository, self.branch, self.folder]
        return (Setting(HOOK, {"exec": {"command": command}}),)

    def link(self, hub: str, opens: str = "") -> str:
        """Return a link that fetches the files and opens one of them in JupyterLab, at a hub's address."""
        name = self.repository.removesuffix("/").removesuffix(".git").rpartition("/")[2]
        page = f"lab/tree/{quote(name)}" + (f"/{quote(opens)}" if opens else "")
        query = urlencode({"repo": self.repository, "branch": self.branch, "urlpath": page})
        return f"{hub.rstrip('/')}/hub/user-redirect/git-pull?{query}"


HOOK: Path = ("singleuser", "lifecycleHooks", "postStart")
"""Where the command stands that fetches the files."""


def present_files(hook: Any) -> CourseFiles | None:
    """Return what a hook fetches; None for one that somebody wrote otherwise, or for none."""
    command = trees.look_up(hook, ("exec", "command"))
    if not isinstance(command, list) or command[:3] != ["sh", "-c", _PULL] or len(command) != 6:
        return None
    try:
        found = course_files(*map(str, command[3:]))
    except InvalidInput:
        return None
    return found if found.settings[0].value == hook else None


def problems(texts: Mapping[str, str]) -> dict[str, str]:
    """Return one sentence for each answer (repository, branch, folder) that cannot be used."""
    repository, branch, folder = (texts.get(name, "").strip() for name in ("repository", "branch", "folder"))
    if not repository:
        return {"repository": "Write the address of the repository, such as https://github.com/org/course."}
    good = "https://example.org/course"
    tries = {
        "repository": (repository, "main", ""),
        "branch": (good, branch or "main", ""),
        "folder": (good, "main", folder),
    }
    found = {}
    for name, parts in tries.items():
        try:
            course_files(*parts)
        except InvalidInput as error:
            found[name] = f"{error.problem.title}. {error.problem.happened} {error.problem.next_step}".strip()
    return found


def course_files(repository: str, branch: str = "main", folder: str = "") -> CourseFiles:
    """Return a repository to fetch; without a folder it is named as the repository is.

    Raises InvalidInput for an address that is not https, carries a password, or for odd names.
    """
    try:
        parts = urlsplit(repository)
    except ValueError:  # brackets that are no IPv6 address
        parts = urlsplit("")
    name = parts.path.rstrip("/").removesuffix(".git").rpartition("/")[2]
    if parts.username or parts.password:
        raise InvalidInput(
            "The address of the repository has a password in it",
            "Every student could read it in the server.",
            next_step="Use a public repository.",
        )
    if parts.scheme != "https" or not parts.hostname or not name or re.search(r"[\s{}'\"\\]", repository):
        raise InvalidInput(
            f"{repository[:80]!r} is no address of a repository",
            "It looks like https://github.com/my-school/my-course.",
        )
    if not _BRANCH.fullmatch(branch):
        raise InvalidInput(f"{branch[:80]!r} is no name of a branch", "It is often main, or master.")
    folder = folder or name
    if not _FOLDER.fullmatch(folder):
        raise InvalidInput(
            f"{folder[:80]!r} cannot be the folder of the course files",
            "It is a folder in the student's home, such as course or course/week-1.",
        )
    return CourseFiles(repository, branch, folder)
