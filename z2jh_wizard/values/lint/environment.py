"""Rules about the environment of students' servers, and what runs when one starts.

Facts: KubeSpawner 7.0, tried; braces are templates since KubeSpawner 5 (chart 3.0). The API of Kubernetes
refuses what is no text; a postStart that fails ends the server.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from typing import Any

import msgspec

from z2jh_wizard.values.lint import hub_config, spawner
from z2jh_wizard.values.lint.finding import Fix, Move, Set, Severity
from z2jh_wizard.values.lint.rule import Problem, Rule, rule
from z2jh_wizard.values.lint.subject import Subject
from z2jh_wizard.values.paths import Path

_ENV = "singleuser.extraEnv"
_HOOKS = "singleuser.lifecycleHooks.postStart"
_HANDLERS = ("exec", "httpGet", "tcpSocket", "sleep")
_FIELDS = frozenset(
    (
        *("username", "servername", "user_server", "userid", "hubnamespace"),
        *("unescaped_username", "unescaped_servername"),
        *("safe_username", "safe_servername", "safe_user_server"),
        *("escaped_username", "escaped_servername", "escaped_user_server"),
        *("pod_name", "pvc_name", "namespace"),
    )
)
"""What KubeSpawner 7 fills in, and those before it a part of."""

_FORMER_FIELD = "legacy_escape_username"
"""Gone in KubeSpawner 7, chart 4.0."""

_STACK = re.compile(r"(?:(?:docker|quay)\.io/)?jupyter/[a-z0-9-]+-(?:notebook|foundation)(?::.*)?")
"""Images of docker-stacks: none has nbgitpuller."""


@rule("env-bool", Severity.ERROR, "A number or a switch in the environment", _ENV)
def env_bool(subject: Subject) -> Iterator[Problem]:
    """Variables are text; a number stops KubeSpawner, and Kubernetes refuses true."""
    for path, name, value in _variables(subject):
        place, shown = (path, value)
        if isinstance(value, dict) and "value" in value:
            place, shown = (*path, "value"), value["value"]
        if shown is None or isinstance(shown, (str, dict)):
            continue
        found = subject.source_of(place).written_at(place)
        text = found.plain if found else None
        yield Problem(
            place,
            f"The variable {name} is no text: no server starts.",
            Fix("Put the value in quotes.", (Set(place, text),) if text else ()),
        )


@rule("env-list", Severity.ERROR, "The environment as a list", _ENV)
def env_list(subject: Subject) -> Iterator[Problem]:
    """name and value in a list is how Kubernetes writes it; here names are keys."""
    for path, value in _environments(subject):
        if not isinstance(value, list):
            continue
        items = [item for item in value if isinstance(item, dict) and isinstance(item.get("name"), str)]
        named = {item["name"]: _without_name(item) for item in items}
        sure = bool(value) and len(named) == len(value)
        yield Problem(
            path,
            "The environment is a list here; the hub wants a map of names: no server starts.",
            Fix("Write NAME: value on a line for each, without a dash.", (Set(path, named),) if sure else ()),
        )


@rule("env-brace", Severity.ERROR, "Braces in the environment", _ENV)
def env_brace(subject: Subject) -> Iterator[Problem]:
    """KubeSpawner fills in names in braces; what it does not know ends the start of the server."""
    if subject.family == "z2jh" and not subject.at_least("3.0.0"):
        return
    newest = subject.family == "helmforge" or subject.at_least("4.0.0")
    fields = _FIELDS if newest else _FIELDS | {_FORMER_FIELD}
    for path, name, value in _variables(subject):
        for place, text in _texts(path, value):
            if ("{" in text or "}" in text) and not _fills_in(text, fields):
                edits = (Set(place, text.replace("{", "{{").replace("}", "}}")),) if _is_json(text) else ()
                yield Problem(
                    place,
                    f"The hub does not know what stands in braces in {name}: no server starts.",
                    Fix("Write each brace twice if it is meant as a brace.", edits),
                )


@rule("lifecycle", Severity.ERROR, "A postStart or preStop that Kubernetes refuses", _HOOKS)
def lifecycle(subject: Subject) -> Iterator[Problem]:
    """It is exec, and below that a command: a list of words."""
    for path, hook in _hooks(subject):
        if isinstance(hook, dict) and hook and not any(key in hook for key in _HANDLERS):
            moves = (Move((*path, "command"), (*path, "exec", "command")),) if "command" in hook else ()
            message = f"{path[-1]} has no exec below it, and no server starts."
            yield Problem(path, message, Fix("Write exec: below it, and the command below that.", moves))
            continue
        place: Path = (*path, "exec", "command")
        command = _command(hook)
        line = command[0] if isinstance(command, list) and len(command) == 1 else command
        if isinstance(line, str) and (line is command or re.search(r"\S\s+\S", line)):
            yield Problem(
                place,
                "The command is one text; Kubernetes wants a list of words, and no server starts.",
                Fix("Write a list; a shell takes a whole line.", (Set(place, ["sh", "-c", line]),)),
            )
        for at, word in enumerate(command if isinstance(command, list) else ()):
            if not isinstance(word, str):
                message = "This word of the command is no text, and no server starts."
                yield Problem((*place, at), message, Fix("Put it in quotes."))


@rule("gitpuller-image", Severity.WARNING, "gitpuller with an image that lacks it", _HOOKS)
def gitpuller_image(subject: Subject) -> Iterator[Problem]:
    """A postStart that fails ends the server."""
    told: set[Path] = set()
    for path, hook, image in _runs(subject):
        command = _command(hook)
        words = " ".join(map(str, command)) if isinstance(command, list) else str(command)
        bare = isinstance(image, str) and _STACK.fullmatch(image)
        if bare and path not in told and "gitpuller" in words and "install" not in words:
            told.add(path)
            result = "the files do not come" if "||" in words else "no server starts"
            yield Problem(
                path,
                f"The image {subject.quote(path, image)} has no gitpuller: the command fails, and {result}.",
                Fix("Use an image with nbgitpuller in it, or give students an nbgitpuller link."),
            )


def _runs(subject: Subject) -> Iterator[tuple[Path, Any, Any]]:
    """Yield each hook with the images in which it runs."""
    image, hooks = subject.effective("singleuser.image.name"), list(_hooks(subject))
    of_all = [(path, hook) for path, hook in hooks if "kubespawner_override" not in path]
    yield from ((path, hook, image) for path, hook in of_all)
    for one in spawner.overrides(subject):
        own = [(path, hook) for path, hook in hooks if path[: len(one.path)] == one.path]
        for path, hook in own or (of_all if "image" in one.values else ()):
            yield path, hook, one.get("image") or image


def _command(hook: Any) -> Any:
    return spawner.map_or_empty(spawner.map_or_empty(hook).get("exec")).get("command")


def _environments(subject: Subject) -> Iterator[tuple[Path, Any]]:
    """Yield every environment of students' servers."""
    paths: list[Path] = [("singleuser", "extraEnv")] if subject.family == "z2jh" else []
    if hub_config.has_hub_config(subject):
        paths.append(("hub", "config", "KubeSpawner", "environment"))
    for path in paths:
        if subject.has(path):
            yield path, subject.get(path)
    for one in spawner.overrides(subject):
        if "environment" in one.values:
            yield (*one.path, "environment"), one.values["environment"]


def _variables(subject: Subject) -> Iterator[tuple[Path, str, Any]]:
    for path, value in _environments(subject):
        for name, item in spawner.map_or_empty(value).items():
            if "unlisted_choice" not in path:  # {value} there is what a student types
                yield (*path, name), name, item


def _hooks(subject: Subject) -> Iterator[tuple[Path, Any]]:
    """Yield what runs when a server starts, and before it stops."""
    found = [(("singleuser", "lifecycleHooks"), subject.get("singleuser.lifecycleHooks"))]
    for one in spawner.overrides(subject):
        found.append(((*one.path, "lifecycle_hooks"), one.values.get("lifecycle_hooks")))  # type: ignore[arg-type]
    for path, hooks in found:
        for name, hook in spawner.map_or_empty(hooks).items():
            if name in ("postStart", "preStop", "post_start", "pre_stop"):
                yield (*path, name), hook


def _texts(path: Path, value: Any) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts((*path, key), item)


def _fills_in(text: str, known: frozenset[str]) -> bool:
    """Tell whether KubeSpawner can fill in a text."""
    try:
        fields = [field for _, field, _, _ in string.Formatter().parse(text) if field is not None]
    except ValueError:
        return False
    return all(re.split(r"[.\[]", field)[0] in known for field in fields)


def _is_json(text: str) -> bool:
    try:
        return isinstance(msgspec.json.decode(text), (dict, list))
    except (msgspec.DecodeError, RecursionError):
        return False


def _without_name(item: dict[str, Any]) -> Any:
    rest = {key: value for key, value in item.items() if key != "name"}
    return rest["value"] if rest.keys() == {"value"} else rest


RULES: tuple[Rule, ...] = (env_bool, env_list, env_brace, lifecycle, gitpuller_image)
