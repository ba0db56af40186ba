"""What a question of the operator's own would take, measured by questions whose answer is known.

A training leaves beside the model what it answers to the development questions
(`scripts/known_questions.py`); here a draft is compared with them, by the same functions by which
the assistant compares it with a message. No model is loaded.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from nlu.local_questions import (
    ALWAYS,
    MAX_STRICTNESS,
    STEP,
    TAKEN,
    Background,
    Doubt,
    Entry,
    LocalQuestions,
    message_form,
)
from nlu.sentence_encoder import encode_all
from operators.recent import Message

Array = np.ndarray[Any, Any]
FOLDER = Path(__file__).resolve().parent.parent / "models"
PATTERN = "*.known.npz"
MIN_TO_COMPARE = 4  # wordings, before one of them is compared with the others
ALIKE = 0.88  # cosine of two wordings from which on they hardly differ


class Known(NamedTuple):
    """A question whose answer is known.

    Attributes:
        text: as it is asked.
        intent: by which it is answered today.
        is_right: whether that is the right answer.
    """

    text: str
    intent: str
    is_right: bool


@dataclass(frozen=True)
class Reached:
    """What a draft would take.

    Attributes:
        strictness: with which it takes no question that is answered rightly, as far as that goes.
        taken: what it would take with the strictness that it has, the surest first.
        spared: what it would take without that strictness, and does not.
        recent: which messages of the last weeks it would take.
        alike: wordings of other questions that hardly differ from one of its own: both.
        alone: wordings of its own by which the others would not be found, even if nothing else
            were meant: who asks in such words is hardly heard.
    """

    strictness: float
    taken: Sequence[Known]
    spared: Sequence[Known]
    recent: Sequence[Message]
    alike: Sequence[tuple[str, str]]
    alone: Sequence[str]


class Reach:
    """Compares drafts with the known questions of the newest model."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._path: Path | None = None
        self._table: _Table | None = None

    def is_ready(self) -> bool:
        """Tells whether a training has left its answers."""
        return self._newest() is not None

    def of(
        self,
        wordings: Sequence[str],
        others: Iterable[Entry] = (),
        wide: bool = False,
        messages: Sequence[Message] = (),
    ) -> Reached | None:
        """Returns what a draft would take; None if no training has left its answers.

        Args:
            wordings: of the draft.
            others: the other questions of the operator's.
            wide: whether it may take questions that are answered rightly today.
            messages: of the last weeks.
        """
        with self._lock:
            table = self._newest()
            if table is None or not wordings:
                return None
            return table.reach(wordings, list(others), wide, messages)

    def _newest(self) -> _Table | None:
        paths = list(self._folder.glob(PATTERN)) if self._folder.is_dir() else []
        path = max(paths, key=lambda one: one.stat().st_mtime_ns, default=None)
        if path != self._path:
            self._table = _Table(path) if path else None
            self._path = path
        return self._table


class _Table:
    """The known questions of a model, with what speaks against taking each."""

    def __init__(self, path: Path) -> None:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        self._background = Background.read(arrays)
        self._normalise = message_form()
        self._encoded: dict[str, Array] = {}
        self._normalised = arrays["normalised"].tolist()
        self._vectors = arrays["vectors"].astype(np.float32)
        self._known = [
            Known(text, intent, bool(right))
            for text, intent, right in zip(
                arrays["asked"].tolist(),
                arrays["intents"].tolist(),
                arrays["right"].tolist(),
                strict=True,
            )
        ]
        self._against = arrays["against"].tolist()

    def reach(
        self,
        wordings: Sequence[str],
        others: list[Entry],
        wide: bool,
        messages: Sequence[Message] = (),
    ) -> Reached:
        """Compares a draft with every known question, with messages, and with others' wordings."""
        # Alone first, by which none can be missed; then beside the others, who may be likelier.
        entries = [Entry("draft", tuple(wordings)), *others]
        alone, beside = (
            LocalQuestions(some, self._background, self._encode, self._normalise)
            for some in (entries[:1], entries)
        )
        scored = [
            (_score(beside, text, vector) - against - TAKEN, known)
            for text, vector, against, known in zip(
                self._normalised, self._vectors, self._against, self._known, strict=True
            )
            if _score(alone, text, vector) - against >= TAKEN
        ]
        likely = sorted(
            (one for one in scored if one[0] >= 0), key=lambda one: one[0], reverse=True
        )
        needed = max((score + STEP for score, known in likely if known.is_right), default=0.0)
        strictness = 0.0 if wide else round(min(needed, MAX_STRICTNESS), 2)
        return Reached(
            strictness,
            [known for score, known in likely if score >= strictness],
            [known for score, known in likely if score < strictness],
            self._recent(alone, messages, TAKEN + strictness),
            self._alike(wordings, others),
            self._alone(wordings, strictness),
        )

    def _recent(
        self, draft: LocalQuestions, messages: Sequence[Message], limit: float
    ) -> list[Message]:
        if not messages:
            return []
        vectors = self._encode([message.text for message in messages])
        taken = []
        for message, vector in zip(messages, vectors, strict=True):
            alike = float(draft.alike(self._normalise(message.text), vector)[0])
            # To look for the nearest lines takes longest: only where that can decide.
            if alike - ALWAYS >= limit:
                against = self._background.against(vector, message.doubt)
                if alike - against >= limit:
                    taken.append(message)
        return taken

    def _alone(self, wordings: Sequence[str], strictness: float) -> list[str]:
        """Returns the wordings that the question would not be known by without them."""
        if len(wordings) < MIN_TO_COMPARE:
            return []
        alone = []
        for wording, vector in zip(wordings, self._encode(wordings), strict=True):
            rest = Entry("rest", tuple(other for other in wordings if other != wording))
            questions = LocalQuestions([rest], self._background, self._encode, self._normalise)
            score = questions.scores(self._normalise(wording), vector, Doubt(0.0, 0.0))[0]
            if score < TAKEN + strictness:
                alone.append(wording)
        return alone

    def _alike(self, wordings: Sequence[str], others: list[Entry]) -> list[tuple[str, str]]:
        texts = [text for entry in others for text in entry.wordings]
        if not texts:
            return []
        cosines = self._encode(wordings) @ self._encode(texts).T
        return [
            (wordings[row], texts[column])
            for row, column in zip(*np.where(cosines >= ALIKE), strict=True)
        ]

    def _encode(self, texts: Sequence[str]) -> Array:
        """Encodes texts; those of before are remembered."""
        new = [text for text in dict.fromkeys(texts) if text not in self._encoded]
        if new:
            vectors = encode_all([self._normalise(text) for text in new])
            self._encoded.update(zip(new, vectors, strict=True))
        return np.array([self._encoded[text] for text in texts])


def _score(questions: LocalQuestions, text: str, vector: Array) -> float:
    """Returns what speaks for the first of the questions; nothing where another is likelier."""
    alike = questions.alike(text, vector)
    return float(alike[0]) if alike[0] == alike.max() else -np.inf
