"""Tells from the words of a reply what it does: a step it shows, a question it asks.

A conversation that was written before the assistant spoke can only say which replies would be
right. What a reply does is read from the sentences of `content/` that stand in it, so that nothing
inside the assistant is asked. The names are those of `tests/conversations/held_out.jsonl`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from channels.live_messages import RENDERING
from content_loader.declare import PLACEHOLDER
from content_loader.shapes import Content

SUCCESS_AND_QUESTION = "ask_done success"
# What the sentences of content/ do, by their key.
MOVES = {
    "navigate.menu": "menu",
    "navigate.not_started": "menu",
    "navigate.which_trouble": "ask_trouble",
    "navigate.step.stuck_which": "ask_trouble",
    "navigate.step.what_does_it_say": "ask_trouble",
    "navigate.step.not_here": "ask_trouble",
    "navigate.step.set_ahead": "ask_done",
    "navigate.cause.question": "ask_done",
    "navigate.cause.question_all": "ask_done",
    "navigate.cause.confirm": "ask_done",
    "navigate.cause.is_it": "ask_done",
    "navigate.cause.still": "ask_done",
    "navigate.solved.question": "ask_done",
    "navigate.solved.inside": "ask_done",
    "navigate.solved.by_trial": "ask_done",
    "navigate.solved.which": SUCCESS_AND_QUESTION,
    "navigate.solved.back": "overcome",
    "navigate.solved.next_trouble": "overcome",
    "navigate.solved.closing": "success",
    "navigate.solved.received": "success",
    "navigate.solved.trouble": "overcome",
    "navigate.solved.in_part": "ask_trouble",
    "navigate.perhaps": "answer unknown",
    "navigate.not_caught": "clarify",
    "navigate.not_caught_again": "clarify",
    "navigate.no_more": "clarify",
    "navigate.missed": "clarify",
    "navigate.return.step": "back",
    "navigate.return.cause": "back",
    "navigate.return.question": "back",
    "bureau.ask": "ask_place",
    "bureau.unknown": "ask_place",
    "bureau.unknown_unnamed": "ask_place",
    "bureau.outside": "ask_place",
    "bureau.which": "ask_place",
    "bureau.card.name": "bureau",
    "bureau.card.no_name": "bureau",
    "bureau.card.hotline": "bureau",
    "bureau.materials.text": "answer papers",
    "bureau.materials.online": "answer papers",
    "bureau.materials.more": "answer papers",
    "bureau.human": "human",
    "triage.all": "ways",
    "triage.none_left": "step bureau",
    "triage.later": "bureau",
    "case.unharmed": "scam",
    "case.corrected": "corrected",
    "case.correct_what": "corrected",
    "case.noted_step": "back",
    "case.wait_step": "wait",
    "case.wait": "wait",
    "case.thanks": "thanks",
    "case.shown": "case",
    "case.nothing": "case",
    "case.well_and_next": "success",
    "case.struck": "corrected",
    "case.who_died": "clarify",
    "case.place_other": "ask_place",
    "case.new_representative.ask": "new_representative",
    "case.new_representative.claim": "new_representative",
    "case.new_representative.still_former": "new_representative",
    "case.new_representative.how_far": "new_representative",
    "case.new_representative.go_on": "new_representative",
    "case.new_representative.former": "new_representative",
    "case.new_representative.then": "new_representative",
    "case.new_representative.pending": "new_representative",
    "other_systems.unknown": "answer other_system",
    "other_systems.which": "answer other_system",
    "other_systems.stay": "answer other_system",
    "other_systems.done": "answer other_system",
}
CHITCHAT = {
    "thank": "thanks",
    "goodbye": "goodbye",
    "stop": "goodbye",
    "clarify": "clarify",
    "which_then": "clarify",
    "out_of_scope": "decline",
    "greet": "menu",
    "fresh_start": "menu",
    "ask_capabilities": "menu",
    "complain": "ask_trouble",
}
# Topics of answers whose name in the held-out conversations is another.
TOPICS = {
    "device": "computer_or_phone",
    "explain_verification": "why_verification",
    "password_rules": "rules",
    "password_safety": "safety",
    "update_contact_info": "change_number",
    "explain_liaison": "who_is_liaison",
    "official_source": "official",
    "privacy_concern": "privacy",
    "why": "meaning",
    "detail": "meaning",
    "same_word": "meaning",
}
# Held-out conversations are older than many answers: of which one each of these is a finer one.
KIN = {
    "scam": (
        "gave_away",
        "gave_away_again",
        "is_scam_again",
        "charged",
        "paid_already",
        "paid_help",
        "screen_share",
    ),
    "answer misuse": ("loan_risk", "report_loss", "who_sees_code"),
    "answer by_whom": (
        "elder_help",
        "face_by_photo",
        "rep_gone",
        "elsewhere",
        "authorise",
        "legal",
    ),
    "answer computer_or_phone": ("borrowed_phone", "computer", "alipay_too", "phone_too_old"),
    "answer old_device": ("two_phones", "old_phone_needed", "download_again"),
    "answer official": ("which_entry",),
    "answer other_system": ("same_password", "report_login", "report_overdue", "scan"),
    "answer safety": ("keep_password",),
    "answer rules": ("char_kinds", "symbols", "length"),
    "answer time": ("lock_time", "fastest"),
    "answer change_number": ("number_of_ex",),
    "answer change_password": ("after_reset", "several_licences"),
    "answer where_on_phone": ("where_forgot",),
    "answer papers": ("copy_or_original", "no_paper_licence", "other_papers", "in_hand"),
    "answer do_it": ("see_old",),
}
MIN_WHOLE_GUIDE = 3  # steps in one reply; with fewer it shows a step
_STEP = re.compile(r"step (\w+)(?: (\d+)(?:-(\d+))?)?\Z")


class Replies:
    """What replies do, for one content."""

    def __init__(self, content: Content) -> None:
        """Prepares the sentences."""
        self._sentences: list[tuple[re.Pattern[str], str]] = []
        for key, does in MOVES.items():
            self._add(content.texts[key], does)
        for name, does in CHITCHAT.items():
            self._add(content.chitchat[name].text, does)
        self._add(RENDERING["step"]["if_not"], "ask_trouble")
        self._add(content.scam.text, "scam")
        for value in content.facts["new_representative"].values():
            self._add(value.heard, "new_representative")
        for name, answer in content.answers.items():
            topic = TOPICS.get(name, name)
            is_foreign = name == "other_licence_service"
            for text in (answer.text, *answer.at.values(), answer.again):
                self._add(text, "decline" if is_foreign else f"answer {topic}")
        for name, answer in content.practical.items():
            for text in (answer.text, *answer.at.values(), answer.again):
                self._add(text, f"answer {TOPICS.get(name, name)}")
                for general, finer in KIN.items():
                    if name in finer:
                        self._add(text, general)
        for term in content.terms:
            self._add(term.text, "answer meaning")
        for system in content.systems:
            self._add(system.text, "answer other_system")
        for name, screen in content.screens.items():
            self._add(screen.text, f"screen {name}")
        for name, way in content.ways.items():
            for question in (way.ask, way.ask_again, way.unsure):
                if question:
                    self._add(question, f"ask {name}")
            for values in content.facts.values():
                for fact in values.values():
                    if fact.ask and name in fact.doubts:
                        self._add(fact.ask, f"ask {name}")
            self._add(way.finish, "ask_done")
            for number, step in enumerate(way.steps, start=1):
                self._add(step.do, f"step {name} {number}")
                for page, text in step.says.items():
                    self._add(text, f"screen {page}")
                    self._add(text, f"step {name} {number}")
        for name, trouble in content.troubles.items():
            self._add(trouble.intro, f"cause {name}")
            self._add(trouble.last, f"cause {name}")
            for page, text in trouble.says.items():
                self._add(text, f"screen {page}")
                self._add(text, f"cause {name}")
            for cause in trouble.causes:
                self._add(cause.remedy, f"cause {name}")
                self._add(cause.ask, f"cause {name}")

    def moves(self, text: str) -> set[str]:
        """Returns what a reply does, such as "step phone 3", "ask face", "answer cost"."""
        text = _squeezed(text)
        moves = {does for pattern, does in self._sentences if pattern.search(text)}
        if SUCCESS_AND_QUESTION in moves:
            moves |= {"ask_done", "success"}
        if sum(move.startswith("step ") for move in moves) >= MIN_WHOLE_GUIDE:
            moves.add("whole_guide")
        return moves

    def _add(self, sentence: str, does: str) -> None:
        if not sentence:
            return
        parts = PLACEHOLDER.split(sentence)[::2]  # what stands between the names of placeholders
        parts = [re.escape(_squeezed(part)) for part in parts]
        self._sentences.append((re.compile(".{1,200}?".join(parts)), does))


def is_right(turn: Mapping[str, Any], moves: set[str]) -> bool:
    """Tells whether a reply does what a turn of a held-out conversation calls for.

    One of `ok`, or each of `both`; none of `never`; and it reports no success that the turn does
    not name.
    """
    wanted = [*turn.get("ok", ()), *turn.get("both", ())]
    if any(fits(move, moves) for move in turn.get("never", ())):
        return False
    if "success" in moves and "success" not in wanted:
        return False
    if turn.get("both"):
        return all(fits(move, moves) for move in turn["both"])
    return any(fits(move, moves) for move in turn["ok"])


def fits(wanted: str, moves: set[str]) -> bool:
    """Tells whether one of `moves` is `wanted`, which may leave the step open or name a range."""
    match = _STEP.match(wanted)
    if not match:
        return wanted in moves
    way, first, last = match.groups()
    for move in moves:
        shown = _STEP.match(move)
        if shown and shown[1] == way:
            if not first or not shown[2]:
                return True
            if int(first) <= int(shown[2]) <= int(last or first):
                return True
    return False


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
