"""A tiny chart, Helms that say what they are told to, and a practice cluster to run real ones on."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from z2jh_wizard.helm.arguments import Target
from z2jh_wizard.helm.client import Helm
from z2jh_wizard.helm.command import SDK_PACKAGE, HelmCommand, HelmTool, sdk_is_installed

CHART_FILES = {
    "Chart.yaml": """\
apiVersion: v2
name: tiny
version: 0.1.0
appVersion: "9.9"
kubeVersion: ">=1.20.0-0"
""",
    "values.yaml": "# what to say\nmsg: hello\nreplicas: 1\ncpu: 10m\n",
    "values.schema.json": json.dumps(
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "msg": {"type": "string"},
                "replicas": {"type": ["integer", "null"]},
                "cpu": {"type": "string"},
                "bad": {"type": "boolean"},
                "test": {"type": "boolean"},
                "fail": {"type": "string"},
                "global": {"type": "object"},
            },
        }
    ),
    "templates/cm.yaml": """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-cm
  labels: {app: tiny{{ if .Values.bad }}@@@{{ end }}}
data:
  msg: {{ .Values.msg | quote }}
""",
    "templates/deploy.yaml": """\
{{- if .Values.fail }}{{ fail .Values.fail }}{{ end }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-web
spec:
  progressDeadlineSeconds: 60000  # Helm gives up when it is over, which a cluster without waiting is at once
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}}
    spec:
      containers:
        - name: web
          image: registry.example/web:1
          resources: {requests: {cpu: {{ .Values.cpu }}}}
""",
    "templates/hook.yaml": """\
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-hook
  annotations:
    "helm.sh/hook": pre-install,pre-upgrade
    "helm.sh/hook-delete-policy": before-hook-creation,hook-succeeded
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: hook, image: "registry.example/hook:1"}]
""",
    "templates/account-hook.yaml": """\
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-hook
  annotations:
    "helm.sh/hook": pre-install,pre-upgrade
    "helm.sh/hook-delete-policy": before-hook-creation,hook-succeeded
    "helm.sh/hook-weight": "-10"
""",
    "templates/test.yaml": """\
{{- if .Values.test }}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-test
  annotations: {"helm.sh/hook": test}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: test, image: "registry.example/test:1"}]
{{- end }}
""",
    "templates/NOTES.txt": "Say {{ .Values.msg }}.\n",
}

FAKE_HELM = """\
#!{python}
import json, os, signal, sys, time
words = sys.argv[1:]
with open({calls!r}, "a") as calls:
    calls.write(json.dumps({{"words": words, "kubeconfig": os.environ.get("KUBECONFIG", "")}}) + "\\n")
for said in json.load(open({script!r})):
    if words[: len(said["words"])] == said["words"]:
        break
else:
    sys.exit("no answer for " + " ".join(words))
if said.get("deaf"):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
sys.stdout.write(said.get("stdout", ""))
sys.stderr.write(said.get("stderr", ""))
sys.stdout.flush(), sys.stderr.flush()
if said.get("hang"):
    time.sleep(600)
if said.get("signal"):
    os.kill(os.getpid(), said["signal"])
sys.exit(said.get("code", 0))
"""


class FakeHelm:
    """A program called helm that answers from a list: the first entry whose words begin a call."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "helm"
        self._script = folder / "script.json"
        self._calls = folder / "calls.jsonl"
        text = FAKE_HELM.format(python=sys.executable, calls=str(self._calls), script=str(self._script))
        self.path.write_text(text)
        self.path.chmod(0o755)
        self.answers()

    def answers(self, *answers: dict[str, Any]) -> None:
        """Say these from now on; each is ``{words, stdout, stderr, code, hang, deaf, signal}``."""
        self._script.write_text(json.dumps(answers))

    def says_version(self, text: str, **more: Any) -> None:
        """Answer only ``helm version``."""
        self.answers({"words": ["version"], "stdout": text, **more})

    @property
    def calls(self) -> list[dict[str, Any]]:
        """Return what it was called with, oldest first."""
        if not self._calls.exists():
            return []
        return [json.loads(line) for line in self._calls.read_text().splitlines()]

    def tool(self, version: tuple[int, int, int] = (4, 3, 1)) -> HelmTool:
        """Return it as a Helm that was found."""
        return HelmTool(HelmCommand(str(self.path)), version, "path", str(self.path))


@pytest.fixture
def fake_helm(tmp_path: Path) -> FakeHelm:
    """A helm that answers from a list."""
    return FakeHelm(tmp_path / "fake")


@pytest.fixture
def told() -> list[str]:
    """What a Helm client logged."""
    return []


@pytest.fixture
def helm(fake_helm: FakeHelm, told: list[str]) -> Helm:
    """A client of the fake helm that hides the word hunter2."""
    target = Target("hub-ns", Path("/nowhere/kubeconfig"), "class")
    return Helm(fake_helm.tool(), target, clean=lambda text: text.replace("hunter2", "***"), log=told.append)


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    """A chart with a schema, hooks and notes, small enough to install in a moment."""
    return write_chart(tmp_path / "tiny")


def write_chart(folder: Path) -> Path:
    """Write the tiny chart into a folder and return it."""
    for name, text in CHART_FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.fixture(scope="session")
def sdk() -> None:
    """Skip where the bundled Helm is not installed."""
    if not sdk_is_installed():
        pytest.skip(f"{SDK_PACKAGE} is not installed; pip install helm-python-sdk")


def is_private(path: Path) -> bool:
    """Tell whether only the owner can read a file or folder."""
    return not stat.S_IMODE(path.stat().st_mode) & 0o077
