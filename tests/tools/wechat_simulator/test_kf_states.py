"""KF's session states, the agents, and the codes that come with changes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.tools.wechat_simulator.test_kf import HOURS_48, KfClient
from tools.wechat_simulator import Clock, Customer, FakeWeChat

GET = "/cgi-bin/kf/service_state/get"
TRANS = "/cgi-bin/kf/service_state/trans"


async def state(client: KfClient, person: Customer) -> tuple[int, str]:
    """Returns what the API says of the session."""
    fields = {"open_kfid": person.open_kfid, "external_userid": person.id}
    answer = await client.call(GET, **fields)
    assert answer["errcode"] == 0
    return answer["service_state"], answer["servicer_userid"]


async def trans(client: KfClient, person: Customer, to: Any, servicer: str = "") -> dict[str, Any]:
    """Asks for a change of the session's state."""
    fields = {"open_kfid": person.open_kfid, "external_userid": person.id, "service_state": to}
    return await client.call(TRANS, **fields, servicer_userid=servicer)


@pytest.mark.parametrize("start", range(5))
def test_only_the_allowed_changes(start: int) -> None:
    async def main() -> None:
        async with FakeWeChat() as fake:
            account = fake.kf()
            client = KfClient(fake, account)
            allowed = {0: {1, 2, 3}, 1: {2, 3}, 2: {3}, 3: {3, 4}, 4: set[int]()}[start]
            for wanted in range(-1, 6):
                person = account.person()
                await person.say("hi")
                person.change(start, "lisi" if start == 3 else "")
                answer = await trans(client, person, wanted, "zhangsan")
                assert answer["errcode"] == (0 if wanted in allowed else 95016), wanted
                assert person.state == (wanted if wanted in allowed else start)
            sent = await client.send(person)
            assert sent == {0: 0, 1: 0, 2: 95018, 3: 95018, 4: 95013}[start]

    asyncio.run(main())


def test_a_named_agent_must_be_on_duty() -> None:
    async def main() -> None:
        async with FakeWeChat() as fake:
            account = fake.kf()
            client, person = KfClient(fake, account), account.person()
            await person.say("hi")
            account.servicers.on_duty["lisi"] = False
            codes = [
                (await trans(client, person, 3, name))["errcode"] for name in ("", "who", "lisi")
            ]
            assert codes == [40058, 95014, 95014]
            assert (await trans(client, person, "3", "zhangsan"))["errcode"] == 40058
            assert (await trans(client, person, 3, "zhangsan"))["errcode"] == 0
            assert await state(client, person) == (3, "zhangsan")
            account.api_enabled = False
            assert (await trans(client, person, 3, "zhangsan"))["errcode"] == 95017

    asyncio.run(main())


def test_a_session_begins_anew_after_its_end_and_after_48_hours() -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(1e9)) as fake:
            account = fake.kf()
            client, person = KfClient(fake, account), account.person()
            assert await state(client, person) == (4, "")
            await person.enter()
            assert await state(client, person) == (4, "")
            await person.say("hi")
            assert await state(client, person) == (0, "")
            await trans(client, person, 1)
            await person.say("hi")
            assert await state(client, person) == (1, "")
            fake.clock.move(HOURS_48)
            client.token = ""
            assert await state(client, person) == (4, "")
            await person.say("hi")
            assert await state(client, person) == (0, "")
            await trans(client, person, 3, "lisi")
            await person.say("hi")  # the bot reads it, but an agent serves
            assert (await client.sync())["msg_list"][-1]["origin"] == 3
            assert await client.send(person) == 95018
            await account.servicers.end(person)
            assert await client.send(person) == 95013
            await person.say("hi")
            assert await state(client, person) == (0, "")

    asyncio.run(main())


def test_agents_and_their_events() -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(1e9)) as fake:
            account = fake.kf()
            agents = account.servicers
            client, person = KfClient(fake, account), account.person()
            await person.say("人工")
            with pytest.raises(AssertionError, match="not in the pool"):
                await agents.take(person)
            await trans(client, person, 2)
            assert agents.waiting() == [person]
            await agents.take(person, "zhangsan")
            await agents.say(person, "我是客服")
            await agents.pass_on(person, "lisi")
            await agents.end(person)
            await agents.say(person, "还有一句", "lisi")
            assert person.state == 3
            items = (await client.sync())["msg_list"][1:]
            assert [item["origin"] for item in items] == [4, 5, 4, 4, 4, 5]
            events = [item["event"] for item in items if item["origin"] == 4]
            assert {event["event_type"] for event in events} == {"session_status_change"}
            assert [event["change_type"] for event in events] == [1, 2, 3, 4]
            assert events[0]["new_servicer_userid"] == "zhangsan"
            assert events[1]["old_servicer_userid"] == "zhangsan"
            assert events[1]["new_servicer_userid"] == "lisi"
            assert events[2]["old_servicer_userid"] == "lisi"
            assert [bool(event.get("msg_code")) for event in events] == [True, False, True, False]
            assert items[1]["servicer_userid"] == "zhangsan"
            assert [message.by for message in person.seen] == ["human", "human"]

    asyncio.run(main())


def test_codes_work_once_in_their_state_and_time() -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(1e9)) as fake:
            account = fake.kf(tokenless_per_minute=100)
            client, person = KfClient(fake, account), account.person()
            await person.say("hi")
            queued = (await trans(client, person, 2))["msg_code"]
            lines = [{"type": "click", "click": {"id": "a", "content": "A"}}]
            asked = {"head_content": "x", "list": lines}
            assert await client.on_event(queued, msgtype="msgmenu", msgmenu=asked) == 40008
            assert await client.on_event(queued, msgid="q" * 33) == 40058
            account.api_enabled = False
            assert await client.on_event(queued) == 95017
            account.api_enabled = True
            assert await client.on_event(queued, msgid="queue") == 0
            assert await client.on_event(queued) == 40029
            assert person.quota_windows.left == 5
            with_agent = (await trans(client, person, 3, "lisi"))["msg_code"]
            assert "msg_code" not in await trans(client, person, 3, "zhangsan")  # not the first
            over = (await trans(client, person, 4))["msg_code"]
            assert await client.on_event(with_agent) == 95018  # no longer in state 3
            fake.clock.move(20)
            assert await client.on_event(over) == 40029
            await person.say("hi")
            await trans(client, person, 2)
            await account.servicers.take(person)
            await account.servicers.end(person)
            code = (await client.sync())["msg_list"][-1]["event"]["msg_code"]
            assert await client.on_event(code, msgtype="msgmenu", msgmenu=asked) == 0
            assert person.seen[-1].titles == ["A"]

    asyncio.run(main())
