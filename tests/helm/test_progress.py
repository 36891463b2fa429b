"""Debug lines of several Helms in plain words."""

import pytest

from z2jh_wizard.helm.progress import ProgressReader, translate

# Recorded from Helm 4.3.1 and the bundled 4.2.3.
HELM4 = [
    ('level=DEBUG msg="getting history for release" release=q', ""),
    ('level=DEBUG msg="creating release" key=sh.helm.release.v1.q.v1', ""),
    ('level=DEBUG msg="starting delete resource" namespace=ns1 name=q-hook kind=Job', "Deleting Job q-hook."),
    (
        'level=DEBUG msg="ignoring delete failure" namespace=ns1 name=q-hook kind=Job '
        'error="jobs.batch \\"q-hook\\" not found"',
        "",
    ),
    (
        'level=DEBUG msg="Created resource via patch" namespace=ns1 name=q-web '
        'gvk="apps/v1, Kind=Deployment"',
        "Created Deployment q-web.",
    ),
    (
        'level=DEBUG msg="Patched resource" namespace=ns1 name=q-cm gvk="/v1, Kind=ConfigMap"',
        "Brought ConfigMap q-cm up to date.",
    ),
    ('level=DEBUG msg="waiting for resources" count=2 timeout=30s', "Waiting up to 30s until it runs."),
    (
        'level=DEBUG msg="waiting for resource" namespace=ns1 name=q-web kind=Deployment '
        "expectedStatus=Current actualStatus=InProgress",
        "Waiting for Deployment q-web: not ready yet.",
    ),
    (
        'level=DEBUG msg="waiting for resource" namespace=ns1 name=q-web kind=Deployment '
        "expectedStatus=Current actualStatus=Current",
        "Deployment q-web is ready.",
    ),
    (
        'level=DEBUG msg="waiting for resource" namespace=ns1 name=q-web kind=Deployment '
        "expectedStatus=Current actualStatus=Unknown",
        "",
    ),
    (
        'level=DEBUG msg="waiting for resource" namespace=ns1 name=q-web kind=Deployment '
        "expectedStatus=NotFound actualStatus=Terminating",
        "Waiting until Deployment q-web is gone.",
    ),
    (
        'level=DEBUG msg="all resources achieved desired status" desiredStatus=Current resourceCount=2',
        "All 2 objects are ready.",
    ),
    ('level=DEBUG msg="all resources achieved desired status" desiredStatus=NotFound resourceCount=0', ""),
    (
        'level=DEBUG msg="rolling back" name=q currentVersion=2 targetVersion=1',
        "Going back from revision 2 to 1.",
    ),
    ('level=WARN msg="upgrade failed" name=q error="context deadline exceeded"', ""),
    ('time=2026-11-21T09:00:00Z level=DEBUG msg="waiting for resources" count=1 timeout=5m0s',
     "Waiting up to 5m0s until it runs."),
]  # fmt: skip

# Recorded from Helm 3.17.2, and from the sources of 3.9 (without the time).
HELM3 = [
    (
        "client.go:142: 2026-11-21 09:35:48.221221485 +0000 UTC m=+0.747295598 [debug] "
        "creating 2 resource(s)",
        "Creating 2 objects.",
    ),
    ("client.go:128: [debug] creating 1 resource(s)", "Creating 1 objects."),
    (
        "wait.go:50: 2026-11-21 09:35:48 +0000 UTC m=+0.7 [debug] beginning wait for 2 resources with "
        "timeout of 30s",
        "Waiting up to 30s until it runs.",
    ),
    (
        "ready.go:277: [debug] Deployment is not ready: jhub/hub. 0 out of 1 expected pods are ready",
        "Waiting for Deployment hub: 0 of 1 pods.",
    ),
    (
        "ready.go:304: [debug] DaemonSet is not ready: jhub/hook-image-puller. 1 out of 3 expected pods "
        "have been scheduled",
        "Waiting for DaemonSet hook-image-puller: 1 of 3 pods.",
    ),
    (
        "ready.go:226: [debug] PersistentVolumeClaim is not bound: jhub/hub-db-dir",
        "Waiting for the disk hub-db-dir.",
    ),
    (
        "ready.go:203: [debug] Service does not have load balancer ingress IP address: jhub/proxy-public",
        "Waiting for a public address for Service proxy-public.",
    ),
    (
        "client.go:787: [debug] q-hook: Jobs active: 1, jobs failed: 0, jobs succeeded: 0",
        "Waiting for Job q-hook: 0 failed so far.",
    ),
    ('client.go:486: [debug] Starting delete for "q-hook" Job', "Deleting Job q-hook."),
    ('client.go:310: [debug] Patch Deployment "hub" in namespace jhub', "Brought Deployment hub up to date."),
    ('client.go:250: [debug] Created a new ConfigMap called "hub" in jhub', "Created ConfigMap hub."),
    ("history.go:56: [debug] getting history for release q", ""),
]

OTHERS = [
    (
        "coalesce.go:286: warning: cannot overwrite table with non table for jupyterhub.hub.cull (map[])",
        "jupyterhub.hub.cull is a group of settings in the chart; the single value given is ignored.",
    ),
    (
        'I1121 09:00:00.000000    4711 warnings.go:107] "Warning: policy/v1beta1 is deprecated"',
        "The cluster warns: policy/v1beta1 is deprecated",
    ),
    ("Error: UPGRADE FAILED: oops", ""),
    ("", ""),
    ("level=DEBUG msg=", ""),
]


@pytest.mark.parametrize(("line", "sentence"), [*HELM4, *HELM3, *OTHERS])
def test_says_what_a_person_wants_to_know(line, sentence):
    assert translate(line) == sentence


def test_says_each_thing_once():
    reader = ProgressReader()
    line = HELM4[7][0]
    assert reader.read(line) == "Waiting for Deployment q-web: not ready yet."
    assert reader.read(line) is None
    assert reader.read(HELM4[8][0]) == "Deployment q-web is ready."


@pytest.mark.parametrize(
    "line",
    [
        'level=DEBUG msg="starting delete resource" namespace=ns1 name=q-hook kind=Job',
        'client.go:486: [debug] Starting delete for "q-hook" Job',
    ],
)
def test_deletions_are_told_only_where_something_is_to_be_deleted(line):
    assert ProgressReader().read(line) is None
    assert ProgressReader(deleting=True).read(line) == "Deleting Job q-hook."


def test_codes_of_the_terminal_do_not_come_through():
    line = 'level=DEBUG msg="Created resource" name="\x1b[31mred" gvk="v1, Kind=Pod"'
    assert ProgressReader().read(line) == "Created Pod red."


def test_a_single_object_is_ready_too():
    line = 'level=DEBUG msg="all resources achieved desired status" desiredStatus=Current resourceCount=1'
    assert translate(line) == "It is ready."


@pytest.mark.parametrize(("line", "sentence"), HELM4)
def test_lines_may_be_cut_anywhere(line, sentence):
    for end in range(len(line)):
        translate(line[:end])
