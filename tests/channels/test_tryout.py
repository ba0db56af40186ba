"""Private conversations: who may begin one, what comes with a message, and that nothing is kept."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import sqlalchemy as sa
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered
from sanic import Sanic

from channels.bounds import BadSettings
from channels.conversation_store import RedactingSQLTrackerStore, forget_conversation
from channels.private_conversations import KEPT_SECONDS, MAX_CONVERSATIONS, PrivateConversations
from channels.tryout import MAX_DRAFT, Settings, TryoutChannel
from channels.tryout_tokens import KEY_FILE, MAX_SECONDS, is_valid, read_key, sign
from scripts.readiness import LOCAL, address, free_port
from serving.drafts import METADATA, draft_in, draft_of

KEY = b"0" * 64
SENDER = "tryout-1"


def request(**more: Any) -> dict[str, Any]:
    expires = int(time.time()) + 600
    given = {"sender": SENDER, "expires": expires, "draft": "a: b", "message": "你好"}
    return {**given, "token": sign(KEY, SENDER, expires), **more}


class Pages:
    """What asks the channel."""

    def __init__(self, folder: Path) -> None:
        self.channel = TryoutChannel(Settings(str(folder / KEY_FILE)))
        self.asked: list[UserMessage] = []

    async def _answer(self, message: UserMessage) -> None:
        self.asked.append(message)
        answer = {"text": "好", "blocks": [], "buttons": [{"title": "a", "payload": "/a"}]}
        await message.output_channel.send_response(message.sender_id, answer)

    @contextlib.asynccontextmanager
    async def served(self) -> AsyncIterator[aiohttp.ClientSession]:
        Sanic._app_registry.clear()
        Sanic.test_mode = True
        app, port = Sanic("tryouts", configure_logging=False), free_port()
        app.blueprint(self.channel.blueprint(self._answer), url_prefix="/webhooks/tryout")
        server = await app.create_server(LOCAL, port, return_asyncio_server=True)
        assert server
        await server.startup()
        await server.start_serving()
        self.url = f"{address(LOCAL, port)}/webhooks/tryout/webhook"
        async with aiohttp.ClientSession() as http:
            yield http
        server.close()
        await server.wait_closed()

    def send(self, *bodies: dict[str, Any], **headers: str) -> list[tuple[int, Any]]:
        async def go() -> list[tuple[int, Any]]:
            answers = []
            async with self.served() as http:
                for body in bodies:
                    async with http.post(self.url, json=body, headers=headers) as answer:
                        answers.append((answer.status, json.loads(await answer.text())))
            return answers

        return asyncio.run(go())


@pytest.fixture
def pages(tmp_path: Path) -> Pages:
    (tmp_path / KEY_FILE).write_bytes(KEY + b"\n")
    return Pages(tmp_path)


def test_a_message_comes_with_its_draft(pages: Pages) -> None:
    [(status, answer)] = pages.send(request(message="/我的密码是Abc12345"))
    assert status == 200
    assert answer["shown"] == "/我的密码是[hidden:password]"
    assert answer["answers"][0]["buttons"] == [{"title": "a", "payload": "/a"}]
    [message] = pages.asked
    assert message.text == "我的密码是[hidden:password]"  # typed text never runs as a command
    assert message.sender_id == SENDER and message.metadata == {METADATA: "a: b"}
    pages.send({key: v for key, v in request(payload="/greet").items() if key != "message"})
    assert pages.asked[1].text == "/greet"


@pytest.mark.parametrize(
    "wrong",
    [
        {"token": "0" * 64},
        {"token": None},
        {"sender": "tryout-2"},
        {"sender": "website-1"},
        {"sender": None},
        {"expires": 0},
        {"expires": "1"},
    ],
)
def test_only_who_has_the_key_begins_one(pages: Pages, wrong: dict[str, Any]) -> None:
    [(status, answer)] = pages.send(request(**wrong))
    assert status == 403 and "operator's pages" in answer["error"]
    assert pages.asked == []


def test_a_token_is_for_one_conversation_and_a_time() -> None:
    assert is_valid(KEY, SENDER, 100, sign(KEY, SENDER, 100), 99.0)
    assert not is_valid(KEY, SENDER, 100, sign(KEY, SENDER, 100), 100.0)
    assert not is_valid(KEY, SENDER, 101, sign(KEY, SENDER, 100), 99.0)
    assert not is_valid(b"1" * 64, SENDER, 100, sign(KEY, SENDER, 100), 99.0)
    late = MAX_SECONDS + 100
    assert not is_valid(KEY, SENDER, late, sign(KEY, SENDER, late), 99.0)


def test_without_a_key_nobody_begins_one(tmp_path: Path) -> None:
    for text in (None, "", "x" * 64):
        if text is not None:
            (tmp_path / KEY_FILE).write_text(text)
        assert read_key(tmp_path / KEY_FILE) is None
        assert Pages(tmp_path).send(request())[0][0] == 403


def test_odd_requests_are_refused(pages: Pages) -> None:
    answers = pages.send(
        request(draft=5), request(draft="x" * (MAX_DRAFT + 1)), request(message=None), {}
    )
    assert [status for status, _ in answers] == [400, 413, 400, 403]
    assert pages.send(request(), Origin="http://example.org")[0][0] == 403
    assert pages.asked == []
    with pytest.raises(BadSettings, match="key is no setting"):
        TryoutChannel.from_credentials({"key": "x"})


def test_a_private_conversation_is_remembered_and_written_nowhere(tmp_path: Path) -> None:
    store = RedactingSQLTrackerStore(Domain.empty(), db=str(tmp_path / "conversations.db"))

    async def go() -> None:
        for count in (1, 2, 3):
            tracker = await store.get_or_create_tracker(SENDER)
            message = UserUttered("没听懂的话啊啊", {"name": "nlu_fallback"}, message_id=str(count))
            message.metadata = {METADATA: "a: b"}
            tracker.update(message)
            tracker.update(ActionExecuted("action_clarify_meaning"))
            tracker.update(SlotSet("fallback_count", 1))
            tracker.update(BotUttered("没听懂"))
            await store.save(tracker)
            kept = await store.retrieve(SENDER)
            assert kept is not None
            messages = [one for one in kept.events if isinstance(one, UserUttered)]
            assert len(messages) == count
            assert draft_in([one.as_dict() for one in kept.events]) == "a: b"
        with store.engine.connect() as connection:
            for table in sa.inspect(store.engine).get_table_names():
                query = sa.select(sa.func.count()).select_from(sa.table(table))
                assert connection.execute(query).scalar() == 0, table
        await forget_conversation(store, SENDER)
        assert await store.retrieve(SENDER) is None

    asyncio.run(go())


def test_private_conversations_are_forgotten() -> None:
    now = 0.0
    kept = PrivateConversations(lambda: now)
    for number in range(MAX_CONVERSATIONS + 1):
        kept.add(f"tryout-{number}", [SlotSet("a", number)])
    assert not kept.events("tryout-0") and kept.events("tryout-1")
    now = KEPT_SECONDS - 1
    kept.add("tryout-2", [SlotSet("a", 0)])
    now = KEPT_SECONDS + 1
    assert not kept.events("tryout-1") and len(kept.events("tryout-2")) == 2
    assert kept.has("tryout-x") and not kept.has("website-x") and not kept.has(None)


def test_a_draft_is_a_text_in_the_metadata() -> None:
    assert draft_of({METADATA: "x"}) == "x"
    odd: list[Any] = [None, {}, {METADATA: 5}, "x", []]
    assert [draft_of(one) for one in odd] == [""] * len(odd)
    events = [
        {"event": "user", "metadata": {METADATA: "old"}},
        {"event": "user", "metadata": {METADATA: "new"}},
        {"event": "user", "metadata": {}},
        {"event": "bot", "metadata": {METADATA: "bot"}},
    ]
    assert draft_in(events) == "new"
    assert draft_in([]) == ""
