"""A talk survives a restart of the servers."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Talk, serve


def test_the_guide_goes_on_after_a_restart(tmp_path: Path) -> None:
    with serve(tmp_path) as first:
        talk = Talk(first)
        talk.say("我要用手机验证码找回")
        assert "第 6 步" in talk.say("第6步怎么弄")["text"]
    with serve(tmp_path) as second:
        assert "第 7 步 / 共 9 步" in Talk(second, talk.sender).say("下一步")["text"]
