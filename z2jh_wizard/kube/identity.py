"""Which cluster it is, also for somebody who sees only one namespace of it.

The UID of ``kube-system`` is different on every cluster; who may not read it is told apart by the ``default``
namespace, by the hub's own, or at last by the server's address and certificate authority. What was used is
part of the identity, and the same is asked for again: two people of different rights compare the same thing.
"""

from __future__ import annotations

import hashlib

from z2jh_wizard.kube import errors, objects
from z2jh_wizard.kube.kubeconfig import Access
from z2jh_wizard.kube.transport import KubeTransport

KUBE_SYSTEM = "kube-system"
_NAMESPACE = "namespace/"
_ADDRESS = "address/"


def namespace_asked(identity: str) -> str:
    """Return the namespace whose UID an identity is; empty for one made of the address."""
    if identity.startswith(_ADDRESS):
        return ""
    name, _, uid = identity.removeprefix(_NAMESPACE).rpartition("/")
    return name if uid and name else KUBE_SYSTEM


def uid_in(identity: str) -> str:
    """Return the UID, or digest, at the end of an identity."""
    return identity.rpartition("/")[2]


def of_address(access: Access) -> str:
    """Return an identity made of how the cluster is reached, which changes when its address does."""
    trust = access.trust
    said = "\n".join((access.server, trust.server_name, "".join(trust.authority.split())))
    return _ADDRESS + hashlib.sha256(said.encode()).hexdigest()[:32]


async def find(transport: KubeTransport, known: str = "", own: str = "") -> str:
    """Return the identity of a cluster, of the sort that ``known`` is.

    Without a known one: the best that may be seen, ``own`` being the hub's namespace. Forbidden when what a
    known identity is made of may not be seen.
    """
    if known.startswith(_ADDRESS):
        return of_address(transport.access)
    if known:
        return (
            await _of_namespace(transport, namespace_asked(known)) or f"{_NAMESPACE}{namespace_asked(known)}/"
        )
    for name in (KUBE_SYSTEM, "default", own):
        try:
            found = await _of_namespace(transport, name) if name else ""
        except errors.Forbidden:
            continue
        if found:
            return found
    return of_address(transport.access)


async def _of_namespace(transport: KubeTransport, name: str) -> str:
    """Return the identity by one namespace; empty where there is none. Forbidden when it may not be seen."""
    tree = await objects.get(transport, objects.namespace_place(name))
    if tree is None:
        return ""
    uid: str = tree["metadata"]["uid"]
    return uid if name == KUBE_SYSTEM else f"{_NAMESPACE}{name}/{uid}"
