"""The words of the programs that a hub consists of, as their real logs have them, with made-up details.

Formats: JupyterHub and jupyter-server log as ``[I 2026-09-01 08:00:00.000 JupyterHub app:3346] text``,
configurable-http-proxy as ``08:00:00.000 [ConfigProxy] info: text``, Go programs as klog.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone

from z2jh_wizard.practice.logs import LogLine

HUB_VERSION = "5.5.0"
KUBESPAWNER_VERSION = "7.1.0"


def jupyter(moment: datetime, level: str, source: str, text: str) -> str:
    """Return a line in the format of JupyterHub and jupyter-server; ``source`` is ``JupyterHub app:3346``."""
    stamp = moment.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    return f"[{level} {stamp} {source}] {text}"


def hub_line(moment: datetime, text: str, source: str = "app:3346", level: str = "I") -> LogLine:
    """Return one line of the hub."""
    return LogLine(moment, jupyter(moment, level, f"JupyterHub {source}", text))


def proxy_line(moment: datetime, text: str, level: str = "info") -> LogLine:
    """Return one line of the proxy."""
    stamp = moment.astimezone(timezone.utc).strftime("%H:%M:%S.%f")[:-3]
    return LogLine(moment, f"{stamp} [ConfigProxy] {level}: {text}")


def klog(moment: datetime, source: str, text: str, level: str = "I") -> LogLine:
    """Return one line of a Go program that logs with klog."""
    stamp = moment.astimezone(timezone.utc).strftime("%m%d %H:%M:%S.%f")
    return LogLine(moment, f"{level}{stamp}       1 {source}] {text}")


def _spread(start: datetime, count: int, seconds: float) -> list[datetime]:
    """Return ``count`` moments spread evenly over some seconds."""
    return [start + timedelta(seconds=seconds * number / max(1, count)) for number in range(count)]


# ------------------------------------------------------------------ hub


def hub_start(
    start: datetime, seconds: float, namespace: str, authenticator: str, sections: Sequence[str] = ()
) -> list[LogLine]:
    """Return what the hub writes from its start until it serves."""
    loading = [
        "Loading /usr/local/etc/jupyterhub/secret/values.yaml",
        "No config at /usr/local/etc/jupyterhub/existing-secret/values.yaml",
        *(f"Loading pass-through config section hub.config.{section}" for section in sections),
    ]
    later: list[tuple[str, str, str]] = [
        ("I", "app:3346", f"Running JupyterHub version {HUB_VERSION}"),
        ("I", "app:3376", f"Using Authenticator: {authenticator}"),
        ("I", "app:3376", f"Using Spawner: kubespawner.spawner.KubeSpawner-{KUBESPAWNER_VERSION}"),
        ("I", "app:3376", "Using Proxy: jupyterhub.proxy.ConfigurableHTTPProxy-" + HUB_VERSION),
        ("I", "roles:361", "Adding role jupyterhub-idle-culler"),
        ("I", "app:2919", "Creating service jupyterhub-idle-culler without oauth."),
        (
            "I",
            "reflector:297",
            f"watching for pods with label selector='component=singleuser-server' in namespace {namespace}",
        ),
        (
            "I",
            "reflector:297",
            f"watching for events with field selector='involvedObject.kind=Pod' in namespace {namespace}",
        ),
        ("I", "app:3416", "Initialized 0 spawners in 0.003 seconds"),
        ("I", "metrics:373", "Found 0 active users in the last ActiveUserPeriods.twenty_four_hours"),
        ("I", "metrics:373", "Found 0 active users in the last ActiveUserPeriods.seven_days"),
        ("I", "metrics:373", "Found 0 active users in the last ActiveUserPeriods.thirty_days"),
        ("I", "app:3702", "Not starting proxy"),
        ("I", "app:3738", "Hub API listening on http://:8081/hub/"),
        ("I", "app:3740", "Private Hub API connect url http://hub:8081/hub/"),
        ("I", "app:3749", "Starting managed service jupyterhub-idle-culler"),
        (
            "I",
            "service:423",
            "Starting service 'jupyterhub-idle-culler': ['python3', '-m', "
            "'jupyterhub_idle_culler', '--url=http://localhost:8081/hub/api', '--timeout=3600', "
            "'--cull-every=600', '--concurrency=10']",
        ),
        ("I", "proxy:477", "Adding route for Hub: / => http://hub:8081"),
        ("I", "app:3778", "JupyterHub is now running, internal Hub API at http://hub:8081/hub/"),
    ]
    moments = _spread(start, len(loading) + len(later), seconds)
    lines = [LogLine(moment, text) for moment, text in zip(moments, loading, strict=False)]
    for moment, (level, source, text) in zip(moments[len(loading) :], later, strict=True):
        lines.append(hub_line(moment, text, source, level))
    return lines


def hub_crash(start: datetime, seconds: float) -> list[LogLine]:
    """Return what a hub writes whose configuration makes it stop at once."""
    texts = [
        "Loading /usr/local/etc/jupyterhub/secret/values.yaml",
        "No config at /usr/local/etc/jupyterhub/existing-secret/values.yaml",
        "Loading extra config: 10-class-settings",
    ]
    trace = [
        "Exception while loading config file /usr/local/etc/jupyterhub/jupyterhub_config.py",
        "    Traceback (most recent call last):",
        '      File "/usr/local/lib/python3.14/site-packages/traitlets/config/application.py", line 919, '
        "in _load_config_files",
        "        config = loader.load_config()",
        '      File "/usr/local/lib/python3.14/site-packages/traitlets/config/loader.py", line 622, '
        "in load_config",
        "        self._read_file_as_dict()",
        '      File "/usr/local/lib/python3.14/site-packages/traitlets/config/loader.py", line 655, '
        "in _read_file_as_dict",
        "        exec(compile(f.read(), conf_filename, 'exec'), namespace, namespace)",
        '      File "/usr/local/etc/jupyterhub/jupyterhub_config.py", line 500, in <module>',
        "        exec(config_py)",
        '      File "<string>", line 1, in <module>',
        "    ModuleNotFoundError: No module named 'class_settings'",
    ]
    moments = _spread(start, len(texts) + 1, seconds)
    lines = [LogLine(moment, text) for moment, text in zip(moments, texts, strict=False)]
    lines.append(hub_line(moments[-1], trace[0], "application:982", "E"))
    lines.extend(LogLine(moments[-1], text) for text in trace[1:])
    return lines


def hub_login(moment: datetime, user: str, address: str) -> list[LogLine]:
    """Return what the hub writes when somebody signs in."""
    ask = f"302 GET / -> /hub/ (@{address}) 0.71ms"
    return [
        hub_line(moment, ask, "log:192"),
        hub_line(moment, f"User logged in: {user}", "base:973"),
        hub_line(moment, f"302 POST /hub/login?next= -> /hub/spawn ({user}@{address}) 41.20ms", "log:192"),
    ]


def hub_spawn(moment: datetime, user: str, claim: str, pod: str) -> list[LogLine]:
    """Return what the hub writes when it starts a user's server."""
    lines = [hub_line(moment, "Creating oauth client jupyterhub-user-" + user, "provider:661")]
    if claim:
        lines.append(hub_line(moment, f"Attempting to create pvc {claim}, with timeout 3", "spawner:3105"))
    lines.append(hub_line(moment, f"Attempting to create pod {pod}, with timeout 3", "spawner:3133"))
    return lines


def hub_spawned(moment: datetime, user: str, seconds: float, address: str) -> list[LogLine]:
    """Return what the hub writes when a user's server answers."""
    return [
        hub_line(moment, f"User {user} took {seconds:.3f} seconds to start", "base:1128"),
        hub_line(moment, f"Adding user {user} to proxy /user/{user}/ => http://{address}:8888", "proxy:331"),
        hub_line(moment, f"Server {user} is ready", "users:903"),
    ]


def hub_spawn_failed(moment: datetime, user: str, why: str) -> list[LogLine]:
    """Return what the hub writes when a user's server did not start."""
    return [
        hub_line(moment, f"Unhandled error starting {user}'s server: {why}", "user:944", "E"),
        hub_line(moment, f"Failed to start server for {user}", "pages:311", "W"),
    ]


def hub_culled(moment: datetime, user: str, namespace: str, pod: str) -> list[LogLine]:
    """Return what the hub writes when a user's server is stopped."""
    return [
        hub_line(moment, f"Culling server {user} (inactive for 01:02:11)", "idle_culler:146"),
        hub_line(moment, f"Removing user {user} from proxy (/user/{user}/)", "proxy:356"),
        hub_line(moment, f"Deleting pod {namespace}/{pod}", "spawner:3395"),
        hub_line(moment, f"User {user} server took 1.204 seconds to stop", "base:1372"),
        hub_line(moment, f"204 DELETE /hub/api/users/{user}/server (jupyterhub-idle-culler@::1)", "log:192"),
    ]


# ------------------------------------------------------------------ other programs


def proxy_start(start: datetime) -> list[LogLine]:
    """Return what the proxy writes at its start."""
    texts = [
        "Adding route / -> http://hub:8081",
        "Proxying http://:::8000 to http://hub:8081",
        "Proxy API at http://:::8001/api/routes",
        "Route added / -> http://hub:8081",
    ]
    return [proxy_line(moment, text) for moment, text in zip(_spread(start, 4, 0.2), texts, strict=True)]


def proxy_route(moment: datetime, user: str, address: str) -> list[LogLine]:
    """Return what the proxy writes when a user's server is added."""
    target = f"/user/{user} -> http://{address}:8888"
    return [
        proxy_line(moment, f"Adding route {target}"),
        proxy_line(moment, f"Route added {target}"),
        proxy_line(moment, f"201 POST /api/routes/user/{user} "),
    ]


def proxy_route_gone(moment: datetime, user: str) -> list[LogLine]:
    """Return what the proxy writes when a user's server is taken away."""
    return [
        proxy_line(moment, f"Removing route /user/{user}"),
        proxy_line(moment, f"204 DELETE /api/routes/user/{user} "),
    ]


def user_server(start: datetime, seconds: float, user: str) -> list[LogLine]:
    """Return what a user's server writes at its start."""
    texts = [
        ("ServerApp", "Extension package jupyterlab took 0.1530s to import"),
        ("ServerApp", "jupyter_lsp | extension was successfully linked."),
        ("ServerApp", "jupyter_server_terminals | extension was successfully linked."),
        ("ServerApp", "jupyterhub | extension was successfully linked."),
        ("ServerApp", "jupyterlab | extension was successfully linked."),
        ("ServerApp", "notebook_shim | extension was successfully loaded."),
        ("LabApp", "JupyterLab application directory is /opt/conda/share/jupyter/lab"),
        ("ServerApp", f"Starting jupyterhub single-user server extension version {HUB_VERSION}"),
        ("ServerApp", "Serving local files from directory: /home/jovyan"),
        ("ServerApp", "Jupyter Server 2.17.0 is running at:"),
        ("ServerApp", f"http://jupyter-{user}:8888/user/{user}/lab?token=..."),
        ("ServerApp", "Updating Hub with activity every 300 seconds"),
    ]
    moments = _spread(start, len(texts), seconds)
    return [LogLine(m, jupyter(m, "I", app, text)) for m, (app, text) in zip(moments, texts, strict=True)]


def scheduler(start: datetime, version: str) -> list[LogLine]:
    """Return what a kube-scheduler writes at its start."""
    texts = [
        ("serving.go:386", "Generated self-signed cert in-memory"),
        ("server.go:154", f'"Starting Kubernetes Scheduler" version="{version}"'),
        ("server.go:156", '"Golang settings" GOGC="" GOMAXPROCS="" GOTRACEBACK=""'),
        ("secure_serving.go:213", "Serving securely on [::]:10259"),
        ("leaderelection.go:250", "attempting to acquire leader lease jhub/user-scheduler-lock..."),
        ("leaderelection.go:260", "successfully acquired lease jhub/user-scheduler-lock"),
    ]
    return [klog(m, source, text) for m, (source, text) in zip(_spread(start, 6, 0.8), texts, strict=True)]


def traefik(start: datetime, version: str) -> list[LogLine]:
    """Return what Traefik, which gets the certificate of a hub, writes at its start."""
    texts = [
        f"Traefik version {version} built on 2026-06-02T09:12:41Z version={version}",
        "Stats collection is disabled.",
        "Starting provider aggregator aggregator.ProviderAggregator",
        "Starting provider *file.Provider",
        "Starting provider *acme.ChallengeTLSALPN",
        "Starting provider *acme.Provider",
        "Testing certificate renew... acmeCA=https://acme-v02.api.letsencrypt.org/directory "
        "providerName=default.acme",
    ]
    moments = _spread(start, len(texts), 0.3)
    return [
        LogLine(moment, f"{moment.astimezone(timezone.utc).strftime('%Y-%m-%dT%H:%M:%SZ')} INF {text}")
        for moment, text in zip(moments, texts, strict=True)
    ]


def awaiter(moment: datetime, ready: int, current: int, desired: int) -> LogLine:
    """Return one line of the image awaiter: how many pullers are done."""
    stamp = moment.astimezone(timezone.utc).strftime("%Y/%m/%d %H:%M:%S")
    text = (
        f"{ready} image puller pods are ready out of the {current} currently scheduled and {desired} desired "
        "number scheduled."
    )
    return LogLine(moment, f"{stamp} {text}")


def awaiter_done(moment: datetime) -> LogLine:
    """Return the last line of the image awaiter."""
    stamp = moment.astimezone(timezone.utc).strftime("%Y/%m/%d %H:%M:%S")
    return LogLine(moment, f"{stamp} Image download on nodes awaited successfully: shutting down!")


def plain(start: datetime, texts: Iterable[str]) -> list[LogLine]:
    """Return lines without any format of their own."""
    return [LogLine(start, text) for text in texts]
