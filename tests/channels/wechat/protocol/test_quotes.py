"""What stands above the line, in brackets after a name, or in a forwarded chat is not the person's.

The forms are those of WeChat's clients, as public bots recorded them.
"""

from __future__ import annotations

import pytest

from channels.wechat.protocol.quotes import own_words

LINE = "- - - - - - - - - - - - - - -"
OWN = "刷脸刷不过"


@pytest.mark.parametrize(
    "text",
    [
        f"「甲：收不到验证码怎么办」\n{LINE}\n{OWN}",
        f"「甲：收不到验证码怎么办」\r\n{LINE}\r\n{OWN}",
        f"「甲: 收不到验证码」\n- - - - - - - - - - - - - - - -\n\n{OWN}\n",
        f"「甲：第一步\n第二步\n- - -\n第三步」\n{LINE}\n{OWN}",
        f"「甲：「乙：收不到验证码」\n{LINE}\n怎么办」\n{LINE}\n{OWN}",
        f"「甲：收不到验证码」\n{LINE}\n「乙：忘了密码」\n{LINE}\n{OWN}",
        f"「甲：收不到验证码」\n———————————\n{OWN}",
        f"「甲：收不到验证码」\n---------------\n{OWN}",
        f"「甲：收不到验证码」\n－ － － － － － －\n{OWN}",
        f"「甲：收不到验证码」\u2028{LINE}\u2028{OWN}",
        f"「甲：[图片]」\n{LINE}\n{OWN}",
        f"「提示：验证码错误」\n{LINE}\n{OWN}",
        f"收不到验证码\n{LINE}\n{OWN}",
        f"甲：收不到验证码\n{LINE}\n{OWN}",
        f"「甲：收不到验证码」\n{OWN}",
        f"「甲：第一步\n第二步」\n{OWN}",
        f"{OWN}\n「甲：收不到验证码」",
        f"{OWN}\n「甲：第一步\n第二步」",
        f"【甲：收不到验证码】\n------------\n{OWN}",
        f"“甲：第一步\n第二步”\n------\n{OWN}",
        f'"甲：收不到验证码"\n------\n{OWN}',
        f'这是一条引用/回复消息：\n"甲：收不到验证码\n怎么办"\n------\n{OWN}',
        f"{OWN}\n{LINE}\n「甲：收不到验证码」",
        f"{OWN}\n—————\n引用 甲 的消息：收不到验证码",
        f"引用 甲：收不到验证码\n{OWN}",
        f"引用：收不到验证码\n{OWN}",
        f"引用：\n甲：收不到验证码\n{OWN}",
        f"[引用]收不到验证码\n{OWN}",
        f"【引用】甲：收不到验证码\n{OWN}",
        f"引用：「甲：收不到验证码」\n{OWN}",
        f"> 甲：收不到验证码\n> 怎么办\n\n{OWN}",
        f"<msg><appmsg><title>{OWN}</title><type>57</type><refermsg><displayname>甲</displayname>"
        "<content>收不到验证码</content></refermsg></appmsg></msg>",
        f"<?xml version='1.0'?>\n<msg><appmsg><title>{OWN}</title><type>57</type></appmsg></msg>",
    ],
)
def test_only_the_own_words_are_left(text: str) -> None:
    assert own_words(text) == (OWN, "quote")


def test_own_words_may_have_lines_of_dashes() -> None:
    own = "第一个问题\n-----\n第二个问题"
    assert own_words(f"「甲：你好」\n{LINE}\n{own}") == (own, "quote")


@pytest.mark.parametrize(
    "text", [f"「甲：忘了密码」\n{LINE}", f"「甲：忘了密码」\n{LINE}\n  ", "「甲：好」"]
)
def test_who_only_quotes_has_said_nothing(text: str) -> None:
    assert own_words(text) == ("", "quote")


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("群聊的聊天记录\n甲：收不到验证码\n乙：我也是", ""),
        ("[甲和乙的聊天记录]\n\n甲: 收不到验证码", ""),
        ("甲與乙的聊天記錄\n甲：收不到驗證碼", ""),
        ("Chat History\nA: no code", ""),
        (f"{OWN}\n甲和乙的聊天记录：\n甲：收不到验证码", OWN),
        ("————— 2024-05-06 —————\n\n甲  10:00\n\n收不到验证码", ""),
        (f"{OWN}\n甲 2024/5/6 10:00:00\n收不到验证码\n乙 2024/5/6 10:01:00\n我也是", OWN),
        ("———————  今天  ———————\n甲  10:01\n收不到验证码\n乙 10:02\n我也是", ""),
        ("[聊天记录] 甲：收不到验证码", ""),
        ("【群聊的聊天记录】甲: 收不到验证码\n乙: 我也是", ""),
        ("甲 2024年5月6日 10:00\n收不到验证码", ""),
        ("<msg><appmsg><title>群聊的聊天记录</title><type>19</type></appmsg></msg>", ""),
    ],
)
def test_a_forwarded_chat_is_not_what_the_person_says(text: str, own: str) -> None:
    assert own_words(text) == (own, "forwarded")


@pytest.mark.parametrize(
    "text",
    [
        OWN,
        "",
        "「收不到验证码」怎么办",
        "「系统提示：密码错误」怎么办",
        "「系统提示：密码错误」\n怎么办",
        "怎么办\n「页面显示：账号不存在」",
        "点了「找回密码」\n没有反应",
        "点了登录\n出来「密码错误」",
        "问题一：收不到验证码\n-----\n问题二：刷脸",
        f"收不到验证码\n{LINE}",
        "- 收不到验证码\n- 刷脸刷不过",
        "引用：第三条怎么理解",
        "引用 系统提示：验证码错误\n怎么办",
        "【系统提示：验证码错误】\n------\n怎么办",
        "> 我的 > 设置",
        "------ 我的问题 ------\n收不到验证码",
        "-\n--\n好",
        "我要看聊天记录\n收不到验证码",
        "聊天记录",
        "昨天 10:30\n今天 11:20 都试过",
        "营业执照是办好了\n张三 2024-05-06 10:00\n办的",
        "<msg>怎么办",
        "<msg><appmsg><title>x</title><type>5</type></appmsg></msg>",
        '<!DOCTYPE a [<!ENTITY b "c">]><msg>&b;</msg>',
        '<msg><!DOCTYPE a [<!ENTITY b "c">]>&b;</msg>',
    ],
)
def test_without_a_quote_a_text_stays_as_it_is(text: str) -> None:
    assert own_words(text) == (text, "")


def test_long_texts_take_no_time() -> None:
    import time

    for text in (
        "「甲：" * 5_000,
        f"{LINE}\n" * 2_000,
        "甲 2024/5/6 " * 3_000,
        "- " * 20_000,
        "」\n" * 9_999,
    ):
        begun = time.perf_counter()
        own_words(text)
        assert time.perf_counter() - begun < 0.5
