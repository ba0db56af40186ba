from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest

from channels.redaction import KINDS, redact

SECRETS = {
    "password": [
        ("我的密码是{}", "Abc12345"),
        ("密码:{}", "Abc 12345"),
        ("密码 {} 登不上", "Abc12345!"),
        ("mima是 {}", "123456"),
        ("密码我设的是{}可是登不上", "Qwe@2023"),
        ("密码：{}", "ａｂｃ１２３４５"),
        ("口令={}", "zhang_san88"),
        ("password is {}", "hunter22"),
        ("登录密码设成了{}你看对吗", "qwer1234"),
        ("{}", "Abc12345"),
        ("{}", "P@ssw0rd123"),
        ("/我的密码是{}", "Abc12345"),
    ],
    "code": [
        ("验证码是{}", "482913"),
        ("验证码 {}", "48 29 13"),
        ("收到的验正码{}", "4829"),
        ("{}", "482913"),
        ("{}。", "４８２９１３"),
        ("校验码：{}", "48-29-13"),
        ("驗證碼 {}", "482913"),
    ],
    "id_number": [
        ("身份证{}", "11010519491231002X"),
        ("{}", "110105 19491231 0021"),
        ("我是{}的", "110105-19491231-0022"),
        ("号码{}", "１１０１０５１９４９１２３１００２Ｘ"),
    ],
    "credit_code": [
        ("信用代码{}", "91110000600037341L"),
        ("{}", "91110000 6000 37342L"),
        ("{}对吗", "91110000600037342l"),
    ],
    "bank_card": [("银行卡{}", "6222 0212 3456 7890 123"), ("卡号{}", "6222021234567890")],
    "phone": [
        ("手机{}", "13812345678"),
        ("{}收不到", "138-1234-5678"),
        ("打{}", "+86 138 1234 5678"),
        ("发到 {} 了", "1 3 8 1 2 3 4 5 6 7 8"),
        ("我的号{}", "１３８１２３４５６７８"),
    ],
}
LINES = (Path(__file__).parent / "secrets.txt").read_text(encoding="utf-8").splitlines()
CASES = [(kind, frame.format(call), call) for kind, all_ in SECRETS.items() for frame, call in all_]


@pytest.mark.parametrize(("kind", "text", "secret"), CASES)
def test_a_secret_is_hidden(kind: str, text: str, secret: str) -> None:
    hidden = redact(text)
    assert secret not in hidden
    assert f"[hidden:{kind}]" in hidden
    assert kind in KINDS


@pytest.mark.parametrize("line", LINES)
def test_nothing_is_left_of_what_stands_in_brackets(line: str) -> None:
    hidden = plain(re.sub(r"\[hidden:\w+\]", " ", redact(line.replace("<<", "").replace(">>", ""))))
    for secret in map(plain, re.findall("<<(.*?)>>", line)):
        assert not [
            number for number in range(len(secret) - 2) if secret[number : number + 3] in hidden
        ]


def plain(text: str) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).lower()


@pytest.mark.parametrize(("kind", "text", "secret"), CASES)
def test_hiding_again_changes_nothing(kind: str, text: str, secret: str) -> None:
    assert redact(redact(text)) == redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "密码忘了",
        "密码输了3次就锁了",
        "密码要8-16位吗",
        "密码2023年设的",
        "密码是什么",
        "密码是不是要8位以上",
        "忘记密码app打不开",
        "验证码5分钟没到",
        "验证码60秒后重发",
        "验证码4位还是6位",
        "2024年办的执照",
        "第6步",
        "6",
        "十二",
        "2024-01办的",
        "2024/01/01 12:00去的",
        "1、3、5、7步都做了",
        "我在一二三步卡住了",
        "错误代码500012",
        "邮编310000",
        "一共100000元",
        "手机号11位",
        "2018.05.06成立",
        "我二零二四年办的",
        "密码是一样的",
        "密码是四位还是六位",
        "12315",
        "010-12345",
        "拨打12345热线",
        "iPhone15",
        "统一社会信用代码是18位",
        '/go_to_step{"step_number":"6"}',
        '/inform_region{"region":"浙江省杭州市余杭区"}',
        "",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact(text) == text


def test_long_texts_take_little_time() -> None:
    for text in ("1" * 20_000, "密码" * 10_000, "a1 " * 7_000, "验证码是 " * 5_000):
        redact(text)


@pytest.mark.parametrize(
    ("command", "secret"),
    [
        ('/inform{"password":"Kk8sVw20Pd"}', "Kk8sVw20Pd"),
        ("/a{我的密码是Kk8sVw20Pd}", "Kk8sVw20Pd"),
        ('/bot{"验证码":"我的验证码739164"}', "739164"),
        ('/greet{"x":"密码Ll33kkPP90"}', "Ll33kkPP90"),
        ('/inform_region{"region":"我住文三路12号3单元402室"}', "402"),
        ('/a{"b":[{"c":"身份证后四位8512"}]}', "8512"),
    ],
)
def test_a_secret_in_the_shape_of_a_command_is_hidden(command: str, secret: str) -> None:
    hidden = redact(command)
    assert secret not in hidden
    assert redact(hidden) == hidden  # the conversation store looks once more
