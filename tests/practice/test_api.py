"""The API server over HTTPS: who may ask, and what reading and writing answer."""

from __future__ import annotations

import asyncio
import gzip
from typing import Any

import aiohttp
import pytest

from tests.practice.conftest import Api, Reply, Running, session_for, trusting

CONFIG_MAPS = "/api/v1/namespaces/default/configmaps"
PODS = "/api/v1/namespaces/default/pods"
MERGE = "application/merge-patch+json"
APPLY = "application/apply-patch+yaml"


def config_map(name: str, **data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


# Who may ask


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer wrong", "Basic {token}", "{token}", "Bearer {token}x"]
)
async def test_without_the_token_nothing_is_answered(running: Running, header: str):
    sent = {"Authorization": header.format(token=running.info.token())} if header else {}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trusting(running.info))) as session:
        for path in ("/version", "/api/v1/pods", "/practice/v1/requests", "/openapi/v3", "/"):
            async with session.get(running.info.url + path, headers=sent) as response:
                assert response.status == 401
                body = await response.json()
                assert (body["kind"], body["reason"]) == ("Status", "Unauthorized")


@pytest.mark.parametrize("path", ["/readyz", "/healthz", "/livez", "/livez/ping"])
async def test_health_is_for_everybody(running: Running, path: str):
    async with session_for(running.info, "") as session, session.get(path) as response:
        assert (response.status, await response.text()) == (200, "ok")


async def test_another_ca_is_not_trusted(running: Running):
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await session.get(running.info.url + "/readyz")


async def test_only_loopback_listens(running: Running):
    addresses = {each[0] for each in running.server._runner.addresses}  # type: ignore[union-attr]
    assert addresses == {"127.0.0.1"}


# Reading and writing


async def test_the_life_of_an_object(api: Api):
    made = await api.make(CONFIG_MAPS, config_map("a", k="v"))
    assert made["metadata"]["uid"]
    got = await api("GET", f"{CONFIG_MAPS}/a")
    assert got.body == made
    changed = await api("PUT", f"{CONFIG_MAPS}/a", config_map("a", k="w"))
    assert (changed.code, changed.body["data"]) == (200, {"k": "w"})
    assert int(changed.body["metadata"]["resourceVersion"]) > int(made["metadata"]["resourceVersion"])
    gone = await api("DELETE", f"{CONFIG_MAPS}/a")
    assert (gone.code, gone.body["status"], gone.body["details"]["uid"]) == (
        200,
        "Success",
        made["metadata"]["uid"],
    )
    missing = await api("GET", f"{CONFIG_MAPS}/a")
    assert (missing.code, missing.body["reason"], missing.message) == (
        404,
        "NotFound",
        'configmaps "a" not found',
    )


async def test_the_same_name_twice_is_a_conflict(api: Api):
    await api.make(CONFIG_MAPS, config_map("a"))
    again = await api("POST", CONFIG_MAPS, config_map("a"))
    assert (again.code, again.body["reason"]) == (409, "AlreadyExists")
    dry = await api("POST", CONFIG_MAPS, config_map("a"), dryRun="All")
    assert dry.code == 409


async def test_an_older_version_cannot_overwrite_a_newer_one(api: Api):
    made = await api.make(CONFIG_MAPS, config_map("a", k="1"))
    await api("PUT", f"{CONFIG_MAPS}/a", config_map("a", k="2"))
    made["data"] = {"k": "3"}
    late = await api("PUT", f"{CONFIG_MAPS}/a", made)
    assert (late.code, late.body["reason"]) == (409, "Conflict")
    assert late.message.endswith("please apply your changes to the latest version and try again")
    patch = {"metadata": {"resourceVersion": made["metadata"]["resourceVersion"]}, "data": {"k": "4"}}
    assert (await api("PATCH", f"{CONFIG_MAPS}/a", patch, kind=MERGE)).code == 409


async def test_a_write_for_another_object_of_that_name_is_refused(api: Api):
    await api.make(CONFIG_MAPS, config_map("a"))
    sent = config_map("a")
    sent["metadata"]["uid"] = "another"
    reply = await api("PUT", f"{CONFIG_MAPS}/a", sent)
    assert reply.code == 409
    assert "UID in precondition: another" in reply.message
    for preconditions in ({"uid": "another"}, {"resourceVersion": "1"}):
        reply = await api("DELETE", f"{CONFIG_MAPS}/a", {"preconditions": preconditions})
        assert (reply.code, reply.body["reason"]) == (409, "Conflict")


@pytest.mark.parametrize(
    ("method", "path", "body", "code", "text"),
    [
        (
            "POST",
            CONFIG_MAPS,
            {"kind": "Pod", "metadata": {"name": "a"}},
            400,
            "cannot be handled as a ConfigMap",
        ),
        (
            "POST",
            CONFIG_MAPS,
            {"apiVersion": "v2", "metadata": {"name": "a"}},
            400,
            "does not match the expected",
        ),
        (
            "POST",
            CONFIG_MAPS,
            {"metadata": {"name": "a", "namespace": "x"}},
            400,
            "namespace of the provided object",
        ),
        ("POST", CONFIG_MAPS, {"metadata": []}, 400, "metadata is not an object"),
        ("POST", CONFIG_MAPS, [], 400, "not an object"),
        ("POST", CONFIG_MAPS, b"{", 400, "json parse error"),
        ("POST", CONFIG_MAPS, b'{"a":' * 900 + b"1" + b"}" * 900, 400, "exceeded max depth"),
        ("POST", "/api/v1/configmaps", {"metadata": {"name": "a"}}, 405, "does not allow this method"),
        ("POST", f"{CONFIG_MAPS}/a", {"metadata": {"name": "a"}}, 405, "does not allow this method"),
        ("PUT", CONFIG_MAPS, {"metadata": {"name": "a"}}, 405, "does not allow this method"),
        (
            "PUT",
            f"{CONFIG_MAPS}/a",
            {"metadata": {"name": "b"}},
            400,
            "does not match the name on the URL (a)",
        ),
        ("PUT", f"{CONFIG_MAPS}/a", {"metadata": {"name": "a"}}, 404, 'configmaps "a" not found'),
        ("GET", "/api/v1/namespaces/default/widgets", None, 404, "could not find the requested resource"),
        ("GET", "/apis/example.org/v1/widgets", None, 404, "could not find the requested resource"),
        ("GET", "/nothing", None, 404, "could not find the requested resource"),
        ("POST", "/api/v1", {}, 405, "does not allow this method"),
        ("GET", f"{CONFIG_MAPS}/a/scale", None, 404, "could not find the requested resource"),
        ("GET", f"{PODS}/a/portforward", None, 501, "no real containers"),
        ("DELETE", f"{PODS}/a/log", None, 405, "does not allow this method"),
        ("DELETE", "/api/v1/namespaces", None, 405, "does not allow this method"),
        ("PATCH", PODS, {}, 405, "does not allow this method"),
        ("POST", f"{CONFIG_MAPS}?fieldValidation=x", {"metadata": {"name": "a"}}, 400, "fieldValidation"),
    ],
)
async def test_requests_that_make_no_sense(api: Api, method: str, path: str, body: Any, code: int, text: str):
    reply = await api(method, path, body)
    assert (reply.code, reply.body["kind"], reply.body["code"]) == (code, "Status", code)
    assert text in reply.message


async def test_bodies_that_are_not_read(api: Api):
    reply = await api("POST", CONFIG_MAPS, b"x", kind="text/plain")
    assert (reply.code, reply.body["reason"]) == (415, "UnsupportedMediaType")
    reply = await api("PATCH", f"{CONFIG_MAPS}/a", b"{}", kind="application/json")
    assert reply.code == 415
    reply = await api("POST", CONFIG_MAPS, b" " * (3 * 1024 * 1024 + 1))
    assert (reply.code, reply.body["reason"]) == (413, "RequestEntityTooLarge")
    reply = await api("GET", CONFIG_MAPS, accept="application/vnd.kubernetes.protobuf")
    assert reply.code == 406


async def test_yaml_bodies(api: Api):
    text = b"metadata:\n  name: a\ndata:\n  when: 2026-09-01\n"
    reply = await api(
        "POST", CONFIG_MAPS, text.replace(b"2026-09-01", b'"2026-09-01"'), kind="application/yaml"
    )
    assert (reply.code, reply.body["data"]) == (201, {"when": "2026-09-01"})
    bomb = b"a: &a [x]\nb: [*a, *a]\n"
    reply = await api("POST", CONFIG_MAPS, bomb, kind="application/yaml")
    assert (reply.code, "aliases are not read" in reply.message) == (400, True)


async def test_a_dry_run_stores_nothing(api: Api, running: Running):
    revision = running.store.revision
    made = await api("POST", CONFIG_MAPS, config_map("a"), dryRun="All")
    assert (made.code, made.body["metadata"]["name"]) == (201, "a")
    assert running.store.revision == revision
    await api.make(CONFIG_MAPS, config_map("b", k="v"))
    assert (await api("PATCH", f"{CONFIG_MAPS}/b", {"data": {"k": "w"}}, kind=MERGE, dryRun="All")).body[
        "data"
    ] == {"k": "w"}
    assert (await api("DELETE", f"{CONFIG_MAPS}/b", dryRun="All")).code == 200
    assert (await api("DELETE", f"{CONFIG_MAPS}/b", {"dryRun": ["All"]})).code == 200
    assert (await api("GET", f"{CONFIG_MAPS}/b")).body["data"] == {"k": "v"}
    assert (await api("POST", CONFIG_MAPS, config_map("c"), dryRun="Some")).code == 422


async def test_generated_names(api: Api):
    made = await api.make(CONFIG_MAPS, {"metadata": {"generateName": "a-"}})
    assert made["metadata"]["name"].startswith("a-")
    assert len(made["metadata"]["name"]) == 7


async def test_every_kind_of_patch(api: Api):
    await api.make(CONFIG_MAPS, config_map("a", one="1", two="2"))
    path = f"{CONFIG_MAPS}/a"
    reply = await api("PATCH", path, {"data": {"one": None, "three": "3"}}, kind=MERGE)
    assert reply.body["data"] == {"two": "2", "three": "3"}
    operations = [{"op": "replace", "path": "/data/two", "value": "II"}]
    reply = await api("PATCH", path, operations, kind="application/json-patch+json")
    assert reply.body["data"]["two"] == "II"
    reply = await api("PATCH", path, {"data": {"four": "4"}}, kind="application/strategic-merge-patch+json")
    assert reply.body["data"] == {"two": "II", "three": "3", "four": "4"}
    renamed = await api("PATCH", path, {"metadata": {"name": "b"}}, kind=MERGE)
    assert renamed.code == 400
    forced = await api("PATCH", path, {}, kind=MERGE, force="true")
    assert (forced.code, "may not be specified for non-apply patch" in forced.message) == (422, True)
    assert (await api("PATCH", f"{CONFIG_MAPS}/b", {}, kind=MERGE)).code == 404


async def test_applying_creates_merges_and_conflicts(api: Api):
    path = f"{CONFIG_MAPS}/a"
    made = await api("PATCH", path, config_map("a", k="v"), kind=APPLY, fieldManager="helm")
    assert made.code == 201
    again = await api("PATCH", path, config_map("a", k="v"), kind=APPLY, fieldManager="helm")
    assert again.code == 200
    assert again.body["metadata"]["resourceVersion"] == made.body["metadata"]["resourceVersion"]
    other = await api("PATCH", path, config_map("a", k="w"), kind=APPLY, fieldManager="me")
    assert other.code == 409
    assert other.message == 'Apply failed with 1 conflict: conflict with "helm": .data.k'
    forced = await api("PATCH", path, config_map("a", k="w"), kind=APPLY, fieldManager="me", force="True")
    assert (forced.code, forced.body["data"]) == (200, {"k": "w"})
    nobody = await api("PATCH", path, config_map("a", k="w"), kind=APPLY)
    assert (nobody.code, "fieldManager: Required value" in nobody.message) == (422, True)
    elsewhere = config_map("b")
    elsewhere["metadata"]["uid"] = "x"
    assert (await api("PATCH", f"{CONFIG_MAPS}/b", elsewhere, kind=APPLY, fieldManager="me")).code == 409


async def test_an_apply_without_a_name_takes_that_of_the_path(api: Api):
    reply = await api("PATCH", f"{CONFIG_MAPS}/a", b"data: {k: v}", kind=APPLY, fieldManager="me")
    assert (reply.code, reply.body["metadata"]["name"]) == (201, "a")


async def test_status_is_another_part(api: Api):
    await api.make(PODS, {"metadata": {"name": "web"}, "spec": {"containers": [{"name": "c", "image": "i"}]}})
    patch = {"status": {"phase": "Running"}, "spec": {"nodeName": "n9"}, "metadata": {"labels": {"a": "b"}}}
    changed = await api("PATCH", f"{PODS}/web/status", patch, kind=MERGE)
    assert changed.body["status"]["phase"] == "Running"
    assert changed.body["spec"].get("nodeName") is None
    assert changed.body["metadata"]["labels"] == {"a": "b"}
    assert changed.body["metadata"]["generation"] == 1
    other = await api("PATCH", f"{PODS}/web", {"status": {"phase": "Failed"}}, kind=MERGE)
    assert other.body["status"]["phase"] == "Running"
    assert (await api("GET", f"{PODS}/web/status")).body == other.body


async def test_namespaces_that_are_missing_or_going_away(api: Api):
    reply = await api("POST", "/api/v1/namespaces/nowhere/configmaps", config_map("a"))
    assert (reply.code, reply.message) == (404, 'namespaces "nowhere" not found')
    await api.make("/api/v1/namespaces", {"metadata": {"name": "hub"}})
    assert (await api("DELETE", "/api/v1/namespaces/hub")).body["status"]["phase"] == "Terminating"
    reply = await api("POST", "/api/v1/namespaces/hub/configmaps", config_map("a"))
    assert (reply.code, reply.body["reason"]) == (403, "Forbidden")
    assert reply.body["details"]["causes"][0]["reason"] == "NamespaceTerminating"
    done = await api("PUT", "/api/v1/namespaces/hub/finalize", {"metadata": {"name": "hub"}, "spec": {}})
    assert done.code == 200
    assert "hub" not in await api.names("/api/v1/namespaces")


# Lists


def following(page: Reply) -> dict[str, Any]:
    return {"limit": 2, "continue": page.body["metadata"]["continue"]}


async def test_pages_are_consistent_while_things_change(api: Api):
    for name in "abcde":
        await api.make(CONFIG_MAPS, config_map(name))
    first = await api("GET", CONFIG_MAPS, limit=2)
    assert first.body["metadata"]["remainingItemCount"] == 3
    await api("DELETE", f"{CONFIG_MAPS}/d")
    await api.make(CONFIG_MAPS, config_map("cc"))
    await api("PUT", f"{CONFIG_MAPS}/e", config_map("e", k="new"))
    second = await api("GET", CONFIG_MAPS, **following(first))
    third = await api("GET", CONFIG_MAPS, **following(second))
    pages = [first.body, second.body, third.body]
    assert [each["metadata"]["name"] for page in pages for each in page["items"]] == list("abcde")
    assert {page["metadata"]["resourceVersion"] for page in pages} == {
        first.body["metadata"]["resourceVersion"]
    }
    assert "continue" not in third.body["metadata"]
    assert "data" not in third.body["items"][0] or third.body["items"][0]["data"] == {}
    exact = await api.names(
        CONFIG_MAPS, resourceVersion=first.body["metadata"]["resourceVersion"], resourceVersionMatch="Exact"
    )
    assert exact == list("abcde")


async def test_a_page_token_runs_out(api: Api, running: Running):
    for name in "abc":
        await api.make(CONFIG_MAPS, config_map(name))
    token = (await api("GET", CONFIG_MAPS, limit=1)).body["metadata"]["continue"]
    await api.make(CONFIG_MAPS, config_map("d"))
    running.store.skip_to(running.store.revision + 10)
    reply = await api("GET", f"{CONFIG_MAPS}?continue={token}", limit=1)
    assert (reply.code, reply.body["reason"]) == (410, "Expired")
    reply = await api("GET", f"{CONFIG_MAPS}?continue=nonsense", limit=1)
    assert reply.code == 400


async def test_selectors(api: Api):
    for name, colour in (("a", "red"), ("b", "blue"), ("c", "red")):
        sent = config_map(name)
        sent["metadata"]["labels"] = {"colour": colour}
        await api.make(CONFIG_MAPS, sent)
    assert await api.names(CONFIG_MAPS, labelSelector="colour=red") == ["a", "c"]
    assert await api.names(CONFIG_MAPS, labelSelector="colour in (blue),!size") == ["b"]
    assert await api.names("/api/v1/configmaps", fieldSelector="metadata.name=c") == ["c"]
    page = await api("GET", CONFIG_MAPS, labelSelector="colour=red", limit=1)
    assert "remainingItemCount" not in page.body["metadata"]
    assert (await api("GET", CONFIG_MAPS, labelSelector="a==b==c")).code == 400


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"resourceVersion": "x"}, 400),
        ({"resourceVersion": "99999999"}, 504),
        ({"resourceVersion": "1", "resourceVersionMatch": "Exact"}, 410),
        ({"resourceVersion": "1", "resourceVersionMatch": "NotOlderThan"}, 200),
        ({"resourceVersion": "0"}, 200),
        ({"resourceVersionMatch": "Exact"}, 422),
        ({"limit": "x"}, 400),
    ],
)
async def test_revisions_of_lists(api: Api, query: dict[str, Any], code: int):
    assert (await api("GET", CONFIG_MAPS, **query)).code == code


async def test_other_forms_of_objects(api: Api):
    await api.make(CONFIG_MAPS, config_map("a", k="v"))
    meta = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
    listed = await api("GET", CONFIG_MAPS, accept=meta)
    assert (listed.body["kind"], listed.body["apiVersion"]) == ("PartialObjectMetadataList", "meta.k8s.io/v1")
    assert set(listed.body["items"][0]) == {"kind", "apiVersion", "metadata"}
    one = await api(
        "GET", f"{CONFIG_MAPS}/a", accept="application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
    )
    assert (one.body["kind"], one.body["metadata"]["name"]) == ("PartialObjectMetadata", "a")
    table = await api(
        "GET", CONFIG_MAPS, accept="application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
    )
    assert (table.body["kind"], table.body["rows"][0]["cells"][0]) == ("Table", "a")
    assert table.body["metadata"]["resourceVersion"] == listed.body["metadata"]["resourceVersion"]


async def test_large_answers_are_compressed_when_asked(api: Api, running: Running):
    for number in range(3):
        await api.make(CONFIG_MAPS, config_map(f"a{number}", text="x" * 900_000))
    plain = await api("GET", CONFIG_MAPS, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    url = running.info.url + CONFIG_MAPS
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        for path in (url, url + "/a0"):
            headers = {"Authorization": f"Bearer {running.info.token()}", "Accept-Encoding": "gzip"}
            async with session.get(path, headers=headers, ssl=trusting(running.info)) as response:
                raw = await response.read()
                assert response.headers["Content-Encoding"] == "gzip"
                assert len(raw) < 20_000
                assert len(gzip.decompress(raw)) > 900_000


# Deleting


async def test_a_collection_is_deleted_by_selector(api: Api):
    for name in "abc":
        sent = config_map(name)
        sent["metadata"]["labels"] = {"keep": str(name == "b").lower()}
        await api.make(CONFIG_MAPS, sent)
    dry = await api("DELETE", CONFIG_MAPS, labelSelector="keep=false", dryRun="All")
    assert len(dry.body["items"]) == 2
    reply = await api("DELETE", CONFIG_MAPS, labelSelector="keep=false")
    assert [each["metadata"]["name"] for each in reply.body["items"]] == ["a", "c"]
    assert await api.names(CONFIG_MAPS) == ["b"]


async def test_options_of_deletion(api: Api):
    sent = config_map("a")
    sent["metadata"]["finalizers"] = ["example.org/wait"]
    await api.make(CONFIG_MAPS, sent)
    reply = await api("DELETE", f"{CONFIG_MAPS}/a", {"propagationPolicy": "Sideways"})
    assert (reply.code, "Unsupported value" in reply.message) == (422, True)
    waiting = await api(
        "DELETE", f"{CONFIG_MAPS}/a", {"kind": "DeleteOptions", "propagationPolicy": "Orphan"}
    )
    assert waiting.body["metadata"]["deletionTimestamp"]
    await api("PATCH", f"{CONFIG_MAPS}/a", {"metadata": {"finalizers": None}}, kind=MERGE)
    assert await api.names(CONFIG_MAPS) == []


# Faults and mistakes


async def test_faults_stop_requests_but_not_control(api: Api, running: Running):
    running.world.fault = "drop"
    with pytest.raises((aiohttp.ClientError, ConnectionResetError)):
        await api("GET", CONFIG_MAPS)
    reply = await api("POST", "/practice/v1/students", {"count": 3})
    assert (reply.code, reply.body) == (200, {"count": 3})
    from z2jh_wizard.practice.status import unauthorized

    running.world.fault = unauthorized()
    assert (await api("GET", CONFIG_MAPS)).code == 401
    running.world.fault = None
    assert (await api("GET", CONFIG_MAPS)).code == 200


async def test_a_mistake_of_the_server_is_told_without_secrets(
    api: Api, running: Running, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    secret = "hunter2"

    def fail(*_: object) -> None:
        raise KeyError(secret)

    monkeypatch.setattr(running.store, "list", fail)
    reply = await api("GET", CONFIG_MAPS)
    assert (reply.code, reply.body["reason"]) == (500, "InternalError")
    assert "KeyError" in reply.message
    assert "failed with KeyError" in caplog.text
    assert secret not in reply.message + caplog.text


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("POST", "/practice/v1/students", {}, 400),
        ("POST", "/practice/v1/dance", {}, 400),
        ("POST", "/practice/v1/students", {"count": "many"}, 400),
        ("GET", "/practice/v1/students", None, 405),
        ("GET", "/practice/v2/requests", None, 404),
        ("GET", "/practice", None, 404),
    ],
)
async def test_control_says_what_it_cannot_do(api: Api, method: str, path: str, body: Any, code: int):
    reply = await api(method, path, body)
    assert reply.code == code
    assert reply.message


async def test_the_journal_is_evidence_without_secrets(api: Api, running: Running):
    made = await api.make(CONFIG_MAPS, config_map("a", password="hunter2"))
    await api("POST", CONFIG_MAPS, config_map("b"), dryRun="All")
    await api("GET", CONFIG_MAPS, labelSelector="secret=hunter2")
    async with session_for(running.info, "hunter2") as session, session.get("/version"):
        pass
    entries = (await api("GET", "/practice/v1/requests", limit=4)).body["requests"]
    assert [(each["verb"], each["code"]) for each in entries] == [
        ("POST", 201),
        ("POST", 201),
        ("GET", 200),
        ("GET", 401),
    ]
    assert entries[0]["uid"] == made["metadata"]["uid"]
    assert entries[0]["name"] == "a"
    assert entries[1].get("uid", "") == ""
    assert entries[1]["dry_run"] is True
    assert entries[2]["path"] == CONFIG_MAPS
    raw = (running.folder / "requests.jsonl").read_text()
    assert "hunter2" not in raw
    assert running.info.token() not in raw


async def test_many_clients_at_once(api: Api):
    await asyncio.gather(*(api.make(CONFIG_MAPS, {"metadata": {"generateName": "x-"}}) for _ in range(50)))
    assert len(set(await api.names(CONFIG_MAPS))) == 50
