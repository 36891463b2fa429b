"""Rules about servers, files, addresses and the hub's Python: tricky negatives, and one finding a cause."""

from __future__ import annotations

import json
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.values.lint.examples import Example, examples, linted
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.lint import (
    database,
    environment,
    extra_config,
    https,
    image,
    ingress,
    network,
    profiles,
    resources,
    scheduling,
    storage,
)
from z2jh_wizard.values.lint.finding import Finding, Severity
from z2jh_wizard.values.lint.fixing import fix
from z2jh_wizard.values.lint.run import lint_bytes

MINE = {
    rule.id
    for module in (
        database, environment, extra_config, https, image, ingress,
        network, profiles, resources, scheduling, storage,
    )
    for rule in module.RULES
}  # fmt: skip


def found(text: str, chart: str = "", **more) -> list[Finding]:
    return [one for one in linted(text, chart, **more) if one.rule in MINE]


def said(text: str, chart: str = "", **more) -> list[tuple[str, str]]:
    return [(one.rule, one.path) for one in found(text, chart, **more)]


def mended(text: str) -> str:
    return fix(Document.read(text.encode()), found(text)).document.data.decode()


def python(code: str) -> str:
    lines = "".join(f"      {line}\n" for line in code.splitlines())
    return f"hub:\n  extraConfig:\n    a: |\n{lines}"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("singleuser: {extraLabels: {exam: yes}}", "node-selector-bool"),
        ("singleuser: {cpu: {limit: 500m}}", "cpu-str"),
        ("cull: {every: 10m}", "cull-bool"),
        ("proxy: {https: {hosts: a.b, enabled: false}}", "https-host-str"),
        ("singleuser: {storage: {capacity: 10}}", "capacity-int"),
        ("singleuser: {storage: {type: Disk}}", "storage-type-none"),
        ("singleuser: {image: {name: a/b, tag: 3.10}}", "tag-float"),
        ("singleuser: {profileList: {a: {}}}", "profile-dict"),
        ("prePuller: {extraImages: {a: {name: 'b:1', tag: '1'}}}", "image-combined"),
    ],
)
def test_one_cause_is_said_once(text, rule):
    assert [one.rule for one in linted(text) if one.severity is Severity.ERROR] == [rule]


@pytest.mark.parametrize(
    ("text", "chart"),
    [
        # The hub takes all of these.
        ("singleuser: {memory: {limit: 4G, guarantee: 4294967296}}", ""),
        ("singleuser: {memory: {limit: 0}, cpu: {limit: 0, guarantee: 1}}", ""),
        ("singleuser: {memory: {limit: 1G}}", ""),
        ("hub: {config: {KubeSpawner: {mem_guarantee: 0}}}\nsingleuser: {memory: {limit: 512M}}", ""),
        ("singleuser: {storage: {capacity: }}", ""),
        ("singleuser: {extraEnv: {A: '{{', B: '}}', C: 'a{username}'}}", ""),
        ("singleuser: {extraEnv: {A: '{not: filled in}'}}", "2.0.0"),
        ("singleuser: {extraEnv: {A: '{legacy_escape_username}'}}", "3.3.8"),
        ("singleuser: {profileList: [{display_name: 3, slug: a}]}", ""),
        ("singleuser: {image: {name: 'localhost:5000/a', tag: b}}", ""),
        ("singleuser: {image: {name: a/b, tag: 3.7}}", "0.9.0"),
        ("cull: {timeout: '3600', every: '600'}", "0.9.0"),
        ("proxy: {https: {hosts: [a.example.org], letsencrypt: {contactEmail: a@example.org}}}", "0.9.0"),
        ("proxy: {https: {type: offload, enabled: true}}", ""),
        ("proxy: {https: {enabled: true, hosts: [Hub.Example.ORG], type: manual}}", ""),
        ("ingress: {enabled: false, hosts: [a.example.org]}", ""),
        ("scheduling: {userPlaceholder: {enabled: false, replicas: 3}}", ""),
        ("singleuser: {networkPolicy: {enabled: false, egress: [{ports: [{port: 443}]}]}}", "1.2.0"),
        ("singleuser: {networkPolicy: {egress: [{ports: [{port: 443}]}]}}", "1.2.0"),
        ("hub: {db: {type: postgres}, extraConfig: {a: 'c.JupyterHub.db_url = x()'}}", ""),
        ("hub: {db: {type: sqlite-pvc, url: }}", ""),
        ("singleuser: {storage: {extraVolumes: [{name: a}]}}\nhub: {extraConfig: {a: c.A.volumes}}", ""),
        ("singleuser: {profileList: [{display_name: a, kubespawner_override: {image: 'b@sha256:c'}}]}", ""),
        # A profile that says only one of two is measured with what all students get.
        (
            "singleuser: {memory: {guarantee: 1G}, profileList: "
            "[{display_name: a, kubespawner_override: {mem_limit: 2G}}]}",
            "",
        ),
        # All choices change what the profile says.
        (
            "singleuser: {profileList: [{display_name: a, kubespawner_override: {mem_limit: 512M}, "
            "profile_options: {x: {choices: {l: {kubespawner_override: {mem_guarantee: 256M}}}}}}]}",
            "",
        ),
        # Another option of the same profile says the other one.
        (
            "singleuser: {profileList: [{display_name: a, profile_options: {x: {choices: {l: "
            "{kubespawner_override: {mem_limit: 512M}}}}, y: {choices: {g: "
            "{kubespawner_override: {mem_guarantee: 256M}}}}}}]}",
            "",
        ),
    ],
)
def test_what_works_is_left_alone(text, chart):
    assert said(text, chart) == []


@pytest.mark.parametrize(
    "code",
    [
        "import os\n\ndef f():\n\treturn 1  # tabs are fine when they are not mixed\n",
        "async def hook(spawner):\n    await spawner.stop()\nc.Spawner.pre_spawn_hook = hook",
        "x = '\\d'",
        "import kubernetes_asyncio",
        "c.KubeSpawner.environment['A'] = 'b'",
        "c.KubeSpawner.environment = {}\nc.KubeSpawner.environment['A'] = 'b'",
        "text = 'c.Spawner.environment += 1'",
    ],
)
def test_python_that_runs_is_left_alone(code):
    assert said(python(code)) == []


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("if True:\n    a = 1\n\tb = 2", 6),
        ("a = (1,\nb = 2", 4),
        ("return 1", 4),
        ("a = 1\nawait b", 5),
        ("a = '''\n\n", 4),
    ],
)
def test_a_mistake_in_python_is_told_with_its_line_in_the_file(code, line):
    text = python(code) + "    z: |\n      fine = 1\n"
    assert [(one.rule, one.path, one.line) for one in found(text)] == [
        ("extraconfig-py", "hub.extraConfig.a", line)
    ]


@pytest.mark.parametrize(
    ("code", "chart", "severity"),
    [
        ("c.Spawner.environment += {'A': 'b'}", "0.6.0", Severity.ERROR),
        ("c.Spawner.environment['A'] = 'b'", "", Severity.ERROR),
        ("c.Spawner.environment = {'A': 'b'}", "", Severity.WARNING),
        ("from kubernetes.client import V1Pod", "", Severity.ERROR),
        ("c.KubeSpawner.user_storage_class = 'a'", "", Severity.NOTE),
        ("c.KubeSpawner.singleuser_lifecycle_hooks = {}", "", Severity.WARNING),
    ],
)
def test_old_python_is_as_bad_as_what_it_does(code, chart, severity):
    assert [(one.rule, one.severity) for one in found(python(code), chart)] == [("extraconfig-old", severity)]


def test_packages_of_old_hubs_are_left_alone_there_and_in_hubs_of_ones_own():
    code = python("from kubernetes import client")
    assert said(code, "1.2.0") == []
    assert said(code + "  image: {name: mine/hub, tag: '1'}\n") == []


def test_python_by_an_alias_or_in_quotes_is_told_at_its_key():
    text = "custom: {a: &a 'x ='}\nhub:\n  extraConfig:\n    b: *a\n    c: 'y ='\n"
    assert [(one.path, one.line) for one in found(text)] == [
        ("hub.extraConfig.b", 4),
        ("hub.extraConfig.c", 5),
    ]


def test_folded_python_in_a_file_with_windows_line_ends_is_mended():
    text = "hub:\r\n  extraConfig:\r\n    a: >-\r\n      x = 1\r\n      y = 2\r\n"
    assert mended(text) == text.replace(">-", "|-")


@given(st.text(max_size=200))
def test_any_text_as_python_is_told_or_not_and_never_stops_lint(text):
    document = Document.read(b"{}").set(("hub", "extraConfig", "a"), text)
    linted = lint_bytes([("a.yaml", document.data, None)], "4.4.0")
    assert not linted.unreadable


def test_passwords_in_addresses_and_in_python_are_not_quoted():
    text = (
        "hub:\n  db: {type: mysql, url: 'mysql://hub:hunter2@db/hub'}\n"
        "  extraConfig: {a: \"password = 'hunter2' hunter2 =\"}\n"
        "singleuser: {extraEnv: {PASSWORD: {value: 72727272}}}\n"
    )
    findings = found(text)
    assert {one.rule for one in findings} == {"db-url", "extraconfig-py", "env-bool"}
    words = " ".join(f"{one.message} {one.fix.sentence if one.fix else ''}" for one in findings)
    assert "hunter2" not in words
    assert "72727272" not in words


def test_a_certificate_that_only_lacks_its_switch_is_switched_on_and_no_other():
    whole = "proxy: {https: {hosts: [a.example.org], letsencrypt: {contactEmail: a@example.org}}}\n"
    assert "enabled: true" in mended(whole)
    assert mended(beside := f"{whole}ingress: {{enabled: true}}\n") == beside
    assert said("proxy: {https: {type: letsencrypt, hosts: []}}") == []


def test_hosts_with_a_path_are_left_to_a_person():
    text = "ingress: {hosts: ['https://a.example.org/hub']}\n"
    assert said(text) == [("https-host-url", "ingress.hosts[0]")]
    assert mended(text) == text


def test_volumes_and_mounts_in_two_files_are_joined():
    volumes = b"singleuser: {storage: {extraVolumes: [{name: a}]}}"
    mounts = b"singleuser: {storage: {extraVolumeMounts: [{name: a}]}}"
    both = lint_bytes([("a.yaml", volumes, None), ("b.yaml", mounts, None)], "4.4.0").findings
    assert not [one for one in both if one.rule == "extravol-nomount"]
    (alone,) = found(mounts.decode())
    assert alone.severity is Severity.WARNING
    text = "singleuser: {storage: {extraVolumes: [{name: a}], extraVolumeMounts: [{name: b}, {name: a}]}}"
    assert [(one.path, one.severity) for one in found(text)] == [
        ("singleuser.storage.extraVolumeMounts[0]", Severity.ERROR)
    ]


def test_what_a_profile_means_is_told_by_the_keys_of_the_chart():
    text = (
        "singleuser: {profileList: [{display_name: a, kubespawner_override: {memory: {limit: 1G}, foo: 1}}]}"
    )
    first, second = found(text)
    assert first.severity is Severity.ERROR
    assert first.fix is not None
    assert first.fix.sentence == "Write mem_limit."
    assert second.severity is Severity.WARNING
    assert second.fix is not None
    assert not second.fix.edits
    (older,) = found(text.replace(", foo: 1", ""), "3.3.8")
    assert older.severity is Severity.WARNING


def test_a_choice_is_measured_with_its_profile():
    text = (
        "singleuser: {profileList: [{display_name: a, kubespawner_override: {mem_guarantee: 2G}, "
        "profile_options: {x: {choices: {s: {kubespawner_override: {mem_limit: 1G}}, "
        "l: {kubespawner_override: {mem_limit: 4G}}, n: {kubespawner_override: {mem_guarantee: 1G}}}}}}]}"
    )
    choices = "singleuser.profileList[0].profile_options.x.choices"
    assert said(text) == [("mem-limit-lt", f"{choices}.s.kubespawner_override.mem_limit")]


def test_profiles_of_helmforge_are_looked_at_where_they_stand():
    text = "singleuser: {%s: [{display_name: a, kubespawner_override: {mem_limit: 2Gi}}]}"
    assert said(text % "profiles", "1.0.6", family="helmforge") == [
        ("mem-gi", "singleuser.profiles[0].kubespawner_override.mem_limit")
    ]
    assert said(text % "profileList", "1.0.6", family="helmforge") == []
    assert said(text % "profiles") == []


def test_helmforge_puts_amounts_into_quotes():
    text = "singleuser: {memory: {limit: 2}, storage: {capacity: 10}}"
    assert [(one.rule, one.severity) for one in found(text, "1.0.6", family="helmforge")] == [
        ("mem-lower", Severity.ERROR),
        ("capacity-int", Severity.WARNING),
    ]


@pytest.mark.parametrize(
    "value",
    ["1", "[1]", "{a: 1}", "null", "true", "text", "[[1]]", "[{a: [1]}]", "{a: {b: {c: 1}}}", "1e400"],
)
@pytest.mark.parametrize(
    "key",
    [
        "singleuser", "singleuser.memory", "singleuser.memory.limit", "singleuser.cpu.limit",
        "singleuser.extraResource", "singleuser.extraResource.guarantees", "singleuser.storage",
        "singleuser.storage.type", "singleuser.storage.capacity", "singleuser.storage.extraVolumes",
        "singleuser.storage.extraVolumeMounts", "singleuser.profileList", "singleuser.profiles",
        "singleuser.extraEnv", "singleuser.lifecycleHooks", "singleuser.lifecycleHooks.postStart",
        "singleuser.lifecycleHooks.postStart.exec.command", "singleuser.image", "singleuser.image.name",
        "singleuser.image.tag", "singleuser.networkPolicy", "singleuser.networkPolicy.egress",
        "singleuser.nodeSelector", "singleuser.extraTolerations", "hub.extraConfig", "hub.resources",
        "hub.resources.limits", "hub.db", "hub.db.type", "hub.db.url", "hub.config.KubeSpawner.profile_list",
        "hub.config.KubeSpawner.environment", "proxy.https", "proxy.https.enabled", "proxy.https.hosts",
        "proxy.https.letsencrypt", "proxy.https.letsencrypt.contactEmail", "ingress", "ingress.hosts",
        "ingress.tls", "ingress.annotations", "httpRoute.hostnames", "cull", "cull.timeout", "cull.every",
        "scheduling.userPlaceholder", "scheduling.userPlaceholder.replicas", "prePuller.extraImages",
    ],
)  # fmt: skip
def test_no_value_of_an_odd_type_stops_lint(key, value):
    text = ": {".join(key.split(".")) + f": {value}" + "}" * key.count(".")
    for chart in ("4.4.0", "0.8.2"):
        linted(text, chart)
    linted(text, "1.0.6", family="helmforge")
    odd = f"singleuser: {{profileList: [{{display_name: a, kubespawner_override: {value}}}, {value}]}}"
    linted(odd)


REFUSED = ("Helm refuses the whole file", "the chart stops", "nothing is installed")
"""What messages say where Helm itself stops; all else is found out by Kubernetes, the hub or a student."""


@pytest.mark.helm
@pytest.mark.parametrize(
    "example",
    [one for one in examples() if one.rule in MINE and not one.chart and one.family == "z2jh"],
    ids=lambda one: f"{one.rule}-{one.line}",
)
def test_helm_refuses_what_is_said_to_be_refused_and_nothing_else(
    example: Example, helm_binary, real_chart, tmp_path
):
    def refused(text: str) -> bool:
        values = tmp_path / "values.json"
        values.write_text(json.dumps(Document.read(text.encode()).values))
        command = [helm_binary, "template", "x", real_chart, "--values", values]
        return subprocess.run(command, capture_output=True, check=False, timeout=60).returncode != 0

    messages = [one.message for one in example.found_in(example.bad)]
    assert refused(example.bad) is any(word in message for word in REFUSED for message in messages)
    assert not refused(example.good)
    if example.fixed is not None:
        assert not refused(example.fixed)
