"""Moves a guide to where the person is, and answers what the page says there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from actions import bureau, case, diagnose, guide, recover
from actions.cause_questions import CauseQuestion
from actions.change_number import NumberPageQuestion
from actions.change_password import ChangeQuestion
from actions.completion import FinishQuestion, LoggedInQuestion, ask_by_trial
from actions.diagnose import CAUSES, OF_LOGIN
from actions.new_representative import ClaimQuestion, explain_mismatch
from actions.questions import is_receiving
from actions.reply import Gist
from actions.turn import Turn, errors_on_screen, values
from content_loader.shapes import Way
from serving.numerals import TEN, read_number

AT_LOGIN = ("app_open", "login_page")
OF_THE_PAGES = ("entry_not_found", "system_error")  # troubles that end where a page is open
MISSING = "screen:option_missing"
OPTIONS = ("other_options", "option_missing")  # what a page says of its choices
AT_CHOICE = ("phone", "face")  # ways that a page offers among others
OF_BUREAU = ("called", "papers_ready", "at_window")  # pages, so to say, at the bureau
OF_RECEIVING = ("app_open", "login_page", "face_page", "face_passed", "new_password_page")  # pages
SETBACKS = {"failed", "not_it", "no"}  # acts that say that the remedy was no use
SET = "password_set"  # the page, so to say, at which a new password was typed
DONE_TO = "done_to"  # the act of who says which steps are done
SAYING_MORE = {"trouble", "screen", "stuck", "failed"}  # beside steps done


def take_page(turn: Turn) -> bool:
    """Moves the guide to where the person is; what the page says there is answered instead."""
    said = turn.said_so_far()
    page, memory = _page_reached(turn), turn.memory
    was_last = bool(memory.guide) and guide.is_last_step(turn)
    if page is None:
        return False
    if _tells_of_trouble_first(turn) or values(turn, "go_to"):
        stand_at(turn, page)
        return False
    if "asks_face" in values(turn, "screen") and memory.guide and not case.may_suit(turn, "face"):
        stand_at(turn, page)
        return False  # there it ends, as nobody can do that
    is_overcome = False
    if memory.diagnosis and turn.pending_question.kind in CAUSES:
        after = turn.content.troubles[memory.diagnosis["trouble"]].after
        is_overcome = guide.is_beyond(turn, page, after) if after else False
        if "worked" in turn.acts and (page in AT_LOGIN or _is_next(turn, page, after)):
            return False  # that it worked says as much
        if after and is_overcome and not memory.guide:
            memory.guide = dict(after)
        elif after and not is_overcome:
            return False  # at the page of the trouble one is anyway
        elif page in AT_LOGIN and memory.diagnosis["trouble"] not in OF_THE_PAGES:
            return False  # somebody tries the remedy
    chosen = _way_chosen(turn)
    if page == "logged_in" and not memory.guide:
        LoggedInQuestion().ask(turn)  # whichever way has led there, none is begun for it
        return True
    is_at_bureau = (memory.guide or {}).get("way") == case.LAST_WAY
    if is_at_bureau and is_receiving(turn) and page in OF_RECEIVING:
        memory.guide = None  # it is received by oneself
    if not memory.guide and is_receiving(turn) and page in guide.BEFORE_CHOICE:
        ClaimQuestion().on_page(turn)
        return True
    if not memory.guide:
        name = chosen or guide.way_at_page(turn, page) or case.best_way(turn)
        is_received = memory.facts.get("new_representative") or is_receiving(turn)
        if page in OF_BUREAU:
            name = case.LAST_WAY
        elif is_received:  # by face, whatever was
            name = "face"
        if name == case.LAST_WAY and page not in OF_BUREAU:
            return False
        memory.facts["page"] = _furthest(turn, name, page)
        recover.start_guide(turn, name)
    elif chosen and chosen != memory.guide["way"]:
        memory.facts["page"] = _furthest(turn, chosen, page)
        recover.start_guide(turn, chosen)
    else:
        way, present = guide.running(turn)
        number = guide.step_at(way, page)
        if number is not None and number <= present and not is_overcome:
            if "next" in turn.acts or ("done" in turn.acts and number < present):
                return False
            if turn.intent == "next_step" and turn.is_sure():
                guide.StepQuestion().on_next(turn)
                return True
        if number is None:
            if page in guide.AT_THE_END:
                memory.diagnosis = None
                is_early = page == "logged_in" and not has_new_password(way, present)
                question = LoggedInQuestion() if is_early else FinishQuestion()
                question.ask(turn)
                return True
            return False
        if number == present and not is_overcome:
            guide.show_step_briefly(turn)
        elif page in AT_LOGIN and number < present and has_new_password(way, present):
            LoggedInQuestion().ask(turn)  # "I am in" may be the end, nobody begins anew
        elif page == SET and number > present + 1:  # of the rest of it nobody speaks apart
            memory.guide = {**memory.guide, "step": number}
            turn.say("navigate.step.set_ahead")
            turn.offer("can_log_in", "cannot_log_in", "previous")
            turn.pend(FinishQuestion())
        else:
            if is_overcome:
                turn.say("navigate.solved.back", step=number)
            elif number not in (present, present + 1):
                turn.say("navigate.step.reached", step=number)
            guide.go_to(turn, number)
    memory.diagnosis = None
    errors = errors_on_screen(turn)
    if errors and (was_last or errors != ["success"]):
        turn.take_back_to(said)
        take_screen(turn)
    return True


def take_count(turn: Turn) -> bool:
    """Moves the guide behind the last of the steps that are said to be done, also backwards.

    A page, a trouble or the like in the same message says more; the guide only stands there then.
    """
    memory, acts = turn.memory, {act.partition(":")[0] for act in turn.acts}
    if not memory.guide or "reached" in acts:
        return False
    way, present = guide.running(turn)
    total = len(way.steps)
    # Who names the step that is next, too, is there.
    number = min(_steps_done(turn, total, present - 1), total) + ("go_to" not in acts)
    if acts & SAYING_MORE:
        memory.guide = {**memory.guide, "step": min(number, total)}
        return False
    memory.diagnosis = None
    if number > total:
        FinishQuestion().ask(turn)
    elif number == present:
        guide.show_step_briefly(turn)
    else:
        if number != present + 1:
            turn.say("navigate.step.reached", step=number)
        guide.go_to(turn, number)
    return True


def _steps_done(turn: Turn, total: int, default: int) -> int:
    """Returns the number of the last step that is said to be done; of none, the default."""
    said = turn.entities("step_number") or values(turn, DONE_TO)
    numbers = [number for text in said if (number := read_number(text)) is not None]
    # Steps that are named in one breath: "12" are the first and the second.
    single = [number % TEN if number > max(total, TEN) else number for number in numbers]
    return max(single, default=default)


def _is_next(turn: Turn, page: str, after: Mapping[str, Any] | None) -> bool:
    """Tells whether a page is where it goes on after a trouble, and no further."""
    return after is not None and (
        guide.step_at(turn.content.ways[after["way"]], page) == after["step"]
    )


def _tells_of_trouble_first(turn: Turn) -> bool:
    """Tells whether a trouble is surer than the page, or what it says; the acts are ranked.

    After the end of a guide it is what matters, however sure.
    """
    is_of_login = not OF_LOGIN.isdisjoint(values(turn, "trouble"))
    if is_of_login and not set(guide.AT_THE_END).isdisjoint(values(turn, "reached")):
        return True
    of_pages = ("trouble", "reached", "screen")
    first = next((act for act in turn.acts if act.startswith(of_pages)), "")
    return first.startswith("trouble")


def stand_at(turn: Turn, page: str) -> None:
    """Moves a running guide on to a page, without words."""
    if turn.memory.guide:
        way, present = guide.running(turn)
        number = guide.step_at(way, page) or 0
        turn.memory.guide = {**turn.memory.guide, "step": max(number, present)}
        turn.memory.screens = turn.memory.screens if number <= present else []


def has_new_password(way: Way, step: int) -> bool:
    """Tells whether the new password is set at a step of a way, or has been."""
    at = guide.step_at(way, "new_password_page")
    return at is not None and step >= at


def _page_reached(turn: Turn) -> str | None:
    """Returns where the person is: where the page says something, it is there."""
    for name in errors_on_screen(turn):
        screen = turn.content.screens.get(name)
        if screen and (screen.page or name == "login_again"):
            return screen.page
    pages = values(turn, "reached")
    if turn.memory.guide:  # of several, the furthest
        way, present = guide.running(turn)
        pages += [] if has_new_password(way, present) else _pages_that_ask(turn)
        return max(pages, key=lambda page: guide.step_at(way, page) or 0)
    return pages[0]


def _pages_that_ask(turn: Turn) -> list[str]:
    """Returns the pages that ask for what the person says they are asked for."""
    asking = [name for name in values(turn, "screen") if name.startswith("asks")]
    screens = [turn.content.screens[name] for name in asking if name in turn.content.screens]
    return [screen.page for screen in screens if screen.page]


def _way_chosen(turn: Turn) -> str | None:
    """Returns the way that the person has gone by the pages they name, if these tell it.

    It is the only one that a page can choose on which all of them lie; of a person who helps the
    like may be said on any way.
    """
    pages, ways = values(turn, "reached"), turn.content.ways
    names = [name for name, way in ways.items() if all(guide.step_at(way, p) for p in pages)]
    chosen = [name for name in names if name in AT_CHOICE]
    is_there = (turn.memory.guide or {}).get("way") in names
    return chosen[0] if len(chosen) == 1 and not is_there else None


def _furthest(turn: Turn, name: str, page: str) -> str:
    """Returns the furthest of the pages named on a way; `page` if it has none of them."""
    way = turn.content.ways[name]
    pages = [page, *values(turn, "reached")]
    return max(pages, key=lambda named: guide.step_at(way, named) or 0)


def take_screen(turn: Turn) -> bool:
    """Answers what the page says, there where the person is."""
    name, memory = values(turn, "screen")[0], turn.memory
    screen = turn.content.screens.get(name)
    if screen is None:
        return False
    question = turn.pending_question
    of_change = (ChangeQuestion, NumberPageQuestion)
    if isinstance(question, of_change) and question.take_screen(turn, name):
        return True
    if screen.trouble == "identity_mismatch" and explain_mismatch(turn):
        return True
    looked_at = turn.content.troubles.get((memory.diagnosis or {}).get("trouble", ""))
    if not memory.guide and not looked_at and _tells_of_trouble_first(turn):
        return False  # what the page says is but how it shows
    if looked_at and name in looked_at.says:
        turn.say_text(looked_at.says[name])
        turn.offer("another_way", "contact_bureau")
        turn.pend(CauseQuestion())
        turn.gist = Gist.GUIDANCE
        return True
    if "done" in turn.acts and memory.guide and not values(turn, "reached"):
        way, present = guide.running(turn)
        memory.guide = {**memory.guide, "step": min(present + 1, len(way.steps))}
    if name == "success":
        return not set(values(turn, "trouble")) & OF_LOGIN and _success_page(turn)
    if name == "not_supported":
        return _leave_unsupported(turn, screen.text)
    if name == "asks_number" and memory.guide and _asks_for_other_way(turn):
        return True
    if name == "asks_face" and memory.guide and not case.may_suit(turn, "face"):
        turn.say_text(screen.text)
        recover.leave_way(turn)
        return True
    if name == "asks_old_password" and "download_page" in memory.screens:
        turn.say("navigate.step.forgot_to_download")
        turn.offer("next", "stuck", "another_way")
        turn.pend(guide.StepQuestion())
        return True
    if name == "download_page" and _receives_anew(turn):
        if is_receiving(turn):
            turn.say("case.new_representative.download")
        else:
            turn.say_text(turn.content.practical["download_again"].text)
        turn.offer("stuck", "contact_bureau")
        turn.pend(guide.StepQuestion() if memory.guide else turn.pending_question)
        turn.gist = Gist.GUIDANCE
        return True
    if name in OPTIONS and memory.guide and _lacks_own_option(turn):
        way, present = guide.running(turn)
        turn.say_text(way.steps[present - 1].says.get("option_missing", screen.text))
        if memory.guide["way"] in case.OF_LIAISON:  # the page asks for neither
            memory.add_obstacle(*case.OF_LIAISON)
        recover.leave_way(turn)
        return True
    failed = ((memory.diagnosis or {}).get("trouble"), "entry_not_found")
    asked = turn.interrupted if turn.pending_question.kind == "return" else turn.pending_question
    if asked.kind in CAUSES and memory.diagnosis and screen.trouble in failed:
        is_setback = not SETBACKS.isdisjoint(turn.acts) or bool(values(turn, "rules_out"))
        if screen.trouble == failed[0] and not is_setback:
            turn.say_text(screen.text)  # says more than that the cause named is not it
            diagnose.pend_confirmation(turn)
        else:
            turn.pending_question.on_failed(turn)
        return True
    if screen.trouble and (not memory.guide or name in memory.screens):
        diagnose.start_diagnosis(turn, screen.trouble)
        return True
    if memory.guide and name == "other_options" and name in memory.screens:
        guide.go_on(turn)  # which of them, was said; it is that one
        return True
    if memory.guide:
        way, present = guide.running(turn)
        number = guide.step_at(way, screen.page) if screen.page else None
        if number and number > present and name.startswith("asks"):
            if number != present + 1:
                turn.say("navigate.step.reached", step=number)
            guide.go_to(turn, number)
            return True
        if number and number > present:
            memory.guide = {**memory.guide, "step": number}
            present = number
        step = way.steps[present - 1]
        memory.attempts[memory.guide["way"]] = present
        turn.say_text(step.says.get(name, screen.text))
        memory.screens = [*memory.screens, name]
        turn.offer("next", *step.troubles)
        turn.offer("stuck", "another_way")
        turn.pend(guide.StepQuestion())
        turn.gist = Gist.GUIDANCE
    else:
        turn.say_text(screen.text)
        turn.offer("find_way", "contact_bureau")
        turn.offer_to_continue()
    return True


def _receives_anew(turn: Turn) -> bool:
    """Tells whether the licence is not on this phone yet: a page to download it is right."""
    facts = turn.memory.facts
    is_new = facts.get("device") in ("new", "lost", "stolen") or facts.get("received") == "never"
    return is_new or bool(facts.get("new_representative"))


def _leave_unsupported(turn: Turn, text: str) -> bool:
    """Leaves a way that a page does not support; tells whether that is what it means here.

    Where the page says so of another way than the running one, that one is out. A licence is
    received in no other way, so that the bureau is left.
    """
    memory, running = turn.memory, (turn.memory.guide or {}).get("way", "")
    named = {name for name in AT_CHOICE if any(word in turn.text for word in _words_of(turn, name))}
    if running == case.LAST_WAY:
        return False
    if named and running and running not in named:
        memory.add_obstacle(*sorted(named))
        guide.show_step_briefly(turn)
        return True
    is_asked = turn.pending_question.kind == "way" or bool(memory.diagnosis)
    if not running and not is_asked and not is_receiving(turn):
        return False
    turn.say_text(text)
    if running or is_asked:
        recover.leave_way(turn)
    else:
        bureau.show_bureau(turn)
    return True


def _words_of(turn: Turn, name: str) -> list[str]:
    """Returns the words by which a page names a way."""
    return [word for step in turn.content.ways[name].steps for word in step.names]


def _asks_for_other_way(turn: Turn) -> bool:
    """Goes on where a page wants the number; tells whether that needs no more words.

    It is the next page of one way; on another, where that was said before, the way is left.
    """
    way, present = guide.running(turn)
    name = (turn.memory.guide or {})["way"]
    if name == "phone":
        number = guide.step_at(way, "method_chosen") or present
        if number > present:
            turn.say("navigate.step.reached", step=number)
            guide.go_to(turn, number)
        return number > present
    if name == "face" and "asks_number" in turn.memory.screens:
        recover.leave_way(turn)
        return True
    return False


def _lacks_own_option(turn: Turn) -> bool:
    """Tells whether the options that the person names are all of other ways."""
    way, present = guide.running(turn)
    names = [name for step in way.steps for name in step.names]
    is_named = any(name in turn.text for name in names)
    is_missing = MISSING in turn.acts
    if "screen:other_options" in turn.acts:
        # Before the choice, what is missing is what leads to it.
        is_at_choice = bool(way.steps[present - 1].names)
        is_before = is_named and not is_at_choice and (turn.memory.guide or {})["way"] in AT_CHOICE
        return bool(names) and ((is_missing and not is_before) or not is_named)
    is_again = "option_missing" in turn.memory.screens
    is_of_liaison = (turn.memory.guide or {})["way"] in case.OF_LIAISON
    return is_missing and is_of_liaison and (is_named or is_again)


def _success_page(turn: Turn) -> bool:
    if turn.memory.guide and not guide.is_last_step(turn):
        way, _ = guide.running(turn)
        guide.go_to(turn, len(way.steps))
    elif turn.pending_question.is_of_end:
        ask_by_trial(turn)
    elif turn.memory.guide:
        FinishQuestion().ask(turn)
    else:
        LoggedInQuestion().ask(turn)
    return True
