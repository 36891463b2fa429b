"""Kubeconfig files as people have them, and compared with what the official client reads."""

from __future__ import annotations

import base64
import contextlib
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.kube.certificates import Authority
from tests.kube.server import ScriptedServer, as_json, failure
from z2jh_wizard.core.errors import CouldNotLook, InvalidInput
from z2jh_wizard.kube import errors
from z2jh_wizard.kube import kubeconfig as kubeconfigs
from z2jh_wizard.kube.blocking import BlockingTransport, Request
from z2jh_wizard.kube.credentials import OfficialClient, TokenFile
from z2jh_wizard.kube.tls import Trust

SERVER = "https://10.0.0.1:6443"


def document(user: dict[str, Any], cluster: dict[str, Any] | None = None, **context: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "class",
        "contexts": [{"name": "class", "context": {"cluster": "c", "user": "u", **context}}],
        "clusters": [{"name": "c", "cluster": {"server": SERVER, **(cluster or {})}}],
        "users": [{"name": "u", "user": user}],
    }


def written(folder: Path, tree: object, name: str = "config") -> Path:
    path = folder / name
    path.write_text(yaml.safe_dump(tree))
    return path


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_a_token_and_an_authority(tmp_path: Path, authority: Authority) -> None:
    cluster = {"certificate-authority-data": encoded(authority.pem), "tls-server-name": "kube"}
    access = kubeconfigs.load(written(tmp_path, document({"token": "abc\n"}, cluster, namespace="jhub")))
    assert (access.server, access.context, access.namespace) == (SERVER, "class", "jhub")
    assert access.credential.sign_in().headers == {"Authorization": "Bearer abc"}
    assert (access.trust.authority, access.trust.server_name) == (authority.pem, "kube")
    assert access.where == "the cluster class (10.0.0.1:6443)"


def test_relative_files_count_from_the_kubeconfigs_folder(tmp_path: Path, authority: Authority) -> None:
    (tmp_path / "pki").mkdir()
    (tmp_path / "pki" / "ca.pem").write_text(authority.pem)
    (tmp_path / "token").write_text("from-file\n")
    tree = document({"tokenFile": "token"}, {"certificate-authority": "pki/ca.pem"})
    access = kubeconfigs.load(written(tmp_path, tree))
    assert access.trust.authority == authority.pem
    assert access.credential.sign_in().headers == {"Authorization": "Bearer from-file"}


def test_a_token_file_is_read_again_after_it_was_refused(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("one")
    credential = TokenFile(path)
    credential.sign_in()
    path.write_text("two")
    assert credential.sign_in().headers["Authorization"] == "Bearer one"
    credential.forget()
    assert credential.sign_in().headers["Authorization"] == "Bearer two"
    path.unlink()
    credential.forget()
    with pytest.raises(CouldNotLook, match="cannot be read"):
        credential.sign_in()


def test_a_user_name_and_password(tmp_path: Path) -> None:
    access = kubeconfigs.load(written(tmp_path, document({"username": "anna", "password": "ü:x"})))
    expected = base64.b64encode("anna:ü:x".encode()).decode()
    assert access.credential.sign_in().headers == {"Authorization": f"Basic {expected}"}


def test_a_user_who_acts_as_somebody_else(tmp_path: Path) -> None:
    access = kubeconfigs.load(
        written(tmp_path, document({"token": "t", "as": "ben", "as-groups": ["staff"]}))
    )
    assert access.headers == {"Impersonate-User": "ben", "Impersonate-Group": "staff"}
    with pytest.raises(InvalidInput, match="as-groups"):
        kubeconfigs.load(written(tmp_path, document({"token": "t", "as": "ben", "as-groups": ["a", "b"]})))


def test_no_user_at_all(tmp_path: Path) -> None:
    tree = document({})
    del tree["users"]
    sign_in = kubeconfigs.load(written(tmp_path, tree)).credential.sign_in()
    assert (sign_in.headers, sign_in.certificate) == ({}, "")


def test_a_token_that_cannot_be_a_header_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        kubeconfigs.load(written(tmp_path, document({"token": "hush\nhush"})))
    assert "hush" not in str(caught.value)


def test_contexts_are_listed(tmp_path: Path) -> None:
    tree = document({"token": "t"}, namespace="jhub")
    tree["contexts"].append({"name": "other", "context": {"cluster": "gone", "user": "u"}})
    found = kubeconfigs.contexts(written(tmp_path, tree))
    assert [(c.name, c.server, c.namespace, c.current) for c in found] == [
        ("class", SERVER, "jhub", True),
        ("other", "", "default", False),
    ]


def test_another_context_is_chosen_by_name(tmp_path: Path) -> None:
    tree = document({"token": "t"})
    tree["contexts"].append({"name": "other", "context": {"cluster": "d", "user": "u"}})
    tree["clusters"].append({"name": "d", "cluster": {"server": "http://localhost:8001/"}})
    assert kubeconfigs.load(written(tmp_path, tree), "other").server == "http://localhost:8001"


def test_an_unknown_context_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"clas \(did you mean class\?\)"):
        kubeconfigs.load(written(tmp_path, document({})), "clas")


def test_the_usual_files_are_merged_and_the_first_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    first = document({"token": "first"})
    second = document({"token": "second"}) | {"current-context": "other"}
    second["contexts"].append({"name": "other", "context": {"cluster": "c", "user": "u"}})
    files = [written(one, first), tmp_path / "missing", written(two, second)]
    monkeypatch.setenv("KUBECONFIG", ":".join(map(str, files)))
    access = kubeconfigs.load()
    assert access.context == "class"
    assert access.credential.sign_in().headers == {"Authorization": "Bearer first"}
    assert [c.name for c in kubeconfigs.contexts()] == ["class", "other"]


def test_the_home_folders_file_is_the_last_resort(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInput, match="no kubeconfig"):
        kubeconfigs.load()
    monkeypatch.setenv("KUBECONFIG", "~nobody-at-all/config")
    with pytest.raises(InvalidInput, match="nobody-at-all"):
        kubeconfigs.load()
    monkeypatch.delenv("KUBECONFIG")
    path = Path("~/.kube/config").expanduser()
    path.parent.mkdir()
    path.write_text(yaml.safe_dump(document({"token": "t"})))
    assert kubeconfigs.load().context == "class"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty or not a mapping"),
        ("- 1", "empty or not a mapping"),
        ("a: [1", "not YAML"),
        ("a: b: c", r"not YAML \(line 1\)"),
        ("\x00", "not YAML"),
        ("!!python/object/apply:os.getcwd []", "not YAML"),
        ("contexts: [1]", "has no name"),
        ("users: [{name: u, user: 1}]", "user of u is not a mapping"),
        ("apiVersion: v1", "no current context"),
        ("current-context: a\ncontexts: [{name: a, context: {cluster: b}}]", "without a server"),
    ],
)
def test_broken_files_are_told(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "config"
    path.write_text(text)
    with pytest.raises(InvalidInput, match=why):
        kubeconfigs.load(path)


@pytest.mark.parametrize(
    "server",
    [
        "10.0.0.1",
        "ftp://x",
        "https://",
        "https://x:1x",
        "https://x:0",
        "https://[",
        "https://a b",
        "https://bücher",
    ],
)
def test_addresses_that_are_none_are_told(tmp_path: Path, server: str) -> None:
    with pytest.raises(InvalidInput, match="is not the address"):
        kubeconfigs.load(written(tmp_path, document({}, {"server": server})))


def test_missing_huge_and_unreadable_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInput, match="does not exist"):
        kubeconfigs.load(tmp_path / "none")
    with pytest.raises(InvalidInput, match="cannot be read"):
        kubeconfigs.load(tmp_path)
    monkeypatch.setattr(kubeconfigs, "LARGEST_FILE", 10)
    with pytest.raises(InvalidInput, match="too large"):
        kubeconfigs.load(written(tmp_path, document({})))


@pytest.mark.parametrize(
    ("user", "cluster", "why"),
    [
        ({"client-certificate": "gone.pem"}, {}, "cannot be read"),
        ({}, {"certificate-authority-data": "%%%"}, "is not PEM"),
        ({}, {"certificate-authority-data": encoded("ü")}, "is not PEM"),
        ({"exec": {"command": "x"}}, {}, "lacks command or apiVersion"),
        ({"exec": ["x"]}, {}, "lacks command or apiVersion"),
        ({"exec": {"command": "x", "apiVersion": "v1", "args": "y"}}, {}, "args is not a list"),
        ({}, {"proxy-url": "socks5://localhost:1"}, "speaks to HTTP proxies"),
        ({}, {"proxy-url": "http://["}, "speaks to HTTP proxies"),
        ({"client-key": "a\0b"}, {}, "is not PEM"),
    ],
)
def test_parts_that_cannot_be_used_are_told(
    tmp_path: Path, user: dict[str, Any], cluster: dict[str, Any], why: str
) -> None:
    with pytest.raises(InvalidInput, match=why):
        kubeconfigs.load(written(tmp_path, document(user, cluster)))


def test_a_plugin_that_insists_on_a_terminal_is_told(tmp_path: Path) -> None:
    plugin = {"command": "x", "apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Always"}
    with pytest.raises(CouldNotLook, match="insists on asking"):
        kubeconfigs.load(written(tmp_path, document({"exec": plugin})))


def test_nothing_secret_is_in_the_representation(tmp_path: Path) -> None:
    for user in ({"token": "hush-hush"}, {"username": "anna", "password": "hush-hush"}):
        access = kubeconfigs.load(
            written(tmp_path, document(user, {"proxy-url": "http://me:hush-hush@localhost:1"}))
        )
        assert "hush" not in repr(access)
        assert "hush" not in repr(access.credential)


_LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
_VALUES = (
    _LEAVES | st.lists(_LEAVES, max_size=2) | st.dictionaries(st.sampled_from(["name", "value"]), _LEAVES)
)
_USER_KEYS = [
    "token", "tokenFile", "username", "password", "client-certificate", "client-key-data", "as", "as-groups",
    "exec",
]  # fmt: skip
_EXEC_KEYS = ["command", "apiVersion", "args", "env", "installHint", "interactiveMode", "provideClusterInfo"]
_CLUSTER_KEYS = [
    "server", "certificate-authority", "certificate-authority-data", "insecure-skip-tls-verify", "proxy-url",
    "tls-server-name", "extensions",
]  # fmt: skip


@given(
    user=st.dictionaries(st.sampled_from(_USER_KEYS), _VALUES),
    plugin=st.dictionaries(st.sampled_from(_EXEC_KEYS), _VALUES) | _LEAVES,
    cluster=st.dictionaries(st.sampled_from(_CLUSTER_KEYS), _VALUES),
    broken=st.sampled_from(["", "contexts", "clusters", "users", "current-context"]),
    value=_VALUES,
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_kubeconfig_makes_us_stumble(
    tmp_path: Path,
    user: dict[str, Any],
    plugin: Any,
    cluster: dict[str, Any],
    broken: str,
    value: Any,
) -> None:
    tree = document(user | ({"exec": plugin} if plugin else {}), cluster)
    if broken:
        tree[broken] = value
    path = written(tmp_path, tree)
    with contextlib.suppress(InvalidInput, CouldNotLook):
        assert all(context.name for context in kubeconfigs.contexts(path))
        assert kubeconfigs.load(path).server


def test_the_official_client_reads_the_same(tmp_path: Path, authority: Authority) -> None:
    """The oracle: what the official loader puts into its Configuration."""
    from kubernetes.client import Configuration
    from kubernetes.config.kube_config import load_kube_config

    signed = authority.sign("anna")
    (tmp_path / "token").write_text("from-file")
    users: list[dict[str, Any]] = [
        {"token": "abc"},
        {"tokenFile": "token"},
        {"username": "anna", "password": "secret"},
        {"client-certificate-data": encoded(signed.certificate), "client-key-data": encoded(signed.key)},
        {},
    ]
    clusters: list[dict[str, Any]] = [
        {"certificate-authority-data": encoded(authority.pem)},
        {"insecure-skip-tls-verify": True, "tls-server-name": "kube"},
        {"proxy-url": "http://proxy.localhost:3128"},
    ]
    for user in users:
        for cluster in clusters:
            path = written(tmp_path, document(user, cluster))
            official = Configuration()
            load_kube_config(str(path), client_configuration=official, persist_config=False)
            access = kubeconfigs.load(path)
            sign_in = access.credential.sign_in()
            setting: Any = official.auth_settings().get("BearerToken") or {}
            assert sign_in.headers.get("Authorization") == setting.get("value")
            assert access.server == official.host
            assert access.trust.anybody == (not official.verify_ssl)
            assert access.trust.server_name == (official.tls_server_name or "")
            assert access.proxy == (official.proxy or "")
            read = lambda name: Path(name).read_text() if name else ""  # noqa: E731
            assert access.trust.authority == read(official.ssl_ca_cert)
            expected = "\n".join(filter(None, (read(official.cert_file), read(official.key_file))))
            assert sign_in.certificate == expected


def test_old_auth_providers_are_left_to_the_official_client(tmp_path: Path) -> None:
    config = {"access-token": "from-gcp", "expiry": "2126-01-01T00:00:00Z"}
    user = {"auth-provider": {"name": "gcp", "config": config}}
    credential = kubeconfigs.load(written(tmp_path, document(user))).credential
    assert isinstance(credential, OfficialClient)
    assert credential.sign_in().headers == {"Authorization": "Bearer from-gcp"}
    credential.forget()
    assert credential.sign_in().headers == {"Authorization": "Bearer from-gcp"}


@pytest.mark.parametrize(
    "provider",
    [
        {"name": "azure", "config": {}},
        {"name": "oidc", "config": {"id-token": "a.b"}},
        {"name": "gcp", "config": 1},
    ],
)
def test_an_auth_provider_that_fails_is_told_without_details(
    tmp_path: Path, provider: dict[str, Any]
) -> None:
    credential = kubeconfigs.load(written(tmp_path, document({"auth-provider": provider}))).credential
    with pytest.raises(CouldNotLook, match="Could not sign in"):
        credential.sign_in()


def test_loading_imports_no_heavy_package(tmp_path: Path) -> None:
    import subprocess
    import sys

    path = written(tmp_path, document({"token": "t"}))
    program = (
        "import sys, pathlib; from z2jh_wizard.kube import kubeconfig, live, probes, objects, diagnose, logs;"
        "kubeconfig.load(pathlib.Path(sys.argv[1])).credential.sign_in();"
        "print([m for m in ('kubernetes', 'urllib3', 'requests', 'textual', 'aiohttp') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


# TLS and proxies, against a real handshake.


def tls_access(server: ScriptedServer, **trust: Any) -> kubeconfigs.Access:
    return kubeconfigs.Access(server.url, context="class", trust=Trust(**trust))


def ask(access: kubeconfigs.Access) -> bytes:
    return BlockingTransport(access).exchange(Request("GET", "/version")).body


def test_a_server_with_the_right_authority_is_trusted(tmp_path: Path, authority: Authority) -> None:
    with ScriptedServer(authority.server_context(tmp_path)).running() as server:
        server.script = lambda asked: as_json({"gitVersion": "v1"})
        transport = BlockingTransport(tls_access(server, authority=authority.pem))
        for _ in range(3):
            assert b"v1" in transport.exchange(Request("GET", "/version")).body
        assert server.connections == 1


def test_a_server_of_another_authority_is_not(tmp_path: Path, authority: Authority) -> None:
    with ScriptedServer(Authority().server_context(tmp_path)).running() as server:
        server.script = lambda asked: as_json({})
        with pytest.raises(errors.Unreachable, match="not the one the kubeconfig trusts") as caught:
            ask(tls_access(server, authority=authority.pem))
        assert not caught.value.transient
        assert server.asked == []
        assert ask(tls_access(server, anybody=True)) == b"{}"


def test_a_server_that_speaks_no_tls_is_told(server: ScriptedServer) -> None:
    with pytest.raises(errors.Unreachable):
        ask(kubeconfigs.Access(server.url.replace("http:", "https:")))


def test_an_impossible_host_name_is_told() -> None:
    with pytest.raises(errors.Unreachable):
        ask(kubeconfigs.Access(f"https://{'x' * 70}.localhost"))


def test_another_server_name_is_expected_when_asked_for(tmp_path: Path, authority: Authority) -> None:
    with ScriptedServer(authority.server_context(tmp_path, "kube.internal")).running() as server:
        server.script = lambda asked: as_json({})
        with pytest.raises(errors.Unreachable):
            ask(tls_access(server, authority=authority.pem))
        assert ask(tls_access(server, authority=authority.pem, server_name="kube.internal")) == b"{}"


def test_a_client_certificate_is_presented(tmp_path: Path, authority: Authority) -> None:
    signed = authority.sign("anna")
    with ScriptedServer(authority.server_context(tmp_path, ask_client=True)).running() as server:
        server.script = lambda asked: as_json({"who": "anna"})
        user = {
            "client-certificate-data": encoded(signed.certificate),
            "client-key-data": encoded(signed.key),
        }
        cluster = {"server": server.url, "certificate-authority-data": encoded(authority.pem)}
        assert b"anna" in ask(kubeconfigs.load(written(tmp_path, document(user, cluster))))
        with pytest.raises(errors.Unreachable):
            ask(kubeconfigs.load(written(tmp_path, document({}, cluster))))


@pytest.mark.parametrize("broken", ["certificate-authority-data", "client-certificate-data"])
def test_broken_certificates_are_told(tmp_path: Path, broken: str) -> None:
    value = {broken: encoded("-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----\n")}
    access = kubeconfigs.load(written(tmp_path, document(value, value)))
    with pytest.raises(InvalidInput, match="is broken"):
        ask(access)


def test_a_proxy_is_asked_for_a_tunnel(tmp_path: Path, server: ScriptedServer) -> None:
    server.script = lambda asked: failure(404, "NotFound")
    proxy = server.url.replace("http://", "http://me:pass@")
    access = kubeconfigs.load(written(tmp_path, document({}, {"proxy-url": proxy})))
    with pytest.raises(errors.Unreachable) as caught:
        ask(access)
    assert "pass" not in str(caught.value)
    assert "Tunnel connection failed" in str(caught.value)
    assert server.connections == 1


@pytest.mark.parametrize(
    ("server", "environment", "expected"),
    [
        (SERVER, {"HTTPS_PROXY": "proxy:3128"}, "http://proxy:3128"),
        (SERVER, {"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "10.0.0.1"}, ""),
        ("https://127.0.0.1:6443", {"HTTPS_PROXY": "http://proxy:3128"}, ""),
        ("https://localhost:6443", {"HTTPS_PROXY": "http://proxy:3128"}, ""),
        ("http://10.0.0.1", {"HTTP_PROXY": "http://proxy:3128"}, ""),
        (SERVER, {}, ""),
    ],
)
def test_the_environments_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: str, environment: dict[str, str], expected: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert kubeconfigs.load(written(tmp_path, document({}, {"server": server}))).proxy == expected
