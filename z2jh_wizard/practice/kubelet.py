"""The kubelets: they mount, pull, start, probe, restart and stop, and report it as events and status."""

from __future__ import annotations

from collections.abc import Iterable

from z2jh_wizard.practice.cluster import Cluster, Task
from z2jh_wizard.practice.controllers.base import Controller
from z2jh_wizard.practice.history import Change
from z2jh_wizard.practice.image_pulls import ImagePuller
from z2jh_wizard.practice.meta import (
    ObjectKey,
    containers_of,
    init_containers_of,
    is_done,
    is_terminating,
    is_true,
    key_of,
    node_of,
    status_of,
    uid_of,
)
from z2jh_wizard.practice.objects import Object, copy_json
from z2jh_wizard.practice.pod_mounts import Mounts, missing_in_environment
from z2jh_wizard.practice.pod_status import (
    new_container,
    phase_of,
    quality_of_service,
    set_pod_conditions,
    started_container,
    terminated,
    waiting,
)
from z2jh_wizard.practice.programs import ContainerRun, PodRunner, SimulatedRunner
from z2jh_wizard.practice.resources import CONFIG_MAPS, NODES, PERSISTENT_VOLUME_CLAIMS, PODS, SECRETS

FIRST_BACKOFF_SECONDS = 10
LONGEST_BACKOFF_SECONDS = 300
_SANDBOX_SECONDS = 0.2
_FIRST_PROBE_MARGIN = 1.0


class Kubelet(Controller):
    """All kubelets of the cluster: each look brings one pod forward by one step."""

    name = "kubelet"
    watches = (PODS, NODES, SECRETS, CONFIG_MAPS, PERSISTENT_VOLUME_CLAIMS)

    def __init__(self, cluster: Cluster, runner: PodRunner | None = None) -> None:
        super().__init__(cluster)
        self.runner: PodRunner = runner or SimulatedRunner(cluster)
        self.images = ImagePuller(self)
        self.mounts = Mounts(self)
        self._crashes: dict[tuple[str, str], int] = {}

    def keys(self, change: Change) -> Iterable[ObjectKey]:
        """Look at a changed pod; at pods that wait when what they wait for may be there."""
        if change.resource.key == PODS.key:
            key = key_of(change.object)
            return (key, *self.mounts.waiting_for_detach(change)) if node_of(change.object) else (key,)
        if change.resource.key == NODES.key:
            return [
                key_of(pod)
                for pod in self.cluster.index.pods_on(key_of(change.object).name)
                if _unsettled(pod)
            ]
        return self.mounts.stuck_in(change.object["metadata"]["namespace"])

    def reconcile(self, key: ObjectKey) -> None:
        """Bring one pod forward."""
        pod = self.store.get(PODS, *key)
        if pod is None:
            self._forget(key)
            return
        node = self.store.get(NODES, "", node_of(pod))
        if node is None:
            return
        if self.cluster.faults.lost_node == node_of(pod):
            return  # nobody is there to do anything
        if is_terminating(pod):
            self._stop(pod)
        elif not is_done(pod) and (is_true(node, "Ready") or status_of(pod).get("startTime")):
            PodStep(self, pod, node).take()

    def _stop(self, pod: Object) -> None:
        """Let the containers of a pod end within their grace time, then remove it."""
        key, status = key_of(pod), status_of(pod)
        running = [c for c in status.get("containerStatuses") or [] if c["state"].get("running")]
        grace = float(pod["metadata"].get("deletionGracePeriodSeconds") or 0)
        by_name = {c["name"]: c for c in containers_of(pod)}
        seconds = [self.runner.stop_seconds(ContainerRun(pod, by_name[c["name"]])) for c in running]
        for each in () if self.has_begun(key, "stop") else running:
            self.event(pod, "Killing", f"Stopping container {each['name']}")
        if self.passed(key, "stop", min(grace, max(seconds, default=0.0))):
            self.store.remove(PODS, pod)

    def crashes(self, pod: Object, container: Object) -> int:
        """Return how often a container has crashed in a row."""
        return self._crashes.get((uid_of(pod), container["name"]), 0)

    def crashed(self, pod: Object, container: Object) -> int:
        """Count one more crash in a row, and return the number."""
        key = (uid_of(pod), container["name"])
        self._crashes[key] = self._crashes.get(key, 0) + 1
        return self._crashes[key]

    def forgive(self) -> None:
        """Let containers in back-off start at once, as when the fault that stopped them is cleared."""
        self._crashes.clear()
        self.images.forgive()
        for pod in self.store.list(PODS):
            if not is_done(pod):
                self.cluster.delays.forget(Task(self.name, key_of(pod)))
                self.look_at(key_of(pod))

    def forget_pod(self, uid: str) -> None:
        """Forget what was counted for a pod that is gone."""
        self.runner.forget(uid)
        self.images.forget_pod(uid)
        for key in [key for key in self._crashes if key[0] == uid]:
            del self._crashes[key]

    def _forget(self, key: ObjectKey) -> None:
        self.forget(key)
        self.mounts.forget(key)
        for woken in self.images.forget(key):
            self.look_at(woken)


def _unsettled(pod: Object) -> bool:
    return status_of(pod).get("phase") == "Pending" or is_terminating(pod) or not is_true(pod, "Ready")


class PodStep:
    """One look of a kubelet at one pod."""

    def __init__(self, kubelet: Kubelet, pod: Object, node: Object) -> None:
        self._kubelet = kubelet
        self._cluster = kubelet.cluster
        self._pod = pod
        self._node = node
        self._key = key_of(pod)
        self._now = kubelet.cluster.now_text()
        self._status = copy_json(status_of(pod))

    def take(self) -> None:
        """Do what is next for the pod, and write its status if that changed."""
        self._begin()
        mounted = self._kubelet.mounts.ready(self._pod)
        if mounted and self._kubelet.passed(self._key, "sandbox", _SANDBOX_SECONDS):
            self._get_address()
            if self._run_init_containers():
                self._run_containers()
        self._finish()

    def _begin(self) -> None:
        """Fill in what a kubelet reports when it sees a pod for the first time."""
        status = self._status
        status.setdefault("phase", "Pending")
        if status.get("startTime"):
            return
        inits = init_containers_of(self._pod)
        reason = "PodInitializing" if inits else "ContainerCreating"
        address = next(
            (a["address"] for a in status_of(self._node).get("addresses") or [] if a["type"] == "InternalIP"),
            "",
        )
        status.update(
            hostIP=address,
            hostIPs=[{"ip": address}],
            startTime=self._now,
            qosClass=quality_of_service(self._pod),
            containerStatuses=[new_container(c, reason) for c in containers_of(self._pod)],
        )
        if inits:
            status["initContainerStatuses"] = [new_container(c, "PodInitializing") for c in inits]

    def _get_address(self) -> None:
        status = self._status
        if status.get("podIP"):
            return
        address = status["hostIP"] if self._pod["spec"].get("hostNetwork") else self._free_address()
        status["podIP"] = address
        status["podIPs"] = [{"ip": address}]

    def _free_address(self) -> str:
        """Return a free address of the node's network."""
        network = (self._node["spec"].get("podCIDR") or "10.244.255.0/24").rpartition(".")[0]
        name = self._node["metadata"]["name"]
        taken = {status_of(pod).get("podIP") for pod in self._cluster.index.pods_on(name)}
        return next(f"{network}.{host}" for host in range(2, 255) if f"{network}.{host}" not in taken)

    # Containers

    def _run_init_containers(self) -> bool:
        """Bring init containers forward, one after the other; say whether all are done."""
        for container in init_containers_of(self._pod):
            status = self._container_status("initContainerStatuses", container)
            ended = status["state"].get("terminated")
            if ended and ended["exitCode"] == 0:
                continue
            sidecar = container.get("restartPolicy") == "Always"
            status = self._step(container, status, init=True)
            self._put("initContainerStatuses", status)
            ended = status["state"].get("terminated")
            if ended and ended["exitCode"] == 0 and not sidecar:
                continue
            if not (sidecar and status.get("started")):
                return False
        return True

    def _run_containers(self) -> None:
        for container in containers_of(self._pod):
            status = self._container_status("containerStatuses", container)
            if status["state"].get("waiting", {}).get("reason") == "PodInitializing":
                status = {**status, "state": waiting("ContainerCreating")}
            self._put("containerStatuses", self._step(container, status, init=False))

    def _container_status(self, part: str, container: Object) -> Object:
        found: Object = next(c for c in self._status[part] if c["name"] == container["name"])
        return found

    def _put(self, part: str, status: Object) -> None:
        self._status[part] = [status if c["name"] == status["name"] else c for c in self._status[part]]

    def _step(self, container: Object, status: Object, *, init: bool) -> Object:
        """Bring one container forward, and return its new status."""
        state = status["state"]
        if state.get("running"):
            return self._look(container, status, init=init)
        if state.get("terminated"):
            return self._after_end(container, status, init=init)
        if state["waiting"]["reason"] == "CrashLoopBackOff" and not self._backoff_over(container):
            return status
        problem = self._kubelet.images.problem(self._pod, self._node, container, status)
        if problem is None:
            problem = self._environment_problem(container)
        if problem is not None:
            return {**status, "state": problem}
        return self._start(container, status, init=init)

    def _environment_problem(self, container: Object) -> Object | None:
        """Return the waiting state of a container whose environment names something missing."""
        missing = missing_in_environment(self._kubelet.store, self._key.namespace, container)
        if not missing:
            return None
        self._kubelet.event(self._pod, "Failed", f"Error: {missing}", warning=True)
        self._kubelet.mounts.wait(self._key)
        return waiting("CreateContainerConfigError", missing)

    def _start(self, container: Object, status: Object, *, init: bool) -> Object:
        again = bool(status["lastState"].get("terminated") or status["state"].get("terminated"))
        new = started_container(self._pod, container, status, self._now, again=again)
        self._kubelet.event(self._pod, "Created", "Container created")
        self._kubelet.event(self._pod, "Started", "Container started")
        run = ContainerRun(self._pod, container, new["restartCount"], init)
        self._kubelet.runner.start(run)
        self._first_probe(container, run)
        return self._look(container, new, init=init)

    def _first_probe(self, container: Object, run: ContainerRun) -> None:
        """Report the probe that comes before the program serves, as nearly every hub does."""
        probe = container.get("readinessProbe") or {}
        boot = self._kubelet.runner.boot_seconds(run)
        if "httpGet" not in probe or boot < (probe.get("initialDelaySeconds") or 0) + _FIRST_PROBE_MARGIN:
            return
        get = probe["httpGet"]
        ports = {p.get("name"): p["containerPort"] for p in container.get("ports") or []}
        port = ports.get(get["port"], get["port"])
        address = f"{self._status['podIP']}:{port}"
        scheme = str(get.get("scheme", "HTTP")).lower()
        text = (
            f'Readiness probe failed: Get "{scheme}://{address}{get.get("path", "/")}": '
            f"dial tcp {address}: connect: connection refused"
        )
        self._kubelet.event(self._pod, "Unhealthy", text, warning=True)

    def _look(self, container: Object, status: Object, *, init: bool) -> Object:
        """Ask how a running program stands: has it ended, does it serve?"""
        run = ContainerRun(self._pod, container, status["restartCount"], init)
        outlook = self._kubelet.runner.look(run)
        if outlook.exit_code is not None:
            state = terminated(self._pod, container, status, outlook.exit_code, self._now)
            done = init and outlook.exit_code == 0
            ended = {**status, "state": state, "ready": done, "started": False}
            return self._after_end(container, ended, init=init)
        if outlook.again_in is not None:
            self._kubelet.again(self._key, outlook.again_in, f"look {container['name']}")
        ready = outlook.ready and self._probed(container, status)
        return {**status, "ready": ready, "started": True}

    def _probed(self, container: Object, status: Object) -> bool:
        """Say whether the first readiness probe has had its time; a ready container stays so."""
        delay = (container.get("readinessProbe") or {}).get("initialDelaySeconds") or 0
        if status["ready"] or not delay:
            return True
        return self._kubelet.passed(self._key, f"probe {container['name']} {status['restartCount']}", delay)

    def _after_end(self, container: Object, status: Object, *, init: bool) -> Object:
        """Restart a container that ended, if its policy says so: at once, then after longer waits."""
        code = status["state"]["terminated"]["exitCode"]
        policy = container.get("restartPolicy") or self._pod["spec"].get("restartPolicy", "Always")
        if policy == "Never" or (code == 0 and (policy == "OnFailure" or init)):
            return status
        ended = {**status, "lastState": status["state"], "ready": False, "started": False}
        if self._kubelet.crashed(self._pod, container) == 1:
            return self._start(container, {**ended, "state": waiting("ContainerCreating")}, init=init)
        seconds = self._backoff(container)
        name, uid = container["name"], uid_of(self._pod)
        pod = f"{self._key.name}_{self._key.namespace}({uid})"
        text = f"back-off {_duration(seconds)} restarting failed container={name} pod={pod}"
        self._kubelet.event(
            self._pod, "BackOff", f"Back-off restarting failed container {name} in pod {pod}", warning=True
        )
        self._backoff_over(container)  # starts the wait
        return {**ended, "state": waiting("CrashLoopBackOff", text)}

    def _backoff(self, container: Object) -> int:
        crashes = self._kubelet.crashes(self._pod, container)
        return min(FIRST_BACKOFF_SECONDS << min(max(0, crashes - 2), 8), LONGEST_BACKOFF_SECONDS)

    def _backoff_over(self, container: Object) -> bool:
        crashes = self._kubelet.crashes(self._pod, container)
        if not crashes:
            return True  # forgiven
        what = f"crash {container['name']} {crashes}"
        return self._kubelet.passed(self._key, what, self._backoff(container))

    # Status

    def _finish(self) -> None:
        status = self._status
        inits = status.get("initContainerStatuses") or []
        status["phase"] = phase_of(self._pod, status["containerStatuses"], inits)
        set_pod_conditions(status, self._now, network=bool(status.get("podIP")))
        self._kubelet.set_status(PODS, self._pod, status)


def _duration(seconds: int) -> str:
    """Write seconds as Go does: 10s, 1m20s, 5m0s."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"
