"""What follows when a place had to be asked back, and what is remembered of a place."""

from __future__ import annotations

from typing import Any

from tests.actions.actor import Actor, find_block


def region(text: str, *names: str) -> list[dict[str, Any]]:
    """Returns the names as the extractor finds them in the text."""
    return [
        {
            "entity": "region",
            "value": name,
            "start": text.index(name),
            "end": text.index(name) + len(name),
        }
        for name in names
    ]


def say(actor: Actor, text: str, *names: str, intent: str = "inform_region") -> dict[str, Any]:
    return actor.send_found(intent, text, region(text, *names))


def test_the_city_of_a_zone_is_asked_and_its_answer_taken() -> None:
    actor = Actor()
    assert "哪个城市" in say(actor, "开发区", "开发区")["text"]
    message = say(actor, "杭州", "杭州")
    assert find_block(message, "bureau")["place"] == "浙江省杭州市"
    assert "“开发区”可能另有自己的登记机关" in message["text"]


def test_a_zone_alone_is_that_of_the_remembered_city() -> None:
    actor = Actor()
    say(actor, "西安碑林", "西安", "碑林")
    message = say(actor, "高新区的", "高新区")
    assert find_block(message, "bureau")["place"] == "陕西省西安市"
    assert "高新区" in message["text"]


def test_a_town_of_many_counties_is_narrowed_by_the_next_answer() -> None:
    actor = Actor()
    assert "请连同省、市、区县" in say(actor, "城关镇", "城关镇")["text"]
    assert actor.slots["pending_question"] == "region"
    assert (
        find_block(say(actor, "安徽颍上", "安徽", "颍上"), "bureau")["place"]
        == "安徽省阜阳市颍上县"
    )


def test_a_moved_seat_is_asked_and_chosen_by_button() -> None:
    actor = Actor()
    text = "以前在北京 现在迁到天津"
    message = say(actor, text, "北京", "天津")
    assert "搬迁过的企业" in message["text"]
    assert actor.slots.get("place") is None
    payload = next(button["payload"] for button in actor.buttons if button["title"] == "天津市")
    assert "：天津市市场监督管理委员会（" in find_block(actor.click(payload), "bureau")["facts"][0]


def test_the_place_of_registration_is_remembered_from_a_story() -> None:
    actor = Actor()
    text = "公司注册在杭州，我人在上海，密码忘了"
    say(actor, text, "杭州", "上海", intent="recover_password")
    assert actor.slots["place"] == "3301"
    assert (
        find_block(say(actor, "市监局", intent="contact_bureau"), "bureau")["place"]
        == "浙江省杭州市"
    )


def test_another_place_still_tells_which_of_a_name_is_meant() -> None:
    text = "北京的公司，注册在朝阳区"
    assert find_block(say(Actor(), text, "北京", "朝阳区"), "bureau")["place"] == "北京市朝阳区"


def test_a_place_outside_is_not_remembered() -> None:
    actor = Actor()
    assert "内地登记机关" in say(actor, "台北", "台北")["text"]
    assert actor.slots.get("place") is None
    assert actor.slots["pending_question"] == "region"


def test_a_divided_county_says_what_became_of_it() -> None:
    message = say(Actor(), "重庆渝北区", "重庆", "渝北区")
    assert "“渝北区”现在分属" in message["text"]
    assert find_block(message, "list")["items"] == ["重庆市北碚区", "重庆市两江新区"]
