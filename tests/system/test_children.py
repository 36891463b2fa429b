"""Child processes: every line arrives, every child ends, in order and with its parent."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import stat
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.waiting import wait_until, wait_until_async
from tests.system.programs import child, first_line, program, running
from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.system import children
from z2jh_wizard.system.children import Captured, Child, Exited, Output, capture, start_detached, stream
from z2jh_wizard.system.processes import ProcessIdentity, identify, is_alive

only_linux = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells a child of its parent's death"
)

STUBBORN = """
    import signal, sys, time

    def note(number, frame):
        print(signal.Signals(number).name, flush=True)
        if signal.Signals(number).name == sys.argv[1]:
            sys.exit(7)

    signal.signal(signal.SIGINT, note)
    signal.signal(signal.SIGTERM, note)
    print("ready", flush=True)
    while True:
        time.sleep(60)
"""
"""Tells of each signal, and ends only at the one it is given."""


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("INTERRUPT_PATIENCE", "TERMINATE_PATIENCE"):
        monkeypatch.setattr(children, name, 0.3)


async def said(started: Child) -> tuple[list[str], list[str], int]:
    """Return all lines of stdout and of stderr, and the exit code."""
    lines: dict[str, list[str]] = {"stdout": [], "stderr": []}
    code = None
    async for output in stream(started):
        assert code is None, "something came after the end"
        if isinstance(output, Exited):
            code = output.code
        else:
            lines[output.stream].append(output.text)
    assert code is not None
    return lines["stdout"], lines["stderr"], code


# --- streams ----------------------------------------------------------------------------------------------


async def test_both_streams_and_the_exit_code_arrive() -> None:
    out, err, code = await said(
        child("import sys; print('one'); print('two', file=sys.stderr); print('three', end=''); sys.exit(3)")
    )
    assert (out, err, code) == (["one", "three"], ["two"], 3)


async def test_lines_arrive_while_the_child_still_runs() -> None:
    async with contextlib.aclosing(
        stream(child("print('up'); input_ = __import__('time').sleep(60)"))
    ) as lines:
        assert await lines.__anext__() == Output("stdout", "up")


async def test_each_stream_keeps_its_order_when_both_are_busy() -> None:
    out, err, code = await said(
        child(
            """
            import sys
            for number in range(3000):
                print(number, file=(sys.stdout, sys.stderr)[number % 2])
            """
        )
    )
    assert code == 0
    assert [int(line) for line in out] == list(range(0, 3000, 2))
    assert [int(line) for line in err] == list(range(1, 3000, 2))


async def test_a_death_by_signal_is_a_negative_code() -> None:
    _, _, code = await said(child("import os, signal; os.kill(os.getpid(), signal.SIGKILL)"))
    assert code == -signal.SIGKILL


async def test_line_ends_of_windows_and_empty_lines() -> None:
    out, _, _ = await said(child(r"import sys; sys.stdout.buffer.write(b'a\r\n\n\r\nb\r')"))
    assert out == ["a", "", "", "b\r"]


async def test_binary_output_is_shown_as_well_as_it_can_be() -> None:
    out, _, _ = await said(
        child(r"import sys; sys.stdout.buffer.write(b'\xff\xfe\x00gr\xc3\xb6\xc3\x9fe\n')")
    )
    assert out == ["\ufffd\ufffd\x00größe"]


async def test_a_huge_line_and_one_without_an_end_arrive_in_pieces() -> None:
    size = 5 * children.LONGEST_LINE + 17
    out, _, code = await said(
        child(f"import sys; sys.stdout.write('x' * {size} + '\\nnext\\n' + 'y' * {size})")
    )
    assert code == 0
    assert set("".join(out)) == {"x", "y", "n", "e", "t"}
    assert out[out.index("next") - 1].endswith("x")
    pieces = [line for line in out if line != "next"]
    assert sum(map(len, pieces)) == 2 * size
    assert max(map(len, pieces)) < 2 * children.LONGEST_LINE


async def test_an_endless_line_does_not_keep_the_child_from_being_ended() -> None:
    async with contextlib.aclosing(stream(child("while True: print('x' * 65536, end='')"))) as lines:
        for _ in range(50):
            output = await lines.__anext__()
            assert isinstance(output, Output)
            assert len(output.text) < 2 * children.LONGEST_LINE


async def test_a_child_speaks_c_and_hears_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    monkeypatch.setenv("FROM_US", "yes")
    code = (
        "import os, sys; print(os.environ['LC_ALL'], os.environ['FROM_US'], os.environ['MORE'], os.getcwd())"
    )
    reads = f"{code}; print(repr(sys.stdin.read()))"
    out, _, _ = await said(Child(program(reads), {"MORE": "too"}, cwd=tmp_path))
    assert out == [f"C yes too {tmp_path}", "''"]


@only_linux
async def test_the_name_may_differ_from_the_program() -> None:
    code = "print(open('/proc/self/cmdline').read().split(chr(0))[0])"
    out, _, _ = await said(Child(["helm", "-c", code], executable=sys.executable))
    assert out == ["helm"]


async def test_who_the_child_is_is_told_before_its_first_line() -> None:
    told: list[ProcessIdentity] = []
    async with contextlib.aclosing(
        stream(child("print('up'); __import__('time').sleep(60)"), told.append)
    ) as lines:
        await lines.__anext__()
        assert len(told) == 1
        assert is_alive(told[0])
        assert os.getpgid(told[0].pid) == told[0].pid
    assert not is_alive(told[0])


@pytest.mark.parametrize("reason", ["missing", "no program", "a folder"])
async def test_a_program_that_cannot_be_started_is_said_in_words(tmp_path: Path, reason: str) -> None:
    path = tmp_path / "helm"
    if reason == "no program":
        path.write_text("no program")
    elif reason == "a folder":
        path.mkdir()
    with pytest.raises(WizardError) as caught:
        await said(Child([str(path)]))
    assert caught.value.problem.title == "Could not start helm"
    assert caught.value.problem.happened.startswith(f"{path}: ")
    with pytest.raises(WizardError, match="Could not start helm"):
        await capture(Child([str(path)]), 5)


# --- ending -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gives_up_at", "heard", "code"),
    [
        ("SIGINT", ["SIGINT"], 7),
        ("SIGTERM", ["SIGINT", "SIGTERM"], 7),
        ("never", ["SIGINT", "SIGTERM"], -signal.SIGKILL),
    ],
)
async def test_sigint_first_then_sigterm_then_sigkill(
    impatient: None, tmp_path: Path, gives_up_at: str, heard: list[str], code: int
) -> None:
    notes = tmp_path / "notes"
    process = await asyncio.create_subprocess_exec(
        *program(STUBBORN, gives_up_at), stdout=notes.open("wb"), start_new_session=True
    )
    await wait_until_async(lambda: "ready\n" in notes.read_text())
    await children.end(process)
    assert process.returncode == code
    assert notes.read_text().split() == ["ready", *heard]


async def test_ending_a_child_that_has_ended_does_nothing() -> None:
    process = await asyncio.create_subprocess_exec(*program("pass"), start_new_session=True)
    await process.wait()
    await children.end(process)
    assert process.returncode == 0


async def test_leaving_early_ends_the_child_and_its_own_children() -> None:
    code = """
        import subprocess, sys
        grandchild = subprocess.Popen([sys.executable, "-c", '''
        import signal, time
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        print("deaf\\\\n", end="", flush=True)
        time.sleep(60)
        '''.replace("        ", "")])
        print(f"{grandchild.pid}\\n", end="", flush=True)
        grandchild.wait()
    """
    family: list[ProcessIdentity] = []
    async with contextlib.aclosing(stream(child(code), family.append)) as lines:
        first = [await lines.__anext__(), await lines.__anext__()]
        texts = {output.text for output in first if isinstance(output, Output)}
        (pid,) = texts - {"deaf"}
        grandchild = identify(int(pid))
        assert grandchild
        family.append(grandchild)
    await wait_until_async(lambda: not any(map(is_alive, family)))


async def test_cancelling_ends_the_child() -> None:
    started: list[ProcessIdentity] = []
    task = asyncio.ensure_future(said_nothing(started))
    await wait_until_async(lambda: bool(started))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not is_alive(started[0])


async def said_nothing(started: list[ProcessIdentity]) -> None:
    async with contextlib.aclosing(stream(child("__import__('time').sleep(60)"), started.append)) as lines:
        async for _ in lines:
            pass


async def test_a_child_that_talks_while_it_ends_can_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than pipe and reader hold: the child would hang if nobody read on."""
    code = """
        import signal, sys, time

        def farewell(number, frame):
            print("x" * 65536 + "\\n", end="", flush=True)
            sys.stdout.write("y\\n" * 200_000)
            sys.stderr.write("z" * 500_000)
            sys.exit(9)

        signal.signal(signal.SIGINT, farewell)
        print("ready", flush=True)
        time.sleep(60)
    """
    codes: list[int | None] = []
    end = children.end

    async def watch(process: asyncio.subprocess.Process) -> None:
        await end(process)
        codes.append(process.returncode)

    monkeypatch.setattr(children, "end", watch)
    async with contextlib.aclosing(stream(child(code))) as lines:
        await lines.__anext__()
    with pytest.raises(WizardError, match="did not end within"):
        await capture(child(code), 1)
    assert codes == [9, 9]


async def test_a_child_that_leaves_a_silent_process_behind_has_ended(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(children, "LATE_LINES", 0.2)
    code = """
        import subprocess, sys
        left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        print(left.pid)
    """
    out, _, exit_code = await said(child(code))
    (left,) = (psutil.Process(int(line)) for line in out)
    left.kill()
    assert exit_code == 0
    await wait_until_async(lambda: not left.is_running() or left.status() == psutil.STATUS_ZOMBIE)


async def test_a_child_may_be_silent_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "LATE_LINES", 0.3)
    out, _, code = await said(child("import time; print('one'); time.sleep(1); print('two')"))
    assert (out, code) == (["one", "two"], 0)


async def test_a_trouble_while_telling_who_it_is_ends_the_child() -> None:
    seen: list[ProcessIdentity] = []

    def refuse(identity: ProcessIdentity) -> None:
        seen.append(identity)
        raise WizardError("the journal is full")

    for run in (said_with(refuse), capture(child("__import__('time').sleep(60)"), 30, refuse)):
        with pytest.raises(WizardError, match="the journal is full"):
            await run
    assert len(seen) == 2
    assert not any(map(is_alive, seen))


async def said_with(on_start: children.Started) -> None:
    async for _ in stream(child("__import__('time').sleep(60)"), on_start):
        pass


@only_linux
def test_a_child_is_interrupted_when_its_parent_is_killed(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    parent = """
        import asyncio, sys
        from z2jh_wizard.system.children import Child, stream

        async def main():
            async for output in stream(Child([sys.executable, "-c", sys.argv[1]])):
                print(output.text, flush=True)

        asyncio.run(main())
    """
    code = f"""if True:
        import signal, time, pathlib
        def note(number, frame):
            pathlib.Path({str(notes)!r}).write_text(signal.Signals(number).name)
            raise SystemExit
        signal.signal(signal.SIGINT, note)
        print("ready", flush=True)
        time.sleep(60)
    """
    with running(program(parent, code)) as process:
        assert first_line(process) == "ready"
        (started,) = psutil.Process(process.pid).children()
        process.send_signal(signal.SIGKILL)
        wait_until(lambda: notes.exists() and notes.read_text() == "SIGINT")
        wait_until(lambda: not started.is_running())


@only_linux
async def test_a_child_hears_sigint_even_when_we_were_started_deaf_to_it() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        said_ = await capture(child("import signal; print(signal.getsignal(signal.SIGINT).__name__)"), 30)
    finally:
        signal.signal(signal.SIGINT, before)
    assert said_.stdout == b"default_int_handler\n"


# --- capture ----------------------------------------------------------------------------------------------


async def test_capture_gathers_everything() -> None:
    captured = await capture(
        child(
            r"import sys; sys.stdout.buffer.write(b'\xff' * 300000); sys.stderr.write('trouble'); sys.exit(2)"
        ),
        30,
    )
    assert captured == Captured(2, b"\xff" * 300000, "trouble")


async def test_capture_has_a_time_limit() -> None:
    started: list[ProcessIdentity] = []
    with pytest.raises(WizardError) as caught:
        await capture(child("__import__('time').sleep(60)"), 0.5, started.append)
    assert "did not answer" in caught.value.problem.title
    assert not is_alive(started[0])


async def test_capture_has_a_size_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "LARGEST_OUTPUT", 1024 * 1024)
    started: list[ProcessIdentity] = []
    with pytest.raises(WizardError, match="More than 1 MiB came back"):
        await capture(child("while True: print('x' * 65536)"), 60, started.append)
    assert not is_alive(started[0])


async def test_a_cancelled_capture_ends_the_child() -> None:
    started: list[ProcessIdentity] = []
    task = asyncio.ensure_future(capture(child("__import__('time').sleep(60)"), 60, started.append))
    await wait_until_async(lambda: bool(started))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not is_alive(started[0])


def test_capture_works_in_a_thread_with_a_loop_of_its_own() -> None:
    answers: list[Captured] = []
    thread = threading.Thread(
        target=lambda: answers.append(asyncio.run(capture(child("print('token')"), 30)))
    )
    thread.start()
    thread.join(60)
    assert answers == [Captured(0, b"token\n", "")]


# --- detached ---------------------------------------------------------------------------------------------


@pytest.fixture
def ended_later() -> Iterator[list[int]]:
    pids: list[int] = []
    yield pids
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def test_a_detached_process_writes_to_a_private_log(tmp_path: Path, ended_later: list[int]) -> None:
    log = tmp_path / "server.log"
    log.write_text("before\n")
    log.chmod(0o600)
    code = "import os, sys; print(os.getcwd(), os.environ['MORE'], repr(sys.stdin.read()), file=sys.stderr)"
    pid = start_detached(program(code), cwd=tmp_path, log_path=log, environment={"MORE": "too"})
    ended_later.append(pid)
    wait_until(lambda: log.read_text() == f"before\n{tmp_path} too ''\n")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_a_new_log_is_private_from_its_first_byte(tmp_path: Path, ended_later: list[int]) -> None:
    before = os.umask(0)
    try:
        pid = start_detached(program("pass"), cwd=tmp_path, log_path=tmp_path / "log")
    finally:
        os.umask(before)
    ended_later.append(pid)
    assert stat.S_IMODE((tmp_path / "log").stat().st_mode) == 0o600


def test_a_detached_process_outlives_its_parent(tmp_path: Path, ended_later: list[int]) -> None:
    starter = """
        import sys
        from pathlib import Path
        from z2jh_wizard.system.children import start_detached

        folder = Path(sys.argv[1])
        argv = [sys.executable, "-c", "import time; time.sleep(60)"]
        print(start_detached(argv, cwd=folder, log_path=folder / "log"), flush=True)
        sys.stdin.read()
    """
    with running(program(starter, str(tmp_path))) as parent:
        pid = int(first_line(parent))
        ended_later.append(pid)
        identity = identify(pid)
        assert identity
        assert os.getsid(pid) == pid
        parent.send_signal(signal.SIGKILL)
        parent.wait(10)
    assert is_alive(identity)


def test_a_detached_program_that_cannot_be_started_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(WizardError, match="Could not start no-such-program"):
        start_detached(["no-such-program"], cwd=tmp_path, log_path=tmp_path / "log")
    with pytest.raises(WizardError, match="Could not write log"):
        start_detached(program("pass"), cwd=tmp_path, log_path=tmp_path / "nowhere" / "log")
