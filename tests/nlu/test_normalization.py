"""The one form of a text, and that what is found in it is shown in the text as it was written."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message

from nlu.chinese_tokenizer import ChineseTokenizer
from nlu.device_names import DeviceNames, read_devices
from nlu.normalization import normalize
from nlu.text_normalizer import LONGEST_TEXT, NORMALIZED, TextNormalizer, normalized

VARIANTS = {"驗": "验", "證": "证", "碼": "码"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ＡＰＰ１２３", "app123"),
        ("驗證碼", "验证码"),
        ("急急急急急", "急急"),
        ("10000000", "10000000"),
        ("啊啊啊啊吃了了了", "啊啊吃了了"),
        ("收\u200b不\ufeff到", "收不到"),
        ("👍🏻", "👍"),
        ("一\t二\u3000三", "一 二 三"),
        ("", ""),
        ("\ud83d", "?"),
    ],
)
def test_texts_get_one_form(text: str, expected: str) -> None:
    assert normalize(text, VARIANTS).text == expected


@pytest.mark.parametrize("text", ["急急急急，驗證碼", "ＡＢ\u200bＣ啊啊啊啊", "😀😀😀好", "x" * 50])
def test_places_lead_back_to_the_text_as_written(text: str) -> None:
    new, starts, ends = normalize(text, VARIANTS)
    assert len(new) == len(starts) == len(ends)
    assert list(starts) == sorted(starts)
    for character, start, end in zip(new, starts, ends, strict=True):
        assert start < end <= len(text)
        assert character in normalize(text[start:end], VARIANTS).text
    assert all(end <= start for end, start in zip(ends, starts[1:], strict=False))


def test_tokens_stand_where_they_were_written() -> None:
    text = "急急急急 我的驗證碼 呢"
    message = Message({"text": text})
    message.set(NORMALIZED, list(normalize(text, VARIANTS)))
    tokenizer = ChineseTokenizer(ChineseTokenizer.get_default_config(), None, None)
    tokens = tokenizer.tokenize(message, "text")
    assert all(not token.text.isspace() for token in tokens)
    assert "验证码" in [token.text for token in tokens]
    for token in tokens:
        assert normalize(text[token.start : token.end], VARIANTS).text == token.text
    assert message.get("text") == text


def test_the_component_keeps_what_it_learnt(tmp_path_factory: pytest.TempPathFactory) -> None:
    from rasa.shared.nlu.training_data.training_data import TrainingData

    storage = LocalModelStorage(tmp_path_factory.mktemp("model"))
    context, resource = ExecutionContext(GraphSchema({})), Resource("normalizer")
    config = TextNormalizer.get_default_config()
    TextNormalizer.create(config, storage, resource, context).train(TrainingData())
    component = TextNormalizer.load({"variants": "gone"}, storage, resource, context)
    long = Message({"text": "廈門" * LONGEST_TEXT})
    message, empty = Message({"text": "我在廈門"}), Message({"intent": "greet"})
    component.process([message, empty, long])
    assert normalized(message).text == "我在厦门"
    assert empty.get(NORMALIZED) is None
    assert len(normalized(long).text) == LONGEST_TEXT


def test_a_pipeline_without_the_component_sees_the_text() -> None:
    assert normalized(Message({"text": "好好好ＯＫ"})).text == "好好ok"


DEVICES = read_devices(Path("nlu/devices.yml"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("vivo X100 忘记密码了", "忘记密码了"),
        ("红米K70 页面打不开", "页面打不开"),
        ("oppo的，收不到验证码", "收不到验证码"),
        ("小米14 Ultra刷脸失败", "刷脸失败"),
        ("华为手机刷脸失败", "手机刷脸失败"),
        ("我换了iPhone15 登不上", "我换了手机 登不上"),
        ("小米账号密码忘了", "小米账号密码忘了"),
        ("苹果id", "苹果id"),
        ("华为", "华为"),
        ("新手机登不上", "新手机登不上"),
    ],
)
def test_makes_and_models_of_phones_are_left_out(text: str, expected: str) -> None:
    plain = normalize(text, {})
    left, starts, ends = DeviceNames(DEVICES).without(plain)
    assert left == expected
    assert len(left) == len(starts) == len(ends)
    assert list(starts) == sorted(starts)
    for character, start, end in zip(left, starts, ends, strict=True):
        assert start < end <= len(text)
        assert character in text[start:end].lower() or character in "手机"


def test_without_makes_a_text_stays_as_it_is() -> None:
    plain = normalize("vivo X100 忘记密码了", {})
    assert DeviceNames({}).without(plain) == plain
