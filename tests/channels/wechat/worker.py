"""One worker in a process of its own, to be killed: `python -m tests.channels.wechat.worker`.

Reads from its standard input one line of JSON: `folder`, `api`, `store`, `accounts` (by name:
`kind`, `id`, `token`, `aes_key`, `secret`). Prints its address when it serves. In Rasa's place
somebody says what was asked, after a moment.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from rasa.core.channels.channel import UserMessage

from channels.inbox import following
from tests.channels.wechat.bot import Answer, Bot, echo
from tools.wechat_simulator import FakeWeChat
from tools.wechat_simulator.account import Account

following.LOOK_SECONDS = 0.2


async def hesitant(message: UserMessage) -> Answer:
    """Answers after up to a fifth of a second."""
    await asyncio.sleep(random.uniform(0, 0.2))
    return await echo(message)


async def serve(given: dict[str, Any]) -> None:
    """Serves until it is killed."""
    fake = cast(FakeWeChat, SimpleNamespace(url=given["api"], clock=time.time))
    accounts = {
        name: cast(Account, SimpleNamespace(urls=[], mode="safe", **account))
        for name, account in given["accounts"].items()
    }
    folder = Path(given["folder"])
    async with Bot(folder, fake, accounts, hesitant, store=given["store"]) as bot:
        print(bot.url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(json.loads(sys.stdin.readline())))
