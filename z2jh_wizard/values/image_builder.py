"""An image made of a git repository by repo2docker: what is asked, the commands, and what to know before.

Facts: repo2docker 2026.04, its options and the Dockerfile that it writes (REPO_DIR is $HOME if not told
otherwise; --label since 2022.02); KubeSpawner runs students as user 1000 in charts of Zero to JupyterHub.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.core.step import Command
from z2jh_wizard.values.answer_checks import why_no_image
from z2jh_wizard.values.charts import Family, find
from z2jh_wizard.values.image_registries import login, registry_of
from z2jh_wizard.values.images import parse_image
from z2jh_wizard.values.presets import Settings, setting
from z2jh_wizard.values.trees import MISSING, look_up

REPO2DOCKER = "jupyter-repo2docker"
USER, USER_ID = "jovyan", 1000
HOME = f"/home/{USER}"
APART = "/srv/repo"
"""Where the repository's files go that shall not lie in the home folder."""

PLATFORM = "linux/amd64"
"""What nodes are made of, mostly; computers with ARM processors would build for themselves."""

PLAN_LABEL = "z2jh-wizard.plan"
"""The label of an image that says what it was made of."""

SHORT = 12
"""Characters of a commit in the tag of its image: unique in any repository, and still readable."""

Place = Literal["apart", "home"]

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_REF = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._/+@-]{0,198}[A-Za-z0-9_+@-])?")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_SCP = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*@[A-Za-z0-9][A-Za-z0-9.-]*:(?!/?/)[^\s:]+")
_LONGEST = 500


class Plan(msgspec.Struct, frozen=True):
    """One image to build: of which repository and commit, under which name and tag.

    ``commit`` is empty for a folder that is in no git repository.
    """

    repository: str
    commit: str
    image: str
    tag: str
    place: Place = "apart"

    @property
    def text(self) -> str:
        """The image as ``docker push`` is told it."""
        return f"{self.image}:{self.tag}"

    @property
    def digest(self) -> str:
        """What tells this plan from others; empty when what is built cannot be told by a commit."""
        if not is_commit(self.commit):
            return ""
        parts = "\n".join((self.repository, self.commit, self.place))
        return hashlib.sha256(parts.encode()).hexdigest()[:24]

    @property
    def settings(self) -> Settings:
        """What makes it the image of every student."""
        return image_settings(self.image, self.tag)


class Answers(msgspec.Struct, frozen=True):
    """What was typed; an empty ``ref`` is the repository's own branch, an empty ``tag`` the commit."""

    repository: str = ""
    ref: str = ""
    image: str = ""
    tag: str = ""
    place: Place = "apart"

    def problems(self) -> dict[str, str]:
        """Return one sentence with the fix for each answer that cannot be used, by name."""
        found = {
            "repository": why_no_repository(self.repository),
            "ref": why_no_ref(self.ref),
            "image": why_no_name(self.image),
            "tag": why_no_tag(self.tag),
        }
        return {name: wrong for name, wrong in found.items() if wrong}

    @property
    def sketch(self) -> Plan:
        """The plan as far as it is known without asking the repository; COMMIT stands for the rest."""
        commit = self.ref if is_commit(self.ref) else ""
        shown = commit or ("COMMIT" if is_url(self.repository) else "")
        tag = self.tag or commit[:SHORT] or "COMMIT"
        return Plan(self.repository, shown, self.image, tag, self.place)


def image_settings(image: str, tag: str) -> Settings:
    """Return what makes an image that of every student."""
    return (setting("singleuser.image.name", image), setting("singleuser.image.tag", tag))


def is_url(repository: str) -> bool:
    """Tell whether a repository is an address; else it is a folder."""
    return "://" in repository or _SCP.fullmatch(repository) is not None


def is_commit(ref: str) -> bool:
    """Tell whether a reference is a whole commit id, of SHA-1 or SHA-256."""
    return _COMMIT.fullmatch(ref) is not None


# ---- what is typed: each check returns one sentence with the fix, or nothing ----


def why_no_repository(text: str) -> str:
    """Check the address of a repository, or a folder: no passwords, no programs as addresses."""
    if not text:
        return "Type the address of a git repository, or a folder of this computer."
    if text.startswith("-") or len(text) > _LONGEST or not text.isprintable() or "::" in text:
        return "Write an address such as https://github.com/you/course, or a folder."
    if not is_url(text):
        return ""
    if "://" not in text:
        return ""
    try:
        parts = urlsplit(text)
        host, password, user = parts.hostname or "", parts.password, parts.username
    except ValueError:
        return "Write an address such as https://github.com/you/course."
    if password is not None or (parts.scheme == "https" and user is not None):
        return "Leave the password out: others can read it in commands. Let git's credential helper keep it."
    if parts.scheme not in ("https", "ssh") or not host or host.startswith("-") or " " in text:
        return "Write an address that begins with https:// or ssh://, such as https://github.com/you/course."
    return ""


def why_no_ref(text: str) -> str:
    """Check a branch, tag or commit; empty is the repository's own branch."""
    if text and (not _REF.fullmatch(text) or ".." in text or "//" in text or "@{" in text):
        return "Write the name of a branch or tag, such as main, or a whole commit id."
    return ""


def why_no_name(text: str) -> str:
    """Check the name of an image that can be pushed: with a registry or an account before it."""
    if not text:
        return "Type the name that the image gets in your registry."
    if wrong := why_no_image(text):
        return wrong
    try:
        parse_image(text)
    except InvalidInput as error:
        return error.problem.happened
    if "/" not in text:
        return "Write registry and account before the name, such as quay.io/you/course."
    if registry_of(text).id == "gcr":
        return "gcr.io is closed; use Artifact Registry: region-docker.pkg.dev/project/repository/course."
    return ""


def why_no_tag(text: str) -> str:
    """Check a tag of one's own; empty is the commit."""
    if text == "latest":
        return "Write a tag that does not change, such as 2026-fall; latest is another image every day."
    return "" if not text or _TAG.fullmatch(text) else "Use letters, digits, dots, hyphens: 2026-fall."


# ---- commands ----


def build_command(plan: Plan) -> tuple[str, ...]:
    """Return the command that builds the image."""
    words = [
        REPO2DOCKER,
        f"--Repo2Docker.platform={PLATFORM}",
        "--no-run",
        "--user-name",
        USER,
        "--user-id",
        str(USER_ID),
    ]
    words += ["--image-name", plan.text]
    if plan.digest:
        words += ["--label", f"{PLAN_LABEL}={plan.digest}"]
    if plan.place == "apart":
        words += ["--target-repo-dir", APART]
    if plan.commit and is_url(plan.repository):
        words += ["--ref", plan.commit]
    return (*words, plan.repository)


def version_command(plan: Plan) -> tuple[str, ...]:
    """Return the command that asks the image for its JupyterHub; it gets no network."""
    run = ("docker", "run", "--rm", "--network", "none", "--entrypoint", "jupyterhub")
    return (*run, plan.text, "--version")


def push_command(plan: Plan) -> tuple[str, ...]:
    """Return the command that puts the image into its registry."""
    return ("docker", "push", plan.text)


def by_hand(plan: Plan, ref: str = "") -> tuple[Command, ...]:
    """Return what to type on a computer with Docker; without a commit the first line tells it."""
    commands = [Command(("pip", "install", REPO2DOCKER), "Get repo2docker; Docker must run")]
    if is_url(plan.repository) and not is_commit(plan.commit):
        commands.append(Command(("git", "ls-remote", plan.repository, ref or "HEAD"), "Tells the COMMIT"))
    commands.append(Command(build_command(plan), "Build; this runs the repository's code"))
    commands += login(plan.image)
    commands.append(Command(push_command(plan), "Put it into the registry"))
    return tuple(commands)


# ---- what to know before ----


def hidden_home(values: Mapping[str, Any]) -> bool:
    """Tell whether a student's volume hides what the image has in the home folder."""
    if look_up(values, ("singleuser", "storage", "type")) == "none":
        return False
    found = look_up(values, ("singleuser", "storage", "homeMountPath"))
    mount = HOME if found is MISSING or not isinstance(found, str) else found.rstrip("/")
    return mount == HOME or HOME.startswith(f"{mount}/")


def hub_version(version: str, family: Family) -> str:
    """Return the JupyterHub that a chart brings; empty when that is not known."""
    known = find(version, family)
    return known.jupyterhub if known else ""


def notes(values: Mapping[str, Any], hub: str, place: Place) -> tuple[str, ...]:
    """Return what to know before the image is built, the most important first."""
    found = ["! Building runs the repository's code on this computer: build only what you trust."]
    copies = "nbgitpuller, put into the image, copies them into each student's folder."
    if hidden_home(values) and place == "home":
        found.append(
            f"! Each student's volume is mounted on {HOME} and hides the repository's files there: students "
            f"see an empty folder. Keep the files in {APART}, or {copies}"
        )
    elif place == "apart":
        found.append(
            f"i The repository's files go to {APART} (REPO_DIR), where no student's volume hides them. "
            f"Nobody finds them by themselves: {copies}"
        )
    if hub:
        found.append(
            f"i The hub is JupyterHub {hub}. repo2docker puts JupyterHub in; a Dockerfile of the repository "
            f"must do so itself: pip install jupyterhub=={hub.partition('.')[0]}.*"
        )
    found.append("i If the image is not public, the cluster needs a pull secret: see the image page.")
    return tuple(found)


def version_warning(said: str, hub: str) -> str:
    """Return what is wrong with the JupyterHub in an image; empty when it fits, or either is not known."""
    match = re.search(r"[0-9]+(?:\.[0-9]+)+", said)
    if not match or not hub or match[0].partition(".")[0] == hub.partition(".")[0]:
        return ""
    return f"the image has JupyterHub {match[0]}, the hub is {hub}: their first numbers should be the same"
