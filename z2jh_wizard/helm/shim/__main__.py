"""The process of the bundled Helm: read the arguments, run the command, stop it on a signal."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import FrameType, MappingProxyType
from typing import TYPE_CHECKING

from z2jh_wizard.helm.shim import changing, charts, reading, sdk
from z2jh_wizard.helm.shim.flags import Arguments, HelmFailure, Sort, read
from z2jh_wizard.helm.shim.output import write, write_error
from z2jh_wizard.helm.shim.table import ALIASES, COMMANDS, GLOBAL, ONLY_IN_HELM, Command

if TYPE_CHECKING:
    from helm_python import HelmContext

_CANCELLABLE: Mapping[str, Callable[[Arguments, HelmContext], None]] = MappingProxyType({
    "install": changing.install,
    "upgrade": changing.upgrade,
})  # fmt: skip
"""What ends in good order when interrupted; the SDK can cancel nothing else, nor can Helm."""

_BEFORE_COMMANDS = {word for flag in GLOBAL for word in (f"--{flag.name}", f"-{flag.letter}")} - {"-", "-h"}

_OTHERS: Mapping[tuple[str, ...], Callable[[Arguments], None]] = MappingProxyType({
    ("rollback",): changing.rollback,
    ("uninstall",): changing.uninstall,
    ("test",): changing.test,
    ("list",): reading.list_releases,
    ("status",): reading.status,
    ("history",): reading.history,
    ("get", "values"): reading.get_values,
    ("get", "metadata"): reading.get_metadata,
    ("get", "manifest"): lambda arguments: reading.get_part(arguments, reading.manifest),
    ("get", "notes"): lambda arguments: reading.get_part(arguments, reading.notes),
    ("get", "hooks"): lambda arguments: reading.get_part(arguments, reading.hooks),
    ("get", "all"): reading.get_all,
    ("show", "values"): lambda arguments: charts.show("values", arguments),
    ("show", "chart"): lambda arguments: charts.show("chart", arguments),
    ("show", "readme"): lambda arguments: charts.show("readme", arguments),
    ("show", "crds"): lambda arguments: charts.show("crds", arguments),
    ("show", "all"): lambda arguments: charts.show("all", arguments),
    ("template",): charts.template,
    ("lint",): charts.lint,
    ("pull",): charts.pull,
})  # fmt: skip


def main(words: Sequence[str], environment: Mapping[str, str] = os.environ) -> int:
    """Run one Helm command and return its exit code: 0, or 1 with the error on stderr."""
    try:
        found = find_command(words)
        if found is None:
            write(overview())
            return 0
        name, command, rest = found
        arguments = read(rest, (*GLOBAL, *command.flags), environment)
        if arguments.on("help"):
            write(usage(name, command))
            return 0
        _check_count(name, command, arguments)
        _run(name, arguments)
    except HelmFailure as failure:
        write_error(str(failure))
        return 1
    return 0


def find_command(words: Sequence[str]) -> tuple[tuple[str, ...], Command, list[str]] | None:
    """Return the command that the words begin with, and the other words; None if they only ask for help."""
    places = list(_places_of_words(words))[:2]
    names = [words[place] for place in places]
    if not names:
        return None
    first = ALIASES.get(names[0], names[0])
    for name in ((first, *names[1:]), (first,)):
        if name in COMMANDS:
            used = places[: len(name)]
            return name, COMMANDS[name], [word for place, word in enumerate(words) if place not in used]
    if first in ONLY_IN_HELM:
        raise HelmFailure(f"the bundled Helm has no command {first}; use one from https://helm.sh for it")
    if any(name[0] == first for name in COMMANDS) and len(names) == 1:
        return None
    raise HelmFailure(f'unknown command "{names[0]}" for "helm"\nRun \'helm --help\' for usage.')


def _places_of_words(words: Sequence[str]) -> Iterator[int]:
    """Find the words that are neither flags nor the values of the flags that may stand before a command."""
    switches = {f"--{flag.name}" for flag in GLOBAL if flag.sort is Sort.SWITCH}
    is_value = False
    for place, word in enumerate(words):
        if word.startswith("-"):
            is_value = "=" not in word and word not in switches and word in _BEFORE_COMMANDS
        elif is_value:
            is_value = False
        else:
            yield place


def overview() -> str:
    """Return which commands there are."""
    lines = [f"  helm {' '.join(name)} {command.usage}".rstrip() for name, command in COMMANDS.items()]
    return "The bundled Helm has these commands:\n\n" + "\n".join(lines) + "\n"


def usage(name: Sequence[str], command: Command) -> str:
    """Return a short help text."""
    flags = sorted(flag.name for flag in (*GLOBAL, *command.flags) if not flag.missing)
    return f"Usage:\n  {_usage_line(name, command)}\n\nFlags: --{', --'.join(flags)}\n"


def _usage_line(name: Sequence[str], command: Command) -> str:
    return " ".join(filter(None, ("helm", *name, command.usage, "[flags]")))


def _check_count(name: Sequence[str], command: Command, arguments: Arguments) -> None:
    """Refuse too few or too many words, as Helm does."""
    count = len(arguments.words)
    if count >= command.least and (command.most is None or count <= command.most):
        return
    spoken = " ".join(name)
    least = command.least
    if command.most == 0:
        problem = f'"helm {spoken}" accepts no arguments'
    elif command.most == least:
        problem = f'"helm {spoken}" requires {least} argument{"s" if least > 1 else ""}'
    else:
        problem = f'"helm {spoken}" requires at least {least} argument{"s" if least > 1 else ""}'
    raise HelmFailure(f"{problem}\n\nUsage:  {_usage_line(name, command)}")


def _run(name: tuple[str, ...], arguments: Arguments) -> None:
    """Carry a command out; HelmFailure when it fails."""
    try:
        import helm_python
    except ImportError:
        raise sdk.missing_sdk() from None
    try:
        if name == ("version",):
            _tell_version(arguments)
        elif change := _CANCELLABLE.get(name[0]):
            _run_cancellable(change, arguments)
        else:
            _OTHERS[name](arguments)
    except helm_python.HelmError as error:
        raise HelmFailure(str(error)) from error
    finally:
        sdk.silence()


def _tell_version(arguments: Arguments) -> None:
    import helm_python

    version = helm_python.helm_sdk_version()
    if template := arguments.text("template"):
        write(template.replace("{{.Version}}", version))
    elif arguments.on("short"):
        write(f"{version}\n")
    else:
        write(f'version.BuildInfo{{Version:"{version}", GitCommit:"", GitTreeState:"", GoVersion:""}}\n')


def _run_cancellable(change: Callable[[Arguments, HelmContext], None], arguments: Arguments) -> None:
    """Run a change in a thread, so that this one can take signals and cancel it; a second signal kills."""
    import helm_python

    failures: list[BaseException] = []
    ended = threading.Event()

    with helm_python.HelmContext() as context:

        def work() -> None:
            try:
                change(arguments, context)
            except BaseException as error:  # noqa: BLE001  # handed to the main thread, which raises it
                failures.append(error)
            finally:
                ended.set()

        def cancel(_number: int, _frame: FrameType | None) -> None:
            for again in (signal.SIGINT, signal.SIGTERM):
                signal.signal(again, signal.SIG_DFL)
            write(f"Release {arguments.words[0]} has been cancelled.\n")
            context.cancel()

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, cancel)
        threading.Thread(target=work, daemon=True).start()
        ended.wait()
    if failures:
        raise failures[0]


def start() -> None:
    """Be the process: run the command line and end with its exit code."""
    # Python would turn an interrupt into an exception that waits for the SDK; Helm ends at once.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    start()
