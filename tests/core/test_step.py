"""What a step is made of: commands for the shell, resources in words."""

from __future__ import annotations

import shlex
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.steps import Thing
from z2jh_wizard.core.step import Command, Resource, Secret

WORDS = st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1, max_size=30)


@given(st.lists(WORDS, min_size=1, max_size=6))
def test_a_command_survives_the_shell(words: list[str]) -> None:
    assert shlex.split(Command(tuple(words)).shell()) == words


def test_a_secret_is_only_a_name() -> None:
    command = Command(("helm", "--set", Secret("API_TOKEN")))
    assert command.shell() == 'helm --set "$API_TOKEN"'


def test_a_script_stands_for_itself() -> None:
    assert Command(script="kubectl get pods | wc -l").shell() == "kubectl get pods | wc -l"


@pytest.mark.parametrize(
    "text", ["one line", "kind: Namespace\nmetadata:\n  name: jhub\n", "END\nEND_\n$HOME `x`"]
)
def test_what_is_fed_to_a_command_arrives_as_it_is(text: str) -> None:
    shell = Command(("cat",), stdin=text).shell()
    said = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=True).stdout
    assert said == text.rstrip() + "\n"


def test_a_resource_in_words() -> None:
    assert str(Resource("Namespace", "jhub")) == "Namespace jhub"
    assert str(Resource("Secret", "hub", "jhub")) == "Secret jhub/hub"


def test_a_step_has_no_commands_unless_it_says_so() -> None:
    assert (Thing(set()).commands(), Thing(set()).undo_commands()) == ((), ())
