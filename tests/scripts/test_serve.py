"""Starting and ending the servers; small stand-ins answer instead of Rasa."""

from __future__ import annotations

import os
import pty
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.processes import Program
from scripts.readiness import LOCAL, answers, damaged_files, free_port, is_free
from tests.scripts.fake_project import SECONDS, FakeProject, one_line

END_SECONDS = 10


@pytest.fixture
def project(tmp_path: Path) -> Iterator[FakeProject]:
    folder = tmp_path / "a folder with blanks"
    folder.mkdir()
    project = FakeProject(folder)
    yield project
    for program in project.started:
        program.kill()
    for pid in pids(project):  # whatever a failed test has left
        if is_alive(pid):
            os.kill(pid, signal.SIGKILL)


@pytest.fixture
def ports() -> tuple[str, str]:
    return str(free_port()), str(free_port())


@pytest.fixture
def taken() -> Iterator[str]:
    with socket.socket() as listener:
        listener.bind((LOCAL, 0))
        listener.listen()
        yield str(listener.getsockname()[1])


def pids(project: FakeProject) -> list[int]:
    return [int(line) for line in project.lines("pids")]


def is_alive(pid: int) -> bool:
    """Whether it runs; one that has ended and waits to be collected does not."""
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, check=False, text=True
    ).stdout.strip()
    return bool(state) and not state.startswith("Z")


def all_ended(project: FakeProject) -> bool:
    deadline = time.monotonic() + END_SECONDS
    while any(map(is_alive, pids(project))) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not any(map(is_alive, pids(project)))


def serve(project: FakeProject, verb: str, ports: tuple[str, str]) -> subprocess.Popen[str]:
    return project.script("serve", verb, "--port", ports[0], "--actions-port", ports[1])


def running(project: FakeProject, module: str) -> int:
    """Returns the process that runs a module: which of the servers is up first is left to them."""
    for pid in filter(is_alive, pids(project)):
        if module.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
            return pid
    raise AssertionError(f"nothing runs {module}")


def wait_until_ready(program: subprocess.Popen[str]) -> str:
    """Reads what is printed until the assistant says that it is ready."""
    return wait_until_said(program, "Ctrl-C ends everything")


def wait_until_said(program: subprocess.Popen[str], sentence: str) -> str:
    """Reads what is printed up to a sentence."""
    assert program.stdout
    lines = []
    for line in program.stdout:
        lines.append(line)
        if sentence in line:
            return "".join(lines)
    raise AssertionError("".join(lines) + program.communicate()[1])


@pytest.mark.parametrize("verb", ["run", "shell"])
def test_taken_port_is_one_line_that_says_how_to_choose_another(
    project: FakeProject, verb: str, taken: str
) -> None:
    free = str(free_port())
    for ports, name in (((taken, free), "PORT="), ((free, taken), "ACTIONS_PORT=")):
        line = one_line(serve(project, verb, ports))
        assert taken in line
        assert f" {name}" in line
    assert project.lines("rasa-calls") == []


def test_a_second_run_in_a_folder_is_one_line_whatever_its_ports(
    project: FakeProject, ports: tuple[str, str]
) -> None:
    first = serve(project, "run", ports)
    wait_until_ready(first)
    for others in (ports, (str(free_port()), str(free_port()))):
        assert "serves from this folder already" in one_line(serve(project, "run", others))
    assert first.poll() is None
    assert len(pids(project)) == 4  # none beside those of the first
    first.kill()  # leaves nothing that keeps the next one out
    first.communicate(timeout=END_SECONDS)
    second = serve(project, "run", (str(free_port()), str(free_port())))
    wait_until_ready(second)
    second.send_signal(signal.SIGINT)
    second.communicate(timeout=END_SECONDS)
    assert second.returncode == 0


@pytest.mark.parametrize("port", ["0", "65536", "x", "-1", ""])
def test_port_that_is_none_is_one_line(project: FakeProject, port: str) -> None:
    line = one_line(project.script("serve", "run", f"--port={port}"))
    assert f"'{port}' is no port" in line


def test_one_port_for_both_is_one_line(project: FakeProject, ports: tuple[str, str]) -> None:
    assert "the same" in one_line(serve(project, "run", (ports[0], ports[0])))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_run_answers_and_a_signal_ends_everything(
    project: FakeProject, ports: tuple[str, str], number: signal.Signals
) -> None:
    program = serve(project, "run", ports)
    printed = wait_until_ready(program)
    assert f"http://127.0.0.1:{ports[0]}/webhooks/rest/webhook" in printed
    assert "-H 'Content-Type: application/json'" in printed
    assert "Warning" not in printed
    assert len(pids(project)) == 4  # two servers, each with a child
    assert all(map(is_alive, pids(project)))
    program.send_signal(number)
    program.communicate(timeout=END_SECONDS)
    assert program.returncode == 0
    assert all_ended(project)
    assert all(is_free(int(port)) for port in ports)


OPERATORS = """\
import os, sys, time
open("operators-calls", "a").write(" ".join(sys.argv[1:]) + "\\n")
open("pids", "a").write(f"{os.getpid()}\\n")
print("The operator's pages: somewhere", flush=True)
"""


def test_run_serves_the_operators_pages_as_well(
    project: FakeProject, ports: tuple[str, str]
) -> None:
    serving = "print('Ctrl-C ends it.', flush=True)\ntime.sleep(120)\n"
    project.write("operators/__main__.py", OPERATORS + serving)
    program = project.script(
        "serve", "run", "--port", ports[0], "--actions-port", ports[1], "--operator-port", "5999"
    )
    printed = wait_until_ready(program)
    assert printed.count("The operator's pages: somewhere\n") == 1
    assert "ends it" not in printed
    where = f"--assistant http://127.0.0.1:{ports[0]}"
    assert project.lines("operators-calls") == [f"serve --beside-the-assistant {where} --port 5999"]
    program.send_signal(signal.SIGINT)
    program.communicate(timeout=END_SECONDS)
    assert program.returncode == 0
    assert all_ended(project)


def test_the_assistant_does_without_the_operators_pages(
    project: FakeProject, ports: tuple[str, str]
) -> None:
    project.write("operators/__main__.py", OPERATORS + "sys.exit('Port 5007 is taken.')\n")
    program = serve(project, "run", ports)
    assert "\nPort 5007 is taken.\n" in wait_until_ready(program)
    stopped = "The operator's pages have stopped"
    printed = wait_until_said(program, stopped)
    assert program.poll() is None
    program.send_signal(signal.SIGINT)
    printed += program.communicate(timeout=END_SECONDS)[0]
    assert program.returncode == 0
    assert printed.count(stopped) == 1


def test_a_warning_about_the_settings_is_shown(
    project: FakeProject, ports: tuple[str, str]
) -> None:
    project.write("rasa-mode", "warns")
    printed = wait_until_ready(serve(project, "run", ports))
    assert printed.count("Warning: credentials.yml, x.Channel: odd.\n") == 1


def test_a_closed_terminal_ends_everything(project: FakeProject, ports: tuple[str, str]) -> None:
    # As where `make` itself leads the session and passes no signal on.
    ours, theirs = pty.openpty()
    program = project.script(
        "serve", "run", "--port", ports[0], "--actions-port", ports[1], stdin=theirs
    )
    os.close(theirs)
    wait_until_ready(program)
    os.close(ours)
    program.communicate(timeout=END_SECONDS)
    assert program.returncode == 0
    assert all_ended(project)


def test_servers_that_ignore_the_request_are_ended(
    project: FakeProject, ports: tuple[str, str]
) -> None:
    project.write("rasa-mode", "stubborn")
    program = serve(project, "run", ports)
    wait_until_ready(program)
    program.terminate()
    program.communicate(timeout=END_SECONDS * 2)
    assert program.returncode == 0
    assert all_ended(project)


def test_run_waits_for_a_real_answer(project: FakeProject, ports: tuple[str, str]) -> None:
    silent = project.write("silent", "")
    program = serve(project, "run", ports)
    time.sleep(4)
    silent.unlink()
    printed = wait_until_ready(program)
    assert printed.index("Sending a first message: done") < printed.index("Ready at")
    assert "Sending a first message: done in 0 s" not in printed
    program.terminate()
    program.communicate(timeout=END_SECONDS)


def test_a_server_that_does_not_start_ends_the_other_and_is_named(
    project: FakeProject, ports: tuple[str, str]
) -> None:
    project.write("rasa-mode", "broken-actions")
    line = one_line(serve(project, "run", ports))
    assert "The action server has stopped" in line
    assert f"logs/actions-{ports[0]}.log" in line
    assert (project.folder / f"logs/actions-{ports[0]}.log").exists()
    assert all_ended(project)


@pytest.mark.parametrize(
    ("module", "port", "name", "log"),
    [("rasa_sdk", 1, "The action server", "actions"), ("tensorflow", 0, "Rasa", "rasa")],
)
def test_a_server_that_stops_is_started_again(
    project: FakeProject, ports: tuple[str, str], module: str, port: int, name: str, log: str
) -> None:
    program = serve(project, "run", ports)
    wait_until_ready(program)
    stopped = f"{name} has stopped (exit code -9) and is started again in"
    for pause in (1, 2):
        amount = len(pids(project))
        os.kill(running(project, module), signal.SIGKILL)
        assert f"{stopped} {pause} s: the reason stands in logs/" in wait_until_said(
            program, stopped
        )
        deadline = time.monotonic() + END_SECONDS
        while len(pids(project)) == amount or not answers(f"http://{LOCAL}:{ports[port]}/"):
            assert time.monotonic() < deadline
            time.sleep(0.05)
    kept = (project.folder / f"logs/{log}-{ports[0]}.log").read_text("utf-8")
    assert kept.count("is up\n") == 3
    assert kept.count(stopped) == 2
    program.send_signal(signal.SIGINT)
    program.communicate(timeout=END_SECONDS)
    assert program.returncode == 0
    assert all_ended(project)


def test_a_mistake_in_the_settings_is_told_at_once(
    project: FakeProject, ports: tuple[str, str]
) -> None:
    serve(project, "shell", ports).communicate(timeout=SECONDS)  # trains
    project.write("rasa-mode", "bad-settings")
    line = one_line(serve(project, "run", ports))
    assert line.strip().endswith("credentials.yml, x.Channel: accounts.hall.kind is odd.")
    assert all_ended(project)


def test_shell_answers_lines_from_a_pipe(project: FakeProject, ports: tuple[str, str]) -> None:
    program = serve(project, "shell", ports)
    output, errors = program.communicate("one\n\ntwo\n/stop\nthree\n", timeout=SECONDS)
    assert program.returncode == 0, errors
    assert "heard one" in output
    assert output.index("heard one") < output.index("heard two")
    assert "  [more]  /more" in output
    assert "three" not in output
    assert all_ended(project)


def test_another_port_gets_endpoints_of_its_own(
    project: FakeProject, ports: tuple[str, str]
) -> None:
    program = serve(project, "shell", ports)
    program.communicate("", timeout=SECONDS)
    run = next(line for line in project.lines("rasa-calls") if line.startswith("run"))
    endpoints = Path(run.split("--endpoints ")[1].split(" -i")[0])
    assert endpoints.name != "endpoints.yml"
    assert not endpoints.exists()
    assert project.lines("endpoints.yml")[1].endswith("localhost:5055/webhook")


def test_stop_ends_a_grandchild_whose_parent_has_gone(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys;"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid)"
    )
    program = Program("parent", [sys.executable, "-c", code], tmp_path / "log")
    deadline = time.monotonic() + END_SECONDS
    while program.exit_code is None and time.monotonic() < deadline:
        time.sleep(0.05)
    grandchild = int(program.output())
    assert is_alive(grandchild)
    program.stop()
    deadline = time.monotonic() + END_SECONDS
    while is_alive(grandchild) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(grandchild)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of a death")
def test_a_killed_start_takes_its_servers_along_and_the_next_one_serves(
    project: FakeProject, ports: tuple[str, str]
) -> None:
    first = serve(project, "run", ports)
    wait_until_ready(first)
    first.kill()
    first.wait()
    deadline = time.monotonic() + END_SECONDS
    while any(map(is_alive, pids(project)[::2])):  # beside each is one that it has started
        assert time.monotonic() < deadline
        time.sleep(0.05)
    second = serve(project, "run", ports)
    wait_until_ready(second)
    second.send_signal(signal.SIGINT)
    second.communicate(timeout=END_SECONDS)
    assert second.returncode == 0


def test_a_damaged_database_is_said_at_the_start(tmp_path: Path) -> None:
    line = "website.db is damaged and is kept as website.1.damaged.db: conversations begin anew."
    code = f"print('2026-01-01 00:00:00 ERROR    channels.damaged_files  - {line}')"
    program = Program("Rasa", [sys.executable, "-c", code], tmp_path / "log")
    deadline = time.monotonic() + END_SECONDS
    while program.exit_code is None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert damaged_files(program) == [line]
