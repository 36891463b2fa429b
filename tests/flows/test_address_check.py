"""The whole look at an address: a cluster of the test, servers on this computer, a resolver of the test."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.kube.certificates import Authority, self_signed
from tests.kube.server import Answer, Asked, ScriptedServer, as_json
from z2jh_wizard.cloud.address_probe import Network
from z2jh_wizard.core.errors import CouldNotLook
from z2jh_wizard.core.spec import Chart
from z2jh_wizard.flows.address_check import AddressCheck
from z2jh_wizard.kube.kubeconfig import Access
from z2jh_wizard.kube.rows import ServiceRow
from z2jh_wizard.kube.transport import KubeTransport
from z2jh_wizard.project.folder import Project, create_project
from z2jh_wizard.values.address_checklist import Checklist
from z2jh_wizard.values.address_items import Mark
from z2jh_wizard.values.address_seen import WayIn

HERE, NAME = "127.0.0.1", "hub.example.org"
SECURE = WayIn((NAME,), "letsencrypt")
SERVICE = ServiceRow(
    name="proxy-public", component="proxy-public", type="LoadBalancer", addresses=(HERE,), ports=(80, 443)
)


class Clustered:
    """A cluster that has these services, or cannot be asked."""

    def __init__(
        self, *services: ServiceRow, trouble: str = "", transport: KubeTransport | None = None
    ) -> None:
        self._services = services
        self._trouble = trouble
        self._transport = transport

    def is_configured(self) -> bool:
        return True

    async def services(self, _namespace: str) -> list[ServiceRow]:
        if self._trouble:
            raise CouldNotLook("The cluster does not answer", self._trouble)
        return list(self._services)

    def transport(self) -> KubeTransport:
        assert self._transport
        return self._transport


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return create_project(tmp_path / "bio101", "existing", chart=Chart(), release="bio101")


def resolver(names: Mapping[str, str]) -> Any:
    def ask(name: str, _port: object, **_hints: object) -> list[Any]:
        import socket

        if name.rstrip(".") not in names:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return [(2, 1, 6, "", (names[name.rstrip(".")], 0))]

    return ask


def hub(asked: Asked) -> Answer:
    if asked.path == "/hub/health":
        return Answer(b"", 200, {"X-JupyterHub-Version": "5.5.0"})
    return Answer(b"", 302, {"Location": f"https://{NAME}/"})


@contextlib.contextmanager
def hub_on(authority: Authority, folder: Path) -> Iterator[tuple[ScriptedServer, ScriptedServer]]:
    plain, secure = ScriptedServer(), ScriptedServer(authority.server_context(folder, NAME))
    plain.script = secure.script = hub
    with plain.running(), secure.running():
        yield plain, secure


def marks(found: Checklist) -> dict[str, Mark]:
    return {one.id: one.mark for one in found.items}


async def look(project: Project, cluster: Clustered, network: Network, way: WayIn = SECURE) -> Checklist:
    return await AddressCheck(project, network=network, cluster=cluster).look(way)  # type: ignore[arg-type]


async def test_a_hub_that_is_well(project: Project, tmp_path: Path) -> None:
    authority = Authority()
    with hub_on(authority, tmp_path) as (plain, secure):
        network = Network(
            resolver=resolver({NAME: HERE}), ports=(plain.port, secure.port), authority=authority.pem
        )
        found = await look(project, Clustered(SERVICE), network)
    wrong = {name: mark for name, mark in marks(found).items() if mark is not Mark.DONE}
    # A certificate of the test ends tomorrow, which is worth a word.
    assert wrong == {"certificate": Mark.YOURS}
    assert plain.paths() == ["/"]
    assert secure.paths() == ["/hub/health"]


async def test_before_the_record_the_load_balancer_is_asked_and_nobody_else(
    project: Project, tmp_path: Path
) -> None:
    with hub_on(Authority(), tmp_path) as (plain, secure):
        network = Network(resolver=resolver({NAME: "203.0.113.9"}), ports=(plain.port, secure.port))
        found = await look(project, Clustered(SERVICE), network)
    seen = marks(found)
    assert seen[f"resolves.{NAME}"] is Mark.WRONG
    assert seen["certificate"] is Mark.LATER
    assert seen["health"] is Mark.DONE
    assert found.records[0].line == f"{NAME}. 300 IN A {HERE}"


async def test_the_record_arrives_between_two_looks(project: Project) -> None:
    names: dict[str, str] = {}
    with ScriptedServer().running() as plain:
        plain.script = hub
        check = AddressCheck(
            project,
            network=Network(resolver=resolver(names), ports=(plain.port, 1)),
            cluster=Clustered(SERVICE),  # type: ignore[arg-type]
        )
        way = WayIn((NAME,), "nobody")
        before = marks(await check.look(way))
        names[NAME] = HERE
        after = await check.look(way)
    assert before[f"resolves.{NAME}"] is Mark.WAITING
    assert before["record"] is Mark.YOURS
    assert after.is_done


async def test_a_placeholder_certificate(project: Project, tmp_path: Path) -> None:
    with ScriptedServer(self_signed(tmp_path, "TRAEFIK DEFAULT CERT")).running() as secure:
        secure.script = hub
        network = Network(resolver=resolver({NAME: HERE}), ports=(secure.port, secure.port))
        found = await look(project, Clustered(SERVICE), network)
    assert marks(found)["certificate"] is Mark.WAITING
    assert marks(found)["health"] is Mark.DONE


async def test_a_cluster_that_does_not_answer(project: Project) -> None:
    project.secrets.write_text("proxy:\n  secretToken: 0123456789abcdef0123456789abcdef\n")
    network = Network(resolver=resolver({NAME: "34.1.2.3"}))
    trouble = "No route; token 0123456789abcdef0123456789abcdef"
    found = await look(project, Clustered(trouble=trouble), network)
    address = next(one for one in found.items if one.id == "address")
    assert address.mark is Mark.UNKNOWN
    assert "No route" in address.seen
    assert "0123456789abcdef" not in address.seen
    assert marks(found)[f"resolves.{NAME}"] is Mark.UNKNOWN


async def test_a_load_balancer_with_a_name(project: Project) -> None:
    balancer = "lb.elb.example.net"
    service = ServiceRow(
        name="proxy-public",
        component="proxy-public",
        type="LoadBalancer",
        addresses=(balancer,),
        ports=(80,),
    )
    network = Network(resolver=resolver({NAME: HERE, balancer: HERE}), ports=(1, 1), limit=0.2)
    found = await look(project, Clustered(service), network, WayIn((NAME,), "nobody"))
    assert found.records[0].line == f"{NAME}. 300 IN CNAME {balancer}."
    assert marks(found)[f"resolves.{NAME}"] is Mark.DONE


async def test_an_ingress_tells_its_own_address(project: Project) -> None:
    tree = {"items": [{"status": {"loadBalancer": {"ingress": [{"ip": HERE}]}}}], "metadata": {}}
    with ScriptedServer().running() as server:
        server.script = lambda _asked: as_json(tree)
        transport = KubeTransport(Access(server.url, context="class"))
        try:
            found = await look(
                project,
                Clustered(transport=transport),
                Network(resolver=resolver({NAME: HERE}), ports=(1, 1), limit=0.2),
                WayIn((NAME,), "ingress"),
            )
        finally:
            transport.close()
        assert server.paths() == [f"/apis/networking.k8s.io/v1/namespaces/{project.spec.namespace}/ingresses"]
    assert found.records[0].value == HERE


async def test_names_that_no_host_can_have_are_never_asked_for(project: Project) -> None:
    asked: list[str] = []

    def ask(name: str, *_: object, **__: object) -> list[Any]:
        asked.append(name)
        return []

    network = Network(resolver=ask, ports=(1, 1), limit=0.2)
    way = WayIn(("*.example.org", "a b", "https://x.example.org/", "[red]", NAME), "letsencrypt")
    found = await look(project, Clustered(), network, way)
    assert asked == [f"{NAME}."]
    assert marks(found)["resolves.a b"] is Mark.WRONG
    assert marks(found)["resolves.*.example.org"] is Mark.SKIPPED


async def test_practice_leaves_the_network_alone(tmp_path: Path) -> None:
    project = create_project(tmp_path / "bio101", "practice", chart=Chart(), release="bio101")

    def ask(*_: object, **__: object) -> list[Any]:
        raise AssertionError("a practice hub has no public name")

    found = await look(project, Clustered(SERVICE), Network(resolver=ask))
    assert [one.id for one in found.items] == ["practice", "name", "address", "record"]


async def test_without_a_cluster_there_is_nothing_yet(project: Project) -> None:
    found = await AddressCheck(project, network=Network(resolver=resolver({}))).look(SECURE)
    assert found.open is not None
    assert found.open.id == "address"
    assert found.open.mark is Mark.LATER
