"""The capacity command: one machine type, all of a cloud, and words that cannot be used."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cloud.price_lists import AzureList, azure_item
from tests.emulators.serving import serve
from z2jh_wizard.cli import main
from z2jh_wizard.cloud.aks import azure
from z2jh_wizard.core.spec import Chart
from z2jh_wizard.project.folder import create_project


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
    assert {"usd": 0.096, "as_of": "2025-03-02", "region": "us-east-1"}.items() <= found["price"].items()
    assert set(found["allocatable"]) == {"cpu", "memory_bytes", "pods", "disks"}
    assert (found["students_per_node"], found["nodes"], found["binding"]) == (3, 7, "memory")


def test_without_a_machine_all_are_compared_the_cheapest_first(ask):
    code, out, beside = ask("--provider", "gke", "--students", "60")
    prices = [float(line.split()[-1]) for line in out.splitlines()[1:]]
    assert code == 0
    assert len(prices) == 10
    assert prices == sorted(prices)
    assert "! Students' nodes only, on demand, prices of March 2025 in us-central1, " in beside
    assert "months old. capacity --refresh asks" in beside


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


@pytest.fixture
def azure_prices(monkeypatch: pytest.MonkeyPatch) -> Iterator[AzureList]:
    prices = AzureList([azure_item(retailPrice=0.25)])
    with serve(prices.answer) as address:
        monkeypatch.setenv(azure.ELSEWHERE, address)
        yield prices
    assert prices.complaints == []


def test_prices_of_today_are_asked_for_once_and_then_kept(ask, azure_prices: AzureList):
    words = (
        "--provider",
        "aks",
        "--machine",
        "Standard_D4s_v5",
        "--students",
        "60",
        "--region",
        "westeurope",
    )
    code, out, beside = ask(*words)
    assert (code, azure_prices.asked) == (0, [])
    assert "They cost about $1.54 an hour." in out
    code, out, beside = ask(*words, "--refresh")
    assert code == 0
    assert "They cost about $2.00 an hour." in out
    assert "1 of 10 prices are those of today in westeurope, by Azure Retail Prices API." in beside
    assert "months old" not in beside
    asked = len(azure_prices.asked)
    _, out, _ = ask(*words, "--json")
    assert json.loads(out)["price"]["usd"] == 0.25
    assert json.loads(out)["price"]["source"] == "Azure Retail Prices API"
    assert len(azure_prices.asked) == asked > 0


def test_prices_that_cannot_be_asked_for_are_told_and_the_answer_comes_all_the_same(ask, azure_prices):
    azure_prices.items = []
    code, out, beside = ask("--provider", "aks", "--students", "60", "--refresh")
    assert code == 4
    assert "Standard_D4s_v5" in out
    assert "The prices stay as they were." in beside


def test_a_project_on_that_cloud_says_where(ask, azure_prices: AzureList, tmp_path: Path, capsys):
    made = create_project(tmp_path / "p", "aks", chart=Chart(), release="bio101")
    (made.folder / "z2jh.yaml").write_text(
        (made.folder / "z2jh.yaml").read_text() + "region: westeurope\n", encoding="utf-8"
    )
    words = ["capacity", "--provider", "aks", "--students", "6", "--refresh"]
    assert main(["-C", str(made.folder), *words]) == 0
    assert "1 of 10 prices are those of today in westeurope" in capsys.readouterr().err
