"""Corrects the acts of a message where its intent, or what was asked, knows better."""

from __future__ import annotations

from actions import (
    settled_answers,
    settled_questions,
    settled_success,
    settled_troubles,
    settled_ways,
)
from actions.turn import Turn

# One after the other: a later one goes by what an earlier one has left.
RULES = (
    settled_answers.take_death,
    settled_answers.take_place,
    settled_answers.take_place_of_bureau,
    settled_troubles.leave_out_entry,
    settled_success.leave_out_other_login,
    settled_success.weigh_part,
    settled_success.take_login,
    settled_success.weigh_early_login,
    settled_success.take_login_after_reset,
    settled_success.weigh_word,
    settled_troubles.take_missing_on_page,
    settled_troubles.take_correction,
    settled_troubles.take_failing_way,
    settled_answers.take_answer_to_fact,
    settled_answers.name_step,
    settled_answers.take_denial,
    settled_troubles.name_error,
    settled_troubles.put_errors_first,
    settled_troubles.leave_out_contrary_cause,
    settled_troubles.leave_out_known,
    settled_troubles.take_stuck,
    settled_answers.take_item,
    settled_troubles.place_missing,
    settled_questions.take_other_password,
    settled_troubles.leave_out_pages_beyond,
    settled_success.weigh_beside_question,
    settled_success.take_early_login,
    settled_success.weigh_against_trouble,
    settled_success.weigh_amid_guide,
    settled_troubles.put_first,
    settled_troubles.name_by_causes,
    settled_troubles.leave_out_missing_before,
    settled_success.weigh_against_page,
    settled_questions.take_matter,
    settled_answers.take_noise,
    settled_answers.take_back,
    settled_questions.take_next,
    settled_questions.take_scan,
    settled_ways.take_number_again,
    settled_ways.leave_out_forgotten_number,
    settled_ways.take_test_message,
    settled_ways.take_no_liaison,
    settled_ways.take_looks,
    settled_ways.take_expired_card,
    settled_ways.take_likelier_wish,
    settled_success.take_for_first_pages,
    settled_troubles.take_another,
    settled_questions.rule_out_other,
    settled_questions.leave_out_alarm,
    settled_troubles.take_tried,
    settled_troubles.take_pointed,
    settled_troubles.leave_out_ahead,
    settled_questions.leave_out_uncaught,
    settled_questions.settle_question_of_dead,
    settled_questions.leave_out_setback,
    settled_questions.leave_out_missing,
    settled_questions.weigh_fraud,
    settled_answers.take_denied_step,
    settled_answers.take_place_amid,
    settled_success.take_login_without_password,
    settled_questions.take_forgotten,
    settled_questions.take_papers,
    settled_questions.leave_out_human,
    settled_success.leave_out_idle_yes,
    settled_ways.take_other_way,
    settled_ways.take_wish,
)


def settle_acts(turn: Turn) -> None:
    """Corrects the acts by every rule in turn."""
    for rule in RULES:
        rule(turn)
