"""A process that was locked in tries all that it must not; before, the same attempts succeed."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from screenshots.confinement import processor_limit
from screenshots.reading import NotRead, Reason
from scripts.console import ROOT

ATTEMPTS = {
    "read a file": "open(folder + '/there').close()",
    "write a file": "open(folder + '/new', 'w').close()",
    "write into an open file": "file.write(b'a' * 10); file.flush()",
    "list a folder": "os.listdir(folder)",
    "delete a file": "os.unlink(folder + '/there')",
    "rename a file": "os.rename(folder + '/there', folder + '/else')",
    "make a folder": "os.mkdir(folder + '/sub')",
    "change a mode": "os.chmod(folder + '/there', 0o600)",
    "open a socket": "socket.socket().close()",
    "connect": "socket.create_connection(('127.0.0.1', int(sys.argv[2])), 5).close()",
    "a pair of sockets": "[end.close() for end in socket.socketpair()]",
    "another descriptor": "os.close(os.dup(0))",
    "fork": "os.fork() or os._exit(0)",
    "run a program": "subprocess.run(['true'], check=True)",
    "become a program": "os.execv('/bin/echo', ['echo', 'true'])",
    "kill the server": "os.kill(os.getppid(), 0)",
    "much memory": "mmap.mmap(-1, 3 * 2**30).close()",
}
ONLY_ON_LINUX = (
    *("delete a file", "rename a file", "make a folder", "change a mode"),
    *("become a program", "kill the server", "much memory"),
)
PROGRAM = """
import json, mmap, os, socket, subprocess, sys
from screenshots.confinement import confine
folder, attempt = sys.argv[1], sys.argv[4]
file = open(folder + '/open', 'wb')
if sys.argv[3] == 'confined':
    confine(2 * 2**30)
try:
    exec(attempt)
except (OSError, MemoryError):
    print('false', flush=True)
else:
    print('true', flush=True)
"""


def succeeds(attempt: str, how: str, folder: Path) -> bool:
    (folder / "there").touch()
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        command = [sys.executable, "-c", PROGRAM, str(folder), port, how, ATTEMPTS[attempt]]
        run = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, timeout=60, check=False)
    return bool(json.loads(run.stdout))


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_what_is_locked_in_cannot(attempt: str, tmp_path: Path) -> None:
    if sys.platform != "linux" and attempt in ONLY_ON_LINUX:
        pytest.skip("only Linux refuses it")
    assert succeeds(attempt, "free", tmp_path)
    assert not succeeds(attempt, "confined", tmp_path)


def test_a_thread_is_no_other_process(tmp_path: Path) -> None:
    """The filter refuses processes alone: libraries may start threads."""
    program = (
        "import threading; from screenshots.confinement import _refuse_system_calls as refuse;"
        "refuse(); thread = threading.Thread(target=print, args=('done',));"
        "thread.start(); thread.join()"
    )
    command = [sys.executable, "-c", program]
    run = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, timeout=60, check=True)
    assert run.stdout.strip() == b"done"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the end of its input ends it")
def test_it_ends_with_a_server_that_is_killed() -> None:
    sleeper = (
        "import os, sys, time; from screenshots.confinement import end_with_parent;"
        "end_with_parent(int(sys.argv[1])); print(os.getpid(), flush=True); time.sleep(600)"
    )
    server = (
        "import os, subprocess, sys;"
        "subprocess.run([sys.executable, '-c', sys.argv[1], str(os.getpid())])"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", server, sleeper], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert process.stdout
    child = int(process.stdout.readline())
    os.kill(child, 0)  # it is there
    process.kill()
    process.wait()
    assert process.stdout.read() == b""  # ends when nobody has the pipe any more
    process.stdout.close()
    assert not Path(f"/proc/{child}/fd/1").exists()


def test_what_takes_too_long_is_given_up_and_the_process_goes_on() -> None:
    begun = time.process_time()

    def run(seconds: float) -> None:
        while time.process_time() - begun < seconds:
            sum(range(1000))

    with pytest.raises(NotRead) as refusal, processor_limit(0.2):
        with contextlib.suppress(NotRead):  # as a library may
            run(5)
        run(5)
    assert refusal.value.reason is Reason.TOO_LARGE
    assert time.process_time() - begun < 5
    with processor_limit(0.2):
        pass
    run(time.process_time() - begun + 0.4)  # nothing comes after
