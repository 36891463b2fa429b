"""The shipped tables hold what Kubernetes publishes."""

from __future__ import annotations

import json

import pytest

from z2jh_wizard.core.assets import asset_path
from z2jh_wizard.practice import protobuf, schema
from z2jh_wizard.practice.schema import UNKNOWN, Schema


@pytest.fixture(scope="module")
def schemas() -> schema.Schemas:
    return schema.load()


def at(start: Schema, *names: str) -> Schema:
    for name in names:
        start = start.items if name == "[]" else start.field(name)
    return start


@pytest.fixture(scope="module")
def deployment(schemas: schema.Schemas) -> Schema:
    return schemas.find("apps", "v1", "Deployment")


def test_required_fields(deployment: Schema):
    assert deployment.field("spec").required == ("selector", "template")
    assert at(deployment, "spec", "template", "spec", "containers", "[]").required == ("name",)


@pytest.mark.parametrize(
    ("path", "keys", "merge_key"),
    [
        (("containers",), ("name",), "name"),
        (("volumes",), ("name",), "name"),
        (("containers", "[]", "ports"), ("containerPort", "protocol"), "containerPort"),
        (("containers", "[]", "env"), ("name",), "name"),
        (("containers", "[]", "volumeMounts"), ("mountPath",), "mountPath"),
        (("hostAliases",), ("ip",), "ip"),
        (("imagePullSecrets",), ("name",), "name"),
    ],
)
def test_keyed_lists(deployment: Schema, path: tuple[str, ...], keys: tuple[str, ...], merge_key: str):
    found = at(deployment, "spec", "template", "spec", *path)
    assert found.type == "list"
    assert found.list_type == "map"
    assert not found.atomic
    assert found.list_keys == keys
    assert found.patch_merge_key == merge_key
    assert found.patch_strategy == "merge"


def test_atomic_things(deployment: Schema):
    container = at(deployment, "spec", "template", "spec", "containers", "[]")
    assert container.field("args").atomic
    assert at(deployment, "spec", "selector").atomic
    assert at(deployment, "spec", "template", "spec", "nodeSelector").atomic
    assert not at(deployment, "metadata", "labels").atomic
    assert at(deployment, "spec", "template", "spec", "tolerations").atomic


def test_sets(deployment: Schema):
    assert at(deployment, "metadata", "finalizers").list_type == "set"


def test_types(deployment: Schema, schemas: schema.Schemas):
    container = at(deployment, "spec", "template", "spec", "containers", "[]")
    assert at(container, "resources", "limits").items.type == "quantity"
    assert at(container, "ports", "[]", "containerPort").format == "int32"
    assert at(deployment, "spec", "strategy", "rollingUpdate", "maxSurge").type == "int-or-string"
    assert at(deployment, "metadata", "creationTimestamp").type == "time"
    assert schemas.find("", "v1", "Secret").field("data").items.type == "bytes"
    assert container.name == "core.v1.Container"


def test_defaults_and_choices(deployment: Schema):
    pod = at(deployment, "spec", "template", "spec")
    assert at(pod, "containers", "[]", "ports", "[]", "protocol").default == "TCP"
    assert "ClusterFirst" in pod.field("dnsPolicy").enum
    assert at(pod, "containers", "[]", "resources").default == {}
    assert pod.field("hostNetwork").omitted_when_empty
    assert not at(deployment, "spec", "replicas").omitted_when_empty
    assert dict(deployment.fields()).keys() == {"apiVersion", "kind", "metadata", "spec", "status"}


def test_custom_kinds_know_only_their_metadata(schemas: schema.Schemas):
    custom = schemas.of({"apiVersion": "example.com/v1", "kind": "Widget"})
    assert not custom.known
    assert at(custom, "metadata", "finalizers").list_type == "set"
    assert custom.field("spec").type == "any"
    assert custom.field("spec").field("deeper").type == "any"
    assert UNKNOWN.items.type == "any"


@pytest.mark.parametrize(
    "kind",
    [
        ("", "v1", "Pod"),
        ("", "v1", "PersistentVolumeClaim"),
        ("batch", "v1", "CronJob"),
        ("autoscaling", "v2", "HorizontalPodAutoscaler"),
        ("networking.k8s.io", "v1", "Ingress"),
        ("policy", "v1", "PodDisruptionBudget"),
        ("rbac.authorization.k8s.io", "v1", "Role"),
        ("apiextensions.k8s.io", "v1", "CustomResourceDefinition"),
    ],
)
def test_the_kinds_that_charts_use_are_there(schemas: schema.Schemas, kind: tuple[str, str, str]):
    assert schemas.find(*kind).known
    assert schemas.find(*kind).field("metadata").has_field("labels")


def test_every_reference_in_the_table_leads_somewhere(schemas: schema.Schemas):
    waiting = [schemas.find(*key.split("/")) for key in schemas._kinds]
    seen: set[str] = set()
    while waiting:
        each = waiting.pop()
        if each.name not in seen:
            if each.name:
                seen.add(each.name)
            waiting += [below for _, below in each.fields()]
            waiting += [each.items] if each.items is not UNKNOWN and each.type in ("list", "map") else []
    assert len(seen) > 350


def test_the_licence_and_the_notice_ship_with_the_tables():
    assert "Apache License" in asset_path("kubernetes/LICENSE").read_text()
    notice = asset_path("kubernetes/NOTICE").read_text()
    assert "The Kubernetes Authors" in notice
    assert protobuf.load()["kubernetes"] in notice


def test_the_tables_are_small():
    for name in ("schemas", "wire"):
        assert asset_path(f"kubernetes/{name}.json.gz").stat().st_size < 40_000


def test_the_wire_table_has_known_numbers():
    messages = protobuf.load()["messages"]
    assert messages["core.v1.ContainerPort"]["3"] == ["containerPort", "int32", "z"]
    assert messages["core.v1.Secret"]["2"] == ["data", "bytes", "m"]
    assert messages["core.v1.Volume"]["2"] == ["", "core.v1.VolumeSource", "iz"]
    assert messages["apps.v1.DeploymentSpec"]["1"] == ["replicas", "int32", "z"]
    plain = {
        "string",
        "bytes",
        "bool",
        "int32",
        "int64",
        "time",
        "microtime",
        "quantity",
        "int-or-string",
        "raw",
    }
    for fields in messages.values():
        assert all(kind in plain or kind in messages for _, kind, _ in fields.values())


def test_a_table_of_ones_own_can_be_read():
    table = {"kinds": {"/v1/A": "t"}, "types": {"t": json.loads('{"type": "object", "fields": {}}')}}
    assert schema.Schemas(table).find("", "v1", "A").known
