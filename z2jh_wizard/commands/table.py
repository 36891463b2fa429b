"""The table of headless commands: names, words and options, and which function does each."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

Command = Callable[[argparse.Namespace], int]


def lazy(module: str, function: str) -> Command:
    """Return a command whose module is imported when it is called."""

    def call(parsed: argparse.Namespace) -> int:
        command: Command = getattr(import_module(f"z2jh_wizard.commands.{module}"), function)
        return command(parsed)

    return call


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Add every command to the parser."""
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="name")

    def add(name: str, module: str, function: str, about: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=about, description=about[0].upper() + about[1:] + ".")
        sub.set_defaults(command=lazy(module, function))
        return sub

    _practice(
        add("practice", "practice", "practice", "the whole journey on an embedded cluster, free and offline")
    )
    _new(add("new", "project", "new", "make a project folder without the wizard's screens"))
    answers = _json(add("answers", "project", "answers", "the answers that make another hub like this one"))
    answers.add_argument("--write", action="store_true", help="write them into answers.yaml of the project")
    _json(add("plan", "runs", "plan", "what would change"))
    apply = _json(add("apply", "runs", "apply", "converge to all that config.yaml and z2jh.yaml say"))
    apply.add_argument("--yes", action="store_true", help="do not ask before steps that cost money")
    status = _json(add("status", "looking", "status", "how the hub is"))
    status.add_argument("--watch", action="store_true", help="go on until interrupted")
    _json(add("diagnose", "looking", "diagnose", "why it is not well"))
    doctor = _json(add("doctor", "looking", "doctor", "is this computer ready"))
    doctor.add_argument("--fix", action="store_true", help="download a verified Helm if there is none")
    doctor.add_argument(
        "--disk", action="store_true", help="also have a disk of 1 GiB made and removed again"
    )
    _capacity(add("capacity", "capacity", "capacity", "students on a node, and nodes for a class"))
    _resize(add("resize", "runs", "resize", "change the number of nodes now"))
    _json(add("stop", "runs", "stop", "stop all machines of the cluster; files stay (Azure)"))
    _json(add("start", "runs", "start", "start a stopped cluster again (Azure)"))
    upgrade = _json(add("upgrade", "upgrade", "upgrade", "apply, with another chart version if there is one"))
    upgrade.add_argument("--chart-version", default="", metavar="V", help="which (default: the newest known)")
    upgrade.add_argument("--yes", action="store_true", help="do not ask: costs are agreed, all is decided")
    rollback = _json(add("rollback", "upgrade", "rollback", "bring an earlier revision of the hub back"))
    rollback.add_argument(
        "revision", nargs="?", type=_revision, metavar="REV", help="which (default: the one before)"
    )
    teardown = _json(add("teardown", "runs", "teardown", "remove the hub, then prove it"))
    teardown.add_argument("--confirm", metavar="NAME", help="the hub name, typed to confirm")
    teardown.add_argument(
        "--leftovers", action="store_true", help="also delete what is left at the cloud, ours and safe"
    )
    _config(commands.add_parser("config", help="work on config.yaml, or on any values file with --file"))
    _secrets(
        add("secrets", "secrets", "secrets", "the hub's secrets: which there are, show one, make a new one")
    )
    runbook = add("runbook", "project", "runbook", "the steps to do by hand")
    runbook.add_argument("--format", choices=("md", "sh"), default="md", help="Markdown or a shell script")
    runbook.add_argument("--flow", choices=("setup", "teardown"), default="setup", help="which flow")
    add("kube-token", "credentials", "kube_token", "credential plugin for the project's kubeconfig")


def port(text: str) -> int:
    """Return a TCP port from 1 to 65535; ArgumentTypeError for anything else."""
    if not text.isascii() or not text.isdecimal() or len(text) > 5 or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError("type the number of a port, from 1 to 65535")
    return int(text)


def _json(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--json", action="store_true", help="answer as JSON")
    return parser


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) > 1000:
        raise argparse.ArgumentTypeError("type a whole number from 0 to 1000")
    return int(text)


def _revision(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 9 or int(text) < 1:
        raise argparse.ArgumentTypeError("type the number of a revision, as helm history lists them")
    return int(text)


def _speed(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100:
        raise argparse.ArgumentTypeError(
            "type a number from 0 (no waiting) to 100 (very slow); 1 is real pace"
        )
    return value


def _practice(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "words",
        nargs="*",
        metavar="start | stop | students N | fault NAME | clear",
        help="act on the practice cluster of the project -C DIR instead",
    )
    parser.add_argument("--headless", action="store_true", help="play the whole journey and print it")
    parser.add_argument(
        "--students", type=_number, default=20, metavar="N", help="how many arrive (default 20)"
    )
    parser.add_argument("--fault", metavar="NAME", help="make something go wrong on purpose")
    parser.add_argument(
        "--speed", type=_speed, default=1.0, metavar="X", help="1 is real pace, 0 does not wait"
    )
    _json(parser)


def _new(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", metavar="DIR", help="the folder to make")
    parser.add_argument(
        "--provider",
        default="",
        metavar="P",
        help="practice, existing, gke, aks, eks or local; needed unless the answers say it",
    )
    parser.add_argument(
        "--answers", default="", metavar="FILE", help="answers to all questions (YAML); - reads a pipe"
    )
    parser.add_argument(
        "--chart", default="", metavar="C", help="z2jh, helmforge, practice, or a chart file or folder"
    )
    parser.add_argument("--chart-version", default="", metavar="V", help="the version of the chart")
    parser.add_argument("--release", default="", metavar="NAME", help="the hub name (default jhub)")
    parser.add_argument("--namespace", default="", metavar="NS", help="the namespace (default: the hub name)")
    parser.add_argument("--context", default="", metavar="CTX", help="existing: the kubeconfig context")
    parser.add_argument("--kubeconfig", default="", metavar="FILE", help="existing: the kubeconfig file")
    parser.add_argument(
        "--account", default="", metavar="ID", help="a cloud: the project or account that pays"
    )
    parser.add_argument("--region", default="", metavar="R", help="a cloud: the zone or region")
    parser.add_argument("--machine", default="", metavar="M", help="a cloud: the students' machine type")
    parser.add_argument(
        "--sign-in", default="", metavar="S", help="a cloud: file:PATH, profile:NAME or tenant:NAME"
    )
    parser.add_argument("--tool", default="", metavar="T", help="local: kind, k3d or minikube")
    _json(parser)


def _resize(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("nodes", type=_number, metavar="N", help="how many nodes the pool shall have")
    parser.add_argument("--pool", default="user", help="which pool (default user)")
    _json(parser)


def _capacity(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--provider", required=True, choices=("gke", "aks", "eks"), help="whose machines")
    parser.add_argument(
        "--machine", default="", metavar="M", help="a machine type; without it all are compared"
    )
    parser.add_argument("--students", type=_number, required=True, metavar="N", help="how many at once")
    parser.add_argument("--memory", default="1G", metavar="1G", help="promised to each (default 1G)")
    parser.add_argument(
        "--cpu", type=_cores, default=0.0, metavar="0.5", help="cores promised to each (default none)"
    )
    parser.add_argument("--disk", default="10Gi", metavar="10Gi", help="of each; 0 for none (default 10Gi)")
    parser.add_argument("--region", default="", metavar="R", help="where; prices differ (default: shipped)")
    parser.add_argument("--refresh", action="store_true", help="ask the cloud for its prices of today")
    _json(parser)


def _cores(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1000:
        raise argparse.ArgumentTypeError("type a number of cores from 0 to 1000, such as 0.5")
    return value


def _secrets(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(title="actions", metavar="ACTION", dest="action")
    show = actions.add_parser("show", help="print one secret, and nothing else")
    rotate = actions.add_parser("rotate", help="make a new one, and say what that breaks")
    for action, function in ((show, "show"), (rotate, "rotate")):
        action.add_argument("secret", metavar="NAME", help="as the list says it, or its path")
        action.set_defaults(command=lazy("secrets", function))
    _json(rotate)
    _json(parser)


def _config_action(
    actions: Any, name: str, module: str, function: str, about: str
) -> argparse.ArgumentParser:
    sub: argparse.ArgumentParser = actions.add_parser(name, help=about, description=f"{about}.")
    sub.set_defaults(command=lazy(module, function))
    sub.add_argument("--file", default="", metavar="FILE", help="this file; - reads a pipe")
    sub.add_argument("--at", default="", metavar="PATH", help="where a wrapper chart keeps the hub's values")
    sub.add_argument("--chart", default="", metavar="C", help="z2jh (default), helmforge, or a chart's path")
    sub.add_argument("--chart-version", default="", metavar="V", help="the chart version (default: newest)")
    return _json(sub)


def _config(parser: argparse.ArgumentParser) -> None:
    actions: Any = parser.add_subparsers(title="actions", metavar="ACTION", dest="action", required=True)
    add = partial(_config_action, actions)
    get = add("get", "config_settings", "get", "show one setting, or all")
    get.add_argument("path", nargs="?", default="", help="such as singleuser.memory.limit")
    put = add("set", "config_settings", "put", "write a setting; comments and all else stay as they are")
    put.add_argument("path", help="such as cull.timeout")
    put.add_argument("value", help="YAML, lists and maps as [a, b] and {k: v}; - reads it from stdin")
    put.add_argument("--force", action="store_true", help="also a key that the chart does not know")
    unset = add(
        "unset", "config_settings", "unset", "remove a setting: the chart's default is in force again"
    )
    unset.add_argument("path", help="such as cull.timeout")
    lint = add("lint", "config_checks", "lint", "say what is wrong, or will be on class day")
    lint.add_argument("--fix", action="store_true", help="write the edits that are surely meant")
    lint.add_argument(
        "--online", action="store_true", help="also ask registries for the images, and for a newer chart"
    )
    validate = add("validate", "config_checks", "validate", "check the file against the chart's schema")
    validate.add_argument("--offline", action="store_true", help="download nothing")
    migrate = add("migrate", "config_versions", "migrate", "carry the file to another chart version")
    migrate.add_argument("--from", dest="source", default="", metavar="V", help="default: the project's")
    migrate.add_argument(
        "--to",
        dest="target",
        required=True,
        metavar="V",
        help="4.4.0, z2jh@4.4.0, helmforge, helmforge@1.0.6",
    )
    migrate.add_argument("--write", action="store_true", help="save the file instead of printing it")
    diff = add("diff", "config_versions", "diff", "compare with what the hub runs with, or with a file")
    diff.add_argument("--with", dest="other", default="", metavar="FILE", help="the file to compare with")
    search = add("search", "config_search", "search", "find settings by words")
    search.add_argument("words", nargs="+", metavar="WORD", help="such as memory limit")
    preset = add("preset", "config_many", "preset", "settings that belong together, ready to use")
    preset.add_argument("preset", nargs="?", default="", metavar="NAME", help="none lists them")
    roster = add("roster", "config_many", "roster", "let the people of a class list (CSV) sign in")
    roster.add_argument("roster", metavar="CSV", help="from a spreadsheet or course platform")
    roster.add_argument("--column", default="", metavar="NAME", help="the heading of the user names' column")
