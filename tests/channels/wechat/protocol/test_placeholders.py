"""The texts that stand for what WeChat cannot show are known in whatever wording they come."""

from __future__ import annotations

import pytest

from channels.wechat.protocol.placeholders import placeholder_in


@pytest.mark.parametrize(
    "text",
    [
        "【收到不支持的消息类型，暂无法显示】",
        "[收到不支持的消息类型，暂无法显示]",
        "[收到不支持的消息类型,暂时无法显示]",
        "收到不支持的消息类型，暂无法显示",
        " [收到不支持的消息类型 , 暂时无法显示 。] ",
        "【收到不支援的訊息類型，暫時無法顯示】",
        "[暫不支援此訊息類型，請在手機上查看]",
        "[该消息类型暂不能展示]",
        "[暂不支持该消息类型，请在手机上查看]",
        "[收到了一个表情，请在手机上查看]",
        "[收到一条视频/语音聊天消息，请在手机上查看]",
        "收到红包，请在手机上查看",
        "该类型暂不支持，请在手机上查看",
        "视频消息（请在手机上查看）",
        "[当前微信版本不支持展示该内容，请升级至最新版本。]",
        "[您收到一条新类型的消息，当前客户端暂不支持，请到手机端查看]",
        "(消息无法显示)",
        "[Unsupported Message]",
        "[unsupported message type]",
        "[This message type is not supported. View on phone]",
        "[Send an emoji, view it on mobile]",
        "［不支持的消息类型］",
        "[未知消息]",
        "未知的消息类型",
        "[未知类型的消息]",
        "[Unknown message type]",
        "[无法识别的消息类型]",
        "[消息解析失败]",
        "[此消息类型无法在此设备上显示]",
        "[Please view this message on your mobile device]",
        "[对方撤回了一条消息]",
        "[图片已过期或已被清理]",
        "《暂不支持的内容》".replace("《", "〔").replace("》", "〕"),
    ],
)
def test_it_is_known_in_any_wording(text: str) -> None:
    assert placeholder_in(text) == ("unknown", "")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("[图片]", "image"),
        ("【圖片】", "image"),
        ("[图片][图片]", "image"),
        ("[图片][微笑]", "image"),
        ("[语音]", "voice"),
        ("[语音消息]", "voice"),
        ("[視頻]", "video"),
        ("[文件]", "file"),
        ("[链接]", "link"),
        ("[小程序]", "card"),
        ("[个人名片]", "card"),
        ("[位置]", "location"),
        ("[动画表情]", "emoji"),
        ("[Sticker]", "emoji"),
        ("[聊天记录]", "forwarded"),
        ("[转账]", "unknown"),
        ("[位置共享]", "unknown"),
        ("[引用消息]", "quote"),
        ("[语音通话]", "unknown"),
    ],
)
def test_a_name_in_brackets_is_answered_as_what_it_names(text: str, kind: str) -> None:
    assert placeholder_in(text) == (kind, "")


def test_words_beside_it_are_the_message() -> None:
    assert placeholder_in("[收到不支持的消息类型，暂无法显示]刷脸刷不过") == ("", "刷脸刷不过")
    assert placeholder_in("刷脸刷不过\n【不支持的消息类型】") == ("", "刷脸刷不过")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "图片",
        "[找回密码]",
        "[刷脸]刷不过",
        "点[链接]没有反应",
        "[图片]上写着密码错误",
        "无法显示",
        "页面无法显示",
        "内容无法显示",
        "链接无法打开",
        "打不开视频",
        "不支持怎么办",
        "提示不支持的消息类型怎么办",
        "【系统提示：该证件类型不支持】",
        "[该证件类型不支持]",
        "[未知错误]",
        "[人脸无法识别]",
        "[二维码已过期]",
        "[执照已过期]",
        "登录已过期",
        "【页面无法打开】",
        "当前版本不支持该功能，请升级",
        "收到消息",
        "请在手机上查看",
        "短信收到了，但是无法查看内容",
    ],
)
def test_what_a_person_says_stays_a_message(text: str) -> None:
    assert placeholder_in(text) == ("", text)
