"""Which cluster it is, for accounts that see much or little of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kube.server import Asked, ScriptedServer, as_json, failure
from z2jh_wizard.kube import identity
from z2jh_wizard.kube.errors import Forbidden
from z2jh_wizard.kube.kubeconfig import Access
from z2jh_wizard.kube.tls import Trust
from z2jh_wizard.kube.transport import KubeTransport

SEES = {
    "everything": (["kube-system", "default", "bio101"], "uid-kube-system"),
    "default": (["default", "bio101"], "namespace/default/uid-default"),
    "its own": (["bio101"], "namespace/bio101/uid-bio101"),
}


def seeing(names: list[str]) -> Any:
    def answer(asked: Asked) -> Any:
        name = asked.path.rpartition("/")[2]
        if name in names:
            return as_json({"metadata": {"name": name, "uid": f"uid-{name}"}})
        return failure(403, "Forbidden")

    return answer


@pytest.mark.parametrize("sees", SEES)
async def test_the_best_that_may_be_seen(server: ScriptedServer, transport: KubeTransport, sees: str) -> None:
    names, expected = SEES[sees]
    server.script = seeing(names)
    found = await identity.find(transport, own="bio101")
    assert found == expected
    assert identity.uid_in(found) == f"uid-{identity.namespace_asked(found)}"
    assert await identity.find(transport, found, "bio101") == found


async def test_the_same_thing_is_asked_for_again(server: ScriptedServer, transport: KubeTransport) -> None:
    """An account with more rights compares what the one with fewer wrote down, and the other way round."""
    server.script = seeing(SEES["everything"][0])
    assert await identity.find(transport, "namespace/bio101/uid-bio101") == "namespace/bio101/uid-bio101"
    server.script = seeing(["bio101"])
    with pytest.raises(Forbidden):
        await identity.find(transport, "uid-kube-system", "bio101")
    server.script = lambda _asked: failure(404, "NotFound")
    assert await identity.find(transport, "namespace/bio101/uid-bio101") == "namespace/bio101/"


async def test_an_address_is_the_last_resort(server: ScriptedServer, transport: KubeTransport) -> None:
    server.script = seeing([])
    found = await identity.find(transport, own="bio101")
    assert found == identity.of_address(transport.access)
    assert found.startswith("address/")
    assert identity.namespace_asked(found) == ""
    server.script = seeing(SEES["everything"][0])
    assert await identity.find(transport, found) == found


def test_addresses_differ_by_server_and_authority() -> None:
    one = Access("https://a.example", trust=Trust(authority="A\nB\n"))
    others = [Access("https://b.example", trust=one.trust), Access("https://a.example", trust=Trust("C"))]
    assert identity.of_address(one) not in map(identity.of_address, others)
    assert identity.of_address(one) == identity.of_address(
        Access("https://a.example", context="other", trust=Trust(authority="A\r\nB"))
    )
