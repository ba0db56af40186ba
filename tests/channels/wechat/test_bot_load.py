"""A hundred people at once, three workers in processes of their own, one of them killed.

Retries, lost answers, pushes at once to all workers, and a worker that dies in the middle of it:
every message is read exactly once, in order, alone or with the one after it, and nothing goes over
a quota.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.console import ROOT
from tests.channels.inbox.postgres import missing, running_postgres
from tools.wechat_simulator import FakeWeChat
from tools.wechat_simulator.account import Account
from tools.wechat_simulator.person import Person

PEOPLE = 100
ROUNDS = 3
SENT = ("/cgi-bin/message/custom/send", "/cgi-bin/kf/send_msg")


@contextlib.contextmanager
def worker(folder: Path, api: str, store: str, accounts: dict[str, Account]) -> Iterator[Worker]:
    """Starts a worker in a process of its own; ends it afterwards."""
    settings = {
        name: {
            name: getattr(account, name) for name in ("kind", "id", "token", "aes_key", "secret")
        }
        for name, account in accounts.items()
    }
    given = {"folder": str(folder), "api": api, "store": store, "accounts": settings}
    command = [sys.executable, "-W", "ignore", "-m", "tests.channels.wechat.worker"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, cwd=ROOT, text=True) as process:
        try:
            assert process.stdin
            process.stdin.write(json.dumps(given) + "\n")
            process.stdin.flush()
            yield Worker(process)
        finally:
            process.kill()


class Worker:
    """A worker's process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def url(self) -> str:
        """Waits until it serves; returns where."""
        assert self._process.stdout
        url = self._process.stdout.readline().strip()
        assert url, "the worker did not start"
        return url

    def kill(self) -> None:
        """Ends it without a warning."""
        self._process.kill()
        self._process.wait()


def answers(person: Person[Any]) -> list[str]:
    """Returns which texts the assistant has answered, texts read together one after the other.

    The platform's own line about a dead worker is none.
    """
    said = [message.text for message in person.seen if message.by == "account"]
    return [text for other_text in said for text in other_text.removeprefix("听到：").split("\n")]


async def conversation_id(person: Person[Any], number: int) -> None:
    """Says three things, the third without waiting for the answer to the second."""
    for i in range(ROUNDS):
        await person.say(f"{number} 说第{i}句")
        while i == 0 and not answers(person):
            await asyncio.sleep(0.02)
    while len(answers(person)) < ROUNDS:
        await asyncio.sleep(0.02)


@pytest.mark.long
@pytest.mark.skipif(bool(missing()), reason=missing())
@pytest.mark.parametrize("kind", ["official_account", "kf"])
def test_a_hundred_people_three_workers_and_a_death(tmp_path: Path, kind: str) -> None:
    async def main(store: str) -> None:
        async with FakeWeChat() as fake:
            account = fake.kf() if kind == "kf" else fake.official_account()
            accounts: dict[str, Account] = {"hall": account}
            with (
                worker(tmp_path, fake.url, store, accounts) as killed,
                worker(tmp_path, fake.url, store, accounts) as other,
                worker(tmp_path, fake.url, store, accounts) as third,
            ):
                address = "/webhooks/wechat/hall"
                urls = [f"{each_worker.url()}{address}" for each_worker in (killed, other, third)]
                account.urls = urls
                account.pusher.lose_answers = 60
                account.pusher.concurrent = True
                people = [account.person(f"{i}") for i in range(PEOPLE)]
                conversations = asyncio.gather(
                    *(conversation_id(person, i) for i, person in enumerate(people))
                )
                await asyncio.sleep(4)
                killed.kill()
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(conversations, 90)
                await asyncio.sleep(1)  # for what might come twice
                for i, person in enumerate(people):
                    assert answers(person) == [f"{i} 说第{j}句" for j in range(ROUNDS)]
                codes = {(call.answer or {}).get("errcode", 0) for call in account.calls}
                # A send that the dead worker made is refused when the other makes it again.
                assert codes <= {0, getattr(account, "repeated_msgid", 0)}
                assert account.tokens.max_at_once <= 1

    with running_postgres() as postgres:
        asyncio.run(main(postgres.url))
