"""Comments on their way to another chart version."""

from __future__ import annotations

import re
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.values.migrating import asked, document, document_of, old_keys, put
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.migrate import migrate
from z2jh_wizard.values.paths import parse_path

TARGET = "4.4.0"

COMMENTED = """\
# our hub
jupyterhub:
  auth:
    # how to sign in
    type: github  # GitHub
    github:
      # from the OAuth app
      clientId: "abc"  # public
      orgWhitelist:
        - bio101  # the course
  singleuser:
    cloudMetadata:
      # nobody needs it
      enabled: false  # never
    schedulerStrategy: spread  # wide
  hub:
    # our code
    extraConfig: |
      # python
      c.A = 1
dask-gateway:
  enabled: true  # stays
"""


CARRIED = """\
# our hub
jupyterhub:
  singleuser:
    cloudMetadata:
      # nobody needs it
      blockWithIptables: true  # never
  hub:
    extraConfig:
      # our code
      "00-config": |
        # python
        c.A = 1
    config:
      JupyterHub:
        # how to sign in
        authenticator_class: github  # GitHub
      GitHubOAuthenticator:
        # from the OAuth app
        client_id: "abc"  # public
        allowed_organizations:
          - bio101  # the course
  scheduling:
    userScheduler:
      enabled: false  # wide
dask-gateway:
  enabled: true  # stays
"""


def test_comments_and_quotes_travel_with_their_keys_inside_of_a_wrapper() -> None:
    migration = migrate(Document.read(COMMENTED.encode()), "v0.6", TARGET)
    assert migration.document.data.decode() == CARRIED
    assert migration.document.wrapper == ("jupyterhub",)


DISSOLVED = """\
# the file

# who may sign in
auth:  # ask Ana
  # how
  type: github  # GitHub
  github:  # the app
    clientId: x
    # until June
  # the end
# files
singleuser:
  cloudMetadata: {enabled: false}  # never
"""


SETTLED = """\
# the file

# files
singleuser:
  cloudMetadata: {blockWithIptables: true}  # never
hub:
  config:
    JupyterHub:
      # who may sign in
      # ask Ana
      # how
      authenticator_class: github  # GitHub
    GitHubOAuthenticator:
      # the app
      # until June
      # the end
      client_id: x
"""


def test_comments_of_a_section_that_disappears_go_to_the_first_key_that_left_it() -> None:
    migration = migrate(Document.read(DISSOLVED.encode()), "v0.6", TARGET)
    assert migration.document.data.decode() == SETTLED
    assert "comment" not in asked(migration)


def test_windows_line_ends_stay_when_comments_move() -> None:
    migration = migrate(Document.read(DISSOLVED.replace("\n", "\r\n").encode()), "v0.6", TARGET)
    assert migration.document.data.decode() == SETTLED.replace("\n", "\r\n")


def test_a_comment_without_a_key_is_listed() -> None:
    text = "hub:\n  fsGid: 1\nauth:\n  # nobody knows\n  github: {}\n"
    migration = migrate(Document.read(text.encode()), "v0.6", TARGET)
    assert not migration.document.has(("auth",))
    assert [item.path for item in migration.manual if item.rule == "comment"] == ["auth.github"]


@settings(max_examples=60, deadline=None)
@given(keys=st.lists(st.sampled_from(old_keys()), min_size=1, max_size=8), data=st.data())
def test_no_comment_is_lost(keys: list[tuple[str, Any]], data: st.DataObject) -> None:
    tree: dict[str, Any] = {}
    for dotted, value in keys:
        put(tree, parse_path(dotted), value)
    lines = []
    for number, line in enumerate(yaml.safe_dump(tree, sort_keys=False).splitlines()):
        indent = line[: len(line) - len(line.lstrip(" "))]
        lines += data.draw(
            st.sampled_from([[line], [f"{line}  # c{number}."], [f"{indent}# c{number}.", line]])
        )
    text = "\n".join([*lines, ""])
    migration = migrate(Document.read(text.encode()), "v0.6", TARGET)
    left = [item for item in migration.manual if item.rule == "comment"]
    lost = [word for word in re.findall(r"# c[0-9]+\.", text) if word not in migration.document.parsed.text]
    assert not lost or left
    assert migration.document.values == migrate(document_of(tree), "v0.6", TARGET).document.values


def test_comments_of_a_section_that_became_empty_do_not_keep_it() -> None:
    text = "auth:\n  # people\n  type: github\n  # the end\nhub:\n  fsGid: 1\n"
    migration = migrate(document(text), "v0.6", TARGET)
    assert not migration.document.has(("auth",))
    assert "# people" in migration.document.data.decode()
