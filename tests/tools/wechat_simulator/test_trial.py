"""`make wechat`: one person at an account of the fake's, with the really trained assistant."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from scripts.console import ROOT
from scripts.train import ensure_model
from tools.wechat_simulator import FakeWeChat
from tools.wechat_simulator.account import Call
from tools.wechat_simulator.commands import Commands, Impossible
from tools.wechat_simulator.stdin import Lines
from tools.wechat_simulator.traffic import Tap
from tools.wechat_simulator.trial import CHANNEL, Options, open_account, settings_of
from tools.wechat_simulator.trial import write_settings as write

SECONDS = 60
LONG = re.compile(r"[0-9a-f]{32}|(?=[A-Za-z]*[0-9])[A-Za-z0-9+/]{40}")


class Trial:
    """A trial in a process of its own, in whose pipe somebody writes."""

    def __init__(self, *options: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tools.wechat_simulator", *options],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.output = ""

    def write(self, *lines: str) -> None:
        assert self.process.stdin
        self.process.stdin.write("".join(f"{line}\n" for line in lines).encode())
        self.process.stdin.flush()

    def read(self, until: str = "") -> str:
        """Reads until the words come, or to the end; returns what was read."""
        assert self.process.stdout
        source, read, end = self.process.stdout.fileno(), b"", time.monotonic() + SECONDS
        waiting = select.poll()  # `select.select` takes no file beyond the 1,024th of a process
        waiting.register(source, select.POLLIN | select.POLLHUP)
        while not until or until not in read.decode(errors="replace"):
            assert time.monotonic() < end, read.decode(errors="replace")
            if not waiting.poll(200):
                continue
            more = os.read(source, 65_536)
            if not more:
                assert not until, read.decode(errors="replace")
                break
            read += more
        self.output += read.decode()
        return read.decode()

    def children(self) -> list[int]:
        """The servers it has started."""
        listed = subprocess.run(
            ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, check=True, text=True
        ).stdout
        pairs = [line.split() for line in listed.splitlines()]
        return [int(pid) for pid, parent in pairs if parent == str(self.process.pid)]


def is_alive(pid: int) -> bool:
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, check=False, text=True
    ).stdout.strip()
    return bool(state) and not state.startswith("Z")


@pytest.fixture
def trial() -> Iterator[Callable[..., Trial]]:
    """Starts trials, and ends what a failed test has left."""
    ensure_model()
    trials: list[Trial] = []

    def start(*options: str) -> Trial:
        trials.append(Trial(*options))
        return trials[-1]

    yield start
    for each_trial in trials:
        if each_trial.process.poll() is None:
            each_trial.process.send_signal(signal.SIGTERM)
            each_trial.process.wait(SECONDS)


def test_an_official_account_through_a_pipe(trial: Callable[..., Trial]) -> None:
    console = trial()
    console.write(":follow", "收不到验证码", "2", ":location 杭州市余杭区", ":voice 密码忘了")
    console.write(":human take", ":enter", ":nothing", "密码忘了", ":traffic", ":quota")
    console.read("more may be sent until")
    for words in (
        "The platform's check of the address: passed",
        "You write to an official account (safe mode; buttons are numbered lines; nobody",
        "> 收不到验证码\nassistant:\n",
        "  回复 1、2、3、4 即可\n> 2\nassistant:\n  可能的原因 2 / 5",
        "杭州市余杭区市场监督管理局",
        "begin the trial with --agents",
        "an official account is followed, not entered",
        ":nothing is nothing here",
        'inside: {"ToUserName"',
        "bot -> platform  /cgi-bin/message/custom/send",
        "-- 4 more may be sent until",
    ):
        assert words in console.output, words
    assert "!!" not in console.output
    assert not LONG.search(console.output)
    children = console.children()
    assert len(children) == 2
    assert console.process.stdin
    console.process.stdin.close()
    console.read()
    assert console.process.wait(SECONDS) == 0
    assert not [pid for pid in children if is_alive(pid)]


@pytest.mark.long
def test_a_mini_program_with_people_behind_it(trial: Callable[..., Trial]) -> None:
    console = trial("--kind", "mini_program", "--mode", "plain", "--agents")
    console.write(":enter", ":image", ":location 余杭", ":click 1", "找人工", "有人吗")
    console.write(":human take", ":human say 您好，我是小王", "谢谢", ":human end", ":quota")
    output = console.read("more may be sent until")
    for words in (
        "plain mode; buttons are numbered lines; with people behind it",
        "> :enter\nassistant:\n  您好",
        "a mini-program takes no places",
        "no menu was shown",
        "-- the message was answered with transfer_customer_service",
        "-- the conversation waits for a human",
        "> :human take\n-- a human serves the conversation",
        "human:\n  您好，我是小王\n> 谢谢\n> :human end",
    ):
        assert words in output, words
    assert "!!" not in output
    assert console.process.stdin
    console.process.stdin.close()
    console.read()
    assert console.process.wait(SECONDS) == 0


@pytest.mark.long
def test_kf_with_clicks_until_ctrl_c(trial: Callable[..., Trial]) -> None:
    console = trial("--kind", "kf", "--agents")
    console.write(
        ":enter", "收不到验证码", ":click 2", ":click 没用，下一个", ":click 不在", "找人工"
    )
    console.write(":human take", ":human end", ":traffic", ":quota")
    output = console.read("more may be sent until")
    for words in (
        "assistant (by a code, at no cost):\n  您好",
        "> :click 2\n-- clicks 没用，下一个\nassistant:\n  可能的原因 2 / 5",
        "可能的原因 3 / 5",
        "-- the last menu has 行了，解决了, 没用，下一个",
        "-- the session waits for a human",
        "-- a human serves the session",
        "-- the session has ended\nassistant (by a code, at no cost):\n  人工客服的对话结束了",
        "/cgi-bin/kf/send_msg_on_event",
    ):
        assert words in output, words
    assert "!!" not in output
    assert not LONG.search(output)
    children = console.children()
    console.process.send_signal(signal.SIGINT)
    assert console.read().endswith("Stopping ...\n")
    assert console.process.wait(SECONDS) == 0
    assert not [pid for pid in children if is_alive(pid)]


@pytest.mark.parametrize(
    "options",
    [
        "--kind kf --mode plain",
        "--kind kf --menus",
        "--kind mini_program --unverified",
        "--unverified --agents",
        "--unverified --menus",
    ],
)
def test_options_that_do_not_go_together(options: str) -> None:
    command = [sys.executable, "-m", "tools.wechat_simulator", *options.split()]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, text=True)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("--")


@pytest.mark.parametrize("kind", ["official_account", "mini_program", "kf"])
def test_secrets_stand_in_variables_and_nowhere_else(tmp_path: Path, kind: str) -> None:
    options = Options(kind=kind)
    account = open_account(FakeWeChat(), options)
    fields, variables = settings_of(account, options, "http://127.0.0.1:1")
    assert set(variables.values()) == {account.token, account.aes_key, account.secret}
    _, credentials = write(tmp_path, fields, 1)
    text = credentials.read_text(encoding="utf-8")
    assert not [variable for variable in variables.values() if variable in text]
    written = yaml.safe_load(text)[CHANNEL]["accounts"]["trial"]
    named = {written[name] for name in written if name.endswith("_variable")}
    assert named == set(variables)
    assert not set(variables) & set(os.environ)


def test_the_traffic_shows_no_secret() -> None:
    async def main() -> None:
        async with FakeWeChat() as fake:
            account = fake.official_account(urls=["http://127.0.0.1:1/webhooks/wechat/trial"])
            tap = Tap(account)
            account.pusher.attempts = 1
            person = account.person()
            await person.say("你好")
            secret = f'{{"secret":"{account.secret}","appid":"{account.id}"}}'
            call = Call("/cgi-bin/stable_token", fake.clock.now(), secret.encode())
            call.answer = {"access_token": "87_Ab" * 20}
            account.calls.append(call)
            shown = "\n".join(tap.lines())
            assert "你好" in shown
            assert "/cgi-bin/stable_token" in shown
            assert not LONG.search(shown)
            for secret in (account.secret, account.token, account.aes_key, person.id, "87_Ab" * 3):
                assert secret not in shown
            tap.start_anew()
            assert not list(tap.lines())

    asyncio.run(main())


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("official_account", ":enter"),
        ("official_account", ":click 1"),
        ("official_account", ":human take"),
        ("mini_program", ":voice 你好"),
        ("mini_program", ":location 余杭"),
        ("mini_program", "：follow"),
        ("kf", ":follow"),
        ("kf", ":"),
    ],
)
def test_what_a_kind_of_account_has_not_is_said(kind: str, line: str) -> None:
    account = open_account(FakeWeChat(), Options(kind=kind))
    with pytest.raises(Impossible):
        Commands(account, Tap(account), agents=False).meant(line)


def test_lines_are_read_whole_and_to_the_end() -> None:
    source, sink = os.pipe()
    lines = Lines(source)
    assert not lines.typed
    assert lines.next(0.01) is None
    os.write(sink, "收不到\n验证".encode())
    assert lines.next(0.1) == "收不到"
    assert lines.next(0.01) is None
    os.write(sink, "码".encode())
    os.close(sink)
    assert lines.next(0.1) == "验证码"
    with pytest.raises(EOFError):
        lines.next(0.1)
    os.close(source)


def test_ctrl_d_ends_what_is_typed() -> None:
    master, terminal = pty.openpty()
    lines = Lines(terminal)
    assert lines.typed
    os.write(master, "你好\n".encode())
    assert lines.next(1) == "你好"
    os.write(master, b"\x04")
    with pytest.raises(EOFError):
        lines.next(1)
    os.close(master)
    os.close(terminal)
