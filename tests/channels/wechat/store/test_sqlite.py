"""What only the store in a SQLite file has to stand."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from rasa.shared.exceptions import RasaException

from channels.wechat.store.base import DAY, StoreError
from channels.wechat.store.sqlite import SqliteStore
from scripts.console import ROOT
from tests.channels.wechat.store.stores import WORKER, Stores


def test_sqlite_is_readable_for_its_owner_only_and_keeps_no_secret(tmp_path: Path) -> None:
    path = tmp_path / "wechat.db"
    path.touch(0o644)

    async def run() -> None:
        store = SqliteStore(path)
        await store.open()
        await store.cache_set("token", "s3cret-token", 60)
        await store.add("q", "k", "a text of somebody", 1)
        files = list(tmp_path.iterdir())
        assert len(files) >= 3
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
        assert any(b"a text of somebody" in file.read_bytes() for file in files)
        await store.ack("q", "k")
        await store.purge()
        for other_path in tmp_path.iterdir():
            content = other_path.read_bytes()
            assert b"a text of somebody" not in content
            assert b"s3cret-token" not in content
        await store.close()
        store = SqliteStore(path)
        await store.open()
        assert await store.cache_get("token") is None
        await store.close()

    asyncio.run(run())


def test_sqlite_is_purged_while_it_works(tmp_path: Path) -> None:
    async def run() -> None:
        async with Stores("sqlite", tmp_path).open() as [store]:
            for i in range(50):
                calls = [store.add("q", str(i), "x", i), store.purge(), store.peek("q")]
                await asyncio.gather(*calls, store.purge(), store.put("n", "x"))

    asyncio.run(run())


def test_sqlite_purges_what_is_over(tmp_path: Path) -> None:
    stores = Stores("sqlite", tmp_path)

    async def run() -> None:
        async with stores.open() as [store]:
            assert isinstance(store, SqliteStore)
            await store.add("q", "k", "x", 1)
            await store.ack("q", "k")
            await store.put("short", "x", 10)
            await store.put("long", "x")
            await store.cache_set("short", "x", 10)
            await store.lock("short", 10)
            stores.clock.now += 5 * DAY
            await store.purge()
            assert not store._memory
            assert not store._locks
        db = sqlite3.connect(tmp_path / "wechat.db")
        assert db.execute("SELECT count(*) FROM seen").fetchone() == (0,)
        assert db.execute("SELECT name FROM kept").fetchall() == [("long",)]
        db.close()

    asyncio.run(run())


def damage(path: Path) -> None:
    path.write_bytes(b"this is not a database, however long it may be" * 100)


def damage_within(path: Path) -> None:
    store = SqliteStore(path)

    async def fill() -> None:
        await store.open()
        for i in range(100):
            await store.add("q", str(i), "x" * 500, i)
        await store.close()

    asyncio.run(fill())
    content = bytearray(path.read_bytes())
    content[8192:-4096] = bytes(len(content) - 8192 - 4096)
    path.write_bytes(content)


def make_newer(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")


def make_folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    ("corrupt", "words"),
    [
        (make_newer, "newer version"),
        (make_folder, "cannot be used"),
    ],
)
def test_a_file_that_is_no_good_is_named(
    tmp_path: Path, corrupt: Callable[[Path], None], words: str
) -> None:
    path = tmp_path / "wechat.db"
    corrupt(path)
    store = SqliteStore(path)
    with pytest.raises(RasaException, match=words) as caught:
        asyncio.run(store.open())
    assert isinstance(caught.value, StoreError)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("corrupt", [damage, damage_within])
def test_a_damaged_file_is_said_and_kept_aside(
    tmp_path: Path, corrupt: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "wechat.db"
    corrupt(path)
    content = path.read_bytes()

    async def run() -> None:
        store = SqliteStore(path)
        await store.open()
        assert await store.waiting() == []
        assert await store.add("q", "k", "x", 1)
        await store.close()

    asyncio.run(run())
    (kept,) = tmp_path.glob("wechat.*.damaged.db")
    assert kept.read_bytes() == content
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert f"wechat.db is damaged and is kept as {kept.name}" in caplog.text


def test_a_read_only_database_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opened by SQLite as on a read-only disk: root, who runs tests too, may write anywhere."""
    path = tmp_path / "wechat.db"
    asyncio.run(open_and_close(SqliteStore(path)))
    connect = sqlite3.connect

    def read_only(path: Path, **options: object) -> sqlite3.Connection:
        return connect(f"file:{path}?mode=ro", uri=True, **options)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(sqlite3, "connect", read_only)
    with pytest.raises(StoreError, match="cannot be read or written: attempt to write a readonly"):
        asyncio.run(SqliteStore(path).open())


async def open_and_close(store: SqliteStore) -> None:
    await store.open()
    await store.close()


def test_a_second_process_is_kept_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "wechat.db"
    command = [
        sys.executable,
        "-c",
        WORKER.format(kind="sqlite", cls="SqliteStore"),
        str(path),
        "0",
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        other.stdout.readline()
        monkeypatch.setattr("channels.wechat.store.sqlite.BUSY_SECONDS", 0.2)
        with pytest.raises(StoreError, match=r"another process.*Redis"):
            asyncio.run(SqliteStore(path).open())
        other.kill()
        other.wait()
        asyncio.run(open_and_close(SqliteStore(path)))


def test_sqlite_never_blocks_the_loop(tmp_path: Path) -> None:
    """While somebody else locks the file, a call waits and everything else goes on."""
    store = SqliteStore(tmp_path / "wechat.db")

    async def run() -> None:
        await store.open()
        with contextlib.closing(sqlite3.connect(tmp_path / "wechat.db")) as other:
            other.execute("BEGIN IMMEDIATE")
            adding = asyncio.create_task(store.add("q", "k", "x", 1))
            for _ in range(20):
                await asyncio.sleep(0.01)
            assert not adding.done()
            other.rollback()
        assert await adding
        await store.close()

    asyncio.run(run())
