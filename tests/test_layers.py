"""The architecture is checked like everything else: who may import whom, and who may touch the world."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.support.source import PACKAGE, Module, modules

STARTS_PROCESSES = {
    "subprocess",
    "multiprocessing",
    "pty",
    "asyncio.subprocess",
    "concurrent.futures.process",
}
STARTING_CALLS = (
    "asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell", "os.system", "os.popen", "os.fork",
    "os.forkpty", "os.exec", "os.spawn", "os.posix_spawn", "os.startfile",
)  # fmt: skip

OPENS_SOCKETS = {
    "socket", "socketserver", "http.client", "http.server", "urllib.request", "ftplib", "smtplib", "xmlrpc",
    "aiohttp", "httpx", "requests", "urllib3", "websockets", "websocket",
    "kubernetes", "boto3", "botocore", "google", "azure",
}  # fmt: skip
SOCKET_CALLS = (
    "asyncio.open_connection", "asyncio.start_server", "asyncio.open_unix_connection",
    "asyncio.start_unix_server",
)  # fmt: skip
SOCKET_METHODS = (".create_connection", ".create_server", ".create_datagram_endpoint", ".sock_connect")
SOCKET_FOLDERS = {"kube", "cloud", "helm", "practice", "web"}

WRITING_FOLDERS = {"system", "practice"}
"""The practice cluster keeps its own state and volumes; all else goes through system."""

ALLOWED: dict[tuple[str, str], str] = {
    ("render/output.py", "os.open"): "the null device, when nobody reads stdout any more",
    ("flows/run.py", "os.open"): "the log of a run is appended to while it goes on",
    ("commands/practice.py", "shutil.rmtree"): "the temporary project of a headless journey",
    ("values/lint/extra_config.py", "compile"): "finds mistakes in the hub's Python, and runs none of it",
}
"""What breaks a rule below on purpose: module and call, with the reason."""


def of(names: set[str], imported: str) -> bool:
    """Tell whether a dotted name is, or lies in, one of the modules."""
    return any(imported == name or imported.startswith(f"{name}.") for name in names)


def starts_processes(module: Module) -> Iterator[str]:
    if module.folder == "system":
        return
    yield from (name for name in module.imports if of(STARTS_PROCESSES, name))
    yield from (called for called, _ in module.calls if called.startswith(STARTING_CALLS))


def opens_sockets(module: Module) -> Iterator[str]:
    if module.folder in SOCKET_FOLDERS:
        return
    yield from (name for name in module.imports if of(OPENS_SOCKETS, name))
    for called, _ in module.calls:
        if called.startswith(SOCKET_CALLS) or called.endswith(SOCKET_METHODS):
            yield called


def writes_files(module: Module) -> Iterator[str]:
    if module.folder in WRITING_FOLDERS:
        return
    # kubeconfig_file.write_bytes is a function of another module of ours, not a method of a path.
    ours = {name.rpartition(".")[2] for name in module.imports if name.startswith("z2jh_wizard.")}
    for called, call in module.calls:
        if (
            called.startswith(("os.replace", "os.rename", "os.remove", "os.unlink", "shutil.copy"))
            or called in ("shutil.rmtree", "shutil.move")
            or (called.endswith((".write_text", ".write_bytes")) and called.split(".")[0] not in ours)
            or _opens_to_write(called, call)
        ):
            yield called


def _opens_to_write(called: str, call: ast.Call) -> bool:
    if called == "os.open":
        return any(flag in ast.unparse(call) for flag in ("O_WRONLY", "O_RDWR", "O_CREAT"))
    # Path.open has the mode first, open has the file before it.
    modes = (
        call.args[1:2] if called in ("open", "io.open") else call.args[:1] if called.endswith(".open") else []
    )
    modes = [*modes, *(word.value for word in call.keywords if word.arg == "mode")]
    letters = {str(mode.value) for mode in modes if isinstance(mode, ast.Constant)}
    return any(set(mode) <= set("rwxabt+") and set(mode) & set("wxa+") for mode in letters)


def loads_yaml_unsafely(module: Module) -> Iterator[str]:
    safe = _safe_loaders(module)
    for called, call in module.calls:
        if called.startswith(("yaml.unsafe_load", "yaml.full_load")):
            yield called
        elif called in ("yaml.load", "yaml.load_all"):
            loaders = [*call.args[1:], *(word.value for word in call.keywords if word.arg == "Loader")]
            if not any(_is_safe(loader, safe) for loader in loaders):
                yield called
        elif called.rpartition(".")[2] == "YAML" and "unsafe" in ast.unparse(call):
            yield called


def _is_safe(node: ast.expr, safe: set[str]) -> bool:
    return "SafeLoader" in ast.unparse(node) or ast.unparse(node) in safe


def _safe_loaders(module: Module) -> set[str]:
    """Return the names that stand for a safe loader: derived classes and variables."""
    safe: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ClassDef) and node.bases and all(_is_safe(base, safe) for base in node.bases):
            safe.add(node.name)
        elif isinstance(node, ast.Assign) and _is_safe(node.value, safe):
            safe.update(ast.unparse(target) for target in node.targets)
        elif isinstance(node, ast.AnnAssign) and node.value and _is_safe(node.value, safe):
            safe.add(ast.unparse(node.target))
    return safe


def runs_text_as_code(module: Module) -> Iterator[str]:
    yield from (name for name in module.imports if of({"pickle", "marshal", "shelve", "dill"}, name))
    for called, call in module.calls:
        if called in ("eval", "exec", "compile", "__import__"):
            yield called
        for keyword in call.keywords:
            if keyword.arg == "shell" and ast.unparse(keyword.value) != "False":
                yield f"{called}(shell=...)"


def ends_the_program(module: Module) -> Iterator[str]:
    if module.name in ("cli.py", "__main__.py") or module.name.endswith("/__main__.py"):
        return
    yield from (called for called, _ in module.calls if called in ("sys.exit", "exit", "quit", "os._exit"))
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Raise) and node.exc and ast.unparse(node.exc).startswith("SystemExit"):
            yield "raise SystemExit"


def waits_inside_an_sdk(module: Module) -> Iterator[str]:
    """Waiters of cloud SDKs cannot be cancelled: polling is our own loop of short calls."""
    yield from (called for called, _ in module.calls if called.endswith(".get_waiter"))
    if module.folder == "cloud":
        yield from (called for called, _ in module.calls if called.endswith((".result", ".wait_until_done")))


RULES: list[Callable[[Module], Iterator[str]]] = [
    starts_processes,
    opens_sockets,
    writes_files,
    loads_yaml_unsafely,
    runs_text_as_code,
    ends_the_program,
    waits_inside_an_sdk,
]


def test_no_module_breaks_a_rule_and_what_is_allowed_is_still_needed() -> None:
    """All rules at once: reading the product's source as trees is what takes the time."""
    found = {(module.name, what) for module in modules() for rule in RULES for what in rule(module)}
    assert found - set(ALLOWED) == set()
    assert set(ALLOWED) - found == set()


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (starts_processes, "import subprocess"),
        (starts_processes, "def f():\n    from multiprocessing import Process"),
        (starts_processes, "import os\nos.system('ls')"),
        (starts_processes, "import os\nos.execvp('ls', [])"),
        (starts_processes, "import asyncio\nasyncio.create_subprocess_exec('ls')"),
        (opens_sockets, "from urllib.request import urlopen"),
        (opens_sockets, "def f():\n    import google.cloud.container_v1"),
        (opens_sockets, "loop.create_connection(None)"),
        (writes_files, "open('x', 'w')"),
        (writes_files, "path.open('ab')"),
        (writes_files, "path.open(mode='x')"),
        (writes_files, "path.write_text('x')"),
        (writes_files, "import os\nos.open('x', os.O_CREAT)"),
        (loads_yaml_unsafely, "yaml.load(text)"),
        (loads_yaml_unsafely, "yaml.load(text, Loader=yaml.Loader)"),
        (loads_yaml_unsafely, "class L(yaml.Loader): pass\nyaml.load_all(text, L)"),
        (loads_yaml_unsafely, "yaml.unsafe_load(text)"),
        (loads_yaml_unsafely, "YAML(typ='unsafe')"),
        (runs_text_as_code, "eval('1')"),
        (runs_text_as_code, "import pickle"),
        (runs_text_as_code, "run('ls', shell=True)"),
        (ends_the_program, "import sys\nsys.exit(1)"),
        (ends_the_program, "raise SystemExit(1)"),
        (waits_inside_an_sdk, "client.get_waiter('x')"),
    ],
)
def test_each_rule_sees_what_it_forbids(rule: Callable[[Module], Iterator[str]], code: str) -> None:
    assert list(rule(Module("screens/x.py", code)))


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (opens_sockets, "from urllib.parse import quote\nimport ssl"),
        (writes_files, "open('x')\npath.open('rb')\nopen('warning.yaml')"),
        (
            writes_files,
            "from z2jh_wizard.project import kubeconfig_file\nkubeconfig_file.write_bytes(p, b'')",
        ),
        (loads_yaml_unsafely, "L = getattr(yaml, 'CSafeLoader', yaml.SafeLoader)\nyaml.load(text, Loader=L)"),
        (loads_yaml_unsafely, "class L(yaml.SafeLoader): pass\nyaml.load(text, L)\nyaml.safe_load(text)"),
        (runs_text_as_code, "import re\nre.compile('x')\nrun('ls', shell=False)"),
    ],
)
def test_each_rule_leaves_the_rest_alone(rule: Callable[[Module], Iterator[str]], code: str) -> None:
    assert list(rule(Module("screens/x.py", code))) == []


def test_the_layers_are_kept() -> None:
    """import-linter reads its contracts from pyproject.toml; a contract in error fails too."""
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", code, "--no-cache"],
        cwd=PACKAGE.parent,
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_every_package_says_what_belongs_there() -> None:
    silent = [
        folder.relative_to(PACKAGE).as_posix()
        for folder in {path.parent for path in PACKAGE.rglob("*.py")}
        if not (folder / "__init__.py").is_file()
        or not ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
    ]
    assert silent == []
