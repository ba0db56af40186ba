"""Who has a conversation, and what was decided about a message: what may follow what."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from channels.inbox.store import Store
from channels.transitions import ImpossibleTransition, follow
from channels.wechat.client.platform_clock import PlatformClocks
from channels.wechat.conversation.agents import (
    NEXT_DECISIONS,
    NEXT_PHASES,
    Agents,
    Decision,
    Phase,
)
from channels.wechat.conversation.health import Health
from tests.channels.wechat.client.stub_api import account

ACCOUNT = replace(account(), agents=True)


@asynccontextmanager
async def agents_in(folder: Path) -> AsyncIterator[tuple[Agents, Store]]:
    store, clocks = Store(folder / "wechat.db", "wechat", "secret"), PlatformClocks([ACCOUNT.name])
    await store.open()
    try:
        yield Agents(store, clocks, Health(clocks)), store
    finally:
        await store.close()


def run(folder: Path, go: Callable[[Agents, Store], Awaitable[None]]) -> None:
    async def within() -> None:
        async with agents_in(folder) as (agents, store):
            await go(agents, store)

    asyncio.run(within())


@pytest.mark.parametrize("phase", [Phase.WANTED, Phase.WAITING, Phase.SERVING])
def test_a_wish_is_not_noted_where_a_human_has_the_conversation(
    tmp_path: Path, phase: Phase
) -> None:
    async def go(agents: Agents, _: Store) -> None:
        await agents.take(ACCOUNT, "c", phase)
        with pytest.raises(ImpossibleTransition, match=f"WANTED cannot follow {phase.name}"):
            await agents.take(ACCOUNT, "c", Phase.WANTED)
        assert await agents.phase("c") is phase

    run(tmp_path, go)


def test_a_conversation_comes_back_from_every_phase(tmp_path: Path) -> None:
    async def go(agents: Agents, _: Store) -> None:
        for phase in (Phase.WANTED, Phase.WAITING, Phase.SERVING):
            await agents.take(ACCOUNT, "c", phase)
            assert await agents.is_with_human("c")
            await agents.leave("c")
            assert await agents.phase("c") is Phase.NONE
        await agents.leave("c")  # the end of what had ended by itself
        assert not await agents.is_with_human("c")

    run(tmp_path, go)


def test_what_an_earlier_version_kept_is_read(tmp_path: Path) -> None:
    async def go(agents: Agents, store: Store) -> None:
        assert await agents.phase("c") is Phase.NONE
        await store.put("human/c", "serving", 60)
        assert await agents.phase("c") is Phase.SERVING
        await store.cache_set("decided/c/k", "claimed 12.5", 60)
        assert await agents.wants_handoff(ACCOUNT, "c", "k")
        await store.cache_set("left/c", "13.0", 60)
        assert not await agents.wants_handoff(ACCOUNT, "c", "k")

    run(tmp_path, go)


def test_a_push_that_is_handed_over_stays_so(tmp_path: Path) -> None:
    async def go(agents: Agents, _: Store) -> None:
        decided, claimed = await asyncio.gather(
            agents.decide(ACCOUNT, "c", "k", handoff=True), agents.wants_handoff(ACCOUNT, "c", "k")
        )
        assert decided and claimed
        assert await agents.phase("c") is Phase.WAITING  # not the wish, which came before
        assert await agents.decide(ACCOUNT, "c", "k", handoff=False)
        assert await agents.wants_handoff(ACCOUNT, "c", "k")

    run(tmp_path, go)


@pytest.mark.parametrize(
    ("before", "then"),
    [
        (Decision.NONE, Decision.CLAIMED),  # nobody has decided that it may
        (Decision.STAY, Decision.CLAIMED),
        (Decision.CLAIMED, Decision.STAY),
        (Decision.CLAIMED, Decision.HANDOFF),
    ],
)
def test_only_what_was_decided_is_claimed_and_that_is_not_undone(
    before: Decision, then: Decision
) -> None:
    with pytest.raises(ImpossibleTransition, match=f"{then.name} cannot follow {before.name}"):
        follow(before, then, NEXT_DECISIONS)


def test_every_state_has_its_line() -> None:
    assert {*NEXT_PHASES} == {*Phase}
    assert {*NEXT_DECISIONS} == {*Decision}
