"""The operator's own questions and facts: answered anywhere, shown where they belong."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from actions import turn
from content_loader.live import LiveContents
from content_loader.load import FOLDER, ContentError, load
from tests.actions.actor import Actor, find_block

YUHANG = "330110"
TOMORROW = datetime.date.today() + datetime.timedelta(1)
YESTERDAY = datetime.date.today() - datetime.timedelta(1)
FILE = f"""
questions:
  parking:
    wordings: [能停车吗, 停车场在哪里, 车停在哪里]
    text: 大楼北侧有停车场。
    buttons: [materials]
    until: {TOMORROW}
  campaign:
    wordings: [有什么活动, 活动到几号, 礼品怎么领]
    text: 活动到昨天。
    until: {YESTERDAY}
bureaus:
  "{YUHANG}": {{address: 文一西路 1 号, hours: 周一至周五 9 点到 17 点, phone: 0571-12345678}}
  "330106": {{address: 昨天的地址, until: {YESTERDAY}}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "content"
    shutil.copytree(FOLDER, copy)
    (copy / "local.yml").write_text(FILE, encoding="utf-8")
    return copy


@pytest.fixture
def actor(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Actor]:
    """A person's conversation with actions that have these questions."""
    monkeypatch.setattr(turn, "live_content", LiveContents(folder))
    yield Actor()


def test_a_question_is_answered_with_its_buttons(actor: Actor) -> None:
    message = actor.send("out_of_scope", "车停哪", acts=["local:parking"])
    assert message["text"] == "大楼北侧有停车场。"
    assert "要带什么材料" in [button["title"] for button in message["buttons"]]


def test_amid_a_guide_the_way_back_is_offered(actor: Actor) -> None:
    actor.send("recover_by_phone")
    actor.send("next_step")
    message = actor.send("out_of_scope", "车停哪", acts=["local:parking"])
    assert message["text"].startswith("大楼北侧有停车场。")
    assert "第 2 步" in message["text"]
    back = message["buttons"][0]
    assert back["title"] == "回到第 2 步"
    assert find_block(actor.click(back["payload"]), "step")["number"] == 2


@pytest.mark.parametrize("name", ["campaign", "gone", ""])
def test_what_is_over_or_gone_is_not_answered_and_something_is_said(
    actor: Actor, name: str
) -> None:
    message = actor.send("out_of_scope", "有活动吗", acts=[f"local:{name}"])
    assert "昨天" not in message["text"]
    assert message["text"] and message["buttons"]


def test_facts_stand_on_the_card_of_their_place_only(actor: Actor) -> None:
    card = find_block(actor.send("inform_region", "余杭", {"region": "余杭"}), "bureau")
    own = [fact for fact in card["facts"] if "由运营单位提供" in fact]
    assert len(own) == 3
    assert "文一西路 1 号" in own[0] and "0571-12345678" in own[2]
    assert not [
        fact for fact in card["facts"] if "没有可靠的资料，请打 12345" in fact and "办公" in fact
    ]
    for region in ("西湖区杭州", "滨江"):
        other = Actor().send("inform_region", region, {"region": region[:3].strip()})
        assert "由运营单位提供" not in other["text"] and "昨天的地址" not in other["text"]


def test_who_asks_for_the_hours_gets_them_once_the_place_is_known(actor: Actor) -> None:
    before = actor.send("contact_bureau", "几点上班", acts=["ask:hours", "alone"])
    assert "没有可靠的资料" in before["text"]
    actor.send("inform_region", "余杭", {"region": "余杭"})
    message = actor.send("contact_bureau", "几点上班", acts=["ask:hours", "alone"])
    assert "周一至周五 9 点到 17 点（由运营单位提供）" in message["text"]
    assert "没有可靠的资料" not in message["text"]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("[能停车吗, 停车场在哪里, 车停在哪里]", "[一, 二]", "wordings: .*entries"),
        ("buttons: [materials]", "buttons: [no_such]", "no button named 'no_such'"),
        ("礼品怎么领", "能停车吗", "stands under 'parking', too"),
        (f"until: {TOMORROW}", "until: morgen", "until: .*no day"),
        (f'"{YUHANG}"', '"999999"', "no place with the code 999999"),
        (f'"{YUHANG}"', YUHANG, "bureaus"),
        ("0571-12345678", "打电话", "phone"),
        ("  parking:", "  Parking:", "questions"),
        ("text: 大楼", "texts: 大楼", "texts"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(
    folder: Path, old: str, new: str, problem: str
) -> None:
    path = folder / "local.yml"
    assert old in FILE
    path.write_text(FILE.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError, match=rf"content/local.yml:\d+: .*{problem}"):
        load(folder)


def test_what_is_written_is_there(folder: Path) -> None:
    content = load(folder)
    assert content.local_questions["parking"].until == TOMORROW
    assert content.local_facts[YUHANG].hours == "周一至周五 9 点到 17 点"


def test_what_is_not_understood_may_be_a_question(actor: Actor) -> None:
    message = actor.offer("out_of_scope", "车子咋弄", "parking")
    assert message["buttons"][0] == {"title": "能停车吗", "payload": "能停车吗"}
    assert "“能停车吗”" in message["text"]
    beside = actor.offer("contact_bureau", "有停车的吗", "parking")
    assert beside["buttons"][0]["title"] == "能停车吗"
    assert "“能停车吗”" not in beside["text"]
    for name in ("campaign", "gone"):
        assert "活动" not in str(actor.offer("out_of_scope", "x", name))
