"""Diagnosis: the causes of a trouble one at a time, the likeliest first."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from actions import bureau, case, other_systems, recover
from actions.guide import AT_THE_END, StepQuestion, is_last_step, show_step
from actions.meant import MeantQuestion
from actions.new_representative import RegistrationQuestion
from actions.questions import Question, ask_logged_in, close
from actions.turn import TopicAction, Turn, values
from content_loader.shapes import Cause, Trouble

CAUSES = ("cause", "all_causes", "confirm")  # kinds of questions about a cause
# Troubles of what a new representative has not got yet, and need not have.
OF_FORMER = {"login_failed", "username_forgotten", "phone_forgotten", "phone_changed"}
MIN_HEARD = 0.75  # confidence of a trouble that is named in what is else mere noise
REPRESENTATIVE_CHANGED = "representative_changed"  # the cause that is a case of its own
OF_LOGIN = {"login_failed", "new_password_not_working"}  # troubles met after the end of a guide


def start_diagnosis(turn: Turn, name: str) -> None:
    """Begins with the first cause that is not ruled out yet, or goes straight to another way."""
    memory, trouble = turn.memory, turn.content.troubles[name]
    if turn.pending_question.kind in ("step", "finish"):
        memory.interrupted = turn.pending_question.to_slot()
    if name in OF_FORMER and memory.facts.get("new_representative") and not memory.guide:
        memory.diagnosis = memory.interrupted = None
        RegistrationQuestion().ask(turn)  # what was the former one's is of no use
        return
    if _is_of_no_use(turn, trouble):
        memory.diagnosis = memory.interrupted = None
        memory.add_obstacle(*trouble.rules_out)
        turn.say("navigate.cause.no_use")
        recover.find_way(turn)
        return
    turn.say_text(trouble.intro)
    if trouble.immediate or not trouble.causes:
        memory.diagnosis = None
        # Amid another way it may be somebody else's number, such as the liaison's.
        if not memory.guide or memory.guide["way"] in trouble.rules_out:
            memory.add_obstacle(*trouble.rules_out)
        turn.say_text(trouble.last)
        if memory.guide:
            turn.pending_question = StepQuestion()
            turn.offer("another_way")
            turn.offer_to_continue()
        else:
            recover.find_way(turn)
        return
    left = _causes_left(turn, name)
    memory.diagnosis = {"trouble": name, "cause": left[0] if left else 0}
    says = next((trouble.says[page] for page in values(turn, "screen") if page in trouble.says), "")
    if says and not _pointed(turn, trouble):
        turn.say_text(says)  # that is nearer than the likeliest cause
        turn.offer("another_way", "contact_bureau")
        turn.pend(CauseQuestion())
    elif left or not values(turn, "rules_out"):
        show_cause(turn)
    else:
        _run_out(turn, trouble)


def _is_of_no_use(turn: Turn, trouble: Trouble) -> bool:
    """Tells whether somebody's state of health or the like makes the way of a trouble vain."""
    vain = {way for _, fact in case.known(turn) for way in fact.no_remedy}
    if trouble.immediate or not trouble.rules_out or _pointed(turn, trouble):
        return False
    return vain.issuperset(trouble.rules_out)


def leave_trouble(turn: Turn) -> None:
    """Leaves a trouble that was opened by mistake: what the guide asks is open again."""
    turn.memory.diagnosis = turn.memory.interrupted = None
    question = StepQuestion() if turn.memory.guide else Question()
    turn.pending_question = question


def note_causes(turn: Turn) -> None:
    """Rules out the causes that the message says are not it, of the troubles it may be about."""
    named = set(values(turn, "rules_out")) - set(values(turn, "points_to"))
    for name in _troubles_meant(turn) if named else ():
        causes = enumerate(turn.content.troubles[name].causes)
        ruled_out = turn.memory.ruled_out.setdefault(name, [])
        ruled_out += [i for i, cause in causes if cause.name in named and i not in ruled_out]


def _troubles_meant(turn: Turn) -> list[str]:
    """Returns the troubles that are reported, looked at, or next if the guide has failed."""
    memory, content = turn.memory, turn.content
    names = [*values(turn, "trouble"), turn.intent, (memory.diagnosis or {}).get("trouble")]
    if memory.guide:
        names.append(content.ways[memory.guide["way"]].failed)
    return [name for name in dict.fromkeys(names) if name and name in content.troubles]


def take_causes(turn: Turn) -> bool:
    """Goes on by what the message says of causes; tells whether it was of the running trouble.

    A cause that the message points to comes next; one that is not it is not asked about.
    """
    if not turn.memory.diagnosis:
        return _take_cause_alone(turn)
    other = _trouble_named(turn)
    if other:
        start_diagnosis(turn, other)
        return True
    name, trouble, index = running(turn)
    pointed = _pointed(turn, trouble)
    out = [
        cause.title
        for cause in trouble.causes
        if cause.name in values(turn, "rules_out") and cause.name not in values(turn, "points_to")
    ]
    if not pointed and not out:
        return False
    if out:
        _say_not_it(turn, out)
    left = _causes_left(turn, name, index)
    if not left:
        _run_out(turn, trouble)
    elif pointed[:1] == [index] and "unsure" in turn.acts:
        rule_out(turn)  # it may be, and nobody can tell
    elif pointed[:1] == [index]:
        _take_present(turn)
    elif index in left and not pointed:
        ask_about_present(turn)
    else:
        turn.memory.diagnosis = {"trouble": name, "cause": left[0]}
        show_cause(turn)
    return True


def _take_present(turn: Turn) -> None:
    """Takes the present cause for the one: waits for its remedy, or goes where that is."""
    _, trouble, index = running(turn)
    cause = trouble.causes[index]
    if cause.name == REPRESENTATIVE_CHANGED:
        turn.memory.facts.setdefault("new_representative", "yes")
        turn.memory.diagnosis = turn.memory.interrupted = None
        RegistrationQuestion().ask(turn)
    elif cause.at_bureau:
        _lead_on(turn, trouble)
    else:
        turn.say("navigate.cause.is_it")
        pend_confirmation(turn)


def _take_cause_alone(turn: Turn) -> bool:
    """Begins a trouble at the cause that the message points to; tells whether it is plain which."""
    having = _having(turn, set(values(turn, "points_to")))
    if turn.intent in having:
        having = [turn.intent]
    if len(having) != 1 or turn.content.troubles[having[0]].immediate:
        return False
    start_diagnosis(turn, having[0])
    return True


def _trouble_named(turn: Turn) -> str | None:
    """Returns the trouble that alone has the causes named, if the running one has none of them."""
    having = _having(turn, {*values(turn, "rules_out"), *values(turn, "points_to")})
    return having[0] if len(having) == 1 and having[0] != running(turn)[0] else None


def _having(turn: Turn, named: Set[str]) -> list[str]:
    """Returns the troubles that have one of the causes named."""
    troubles = turn.content.troubles.items()
    return [
        name
        for name, trouble in troubles
        if not named.isdisjoint(cause.name for cause in trouble.causes)
    ]


def _is_of_others(turn: Turn) -> bool:
    """Tells whether the message rules out causes of the running trouble, but not this one."""
    _, trouble, index = running(turn)
    named = values(turn, "rules_out")
    found = [i for i, cause in enumerate(trouble.causes) if cause.name and cause.name in named]
    return bool(found) and index not in found


def _say_not_it(turn: Turn, titles: list[str]) -> None:
    """Says which causes are out."""
    quoted = [turn.content.text("navigate.cause.quoted", title=title) for title in titles]
    turn.say("navigate.cause.not_it", titles="".join(quoted))


def _pointed(turn: Turn, trouble: Trouble) -> list[int]:
    """Returns the causes, by index, that the message points to."""
    named = values(turn, "points_to")
    return [i for i, cause in enumerate(trouble.causes) if cause.name and cause.name in named]


def _causes_left(turn: Turn, name: str, begin: int = 0) -> list[int]:
    """Returns the causes, by index, that are not ruled out, those the message points to first.

    The others follow in their order from `begin` on, those before it last.
    """
    trouble, ruled_out = turn.content.troubles[name], turn.memory.ruled_out.get(name, [])
    pointed = [i for i in _pointed(turn, trouble) if i not in ruled_out]
    order = [*range(begin, len(trouble.causes)), *range(begin)]
    return [*pointed, *(i for i in order if i not in (*ruled_out, *pointed))]


def show_cause(turn: Turn) -> None:
    """Shows the present cause with its remedy and asks whether it helped."""
    _, trouble, index = running(turn)
    cause = trouble.causes[index]
    turn.add(
        {
            "type": "cause",
            "trouble": trouble.title,
            "number": index + 1,
            "total": len(trouble.causes),
            "title": cause.title,
            "remedy": cause.remedy,
            "picture": cause.picture,
        }
    )
    _ask_about(turn, cause)
    turn.offer("find_way" if _is_of_password(turn) else "contact_bureau")


def _ask_about(turn: Turn, cause: Cause) -> None:
    """Asks whether a cause is the one, or whether its remedy has helped."""
    turn.say_text(cause.ask or turn.content.text("navigate.cause.question"))
    turn.offer(*(("is_cause", "is_not_cause") if cause.ask else ("worked", "did_not_work")))
    turn.offer("all_causes")
    turn.pend(CauseQuestion())


def _is_of_password(turn: Turn) -> bool:
    """Tells whether a new password is what helps if no cause of the running trouble is it."""
    return running(turn)[0] in OF_LOGIN and not turn.memory.guide


def show_all_causes(turn: Turn) -> None:
    """Lists every cause with its remedy and asks whether one helped."""
    _, trouble, _ = running(turn)
    turn.say("navigate.cause.all", trouble=trouble.title)
    items = [
        turn.content.text("navigate.cause.item", title=cause.title, remedy=cause.remedy)
        for cause in trouble.causes
    ]
    turn.add({"type": "list", "numbered": False, "items": items})
    turn.say("navigate.cause.question_all")
    turn.offer("worked", "none_helped", "contact_bureau")
    turn.pend(AllCausesQuestion())


def rule_out(turn: Turn) -> None:
    """Notes that the present cause (or all, after the list) was not it, and goes on."""
    name, trouble, index = running(turn)
    ruled_out = turn.memory.ruled_out.setdefault(name, [])
    indices = (
        range(len(trouble.causes))
        if turn.pending_question.kind == AllCausesQuestion.kind
        else [index]
    )
    ruled_out += [i for i in indices if i not in ruled_out]
    left = _causes_left(turn, name, index)
    if left:
        turn.memory.diagnosis = {"trouble": name, "cause": left[0]}
        show_cause(turn)
    else:
        _run_out(turn, trouble)


def solve(turn: Turn) -> None:
    """Takes the trouble as solved: back to the guide's step, or asks whether all is well."""
    memory = turn.memory
    _, trouble, _ = running(turn)
    turn.outcome = "helped"
    memory.diagnosis = None
    if trouble.after:
        memory.waiting = []  # one way works: what is wrong with another does not matter
    if trouble.after and (not memory.guide or _is_before(memory.guide, trouble.after)):
        memory.guide = dict(trouble.after)
        turn.forget_what_is_gone()
    if memory.waiting:
        turn.say("navigate.solved.next_trouble")
        start_diagnosis(turn, memory.waiting.pop(0))
    elif memory.guide and trouble.after and memory.guide["way"] != trouble.after["way"]:
        turn.say("navigate.solved.what_now")
        turn.offer("next", "stuck", "another_way")
        turn.pend(StepQuestion())
    elif memory.guide and (trouble.after or not is_last_step(turn)):
        turn.say("navigate.solved.back", step=memory.guide["step"])
        show_step(turn)
    else:
        turn.say("navigate.solved.trouble")
        ask_logged_in(turn)


def _is_before(guide: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Tells whether a guide stands at an earlier step of the way than comes after a trouble."""
    return bool(guide["way"] == after["way"] and guide["step"] < after["step"])


def confirm(turn: Turn) -> None:
    """Asks what came of the remedy, where the answer leaves it open; once, then goes on."""
    if turn.pending_question.kind == ConfirmQuestion.kind:
        turn.say("navigate.cause.move_on")
        rule_out(turn)
    else:
        turn.say("navigate.cause.confirm")
        pend_confirmation(turn)


def ask_about_present(turn: Turn) -> None:
    """Asks what came of the present cause, after something beside the point."""
    _, trouble, index = running(turn)
    cause = trouble.causes[index]
    if cause.ask:
        _ask_about(turn, cause)
    else:
        turn.say("navigate.cause.still", title=cause.title)
        pend_confirmation(turn)


def pend_confirmation(turn: Turn) -> None:
    """Waits for what came of the remedy."""
    turn.offer("worked", "did_not_work", "all_causes")
    turn.pend(ConfirmQuestion())


def _run_out(turn: Turn, trouble: Trouble) -> None:
    """Goes on where no cause is left."""
    turn.say("navigate.cause.none_left")
    _lead_on(turn, trouble)


def _lead_on(turn: Turn, trouble: Trouble) -> None:
    """Goes on to the next trouble, way or the bureau, as nothing more can be done here."""
    memory = turn.memory
    memory.diagnosis = None
    turn.say_text(trouble.last)
    memory.add_obstacle(*trouble.rules_out)
    if turn.interrupted.kind in (CauseQuestion.kind, AllCausesQuestion.kind):
        memory.interrupted = None
    if memory.guide and turn.content.ways[memory.guide["way"]].failed:
        memory.add_obstacle(memory.guide["way"])
    if memory.waiting:
        start_diagnosis(turn, memory.waiting.pop(0))
    elif trouble.then == "bureau":
        bureau.show_bureau(turn)
        turn.offer("find_way")
    else:
        recover.find_way(turn)


def running(turn: Turn) -> tuple[str, Trouble, int]:
    """Returns name, trouble and the index of the present cause of the running diagnosis.

    Raises:
        LookupError: if no diagnosis is running.
    """
    if not turn.memory.diagnosis:
        raise LookupError("no diagnosis is running")
    name = turn.memory.diagnosis["trouble"]
    return name, turn.content.troubles[name], int(turn.memory.diagnosis["cause"])


class CauseQuestion(Question):
    """Whether the remedy of the present cause has helped."""

    kind = "cause"
    passing = False

    def holds(self, turn: Turn) -> bool:
        """Tells whether a diagnosis is running."""
        return bool(turn.memory.diagnosis)

    def ask(self, turn: Turn) -> None:
        """Shows the cause."""
        show_cause(turn)

    def offer_again(self, turn: Turn) -> None:
        """Offers to go on with the trouble."""
        _, trouble, _ = running(turn)
        turn.say("navigate.return.cause", trouble=trouble.title)
        turn.offer_first("return_cause")

    def on_yes(self, turn: Turn) -> None:
        """Asks what came of it, unless it says that too: a yes may mean that this is the cause."""
        if turn.intent == "resolved":
            self.on_worked(turn)
        elif self.holds(turn):
            _take_present(turn)
        else:
            super().on_yes(turn)

    def on_no(self, turn: Turn) -> None:
        """Goes on to the next cause."""
        if self.holds(turn):
            rule_out(turn)
        else:
            super().on_no(turn)

    def on_ack(self, turn: Turn) -> None:
        """Asks what came of it."""
        confirm(turn)

    def on_done(self, turn: Turn) -> None:
        """Asks what came of it."""
        confirm(turn)

    def on_next(self, turn: Turn) -> None:
        """Goes on to the next cause."""
        self.on_no(turn)

    def on_back(self, turn: Turn) -> None:
        """Shows the cause before."""
        if turn.memory.diagnosis:
            turn.memory.diagnosis["cause"] = max(0, turn.memory.diagnosis["cause"] - 1)
        self.ask(turn)

    def on_stuck(self, turn: Turn) -> None:
        """Goes on to the next cause."""
        self.on_no(turn)

    def on_failed(self, turn: Turn) -> None:
        """Goes on to the next cause."""
        self.on_no(turn)

    def on_not_it(self, turn: Turn) -> None:
        """Goes on to the next cause, and says that this one is out, or that others are."""
        is_of_others = self.holds(turn) and (_is_of_others(turn) or _trouble_named(turn))
        if is_of_others and take_causes(turn):
            return
        if self.holds(turn):
            _, trouble, index = running(turn)
            out = [trouble.causes[index].title]
            named = values(turn, "rules_out")
            out += [c.title for c in trouble.causes if c.name in named and c.title not in out]
            _say_not_it(turn, out)
        self.on_no(turn)

    def on_worked(self, turn: Turn) -> None:
        """The trouble is solved."""
        if self.holds(turn):
            solve(turn)
        else:
            super().on_worked(turn)

    def on_solved(self, turn: Turn) -> None:
        """The trouble is solved; who is in, has a new password or gives thanks may mean all."""
        is_at_end = not set(values(turn, "reached")).isdisjoint(AT_THE_END)
        if "reached:logged_in" in turn.acts and not turn.memory.waiting:
            close(turn)
        elif "thanks" in turn.acts or is_at_end:
            turn.outcome = "helped"
            turn.memory.diagnosis = None
            ask_logged_in(turn)
        else:
            self.on_worked(turn)

    def on_item(self, turn: Turn, number: int) -> bool:
        """Shows the n-th cause."""
        if not self.holds(turn):
            return False
        name, trouble, _ = running(turn)
        number = len(trouble.causes) if number == -1 else number
        if not 1 <= number <= len(trouble.causes):
            return False
        turn.memory.diagnosis = {"trouble": name, "cause": number - 1}
        show_cause(turn)
        return True


class AllCausesQuestion(CauseQuestion):
    """Whether one of all remedies has helped."""

    kind = "all_causes"

    def ask(self, turn: Turn) -> None:
        """Lists the causes."""
        show_all_causes(turn)

    def on_not_it(self, turn: Turn) -> None:
        """None of them was it."""
        self.on_no(turn)


class ConfirmQuestion(CauseQuestion):
    """Whether it works now, asked where the answer before left it open."""

    kind = "confirm"
    rejoices = True

    def ask(self, turn: Turn) -> None:
        """Asks it."""
        turn.say("navigate.cause.confirm")
        pend_confirmation(turn)

    def on_yes(self, turn: Turn) -> None:
        """The trouble is solved."""
        self.on_worked(turn)


class ActionDiagnoseTrouble(TopicAction):
    """Begins the diagnosis of the trouble that was reported."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_diagnose_trouble"

    def act(self, turn: Turn) -> None:
        """Starts the trouble of the intent; the whole list where all causes are asked for."""
        if other_systems.goes_on(turn):
            return
        if turn.acts == ["matter"] and not turn.is_sure():  # forgotten is the password
            recover.find_way(turn)
            return
        is_open = turn.memory.guide or turn.memory.diagnosis or not turn.pending_question.passing
        if turn.acts == ["noise"] and turn.confidence() < MIN_HEARD and not is_open:
            MeantQuestion(f"trouble:{turn.intent}|matter").ask(turn)  # a word, and hardly that
            return
        start_diagnosis(turn, turn.intent)
        if turn.memory.diagnosis and turn.entity("extent") == "all":
            turn.start_message_over()
            show_all_causes(turn)
