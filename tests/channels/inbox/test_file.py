"""What only a store in a SQLite file has to stand."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from rasa.shared.exceptions import RasaException

from channels.inbox.store import DAY, Store, StoreError
from scripts.console import ROOT
from tests.channels.inbox.stores import FILE, WORKER, Stores


def test_a_file_is_readable_for_its_owner_only_and_keeps_no_secret(tmp_path: Path) -> None:
    path = tmp_path / "wechat.db"
    path.touch(0o644)

    async def run() -> None:
        store = Store(path, "wechat", "secret")
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
        store = Store(path, "wechat", "secret")
        await store.open()
        assert await store.cache_get("token") is None
        await store.close()

    asyncio.run(run())


def test_a_file_is_purged_while_it_works(tmp_path: Path) -> None:
    async def run() -> None:
        async with Stores(FILE, tmp_path).open() as [store]:
            for i in range(50):
                calls = [store.add("q", str(i), "x", i), store.purge(), store.peek("q")]
                await asyncio.gather(*calls, store.purge(), store.put("n", "x"))

    asyncio.run(run())


def test_a_file_purges_what_is_over(tmp_path: Path) -> None:
    stores = Stores(FILE, tmp_path)

    async def run() -> None:
        async with stores.open() as [store]:
            await store.add("q", "k", "x", 1)
            await store.ack("q", "k")
            await store.put("short", "x", 10)
            await store.put("long", "x")
            await store.cache_set("short", "x", 10)
            stores.clock.now += 5 * DAY
            await store.purge()
            assert not store._memory
        db = sqlite3.connect(tmp_path / "wechat.db")
        assert db.execute("SELECT count(*) FROM wechat_inbox").fetchone() == (0,)
        assert db.execute("SELECT name FROM wechat_kept").fetchall() == [("long",)]
        db.close()

    asyncio.run(run())


def damage(path: Path) -> None:
    path.write_bytes(b"this is not a database, however long it may be" * 100)


def damage_within(path: Path) -> None:
    store = Store(path, "wechat", "secret")

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
    store = Store(path, "wechat", "secret")
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
        store = Store(path, "wechat", "secret")
        await store.open()
        assert await store.unfinished() == []
        assert await store.add("q", "k", "x", 1)
        await store.close()

    asyncio.run(run())
    (kept,) = tmp_path.glob("wechat.*.damaged.db")
    assert kept.read_bytes() == content
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert f"wechat.db is damaged and is kept as {kept.name}" in caplog.text


def test_what_lasts_outlives_a_damaged_file(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "wechat.db"
    lasting = tmp_path / "wechat.db.lasting"

    async def run(store: Store) -> tuple[str | None, str | None, bool]:
        await store.open()
        found = await store.get("kept"), await store.get("lasts"), store.may_have_known
        await store.put("kept", "1")
        await store.put_lasting("lasts", "2")
        await store.close()
        return found

    assert asyncio.run(run(Store(path, "wechat", "secret"))) == (None, None, False)
    assert stat.S_IMODE(lasting.stat().st_mode) == 0o600
    assert asyncio.run(run(Store(path, "wechat", "secret"))) == ("1", "2", False)
    written = path.stat().st_mtime
    damage(path)
    os.utime(path, (written, written))
    store = Store(path, "wechat", "secret")
    assert asyncio.run(run(store)) == (None, "2", True)
    assert store.lost_at is not None and abs(store.lost_at - written) < 2
    later = Store(path, "wechat", "secret", lambda: time.time() + later_by[0])
    later_by = [0.0]
    damage(path)
    asyncio.run(run(later))
    later_by[0] = 700.0
    assert not later.may_have_known  # what was in work then has had its end
    damage(path)
    lasting.write_bytes(b"{")
    assert asyncio.run(run(Store(path, "wechat", "secret"))) == (None, None, True)
    assert "wechat.db.lasting cannot be read" in caplog.text


def test_a_read_only_database_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opened by SQLite as on a read-only disk: root, who runs tests too, may write anywhere."""
    path = tmp_path / "wechat.db"
    asyncio.run(open_and_close(Store(path, "wechat", "secret")))
    connect = sqlite3.dbapi2.connect

    def read_only(path: Path, **options: object) -> sqlite3.Connection:
        return connect(f"file:{path}?mode=ro", uri=True, **options)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(sqlite3.dbapi2, "connect", read_only)
    with pytest.raises(StoreError, match="cannot be read or written: attempt to write a readonly"):
        asyncio.run(Store(path, "wechat", "secret").open())


async def open_and_close(store: Store) -> None:
    await store.open()
    await store.close()


def test_a_second_process_is_kept_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "wechat.db"
    command = [
        sys.executable,
        "-c",
        WORKER,
        str(path),
        "wechat",
        "0",
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        other.stdout.readline()
        monkeypatch.setattr("channels.inbox.store.BUSY_SECONDS", 0.2)
        with pytest.raises(StoreError, match=r"another process.*PostgreSQL"):
            asyncio.run(Store(path, "wechat", "secret").open())
        other.kill()
        other.wait()
        asyncio.run(open_and_close(Store(path, "wechat", "secret")))


def test_a_file_never_blocks_the_loop(tmp_path: Path) -> None:
    """While somebody else locks the file, a call waits and everything else goes on."""
    store = Store(tmp_path / "wechat.db", "wechat", "secret")

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


def test_what_an_earlier_version_has_kept_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "wechat.db"
    clock = Stores(FILE, tmp_path).clock
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.executescript(
            """
            PRAGMA journal_mode = WAL;
            CREATE TABLE items (
                arrived INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, key TEXT NOT NULL,
                created REAL NOT NULL, begun INTEGER NOT NULL DEFAULT 0, item TEXT NOT NULL,
                UNIQUE (queue, key));
            CREATE TABLE seen (
                queue TEXT NOT NULL, key TEXT NOT NULL, until REAL NOT NULL,
                PRIMARY KEY (queue, key)) WITHOUT ROWID;
            CREATE TABLE kept (
                name TEXT PRIMARY KEY, value TEXT NOT NULL, until REAL NOT NULL) WITHOUT ROWID;
            CREATE INDEX items_in_order ON items (queue, begun DESC, created, arrived);
            CREATE INDEX seen_until ON seen (until);
            CREATE INDEX kept_until ON kept (until);
            PRAGMA user_version = 1;
            """
        )
        rows = [("q", "late", 9, 1), ("q", "second", 2, 0), ("q", "first", 1, 0)]
        db.executemany(
            "INSERT INTO items (queue, key, created, begun, item) VALUES (?, ?, ?, ?, 'x' || ?2)",
            rows,
        )
        soon = clock() + DAY
        keys = ("late", "second", "done")  # the key of the first is over
        db.executemany("INSERT INTO seen VALUES ('q', ?, ?)", [(key, soon) for key in keys])
        values = [("cursor", "c1", float("inf")), ("short", "s", soon)]
        db.executemany("INSERT INTO kept VALUES (?, ?, ?)", values)

    async def run() -> None:
        for _ in range(2):  # the second time it is of this version
            store = Store(path, "wechat", "secret", clock)
            await store.open()
            for key in ("late", "first", "second", "done"):
                assert not await store.add("q", key, "again", 0)
            assert await store.get("cursor") == "c1"
            assert await store.get("short") == "s"
            await store.close()
        await store.open()
        items = []
        while job := await store.peek("q"):
            items.append(job.item)
            await store.ack("q", job.key)
        assert items == ["xlate", "xfirst", "xsecond"]
        clock.now = soon
        assert await store.add("q", "done", "again", 0)
        assert await store.get("short") is None
        assert await store.get("cursor") == "c1"
        await store.close()

    asyncio.run(run())
    with contextlib.closing(sqlite3.connect(path)) as db:
        tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")
        names = [name for (name,) in tables]
        assert names == ["sqlite_sequence", "wechat_inbox", "wechat_kept"]
