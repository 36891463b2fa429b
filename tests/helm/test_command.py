"""Finding a Helm: on PATH, downloaded, bundled, or none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helm.conftest import FakeHelm
from z2jh_wizard.core.errors import NeedsYou
from z2jh_wizard.helm import command
from z2jh_wizard.helm.command import HOW_TO_GET_HELM, HelmCommand, find_helm, search_helm, shim_command
from z2jh_wizard.helm.download import helm_path
from z2jh_wizard.system.children import capture


@pytest.fixture
def without_sdk(monkeypatch):
    monkeypatch.setattr(command, "sdk_is_installed", lambda: False)


@pytest.fixture
def empty(tmp_path) -> str:
    folder = tmp_path / "empty"
    folder.mkdir()
    return str(folder)


async def test_the_helm_on_path_comes_first(fake_helm, tmp_path):
    fake_helm.says_version("v4.3.1+gc0d08d0\n")
    tool = await find_helm(path=str(fake_helm.path.parent), data_folder=tmp_path)
    assert tool.version == (4, 3, 1)
    assert tool.source == "path"
    assert tool.describe() == f"Helm 4.3.1, found on your PATH ({fake_helm.path})."


async def test_asking_for_the_version_keeps_clear_of_clusters(fake_helm, tmp_path):
    fake_helm.says_version("v4.3.1")
    await find_helm(path=str(fake_helm.path.parent), data_folder=tmp_path)
    assert fake_helm.calls == [{"words": ["version", "--short"], "kubeconfig": os.devnull}]


@pytest.mark.parametrize(
    ("said", "sentence", "is_helm2"),
    [
        ({"stdout": "v3.7.2+g663a896"}, "the wizard needs 3.8.0 or newer", False),
        (
            {"stdout": "Client: v2.16.1+gbbdfe5e\n", "stderr": "Error: could not find tiller\n", "code": 1},
            "Helm 2.16.1, which needs Tiller",
            True,
        ),
        ({"stdout": "I am a helmet\n"}, "it does not tell its version", False),
    ],
)
async def test_a_helm_of_no_use_is_said(fake_helm, empty, tmp_path, without_sdk, said, sentence, is_helm2):
    fake_helm.answers({"words": ["version"], **said})
    search = await search_helm(path=str(fake_helm.path.parent), data_folder=tmp_path)
    assert search.tool is None
    assert sentence in search.passed_over[0]
    assert search.helm2 == (str(fake_helm.path) if is_helm2 else "")
    with pytest.raises(NeedsYou) as raised:
        await find_helm(path=str(fake_helm.path.parent), data_folder=tmp_path)
    assert sentence in raised.value.problem.happened


async def test_a_helm_that_cannot_start_is_said(tmp_path, without_sdk):
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "helm").write_bytes(b"\x7fELF of another world")
    (folder / "helm").chmod(0o755)
    search = await search_helm(path=str(folder), data_folder=tmp_path)
    assert search.tool is None
    assert "is of no use" in search.passed_over[0]


async def test_our_download_comes_second(fake_helm, tmp_path):
    fake_helm.says_version("v3.2.0")
    ours = FakeHelm(helm_path(tmp_path).parent)
    ours.says_version("v4.2.3+g1")
    search = await search_helm(path=str(fake_helm.path.parent), data_folder=tmp_path)
    assert search.tool
    assert (search.tool.source, search.tool.version, search.tool.where) == (
        "download", (4, 2, 3), str(helm_path(tmp_path)),
    )  # fmt: skip
    assert "3.2.0" in search.passed_over[0]


@pytest.mark.usefixtures("sdk")
async def test_the_bundled_one_comes_last(empty, tmp_path):
    tool = await find_helm(path=empty, data_folder=tmp_path)
    assert (tool.source, tool.version) == ("sdk", (4, 2, 3))
    assert "bundled" in tool.describe()


async def test_without_any_the_ways_to_get_one_are_told(empty, tmp_path, without_sdk):
    with pytest.raises(NeedsYou) as raised:
        await find_helm(path=empty, data_folder=tmp_path)
    assert raised.value.problem.next_step == HOW_TO_GET_HELM
    for way in ("pip install helm-python-sdk", "z2jh-wizard doctor --fix", "https://helm.sh"):
        assert way in HOW_TO_GET_HELM


def test_looking_for_the_bundled_one_does_not_load_it():
    code = (
        "import sys; from z2jh_wizard.helm.command import sdk_is_installed; sdk_is_installed();"
        "sys.exit('helm_python' in sys.modules)"
    )
    root = str(Path(command.__file__).parents[2])
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": root}, check=False)
    assert done.returncode == 0


def test_the_bundled_helm_is_called_helm_so_that_it_signs_as_helm():
    child = shim_command().child("list", "-o", "json")
    assert Path(child.argv[0]).name == "helm"
    assert list(child.argv[-3:]) == ["list", "-o", "json"]
    assert child.executable == sys.executable


@pytest.mark.usefixtures("sdk")
async def test_the_bundled_helm_imports_nothing_from_where_the_user_stands(tmp_path):
    for name in ("json.py", "signal.py", "z2jh_wizard.py"):
        (tmp_path / name).write_text("raise SystemExit('imported from the working folder')\n")
    said = await capture(shim_command().child("version", "--short", cwd=tmp_path), 30)
    assert (said.code, said.stdout) == (0, b"v4.2.3\n")


@pytest.mark.usefixtures("sdk")
def test_the_bundled_helm_runs_by_its_module_name_too():
    root = str(Path(command.__file__).parents[2])
    words = [sys.executable, "-m", "z2jh_wizard.helm.shim", "version", "--short"]
    done = subprocess.run(words, cwd=root, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b"v4.2.3\n")


def test_a_command_carries_its_environment():
    child = HelmCommand("/bin/helm", environment={"HELM_CACHE_HOME": "/c"}).child("version")
    assert child.environment == {"HELM_CACHE_HOME": "/c"}
