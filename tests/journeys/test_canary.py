"""A secret with a known value, and a search for it wherever the wizard writes or shows anything."""

from __future__ import annotations

import base64
import stat
import time

import pytest
import yaml

from tests.support.searching import CommandLines, files_with

CANARY = "c4na9" * 13
"""65 characters, so that no chart takes it for a token of its own making."""

TYPED = "9f3b6d0c5a7e41288d1c0b7a6f5ecd3c2bea09f8e7d6c5b4a3f2817e695847c6"
"""Another one, random enough for lint, which comes to the wizard through stdin."""

SPELLINGS = tuple(
    form for secret in (CANARY, TYPED) for form in (secret.encode(), base64.b64encode(secret.encode())[:-4])
)


@pytest.mark.parametrize(
    "helm",
    [pytest.param(True, id="helm-on-path"), pytest.param(False, id="bundled-helm", marks=pytest.mark.slow)],
)
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
        done = wizard.run("config", "set", "hub.services.grader.apiToken", "-", stdin=TYPED)
        said.append(done.stdout + done.stderr)
        for words, expect in [
            (("plan",), 3),
            (("apply", "--json"), 0),
            (("status", "--json"), 0),
            (("config", "validate"), 0),
            (("config", "get", "--json"), 0),
            (("config", "get", "hub.config.SharedPasswordAuthenticator.user_password"), 0),
            (("config", "diff", "--json"), 0),
            (("config", "lint", "--json"), None),
            (("config", "set", "hub.nonsense", "1", "--force"), 0),
            (("config", "diff"), 3),
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
    assert lines.lines_with("z2jh_wizard")
    for spelling in SPELLINGS:
        text = spelling.decode()
        assert text not in "".join(said)
        assert not lines.lines_with(text)
        assert not lines.environments_with(text)
        state = str(wizard.state.relative_to(home))
        outside = [name for name in files_with(home, spelling) if not name.startswith(state)]
        kept = [*path.parent.glob(".z2jh/backups/*-secrets.yaml")]
        assert {*outside} <= {str(each.relative_to(home)) for each in (path, *kept)}
        assert {stat.S_IMODE(each.stat().st_mode) for each in (path, *kept)} == {0o600}
    requests = (wizard.state / "requests.jsonl").read_bytes()
    log = (wizard.state / "server.log").read_bytes()
    assert all(spelling not in requests + log for spelling in SPELLINGS)
