"""What is out stays out, what is meant is done: ways dropped, pages without an option, a note."""

from __future__ import annotations

from content_loader.load import load
from tests.actions.actor import Actor, find_block
from tests.actions.situations import at_step, sure

CONTENT = load()
SCREENS = CONTENT.screens
IN = "reached:logged_in"
CHEER = "恭喜"


def asked_about_liaison() -> Actor:
    """Somebody who is asked about the liaison, the other ways being out."""
    actor = Actor()
    actor.send("recover_password", "密码忘了", acts=["matter"])
    actor.send("deny", "收不到", acts=["fact:number=gone"])
    actor.send("deny", "刷不了", acts=["fact:face=impossible"])
    assert actor.slots["pending_question"] == "way:liaison"
    return actor


def test_a_way_that_is_dropped_for_another_does_not_come_back() -> None:
    actor = Actor()
    actor.send("code_not_received", "短信不来", acts=["trouble:code_not_received"])
    actor.send("recover_by_face", "不弄短信了 刷脸", acts=["wish:face", "drop:phone"])
    assert actor.slots["guide"]["way"] == "face"
    actor.send("face_failed", "它说本地区不支持", acts=["screen:not_supported"])
    assert actor.slots["pending_question"] == "way:liaison"


def test_a_page_that_wants_a_face_ends_the_way_where_there_is_none() -> None:
    actor = at_step("phone", 6)
    acts = ["screen:asks_face", "reached:code_received", "fact:representative=ill"]
    message = actor.send("explain_verification", "填了它要刷脸 我爸插着管子", acts=acts)
    assert SCREENS["asks_face"].text in message["text"]
    assert actor.slots["pending_question"] == "way:liaison"
    same = at_step("phone", 6)
    same.send("next_step", "填了它要刷脸", acts=acts[:2])
    assert same.slots["guide"]["way"] == "phone"


def test_a_liaison_whom_the_page_does_not_offer_is_no_way() -> None:
    actor = asked_about_liaison()
    acts = ["fact:liaison=reachable", "screen:option_missing"]
    actor.send("recover_by_liaison", "联络员在旁边 可那页没这个选项", acts=acts)
    assert actor.slots["pending_question"] == "region"
    offered = asked_about_liaison()
    offered.send("recover_by_liaison", "联络员在旁边", acts=acts[:1])
    assert offered.slots["guide"]["way"] == "liaison"


def test_a_page_that_lacks_the_liaison_twice_ends_that_way() -> None:
    actor = at_step("liaison", 3)
    actor.send("entry_not_found", "页面没有啊", acts=["screen:option_missing"])
    assert actor.slots["guide"]["way"] == "liaison"
    actor.send("entry_not_found", "还是没有", acts=["screen:option_missing"])
    assert actor.slots["guide"] is None or actor.slots["guide"]["way"] != "liaison"


def test_whose_a_number_is_that_is_gone_does_not_matter() -> None:
    actor = asked_about_liaison()
    actor.send("deny", "前任那个号", acts=["fact:number=other"])
    assert actor.slots["pending_question"] == "way:liaison"


def test_who_has_the_number_is_asked_before_a_face_that_is_not_theirs() -> None:
    acts = ["fact:speaker=staff", "fact:number=other", "fact:representative=present"]
    actor = Actor()
    actor.send("recover_password", "老板的号 他人在公司 我是行政", acts=["matter", *acts])
    assert actor.slots["pending_question"] == "way:phone"
    own = Actor()
    acts[0] = "fact:speaker=representative"
    own.send("recover_password", "号是会计的 我就是老板", acts=["matter", *acts])
    assert own.slots["guide"]["way"] == "face"


def test_of_two_ways_that_are_wanted_the_intent_names_the_one() -> None:
    actor = Actor()
    acts = ["wish:face", "drop:phone", "wish:phone"]
    ranking = sure("recover_by_phone", 0.7)
    actor.send("recover_by_phone", "不用刷脸 就用他手机收码", acts=acts, ranking=ranking)
    assert actor.slots["guide"]["way"] == "phone"


def test_what_has_become_possible_ends_the_causes_of_another_trouble() -> None:
    acts = ["fact:number=reachable", "fact:device=new", "done"]
    actor = Actor()
    actor.send("face_failed", "刷脸不过", acts=["trouble:face_failed"])
    actor.send("device_changed", "卡补好了 新手机也买了", acts=acts)
    assert actor.slots["guide"] == {"way": "phone", "step": 1}
    still = Actor()
    still.send("face_failed", "刷脸不过", acts=["trouble:face_failed"])
    still.send("device_changed", "弄了", acts=["done"])
    assert still.slots["diagnosis"]["trouble"] == "face_failed"


def test_who_is_in_and_speaks_of_a_step_is_not_led_there() -> None:
    actor = at_step("liaison", 4)
    message = actor.send("go_to_step", "都进来了 你说的啥第2步", acts=[IN, "go_to:2"])
    assert not find_block(message, "step")
    assert actor.slots["pending_question"] in ("logged_in", "finish")


def test_a_numeral_of_something_else_is_no_step() -> None:
    found = [{"entity": "step_number", "value": "四", "start": 9, "end": 10}]
    actor = at_step("phone", 2)
    message = actor.send_found("go_to_step", "二维码我不用 说第四步", found, acts=["go_to:二"])
    assert find_block(message, "step")["number"] == 4


def test_a_login_told_at_the_last_step_with_its_story_is_asked_about() -> None:
    acts = [IN, "solved", "reached:new_password_page", "reached:liaison_verified", "wait"]
    actor = at_step("liaison", 4)
    message = actor.send("new_password_not_working", "跳出来设新密码 她设了 我能进了", acts=acts)
    assert actor.slots["pending_question"] == "logged_in"
    assert CHEER not in message["text"]


def test_a_download_that_is_offered_is_what_to_press() -> None:
    actor = at_step("phone", 3)
    acts = ["screen:option_missing", "screen:download_page"]
    message = actor.send("entry_not_found", "没看见忘记 有个下载执照", acts=acts)
    assert SCREENS["download_page"].text in message["text"]
    message = actor.send("recover_password", "要原来的密码", acts=["screen:asks_old_password"])
    assert CONTENT.text("navigate.step.forgot_to_download") in message["text"]


def test_a_button_of_the_page_is_no_fraud() -> None:
    acts = ["screen:download_page", "fact:speaker=representative"]
    ranking = sure("scam_concern", 0.84)
    said = "刷过了 空的 有个下载电子营业执照 点不点"
    message = Actor().send("scam_concern", said, acts=acts, ranking=ranking)
    assert CONTENT.scam.text not in message["text"]


def test_a_number_that_gets_messages_is_not_told_that_it_gets_none() -> None:
    acts = ["ask:no_sms_at_all", "fact:number=reachable", "trouble:code_not_received"]
    message = Actor().send("code_not_received", "别的短信能收 就这个收不到", acts=acts)
    assert CONTENT.practical["no_sms_at_all"].text not in message["text"]
    assert CONTENT.troubles["code_not_received"].intro in message["text"]


def test_what_is_reviewed_is_waited_for_as_the_page_says() -> None:
    acts = ["wait", "screen:in_review"]
    message = at_step("liaison", 3).send("nlu_fallback", "交了 写审核中 等着", acts=acts)
    assert SCREENS["in_review"].text in message["text"]


def test_the_text_for_the_bureau_is_written_anew() -> None:
    actor = asked_about_liaison()
    acts = ["ask:change_note", "correct", "fact:liaison=gone"]
    message = actor.send("nlu_fallback", "那段话里改一下 联络员走了", acts=acts)
    assert CONTENT.practical["change_note"].text in message["text"]  # there is none yet
    actor.send("deny", "联络员没有", acts=["no"])
    actor.send("inform_region", "杭州余杭", {"region": "余杭"})
    message = actor.send("nlu_fallback", "里面没写联络员走了", acts=acts)
    assert CONTENT.text("bureau.note.rewritten") in message["text"]
    assert CONTENT.facts["liaison"]["gone"].title in find_block(message, "note")["text"]
    assert not find_block(message, "bureau")


def test_how_long_it_takes_is_another_thing_for_who_receives_it() -> None:
    actor = Actor()
    acts = ["fact:new_representative=registered", "fact:speaker=representative"]
    actor.send("other_licence_service", "法人上周换成我了", acts=acts)
    message = actor.send("nlu_fallback", "是不是得等几天系统才更新", acts=["ask:time"])
    assert CONTENT.practical["time"].at["claim"] in message["text"]


def test_a_way_that_was_tried_to_no_use_has_its_trouble() -> None:
    for intent, kind in (("not_resolved", "cause"), ("recover_by_face", "step")):
        actor = Actor()
        actor.send("recover_password", "密码忘了", acts=["matter"])
        actor.send("deny", "收不到", acts=["fact:number=gone"])
        actor.send(intent, "昨天刷过", acts=["fact:tried=face"], ranking=sure(intent, 0.7))
        assert actor.slots["pending_question"] == kind


def test_a_liaison_who_will_not_is_no_way() -> None:
    actor = at_step("liaison", 2)
    actor.send("deny", "不肯 说怕担责", acts=["failed"])
    assert actor.slots["guide"] is None
    later = at_step("liaison", 3)
    later.send("deny", "没验过", acts=["failed"])
    assert later.slots["guide"]["way"] == "liaison"


def test_a_page_beyond_a_trouble_is_not_reached() -> None:
    actor = at_step("face", 5)
    acts = ["reached:new_password_page", "trouble:face_failed"]
    actor.send("recover_by_face", "脸没过 怎么设密码", acts=acts)
    assert actor.slots["diagnosis"]["trouble"] == "face_failed"
    over = at_step("face", 5)
    over.send("recover_by_face", "刚才没过 换个灯过了 到设密码了", acts=[*acts, "worked"])
    assert over.slots["guide"] == {"way": "face", "step": 6}


def test_what_was_downloaded_and_opens_needs_no_download() -> None:
    acts = ["screen:download_page", "done", IN, "reached:password_set"]
    actor = at_step("phone", 1)
    message = actor.send("resolved", "让下载 下了 设了密码 执照出来了", acts=acts)
    assert SCREENS["download_page"].text not in message["text"]


def test_a_question_beside_a_success_that_the_intent_doubts_is_answered() -> None:
    acts = ["ask:scan", "solved"]
    ranking = sure("login_failed", 0.9)
    actor = at_step("phone", 9)
    message = actor.send("login_failed", "能登 就是扫码还要密码", acts=acts, ranking=ranking)
    assert CONTENT.practical["scan"].text in message["text"]
