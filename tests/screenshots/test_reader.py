"""What happens to the process costs one picture: it ends, hangs, talks nonsense, grows."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import subprocess
import sys
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest

from screenshots.reader import Reader, shared_reader
from screenshots.reading import NotRead, Reading, Reason
from screenshots.worker import MAX_PICTURE_BYTES
from scripts.console import ROOT
from tests.screenshots.drawn import PNG, WORDS, encoded, with_words
from tests.screenshots.stub import PROGRAM, STUB

T = TypeVar("T")


def picture(word: str) -> bytes:
    return PNG + word.encode()


def run(steps: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(steps, 60))


async def outcome(reader: Reader, word: str) -> str | Reason:
    """Returns the first line that was read, or why nothing was."""
    try:
        return (await reader.read(picture(word))).lines[0].text
    except NotRead as problem:
        return problem.reason


def all_children() -> dict[str, str]:
    """Returns the states of this process's children by their numbers."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "ppid=,pid=,stat=,args="], capture_output=True, text=True, check=True
    )
    rows = [line.split(maxsplit=3) for line in listed.stdout.splitlines()]
    own = [row for row in rows if row[0] == str(os.getpid()) and not row[3].startswith("ps ")]
    return {row[1]: row[2] for row in own}


@pytest.fixture(autouse=True)
def of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Notes the children that servers of other tests are."""
    monkeypatch.setattr(sys.modules[__name__], "_OTHERS", frozenset(all_children()))


_OTHERS: frozenset[str] = frozenset()


def children() -> list[str]:
    """Returns the states of the children that this test has started."""
    return [state for process, state in all_children().items() if process not in _OTHERS]


def expect_no_children() -> None:
    """Expects all children to be gone within seconds: what has ended is fetched by a thread."""
    end = time.monotonic() + 10
    while children() and time.monotonic() < end:
        time.sleep(0.05)
    assert children() == []


def descriptors() -> int:
    return len(list(Path("/dev/fd").iterdir()))


def test_it_reads_with_the_models() -> None:
    async def steps() -> Reading:
        reader = Reader(workers=1)
        try:
            return await reader.read(encoded(with_words()))
        finally:
            await reader.close()

    reading = run(steps())
    assert tuple(line.text for line in reading.lines) == WORDS
    assert (reading.width, reading.height) == (600, 300)


def test_a_line_comes_through_whole() -> None:
    async def steps() -> None:
        reader = Reader(1, command=STUB)
        line = (await reader.read(picture("a"))).lines[0]
        assert (line.left, line.top, line.right, line.bottom, line.score) == (1, 2, 3, 4, 0.5)
        assert (line.ink, line.paper) == ((6, 7, 8), (255, 255, 255))
        assert len((await reader.read(picture("long"))).lines) == 400
        await reader.close()

    run(steps())


@pytest.mark.parametrize(
    "word", ["crash", "end", "noise", "flood", "list", "strange", "endless", "unknown"]
)
def test_the_end_of_the_process_costs_one_picture(
    word: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def steps() -> None:
        reader = Reader(1, command=STUB)
        before = await outcome(reader, "a")
        assert await outcome(reader, word) is Reason.FAILED
        after = await outcome(reader, "a")
        assert isinstance(after, str)
        assert after != before  # another process
        await reader.close()

    run(steps())
    assert [record.getMessage() for record in caplog.records] == [
        "A process that reads pictures ended early (Ended)."
    ]


def test_what_cannot_be_read_costs_no_process() -> None:
    async def steps() -> None:
        reader = Reader(1, command=STUB)
        before = await outcome(reader, "a")
        assert await outcome(reader, "damaged") is Reason.DAMAGED
        assert await outcome(reader, "stumble") is Reason.FAILED
        assert await outcome(reader, "a") == before
        await reader.close()

    run(steps())


def test_an_endless_picture_ends() -> None:
    async def steps() -> None:
        reader = Reader(1, max_seconds=0.3, command=STUB)
        assert await outcome(reader, "hang") is Reason.FAILED
        assert str(await outcome(reader, "a")).startswith("a")
        await reader.close()

    run(steps())


def test_the_event_loop_goes_on_meanwhile() -> None:
    async def steps() -> None:
        reader = Reader(1, command=STUB)
        await reader.start()
        reading = asyncio.create_task(outcome(reader, "wait"))
        turns = 0
        while not reading.done():
            await asyncio.sleep(0)
            turns += 1
        assert turns > 100
        await reader.close()

    run(steps())


def test_a_process_that_has_grown_is_replaced() -> None:
    async def steps() -> None:
        reader = Reader(1, max_resident_bytes=200 * 2**20, command=STUB)
        first = str(await outcome(reader, "a"))
        assert await outcome(reader, "a") == first
        grown = str(await outcome(reader, "grow"))
        assert grown.removeprefix("grow") == first.removeprefix("a")  # it still answered
        assert await outcome(reader, "a") != first
        await reader.close()

    run(steps())


def test_memory_has_a_bound() -> None:
    async def steps() -> None:
        reader = Reader(1, max_resident_bytes=2**40, command=STUB)
        before = str(await outcome(reader, "a")).removeprefix("a")
        assert await outcome(reader, "claim100") == "claim100" + before
        assert await outcome(reader, "claim1600") is Reason.TOO_LARGE
        assert await outcome(reader, "a") == "a" + before
        await reader.close()

    run(steps())


def test_pictures_are_read_in_turn() -> None:
    async def steps() -> None:
        reader = Reader(1, command=STUB)
        done: list[int] = []

        async def read(number: int) -> None:
            await reader.read(picture(f"a{number}"))
            done.append(number)

        await asyncio.gather(*(read(number) for number in range(10)))
        assert done == list(range(10))
        await reader.close()

    run(steps())


def test_two_processes_share_the_work() -> None:
    async def steps() -> None:
        reader = Reader(2, command=STUB)
        await reader.start()
        texts = await asyncio.gather(*(outcome(reader, "wait") for _ in range(6)))
        assert len(set(texts)) == 2
        await reader.close()

    run(steps())


def test_too_many_are_told_at_once() -> None:
    async def steps() -> None:
        reader = Reader(1, max_waiting=3, max_seconds=1, command=STUB)
        await reader.start()
        tasks = [asyncio.create_task(outcome(reader, "hang"))]
        await asyncio.sleep(0)
        while reader.waiting:
            await asyncio.sleep(0)
        tasks += [asyncio.create_task(outcome(reader, "a")) for _ in range(3)]
        while reader.waiting < 3:
            await asyncio.sleep(0)
        assert await outcome(reader, "a") is Reason.BUSY
        first, *others = await asyncio.gather(*tasks)
        assert first is Reason.FAILED
        assert all(str(text).startswith("a") for text in others)
        assert reader.waiting == 0
        assert str(await outcome(reader, "a")).startswith("a")
        await reader.close()

    run(steps())


def test_who_has_gone_is_not_waited_for() -> None:
    async def steps() -> None:
        reader = Reader(1, max_waiting=1, command=STUB)
        await reader.start()
        first = asyncio.create_task(outcome(reader, "wait"))
        await asyncio.sleep(0)
        gone = asyncio.create_task(outcome(reader, "crash"))
        while reader.waiting < 1:
            await asyncio.sleep(0)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        process = str(await first).removeprefix("wait")
        assert await outcome(reader, "a") == "a" + process
        await reader.close()

    run(steps())


def test_a_process_that_ends_while_it_waits_costs_no_picture() -> None:
    async def steps() -> None:
        reader = Reader(1, command=STUB)
        process = int(str(await outcome(reader, "a")).removeprefix("a"))
        os.kill(process, 9)
        while any(not state.startswith("Z") for state in children()):
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        assert str(await outcome(reader, "a")).startswith("a")
        await reader.close()

    run(steps())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", Reason.NOT_A_PICTURE),
        (b"\x00\x00\x00\x18ftypheic", Reason.UNSUPPORTED),
        (picture("a" * MAX_PICTURE_BYTES), Reason.TOO_LARGE),
    ],
    ids=["nothing", "HEIC", "too many bytes"],
)
def test_some_are_told_without_a_process(content: bytes, reason: Reason) -> None:
    async def steps() -> Reason:
        reader = Reader(1, command=("/nowhere",))
        with pytest.raises(NotRead) as problem:
            await reader.read(content)
        return problem.value.reason

    assert run(steps()) is reason


@pytest.mark.parametrize("module", ["rapidocr", "onnxruntime", "cv2", "PIL", "numpy"])
def test_without_its_packages_it_is_off(module: str, caplog: pytest.LogCaptureFixture) -> None:
    missing = f"import sys; sys.modules[{module!r}] = None; from screenshots import worker"

    async def steps() -> None:
        reader = Reader(2, command=(sys.executable, "-c", missing + "; worker.main()"))
        assert {await outcome(reader, "a") for _ in range(3)} == {Reason.OFF}
        await reader.start()
        await reader.close()

    with caplog.at_level(logging.INFO):
        run(steps())
    (record,) = caplog.records
    assert record.getMessage() in {
        f"Pictures are not read: the packages cannot be loaded ({name})."
        for name in ("ModuleNotFoundError", "ImportError")
    }
    expect_no_children()


def test_a_process_that_cannot_start_leaves_nobody_waiting() -> None:
    async def steps() -> None:
        reader = Reader(1, command=("/nowhere",))
        reading = asyncio.create_task(outcome(reader, "a"))
        await asyncio.sleep(0)
        assert await reading is Reason.FAILED
        await reader.close()

    run(steps())


def test_it_leaves_nothing_behind() -> None:
    """Neither processes nor open pipes, also after 200 pictures and many ends."""

    async def steps() -> None:
        reader = Reader(2, command=STUB)
        for _ in range(3):
            await reader.start()
            await asyncio.gather(*(outcome(reader, "a") for _ in range(15)))
            assert await outcome(reader, "crash") is Reason.FAILED
            waiting = asyncio.create_task(outcome(reader, "hang"))
            await asyncio.sleep(0.01)
            await reader.close()
            assert await waiting is Reason.FAILED
            await reader.close()

    run(steps())  # what is opened once
    gc.collect()
    before = descriptors()
    for _ in range(3):
        run(steps())
    gc.collect()
    assert descriptors() == before
    expect_no_children()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the end of its input ends it later")
def test_a_killed_server_leaves_no_process_behind() -> None:
    program = (
        "import asyncio, sys; from screenshots.reader import Reader\n"
        "from tests.screenshots.test_reader import STUB, picture\n"
        "async def steps():\n"
        "    reader = Reader(2, command=STUB)\n"
        "    found = await asyncio.gather(*(reader.read(picture('wait')) for _ in range(4)))\n"
        "    print(*{line.text[4:] for each in found for line in each.lines}, flush=True)\n"
        "    await reader.read(picture('hang'))\n"
        "asyncio.run(steps())\n"
    )
    server = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE)
    assert server.stdout
    processes = [int(word) for word in server.stdout.readline().split()]
    assert len(processes) == 2
    server.kill()
    server.wait()
    server.stdout.close()
    deadline = time.monotonic() + 10
    while any(is_alive(process) for process in processes) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not any(is_alive(process) for process in processes)


def is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rsplit(")")[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"  # whose parent is gone and init has not looked yet


def test_the_process_knows_nothing_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHAOHUI_WEBSITE_SECRET", "x" * 32)
    program = PROGRAM.replace("word + str(os.getpid())", "' '.join(sorted(os.environ))")

    async def steps() -> str | Reason:
        reader = Reader(1, command=(sys.executable, "-c", program))
        try:
            return await outcome(reader, "a")
        finally:
            await reader.close()

    names = set(str(run(steps())).split())
    assert names - {"LC_CTYPE", "__CF_USER_TEXT_ENCODING"} == {
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
    }


def test_all_channels_share_one() -> None:
    assert shared_reader() is shared_reader()
