"""What is said to facts, and where the conversation goes on after them."""

from __future__ import annotations

from collections.abc import Sequence

from actions import bureau, case, diagnose, guide, recover, several_troubles
from actions.diagnose import CAUSES
from actions.new_representative import ClaimQuestion, RegistrationQuestion
from actions.questions import Question
from actions.turn import Turn, values
from actions.where_in_guide import has_new_password
from content_loader.shapes import Fact

MAX_HEARD = 2  # facts that are answered in words
OF_REPRESENTATIVE = ("foreign_rep", "rep_abroad", "rep_gone", "rep_ill")  # questions about them
OTHER_PERSON = "other_person"  # a cause: the data or the account are not the representative's
OF_REFUSAL = ("deny", "face_failed", "avoid_face")  # intents
DETOURS = ("liaison", "application_liaison", "bureau")  # ways that go round the representative


def answer_facts(turn: Turn) -> bool:
    """Answers the first of the new facts that call for words; tells whether any was told.

    A way that a trouble of the same message rules out is not recommended in the same breath, nor is
    it said twice that it is out, or what an answer on the representative has said.
    """
    names = [name for name in values(turn, "trouble") if name in turn.content.troubles]
    troubles = [
        turn.content.troubles[n] for n in names if not several_troubles.is_overtaken(turn, n)
    ]
    out = {way for trouble in troubles for way in trouble.rules_out}
    says_out = {way for trouble in troubles if trouble.immediate for way in trouble.rules_out}
    if "yes" in turn.acts:  # it can be done, if not at once
        out.add(turn.pending_question.value)
    representative = turn.content.facts["representative"].values()
    running = (turn.memory.guide or {}).get("way", "")
    is_answered = any(topic in OF_REPRESENTATIVE for topic in values(turn, "ask"))
    heard = [
        fact
        for fact in turn.new_facts
        if fact.heard
        and not (is_answered and fact in representative)
        and not (fact in representative and _is_of_others(fact, running))
        and out.isdisjoint((*fact.allows, *fact.postpones, *fact.doubts))
        and not (fact.excludes and says_out.issuperset(fact.excludes))
    ]
    for fact in heard[:MAX_HEARD]:
        turn.say_text(fact.heard)
    return bool(values(turn, "fact"))


def _is_of_others(fact: Fact, way: str) -> bool:
    """Tells whether a fact is one of other ways alone; all matter to the bureau."""
    if way in ("", case.LAST_WAY):
        return False
    ways = {*fact.allows, *fact.excludes, *fact.postpones, *fact.doubts}
    return bool(ways) and way not in ways


def remember_answered(turn: Turn) -> None:
    """Notes which question has been answered, for who says later that it was answered wrongly."""
    if turn.pending_question.kind in ("way", "cause", "fact", "finish", "logged_in"):
        turn.memory.answered = turn.pending_question.to_slot()


def follow_facts(turn: Turn, answered: bool = False) -> None:
    """Goes on after a fact that is no answer in itself: what was asked, or what fits better."""
    memory, out = turn.memory, case.excluded(turn)
    question = turn.interrupted if turn.pending_question.kind == "return" else turn.pending_question
    in_causes = memory.diagnosis and question.kind in CAUSES
    if in_causes and not memory.guide and turn.new_facts and _tells(turn, "new_representative"):
        memory.diagnosis = memory.interrupted = None  # that is why
        RegistrationQuestion().ask(turn)
        remember_answered(turn)
        return
    if in_causes and _leads_elsewhere(turn) and not memory.guide:
        memory.interrupted = None
        recover.find_way(turn)
        remember_answered(turn)
        return
    way = (memory.guide or {}).get("way", "")
    if way and _doubts_for_absence(turn, way):
        if turn.new_facts:  # it may be done where they are
            memory.guide = None
            recover.WayQuestion(way).ask(turn)
            remember_answered(turn)
            return
        if not answered and _is_refused(turn):
            recover.leave_way(turn)
            remember_answered(turn)
            return
    if way and _doubts_again(turn, way):
        memory.guide = None
        recover.WayQuestion(way).ask(turn)
        remember_answered(turn)
        return
    easier = _easier_way(turn)
    if easier or is_out_for_now(turn) or (memory.guide and memory.guide["way"] in out):
        memory.guide = memory.interrupted = None
        memory.screens = []
    trouble = next((fact.trouble for fact in turn.new_facts if fact.trouble), None)
    opens_easier = any("phone" in fact.allows for fact in turn.new_facts)
    if is_representative(turn) and case.may_suit(turn, "face") and not opens_easier:
        memory.guide = memory.diagnosis = memory.interrupted = None
        recover.WayQuestion("face").ask(turn)
        return
    is_first_time = _tells(turn, "received=never")  # there is no number to have forgotten
    if trouble and question.kind == "way" and not is_first_time:
        diagnose.start_diagnosis(turn, trouble)
    elif question.kind == ClaimQuestion.kind and not _tells(turn, "new_rep"):
        question.offer_again(turn)
    elif is_first_time:
        memory.guide = memory.diagnosis = memory.interrupted = None
        ClaimQuestion().ask(turn)
    elif memory.facts.get("new_representative") and not memory.guide and not memory.diagnosis:
        RegistrationQuestion().ask(turn)  # the ways of the former one are of no use
    elif memory.diagnosis and question.kind in CAUSES:
        if answered:
            turn.offer_to_continue()
        elif _tells(turn, "tried"):
            diagnose.confirm(turn)
        else:
            if not turn.said_so_far():
                turn.say("case.noted")
            diagnose.ask_about_present(turn)
    elif memory.guide and question.is_of_end:
        question.ask(turn)
    elif _is_of_former(turn):
        turn.say("case.new_representative.former")
        turn.offer("contact_bureau", "another_way")
        turn.pend(guide.StepQuestion())
    elif memory.guide:
        if answered:
            turn.offer_to_continue()
        else:
            guide.take_note(turn)
    elif not answered and _adds_nothing_after_card(turn, question):
        if not turn.said_so_far():
            turn.say("case.known")  # the card was shown by what is told again
        turn.offer("contact_bureau")
    elif question.kind == "region" and not turn.entities("region") and not _opened(turn):
        if case.is_over(turn) and any(fact.allows for fact in turn.new_facts):
            turn.say("case.after_death")
        question.ask(turn)
    elif answered and turn.place() and _is_at_bureau(turn, question):
        turn.offer("contact_bureau")  # whose card was shown before; the question was the point
    elif _wants_bureau_alone(turn, question):
        if not answered:
            turn.say("case.noted")
        turn.offer("contact_bureau", "materials")
    else:
        memory.interrupted = None
        recover.find_way(turn)
    remember_answered(turn)


def _doubts_for_absence(turn: Turn, way: str) -> bool:
    """Tells whether the way is in doubt by what is said of the representative, and no more."""
    names = [act for act in turn.acts if act.startswith("fact:representative")]
    facts = [fact for act in names if (fact := case.fact_of(turn, act))]
    opened = any(way in fact.allows for fact in turn.new_facts)
    return any(way in fact.doubts for fact in facts) and not opened


def _doubts_again(turn: Turn, way: str) -> bool:
    """Tells whether it is insisted on a fact for which it is in doubt that the way can be gone."""
    facts = [fact for act in turn.acts if (fact := case.fact_of(turn, act))]
    is_late = has_new_password(*guide.running(turn))
    is_allowed = any(way in fact.allows for fact in facts)
    doubts = any(way in fact.doubts for fact in facts)
    return "correct" in turn.acts and doubts and not is_allowed and not is_late


def _is_at_bureau(turn: Turn, question: Question) -> bool:
    """Tells whether the bureau is what is left, or was shown, and nothing new is told."""
    return _adds_nothing_after_card(turn, question) or case.best_way(turn) == case.LAST_WAY


def _wants_bureau_alone(turn: Turn, question: Question) -> bool:
    """Tells whether the card of a bureau was shown, and no way was begun, asked about or opened."""
    memory = turn.memory
    is_begun = memory.guide or memory.diagnosis or memory.attempts or memory.obstacles
    is_shown = bureau.SHOWN in memory.facts and bool(turn.place())
    opens_way = any(fact.allows for fact in turn.new_facts)
    return is_shown and question.passing and not is_begun and not opens_way


def _adds_nothing_after_card(turn: Turn, question: Question) -> bool:
    """Tells whether nothing is open, and nothing new told, since the card of a bureau was shown."""
    is_open = not question.passing or question.kind == bureau.RegionQuestion.kind
    return bureau.SHOWN in turn.memory.facts and not turn.new_facts and not is_open


def _is_refused(turn: Turn) -> bool:
    """Tells whether it is said, by an act or by the intent, that something cannot be done."""
    return turn.intent in OF_REFUSAL or not {"no", "failed", "stuck"}.isdisjoint(turn.acts)


def _is_of_former(turn: Turn) -> bool:
    """Tells whether a face is asked for, and it turns out that it is the former one's."""
    way = (turn.memory.guide or {}).get("way")
    return way == "face" and _tells(turn, "new_representative=pending")


def _leads_elsewhere(turn: Turn) -> bool:
    """Ends the diagnosis where the new facts make another way the better one; tells whether so.

    Either the way that the trouble is about cannot be gone now, or one that it is not about can;
    a trouble of no way in particular ends with whatever is told of the ways.
    """
    memory, facts = turn.memory, turn.new_facts
    trouble = turn.content.troubles[(memory.diagnosis or {})["trouble"]]
    gone = {way for fact in facts for way in (*fact.excludes, *fact.postpones, *fact.doubts)}
    free = {way for fact in facts for way in fact.allows if case.may_suit(turn, way)}
    about = set(trouble.rules_out)
    found = free & about and not trouble.after  # the number that was forgotten, say
    if not (gone & about or free - about or found or (gone and not about)):
        return False
    memory.diagnosis = None
    if turn.interrupted.kind in CAUSES:
        memory.interrupted = None
    if free - about:
        memory.add_obstacle(*about)  # it has not worked, and there is something else
    return True


def is_out_for_now(turn: Turn) -> bool:
    """Tells whether the running guide cannot be gone now by what is told, and another way may."""
    name = (turn.memory.guide or {}).get("way")
    postponed = any(name in fact.postpones for fact in turn.new_facts)
    others = [way for way in turn.content.ways if way not in (name, case.LAST_WAY)]
    return postponed and any(case.may_suit(turn, way) for way in others)


def opens_another(turn: Turn, way: str) -> bool:
    """Tells whether the yes of a message is one to other ways than `way`, by its new facts.

    That are those told before the yes, and those that speak of a way itself.
    """
    before = turn.acts[: turn.acts.index("yes")] if "yes" in turn.acts else []
    of_ways = [
        act for act in turn.acts if act.startswith(tuple(f"fact:{n}=" for n in case.OF_WAYS))
    ]
    if "yes" not in turn.acts:
        return False
    facts = [case.fact_of(turn, act) for act in (*before, *(of_ways if not before else ()))]
    opened = [fact.allows for fact in facts if fact and fact in turn.new_facts and fact.allows]
    return bool(opened) and way not in opened[0]  # what was said first


def tells_of_way(turn: Turn, way: str, acts: Sequence[str]) -> bool:
    """Tells whether acts but tell facts, of which one says something of `way`."""
    tells = bool(acts) and all(act.startswith("fact") for act in acts)
    about = [(*f.allows, *f.excludes, *f.postpones, *f.doubts) for f in turn.new_facts]
    return tells and any(way in ways for ways in about)


def _easier_way(turn: Turn) -> str | None:
    """Returns the way that new facts have opened, amid a guide that goes round it; else None."""
    if (turn.memory.guide or {}).get("way") not in DETOURS:
        return None
    return next((way for way in _opened(turn) if way not in DETOURS), None)


def _opened(turn: Turn) -> list[str]:
    """Returns the ways that new facts have opened."""
    opened = (way for fact in turn.new_facts for way in fact.allows)
    return [way for way in opened if case.may_suit(turn, way)]


def is_representative(turn: Turn) -> bool:
    """Tells whether it was told just now that the person is the representative, amid a detour.

    A detour is a way that goes round them, and a trouble with something else than their face.
    """
    memory = turn.memory
    is_representative = turn.content.facts["speaker"]["representative"] in turn.new_facts
    if memory.diagnosis and not memory.guide:
        trouble = turn.content.troubles[memory.diagnosis["trouble"]]
        is_about_people = any(cause.name == OTHER_PERSON for cause in trouble.causes)
        return is_representative and "face" not in trouble.rules_out and not is_about_people
    asked = turn.pending_question.value if turn.pending_question.kind == "way" else ""
    return is_representative and ((memory.guide or {}).get("way") or asked) in DETOURS


def _tells(turn: Turn, *names: str) -> bool:
    return any(value.startswith(names) for value in values(turn, "fact"))
