"""Kinds of turn that strangers showed: a success beside a trouble, another system, a new phone."""

from __future__ import annotations

from typing import Any

from content_loader.load import load
from tests.actions.actor import Actor, find_block

CONTENT = load()


def sure(intent: str, confidence: float = 0.85) -> list[dict[str, Any]]:
    return [{"name": intent, "confidence": confidence}]


def amid_guide(step: int, way: str = "phone") -> Actor:
    return Actor({"guide": {"way": way, "step": step}, "pending_question": "step"})


def test_a_success_beside_a_trouble_is_none() -> None:
    actor = amid_guide(9)
    acts = ["solved", "reached:logged_in"]
    message = actor.send("login_failed", "进去了 扫码还不对", None, sure("login_failed"), acts)
    assert CONTENT.text("navigate.solved.closing") not in message["text"]


def test_who_goes_with_a_success_is_congratulated() -> None:
    actor = amid_guide(9)
    acts = ["solved", "reached:logged_in", "leave"]
    message = actor.send("resolved", "能登录了 明天去", None, sure("resolved"), acts)
    assert CONTENT.text("navigate.solved.closing") in message["text"]


def test_done_that_may_be_a_success_is_asked_about() -> None:
    actor = amid_guide(4)
    message = actor.send("resolved", "改好了 能进", None, sure("resolved", 0.78), ["done"])
    assert CONTENT.text("navigate.solved.which") in message["text"]


def test_a_page_to_download_is_right_on_a_new_phone() -> None:
    actor = amid_guide(2, "face")
    actor.slots["facts"] = {"device": "new"}
    message = actor.send("out_of_scope", "只有下载执照", acts=["screen:download_page"])
    assert CONTENT.practical["download_again"].text in message["text"]
    other = amid_guide(2, "face")
    message = other.send("out_of_scope", "只有下载执照", acts=["screen:download_page"])
    assert CONTENT.practical["download_again"].text not in message["text"]


def test_another_system_that_is_the_matter_asks_nothing_of_the_licence() -> None:
    actor = Actor()
    acts = ["ask:report_login", "matter", "fact:number=gone"]
    message = actor.send("phone_changed", "年报的", {"other_system": "年报"}, acts=acts)
    assert CONTENT.ways["face"].ask not in message["text"]
    assert not str(actor.slots.get("pending_question") or "").startswith("way")


def test_a_new_representative_is_asked_for_no_way_of_the_former() -> None:
    actor = Actor({"facts": {"new_representative": "registered"}})
    message = actor.send("recover_password", "那怎么弄")
    assert CONTENT.text("case.new_representative.claim") in message["text"]


def test_who_waits_at_a_page_is_there() -> None:
    actor = amid_guide(5)
    actor.send("out_of_scope", "到设密码了 等下", acts=["wait", "reached:new_password_page"])
    assert actor.slots["guide"] == {"way": "phone", "step": 7}


def test_another_system_is_left_when_the_licence_is_named_beside_it() -> None:
    actor = Actor()
    actor.send("recover_other_password", "美团要的密码", {"other_system": "美团"}, acts=["matter"])
    actor.slots["facts"] = {"other_system": "美团"}
    text = "不是美团 电子营业执照的密码"
    actor.send("recover_password", text, {"other_system": "美团"})
    assert "other_system" not in actor.slots["facts"]
    assert actor.slots["pending_question"] == "way:phone"


def test_it_is_asked_once_whether_it_is_about_another_system() -> None:
    actor = Actor({"facts": {"other_system": "美团"}})
    stay = CONTENT.text("other_systems.stay", system="美团")
    assert actor.send("out_of_scope", "打开了", acts=["reached:app_open"])["text"] == stay
    message = actor.send("out_of_scope", "我说打开了", acts=["reached:app_open"])
    assert stay not in message["text"]
    assert actor.slots["guide"]["step"] == 2


def test_a_plain_success_amid_a_guide_is_asked_about() -> None:
    actor = amid_guide(8)
    message = actor.send("resolved", "搞定", None, sure("resolved", 0.99), ["resume"])
    assert CONTENT.text("navigate.solved.which") in message["text"]


def test_thanks_that_may_report_a_success_are_asked_about() -> None:
    actor = amid_guide(9)
    message = actor.send("thank", "辛苦了 弄得挺好", None, sure("thank"), ["thanks", "solved"])
    assert CONTENT.text("navigate.solved.closing") not in message["text"]
    assert actor.slots["pending_question"] == "logged_in"


def test_a_place_where_somebody_only_is_does_not_replace_that_of_registration() -> None:
    actor = Actor()
    actor.send("inform_region", "天津南开", {"region": "天津南开"}, acts=["place"])
    known = actor.slots["place"]
    found = [{"entity": "region", "value": "上海", "start": 2, "end": 4}]
    text = "我在上海 能不能在这边的市监局办"
    message = actor.send_found("contact_bureau", text, found, acts=["place"])
    assert actor.slots["place"] == known
    assert CONTENT.text("bureau.registered_where") in message["text"]
    assert [button["title"] for button in message["buttons"]][1] == "上海市"


def test_the_card_of_a_bureau_is_shown_once_and_again_on_request() -> None:
    actor = Actor()
    first = actor.send("inform_region", "天津南开", {"region": "天津南开"}, acts=["place"])
    again = actor.send("contact_bureau", "那个局电话多少")
    assert find_block(first, "bureau") and not find_block(again, "bureau")
    assert CONTENT.text("bureau.card.hours") in again["text"]
    assert find_block(actor.click("/contact_bureau"), "bureau")


def test_the_step_before_is_wanted_by_its_intent() -> None:
    actor = amid_guide(3)
    message = actor.send("previous_step", "back", None, sure("previous_step", 0.92), ["done"])
    assert find_block(message, "step")["number"] == 2
