"""A conversation survives a restart of the servers."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest

from scripts.readiness import answers
from tests.conftest import Assistant, Conversation, serve

SECONDS = 20  # for a server to be there again


@pytest.mark.long
def test_the_guide_goes_on_after_a_restart(tmp_path: Path) -> None:
    with serve(tmp_path) as first:
        conversation = Conversation(first)
        conversation.say("我要用手机验证码找回")
        assert "第 6 步" in conversation.say("第6步怎么弄")["text"]
    with serve(tmp_path) as second:
        assert (
            "第 7 步 / 共 9 步" in Conversation(second, conversation.sender).say("下一步")["text"]
        )


@pytest.mark.long
def test_a_conversation_outlives_the_action_server(tmp_path: Path) -> None:
    with serve(tmp_path) as assistant:
        begun, fresh = Conversation(assistant), Conversation(assistant)
        begun.say("我要用手机验证码找回")
        actions = assistant.programs[0]
        os.killpg(actions.process_id, signal.SIGKILL)
        actions.stop()
        for conversation in (begun, fresh):
            for _ in range(2):
                assert status(assistant, conversation.sender, "下一步") == 503
        assert not answers(f"{assistant.url}/ready")
        assistant.programs[0] = actions.start_again()
        deadline = time.monotonic() + SECONDS
        while not answers(f"{assistant.url}/ready"):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert "第 2 步 / 共 9 步" in begun.say("下一步")["text"]
        assert "还能收到短信吗" in fresh.say("密码忘了")["text"]


def status(assistant: Assistant, sender: str, text: str) -> int:
    return assistant.post(json.dumps({"sender": sender, "message": text}).encode(), "rest")[0]
