"""How a cluster of Azure is opened: by a certificate, by a token of the directory, and its nodes by a key."""

import base64
import os
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives import serialization

from tests.cloud.contract import went_well
from tests.cloud.test_aks import AzureCase, azure
from z2jh_wizard.cloud.aks import sign_in
from z2jh_wizard.core.errors import InvalidInput, NeedsYou
from z2jh_wizard.project.folder import Project, keep_from_git, open_project

APPLICATION = "6dae42f8-4368-4678-94ff-3960e28e3630"


@pytest.fixture
def case(monkeypatch: pytest.MonkeyPatch) -> Iterator[AzureCase]:
    with azure(monkeypatch) as made:
        yield made


def kubelogin(*args: str) -> dict[str, Any]:
    """Return the user entry of a cluster that is tied to a directory."""
    return {"exec": {"command": "kubelogin", "args": ["get-token", *args]}}


class Directory:
    """A sign-in that has tokens for everything."""

    def __init__(self) -> None:
        self.scopes: list[str] = []

    def get_token(self, scope: str, **_options: Any) -> Any:
        from azure.core.credentials import AccessToken

        if scope == sign_in.SCOPE:
            return sign_in.HeldToken(os.environ[sign_in.TOKEN]).get_token(scope)
        self.scopes.append(scope)
        return AccessToken("of-the-directory", 1_900_000_000)


async def test_a_certificate_of_a_local_account(case, tmp_path):
    project = case.project(tmp_path)
    await case.set_up(project)
    encoded = base64.b64encode(b"PEM").decode()
    case.manager.user = {"client-certificate-data": encoded, "client-key-data": encoded}
    status = await case.provider(project).credential()
    assert status == {"clientCertificateData": "PEM", "clientKeyData": "PEM"}


@pytest.mark.parametrize(
    "user",
    [
        kubelogin("--environment", "AzurePublicCloud", "--server-id", APPLICATION, "--client-id", "x"),
        kubelogin(f"--server-id={APPLICATION}"),
        {"auth-provider": {"name": "azure", "config": {"apiserver-id": APPLICATION}}},
    ],
    ids=["exec", "exec-with-equals", "auth-provider"],
)
async def test_without_local_accounts_the_directory_gives_a_token(case, tmp_path, monkeypatch, user):
    project = case.project(tmp_path)
    await case.set_up(project)
    case.manager.user = user
    with pytest.raises(NeedsYou, match="does not open the cluster"):
        await case.provider(project).credential()
    directory = Directory()
    monkeypatch.setattr(sign_in, "credential", lambda _chosen: (directory, "az"))
    status = await case.provider(project).credential()
    assert status == {"token": "of-the-directory", "expirationTimestamp": "2030-03-17T17:46:40Z"}
    assert directory.scopes == [f"{APPLICATION}/.default"]
    assert "of-the-directory" not in project.kubeconfig.read_text()


async def test_a_kubeconfig_that_names_nothing(case, tmp_path):
    project = case.project(tmp_path)
    await case.set_up(project)
    case.manager.user = kubelogin("--environment", "AzurePublicCloud")
    with pytest.raises(InvalidInput, match="no credentials"):
        await case.provider(project).credential()


def with_key(project: Project) -> Project:
    """Return the same project, which wants a key for its nodes."""
    return project.with_spec(
        msgspec.structs.replace(
            project.spec, cluster=msgspec.structs.replace(project.spec.cluster, ssh_key=True)
        )
    )


async def test_nodes_have_no_key_by_themselves(case, tmp_path):
    project = case.project(tmp_path)
    await case.set_up(project)
    assert "linuxProfile" not in case.cluster()["properties"]
    assert not list(project.folder.glob("ssh-key*"))
    commands = [one.shell() for step in case.provider(project).steps() for one in step.commands()]
    assert any("--no-ssh-key" in one for one in commands)
    assert not any("ssh-keygen" in one for one in commands)


async def test_a_key_that_is_wanted_is_private_and_kept_from_git(case, tmp_path):
    project = with_key(case.project(tmp_path))
    assert open_project(project.folder).spec.cluster.ssh_key
    case.manager.failures.append(("AllocationFailed", "no capacity"))
    await case.set_up(project)
    private, public = project.folder / "ssh-key", project.folder / "ssh-key.pub"
    assert private.stat().st_mode & 0o777 == 0o600
    before = private.read_bytes()
    assert went_well(await case.set_up(project))
    assert private.read_bytes() == before, "a second try keeps it"
    (held,) = case.cluster()["properties"]["linuxProfile"]["ssh"]["publicKeys"]
    assert held["keyData"] == public.read_text().strip()
    key = serialization.load_ssh_private_key(before, None)
    same = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    assert held["keyData"] == f"{same.decode()} z2jh-wizard={project.spec.project_id}"
    assert "ssh-key*" in (project.folder / ".gitignore").read_text().splitlines()
    assert not case.world.complaints
    await case.tear_down(project)
    assert not list(project.folder.glob("ssh-key*"))


async def test_a_key_of_ones_own_is_used_and_stays(case, tmp_path):
    project = with_key(case.project(tmp_path))
    private, public = project.folder / "ssh-key", project.folder / "ssh-key.pub"
    private.write_text("mine")
    assert not went_well(await case.set_up(project)), "half a pair is not written over"
    assert private.read_text() == "mine"
    public.write_text("ssh-rsa AAAA ada@example.edu\n")
    assert went_well(await case.set_up(project))
    (held,) = case.cluster()["properties"]["linuxProfile"]["ssh"]["publicKeys"]
    assert held["keyData"] == "ssh-rsa AAAA ada@example.edu"
    await case.tear_down(project)
    assert (private.read_text(), public.exists()) == ("mine", True)


async def test_the_commands_make_the_same_key(case, tmp_path):
    project = with_key(case.project(tmp_path))
    commands = [one.shell() for step in case.provider(project).steps() for one in step.commands()]
    assert any(one.startswith("ssh-keygen") and "-f ssh-key" in one for one in commands)
    assert any("--ssh-key-value ssh-key.pub" in one for one in commands)


def test_a_line_stands_in_gitignore_once(tmp_path):
    (tmp_path / "hub").mkdir()
    project = Project(tmp_path / "hub", None)  # type: ignore[arg-type]
    ignore = project.folder / ".gitignore"
    keep_from_git(project, "ssh-key*")
    assert ignore.read_text() == "ssh-key*\n"
    ignore.write_text("mine")
    for _ in range(2):
        keep_from_git(project, "ssh-key*")
    assert ignore.read_text() == "mine\nssh-key*\n"
