"""The command line: names, options and exit codes are a contract; the work is in commands/."""

from __future__ import annotations

import sys

from z2jh_wizard import __version__

# Importing typing for this would cost a third of what --version takes.
TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence
    from typing import Any


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; the entry point of ``z2jh-wizard``."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words in (["--version"], ["-V"]):
        print(f"z2jh-wizard {__version__}")
        return 0
    if sys.platform == "win32":
        print("z2jh-wizard runs on Linux and macOS; on Windows use WSL or a cloud shell.", file=sys.stderr)
        return 2
    return _guarded(_screens_only(words) or _parsed(words))


def _screens_only(words: list[str]) -> argparse.Namespace | None:
    """Return the parsed words of the one start that people wait for, without the cost of the whole parser."""
    if words and (words[0] != "-C" or len(words) != 2):
        return None
    from types import SimpleNamespace

    from z2jh_wizard.commands.wizard import open_wizard

    folder = words[1] if words else "."
    found: Any = SimpleNamespace(
        command=open_wizard, folder=folder, ascii=False, web=False, plain=False, name="", json=False
    )
    parsed: argparse.Namespace = found
    return parsed


def _guarded(parsed: argparse.Namespace) -> int:
    """Run the command; every trouble ends as words on stderr and an exit code, never as a traceback."""
    from z2jh_wizard.core.errors import ExitCode, WizardError, unexpected
    from z2jh_wizard.render import output

    command: Callable[[argparse.Namespace], int] = parsed.command
    try:
        return int(command(parsed))
    except WizardError as error:
        output.trouble(error.problem)
        return int(error.problem.code)
    except KeyboardInterrupt:
        output.aside("Interrupted. Run the same command again: it looks first and carries on.")
        return int(ExitCode.INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - the last guard: a teacher must never see a traceback
        output.trouble(unexpected(error, f"running {' '.join(filter(None, [parsed.name]))}"))
        return int(ExitCode.FAILED)


def _parsed(words: list[str]) -> argparse.Namespace:
    """Return the parsed words; options of ``--web`` without it, or with a command, end with exit code 2."""
    parser = _parser()
    parsed = parser.parse_args(words)
    if (parsed.web or parsed.plain) and parsed.name:
        parser.error(f"--web and --plain stand for the wizard's screens; {parsed.name} has none")
    if parsed.web and parsed.plain:
        parser.error("choose one of --web and --plain")
    if (parsed.port or parsed.public_url) and not parsed.web:
        parser.error("--port and --public-url go with --web")
    return parsed


def _parser() -> argparse.ArgumentParser:
    import argparse

    from z2jh_wizard.commands import table

    parser = argparse.ArgumentParser(
        prog="z2jh-wizard",
        description="From nothing to a Zero to JupyterHub hub, and back; without a command: the wizard.",
        epilog="Exit codes: 0 done, 1 failed, 2 wrong use, 3 something found, 4 could not look, 5 refused, "
        "6 waiting for you, 130 interrupted.",
    )
    parser.add_argument(
        "-C", dest="folder", metavar="DIR", default=".", help="the project folder (default: here)"
    )
    parser.add_argument("-V", "--version", action="version", version=f"z2jh-wizard {__version__}")
    parser.add_argument("--ascii", action="store_true", help="draw with plain ASCII symbols")
    parser.add_argument(
        "--plain",
        action="store_true",
        help="ask line by line: for screen readers, simple terminals and pipes",
    )
    parser.add_argument("--web", action="store_true", help="show the wizard in a browser; prints the address")
    parser.add_argument(
        "--port", type=table.port, default=0, metavar="N", help="with --web: this port (default: a free one)"
    )
    parser.add_argument(
        "--public-url", default="", metavar="URL", help="with --web: the address of a preview in front of it"
    )
    parser.set_defaults(command=table.lazy("wizard", "open_wizard"), name="", json=False)
    table.add_commands(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
