"""Credential plugins that work, fail, hang and print nonsense."""

from __future__ import annotations

import json
import sys
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.kube.certificates import Authority
from tests.kube.server import ScriptedServer, as_json, failure
from tests.kube.test_kubeconfig import document, encoded, written
from z2jh_wizard.core.errors import CouldNotLook
from z2jh_wizard.kube import kubeconfig as kubeconfigs
from z2jh_wizard.kube.exec_plugin import ExecPlugin, Plugin
from z2jh_wizard.kube.transport import KubeTransport

VERSION = "client.authentication.k8s.io/v1"


def plugin(folder: Path, body: str) -> Plugin:
    """A plugin that notes each of its runs and then does ``body``."""
    path = folder / "plugin.py"
    path.write_text(f"import json, os, sys\nopen({str(folder / 'runs')!r}, 'a').write('x')\n{body}\n")
    return Plugin((sys.executable, str(path), "--flag"), VERSION, {"FROM_KUBECONFIG": "yes"})


def printing(status: dict[str, Any], version: str = VERSION) -> str:
    answer = json.dumps({"apiVersion": version, "kind": "ExecCredential", "status": status})
    return f"print({answer!r})"


def runs(folder: Path) -> int:
    return len((folder / "runs").read_text())


def after(**span: float) -> str:
    return (datetime.now(timezone.utc) + timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_token_is_remembered_until_it_is_refused(tmp_path: Path) -> None:
    credential = ExecPlugin(plugin(tmp_path, printing({"token": "abc"})))
    for _ in range(3):
        assert credential.sign_in().headers == {"Authorization": "Bearer abc"}
    assert runs(tmp_path) == 1
    credential.forget()
    credential.sign_in()
    assert runs(tmp_path) == 2


@pytest.mark.parametrize(("span", "expected"), [({"hours": 1}, 1), ({"seconds": 30}, 2), ({"hours": -1}, 2)])
def test_a_token_is_renewed_shortly_before_its_end(
    tmp_path: Path, span: dict[str, float], expected: int
) -> None:
    credential = ExecPlugin(
        plugin(tmp_path, printing({"token": "abc", "expirationTimestamp": after(**span)}))
    )
    credential.sign_in()
    credential.sign_in()
    assert runs(tmp_path) == expected


def test_threads_share_one_run(tmp_path: Path) -> None:
    credential = ExecPlugin(plugin(tmp_path, printing({"token": "abc"})))
    threads = [threading.Thread(target=credential.sign_in) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert runs(tmp_path) == 1


def test_the_plugin_gets_its_arguments_environment_and_question(tmp_path: Path) -> None:
    body = (
        "info = json.loads(os.environ['KUBERNETES_EXEC_INFO'])\n"
        "assert sys.argv[1:] == ['--flag'] and not sys.stdin.read()\n"
        "token = '-'.join([info['kind'], str(info['spec']['interactive']), os.environ['FROM_KUBECONFIG']])\n"
        f"print(json.dumps({{'apiVersion': '{VERSION}', 'status': {{'token': token}}}}))"
    )
    headers = ExecPlugin(plugin(tmp_path, body)).sign_in().headers
    assert headers == {"Authorization": "Bearer ExecCredential-False-yes"}


def test_the_cluster_is_told_to_a_plugin_that_asks(tmp_path: Path, authority: Authority) -> None:
    settings = {"apiVersion": VERSION, "command": "./helper", "args": ["a", 1], "provideClusterInfo": True}
    extension = {"name": "client.authentication.k8s.io/exec", "extension": {"audience": "x"}}
    cluster = {"certificate-authority-data": encoded(authority.pem), "extensions": [extension]}
    path = written(tmp_path, document({"exec": settings}, cluster))
    credential = kubeconfigs.load(path).credential
    assert isinstance(credential, ExecPlugin)
    known = credential._plugin
    assert known.argv == (str(tmp_path / "helper"), "a", "1")
    told = json.loads(known.request())["spec"]["cluster"]
    assert told["config"] == {"audience": "x"}
    assert told["certificate-authority-data"] == encoded(authority.pem)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (
            "print('first', file=sys.stderr); print('login expired\\x1b[0m', file=sys.stderr); sys.exit(1)",
            "login expired",
        ),
        ("sys.exit(3)", "code 3 and said nothing"),
        ("print('hush-hush-token')", "did not print an ExecCredential"),
        (printing({"token": "abc"}, "client.authentication.k8s.io/v1beta1"), "v1beta1"),
        (printing({}), "neither a token"),
        (printing({"clientCertificateData": "x"}), "neither a token"),
    ],
)
def test_a_plugin_that_fails_is_told_with_its_last_line(tmp_path: Path, body: str, why: str) -> None:
    with pytest.raises(CouldNotLook, match="Could not sign in") as caught:
        ExecPlugin(plugin(tmp_path, body)).sign_in()
    text = str(caught.value)
    assert why in text
    assert "hush" not in text
    assert "\x1b" not in text


def test_a_plugin_that_hangs_ends_by_the_limit(tmp_path: Path) -> None:
    credential = ExecPlugin(plugin(tmp_path, "import time\ntime.sleep(600)"), limit=0.5)
    with pytest.raises(CouldNotLook, match="Could not sign in"):
        credential.sign_in()


def test_a_missing_plugin_comes_with_the_kubeconfigs_hint() -> None:
    credential = ExecPlugin(Plugin(("no-such-program-here",), VERSION, hint="Install the thing."))
    with pytest.raises(CouldNotLook, match=r"Install the thing\."):
        credential.sign_in()


def test_a_plugins_client_certificate_is_presented(tmp_path: Path, authority: Authority) -> None:
    signed = authority.sign("anna")
    status = {"clientCertificateData": signed.certificate, "clientKeyData": signed.key}
    settings = {
        "apiVersion": VERSION,
        "command": sys.executable,
        "args": [plugin(tmp_path, printing(status)).argv[1]],
    }
    with ScriptedServer(authority.server_context(tmp_path, ask_client=True)).running() as server:
        server.script = lambda asked: as_json({"ok": 1})
        cluster = {"server": server.url, "certificate-authority-data": encoded(authority.pem)}
        access = kubeconfigs.load(written(tmp_path, document({"exec": settings}, cluster)))
        from z2jh_wizard.kube.blocking import BlockingTransport, Request

        assert b"ok" in BlockingTransport(access).exchange(Request("GET", "/version")).body


async def test_a_refused_token_makes_the_plugin_run_again(tmp_path: Path, server: ScriptedServer) -> None:
    body = (
        f"runs = len(open({str(tmp_path / 'runs')!r}).read())\n"
        f"print(json.dumps({{'apiVersion': '{VERSION}', 'status': {{'token': f'token-{{runs}}'}}}}))"
    )
    server.script = lambda asked: (
        as_json({}) if asked.headers["authorization"] == "Bearer token-2" else failure(401, "Unauthorized")
    )
    transport = KubeTransport(kubeconfigs.Access(server.url, credential=ExecPlugin(plugin(tmp_path, body))))
    await transport.sign_in()
    assert await transport.get("/version") == b"{}"
    assert runs(tmp_path) == 2


def test_the_same_plugin_satisfies_the_official_client(tmp_path: Path) -> None:
    from kubernetes.client import Configuration
    from kubernetes.config.kube_config import load_kube_config

    made = plugin(tmp_path, printing({"token": "abc"}))
    settings = {
        "apiVersion": VERSION,
        "command": made.argv[0],
        "args": list(made.argv[1:]),
        "env": [{"name": "FROM_KUBECONFIG", "value": "yes"}],
    }
    path = tmp_path / "config"
    path.write_text(yaml.safe_dump(document({"exec": settings})))
    official = Configuration()
    load_kube_config(str(path), client_configuration=official, persist_config=False)
    ours = kubeconfigs.load(path).credential.sign_in().headers["Authorization"]
    assert ours == official.auth_settings()["BearerToken"]["value"]
