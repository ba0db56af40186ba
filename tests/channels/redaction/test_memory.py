from __future__ import annotations

import json

import pytest

from channels.redaction import EMPTY, RECENT, Memory, redact, remember
from channels.redaction.memory import NUMBER_MESSAGES, TOPIC_MESSAGES
from channels.redaction.sender_memory import SenderMemory


def said(*texts: str) -> list[str]:
    """Returns the messages of one person as they are kept."""
    kept: list[str] = []
    for text in texts:
        kept.append(redact(text, remember(kept[-RECENT:])))
    return kept


@pytest.mark.parametrize(
    ("texts", "last"),
    [
        (["密码是", "hjw9921"], "[hidden:password]"),
        (["密码是", "芝麻开门"], "[hidden:password]"),
        (["我密码发你看", "zhang wei 88"], "[hidden:password]"),
        (["收不到验证码", "哦收到了 4417"], "哦收到了 [hidden:code]"),
        (["验证码是多少位", "好了来了", "9931"], "[hidden:code]"),
        (["信用代码我分两次发", "91330106MA", "2ABCDE1X"], "[hidden:unsure]"),
        (["身份证号是", "后面 1234"], "后面 [hidden:unsure]"),
        (["密码忘了", "我爱我家1314"], "[hidden:password]"),
    ],
)
def test_what_was_announced_is_hidden_when_it_comes(texts: list[str], last: str) -> None:
    assert said(*texts)[-1] == last


@pytest.mark.parametrize(
    "texts",
    [
        ["密码是", "忘了"],
        ["密码是", "我也不知道啊"],
        ["收不到验证码", "我的是红米K70"],
        ["验证码", "等了5分钟"],
        ["身份证", "在杭州办的"],
        ["我密码忘了", "2019年注册的公司"],
        ["密码是[hidden:password]", "第3步"],
        ["卡号[hidden:bank_card]", "打12345有用吗"],
    ],
)
def test_what_was_announced_does_not_spoil_what_is_said_instead(texts: list[str]) -> None:
    assert said(*texts) == texts


def test_a_topic_fades() -> None:
    memory = EMPTY.after("我的密码错了")
    assert memory.password == TOPIC_MESSAGES
    for left in range(TOPIC_MESSAGES - 1, -1, -1):
        memory = memory.after("好的")
        assert memory.password == left
    assert memory == EMPTY


def test_an_announcement_counts_for_the_next_message_only() -> None:
    memory = EMPTY.after("密码是")
    assert memory.password_next
    assert not memory.after("等一下").password_next
    assert EMPTY.after("银行卡号是").number == NUMBER_MESSAGES


def test_a_click_announces_nothing() -> None:
    assert EMPTY.after('/inform_region{"region":"密码是"}') == EMPTY


def test_the_last_messages_are_enough() -> None:
    texts = ["密码是", "[hidden:password]", "验证码", "好", "嗯", "在吗", "密码", "发你", "哦"]
    for end in range(len(texts)):
        assert remember(texts[:end]) == remember(texts[:end][-RECENT:])


def test_a_memory_can_be_kept_as_json() -> None:
    memory = EMPTY.after("我的验证码是")
    assert Memory(**json.loads(json.dumps(vars(memory)))) == memory


def test_the_one_who_was_silent_longest_is_forgotten() -> None:
    memories = SenderMemory(max_persons=2)
    for person in ("a", "b", "a", "c"):
        memories.add(person, "密码是")
    assert [memories.of(person).password_next for person in "abc"] == [True, False, True]
    for _ in range(TOPIC_MESSAGES):
        memories.add("a", "好的")
    assert memories.of("a") == EMPTY
