"""The capacity command: one machine type, all of a cloud, and words that cannot be used."""

from __future__ import annotations

import json

import pytest

from z2jh_wizard.cli import main


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]):
    """Run the command outside of any project and return its exit code, its answer and what it says beside."""

    def run(*words: str) -> tuple[int, str, str]:
        code = main(["capacity", *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_one_machine_type(ask):
    code, out, _ = ask("--provider", "aks", "--machine", "Standard_D4s_v5", "--students", "60")
    assert code == 0
    assert out.splitlines()[:2] == [
        "8 students fit on a node; its disks are used up first.",
        "60 students need 8 nodes of Standard_D4s_v5.",
    ]


def test_json_has_the_promised_fields(ask):
    _, out, _ = ask(
        "--provider", "eks", "--machine", "m5.large", "--students", "20", "--memory", "2G", "--json"
    )
    found = json.loads(out)
    assert {"allocatable", "students_per_node", "nodes", "binding"} <= set(found)
    assert set(found["allocatable"]) == {"cpu", "memory_bytes", "pods", "disks"}
    assert (found["students_per_node"], found["nodes"], found["binding"]) == (3, 7, "memory")


def test_without_a_machine_all_are_compared_the_cheapest_first(ask):
    code, out, beside = ask("--provider", "gke", "--students", "60")
    prices = [float(line.split()[-1]) for line in out.splitlines()[1:]]
    assert code == 0
    assert len(prices) == 10
    assert prices == sorted(prices)
    assert "prices of 2025-03-02" in beside


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--machine", "m5.lagre"), "did you mean m5.large"),
        (("--memory", "2Gi"), "write it like 512M"),
        (("--disk", "ten"), "write it like 10Gi"),
    ],
)
def test_what_cannot_be_used_is_told(ask, words: tuple[str, str], sentence: str):
    code, out, beside = ask("--provider", "eks", "--students", "20", *words)
    assert code == 2
    assert not out
    assert sentence in beside


@pytest.mark.parametrize("cores", ["-1", "nan", "many"])
def test_cores_are_a_number(capsys: pytest.CaptureFixture[str], cores: str):
    with pytest.raises(SystemExit) as left:
        main(["capacity", "--provider", "eks", "--students", "20", f"--cpu={cores}"])
    assert left.value.code == 2
    assert "number of cores" in capsys.readouterr().err
