"""A secret with a known value, and a search for it wherever the wizard writes or shows anything."""

from __future__ import annotations

import base64
import threading
import time
from pathlib import Path

import psutil
import pytest
import yaml

CANARY = "c4na9" * 13
"""65 characters, so that no chart takes it for a token of its own making."""

SPELLINGS = (CANARY.encode(), base64.b64encode(CANARY.encode())[:-4])


class CommandLines:
    """Collects the command lines and environments of our descendants while it runs."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join()

    def _watch(self):
        while not self._end.wait(0.02):
            for process in psutil.Process().children(recursive=True):
                try:
                    self.seen.add(" ".join(process.cmdline()))
                    self.seen.add(repr(process.environ()))
                except psutil.Error:
                    continue


def files_with(folder: Path, needle: bytes) -> list[str]:
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and needle in path.read_bytes()
    ]


@pytest.mark.parametrize("helm", [True, False], ids=["helm-on-path", "bundled-helm"])
def test_a_secret_stands_in_its_file_and_in_the_cluster_and_nowhere_else(wizard_of, home, helm):
    wizard = wizard_of(helm=helm)
    secrets = {
        "proxy": {"secretToken": "ab" * 32},
        "hub": {"config": {"SharedPasswordAuthenticator": {"user_password": CANARY}}},
    }
    path = wizard.folder / "secrets.yaml"
    path.touch(0o600)
    path.write_text(yaml.safe_dump(secrets))
    said = []
    with CommandLines() as lines:
        began = time.monotonic()
        for words, expect in [
            (("plan",), 3),
            (("apply", "--json"), 0),
            (("status", "--json"), 0),
            (("config", "validate"), 0),
            (("config", "set", "hub.nonsense", "1"), 0),
            (("apply",), 2),
            (("config", "validate", "--json"), 3),
            (("diagnose", "--json"), None),
            (("runbook", "--format", "md"), 0),
            (("runbook", "--format", "sh"), 0),
            (("doctor", "--json"), None),
        ]:
            done = wizard.run(*words, expect=expect)
            said.append(done.stdout + done.stderr)
        assert time.monotonic() > began
    assert any("z2jh_wizard" in line for line in lines.seen)
    for spelling in SPELLINGS:
        text = spelling.decode()
        assert text not in "".join(said)
        assert not [line for line in lines.seen if text in line]
        state = str(wizard.state.relative_to(home))
        outside = [name for name in files_with(home, spelling) if not name.startswith(state)]
        assert outside in ([], [str(path.relative_to(home))])
    requests = (wizard.state / "requests.jsonl").read_bytes()
    log = (wizard.state / "server.log").read_bytes()
    assert all(spelling not in requests + log for spelling in SPELLINGS)
