"""What costs money is named before it is begun, and nothing happens without a yes."""

from __future__ import annotations

import msgspec
import pytest

from z2jh_wizard.cli import main
from z2jh_wizard.core.spec import Chart, Pool
from z2jh_wizard.project import spec_file
from z2jh_wizard.project.folder import create_project

MACHINES = {
    "gke": ("bio", "us-central1-b", "e2-standard-2", "e2-standard-4"),
    "aks": ("00000000-0000-0000-0000-000000000001", "eastus", "Standard_D2s_v5", "Standard_D4s_v5"),
    "eks": ("123456789012", "eu-south-1", "t3.large", "m5.large"),
}


def project_at(provider, folder):
    account, region, core, user = MACHINES[provider]
    pools = {"core": Pool(1, core), "user": Pool(2, user)}
    made = create_project(folder, provider, chart=Chart(), release="bio101", pools=pools)
    spec = msgspec.structs.replace(made.spec, account=account, region=region)
    (made.folder / "z2jh.yaml").write_bytes(spec_file.dump(spec))
    return made


@pytest.mark.parametrize("provider", MACHINES)
def test_what_costs_money_is_named_and_priced(provider, tmp_path, capsys):
    project = project_at(provider, tmp_path / "hub")
    before = {path: path.read_bytes() for path in project.folder.rglob("*") if path.is_file()}
    assert main(["-C", str(project.folder), "apply"]) == 5
    said = " ".join(capsys.readouterr().err.split())
    assert said.startswith("Not confirmed")
    verb = "These steps cost" if provider == "eks" else "This step costs"
    assert f"{verb} money: Make the cluster" in said
    assert ("Make the pools of nodes" in said) == (provider == "eks")
    assert "a month" in said
    assert "prices of" in said
    assert "--yes" in said
    assert {path: path.read_bytes() for path in project.folder.rglob("*") if path.is_file()} == before


def test_a_cluster_that_cannot_be_stopped_is_resized_instead(tmp_path, capsys):
    project = project_at("gke", tmp_path / "hub")
    for command, instead in (("stop", "z2jh-wizard resize 0"), ("start", "z2jh-wizard resize N")):
        assert main(["-C", str(project.folder), command]) == 5
        assert instead in capsys.readouterr().err
