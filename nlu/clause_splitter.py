"""Puts the clauses of a message behind it, so that the rest of the pipeline reads each of them.

What is added are messages of their own with the tokens and the normalised text of their stretch.
`nlu.second_intent` takes them off again. Entities are those of the whole message.
"""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.normalization import Normalized
from nlu.text_normalizer import NORMALIZED, normalized

CLAUSE_OF = "clause_of"  # a clause holds the message that it was cut from
CLAUSES = "clauses"  # and the message its clauses, once each has been read
PARTS = "parts"  # the finest of them, if there are not too many; else the clauses
IS_PART = "is_part"  # of a clause that is but one of these
# A stop or a colon in an address is none.
_STOP, _COLON = r"\.(?![a-z0-9/])", r":(?![a-z0-9/])"


# Nothing is learnt, and nothing is to be done in training: so do components of this kind.
@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ClauseSplitter(GraphComponent):
    """Cuts at punctuation, at blanks, and before the words that begin another matter.

    Of a text that is longer, or has too many clauses, the sentences are taken. Where the clauses
    are more than that, they follow as parts: each says something, and none is a matter of its own.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that must come before this one."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """What a clause is.

        `shortest` is the number of characters of a clause; a shorter one goes with the next. A
        text of up to `longest` characters is cut into clauses, a longer one into sentences. One of
        more than `max_clauses` is a story, whose clauses are no matters of their own; up to
        `max_parts` they are its parts. Each of them takes half as long to read as the message.
        `openings` are the words that begin another matter; `sentence_marks` and `clause_marks`
        stand between, beside the stop and the colon.
        """
        return {
            "shortest": 4,
            "longest": 36,
            "max_clauses": 2,
            "max_parts": 6,
            "openings": [],
            "sentence_marks": "!?;",
            "clause_marks": ",",
        }

    def __init__(self, config: dict[str, Any]) -> None:
        """Takes the settings."""
        self._config = config
        openings = "|".join(map(re.escape, config["openings"]))
        opening = f"|(?={openings})" if openings else ""
        ends = re.escape(config["sentence_marks"])
        marks = ends + re.escape(config["clause_marks"])
        self._cuts = (
            re.compile(rf"(?:[\s{marks}]|{_STOP}|{_COLON})+{opening}"),
            re.compile(rf"(?:[{ends}]|{_STOP})+\s*{opening}"),
        )

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ClauseSplitter:
        """Returns the component; it learns nothing."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Returns each message with its clauses behind it, if there are two at least."""
        together: list[Message] = []
        for message in messages:
            together.append(message)
            if message.get(TEXT):
                together += self._clauses(message)
        return together

    def _clauses(self, message: Message) -> list[Message]:
        whole, limit = normalized(message), self._config["max_clauses"]
        finest, sentences = (self._stretches(whole.text, cuts) for cuts in self._cuts)
        is_long = len(whole.text) > self._config["longest"]
        few = [some for some in (finest, sentences)[is_long:] if 2 <= len(some) <= limit]
        clauses = [_clause(message, whole, start, end) for start, end in (few or [[]])[0]]
        if 2 <= len(finest) <= self._config["max_parts"] and finest not in few[:1]:
            parts = [_clause(message, whole, start, end) for start, end in finest]
            for part in parts:
                part.set(IS_PART, True)
            clauses += parts
        return clauses

    def _stretches(self, text: str, cuts: re.Pattern[str]) -> list[tuple[int, int]]:
        """Returns start and end of each clause, without the marks around it."""
        stretches: list[tuple[int, int]] = []
        start = 0
        for cut in (*cuts.finditer(text), None):
            end = cut.start() if cut else len(text)
            if sum(map(str.isalnum, text[start:end])) >= self._config["shortest"]:
                stretches.append((start, end))
                start = cut.end() if cut else end
            elif not text[start:end].strip():
                start = cut.end() if cut else end
        if stretches and text[start:].strip():  # what is left is too short to stand alone
            stretches[-1] = (stretches[-1][0], len(text))
        return stretches


def _clause(message: Message, whole: Normalized, start: int, end: int) -> Message:
    text, starts, ends = whole
    first, last = starts[start], ends[end - 1]
    clause = Message({TEXT: message.get(TEXT)[first:last], CLAUSE_OF: message})
    clause.set(NORMALIZED, [text[start:end], starts[start:end], ends[start:end]])
    tokens = message.get(TOKENS_NAMES[TEXT]) or []
    clause.set(
        TOKENS_NAMES[TEXT],
        [token for token in tokens if first <= token.start and token.end <= last],
    )
    return clause
