"""What the answers to the measured questions are worth; no I/O."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from actions.chitchat import rivals_in
from data_checks.lines import Question

OUT_OF_SCOPE = "out_of_scope"
FALLBACK = "nlu_fallback"
# Chitchat, which fits any conversation: to take a far line for it does no harm.
CHITCHAT = frozenset(
    {"greet", "goodbye", "thank", "bot_challenge", "ask_capabilities", "complain", OUT_OF_SCOPE}
)
BINS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.01)


@dataclass(frozen=True)
class Answer:
    """A question, the intent it was answered by, and the meanings with their confidences."""

    question: Question
    intent: str
    ranking: tuple[tuple[str, float], ...]

    @property
    def right(self) -> bool:
        """Whether the answer was the right one."""
        return self.intent in self.question.intents

    @property
    def confidence(self) -> float:
        """The confidence of the likeliest meaning."""
        return self.ranking[0][1]

    @property
    def outside(self) -> bool:
        """Whether the question is out of scope."""
        return OUT_OF_SCOPE in self.question.intents

    def worth(self, meanings: Container[str]) -> float:
        """1 for the right answer, a half where a two-button question holds it, else 0."""
        if self.right:
            return 1.0
        if self.intent != FALLBACK:
            return 0.0
        rivals = rivals_in(self.ranking, meanings)
        return 0.5 if len(rivals) == 2 and not self.question.intents.isdisjoint(rivals) else 0.0


def answers_of(questions: Sequence[Question], parsed: Iterable[Mapping[str, Any]]) -> list[Answer]:
    """Puts questions and what `bench.measure` has written of them together."""
    return [
        Answer(
            question, result["intent"], tuple((name, value) for name, value in result["ranking"])
        )
        for question, result in zip(questions, parsed, strict=True)
    ]


def decide(ranking: Sequence[tuple[str, float]], threshold: float, ambiguity: float) -> str:
    """Returns the intent that Rasa's FallbackClassifier leaves, or the fallback."""
    (name, best), (_, second) = ranking[:2]
    return FALLBACK if best < threshold or best - second < ambiguity else name


def share(answers: Iterable[Answer], count: Callable[[Answer], float]) -> float:
    """Returns the mean of what is counted; 0 if there is no answer."""
    counted = [count(answer) for answer in answers]
    return sum(counted) / len(counted) if counted else 0.0


def accuracy(answers: Iterable[Answer]) -> float:
    """Returns the share of right answers."""
    return share(answers, lambda answer: answer.right)


def by_style(answers: Iterable[Answer]) -> dict[str, list[Answer]]:
    """Returns the answers of each style, the styles in order."""
    groups: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        groups[answer.question.style].append(answer)
    return dict(sorted(groups.items()))


def by_intent(answers: Iterable[Answer]) -> dict[str, list[Answer]]:
    """Returns the answers of each intent (the first of several), the intents in order."""
    groups: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        groups[min(answer.question.intents)].append(answer)
    return dict(sorted(groups.items()))


def recognised_outside(answers: Iterable[Answer]) -> float:
    """Returns the share of out-of-scope questions that were told to be that."""
    return share((answer for answer in answers if answer.outside), lambda answer: answer.right)


def turned_away(answers: Iterable[Answer]) -> float:
    """Returns the share of in-scope questions that were taken for out of scope."""
    inside = (answer for answer in answers if not answer.outside)
    return share(inside, lambda answer: answer.intent == OUT_OF_SCOPE)


def taken_for_domain(answers: Iterable[Answer]) -> float:
    """Returns the share of answers by an intent of the matter; for lines that are far from it."""
    return share(answers, lambda answer: answer.intent not in CHITCHAT | {FALLBACK})


def confusions(answers: Iterable[Answer]) -> list[tuple[str, str, int]]:
    """Returns what was meant, what was understood, and how often; the most frequent first."""
    pairs = Counter(
        (min(answer.question.intents), answer.intent) for answer in answers if not answer.right
    )
    return [(meant, taken, times) for (meant, taken), times in pairs.most_common()]


def calibration(answers: Iterable[Answer]) -> list[tuple[float, float, int, float, float]]:
    """Returns a row for each range of confidence: from, to, how many, mean confidence, right."""
    rows = []
    kept = list(answers)
    for low, high in pairwise(BINS):
        inside = [answer for answer in kept if low <= answer.confidence < high]
        if inside:
            mean = share(inside, lambda answer: answer.confidence)
            right = share(inside, lambda answer: answer.ranking[0][0] in answer.question.intents)
            rows.append((low, min(high, 1.0), len(inside), mean, right))
    return rows


def sure_and_right(answers: Iterable[Answer], min_confidence: float = 0.9) -> tuple[int, float]:
    """Returns how many answers have at least that confidence, and the share of right ones."""
    sure = [answer for answer in answers if answer.confidence >= min_confidence]
    return len(sure), share(sure, lambda answer: answer.ranking[0][0] in answer.question.intents)
