"""The pod and the volume claim of one user, as KubeSpawner 7 makes them from the settings of the chart.

Facts: the chart's jupyterhub_config.py and KubeSpawner's objects.py. Not played: profile choices other than
the default one, hooks, extraConfig and pod affinity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from z2jh_wizard.practice.hub_values import value
from z2jh_wizard.practice.log_texts import HUB_VERSION, KUBESPAWNER_VERSION
from z2jh_wizard.practice.objects import Object, copy_json
from z2jh_wizard.practice.slugs import escaped, label_slug, safe_slug

DEFAULT_IMAGE = "quay.io/jupyterhub/k8s-singleuser-sample:4.4.0"
DEFAULT_TOOLS_IMAGE = "quay.io/jupyterhub/k8s-network-tools:4.4.0"
PORT = 8888
_UNITS = {"K": 1024, "M": 1024**2, "G": 1024**3, "T": 1024**4}


@dataclass(frozen=True)
class Spawner:
    """How a hub makes the server of a user: its chart's values, and the names its ConfigMap gives."""

    namespace: str
    values: Mapping[str, Any]
    names: Mapping[str, str]

    def get(self, path: str, default: Any = None) -> Any:
        """Return a chart value."""
        return value(self.values, path, default)

    # Names

    def expand(self, template: str, user: str) -> str:
        """Fill a user's names into a template; unknown fields stay as they are."""
        fields = {
            "username": safe_slug(user),
            "user_server": safe_slug(user),
            "servername": "",
            "unescaped_username": user,
            "unescaped_servername": "",
            "escaped_username": escaped(user),
            "escaped_user_server": escaped(user),
            "safe_username": safe_slug(user),
            "safe_user_server": safe_slug(user),
            "pvc_name": self._claim_template(user) if "{pvc_name}" in template else "",
        }
        for name, text in fields.items():
            template = template.replace("{" + name + "}", text)
        return template

    def _claim_template(self, user: str) -> str:
        template = self.get("singleuser.storage.dynamic.pvcNameTemplate") or "claim-{user_server}"
        return self.expand(template, user)

    def pod_name(self, user: str) -> str:
        """Return the name of a user's pod."""
        return self.expand(self.get("singleuser.podNameTemplate") or "jupyter-{user_server}", user)

    def claim_name(self, user: str) -> str:
        """Return the name of a user's volume claim, or an empty string when storage is not dynamic."""
        return self._claim_template(user) if self._storage == "dynamic" else ""

    @property
    def _storage(self) -> str:
        return str(self.get("singleuser.storage.type", "dynamic"))

    # Labels

    def _labels(self, user: str, component: str, extra: Any) -> dict[str, str]:
        app = self.get("nameOverride") or self.get("Chart.Name", "jupyterhub")
        labels = {
            "app": str(app),
            "app.kubernetes.io/name": str(app),
            "app.kubernetes.io/component": "singleuser-server",
            "app.kubernetes.io/managed-by": "kubespawner",
            "component": component,
            "heritage": "jupyterhub",
            "hub.jupyter.org/username": label_slug(user),
        }
        release = self.get("Release.Name")
        if release:
            labels["release"] = labels["app.kubernetes.io/instance"] = str(release)
        version = self.get("Chart.Version")
        if version:
            chart = f"{self.get('Chart.Name', 'jupyterhub')}-{str(version).replace('+', '_')}"
            labels["chart"] = labels["helm.sh/chart"] = chart
        if isinstance(extra, Mapping):
            labels.update({str(k): self.expand(str(v), user) for k, v in extra.items()})
        return labels

    def _annotations(self, user: str) -> dict[str, str]:
        return {
            "hub.jupyter.org/username": user,
            "hub.jupyter.org/kubespawner-version": KUBESPAWNER_VERSION,
            "hub.jupyter.org/jupyterhub-version": HUB_VERSION,
        }

    # Objects

    def claim(self, user: str) -> Object:
        """Return the volume claim of a user."""
        storage_class = self.get("singleuser.storage.dynamic.storageClass")
        spec: Object = {
            "accessModes": self.get("singleuser.storage.dynamic.storageAccessModes", ["ReadWriteOnce"]),
            "resources": {"requests": {"storage": str(self.get("singleuser.storage.capacity", "10Gi"))}},
            "volumeMode": "Filesystem",
        }
        annotations = self._annotations(user)
        if storage_class is not None:
            spec["storageClassName"] = storage_class
            annotations["volume.beta.kubernetes.io/storage-class"] = storage_class
        extra = self.get("singleuser.storage.extraLabels")
        return {
            "metadata": {
                "name": self.claim_name(user),
                "labels": self._labels(user, "singleuser-storage", extra),
                "annotations": annotations,
            },
            "spec": spec,
        }

    def pod(self, user: str) -> Object:
        """Return the pod of a user's server."""
        profile = self._default_profile()
        labels = self._labels(user, "singleuser-server", self.get("singleuser.extraLabels"))
        labels["hub.jupyter.org/servername"] = ""
        annotations = self._annotations(user)
        annotations.update({str(k): str(v) for k, v in self.get("singleuser.extraAnnotations", {}).items()})
        spec: Object = {
            "automountServiceAccountToken": False,
            "containers": [self._container(user, profile)],
            "restartPolicy": "OnFailure",
            "securityContext": {"fsGroup": self.get("singleuser.fsGid", 100)},
            "nodeSelector": profile.get("node_selector", self.get("singleuser.nodeSelector", {})),
            "tolerations": self._tolerations(profile),
            "volumes": self._volumes(user),
        }
        spec["containers"] += _listed(self.get("singleuser.extraContainers"))
        inits = self._init_containers()
        if inits:
            spec["initContainers"] = inits
        affinity = self._affinity()
        if affinity:
            spec["affinity"] = {"nodeAffinity": affinity}
        self._add_scheduling(spec)
        extra = self.get("singleuser.extraPodConfig", {})
        spec.update({_camel(key): copy_json(each) for key, each in extra.items()})
        return {
            "metadata": {"name": self.pod_name(user), "labels": labels, "annotations": annotations},
            "spec": spec,
        }

    def _add_scheduling(self, spec: Object) -> None:
        if self.values and self.get("scheduling.userScheduler.enabled", False):
            spec["schedulerName"] = self.names.get("user-scheduler") or "user-scheduler"
        if self.get("scheduling.podPriority.enabled", False) and self.names.get("priority"):
            spec["priorityClassName"] = self.names["priority"]
        account = self.get("singleuser.serviceAccountName")
        if account:
            spec["serviceAccountName"] = account

    def _default_profile(self) -> Mapping[str, Any]:
        """Return what the default profile changes, or nothing when users have no choice."""
        profiles = [p for p in self.get("singleuser.profileList", []) or [] if isinstance(p, Mapping)]
        chosen = next((p for p in profiles if p.get("default")), profiles[0] if profiles else {})
        override = chosen.get("kubespawner_override")
        return override if isinstance(override, Mapping) else {}

    def _container(self, user: str, profile: Mapping[str, Any]) -> Object:
        command = profile.get("cmd", self.get("singleuser.cmd"))
        container: Object = {
            "name": "notebook",
            "image": str(profile.get("image") or self._image()),
            "imagePullPolicy": self.get("singleuser.image.pullPolicy") or "IfNotPresent",
            "args": command if isinstance(command, list) else [str(command or "jupyterhub-singleuser")],
            "ports": [{"name": "notebook-port", "containerPort": PORT, "protocol": "TCP"}],
            "env": self._environment(user),
            "resources": self._resources(profile),
            "volumeMounts": self._mounts(user),
            "securityContext": {
                "runAsUser": self.get("singleuser.uid", 1000),
                "allowPrivilegeEscalation": bool(self.get("singleuser.allowPrivilegeEscalation", False)),
            },
        }
        return container

    def _image(self) -> str:
        name, tag = self.get("singleuser.image.name"), self.get("singleuser.image.tag")
        if not name:
            return DEFAULT_IMAGE
        return f"{name}:{tag}" if tag else str(name)

    def _environment(self, user: str) -> list[Object]:
        plain = {
            "JUPYTERHUB_USER": user,
            "JUPYTERHUB_SERVICE_PREFIX": f"/user/{user}/",
            "JUPYTERHUB_SERVICE_URL": f"http://0.0.0.0:{PORT}/user/{user}/",
            "JUPYTER_IMAGE_SPEC": self._image(),
        }
        variables = [{"name": name, "value": text} for name, text in plain.items()]
        for name, extra in sorted(self.get("singleuser.extraEnv", {}).items()):
            variables.append(
                {"name": name, **extra} if isinstance(extra, Mapping) else _variable(name, extra)
            )
        return variables

    def _resources(self, profile: Mapping[str, Any]) -> Object:
        def amounts(kind: str, memory: str, cpu: str) -> dict[str, str]:
            found = {
                "cpu": profile.get(cpu, self.get(f"singleuser.cpu.{kind}")),
                "memory": profile.get(memory, self.get(f"singleuser.memory.{kind}")),
            }
            wanted = {name: _amount(name, each) for name, each in found.items() if each}
            extra = profile.get(f"extra_resource_{kind}s", self.get(f"singleuser.extraResource.{kind}s", {}))
            return wanted | {str(name): str(each) for name, each in (extra or {}).items()}

        requests = amounts("guarantee", "mem_guarantee", "cpu_guarantee")
        if not self.values:
            requests.setdefault("memory", _amount("memory", "1G"))
        return {"requests": requests, "limits": amounts("limit", "mem_limit", "cpu_limit")}

    def _tolerations(self, profile: Mapping[str, Any]) -> list[Object]:
        default = [
            {"key": key, "operator": "Equal", "value": "user", "effect": "NoSchedule"}
            for key in ("hub.jupyter.org/dedicated", "hub.jupyter.org_dedicated")
        ]
        common = self.get("scheduling.userPods.tolerations", default)
        extra = profile.get("tolerations", self.get("singleuser.extraTolerations", []))
        return [copy_json(dict(each)) for each in [*common, *(extra or [])]]

    def _affinity(self) -> Object:
        required = _listed(self.get("singleuser.extraNodeAffinity.required"))
        preferred = _listed(self.get("singleuser.extraNodeAffinity.preferred"))
        purpose: Object = {
            "matchExpressions": [
                {"key": "hub.jupyter.org/node-purpose", "operator": "In", "values": ["user"]}
            ]
        }
        match = self.get("scheduling.userPods.nodeAffinity.matchNodePurpose", "prefer")
        if match == "require":
            required.append(purpose)
        elif match == "prefer":
            preferred.append({"weight": 100, "preference": purpose})
        affinity: Object = {}
        if required:
            affinity["requiredDuringSchedulingIgnoredDuringExecution"] = {"nodeSelectorTerms": required}
        if preferred:
            affinity["preferredDuringSchedulingIgnoredDuringExecution"] = preferred
        return affinity

    def _init_containers(self) -> list[Object]:
        containers = _listed(self.get("singleuser.initContainers"))
        if self.get("singleuser.cloudMetadata.blockWithIptables", False):
            name = self.get("singleuser.networkTools.image.name")
            tag = self.get("singleuser.networkTools.image.tag")
            address = str(self.get("singleuser.cloudMetadata.ip", "169.254.169.254"))
            rule = "iptables --append OUTPUT --protocol tcp --destination-port 80 --jump DROP --destination"
            containers.append(
                {
                    "name": "block-cloud-metadata",
                    "image": f"{name}:{tag}" if name and tag else DEFAULT_TOOLS_IMAGE,
                    "imagePullPolicy": "IfNotPresent",
                    "command": [*rule.split(), address],
                    "securityContext": {
                        "privileged": True,
                        "runAsUser": 0,
                        "capabilities": {"add": ["NET_ADMIN"]},
                    },
                }
            )
        return containers

    # Volumes

    def _volumes(self, user: str) -> list[Object]:
        volumes: dict[str, Object] = {}
        name, claim = self._home(user)
        if name:
            volumes[name] = {"name": name, "persistentVolumeClaim": {"claimName": claim}}
        if self.get("singleuser.extraFiles", {}):
            items = [{"key": str(key), "path": str(key)} for key in self.get("singleuser.extraFiles", {})]
            secret = self.names.get("singleuser") or "singleuser"
            volumes["files"] = {"name": "files", "secret": {"secretName": secret, "items": items}}
        for each in _listed(self.get("singleuser.storage.extraVolumes")):
            volumes[str(each["name"])] = self._expanded(each, user)
        return list(volumes.values())

    def _home(self, user: str) -> tuple[str, str]:
        """Return volume name and claim of the home folder, or nothing when it is not kept."""
        if self._storage == "dynamic":
            template = self.get("singleuser.storage.dynamic.volumeNameTemplate", "volume-{user_server}")
            return self.expand(template, user), self.claim_name(user)
        if self._storage == "static":
            return "home", str(self.get("singleuser.storage.static.pvcName", ""))
        return "", ""

    def _mounts(self, user: str) -> list[Object]:
        mounts: list[Object] = []
        name, _ = self._home(user)
        if name:
            mount: Object = {"name": name, "mountPath": self.home_path}
            if self.home_folder(user):
                mount["subPath"] = self.home_folder(user)
            mounts.append(mount)
        for key, each in self.get("singleuser.extraFiles", {}).items():
            path = str((each or {}).get("mountPath", f"/etc/{key}"))
            mounts.append({"name": "files", "mountPath": path, "subPath": str(key)})
        extra = _listed(self.get("singleuser.storage.extraVolumeMounts"))
        return mounts + [self._expanded(each, user) for each in extra]

    @property
    def home_path(self) -> str:
        """Return where the home folder is mounted."""
        return str(self.get("singleuser.storage.homeMountPath", "/home/jovyan"))

    def home_folder(self, user: str) -> str:
        """Return the folder inside the volume that is the home folder; empty for the whole volume."""
        template = self.get(f"singleuser.storage.{self._storage}.subPath")
        if template is None and self._storage == "static":
            template = "{username}"
        return self.expand(str(template), user) if template else ""

    def _expanded(self, tree: Any, user: str) -> Any:
        if isinstance(tree, str):
            return self.expand(tree, user)
        if isinstance(tree, Mapping):
            return {key: self._expanded(each, user) for key, each in tree.items()}
        return [self._expanded(each, user) for each in tree] if isinstance(tree, list) else tree

    @property
    def start_timeout(self) -> float:
        """Return the seconds after which the hub gives up on a server that does not come."""
        return float(self.get("singleuser.startTimeout", 300))


def _listed(each: Any) -> list[Any]:
    """Return a list of settings; newer charts also take a mapping, whose keys only serve to merge."""
    if isinstance(each, Mapping):
        return [copy_json(dict(item)) for item in each.values() if isinstance(item, Mapping)]
    return [copy_json(item) for item in each] if isinstance(each, list) else []


def _variable(name: str, text: Any) -> Object:
    return {"name": name, "value": "" if text is None else str(text)}


def _amount(name: str, setting: Any) -> str:
    """Return a resource as KubeSpawner sends it: memory in bytes (its G is 1024 cubed), CPU as a number."""
    if name == "cpu":
        number = float(setting)
        return str(int(number)) if number == int(number) else f"{round(number * 1000)}m"
    text = str(setting).strip()
    if text[-1:].upper() in _UNITS:
        return str(int(float(text[:-1]) * _UNITS[text[-1].upper()]))
    return text


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
