"""Answers a picture by what was read on it: an error, a page, a message, or nothing of use."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from actions import case, guide, recover
from actions.completion import LoggedInQuestion
from actions.questions import Question, ReturnQuestion, ask_logged_in
from actions.reply import warning
from actions.seen_picture import PictureKind, SeenPicture
from actions.turn import TopicAction, Turn
from actions.warnings import LINK, OFFICIAL
from actions.where_in_guide import take_page
from serving.placeholders import PLACEHOLDER

MAX_QUOTE = 60  # characters of what was read that are said again
NOT_UNDERSTOOD = ("", "nlu_fallback", "out_of_scope", "send_picture")
SCREEN_TROUBLE = "new_password_not_working"  # of what a page says of a new password
FRAUD_INTENT, FRAUD_ACT = "scam_concern", "ask:is_scam"
# Acts with which a person answers or moves on; a page says none of them.
OF_PERSONS = frozenset(
    (
        "yes no ack unsure not_it done next back again item resume stuck failed solved worked wait "
        "thanks bye greet leave correct noise chitchat off_topic recall restart go_to place "
        "place_other fact upset hurry new_case matter wish drop another_way"
    ).split()
)
ALONE = frozenset(("alone", "other_service"))
PATH = re.compile(r"[\w/?=&%.#~-]*", re.ASCII)


class PictureQuestion(ReturnQuestion):
    """Whether what was read is what the person means; `value` holds it, and what was open.

    Other answers than yes and no are for what was open before.
    """

    kind = "picture"

    @classmethod
    def about(cls, turn: Turn, **read: Any) -> PictureQuestion:
        """Makes the question about what was read, and lets what is open wait."""
        pending_question, interrupted = open_before(turn)
        kept = {**read, "pending_question": pending_question, "interrupted": interrupted}
        if not Question.from_slot(pending_question).passing:
            turn.memory.interrupted = pending_question
        return cls(json.dumps(kept, ensure_ascii=False, separators=(",", ":")))

    def kept(self) -> dict[str, Any]:
        """Returns what was read and what was open; nothing if the slot cannot be read."""
        try:
            kept = json.loads(self.value)
        except ValueError:
            return {}
        return kept if isinstance(kept, dict) else {}

    def reopen(self, turn: Turn) -> None:
        """Asks what was open before, without words."""
        kept = self.kept()
        turn.memory.pending_question, turn.memory.interrupted = (
            kept.get("pending_question"),
            kept.get("interrupted"),
        )
        turn.pending_question = Question.from_slot(kept.get("pending_question"))

    def ask(self, turn: Turn) -> None:
        """Says again what was read and asks about it."""
        kept = self.kept()
        page, understood = kept.get("page"), kept.get("understood")
        if f"picture.pages.{page}" in turn.content.texts:
            ask_page(turn, str(page))
        elif understood:
            ask_sentence(turn, "picture.saw", str(understood.get("text") or ""), understood)
        else:
            self.on_no(turn)

    def on_yes(self, turn: Turn) -> None:
        """Answers as if the person had typed it."""
        kept = self.kept()
        self.reopen(turn)
        if kept.get("page"):
            turn.memory.pending_question = None
            go_to_page(turn, kept["page"], str(kept.get("way") or ""))
        elif kept.get("understood"):
            turn.typed_instead = kept["understood"]
        else:
            ask_words(turn)

    def on_no(self, turn: Turn) -> None:
        """Asks for the error in words; what was open is asked again by it."""
        self.reopen(turn)
        turn.say("picture.not_it")
        offer_troubles(turn)

    def on_ack(self, turn: Turn) -> None:
        """Takes it as a yes."""
        self.on_yes(turn)

    def on_not_it(self, turn: Turn) -> None:
        """Takes it as a no."""
        self.on_no(turn)

    def on_again(self, turn: Turn) -> None:
        """Says again what was read."""
        self.ask(turn)


class ActionAnswerPicture(TopicAction):
    """Answers a picture, and who asks whether one can be sent."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_answer_picture"

    def act(self, turn: Turn) -> None:
        """Says what was read and asks whether that is it; never more than that."""
        picture = turn.picture
        if picture is None:
            turn.say("picture.invite")
            offer_troubles(turn)
            turn.offer_to_continue()
            return
        if picture.hidden:
            turn.add(warning(turn.content.text("picture.hidden")))
        ANSWERS[picture.kind](turn, picture)


def answer_sentence(turn: Turn, picture: SeenPicture) -> None:
    """Answers an error or a message: fraud is warned of at once, else it is asked about."""
    is_message = picture.kind is PictureKind.MESSAGE
    understood = without_answers(picture.understood)
    if not is_message:
        understood = known_error(turn, picture.means, understood)
    understood = guess_trouble(turn, understood)
    if not picture.sentence:
        say_nothing_found(turn, picture)
    elif is_message and holds_code(understood):
        ask_page(turn, "code_received")
    elif is_message and is_fraud(turn, understood):
        turn.say("picture.fraud", sentence=quote(turn, telltale(turn, picture.sentence)))
        turn.warn_of_fraud(turn.content.scam)
        open_again(turn)
        turn.offer_to_continue()
    elif is_understood(understood):
        key = "picture.saw_message" if is_message else "picture.saw"
        ask_sentence(turn, key, picture.sentence, understood)
    else:
        turn.say("picture.unknown", sentence=quote(turn, picture.sentence))
        ask_words(turn)


def answer_page(turn: Turn, picture: SeenPicture) -> None:
    """Says which page it is and which step that is."""
    if picture.page and f"picture.pages.{picture.page}" in turn.content.texts:
        ask_page(turn, picture.page)
    elif picture.sentence:
        turn.say("picture.page_unknown", sentence=quote(turn, picture.sentence))
        ask_words(turn)
    else:
        say_nothing_found(turn, picture)


def say_nothing_found(turn: Turn, picture: SeenPicture) -> None:
    """Says that nothing of the matter was found; what was open stays open."""
    turn.say("picture.empty" if picture.kind is PictureKind.EMPTY else "picture.other")
    offer_troubles(turn)
    open_again(turn)
    turn.offer_to_continue()


def say_unread(turn: Turn, picture: SeenPicture) -> None:
    """Says why it was not read; what was open stays open."""
    known = f"picture.unread.{picture.reason}"
    turn.say(known if known in turn.content.texts else "picture.unread.failed")
    offer_troubles(turn)
    open_again(turn)
    turn.offer_to_continue()


ANSWERS: dict[PictureKind, Callable[[Turn, SeenPicture], None]] = {
    PictureKind.ERROR: answer_sentence,
    PictureKind.MESSAGE: answer_sentence,
    PictureKind.PAGE: answer_page,
    PictureKind.OTHER: say_nothing_found,
    PictureKind.EMPTY: say_nothing_found,
    PictureKind.UNREAD: say_unread,
}


def ask_sentence(turn: Turn, key: str, sentence: str, understood: dict[str, Any]) -> None:
    """Asks whether a sentence that was read is what the person means."""
    turn.say(key, sentence=quote(turn, sentence))
    turn.offer("picture_right", "picture_wrong")
    turn.pend(PictureQuestion.about(turn, understood=understood))


def ask_page(turn: Turn, page: str) -> None:
    """Says which page was seen, and asks whether to go on at its step."""
    title = turn.content.text(f"picture.pages.{page}")
    if page == "logged_in":
        turn.say("picture.page", page=title)
        LoggedInQuestion().ask(turn)
        return
    name = way_of_page(turn, page)
    number = guide.step_at(turn.content.ways[name], page) if name else None
    if name is None or number is None:
        turn.say("picture.page", page=title)
        ask_words(turn)
        return
    way = turn.content.ways[name]
    values = {"way": way.title, "step": number, "total": len(way.steps)}
    turn.say("picture.page_step", page=title, title=way.steps[number - 1].title, **values)
    turn.offer("picture_here", "picture_wrong")
    turn.pend(PictureQuestion.about(turn, page=page, way=name))


def way_of_page(turn: Turn, page: str) -> str | None:
    """Returns the way that a page is taken for: the running one, else the one that fits best."""
    ways, memory = turn.content.ways, turn.memory
    alone = guide.way_at_page(turn, page)
    names = [memory.guide["way"]] if memory.guide else []
    names += [alone] if alone else []
    names += [case.best_way(turn), *recover.WAY_INTENTS.values()]
    return next((name for name in names if name in ways and guide.step_at(ways[name], page)), None)


def go_to_page(turn: Turn, page: str, way: str) -> None:
    """Goes on at the step of a page."""
    running = turn.memory.guide
    turn.acts, turn.intent = [f"reached:{page}"], ""
    if running and running["way"] == way and take_page(turn):
        return
    if way not in turn.content.ways:
        ask_logged_in(turn)
        return
    turn.memory.facts["page"] = page
    recover.start_guide(turn, way)


def ask_words(turn: Turn) -> None:
    """Lets what was open stay so, and offers the likely troubles."""
    open_again(turn)
    turn.memory.pending_question = turn.pending_question.to_slot()
    offer_troubles(turn)


def open_before(turn: Turn) -> tuple[str | None, str | None]:
    """Returns the question that was pending, and what was interrupted, before any picture."""
    if isinstance(turn.pending_question, PictureQuestion):
        kept = turn.pending_question.kept()
        return kept.get("pending_question"), kept.get("interrupted")
    return turn.pending_question.to_slot(), turn.memory.interrupted


def open_again(turn: Turn) -> None:
    """Drops the question about a picture before, for what was open before that."""
    pending_question, turn.memory.interrupted = open_before(turn)
    turn.pending_question = Question.from_slot(pending_question)


def offer_troubles(turn: Turn) -> None:
    """Offers the troubles of the running step, then the menu."""
    if turn.memory.guide:
        way, number = guide.running(turn)
        turn.offer(*way.steps[number - 1].troubles, "stuck")
    turn.offer("menu")


def without_answers(understood: dict[str, Any]) -> dict[str, Any]:
    """Returns how a sentence was understood, without acts that only a person does."""
    acts = [str(act) for act in understood.get("acts") or []]
    left = [act for act in acts if act.partition(":")[0] not in OF_PERSONS]
    return {**understood, "acts": left if set(left) - ALONE else []}


def is_understood(understood: dict[str, Any]) -> bool:
    """Tells whether a sentence means something to the assistant."""
    intent = (understood.get("intent") or {}).get("name") or ""
    return bool(understood["acts"]) or intent not in NOT_UNDERSTOOD


def known_error(turn: Turn, means: str, understood: dict[str, Any]) -> dict[str, Any]:
    """Returns how an error was understood; if it is known what it means, as that.

    What is understood best is what people say; what screens say is another language. So what was
    learnt of screens comes first, then the words of known errors.
    """
    text = unicodedata.normalize("NFKC", str(understood.get("text") or ""))
    said = (error.means for error in turn.content.known_errors if error.is_said(text))
    means = means if is_known(turn, means) else next(said, "")
    if not means:
        return understood
    kind, _, name = means.rpartition(":")
    trouble = name
    if kind:
        trouble = turn.content.screens[name].trouble or SCREEN_TROUBLE
    act = means if kind else f"trouble:{name}"
    if (understood.get("intent") or {}).get("name") == trouble and act in understood["acts"]:
        kept = [one for one in understood["acts"] if not one.startswith("ask:")]
        return {**understood, "acts": kept}  # a screen asks nothing
    return {**understood, "intent": {"name": trouble}, "entities": [], "acts": [act]}


def is_known(turn: Turn, means: str) -> bool:
    """Tells whether there is the trouble, or the screen, that an error is taken for."""
    kind, _, name = means.rpartition(":")
    return name in (turn.content.screens if kind else turn.content.troubles)


def guess_trouble(turn: Turn, understood: dict[str, Any]) -> dict[str, Any]:
    """Returns how a sentence was understood; if it was not, the trouble that its words are of."""
    if is_understood(understood):
        return understood
    text = str(understood.get("text") or "")
    for name, words in turn.content.trouble_words.items():
        if any(word in text for word in words):
            return {**understood, "intent": {"name": name}, "acts": [f"trouble:{name}"]}
    return understood


def is_fraud(turn: Turn, understood: dict[str, Any]) -> bool:
    """Tells whether a message is one to warn of: it reads so, or leads to a strange site."""
    intent, text = (understood.get("intent") or {}).get("name"), str(understood.get("text") or "")
    asks = any(all(word in text for word in words) for words in turn.content.frauds)
    return intent == FRAUD_INTENT or FRAUD_ACT in understood["acts"] or asks or has_link(text)


def holds_code(understood: dict[str, Any]) -> bool:
    """Tells whether a message brings the code that the procedure sends."""
    intent, text = (understood.get("intent") or {}).get("name"), str(understood.get("text") or "")
    return "code" in PLACEHOLDER.findall(text) and intent != FRAUD_INTENT and not has_link(text)


def has_link(text: str) -> bool:
    """Tells whether a text leads to a site that is not an official one by its name."""
    hosts = [a or b for a, b in LINK.findall(text)]
    return any(not OFFICIAL.search(host.rstrip(".").lower()) for host in hosts)


def telltale(turn: Turn, message: str) -> str:
    """Returns the part of a message that says most that it is a fraud."""
    words = turn.content.telltales
    best, worth = message, 0
    for clause in clauses(message):
        its = sum(len(words) - at for at, word in enumerate(words) if word in clause)
        its += len(words) if LINK.search(clause) else 0
        if its > worth:
            best, worth = clause.strip(), its
    return best


def clauses(text: str) -> list[str]:
    """Returns the parts of a text between its marks of punctuation, those of Chinese."""
    apart = (
        "\n"
        if unicodedata.east_asian_width(character) in "WF"
        and unicodedata.category(character) == "Po"
        else character
        for character in text
    )
    return "".join(apart).split("\n")


def quote(turn: Turn, sentence: str) -> str:
    """Returns what was read as it may be said again: short, with no placeholder and no link."""
    texts = turn.content.texts
    link = texts["picture.placeholders.link"]
    pieces = []
    rest = sentence
    while found := LINK.search(rest):
        path = PATH.match(rest, found.end())
        pieces += [rest[: found.start()], link]
        rest = rest[path.end() if path else found.end() :]
    text = "".join([*pieces, rest])
    other = texts["picture.placeholders.other"]
    text = PLACEHOLDER.sub(lambda match: texts.get(f"picture.placeholders.{match[1]}", other), text)
    return text if len(text) <= MAX_QUOTE else f"{text[: MAX_QUOTE - 1]}\u2026"
