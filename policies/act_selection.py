"""Which dialogue acts of a message count, by how sure each of them is.

The network's scores (`policies.act_network`) are weighed with the intent of the message, its second
meaning and the questions that it asks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.clause_splitter import PARTS
from nlu.second_intent import SECOND_INTENT
from policies.acts import (
    AFRESH,
    ALONE,
    ANSWERS,
    BESIDE,
    BESIDE_QUESTIONS,
    CORRECT,
    GOOD_NEWS,
    HUMAN,
    MAX_BARE,
    MOODS,
    MOVES,
    OF_CAUSES,
    REPORTED,
    SETBACKS,
    SOLVED,
    SOLVED_IN_PART,
    STATED,
    complains_after_success,
    is_progress,
    letters,
    numbered,
    says_less,
)
from policies.contextual_lines import ASKS_NOTHING, QUESTIONS, UNKNOWN, AskedQuestion
from policies.doubt import is_guess, rivals

TROUBLE = "trouble"
LOGGED_IN = "reached:logged_in"
OF_SUCCESS = {SOLVED, LOGGED_IN, "thanks", "ack", "done", "upset"}
WHY = "ask:why"
OUTCOME = "success"  # the kind of question whose yes closes a case
BREAK = re.compile(r"\w[^\w]+\w")  # of a message of several clauses, however short
LATIN_ALONE = re.compile(r"[^\u4e00-\u9fff]*[A-Za-z][^\u4e00-\u9fff]*")  # no Chinese letter


class ActSelector:
    """Selects the acts that count, by the thresholds of `ActReader`'s configuration."""

    def __init__(
        self, config: Mapping[str, Any], meant: Mapping[str, Mapping[str, list[str]]]
    ) -> None:
        """Takes the thresholds, and of each intent the acts it stands for (`acts`, `under`)."""
        self._config = config
        self._meant = meant
        self._denial = re.compile(config["denial"])
        self._contrast = re.compile(config["contrast"])
        self._supposition = re.compile(config["supposition"])

    def select(
        self,
        message: Message,
        context: str,
        ranked: list[tuple[str, float]],
        of_parts: Callable[[], list[dict[str, float]]],
    ) -> tuple[list[str], list[str]]:
        """Returns the acts of a message, and those to ask back where they are but guessed.

        `ranked` are all acts with their scores, the likeliest first; `of_parts` gives the scores of
        each part of the message.
        """
        text = str(message.get(TEXT) or "")
        intent = message.get(INTENT) or {}
        kind = context.split()[0]
        scores = dict(ranked)
        share = self._config["share_of_parts" if message.get(PARTS) else "share"]
        acts = self.beside_intent(ranked, kind, intent, share)
        if acts and is_progress(acts) and LATIN_ALONE.fullmatch(text):
            acts = self.confirmed(acts, intent)
        if kind == OUTCOME and "yes" in acts:
            acts = self.settle_yes(acts, scores)
        acts = self.with_second(acts, message)
        acts = self.with_questions(acts, message, context, scores)
        if SOLVED in acts and self._is_in_part(acts, message, of_parts):
            acts = [SOLVED_IN_PART if act == SOLVED else act for act in acts]
        if not GOOD_NEWS.isdisjoint(acts) and self._is_supposed(message, of_parts):
            left = ("done" if act in GOOD_NEWS else act for act in acts if act != LOGGED_IN)
            acts = list(dict.fromkeys(left))
        if CORRECT in acts:
            acts = self._without_denied(acts, message, of_parts)
        if acts == [CORRECT] and letters(text) > MAX_BARE:
            acts = [CORRECT, *self._corrected(ranked, intent)]
        in_doubt: list[str] = []
        if is_guess(acts, scores, self._config["guess"]) and not self._agrees(acts, intent):
            in_doubt = rivals(ranked, self._config["rival"])
        return [numbered(act, text) for act in acts], in_doubt

    def beside_intent(
        self,
        ranked: list[tuple[str, float]],
        kind: str,
        intent: Mapping[str, Any],
        share: float | None = None,
    ) -> list[str]:
        """Returns the acts that say more than the intent, which far more lines have taught.

        Nothing is returned where the intent alone says it all. Beside the likeliest, an act needs a
        `share` of its score.
        """
        config, name = self._config, str(intent.get("name"))
        meant = self._meant.get(name, {"acts": [], "under": []})
        confidence = float(intent.get("confidence") or 0)
        is_likely = kind in meant["under"] and confidence >= config["sure"]
        is_sure = is_likely and confidence >= config["very_sure"]
        is_success = not set(config["careful"]).isdisjoint(meant["acts"])
        is_amid = kind in config["amid"] and confidence >= config["success"]
        tells_success = is_success and (is_sure or is_amid)
        acts = self.choose(ranked, tells_success, share)
        score, scores = ranked[0][1], dict(ranked)
        if acts[:1] == ["alone"]:
            acts = ["alone", *(act for act in acts if act.startswith(BESIDE))]
        elif is_sure and says_less(acts, meant["acts"]):
            acts = list(meant["acts"])  # an answer of one word is less than what the intent says
        elif is_sure and MOVES.issuperset(acts) and set(meant["acts"]) < set(acts):
            acts = list(meant["acts"])  # of two moves, the one that the intent knows
        elif (
            is_sure
            and score < config["very_likely"]
            and MOVES.issuperset((*acts, *meant["acts"]))
            and STATED.isdisjoint(meant["acts"])
        ):
            acts = list(meant["acts"])  # of two moves, the surer one
        elif (
            is_sure
            and is_progress(acts)
            and meant["acts"][0].startswith(SETBACKS)
            and not (acts[0].startswith("reached") and score >= config["careful_threshold"])
        ):
            acts = list(meant["acts"])  # "it does not come" is near "it came" by its words
        elif is_likely and MOODS.issuperset(acts):
            acts = [*acts, *meant["acts"]]  # a mood is no answer to what is wanted
        elif (
            name == AFRESH
            and confidence >= config["sure"]
            and is_progress(acts)
            and GOOD_NEWS.isdisjoint(acts)
            and score < config["careful_threshold"]
        ):
            acts = list(meant["acts"])  # who wants to begin anew has not gone on
        if is_sure and acts[:1] and acts[0] in meant["acts"]:  # what else it does has to be clear
            acts = [
                act
                for act in acts
                if act in meant["acts"]
                or act.startswith(REPORTED)
                or scores.get(act, 1) >= config["very_likely"]
            ]
        if kind in config["open"]:
            if score < config["threshold"]:
                acts = []  # where nothing was asked, a guess says less than the intent
            elif name == "nlu_fallback" and score < config["careful_threshold"]:
                acts = [act for act in acts if act.startswith("fact")]
            elif (
                kind in meant["under"]
                and confidence >= config["sure"]
                and not (name == "out_of_scope" and score >= config["very_likely"])
                and not self._is_elsewhere(acts, meant["acts"], scores)
            ):
                taught = {act for meaning in self._meant.values() for act in meaning["acts"]}
                beside = [
                    act
                    for act in acts
                    if act.startswith(BESIDE) or (act.startswith("ask") and act not in taught)
                ]
                question = config["sure" if is_sure else "beside"]
                acts = [
                    act
                    for act in beside
                    if act.startswith(OF_CAUSES)
                    or scores[act] >= (question if act.startswith("ask") else config["beside"])
                ] + meant["acts"]
                if STATED.intersection(meant["acts"]) and not self._hears(scores):
                    acts = [act if act not in config["careful"] else "done" for act in acts]
        same = meant["acts"] if kind in meant["under"] else []
        rest = set(acts).difference(same, ["alone"])
        again = kind not in config["open"] and any(act.startswith("trouble") for act in acts)
        return acts if rest or again or STATED.intersection(acts) else []

    def _is_elsewhere(
        self, acts: Sequence[str], meant: Sequence[str], scores: Mapping[str, float]
    ) -> bool:
        """Tells whether a page is clearly named, and next to nothing speaks for the intent."""
        config = self._config
        is_clear = bool(acts) and scores.get(acts[0], 0) >= config["sure"]
        is_page = bool(acts) and acts[0].startswith("reached")
        return is_clear and is_page and all(scores.get(a, 0) < config["min_score"] for a in meant)

    def choose(
        self,
        ranked: Sequence[tuple[str, float]],
        tells_success: bool = False,
        share: float | None = None,
    ) -> list[str]:
        """Returns the acts that count, of all with their scores, the likeliest first.

        With `tells_success`, the intent says so too, and a success counts like any act.
        """
        config = self._config
        careful = () if tells_success else config["careful"]
        acts: list[str] = []
        lowest = (config["share"] if share is None else share) * ranked[0][1]
        for act, score in ranked:
            if score < lowest:
                break
            if score < config["limits"].get(act, self._minimum(act)):
                continue
            if act in careful and score < config["careful_threshold"]:
                act = "done"
            if act not in acts:
                acts.append(act)
        best, score = ranked[0]
        if not acts and score >= config["min_score"]:
            acts.append("done" if best in careful else best)
        return acts

    def _minimum(self, act: str) -> float:
        """Returns the score from which on an act counts."""
        if act.startswith(OF_CAUSES):  # many, each with few lines
            return float(self._config["causes"])
        return float(self._config["answers" if act in ANSWERS else "statements"])

    def _hears(self, scores: Mapping[str, float]) -> bool:
        """Tells whether the lines of acts know anything of a success in the message."""
        min_score = self._config["min_score"]
        return any(scores.get(act, 0) >= min_score for act in self._config["careful"])

    def confirmed(self, acts: list[str], intent: Mapping[str, Any]) -> list[str]:
        """Returns the acts of words that are not Chinese, of which the network knows but few.

        That it goes on counts only where the intent does not say something else.
        """
        if float(intent.get("confidence") or 0) < self._config["sure"]:
            return acts
        meant = self._acts_of_intent(intent.get("name"))
        return acts if not set(acts).isdisjoint(meant) else meant

    def settle_yes(self, acts: list[str], scores: Mapping[str, float]) -> list[str]:
        """Returns acts in which a yes that would close a case is no guess, and no mere sound."""
        if scores.get("ack", 0.0) > scores["yes"]:
            return ["ack" if act == "yes" else act for act in acts]
        if scores["yes"] < self._config["answers"]:
            return ["done" if act == "yes" else act for act in acts]
        return acts

    def with_second(self, acts: list[str], message: Message) -> list[str]:
        """Returns the acts with those of a second meaning that the message has beside its intent.

        Where the intent alone said it all (no acts), both meanings become acts, so that both are
        answered.
        """
        added = self._acts_of_intent((message.get(SECOND_INTENT) or {}).get("name"))
        if not added:
            return acts
        first = acts or self._acts_of_intent((message.get(INTENT) or {}).get("name"))
        more = [act for act in added if act not in first]
        return [*first, *more] if first and more else acts

    def with_questions(
        self, acts: list[str], message: Message, context: str, scores: Mapping[str, float]
    ) -> list[str]:
        """Returns the acts with the practical questions of the message before all others.

        What is asked is told better by the question's own classifier, so that other questions, and
        what next to nothing speaks for, are left out. Where only a clause asks, what the intent
        alone had said is said as well. An intent that is sure knows best what it asks itself.
        """
        config, intent = self._config, message.get(INTENT) or {}
        meant = self._meant.get(str(intent.get("name")), {}).get("acts", [])
        confidence = float(intent.get("confidence") or 0)
        questions = [
            question
            for question in message.get(QUESTIONS) or ()
            if question.is_sure or self._may_be_asked(question, meant, acts, confidence)
        ]
        is_very_sure = confidence >= config["very_sure"]
        if is_very_sure and meant and scores.get(meant[0], 0) >= config["careful_threshold"]:
            # Both readers of the message agree: a question that neither hears is none. Of some
            # questions the reader of acts knows nothing; those have to be sure by themselves.
            heard = config["min_score"]
            questions = [
                question
                for question in questions
                if scores.get(question.act, float(question.is_sure)) >= heard
            ]
        asked = [question.act for question in questions]
        if message.get(ASKS_NOTHING) and not asked:
            return [act for act in acts if not act.startswith("ask") or act in (*meant, HUMAN)]
        if not asked or (meant == asked and confidence >= config["sure"]):
            return acts
        if is_very_sure and meant in (["alone"], [HUMAN]):
            return acts
        is_whole = any(question.is_whole for question in questions)
        if is_very_sure and meant == ["other_service"] and not is_whole:
            return acts
        if not is_whole:
            found = acts or self._acts_of_intent(intent.get("name"))
            rest = [act for act in found if act not in asked]
            stated = [act for act in rest if scores.get(act, 1) >= config["threshold"]]
            if rest and not stated:  # the rest was a guess, where nothing else was known
                return asked
            return [*asked, *stated] if stated else acts  # else the intent's own action answers
        if is_very_sure and meant == ["matter"] and context.split()[0] in config["open"]:
            return [*asked, "matter"]
        likely, clear = config["very_likely"], config["careful_threshold"]
        meant_acts = self._acts_of_intent(intent.get("name"))
        troubles = [act for act in meant_acts if act.startswith(TROUBLE)]
        beside = [
            act
            for act in acts or [act for act in troubles if scores.get(act, 0) >= clear]
            if act not in asked
            and (not act.startswith("ask") or act == HUMAN)
            and act not in ALONE
            and (act.startswith(BESIDE_QUESTIONS) or scores.get(act, 0) >= likely)
        ]
        if asked == [WHY] and any(act.startswith(TROUBLE) for act in beside):
            return beside  # looking for the cause is the answer
        if asked == [WHY]:  # of many things it asks the reason, and the acts may know which
            asked = [self._likeliest_question(scores) or WHY]
        first, text = scores.get(asked[0], 0), str(message.get(TEXT) or "")
        more = [
            act
            for act, score in scores.items()
            if act.startswith("ask") and act not in (*asked, HUMAN)
            if config["second_question"] <= score <= first and BREAK.search(text)
        ]
        return [*asked, *more, *beside]

    def _likeliest_question(self, scores: Mapping[str, float]) -> str:
        """Returns the act that asks most likely, "" where none is likely."""
        asking = {act: score for act, score in scores.items() if act.startswith("ask")}
        best = max(asking, key=lambda act: asking[act], default="")
        return best if asking.get(best, 0) >= self._config["threshold"] else ""

    def _may_be_asked(
        self,
        question: AskedQuestion,
        meant: Sequence[str],
        acts: Sequence[str],
        confidence: float,
    ) -> bool:
        """Tells whether an unsure question counts: nothing else tells what the message is about.

        That is an intent that is likely or, for what is not known, an act that asks.
        """
        if question.act == UNKNOWN and any(act.startswith("ask") for act in acts):
            return False
        limit = self._config["success" if question.act == UNKNOWN else "sure"]
        return bool(confidence < limit or ("off_topic" in meant and question.act != UNKNOWN))

    def _is_in_part(
        self, acts: Sequence[str], message: Message, of_parts: Callable[[], list[dict[str, float]]]
    ) -> bool:
        """Tells whether a later part than the success complains, or begins with a "but" unheard."""
        if complains_after_success(of_parts(), self._config["complaint"]):
            return True
        later = [str(part.get(TEXT)) for part in message.get(PARTS) or ()][1:]
        is_contrary = any(map(self._contrast.match, later))
        return is_contrary and all(act in OF_SUCCESS for act in acts)

    def _is_supposed(
        self, message: Message, of_parts: Callable[[], list[dict[str, float]]]
    ) -> bool:
        """Tells whether the part that tells of a success asks for it, or but supposes it."""
        texts = [str(part.get(TEXT)) for part in message.get(PARTS) or ()]
        likely = [max(scores.get(act, 0.0) for act in GOOD_NEWS) for scores in of_parts()]
        text = texts[likely.index(max(likely))] if texts else str(message.get(TEXT) or "")
        return self._supposition.search(text) is not None

    def _without_denied(
        self, acts: list[str], message: Message, of_parts: Callable[[], list[dict[str, float]]]
    ) -> list[str]:
        """Returns the acts of a correction without those that only a denied part of it names."""
        texts = [str(part.get(TEXT)) for part in message.get(PARTS) or ()]
        is_denied = [bool(self._denial.match(text)) for text in texts]
        if not any(is_denied) or all(is_denied):
            return acts
        denied, said = dict[str, float](), dict[str, float]()
        for scores, denies in zip(of_parts(), is_denied, strict=True):
            of_kind = denied if denies else said
            for act, score in scores.items():
                of_kind[act] = max(score, of_kind.get(act, 0.0))
        likely = self._config["very_likely"]
        return [
            act
            for act in acts
            if act == CORRECT or denied.get(act, 0.0) < likely or said[act] >= likely
        ]

    def _corrected(
        self, ranked: Sequence[tuple[str, float]], intent: Mapping[str, Any]
    ) -> list[str]:
        """Returns what a correction of many words says beside being one: its likeliest other act.

        Where next to nothing speaks for one, what an intent that is not unlikely stands for.
        """
        config = self._config
        others = [(act, score) for act, score in ranked if act not in MOVES | MOODS | {CORRECT}]
        best, score = others[0] if others else ("", 0.0)
        is_likely = float(intent.get("confidence") or 0) >= config["very_likely"]
        if is_likely and score < config["threshold"]:
            return self._acts_of_intent(intent.get("name"))
        return [best] if score >= config["min_score"] else []

    def _agrees(self, acts: Sequence[str], intent: Mapping[str, Any]) -> bool:
        """Tells whether a likely intent means one of the acts, too."""
        is_likely = float(intent.get("confidence") or 0) >= self._config["very_likely"]
        return is_likely and not set(acts).isdisjoint(self._acts_of_intent(intent.get("name")))

    def _acts_of_intent(self, name: Any) -> list[str]:
        """Returns the acts that an intent stands for, none where its own action has to answer."""
        return [act for act in self._meant.get(name, {}).get("acts", []) if act not in ALONE]
