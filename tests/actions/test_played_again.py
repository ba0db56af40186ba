"""What players of this version were answered wrongly, each as a kind of its own."""

from __future__ import annotations

from content_loader.load import load
from tests.actions.actor import Actor, find_block
from tests.actions.situations import at_cause, at_step, sure

CONTENT = load()
FACE = CONTENT.troubles["face_failed"]
INSIDE = CONTENT.text("navigate.solved.inside")
DEAD = CONTENT.facts["representative"]["dead"]


def test_who_is_ill_is_not_taken_for_dead() -> None:
    acts = ["fact:representative=ill", "fact:representative=dead", "matter"]
    message = Actor().send("recover_password", "上个月脑梗 话都说不清", acts=acts)
    assert DEAD.heard not in message["text"]
    assert CONTENT.ways["phone"].ask in message["text"]


def test_who_has_not_died_after_all_is_led_to_a_way() -> None:
    actor = Actor()
    first = actor.send("recover_password", "他走了", acts=["fact:representative=dead", "matter"])
    assert DEAD.heard in first["text"]
    acts = ["fact:representative=ill", "correct"]
    message = actor.send("out_of_scope", "人没走 就是病了", acts=acts)
    assert CONTENT.ways["phone"].ask in message["text"]


def test_what_the_dead_cannot_do_is_said_of_them_alone() -> None:
    text = CONTENT.practical["use_dead_id"].text
    actor = Actor()
    acts = ["ask:use_dead_id", "fact:number=reachable", "matter"]
    message = actor.send("out_of_scope", "他的手机在我这 这样行不", acts=acts)
    assert text not in message["text"]
    assert find_block(message, "step")
    actor = Actor()
    assert text in actor.send("out_of_scope", "拿他身份证行不", acts=["ask:use_dead_id"])["text"]
    actor.send("recover_password", "法人去世了", acts=["fact:representative=dead", "matter"])
    message = actor.send("avoid_face", "儿子能代他刷吗", acts=["ask:by_whom"])
    assert text in message["text"]


def test_a_page_that_but_asks_for_the_face_is_none_of_it() -> None:
    ranking, acts = sure("face_failed", 0.76), ["screen:asks_face"]
    message = at_step("face", 3).send("face_failed", "要我刷脸了", None, ranking, acts)
    assert not find_block(message, "cause")


def test_a_number_that_is_back_ends_no_way_that_is_through() -> None:
    actor = at_step("face", 7)
    actor.slots["facts"] = {"number": "away"}
    actor.send("next_step", "好了", acts=["done"])
    acts = ["yes", "fact:number=reachable", "resume"]
    message = actor.send("affirm", "能了 卡也补好了 继续", acts=acts)
    assert not find_block(message, "step")


def test_a_number_that_is_back_leads_to_its_way() -> None:
    actor = at_step("face", 2)
    actor.slots["facts"] = {"number": "away"}
    acts = ["fact:number=reachable", "resume"]
    message = actor.send("next_step", "继续 卡补好了 短信能收了", acts=acts)
    assert find_block(message, "step")["way"] == CONTENT.ways["phone"].title


def test_a_face_that_fails_on_its_page_is_a_trouble() -> None:
    for acts in (
        ["reached:forgot_page", "screen:asks_face", "trouble:face_failed"],
        ["reached:method_chosen", "screen:asks_id", "reached:face_page"],
    ):
        ranking = sure("face_failed", 0.94)
        message = at_step("face", 3).send("face_failed", "开始扫脸 没过", None, ranking, acts)
        assert find_block(message, "cause")["trouble"] == FACE.title


def test_who_is_in_after_the_reset_is_asked_whether_that_is_so() -> None:
    acts = ["reached:logged_in", "done", "reached:reset_success", "screen:success"]
    message = at_step("face", 6).send("out_of_scope", "重置成功 进去看到执照了", acts=acts)
    assert message["text"] == INSIDE
    trouble = "new_password_not_working"
    acts = [f"trouble:{trouble}", "reached:reset_success", "reached:logged_in"]
    message = at_step("face", 6).send(
        trouble, "成功了 可是密码不对", None, sure(trouble, 0.99), acts
    )
    assert find_block(message, "cause")
    actor = at_step("face", 7)
    actor.send("next_step", "好了", acts=["done"])
    acts = ["yes", "reached:logged_in", "reached:reset_success"]
    assert "恭喜" in actor.send("affirm", "能 重置成功 进去了", acts=acts)["text"]


def test_a_way_taken_up_again_begins_where_another_has_led() -> None:
    actor = at_step("phone", 2)
    actor.send("avoid_face", "换成刷脸吧", acts=["wish:face"])
    actor.send("next_step", "忘记密码也点了", acts=["reached:forgot_page"])
    message = actor.send("out_of_scope", "是灰的 那还是短信", acts=["wish:phone"])
    assert find_block(message, "step")["number"] > 2


def test_who_names_the_liaison_has_not_forgotten_the_number() -> None:
    actor = at_cause("code_not_received", 0)
    acts = ["fact:liaison=self", "trouble:phone_forgotten"]
    message = actor.send("explain_liaison", "联络员就是我 当时我去注册的", acts=acts)
    assert CONTENT.troubles["phone_forgotten"].intro not in message["text"]


def test_who_but_asks_has_not_failed() -> None:
    causes = CONTENT.troubles["system_error"].causes
    actor = at_cause("system_error", len(causes) - 1)
    message = actor.send("out_of_scope", "更新微信有用没", acts=["ask:update_app", "failed"])
    assert CONTENT.practical["update_app"].text in message["text"]
    assert not find_block(message, "bureau")
    assert actor.slots["diagnosis"]


def test_a_fact_with_a_yes_closes_no_case() -> None:
    actor = at_step("phone", 9)
    actor.send("next_step", "好了", acts=["done"])
    acts = ["yes", "fact:number=reachable"]
    message = actor.send("phone_changed", "号是我的 天天响", acts=acts)
    assert "恭喜" not in message["text"]
    actor = at_step("phone", 9)
    actor.send("next_step", "好了", acts=["done"])
    message = actor.send("phone_changed", "号是我的 还有一家也忘了", acts=[*acts, "new_case"])
    assert "恭喜" not in message["text"]
    actor = at_step("phone", 9)
    actor.send("next_step", "好了", acts=["done"])
    acts = ["yes", "fact:speaker=representative"]
    assert "恭喜" in actor.send("thank", "能登了 是法人自己弄的 谢谢", acts=acts)["text"]


def test_a_denial_said_again_leads_to_the_next_cause() -> None:
    actor = at_cause("code_not_received", 1)
    ranking, acts = sure("code_not_received", 0.97), ["correct", "not_it", "failed"]
    text = "不是 我说号没填错 还是没有短信"
    message = actor.send("code_not_received", text, None, ranking, acts)
    assert find_block(message, "cause")["number"] == 3


def test_a_word_at_the_last_step_is_asked_about() -> None:
    ranking = sure("resolved", 0.98)
    actor = at_step("phone", 9)
    message = actor.send("resolved", "可以了", None, ranking, ["solved"])
    assert "恭喜" not in message["text"]
    assert "恭喜" in actor.send("resolved", "能登录了", None, ranking, ["solved"])["text"]


def test_a_face_that_fails_is_looked_into_though_it_is_read_as_impossible() -> None:
    acts = ["fact:face=impossible", "trouble:face_failed"]
    message = Actor().send("face_failed", "人脸识别过不了", acts=acts)
    assert find_block(message, "cause")["trouble"] == FACE.title


def test_a_word_that_may_say_two_things_says_the_less() -> None:
    message = at_cause("face_failed", 0).send("next_step", "好了", acts=["worked", "done"])
    assert CONTENT.text("navigate.solved.question") not in message["text"]
    assert not find_block(message, "step")
    acts = ["done", "reached:app_open"]
    message = at_step("application_liaison", 2).send("resolved", "进来了", acts=acts)
    assert find_block(message, "step")["number"] == 3
