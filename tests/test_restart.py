"""A conversation survives a restart of the servers."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Conversation, serve


def test_the_guide_goes_on_after_a_restart(tmp_path: Path) -> None:
    with serve(tmp_path) as first:
        conversation = Conversation(first)
        conversation.say("我要用手机验证码找回")
        assert "第 6 步" in conversation.say("第6步怎么弄")["text"]
    with serve(tmp_path) as second:
        assert (
            "第 7 步 / 共 9 步" in Conversation(second, conversation.sender).say("下一步")["text"]
        )
