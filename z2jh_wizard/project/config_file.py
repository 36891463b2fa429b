"""``config.yaml``: its first text, written once, and saving what an edit made of it."""

from __future__ import annotations

from pathlib import Path

from z2jh_wizard.core import checks
from z2jh_wizard.core.facts import CHART_NAME, GUIDE
from z2jh_wizard.core.spec import Chart
from z2jh_wizard.project.folder import Project
from z2jh_wizard.system.files import back_up, write_atomic

_HEAD = """\
# Settings of the hub {release}. This file is yours: edit it, keep it, share it.
# It works without the wizard too:
#   helm upgrade --install {release} CHART --namespace {namespace} --values config.yaml --values secrets.yaml
"""

_RESOURCES = """\
singleuser:
  # What each student is promised, and the most they can use.
  memory:
    guarantee: 512M
    limit: 1G
  cpu:
    guarantee: 0.1
    limit: 1
  storage:
{storage}    # Each student keeps a disk of this size between sessions.
    capacity: 1Gi
"""

_Z2JH = """\
# Every setting: {guide}resources/reference.html

{sign_in}
{resources}
cull:
  # Stop servers that nobody used for so many seconds.
  enabled: true
  timeout: 3600
"""

_DUMMY = "# How students sign in: dummy is one password for all, which is in secrets.yaml."
_SHARED = "# How students sign in: shared-password is one for all, which is in secrets.yaml."
_ALLOW_ALL = "# true lets in everybody who can sign in; false those who are named."

_SIGN_INS = (
    ("0.0.0", f"auth:\n  {_DUMMY}\n  type: dummy\n"),
    ("0.11.0", f"hub:\n  config:\n    JupyterHub:\n      {_DUMMY}\n      authenticator_class: dummy\n"),
    (
        "4.0.0",
        f"""\
hub:
  config:
    JupyterHub:
      {_DUMMY}
      authenticator_class: dummy
    Authenticator:
      {_ALLOW_ALL}
      allow_all: true
""",
    ),
    (
        "4.2.0",
        f"""\
hub:
  config:
    JupyterHub:
      {_SHARED}
      authenticator_class: shared-password
    Authenticator:
      {_ALLOW_ALL}
      allow_all: true
""",
    ),
)
"""How the class signs in, by the first chart version that has it: hub.config came with 0.11, allow_all with
JupyterHub 5 in 4.0, and the authenticator that insists on a password of 8 characters with 5.3 in 4.2. The
comments stay true when another way is chosen."""

_HELMFORGE = """\
auth:
  # How students sign in: dummy is one password for all, which is in secrets.yaml.
  type: dummy

# The chart offers no public address unless asked.
service:
  type: LoadBalancer

{resources}"""

_TEMPLATES = {
    "z2jh": _HEAD + _Z2JH.replace("{resources}", _RESOURCES.replace("{storage}", "")),
    "helmforge": _HEAD
    + _HELMFORGE.replace(
        "{resources}",
        _RESOURCES.replace("{storage}", "    # Off in this chart unless said.\n    enabled: true\n"),
    ),
}


OWN_COMMENTS = frozenset(
    line.strip()
    for text in (*_TEMPLATES.values(), *(text for _, text in _SIGN_INS))
    for line in text.splitlines()
    if line.startswith("  ") and line.lstrip().startswith("#")
)
"""What a first config.yaml says of single settings; with the last setting of a group it goes, too."""


def write_first(project: Project) -> None:
    """Write config.yaml from the template of its chart family unless there is one already."""
    if not project.config.exists():
        write_atomic(project.config, first(project).encode())


def first(project: Project) -> str:
    """Return the text of a first config.yaml for this project."""
    spec = project.spec
    return _TEMPLATES[spec.chart.family].format(
        release=spec.release, namespace=spec.namespace, guide=GUIDE, sign_in=_sign_in(spec.chart)
    )


def _sign_in(chart: Chart) -> str:
    """Return the lines about signing in; charts of one's own count as the newest."""
    if chart.name.rpartition("/")[2] != CHART_NAME or checks.version(chart.version):
        return _SIGN_INS[-1][1]
    release = checks.version_key(chart.version)[:3]
    return next(text for since, text in reversed(_SIGN_INS) if checks.version_key(since)[:3] <= release)


def script(project: Project) -> str:
    """Return a shell command that writes that text unless there is a file."""
    return f"[ -e config.yaml ] || cat > config.yaml <<'END'\n{first(project)}END"


def save(project: Project, path: Path, data: bytes) -> None:
    """Write one of the project's values files as a whole, after a numbered copy of what was there."""
    back_up(path, project.backups)
    write_atomic(path, data)
