"""One measured piece of work in a fresh process: ``python _kube_client.py CLIENT URL COUNT``.

Prints seconds of wall and CPU time and the added peak of memory, without imports and interpreter start.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

Work = Callable[[], int]


def peak() -> int:
    """Kilobytes of memory this process has ever used at once; ru_maxrss would count the parent's too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def ours_list(url: str, _: int) -> Work:
    from z2jh_wizard.kube.kinds import PODS
    from z2jh_wizard.kube.kubeconfig import Access
    from z2jh_wizard.kube.reading import list_rows
    from z2jh_wizard.kube.transport import KubeTransport

    async def work() -> int:
        return len(await list_rows(KubeTransport(Access(url)), PODS, "jhub"))

    return lambda: asyncio.run(work())


def official_list(url: str, _: int) -> Work:
    from kubernetes import client

    configuration = client.Configuration()
    configuration.host = url
    api = client.CoreV1Api(client.ApiClient(configuration))
    return lambda: len(api.list_namespaced_pod("jhub").items)


def ours_watch(url: str, count: int) -> Work:
    from z2jh_wizard.kube.blocking import BlockingTransport
    from z2jh_wizard.kube.kinds import PODS
    from z2jh_wizard.kube.kubeconfig import Access
    from z2jh_wizard.kube.live import LiveStore

    async def work() -> int:
        store = LiveStore(BlockingTransport(Access(url)), "jhub", (PODS,))
        complete = asyncio.Event()

        def look(_: frozenset[str]) -> None:
            # The last event's pod has the last version; versions are not shown, so the follower is asked.
            if store._followers and store._followers[0]._version == str(count + 1):
                complete.set()

        store.listen(look)
        store.start()
        await asyncio.wait_for(complete.wait(), 120)
        await store.stop()
        return count

    return lambda: asyncio.run(work())


def official_watch(url: str, count: int) -> Work:
    from kubernetes import client, watch

    configuration = client.Configuration()
    configuration.host = url
    api = client.CoreV1Api(client.ApiClient(configuration))

    def work() -> int:
        seen = 0
        watcher = watch.Watch()
        for _ in watcher.stream(api.list_namespaced_pod, "jhub", resource_version="1"):
            seen += 1
            if seen == count:
                watcher.stop()
        return seen

    return work


CLIENTS = {
    "ours-list": ours_list,
    "official-list": official_list,
    "ours-watch": ours_watch,
    "official-watch": official_watch,
}


def main() -> None:
    work = CLIENTS[sys.argv[1]](sys.argv[2], int(sys.argv[3]))
    before, wall, cpu = peak(), time.perf_counter(), time.process_time()
    seen = work()
    result = {
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "mib": (peak() - before) / 1024,
    }
    assert seen == int(sys.argv[3]), seen
    print(json.dumps(result))


if __name__ == "__main__":
    main()
