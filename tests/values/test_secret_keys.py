"""Which settings are secrets: those that are, and those that only sound like it."""

from __future__ import annotations

import pytest

from z2jh_wizard.values.paths import parse_path
from z2jh_wizard.values.secret_keys import holds_secret


@pytest.mark.parametrize(
    "path",
    [
        "proxy.secretToken",
        "hub.cookieSecret",
        "hub.config.GitHubOAuthenticator.client_secret",
        "hub.config.SharedPasswordAuthenticator.user_password",
        "hub.config.CryptKeeper.keys[0]",
        "hub.config.LTI11Authenticator.consumers.some-key",
        "hub.services.grader.apiToken",
        "hub.db.url",
        "singleuser.extraEnv.API_TOKEN",
        "auth.state.cryptoKey",
        "auth.dummyPassword",
        "custom.secret",
        "proxy.https.manual.key",
    ],
)
def test_a_secret_is_told_by_its_name(path):
    assert holds_secret(parse_path(path))


@pytest.mark.parametrize(
    "path",
    [
        "hub.config.SharedPasswordAuthenticator.allow_all",
        "hub.config.SharedPasswordAuthenticator",
        "hub.config.NativeAuthenticator.minimum_password_length",
        "hub.config.JupyterHub.cookie_max_age_days",
        "proxy.secretSync.image.tag",
        "proxy.https.secret.name",
        "hub.existingSecret",
        "hub.cookieSecret.existingSecret",
        "imagePullSecret.create",
        "hub.config.GenericOAuthenticator.token_url",
        "singleuser.memory.limit",
        "externalSecrets.enabled",
        "singleuser.extraTolerations[0].key",
    ],
)
def test_what_only_sounds_like_a_secret_is_open(path):
    assert not holds_secret(parse_path(path))
