"""Tells which of the operator's own questions a message asks, if any: without a training.

A question of `content/local.yml` is known by its wordings. How much a message is like one is
weighed from three things: the nearest wording and the middle of all wordings, by the sentence
encoder, and how much of what is unusual in the message stands in the wordings, by characters.
Against that stands what else the message may be: what the classifier says, and how near the
nearest training line is, of the matter and of what is out of scope. The weights were fitted by a
conditional logit on one half of `tests/policies/local/`, beside the development questions and
conversations, and measured on the other half. No Rasa here: the operator's pages use it, too.
"""

from __future__ import annotations

import datetime
import logging
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
import yaml

from nlu.device_names import DeviceNames, read_devices
from nlu.folding import read_variants
from nlu.normalization import normalize

Array = np.ndarray[Any, Any]
Encode = Callable[[Sequence[str]], Array]
logger = logging.getLogger(__name__)

DIMENSIONS = 128  # of the vectors of training lines, as those of `nlu.prototypes`
MIN_DOCUMENTS = 2  # a pair of characters in fewer lines says nothing about what is usual
# What speaks for a question.
NEAREST, MIDDLE, COVERED = 8.4, 9.7, 8.0
# What speaks against all of them: always; the share of an intent of the matter; that of one whose
# answers the operator's own may well stand before; the nearest lines within and out of scope.
ALWAYS, MATTER, NEIGHBOUR, WITHIN, OUTSIDE = 3.5, 1.6, 0.3, 5.7, 6.8
# Intents that know no answer, and those before whose answers the operator's own may well stand.
UNANSWERED = ("out_of_scope", "nlu_fallback")
NEIGHBOURS = (
    *("contact_bureau", "required_materials", "human_agent", "other_licence_service"),
    *("official_source", "complain", "greet", "bot_challenge", "ask_capabilities"),
)
EXACT = 99.0  # the score of a wording as it stands
TAKEN = -2.25  # from this score on a question is answered
OFFERED = -3.5  # and from this on offered, where the message would be declined
MAX_STRICTNESS = 4.0
STEP = 0.05  # by which a question is stricter than what it must not take


class Entry(NamedTuple):
    """A question as it stands in the file."""

    name: str
    wordings: tuple[str, ...]
    until: datetime.date | None = None
    strictness: float = 0.0


class Doubt(NamedTuple):
    """What else a message may be: the shares (0 to 1) of two kinds of intents."""

    matter: float
    neighbour: float


def doubt_of(ranking: Sequence[Mapping[str, Any]]) -> Doubt:
    """Returns what else a message may be, by the confidences of its intents."""
    shares = {str(one["name"]): float(one["confidence"] or 0) for one in ranking}
    others = (*NEIGHBOURS, *UNANSWERED)
    matter = max((share for name, share in shares.items() if name not in others), default=0.0)
    return Doubt(matter, max((shares.get(name, 0.0) for name in NEIGHBOURS), default=0.0))


class Found(NamedTuple):
    """The likeliest question of a message, and its score above what the question asks for."""

    name: str
    score: float


def read_entries(path: Path, draft: str = "") -> list[Entry]:
    """Reads the questions of a file; whether the rest of it is right, `content_loader` says.

    Args:
        path: the file.
        draft: with questions in the place of some there, as `content_loader/drafts.py` writes it.

    Raises:
        OSError: if it cannot be read.
        ValueError: if it does not have the questions in the form it should have.
    """
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        # A tenant's file comes with the first question that is saved; one may be tried before.
        is_there = path.is_file() or not draft
        file = path.read_text(encoding="utf-8") if is_there else "questions: {}"
        loaded = yaml.load(file, loader)  # noqa: S506 - a safe one
        questions = loaded["questions"] or {}
        if draft:
            changes = yaml.load(draft, loader).get(path.stem) or {}  # noqa: S506 - a safe one
            for name, fields in (changes.get("questions") or {}).items():
                questions[name] = None if fields is None else {**questions.get(name, {}), **fields}
        return [_entry(name, fields) for name, fields in questions.items() if fields is not None]
    except (yaml.YAMLError, AttributeError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path.name} cannot be used: {type(error).__name__}: {error}") from error


def _entry(name: Any, fields: Mapping[str, Any]) -> Entry:
    wordings, until = fields["wordings"], fields.get("until")
    strictness = fields.get("strictness", 0.0)
    is_sound = (
        isinstance(name, str)
        and isinstance(wordings, list)
        and all(isinstance(wording, str) and wording.strip() for wording in wordings)
        and (until is None or type(until) is datetime.date)
        and isinstance(strictness, int | float)
    )
    if not is_sound:
        raise ValueError(f"the question {name!r} is not in its form")
    return Entry(name, tuple(wordings), until, float(strictness))


def message_form() -> Callable[[str], str]:
    """Returns what brings a text into the form of messages, as `nlu.text_normalizer` does."""
    folder = Path(__file__).resolve().parent
    variants = read_variants(folder / "traditional.txt")
    devices = DeviceNames(read_devices(folder / "devices.yml"))
    return lambda text: devices.without(normalize(text, variants)).text


def pairs(text: str) -> set[str]:
    """Returns the characters of a text, and the pairs of them that stand together."""
    bare = "".join(character for character in text if character.isalnum())
    return {*bare, *(bare[at : at + 2] for at in range(len(bare) - 1))}


@dataclass(frozen=True)
class Background:
    """What the training lines are like, to tell what is unusual in a message.

    Attributes:
        lines: how many there are.
        counts: in how many of them a character or a pair stands.
        projection: (512, `DIMENSIONS`), onto what differs most among the lines.
        within: projected vectors of length one of the lines of the matter, in half precision.
        outside: the same of those out of scope.
    """

    lines: int
    counts: Mapping[str, int]
    projection: Array
    within: Array
    outside: Array

    @classmethod
    def learn(cls, texts: Sequence[str], vectors: Array, is_outside: Array) -> Background:
        """Learns from normalised lines with their vectors, and whether each is out of scope."""
        counts = Counter(gram for text in texts for gram in pairs(text))
        usual = {gram: count for gram, count in counts.items() if count >= MIN_DOCUMENTS}
        vectors = vectors.astype(np.float32)
        _, axes = np.linalg.eigh((vectors.T @ vectors).astype(np.float64))
        projection = axes[:, ::-1][:, :DIMENSIONS].astype(np.float32)
        projected = _of_length_one(vectors @ projection).astype(np.float16)
        return cls(len(texts), usual, projection, projected[~is_outside], projected[is_outside])

    def save(self, path: Path) -> None:
        """Writes it to one file."""
        np.savez(path, **self.arrays())

    def arrays(self) -> dict[str, Array]:
        """Returns it as arrays by their names, for a file that may hold others as well."""
        names = sorted(self.counts)
        return {
            "lines": np.array(self.lines),
            "names": np.array(names, str),
            "counts": np.array([self.counts[name] for name in names], np.int32),
            "projection": self.projection.astype(np.float16),
            "within": self.within,
            "outside": self.outside,
        }

    @classmethod
    def load(cls, path: Path | IO[bytes]) -> Background:
        """Reads it from such a file.

        Raises:
            OSError: if it cannot be read.
            ValueError: if it is no such file.
            KeyError: if something is missing in it.
        """
        with np.load(path, allow_pickle=False) as arrays:
            return cls.read(arrays)

    @classmethod
    def read(cls, arrays: Mapping[str, Array]) -> Background:
        """Reads it from the arrays of such a file."""
        counts = dict(zip(arrays["names"].tolist(), arrays["counts"].tolist(), strict=True))
        projection = arrays["projection"].astype(np.float32)
        return cls(int(arrays["lines"]), counts, projection, arrays["within"], arrays["outside"])

    def rarity(self, gram: str) -> float:
        """Returns how unusual a character or pair is: its inverse document frequency."""
        return math.log((self.lines + 1) / (self.counts.get(gram, 0) + 1))

    def nearest(self, vector: Array) -> tuple[float, float]:
        """Returns the cosine to the nearest line within and to the nearest outside."""
        projected: Array = vector @ self.projection
        projected /= float(np.linalg.norm(projected)) or 1.0
        within, outside = self._lines
        return _max(within @ projected), _max(outside @ projected)

    @cached_property
    def _lines(self) -> tuple[Array, Array]:
        """The lines within and outside in single precision: made when first asked for.

        That is never without questions of the operator's.
        """
        return self.within.astype(np.float32), self.outside.astype(np.float32)

    def against(self, vector: Array, doubt: Doubt) -> float:
        """Returns all that speaks against any question of the operator's."""
        within, outside = self.nearest(vector)
        return (
            ALWAYS
            + MATTER * doubt.matter
            + NEIGHBOUR * doubt.neighbour
            + WITHIN * within
            + OUTSIDE * outside
        )


class LocalQuestions:
    """The questions of a file, ready to be compared with messages."""

    def __init__(
        self,
        entries: Iterable[Entry],
        background: Background,
        encode: Encode,
        normalise: Callable[[str], str],
    ) -> None:
        """Encodes the wordings.

        Args:
            entries: the questions.
            background: what the training lines are like.
            encode: returns the vectors, of length one, of normalised texts.
            normalise: brings a wording into the form of messages.
        """
        self.entries = [entry for entry in entries if entry.wordings]
        self._background = background
        wordings = [[normalise(text) for text in entry.wordings] for entry in self.entries]
        self._exact = {text: at for at, texts in enumerate(wordings) for text in map(_bare, texts)}
        self._own: dict[str, list[int]] = defaultdict(list)  # which questions have a gram
        for at, texts in enumerate(wordings):
            for gram in set().union(*map(pairs, texts)):
                self._own[gram].append(at)
        if not self.entries:
            return
        self._vectors = encode([text for texts in wordings for text in texts]).astype(np.float32)
        self._starts = np.cumsum([0, *(len(texts) for texts in wordings)])[:-1]
        self._middles = _of_length_one(np.add.reduceat(self._vectors, self._starts, axis=0))

    def alike(self, text: str, vector: Array) -> Array:
        """Returns what speaks for each question, in the order of `entries`.

        Args:
            text: of the message, normalised.
            vector: its encoding, of length one.
        """
        nearest = np.maximum.reduceat(self._vectors @ vector, self._starts)
        alike: Array = NEAREST * nearest + MIDDLE * (self._middles @ vector)
        rarities = {gram: self._background.rarity(gram) for gram in pairs(text)}
        total = sum(rarities.values()) or 1.0
        for gram, rarity in rarities.items():
            having = self._own.get(gram, ())
            for at in having:
                alike[at] += COVERED * rarity / total / (1 + math.log(len(having)))
        return alike

    def scores(self, text: str, vector: Array, doubt: Doubt) -> Array:
        """Returns the score of each question, without its strictness."""
        scores: Array = self.alike(text, vector) - self._background.against(vector, doubt)
        exact = self._exact.get(_bare(text))
        if exact is not None:
            scores[exact] = EXACT
        return scores

    def find(
        self, text: str, vector: Array, doubt: Doubt, today: datetime.date | None = None
    ) -> Found | None:
        """Returns the likeliest question that is not over, if there is one.

        Which is the likeliest, its strictness does not change; it only has to be surer.
        """
        if not self.entries or not text.strip():
            return None
        scores = self.scores(text, vector, doubt)
        day = today or datetime.date.today()
        for at, entry in enumerate(self.entries):
            if entry.until is not None and entry.until < day:
                scores[at] = -np.inf
        best = int(np.argmax(scores))
        if not np.isfinite(scores[best]):
            return None
        score = float(scores[best])
        if score < EXACT:
            score -= self.entries[best].strictness
        return Found(self.entries[best].name, score)


class LiveQuestions:
    """The questions of a file, read again when it has changed; the last good ones on errors."""

    def __init__(
        self, path: Path, background: Background, encode: Encode, normalise: Callable[[str], str]
    ) -> None:
        """Reads the file; one that cannot be used counts as empty until it can."""
        self._path = path
        self._background = background
        self._encode = encode
        self._normalise = normalise
        self._known: dict[str, Array] = {}
        self._signature: tuple[int, int, int] | None = None
        self._questions = LocalQuestions([], background, self._vectors, normalise)
        self._drafted: tuple[Any, LocalQuestions] | None = None
        self.current()

    def current(self) -> LocalQuestions:
        """Returns the newest good questions; looks at nothing but this file's state."""
        signature = self._sign()
        if signature != self._signature:
            self._signature = signature
            try:
                entries = read_entries(self._path) if signature else []
                self._questions = LocalQuestions(
                    entries, self._background, self._vectors, self._normalise
                )
            except (OSError, ValueError) as error:
                logger.error("the last good questions stay in use: %s", error)
        return self._questions

    def with_draft(self, draft: str) -> LocalQuestions:
        """Returns the questions with those of a draft, for one conversation; see `read_entries`.

        With a draft that cannot be used, the questions as they are.
        """
        present, key = self.current(), (draft, self._signature)
        if self._drafted is None or self._drafted[0] != key:
            try:
                entries = read_entries(self._path, draft)
                questions = LocalQuestions(
                    entries, self._background, self._known_vectors, self._normalise
                )
            except (OSError, ValueError):  # what it says may quote the draft
                logger.warning("a draft is no file of questions, and is not used")
                questions = present
            self._drafted = key, questions
        return self._drafted[1]

    def _known_vectors(self, texts: Sequence[str]) -> Array:
        """Encodes what is new, and remembers nothing."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        known = {**self._known, **dict(zip(new, self._encode(new) if new else (), strict=True))}
        return np.array([known[text] for text in texts])

    def _sign(self) -> tuple[int, int, int] | None:
        try:
            stat = self._path.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size, stat.st_ino

    def _vectors(self, texts: Sequence[str]) -> Array:
        """Encodes what is new; what was encoded before is remembered while it stands there."""
        vectors = self._known_vectors(texts)
        self._known = dict(zip(texts, vectors, strict=True))
        return vectors


def _bare(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def _max(values: Array) -> float:
    return float(values.max()) if len(values) else 0.0


def _of_length_one(vectors: Array) -> Array:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    result: Array = vectors / np.maximum(lengths, 1e-9)
    return result
