"""Pretended docker, kind, k3d and minikube: they keep clusters as files in a folder, and note every call."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

KUBECONFIG = """\
apiVersion: v1
kind: Config
current-context: here
clusters: [{name: here, cluster: {server: "https://127.0.0.1:6443"}}]
contexts: [{name: here, context: {cluster: here, user: me}}]
users: [{name: me, user: {token: secret-of-the-tool}}]
"""

_MAKE = """
if [ -e "$S/fail" ]; then touch "$S/clusters/$NAME"; echo "no space left on device" >&2; exit 1; fi
echo "Creating $NAME" >&2
touch "$S/clusters/$NAME" "$S/ready-$NAME"
if [ -n "$KUBECONFIG" ]; then cp "$S/kubeconfig" "$KUBECONFIG"; fi
"""
_SHOW = 'if [ ! -e "$S/ready-$NAME" ]; then echo "no nodes found" >&2; exit 1; fi'
_DELETE = 'rm -f "$S/clusters/$NAME" "$S/ready-$NAME"'

PROGRAMS = {
    "docker": """
if [ -e "$S/down" ]; then cat "$S/down" >&2; exit 1; fi
echo 28.0.1
""",
    "kind": f"""
case "$1 $2" in
"get clusters") ls "$S/clusters"; [ -n "$(ls "$S/clusters")" ] || echo "No kind clusters found." >&2 ;;
"create cluster") NAME=$4; cat "$6" > "$S/config"; {_MAKE} ;;
"get kubeconfig") NAME=$4; {_SHOW}; cat "$S/kubeconfig" ;;
"delete cluster") NAME=$4; {_DELETE} ;;
*) exit 2 ;;
esac
""",
    "k3d": f"""
case "$1 $2" in
"cluster list")
    printf '['; comma=
    for one in $(ls "$S/clusters"); do printf '%s{{"name": "%s"}}' "$comma" "$one"; comma=,; done
    echo ']' ;;
"cluster create") NAME=$3; {_MAKE} ;;
"kubeconfig get") NAME=$3; {_SHOW}; cat "$S/kubeconfig" ;;
"cluster delete") NAME=$3; {_DELETE} ;;
*) exit 2 ;;
esac
""",
    "minikube": f"""
NAME=$3
case "$1" in
profile)
    if [ -z "$(ls "$S/clusters")" ]; then echo "* No minikube profile was found." >&2; exit 14; fi
    printf '{{"valid": ['; comma=
    for one in $(ls "$S/clusters"); do printf '%s{{"Name": "%s"}}' "$comma" "$one"; comma=,; done
    echo '], "invalid": []}}' ;;
start) {_MAKE} ;;
update-context) {_SHOW}; cp "$S/kubeconfig" "$KUBECONFIG" ;;
delete) {_DELETE} ;;
*) exit 2 ;;
esac
""",
}


@dataclass(frozen=True)
class Programs:
    """Programs in ``bin``, and the folder of what they do."""

    bin: Path
    state: Path

    def calls(self) -> list[str]:
        """Return all calls so far."""
        path = self.state / "calls"
        return path.read_text().splitlines() if path.exists() else []

    def clusters(self) -> list[str]:
        """Return the clusters that are there."""
        return sorted(path.name for path in (self.state / "clusters").iterdir())

    def tell(self, name: str, text: str = "") -> None:
        """Make a program behave in another way."""
        (self.state / name).write_text(text)


def pretended(folder: Path, *names: str) -> Programs:
    """Make programs of these names."""
    programs = Programs(folder / "bin", folder / "state")
    (programs.state / "clusters").mkdir(parents=True)
    programs.bin.mkdir()
    programs.tell("kubeconfig", KUBECONFIG)
    for name in names:
        path = programs.bin / name
        head = f'#!/bin/sh\nS={programs.state}\necho "{name} $*" >> "$S/calls"\n'
        path.write_text(head + PROGRAMS[name])
        path.chmod(0o755)
    return programs
