"""From the chart's values to JupyterHub: what the chart knows, then hub.config, then hub.extraConfig."""

import os
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import z2jh

c = get_config()  # noqa: F821  JupyterHub gives this function to its configuration files
value, name = z2jh.get_config, z2jh.get_name


def url(service):
    """Where the pods of this hub find one of its services."""
    return f"http://{name(service)}:{z2jh.get_name_env(service, '_SERVICE_PORT')}"


def set_all(section, prefix, *traits):
    """Set traits of a section from values of the same name: snake_case there is camelCase here."""
    for trait in traits:
        key = re.sub(r"_(\w)", lambda match: match[1].upper(), trait)
        z2jh.set_config_if_not_none(section, trait, f"{prefix}.{key}")


def listed(extra):
    """The items of a list, or of a map whose keys are only there to override them."""
    return list(extra.values() if isinstance(extra, dict) else extra or [])


# The hub, its proxy and its database.
c.JupyterHub.spawner_class = "kubespawner.KubeSpawner"
c.JupyterHub.cleanup_servers = False
c.JupyterHub.hub_bind_url = "http://:8081"
c.JupyterHub.hub_connect_url = url("hub")
c.ConfigurableHTTPProxy.should_start = False
c.ConfigurableHTTPProxy.api_url = url("proxy-api")
set_all(
    c.JupyterHub, "hub", "base_url", "concurrent_spawn_limit", "active_server_limit",
    "allow_named_servers", "named_server_limit_per_user", "authenticate_prometheus",
    "redirect_to_server", "shutdown_on_logout", "template_paths", "template_vars",
)  # fmt: skip
set_all(c.Spawner, "hub", "consecutive_failure_limit")
database = value("hub.db.type")
databases = {"sqlite-pvc": "sqlite:///jupyterhub.sqlite", "sqlite-memory": "sqlite://"}
c.JupyterHub.db_url = databases.get(database) or value("hub.db.url")
password_variable = {"mysql": "MYSQL_PWD", "postgres": "PGPASSWORD"}.get(database)
if password_variable and (password := z2jh.get_secret_value("hub.db.password")):
    os.environ[password_variable] = password

# The servers of users.
spawner = c.KubeSpawner
set_all(
    spawner, "singleuser", "pod_name_template", "start_timeout", "extra_labels", "extra_annotations",
    "uid", "fs_gid", "node_selector", "lifecycle_hooks", "init_containers", "extra_containers",
    "profile_list", "extra_pod_config", "allow_privilege_escalation", "cmd", "default_url",
)  # fmt: skip
for trait, key in {
    "environment": "extraEnv",
    "events_enabled": "events",
    "service_account": "serviceAccountName",
    "image_pull_policy": "image.pullPolicy",
    "mem_limit": "memory.limit",
    "mem_guarantee": "memory.guarantee",
    "cpu_limit": "cpu.limit",
    "cpu_guarantee": "cpu.guarantee",
    "extra_resource_limits": "extraResource.limits",
    "extra_resource_guarantees": "extraResource.guarantees",
    "storage_extra_labels": "storage.extraLabels",
}.items():
    z2jh.set_config_if_not_none(spawner, trait, f"singleuser.{key}")
spawner.image = f"{value('singleuser.image.name')}:{value('singleuser.image.tag')}"
spawner.namespace = os.environ.get("POD_NAMESPACE", "default")
app, release = value("nameOverride"), value("Release.Name")
spawner.common_labels = {
    "app": app,
    "release": release,
    "app.kubernetes.io/name": app,
    "app.kubernetes.io/instance": release,
    "app.kubernetes.io/managed-by": "kubespawner",
}
pull_secrets = [*value("imagePullSecrets", []), *value("singleuser.image.pullSecrets", [])]
if value("imagePullSecret.create") and value("imagePullSecret.automaticReferenceInjection"):
    pull_secrets.append(name("image-pull-secret"))
spawner.image_pull_secrets = pull_secrets

# Where they run.
for kind in ("node", "pod", "pod_anti"):
    key = "extra" + "".join(word.title() for word in kind.split("_")) + "Affinity"
    for need in ("required", "preferred"):
        setattr(spawner, f"{kind}_affinity_{need}", list(value(f"singleuser.{key}.{need}") or []))
for_users = {"key": "hub.jupyter.org/node-purpose", "operator": "In", "values": ["user"]}
user_nodes = {"matchExpressions": [for_users]}
match value("scheduling.userPods.nodeAffinity.matchNodePurpose"):
    case "require":
        spawner.node_affinity_required.append(user_nodes)
    case "prefer":
        spawner.node_affinity_preferred.append({"weight": 100, "preference": user_nodes})
spawner.tolerations = value("scheduling.userPods.tolerations", []) + value("singleuser.extraTolerations", [])
if value("scheduling.userScheduler.enabled"):
    spawner.scheduler_name = name("user-scheduler")
if value("scheduling.podPriority.enabled"):
    spawner.priority_class_name = name("priority")

# What they find on disk.
storage = value("singleuser.storage")
volumes, mounts = [], []
if storage["type"] == "dynamic":
    dynamic = storage["dynamic"]
    spawner.storage_pvc_ensure = True
    spawner.storage_capacity = storage.get("capacity")
    traits = ("storage_class", "storage_access_modes", "pvc_name_template")
    set_all(spawner, "singleuser.storage.dynamic", *traits)
    home, claim, sub_path = dynamic["volumeNameTemplate"], "{pvc_name}", dynamic.get("subPath")
elif storage["type"] == "static":
    home, claim, sub_path = "home", storage["static"].get("pvcName"), storage["static"].get("subPath")
if storage["type"] != "none":
    volumes.append({"name": home, "persistentVolumeClaim": {"claimName": claim}})
    mounts.append({"name": home, "mountPath": storage["homeMountPath"], "subPath": sub_path})
files = value("singleuser.extraFiles") or {}
if files:
    items = [{"key": key, "path": key, "mode": file.get("mode")} for key, file in files.items()]
    volumes.append({"name": "files", "secret": {"secretName": name("singleuser"), "items": items}})
    for key, file in files.items():
        mounts.append({"name": "files", "mountPath": file["mountPath"], "subPath": key})
spawner.volumes = volumes + listed(storage.get("extraVolumes"))
spawner.volume_mounts = mounts + listed(storage.get("extraVolumeMounts"))
if value("singleuser.cloudMetadata.blockWithIptables"):
    tools = value("singleuser.networkTools")
    drop = "iptables --append OUTPUT --protocol tcp --destination-port 80 --jump DROP --destination"
    spawner.init_containers = [
        *value("singleuser.initContainers", []),
        {
            "name": "block-cloud-metadata",
            "image": f"{tools['image']['name']}:{tools['image']['tag']}",
            "command": [*drop.split(), value("singleuser.cloudMetadata.ip")],
            "securityContext": {"runAsUser": 0, "privileged": True, "capabilities": {"add": ["NET_ADMIN"]}},
            "resources": tools.get("resources"),
        },
    ]

# Services beside the hub: the culler stops idle servers; the others come from hub.services.
services, roles = [], []
cull = value("cull", {})
if cull.get("enabled"):
    scopes = ["list:users", "read:users:activity", "read:servers", "delete:servers"]
    hub_api = value("hub.baseUrl").rstrip("/") + "/hub/api"
    command = ["python3", "-m", "jupyterhub_idle_culler", f"--url=http://localhost:8081{hub_api}"]
    flags = {"timeout": "timeout", "every": "cull-every", "concurrency": "concurrency", "maxAge": "max-age"}
    command += [f"--{flag}={cull[key]}" for key, flag in flags.items() if cull.get(key)]
    if cull.get("users"):
        command.append("--cull-users")
        scopes.append("admin:users")
    if not cull.get("adminUsers"):
        command.append("--cull-admin-users=false")
    if cull.get("removeNamedServers"):
        command.append("--remove-named-servers")
    services.append({"name": "jupyterhub-idle-culler", "command": command})
    roles.append({"name": "jupyterhub-idle-culler", "scopes": scopes, "services": ["jupyterhub-idle-culler"]})
for key, service in value("hub.services", {}).items():
    rest = {trait: setting for trait, setting in service.items() if trait != "apiToken"}
    services.append({"name": key, **rest, "api_token": z2jh.get_secret_value(f"hub.services.{key}.apiToken")})
roles += [{"name": key, **role} for key, role in value("hub.loadRoles", {}).items()]
c.JupyterHub.services, c.JupyterHub.load_roles = services, roles

# Secrets, made by the chart or given; then the user's own sections and code.
if value("debug.enabled"):
    c.JupyterHub.log_level = "DEBUG"
    c.Spawner.debug = True
c.JupyterHub.cookie_secret = z2jh.get_secret_value("hub.config.JupyterHub.cookie_secret")
c.CryptKeeper.keys = z2jh.get_secret_value("hub.config.CryptKeeper.keys").split(";")
done = {"JupyterHub": {"cookie_secret"}, "CryptKeeper": {"keys"}, "ConfigurableHTTPProxy": {"auth_token"}}
for section, traits in value("hub.config", {}).items():
    c[section].update({t: setting for t, setting in traits.items() if t not in done.get(section, ())})
for key, code in sorted(value("hub.extraConfig", {}).items()):
    print(f"Loading hub.extraConfig.{key}")  # noqa: T201  it belongs in the hub's log
    exec(code)  # noqa: S102  the user's own code, as the key says
