"""The questions about a cloud: who is signed in, who pays, where, and on which machines."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from z2jh_wizard.core import capacity, checks
from z2jh_wizard.core.spec import ClusterSpec, Pool, Spec
from z2jh_wizard.flows.page import Answers, Choice, Field, Page, answered

CLOUDS: Final = ("gke", "aks", "eks")
"""Providers that rent machines; those that the catalogue of machine types knows."""

SIGN_IN, ACCOUNT, REGION, MACHINE, TOOL = "sign_in", "account", "region", "machine", "tool"

_FILE, _PROFILE, _TENANT = "file:", "profile:", "tenant:"
_SIGN_INS: Final = {"gke": _FILE, "eks": _PROFILE, "aks": _TENANT}
"""How credentials are named, by provider; each cloud's ``sign_in`` reads it."""

_ACCOUNTS: Final = {
    "gke": (r"(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{1,28}[a-z0-9]", "the id of a Google project, such as bio-101"),
    "aks": (
        r"(?i:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})",
        "the id of an Azure subscription, such as 00000000-0000-0000-0000-000000000000",
    ),
    "eks": (r"\d{12}", "the number of the AWS account, 12 digits"),
}
_REGIONS: Final = {
    "gke": (r"[a-z]+-[a-z]+\d+(?:-[a-z])?", "a zone, such as us-central1-b; a region costs three times"),
    "aks": (r"[a-z0-9]+", "a region, such as westeurope"),
    "eks": (r"[a-z]{2,}(?:-[a-z]+)+-\d", "a region, such as eu-central-1"),
}


def _sign_in(text: str, answers: Answers) -> str | None:
    start = _SIGN_INS.get(answers.get("provider", ""), "")
    if not text or not start:
        return None
    if not text.startswith(start) or text == start:
        return f"Type {start}NAME, or nothing for the credentials that the cloud's own tools would take."
    path = Path(text.removeprefix(_FILE)).expanduser()
    if start == _FILE and not path.is_file():
        return f"There is no file {path}; type {_FILE}PATH of a key file."
    return None


def _account(text: str, answers: Answers) -> str | None:
    return _like(text, _ACCOUNTS.get(answers.get("provider", "")))


def _region(text: str, answers: Answers) -> str | None:
    return _like(text, _REGIONS.get(answers.get("provider", "")))


def wanted(field: str, provider: str) -> str:
    """Return what is to be typed at a cloud, such as ``the id of a Google project``; empty for elsewhere."""
    return {ACCOUNT: _ACCOUNTS, REGION: _REGIONS}[field].get(provider, ("", ""))[1]


def _like(text: str, known: tuple[str, str] | None) -> str | None:
    if known is None or re.fullmatch(known[0], text):
        return None
    return f"Type {known[1]}."


def _machine(text: str, answers: Answers) -> str | None:
    provider = answers.get("provider", "")
    if not text or provider not in CLOUDS:
        return None
    known = [one.name for one in capacity.machines(provider)]
    if text in known:
        return None
    return f"Type one of {', '.join(known[:4])} ...{checks.did_you_mean(text, known)}."


_is_cloud = answered("provider", *CLOUDS)

ACCOUNT_PAGE = Page(
    ACCOUNT,
    "Cloud account",
    "The cluster runs on machines that a cloud rents out: sign in, and say who pays.",
    (
        Field(
            SIGN_IN,
            "Which credentials?",
            "Empty means those of the cloud's own tools; else file:PATH, profile:NAME or tenant:NAME.",
            applies=_is_cloud,
            fits=_sign_in,
        ),
        Field(
            ACCOUNT,
            "Who pays?",
            "The id of a Google project or Azure subscription, the number of an AWS account.",
            applies=_is_cloud,
            fits=_account,
        ),
    ),
)

PLACE_PAGE = Page(
    "place",
    "Place",
    "A cluster stands in one place for good; near your students it answers fastest.",
    (
        Field(
            REGION,
            "Where shall the machines stand?",
            "A zone of Google, a region of Azure or AWS; it cannot be changed later.",
            applies=_is_cloud,
            fits=_region,
        ),
        Field(
            MACHINE,
            "Machine type of the students' nodes",
            "Empty takes the cheapest that fits the class; the page for the class size compares them.",
            applies=_is_cloud,
            fits=_machine,
        ),
    ),
)

TOOL_FIELD = Field(
    TOOL,
    "Which tool makes it?",
    "Each makes a small cluster in Docker on this computer.",
    "choice",
    "",
    (
        Choice("", "The one that is here", "kind, else k3d, else minikube"),
        Choice("kind", "kind", "kind.sigs.k8s.io"),
        Choice("k3d", "k3d", "k3d.io"),
        Choice("minikube", "minikube", "minikube.sigs.k8s.io"),
    ),
    applies=answered("provider", "local"),
)


def with_cloud(spec: Spec, answers: Answers) -> Spec:
    """Return a spec with what the answers say about a cloud, or about a tool on this computer."""
    from msgspec.structs import replace

    if spec.provider == "local":
        return replace(spec, account=answers.get(TOOL, ""), pools={"core": Pool(1), "user": Pool(1)})
    if spec.provider not in CLOUDS:
        return spec
    machine = answers.get(MACHINE, "")
    return replace(
        spec,
        account=answers.get(ACCOUNT, "").strip(),
        region=answers.get(REGION, "").strip(),
        cluster=replace(spec.cluster, sign_in=_lasting(answers.get(SIGN_IN, "").strip())),
        pools={"user": Pool(1, machine)} if machine else {},
    )


def cloud_answers(spec: Spec) -> dict[str, str]:
    """Return the answers from which a spec says what it says about a cloud or a tool."""
    if spec.provider == "local":
        return {TOOL: spec.account}
    if spec.provider not in CLOUDS:
        return {}
    user = spec.pools.get("user", Pool())
    return {
        SIGN_IN: spec.cluster.sign_in,
        ACCOUNT: spec.account,
        REGION: spec.region,
        MACHINE: user.machine,
    }


def planned_cluster(answers: Answers) -> ClusterSpec:
    """Return what the answers say of a cluster that exists already."""
    return ClusterSpec(
        context=answers.get("context", ""), kubeconfig=_absolute(answers.get("kubeconfig", "").strip())
    )


def _lasting(sign_in: str) -> str:
    """Return how credentials are named, a file by a path that means the same in every folder."""
    return f"{_FILE}{_absolute(sign_in.removeprefix(_FILE))}" if sign_in.startswith(_FILE) else sign_in


def _absolute(path: str) -> str:
    return str(Path(path).expanduser().absolute()) if path else ""
