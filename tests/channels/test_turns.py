"""A few messages are worked on at a time, the others in their order; a long line is said."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from channels.turns import MAX_PAUSE_SECONDS, MAX_WAIT_SECONDS, MIN_PAUSE_SECONDS, Turns


@dataclass
class Clock:
    """Goes when it is set."""

    now: float = 0.0

    def __call__(self) -> float:
        """Returns the time."""
        return self.now


def test_a_few_at_once_and_the_others_in_their_order() -> None:
    turns, began, at_once, max_at_once = Turns(2), [], 0, 0

    async def work(number: int) -> None:
        nonlocal at_once, max_at_once
        async with turns.one():
            began.append(number)
            at_once += 1
            max_at_once = max(max_at_once, at_once)
            await asyncio.sleep(0)
            at_once -= 1

    async def go() -> None:
        await asyncio.gather(*map(work, range(10)))

    asyncio.run(go())
    asyncio.run(go())  # in another loop
    assert began == [*range(10), *range(10)]
    assert max_at_once == 2


def test_a_long_line_is_said_with_the_time_it_takes_and_is_over_with_it() -> None:
    clock = Clock()
    turns = Turns(1, clock)

    async def go() -> None:
        gate = asyncio.Event()

        async def work() -> None:
            async with turns.one():
                await gate.wait()
                clock.now += 1

        assert turns.wait() == 0
        gate.set()
        for _ in range(100):  # the mean is that of the last ones
            await work()
        gate.clear()
        line = [asyncio.create_task(work()) for _ in range(int(MAX_WAIT_SECONDS))]
        await asyncio.sleep(0)
        assert turns.wait() == 0
        line += [asyncio.create_task(work()) for _ in range(200)]
        await asyncio.sleep(0)
        assert turns.wait() == MAX_PAUSE_SECONDS
        for task in line[20:]:
            task.cancel()
        await asyncio.gather(*line[20:], return_exceptions=True)
        assert MIN_PAUSE_SECONDS <= turns.wait() <= 20
        gate.set()
        await asyncio.gather(*line[:20])
        assert turns.wait() == 0

    asyncio.run(go())


def test_the_first_turns_say_what_the_next_will_take() -> None:
    clock = Clock()
    turns = Turns(1, clock)

    async def go() -> None:
        async with turns.one():
            clock.now += 2
        async with turns.one():
            line = [asyncio.create_task(turns.one().__aenter__()) for _ in range(4)]
            await asyncio.sleep(0)
            assert turns.wait() == 0
            line.append(asyncio.create_task(turns.one().__aenter__()))
            await asyncio.sleep(0)
            assert turns.wait() == 10
            await cancel(line)

    asyncio.run(go())


def test_turns_that_suddenly_last_are_noticed_before_they_end() -> None:
    clock = Clock()
    turns = Turns(2, clock)

    async def go() -> None:
        for _ in range(100):
            async with turns.one():
                clock.now += 0.1
        async with turns.one(), turns.one():
            line = [asyncio.create_task(turns.one().__aenter__()) for _ in range(4)]
            await asyncio.sleep(0)
            assert turns.wait() == 0
            clock.now += 5  # four wait for two turns of at least 5 s
            assert turns.wait() == 10
            await cancel(line[1:])
            assert turns.wait() == 0  # one waits
            clock.now += 4  # and has waited for 9 s
            assert turns.wait() == 9
            await cancel(line)
            assert turns.wait() == 0

    asyncio.run(go())


async def cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def test_who_leaves_the_line_takes_no_turn() -> None:
    turns = Turns(1)

    async def go() -> None:
        async with turns.one():
            waiting = asyncio.create_task(turns.one().__aenter__())
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        async with turns.one():
            pass

    asyncio.run(asyncio.wait_for(go(), 5))
