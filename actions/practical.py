"""Answers practical questions, which people ask beside the point, whatever was asked before."""

from __future__ import annotations

from actions import bureau, guide, other_systems, safety
from actions.change_number import TOPICS, follow_number_change
from actions.change_password import TOPIC, follow_change
from actions.explanations import BUREAU, explain, is_new, note, say_no_more
from actions.new_representative import ReceivedQuestion
from actions.reply import Gist
from actions.turn import Turn, values

OF_PLACE = ("address", "hours", "what_bureau")  # questions whose answer is another in each place
OF_SYSTEM = ("report_login", "report_where", "usb_key")  # about another system
MAX_ANSWERS = 2  # to practical questions in one message
MAX_ELLIPTIC = 6  # letters of a question that leaves out what it is about
CORRECT = "correct"
OFFICIAL, MIN_OFFICIAL = "official_source", 0.6  # an intent, and how sure it has to be
UNKNOWN, MIN_PERHAPS = "unknown", 0.35  # what is not told by acts, the intent may tell
VAGUE = ("detail", UNKNOWN)  # questions that say nothing of what they are about
CHANGE_NOTE = "change_note"  # the text for the bureau is to be another
MIN_OWN = 0.7  # confidence of an intent whose own answer goes before that to a vague question
MISSED, NAMED = "missed", "named"  # of what was said a moment ago


def answer_practical(turn: Turn) -> bool:
    """Answers what was asked beside the point; tells whether there was something."""
    topics, has_answered = values(turn, "ask")[:MAX_ANSWERS], False
    if len(topics) == 1 and _is_elliptic(turn):
        topics = [_continued(turn, topics[0])]
    if _is_answered_alone(turn):
        if not explain(turn, turn.intent, turn.content.answers[turn.intent]):
            say_no_more(turn)
        return True
    if not topics and _is_missed(turn):
        turn.acts = [act for act in turn.acts if act != CORRECT]
        if not _answer_another(turn, turn.was_open):
            turn.say("navigate.missed")
            note(turn, MISSED)
        return True
    for topic in topics:
        is_known = _answer(turn, topic)
        if is_known is None:
            continue
        if not is_known and not has_answered and not _answer_another(turn, turn.near_topics):
            say_no_more(turn)
        has_answered = True
        if topic == "first_time" and turn.memory.guide and "received" not in turn.memory.facts:
            ReceivedQuestion().ask(turn)  # or somebody else has received it, and a guide is right
        elif topic == TOPIC:
            follow_change(turn)
        elif topic in TOPICS:
            follow_number_change(turn)
        _name_place(turn, topic)
    if has_answered:
        turn.memory.open_topics = [name for name in turn.near_topics if name not in topics]
    return has_answered


def _is_answered_alone(turn: Turn) -> bool:
    """Tells whether the intent surely has an answer of its own: no question near it is meant."""
    return "alone" in turn.acts and turn.intent in turn.content.answers and turn.is_sure()


def _is_missed(turn: Turn) -> bool:
    """Tells whether the message says nothing but that the last answer was to another question."""
    return bool(turn.was_explained) and set(turn.acts) - {"upset"} == {CORRECT}


def _is_elliptic(turn: Turn) -> bool:
    """Tells whether a message has too few letters to name what it is about."""
    return sum(map(str.isalnum, turn.text)) <= MAX_ELLIPTIC


def _continued(turn: Turn, topic: str) -> str:
    """Returns what a question of few words asks: rather what was spoken of a moment ago."""
    same = turn.content.practical_same
    if topic in VAGUE and turn.was_explained:
        topic = turn.was_explained[-1].partition(" ")[0]
        return topic if topic in turn.content.practical else next(iter(turn.near_topics), UNKNOWN)
    said = {name.partition(" ")[0] for name in turn.was_explained}
    if same.get(topic, topic) in said:
        return topic
    near = (name for name in turn.near_topics if same.get(name, name) in said)
    return next(near, topic)


def _answer_another(turn: Turn, topics: list[str]) -> bool:
    """Answers the first of the topics that may have been meant instead; tells whether one was."""
    content = turn.content
    return any(
        explain(turn, topic, content.practical[topic])
        for topic in topics
        if topic in content.practical
    )


def _answer(turn: Turn, topic: str) -> bool | None:
    """Answers one question; None if there is nothing to say of it here.

    Returns False where all that is known of it has been said a moment ago.
    """
    content = turn.content
    if topic == "rules" and values(turn, "screen"):  # the page has said them
        return None
    if topic == "next_after" and {"next", "done"}.intersection(turn.acts):
        return None  # the next step comes
    if topic == "other_password" and "scan" in values(turn, "ask"):  # it is the licence's
        return None
    if topic == "first_time" and "received=never" in values(turn, "fact"):
        return None  # how it is received is what comes
    if topic == "papers":
        turn.offer("contact_bureau")
        return bureau.list_materials(turn)
    if topic == UNKNOWN:
        likely = content.answers.get(turn.intent)
        if likely and turn.confidence() >= MIN_PERHAPS and is_new(turn, turn.intent):
            turn.say("navigate.perhaps")
            return explain(turn, turn.intent, likely)
        turn.memory.fallback_count = turn.was_lost + 1
    if topic in OF_SYSTEM:
        other_systems.turn_to_system(turn)
    if _answer_by_case(turn, topic):
        turn.gist = Gist.ANSWER
        return True
    if topic in content.practical:
        return explain(turn, topic, content.practical[topic])
    if topic in content.practical_same:
        same = content.practical_same[topic]
        return explain(turn, same, content.answers[same])
    return None


def _answer_by_case(turn: Turn, topic: str) -> bool:
    """Answers a question for which a text alone is not enough; tells whether it is one."""
    content = turn.content
    if topic == "is_scam" and turn.intent == OFFICIAL and turn.confidence() >= MIN_OFFICIAL:
        return explain(turn, OFFICIAL, content.answers[OFFICIAL])  # whether we are, is asked
    if topic == "is_scam":
        safety.warn(turn)
    elif topic == "gave_away":
        safety.help_at_once(turn)
    elif topic == "human":
        turn.say("bureau.human")
        bureau.show_bureau(turn)
        bureau.request_agent(turn, "asked")
    elif topic == "do_it" and turn.intent == "ask_capabilities":
        turn.say_spoken(content.chitchat[turn.intent])
    elif topic == "other_password":
        other_systems.explain_system(turn)
    elif topic == "next_after" and turn.memory.guide:
        guide.show_steps_ahead(turn)
    elif topic == "meaning" and (term := _term_in(turn)):
        turn.say_text(term)
    elif topic in VAGUE and safety.is_about_fraud(turn):
        safety.warn(turn)
    elif topic in ("why", "meaning") and _has_own_answer(turn):
        turn.say_spoken(content.answers[turn.intent])
    elif topic == "meaning" and turn.memory.guide and not _is_elliptic(turn):
        # Something on the page, and not what the way is that they are on.
        return explain(turn, topic, content.practical[topic].model_copy(update={"at": {}}))
    elif topic == UNKNOWN and turn.was_lost:
        turn.say("navigate.not_caught_again")
        turn.offer("human", "contact_bureau")
    elif topic in OF_PLACE and bureau.has_own_facts(turn):
        bureau.name_bureau(turn)
        turn.offer("contact_bureau")
    elif topic == CHANGE_NOTE and bureau.SHOWN in turn.memory.facts:
        bureau.rewrite_note(turn)
    elif topic == "hotline_afar" and turn.place():
        bureau.name_hotline(turn)
    elif topic == "where_on_phone" and (where := _where_on_page(turn)):
        turn.say_text(where)
    else:
        return False
    return True


def _has_own_answer(turn: Turn) -> bool:
    """Tells whether the intent is likely and has an answer, which says more than the question."""
    return turn.intent in turn.content.answers and turn.confidence() >= MIN_OWN


def _name_place(turn: Turn, topic: str) -> None:
    """Says whose answer it is that differs by place, or asks for the place."""
    if topic in (*OF_PLACE, "papers") and turn.entities("region"):
        bureau.take_regions(turn)
    elif topic in OF_PLACE and turn.place():
        if is_new(turn, NAMED):
            bureau.name_bureau(turn)
        note(turn, BUREAU, NAMED)
    elif topic in OF_PLACE and _may_ask_place(turn):
        bureau.ask_region(turn)


def _may_ask_place(turn: Turn) -> bool:
    """Tells whether nothing is open that an answer is waited for, or it is left for the bureau."""
    is_open = turn.memory.guide or not turn.pending_question.passing
    goes_on = values(turn, "trouble") or values(turn, "screen") or "thanks" in turn.acts
    return not is_open or bool(turn.memory.guide and "leave" in turn.acts and not goes_on)


def _term_in(turn: Turn) -> str:
    """Returns what the longest term in the message means; empty if there is none."""
    named = [
        (len(name), term.text)
        for term in turn.content.terms
        for name in term.names
        if name in turn.text
    ]
    return max(named, default=(0, ""))[1]


def _where_on_page(turn: Turn) -> str:
    """Returns where on the page the present step is done; empty where the phone itself is meant.

    That is so while a message is waited for, and where a trouble is looked at.
    """
    if not turn.memory.guide or turn.memory.diagnosis:
        return ""
    way, number = guide.running(turn)
    step = way.steps[number - 1]
    waits = "code_not_received" in step.troubles and "entry_not_found" not in step.troubles
    return "" if waits else step.if_not
