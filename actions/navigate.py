"""Moving through a guide or a diagnosis: a short answer means what was just asked."""

from __future__ import annotations

import unicodedata

from actions import bureau, diagnose, recover
from actions.turn import PASSING_QUESTIONS, TopicAction, Turn


def take_yes(turn: Turn) -> None:
    """Takes a yes to what was asked."""
    asked = turn.asked or ""
    if asked.startswith("way:"):
        recover.start_guide(turn, asked.removeprefix("way:"))
    elif asked == "step" and turn.memory.guide:
        go_on(turn)
    elif asked in ("finish", "logged_in"):
        close(turn)
    elif asked in ("cause", "all_causes") and turn.memory.diagnosis:
        diagnose.solve(turn)
    else:
        come_back(turn)


def take_no(turn: Turn) -> None:
    """Takes a no to what was asked, and a report that it still does not work."""
    memory, asked = turn.memory, turn.asked or ""
    if asked.startswith("way:"):
        memory.add_obstacle(asked.removeprefix("way:"))
        recover.find_way(turn)
    elif asked in ("cause", "all_causes") and memory.diagnosis:
        diagnose.rule_out(turn)
    elif asked == "finish" and memory.guide:
        _give_up_way(turn)
    elif asked == "logged_in":
        recover.leave_way(turn)
    elif asked == "step" and memory.guide:
        explain_step(turn)
    elif asked == "region":
        turn.say("bureau.unknown_unnamed")
        memory.question = "region"
        turn.offer("materials", "find_way")
    elif asked == "return" and turn.intent == "not_resolved" and memory.resume:
        turn.asked, memory.resume = memory.resume, None
        take_no(turn)
    elif turn.intent == "not_resolved" and memory.guide:
        explain_step(turn)
    elif turn.intent == "not_resolved":
        _ask_trouble(turn)
    elif asked == "meaning":
        turn.say_spoken(turn.content.talk["which_then"])
        turn.offer_return()
    else:
        _show_menu(turn)


def go_on(turn: Turn) -> None:
    """Shows the next step; after the last one, asks whether it has worked."""
    way, number = recover.running(turn)
    if number < len(way.steps):
        _go_to(turn, number + 1)
    else:
        if turn.asked == "finish":
            turn.say("navigate.step.last")
        recover.ask_finish(turn)


def come_back(turn: Turn) -> None:
    """Goes back to what was interrupted, or to what is running; else begins."""
    memory, question = turn.memory, turn.memory.resume or ""
    memory.resume = None
    if question.startswith("way:"):
        recover.ask_way(turn, question.removeprefix("way:"))
    elif question in ("cause", "all_causes") and memory.diagnosis:
        diagnose.show_cause(turn)
    elif question == "finish" and memory.guide:
        recover.ask_finish(turn)
    elif question == "region":
        bureau.ask_region(turn)
    elif question == "logged_in":
        diagnose.ask_logged_in(turn)
    elif memory.guide:
        recover.show_step(turn)
    elif memory.diagnosis:
        diagnose.show_cause(turn)
    elif turn.asked == "region":
        bureau.ask_region(turn)
    else:
        turn.say("navigate.not_started")
        recover.find_way(turn)


def explain_step(turn: Turn) -> None:
    """Helps who is stuck: what to do if not, which trouble it may be; then another way."""
    memory, content = turn.memory, turn.content
    way, number = recover.running(turn)
    step, mark = way.steps[number - 1], f"{memory.guide['way']}:{number}"  # type: ignore[index]
    turn.say("navigate.step.stuck", step=number, title=step.title, if_not=step.if_not)
    if mark in memory.stuck:
        turn.say("navigate.step.stuck_again")
        turn.offer("another_way", "contact_bureau", *step.troubles)
    else:
        memory.stuck.append(mark)
        if step.troubles:
            turn.say("navigate.step.stuck_which")
        turn.offer(*step.troubles)
        turn.offer("repeat", "another_way")
        turn.offer("contact_bureau")
    memory.question, memory.resume = "step", None
    turn.card = {"kind": "stuck", "way": way.title, "step": number, "total": len(way.steps)}
    if step.troubles:
        turn.card["troubles"] = [content.troubles[it].title for it in step.troubles]


def close(turn: Turn) -> None:
    """Ends the case warmly, with the precautions."""
    turn.memory.forget_case()
    turn.say("navigate.solved.closing")
    turn.offer("password_safety", "update_contact_info", "official_source")
    turn.card = {"kind": "closed"}


def read_number(text: str) -> int | None:
    """Reads a step number from 0 to 999, in digits or Chinese; None if it is neither."""
    number, tens = 0, 0
    characters = text.split()
    for character in "".join(characters):
        value = unicodedata.numeric(character, None)
        if value is None or value not in range(11):
            return None
        if value == 10:
            number, tens = 0, 10 * (number or 1)
        else:
            number = 10 * number + int(value)
    return tens + number if characters and tens + number < 1000 else None


def says_done(turn: Turn) -> bool:
    """Tells whether a short answer says that something has been achieved."""
    return any(word in turn.text for word in turn.content.done_words)


def _go_to(turn: Turn, number: int) -> None:
    turn.memory.guide = {**(turn.memory.guide or {}), "step": number}
    turn.memory.diagnosis = None
    recover.show_step(turn)


def _give_up_way(turn: Turn) -> None:
    way, _ = recover.running(turn)
    if way.failed:
        diagnose.start_diagnosis(turn, way.failed)
    else:
        recover.leave_way(turn)


def _show_menu(turn: Turn) -> None:
    turn.say("navigate.menu")
    turn.offer("find_way", "code_not_received", "face_failed", "contact_bureau")


def _ask_trouble(turn: Turn) -> None:
    turn.say("navigate.which_trouble")
    turn.offer("code_not_received", "face_failed", "login_failed", "contact_bureau")
    turn.memory.question = "trouble"


class ActionTakeYes(TopicAction):
    """Answers a yes."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_take_yes"

    def act(self, turn: Turn) -> None:
        """Takes it as the answer to what was asked; to no question, asks what is wanted."""
        memory = turn.memory
        if turn.asked == "meaning":
            turn.say_spoken(turn.content.talk["which_then"])
        elif turn.asked in PASSING_QUESTIONS and not (
            memory.resume or memory.guide or memory.diagnosis
        ):
            _show_menu(turn)
        else:
            take_yes(turn)


class ActionTakeNo(TopicAction):
    """Answers a no, and a report that it still does not work."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_take_no"

    def act(self, turn: Turn) -> None:
        """Takes it as the answer to what was asked; all causes at once where that is wanted."""
        if turn.entity("extent") == "all" and turn.memory.diagnosis:
            diagnose.show_all_causes(turn)
        else:
            take_no(turn)


class ActionGoOn(TopicAction):
    """Answers who has done a step or wants the next thing."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_go_on"

    def act(self, turn: Turn) -> None:
        """Goes on with what was asked: the next step, the next cause, or a yes."""
        asked = turn.asked or ""
        if turn.entity("extent") == "all" and turn.memory.diagnosis:
            diagnose.show_all_causes(turn)
        elif asked in ("cause", "all_causes") and turn.memory.diagnosis:
            (diagnose.solve if says_done(turn) else diagnose.rule_out)(turn)
        elif asked == "finish" and says_done(turn):
            close(turn)
        elif turn.memory.guide and asked in ("step", "finish", "logged_in", ""):
            go_on(turn)
        elif asked == "logged_in" and not says_done(turn):
            turn.memory.resume = asked
            come_back(turn)
        else:
            take_yes(turn)


class ActionGoBack(TopicAction):
    """Answers who wants the step before."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_go_back"

    def act(self, turn: Turn) -> None:
        """Shows the step before, or the cause before."""
        memory = turn.memory
        if turn.asked in ("cause", "all_causes") and memory.diagnosis:
            memory.diagnosis["cause"] = max(0, memory.diagnosis["cause"] - 1)
            diagnose.show_cause(turn)
        elif memory.guide and turn.asked == "finish":
            recover.show_step(turn)
        elif memory.guide and memory.guide["step"] > 1:
            _go_to(turn, memory.guide["step"] - 1)
        else:
            if memory.guide:
                turn.say("navigate.step.first")
            come_back(turn)


class ActionRepeatStep(TopicAction):
    """Answers who wants the present step again or asks where they are."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_repeat_step"

    def act(self, turn: Turn) -> None:
        """Shows again what is running."""
        if turn.entity("extent") == "all" and turn.memory.diagnosis:
            diagnose.show_all_causes(turn)
        else:
            if turn.asked not in ("step", "return", None):
                turn.memory.resume = turn.asked
            come_back(turn)


class ActionGoToStep(TopicAction):
    """Answers who names a step by its number."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_go_to_step"

    def act(self, turn: Turn) -> None:
        """Shows that step of the running guide, or says how many there are."""
        number = read_number(turn.entity("step_number") or "")
        if not turn.memory.guide:
            turn.memory.resume = turn.memory.resume or turn.asked
            come_back(turn)
            return
        way, present = recover.running(turn)
        if number and 1 <= number <= len(way.steps):
            _go_to(turn, number)
            return
        total = len(way.steps)
        if number is None:
            turn.say("navigate.step.which", total=total)
        else:
            turn.say("navigate.step.no_such", total=total, asked=number, step=present)
        turn.offer("to_step", step=present)
        turn.offer("next", "previous", "start_over")
        turn.memory.question = "step"


class ActionExplainStep(TopicAction):
    """Answers who is stuck at the present step."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_explain_step"

    def act(self, turn: Turn) -> None:
        """Explains the step; without a guide, asks which trouble it is."""
        if turn.asked in ("cause", "all_causes") and turn.memory.diagnosis:
            diagnose.rule_out(turn)
        elif turn.memory.guide:
            explain_step(turn)
        else:
            _ask_trouble(turn)


class ActionStartOver(TopicAction):
    """Answers who wants to begin again."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_start_over"

    def act(self, turn: Turn) -> None:
        """Begins the running guide again; without one, the whole case."""
        if turn.memory.guide:
            turn.say("navigate.step.restarted")
            turn.memory.stuck = []
            _go_to(turn, 1)
        else:
            turn.memory.forget_case()
            recover.find_way(turn)


class ActionStop(TopicAction):
    """Answers who wants to leave it."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_stop"

    def act(self, turn: Turn) -> None:
        """Stops; what was reached is kept and can be taken up again."""
        turn.say_spoken(turn.content.talk["stop"])
        if turn.asked not in PASSING_QUESTIONS:
            turn.memory.resume = turn.asked
        if turn.memory.guide:
            turn.offer("to_step", step=turn.memory.guide["step"])
        turn.offer("find_way")
        turn.memory.question = "return" if turn.memory.resume or turn.memory.guide else None


class ActionCloseCase(TopicAction):
    """Answers who says that it is solved."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_close_case"

    def act(self, turn: Turn) -> None:
        """Closes; in the middle of something, asks what exactly is solved."""
        if turn.asked in ("cause", "all_causes") and turn.memory.diagnosis:
            diagnose.solve(turn)
        elif turn.asked == "step" and turn.memory.guide:
            turn.say("navigate.solved.which")
            turn.offer("can_log_in", "this_step_done")
            turn.memory.question = "logged_in"
        else:
            close(turn)
