"""Objects and changes are refused as the real server refuses them, in its words."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.practice import samples
from z2jh_wizard.practice import defaults, schema, validation
from z2jh_wizard.practice.decoding import TypeMismatch, unknown_fields
from z2jh_wizard.practice.rules.schedules import schedule_error
from z2jh_wizard.practice.status import ApiError

SAMPLES = samples.load("validation")
UPDATES = samples.load("updates")


def message_of(obj: dict[str, Any], level: str = "Strict") -> str | None:
    """Return the message with which an object is refused, or None when it is accepted."""
    try:
        validation.check(obj, schema.load().of(obj), level)
    except ApiError as error:
        return error.message
    return None


def refused_change(old: dict[str, Any], new: dict[str, Any]) -> str | None:
    """Return the message with which a change is refused, or None when it is accepted."""
    try:
        validation.check(new, schema.load().of(new), "Strict")
        validation.check_update(old, new)
    except ApiError as error:
        return error.message
    return None


def config_map(**fields: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}} | fields


def pod(*containers: dict[str, Any], **spec: Any) -> dict[str, Any]:
    listed = list(containers) or [{"name": "c", "image": "x"}]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p"},
        "spec": {"containers": listed, **spec},
    }


# ------------------------------------------------------------------ what the real server answered


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["what"])
def test_the_real_server_says_the_same(sample: dict[str, Any]):
    assert message_of(sample["object"]) == sample["message"]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["what"])
def test_defaults_do_not_change_the_answer(sample: dict[str, Any]):
    obj = copy.deepcopy(sample["object"])
    if sample["message"] is None:
        defaults.fill(obj)
        obj["metadata"].setdefault("name", "x")
        assert message_of(obj) is None


@pytest.mark.parametrize("sample", UPDATES, ids=lambda sample: sample["what"])
def test_the_real_server_refuses_the_same_changes(sample: dict[str, Any]):
    message = refused_change(sample["old"], sample["new"])
    if (sample["message"] or "").endswith("{"):
        # The real message goes on with a Go struct.
        assert message is not None
        assert message.startswith(sample["message"])
    else:
        assert message == sample["message"]


def test_the_samples_hold_enough():
    assert sum(sample["message"] is not None for sample in SAMPLES) > 180
    assert sum(sample["message"] is not None for sample in UPDATES) > 30


# ------------------------------------------------------------------ unknown fields and types


def test_unknown_fields_are_refused_warned_of_or_ignored():
    obj = pod(foo=1) | {"bar": {}}
    schema_of_pod = schema.load().of(obj)
    warnings = ['unknown field "spec.foo"', 'unknown field "bar"']
    assert validation.check(obj, schema_of_pod, "Warn") == warnings
    assert validation.check(obj, schema_of_pod, "") == warnings
    assert validation.check(obj, schema_of_pod, "Ignore") == []
    assert message_of(obj) == (
        'Pod in version "v1" cannot be handled as a Pod: strict decoding error: '
        'unknown field "spec.foo", unknown field "bar"'
    )
    assert message_of(obj, "Strange") == (
        'CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Strange": '
        'supported values: "", "Ignore", "Strict", "Warn"'
    )


def test_of_custom_objects_only_the_metadata_is_known():
    widget = {"apiVersion": "example.com/v1", "kind": "W", "metadata": {"name": "w"}, "spec": {"any": [1]}}
    assert message_of(widget) is None
    assert 'unknown field "metadata.labls"' in str(message_of(widget | {"metadata": {"labls": {}}}))


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"hostNetwork": 1}, "number into Go struct field PodSpec.spec.hostNetwork of type bool"),
        ({"containers": 1}, "number into Go struct field PodSpec.spec.containers of type []v1.Container"),
        ({"nodeSelector": ["a"]}, "array into Go struct field PodSpec.spec.nodeSelector of type map"),
        ({"nodeSelector": {"a": {}}}, "object into Go struct field PodSpec.spec.nodeSelector of type string"),
        ({"priority": True}, "bool into Go struct field PodSpec.spec.priority of type int32"),
        ({"activeDeadlineSeconds": 2**63}, "of type int64"),
    ],
)
def test_types(spec: dict[str, Any], message: str):
    assert message in str(message_of(pod() | {"spec": spec}))


def test_base64_of_several_lines_is_read():
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"a": "YW\nJj\n"}}
    assert message_of(secret) is None


def test_numbers_with_a_fraction():
    with pytest.raises(TypeMismatch, match=r"of type float64"):
        list(unknown_fields("x", schema.Schema({"type": "number", "format": "double"}, {}), "S", ("a",)))
    assert not list(unknown_fields(1.5, schema.Schema({"type": "number", "format": "double"}, {})))


# ------------------------------------------------------------------ sizes


def test_a_secret_holds_a_mebibyte():
    secret: dict[str, Any] = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}}
    full = secret | {"stringData": {"a": "x" * 1024 * 1024}}
    assert message_of(full) is None
    full["stringData"]["b"] = "x"
    assert message_of(full) == ('Secret "s" is invalid: data: Too long: may not be more than 1048576 bytes')


def test_a_config_map_holds_a_mebibyte():
    assert message_of(config_map(data={"a": "é" * 512 * 1024})) is None
    assert message_of(config_map(data={"a": "é" * 512 * 1024}, binaryData={"b": "YQ=="})) == (
        'ConfigMap "c" is invalid: []: Too long: may not be more than 1048576 bytes'
    )


def test_annotations_hold_256_kibibytes():
    big = config_map(metadata={"name": "c", "annotations": {"a": "x" * 262144}})
    assert message_of(big) == (
        'ConfigMap "c" is invalid: metadata.annotations: Too long: may not be more than 262144 bytes'
    )


def test_no_message_shows_a_secret():
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "s"},
        "type": "kubernetes.io/dockerconfigjson",
        "data": {".dockerconfigjson": "aHVudGVyMg=="},
    }
    message = str(message_of(secret))
    assert "redacted" in message
    assert "hunter2" not in message


# ------------------------------------------------------------------ changes


def test_a_bound_claim_may_grow_and_not_shrink():
    def claim(size: str) -> dict[str, Any]:
        return {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": "home"},
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": size}},
                "volumeName": "v",
                "storageClassName": "s",
            },
            "status": {"phase": "Bound"},
        }

    assert refused_change(claim("1Gi"), claim("2Gi")) is None
    assert refused_change(claim("2Gi"), claim("1Gi")) == (
        'PersistentVolumeClaim "home" is invalid: spec.resources.requests.storage: Forbidden: '
        "field can not be less than previous value"
    )


def test_a_pod_keeps_its_tolerations():
    old = pod(tolerations=[{"key": "a", "operator": "Exists"}])
    message = refused_change(old, pod(tolerations=[{"key": "b", "operator": "Exists"}]))
    assert "existing toleration can not be modified" in str(message)


def test_a_service_may_become_an_external_name():
    def service(**spec: Any) -> dict[str, Any]:
        return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": spec}

    old = service(clusterIP="10.0.0.1", clusterIPs=["10.0.0.1"], ports=[{"port": 80}])
    assert refused_change(old, service(type="ExternalName", externalName="a.b")) is None
    assert refused_change(old, service(ports=[{"port": 80}])) is None


def test_what_a_role_binding_points_at_stays():
    def binding(name: str) -> dict[str, Any]:
        return {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": "b"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name},
        }

    assert "cannot change roleRef" in str(refused_change(binding("a"), binding("b")))
    assert refused_change(binding("a"), binding("a")) is None


def test_a_kind_without_rules_may_change():
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "s"}}
    assert refused_change(account, account | {"automountServiceAccountToken": False}) is None


# ------------------------------------------------------------------ single rules


def variable(**source: Any) -> dict[str, Any]:
    return {"env": [{"name": "A", "valueFrom": source}]}


@pytest.mark.parametrize(
    ("container", "message"),
    [
        (variable(secretKeyRef={"name": "s", "key": "a b"}), "valueFrom.secretKeyRef.key: Invalid value"),
        (
            variable(fieldRef={}, secretKeyRef={"name": "s", "key": "k"}),
            "may not have more than one field specified at a time",
        ),
        ({"volumeMounts": [{"mountPath": "/a"}]}, "volumeMounts[0].name: Required value"),
        (
            {"livenessProbe": {"httpGet": {"port": 80, "scheme": "FTP"}}},
            'Unsupported value: "FTP": supported values: "HTTP", "HTTPS"',
        ),
        ({"ports": [{"containerPort": 80, "name": "-a--b"}]}, "must not begin or end with a hyphen"),
    ],
)
def test_containers(container: dict[str, Any], message: str):
    assert message in str(message_of(pod({"name": "c", "image": "x", **container})))


def test_a_sub_path_stays_inside():
    mount = {"name": "v", "mountPath": "/a", "subPath": "/etc"}
    obj = pod({"name": "c", "image": "x", "volumeMounts": [mount]}, volumes=[{"name": "v"}])
    assert "must be a relative path" in str(message_of(obj))


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({"name": "c", "labels": {"/a": "b"}}, "prefix part must be non-empty"),
        ({"name": "c", "annotations": {"a/b/c": ""}}, "a valid label key must consist of"),
        ({"generateName": "a-"}, None),
        ({"name": "c", "finalizers": ["kubernetes"]}, None),
    ],
)
def test_metadata(metadata: dict[str, Any], message: str | None):
    found = message_of(config_map(metadata=metadata))
    assert found is None if message is None else message in str(found)


@pytest.mark.parametrize("key", [".", "..", "..a", "a" * 254])
def test_keys_that_are_no_file_names(key: str):
    assert "data[" in str(message_of(config_map(data={key: ""})))


def test_role_names_may_not_lead_elsewhere():
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": ".."}}
    assert "may not be '..'" in str(message_of(role))


@pytest.mark.parametrize(
    "schedule",
    ["* * * * *", "*/5 0-6 1,15 jan-MAR mon", "@daily", "@every 1h30m", "0 0 ? * *", "5/10 * * * *"],
)
def test_schedules_that_can_be_read(schedule: str):
    assert schedule_error(schedule) is None


@pytest.mark.parametrize(
    ("schedule", "message"),
    [
        ("@never", "unrecognized descriptor: @never"),
        ("1-2-3 * * * *", "too many hyphens: 1-2-3"),
        ("*/2/3 * * * *", "too many slashes: */2/3"),
        ("*/0 * * * *", "step of range should be a positive number: */0"),
        ("* * 0 * *", "beginning of range (0) below minimum (1): 0"),
        ("5-3 * * * *", "beginning of range (5) beyond end of range (3): 5-3"),
        ("* 24 * * *", "end of range (24) above maximum (23): 24"),
        ("x * * * *", "failed to parse int from x"),
        ("*/x * * * *", "failed to parse int from */x"),
    ],
)
def test_schedules_that_cannot(schedule: str, message: str):
    assert message in str(schedule_error(schedule))


# ------------------------------------------------------------------ hostile objects

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "x y", "1Gi", "None"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                [
                    "name",
                    "metadata",
                    "spec",
                    "template",
                    "containers",
                    "ports",
                    "selector",
                    "env",
                    "resources",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
KINDS = [(sample["object"]["apiVersion"], sample["object"]["kind"]) for sample in SAMPLES]


@given(
    st.sampled_from(sorted(set(KINDS))),
    st.dictionaries(st.sampled_from(["metadata", "spec", "data", "rules"]), JSON),
)
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
def test_no_object_breaks_the_check(kind: tuple[str, str], fields: dict[str, Any]):
    obj = {"apiVersion": kind[0], "kind": kind[1], **fields}
    message = message_of(obj, "Ignore")
    if message is None:
        before = copy.deepcopy(obj)
        defaults.fill(obj)
        assert message_of(obj, "Ignore") is None
        validation.check_update(obj, obj)
        assert before["kind"] == obj["kind"]


@given(st.sampled_from(SAMPLES), st.data())
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
def test_no_damaged_object_breaks_the_check(sample: dict[str, Any], data: st.DataObject):
    obj = copy.deepcopy(sample["object"])
    node: Any = obj
    for _ in range(data.draw(st.integers(0, 7))):
        below = [key for key, value in _entries(node) if isinstance(value, dict | list) and value]
        if not below:
            break
        node = node[data.draw(st.sampled_from(below))]
    key = data.draw(st.sampled_from([key for key, _ in _entries(node)]))
    node[key] = data.draw(JSON)
    message = message_of(obj, "Warn")
    assert message is None or message


def _entries(node: Any) -> list[tuple[Any, Any]]:
    return list(node.items()) if isinstance(node, dict) else list(enumerate(node))
