"""The store: what it fills in, how it changes, deletes and tells."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from z2jh_wizard.practice import event_log
from z2jh_wizard.practice.history import Change, History
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.resources import CONFIG_MAPS, EVENTS, NAMESPACES, PODS, REPLICA_SETS
from z2jh_wizard.practice.status import ApiError
from z2jh_wizard.practice.store import Store


class Moment:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 9, 1, 8, tzinfo=timezone.utc)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def moment() -> Moment:
    return Moment()


@pytest.fixture
def store(moment: Moment) -> Store:
    made = Store(now=moment)
    made.create(NAMESPACES, {"metadata": {"name": "hub"}, "spec": {"finalizers": ["kubernetes"]}})
    return made


def pod(name: str = "web", **spec: object) -> Object:
    return {"metadata": {"name": name, "labels": {"app": name}}, "spec": {"nodeName": "n1", **spec}}


def names(objects: list[Object]) -> list[str]:
    return [each["metadata"]["name"] for each in objects]


def test_a_new_object_gets_what_the_server_owns(store: Store):
    sent = {"metadata": {"name": "web"}, "spec": {}}
    made = store.create(PODS, sent, "hub")
    assert made["apiVersion"] == "v1"
    assert made["kind"] == "Pod"
    assert made["metadata"]["namespace"] == "hub"
    assert made["metadata"]["creationTimestamp"] == "2026-09-01T08:00:00Z"
    assert made["metadata"]["generation"] == 1
    assert made["metadata"]["resourceVersion"] == str(store.revision)
    assert len(made["metadata"]["uid"]) == 36
    assert sent == {"metadata": {"name": "web"}, "spec": {}}


def test_config_maps_count_no_generations(store: Store):
    assert "generation" not in store.create(CONFIG_MAPS, {"metadata": {"name": "a"}}, "hub")["metadata"]


def test_generated_names_are_cut_and_unique(store: Store):
    made = {
        store.create(PODS, {"metadata": {"generateName": "x" * 80}}, "hub")["metadata"]["name"]
        for _ in range(50)
    }
    assert len(made) == 50
    assert {len(name) for name in made} == {63}


@pytest.mark.parametrize(
    ("namespace", "code", "text"),
    [("nowhere", 404, 'namespaces "nowhere" not found'), ("hub", 409, 'pods "web" already exists')],
)
def test_a_bad_place_is_refused(store: Store, namespace: str, code: int, text: str):
    store.create(PODS, pod(), "hub")
    with pytest.raises(ApiError) as caught:
        store.create(PODS, pod(), namespace)
    assert (caught.value.code, caught.value.message) == (code, text)


def test_nothing_new_in_a_namespace_that_goes_away(store: Store):
    gone = store.delete(NAMESPACES, store.list(NAMESPACES)[0])
    assert gone["status"]["phase"] == "Terminating"
    with pytest.raises(ApiError, match="because it is being terminated"):
        store.create(PODS, pod(), "hub")


def test_a_namespace_goes_when_nothing_finalizes_it_any_more(store: Store):
    store.delete(NAMESPACES, store.list(NAMESPACES)[0])
    store.change(NAMESPACES, store.list(NAMESPACES)[0], lambda obj: obj["spec"].update(finalizers=[]))
    assert store.list(NAMESPACES) == []


def test_changes_replace_the_object_and_count(store: Store):
    first = store.create(PODS, pod(), "hub")
    second = store.change(PODS, first, lambda obj: obj["spec"].update(priority=1))
    assert first["spec"] == {"nodeName": "n1"}
    assert second["metadata"]["generation"] == 2
    third = store.change(PODS, first, lambda obj: obj.update(status={"phase": "Running"}))
    assert third["spec"]["priority"] == 1
    assert third["metadata"]["generation"] == 2
    assert int(third["metadata"]["resourceVersion"]) == store.revision


def test_a_change_that_changes_nothing_is_none(store: Store):
    made = store.create(PODS, pod(), "hub")
    revision = store.revision
    assert store.change(PODS, made, lambda obj: obj["spec"].update(nodeName="n1")) is made
    assert store.revision == revision


def test_a_change_cannot_touch_what_the_server_owns(store: Store):
    made = store.create(PODS, pod(), "hub")
    changed = store.change(
        PODS,
        made,
        lambda obj: obj["metadata"].update(uid="mine", deletionTimestamp="2020-01-01T00:00:00Z", labels={}),
    )
    assert changed["metadata"]["uid"] == made["metadata"]["uid"]
    assert "deletionTimestamp" not in changed["metadata"]
    assert changed["metadata"]["labels"] == {}


def test_an_object_of_the_same_name_is_another_one(store: Store):
    first = store.create(CONFIG_MAPS, {"metadata": {"name": "a"}}, "hub")
    store.delete(CONFIG_MAPS, first)
    store.create(CONFIG_MAPS, {"metadata": {"name": "a"}}, "hub")
    with pytest.raises(ApiError, match='configmaps "a" not found'):
        store.change(CONFIG_MAPS, first, lambda obj: None)


def test_lists_by_namespace_and_labels(store: Store):
    store.create(NAMESPACES, {"metadata": {"name": "other"}})
    for place, name in (("hub", "a"), ("hub", "b"), ("other", "a")):
        store.create(PODS, pod(name), place)
    assert names(store.list(PODS)) == ["a", "b", "a"]
    assert names(store.list(PODS, "hub")) == ["a", "b"]
    assert names(store.list(PODS, None, {"app": "a"})) == ["a", "a"]
    assert names(store.list(PODS, "hub", lambda labels: labels["app"] > "a")) == ["b"]
    assert store.count(PODS) == 3


def test_a_running_pod_waits_for_its_node(store: Store):
    marked = store.delete(PODS, store.create(PODS, pod(), "hub"))
    assert marked["metadata"]["deletionGracePeriodSeconds"] == 30
    assert marked["metadata"]["deletionTimestamp"] == "2026-09-01T08:00:30Z"
    assert marked["metadata"]["generation"] == 2
    assert store.delete(PODS, marked) is marked
    sooner = store.delete(PODS, marked, grace_seconds=5)
    assert sooner["metadata"]["deletionTimestamp"] == "2026-09-01T08:00:05Z"
    store.remove(PODS, sooner)
    assert store.list(PODS) == []


@pytest.mark.parametrize("how", ["never scheduled", "done", "forced"])
def test_other_pods_go_at_once(store: Store, how: str):
    made = store.create(PODS, pod(nodeName=None) if how == "never scheduled" else pod(), "hub")
    if how == "done":
        made = store.change(PODS, made, lambda obj: obj.update(status={"phase": "Succeeded"}))
    store.delete(PODS, made, grace_seconds=0 if how == "forced" else None)
    assert store.list(PODS) == []


def test_finalizers_hold_an_object_back(store: Store):
    made = store.create(CONFIG_MAPS, {"metadata": {"name": "a", "finalizers": ["x/y"]}}, "hub")
    marked = store.delete(CONFIG_MAPS, made)
    assert marked["metadata"]["deletionTimestamp"] == "2026-09-01T08:00:00Z"
    store.change(CONFIG_MAPS, marked, lambda obj: obj["metadata"].pop("finalizers"))
    assert store.list(CONFIG_MAPS) == []


def owned(store: Store) -> tuple[Object, Object]:
    owner = store.create(REPLICA_SETS, {"metadata": {"name": "rs"}, "spec": {}}, "hub")
    reference = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "rs", "uid": owner["metadata"]["uid"]}
    child = store.create(PODS, {"metadata": {"name": "web", "ownerReferences": [reference]}}, "hub")
    return owner, child


def test_dependents_are_found_until_they_go(store: Store):
    owner, child = owned(store)
    assert store.dependents(owner["metadata"]["uid"]) == [(PODS, child)]
    store.remove(PODS, child)
    assert store.dependents(owner["metadata"]["uid"]) == []


def test_foreground_deletion_waits_for_dependents(store: Store):
    owner, _ = owned(store)
    marked = store.delete(REPLICA_SETS, owner, "Foreground")
    assert marked["metadata"]["finalizers"] == ["foregroundDeletion"]


def test_orphans_forget_their_owner(store: Store):
    owner, child = owned(store)
    store.delete(REPLICA_SETS, owner, "Orphan")
    assert store.list(REPLICA_SETS) == []
    assert "ownerReferences" not in store.live(PODS, child)["metadata"]


def test_listeners_hear_every_change_in_order_though_they_write_themselves(store: Store):
    heard: list[list[tuple[str, int]]] = [[], []]

    def answer(change: Change) -> None:
        heard[0].append((change.type, change.revision))
        if change.type == "ADDED" and change.resource == PODS:
            store.change(PODS, change.object, lambda obj: obj.update(status={"phase": "Pending"}))

    store.listeners += [answer, lambda change: heard[1].append((change.type, change.revision))]
    store.changed.clear()
    store.delete(PODS, store.create(PODS, pod(), "hub"), grace_seconds=0)
    assert [kind for kind, _ in heard[1]] == ["ADDED", "MODIFIED", "DELETED"]
    assert heard[0] == heard[1]
    assert heard[0] == sorted(heard[0], key=lambda each: each[1])
    assert store.changed.is_set()


def test_encodings_are_kept_for_each_revision(store: Store):
    made = store.create(CONFIG_MAPS, {"metadata": {"name": "a"}, "data": {"k": "v"}}, "hub")
    assert store.encoded(made) is store.encoded(made)
    assert b'"data":{"k":"v"}' in store.encoded(made)
    changed = store.change(CONFIG_MAPS, made, lambda obj: obj["data"].update(k="w"))
    assert b'"k":"w"' in store.encoded(changed)
    assert b'"k":"v"' in store.encoded(made)


def test_history_goes_back_as_far_as_it_is_kept():
    history = History(floor=10, size=2)
    changes = [Change("ADDED", PODS, {}, None, revision) for revision in (11, 12, 13)]
    for change in changes:
        history.add(change)
    assert list(history.since(11)) == changes[1:]
    assert list(history.since(13)) == []
    with pytest.raises(ApiError) as caught:
        history.since(10)
    assert (caught.value.code, caught.value.reason) == (410, "Expired")


def test_repeated_events_count_up(store: Store, moment: Moment):
    made = store.create(PODS, pod(), "hub")
    store.record_event(made, "Pulled", "image pulled", component="kubelet")
    moment.now += timedelta(seconds=5)
    store.record_event(made, "Pulled", "image pulled", component="kubelet")
    store.record_event(made, "Pulled", "another image pulled", "Warning", component="kubelet")
    first, second = store.list(EVENTS, "hub")
    assert (first["count"], first["firstTimestamp"], first["lastTimestamp"]) == (
        2,
        "2026-09-01T08:00:00Z",
        "2026-09-01T08:00:05Z",
    )
    assert first["involvedObject"]["uid"] == made["metadata"]["uid"]
    assert (second["count"], second["type"], second["source"]) == (1, "Warning", {"component": "kubelet"})


def test_events_about_cluster_wide_objects_stand_in_default(store: Store):
    home = store.list(NAMESPACES)[0]
    store.record_event(home, "Seen", "without a default namespace nothing is written")
    assert store.list(EVENTS) == []
    store.create(NAMESPACES, {"metadata": {"name": "default"}})
    store.record_event(home, "Seen", "it was seen")
    assert store.list(EVENTS)[0]["metadata"]["namespace"] == "default"


def test_old_events_go_and_the_newest_stay(store: Store, moment: Moment, monkeypatch: pytest.MonkeyPatch):
    made = store.create(PODS, pod(), "hub")
    store.record_event(made, "Old", "long ago")
    moment.now += timedelta(minutes=61)
    store.record_event(made, "New", "just now")
    assert [each["reason"] for each in store.list(EVENTS)] == ["New"]
    monkeypatch.setattr(event_log, "KEPT_EVENTS", 3)
    for number in range(6):
        store.record_event(made, f"R{number}", "one of many")
    assert [each["reason"] for each in store.list(EVENTS)] == ["R3", "R4", "R5"]


def test_the_revision_never_goes_back(store: Store):
    before = store.revision
    store.skip_to(before - 1)
    assert store.revision == before
    store.skip_to(before + 50)
    assert store.revision == before + 50
    with pytest.raises(ApiError):
        store.history.since(before)
