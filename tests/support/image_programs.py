"""Pretended docker, jupyter-repo2docker and git: they do what files in a folder say, and note every call."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_DOCKER = """
case "$1 $2" in
"version "*)
    if [ -e "$S/down" ]; then cat "$S/down" >&2; exit 1; fi
    echo 28.0.1 ;;
"image inspect")
    if [ ! -e "$S/image" ]; then echo "Error response from daemon: No such image: $5" >&2; exit 1; fi
    case "$4" in *Id*) echo sha256:abc ;; *) cat "$S/image" ;; esac ;;
"manifest inspect")
    if [ ! -e "$S/registry" ]; then echo "no such manifest: $4" >&2; exit 1; fi
    cat "$S/registry" ;;
"run --rm")
    if [ -e "$S/no-hub" ]; then echo 'exec: "jupyterhub": executable file not found' >&2; exit 127; fi
    cat "$S/hub" ;;
"push "*)
    echo "The push refers to repository [$2]"
    if [ -e "$S/denied" ]; then cat "$S/denied" >&2; exit 1; fi
    echo '[{"Descriptor": {"digest": "sha256:abc"}}]' > "$S/registry"
    echo "tag: digest: sha256:1234 size: 4321" ;;
*) exit 2 ;;
esac
"""
_REPO2DOCKER = """
if [ "$1" = --version ]; then echo 2026.4.0; exit 0; fi
echo "Picked Python content provider"
echo "Step 1/30 : FROM buildpack" >&2
if [ -e "$S/hang" ]; then touch "$S/started"; exec sleep 600; fi
if [ -e "$S/kill" ]; then kill -9 $$; fi
if [ -e "$S/fail" ]; then cat "$S/fail" >&2; exit 1; fi
label= before=
for word in "$@"; do
    if [ "$before" = --label ]; then label=$word; fi
    before=$word
done
printf '{"%s": "%s"}\\n' "${label%%=*}" "${label#*=}" > "$S/image"
echo "Successfully built"
"""
_GIT = """
case "$*" in
*ls-remote*)
    if [ -e "$S/refs" ]; then cat "$S/refs"; else echo "fatal: could not read Username" >&2; exit 128; fi ;;
*) exit 2 ;;
esac
"""


@dataclass(frozen=True)
class Programs:
    """Programs in ``bin``, and the folder of what they do."""

    bin: Path
    state: Path

    def set(self, name: str, text: str = "") -> None:
        """Let the programs find a file."""
        (self.state / name).write_text(text)

    def unset(self, name: str) -> None:
        """Take a file away."""
        (self.state / name).unlink()

    def has(self, name: str) -> bool:
        """Tell whether a program has made a file."""
        return (self.state / name).exists()

    def calls(self) -> list[str]:
        """Return what was called, each as one line."""
        log = self.state / "calls"
        return log.read_text().splitlines() if log.exists() else []

    @property
    def path(self) -> str:
        """PATH with the programs, and the shell's own."""
        return os.pathsep.join((str(self.bin), "/usr/bin", "/bin"))


def pretend(folder: Path) -> Programs:
    """Put the programs into a folder; JupyterHub 5.2.1 is in the image."""
    found = Programs(folder / "bin", folder / "state")
    found.bin.mkdir(parents=True)
    found.state.mkdir()
    for name, body in (("docker", _DOCKER), ("jupyter-repo2docker", _REPO2DOCKER), ("git", _GIT)):
        program = found.bin / name
        program.write_text(f'#!/bin/sh\nS="{found.state}"\necho "{name} $*" >> "$S/calls"\n{body}')
        program.chmod(0o755)
    found.set("hub", "5.2.1\n")
    return found
