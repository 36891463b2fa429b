"""The project folder: its files by name, opening one and making one."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from z2jh_wizard.core.errors import InvalidInput, Refused
from z2jh_wizard.core.spec import SCHEMA_VERSION, Chart, ClusterSpec, Pool, Provider, Spec, refused_changes
from z2jh_wizard.project import spec_file
from z2jh_wizard.system.files import PUBLIC_FILE, back_up, make_private_folder, read_text, write_atomic

SPEC = "z2jh.yaml"
CONFIG = "config.yaml"
SECRETS = "secrets.yaml"
KUBECONFIG = "kubeconfig"
STATE = ".z2jh"

_GITIGNORE = f"""\
# Secrets, credentials and this computer's own records stay out of git.
{SECRETS}
{KUBECONFIG}
{STATE}/
"""


@dataclass(frozen=True, slots=True)
class Project:
    """A folder for one hub, with the spec as it was read."""

    folder: Path
    spec: Spec

    @property
    def config(self) -> Path:
        """The Helm values, the user's own file."""
        return self.folder / CONFIG

    @property
    def secrets(self) -> Path:
        """Generated and typed secrets, the second values file."""
        return self.folder / SECRETS

    @property
    def kubeconfig(self) -> Path:
        """The kubeconfig of this cluster alone."""
        return self.folder / KUBECONFIG

    @property
    def state(self) -> Path:
        """The wizard's own records about this project on this computer."""
        return self.folder / STATE

    @property
    def journal(self) -> Path:
        """What every run did."""
        return self.state / "journal.jsonl"

    @property
    def logs(self) -> Path:
        """The whole log of each run."""
        return self.state / "logs"

    @property
    def backups(self) -> Path:
        """Numbered copies of files before each change: the undo of settings."""
        return self.state / "backups"

    @property
    def receipts(self) -> Path:
        """What each tear-down removed and what was left."""
        return self.state / "receipts"

    @property
    def practice(self) -> Path:
        """State of the practice cluster."""
        return self.state / "practice"

    def with_spec(self, spec: Spec) -> Project:
        """Write a changed spec, with a backup; Refused when something immutable differs."""
        refused = refused_changes(self.spec, spec)
        if refused:
            raise Refused("This setting cannot change", " ".join(refused), still_works="Nothing was changed.")
        if spec != self.spec:
            path = self.folder / SPEC
            back_up(path, self.backups)
            write_atomic(path, spec_file.dump(spec, read_text(path, SPEC)), PUBLIC_FILE)
        return Project(self.folder, spec)


def is_project(folder: Path) -> bool:
    """Tell whether a folder holds a project."""
    return (folder / SPEC).is_file()


def open_project(folder: Path) -> Project:
    """Open a project folder; InvalidInput when it is none or its z2jh.yaml cannot be used."""
    folder = folder.absolute()
    if not is_project(folder):
        raise InvalidInput(
            "This folder is not a project",
            f"{folder} has no {SPEC}.",
            next_step="Name a project folder with -C, or make one: z2jh-wizard new DIR --provider practice",
        )
    text = read_text(folder / SPEC, SPEC)
    return Project(folder, spec_file.load(text))


def create_project(
    folder: Path,
    provider: Provider,
    *,
    chart: Chart,
    release: str = "jhub",
    namespace: str = "",
    cluster: ClusterSpec | None = None,
    pools: dict[str, Pool] | None = None,
) -> Project:
    """Make a project folder with its spec and .gitignore; Refused when the folder already holds one."""
    return make_folder(
        planned_project(
            folder,
            provider,
            chart=chart,
            release=release,
            namespace=namespace,
            cluster=cluster,
            pools=pools,
        )
    )


def planned_project(
    folder: Path,
    provider: Provider,
    *,
    chart: Chart,
    release: str = "jhub",
    namespace: str = "",
    cluster: ClusterSpec | None = None,
    pools: dict[str, Pool] | None = None,
) -> Project:
    """Return a project of which nothing is on the disk yet; InvalidInput for values that cannot be used."""
    spec = Spec(
        schema_version=SCHEMA_VERSION,
        project_id=secrets.token_hex(6),
        provider=provider,
        release=release,
        namespace=namespace or release,
        chart=chart,
        cluster=cluster or ClusterSpec(),
        pools=pools or {},
    )
    problems = spec.problems()
    if problems:
        raise InvalidInput("The project cannot be made like this", " ".join(problems))
    return Project(folder.absolute(), spec)


def make_folder(project: Project) -> Project:
    """Write the spec and the .gitignore of a planned project; Refused when the folder holds one already."""
    folder = project.folder
    if is_project(folder):
        raise Refused(
            "There is a project already",
            f"{folder} holds a {SPEC}; it was not touched.",
            next_step=f"Open it: z2jh-wizard -C {folder}",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInput("The folder cannot be made", f"{folder}: {error.strerror}.") from error
    make_private_folder(folder / STATE)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        write_atomic(ignore, _GITIGNORE.encode(), PUBLIC_FILE)
    write_atomic(folder / SPEC, spec_file.dump(project.spec), PUBLIC_FILE)
    return project


def keep_from_git(project: Project, pattern: str) -> None:
    """Add a line to the project's .gitignore unless it has it; WizardError when the disk refuses."""
    ignore = project.folder / ".gitignore"
    text = read_text(ignore, ".gitignore") if ignore.exists() else ""
    if pattern not in text.splitlines():
        whole = text if not text or text.endswith("\n") else f"{text}\n"
        write_atomic(ignore, f"{whole}{pattern}\n".encode(), PUBLIC_FILE)
