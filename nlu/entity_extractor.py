"""Finds places, other systems, extents and step numbers with a spaCy pipeline of our own."""

from __future__ import annotations

import json
import logging
import re
import unicodedata
from pathlib import Path
from typing import Any

import spacy
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.language import Language
from spacy.tokens import Span

from nlu.spacy_recipe import STEP, build_pipeline, read_recipe

logger = logging.getLogger(__name__)

# Nobody names a place after the first thousands of characters; spaCy's time grows with the text.
LONGEST_TEXT = 4_000
_BROKEN = re.compile(r"[\ud800-\udfff]")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class SpacyEntityExtractor(GraphComponent, EntityExtractorMixin):
    """Adds the entities that the words of `nlu/jieba` and `nlu/entities.yml` lead to.

    A span counts when it neither cuts a word of the tokenizer nor stands where its words mean
    something else; of overlapping ones the longest counts.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that must come before this one."""
        return [Tokenizer]

    @staticmethod
    def required_packages() -> list[str]:
        """Packages beyond Rasa's own."""
        return ["spacy"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Where the words and the recipe are; read in training only."""
        return {"dictionary_path": "nlu/jieba", "recipe": "nlu/entities.yml"}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        nlp: Language | None = None,
        recipe: dict[str, Any] | None = None,
    ) -> None:
        """Takes a built pipeline, or none before training."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._nlp: Language | None = None
        self._recipe: dict[str, Any] = {}
        self._first_characters: frozenset[str] = frozenset()
        if nlp is not None and recipe is not None:
            self._use(nlp, recipe)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SpacyEntityExtractor:
        """Returns an untrained component."""
        return cls(config, model_storage, resource)

    def _use(self, nlp: Language, recipe: dict[str, Any]) -> None:
        self._nlp, self._recipe = nlp, recipe
        ruler: Any = nlp.get_pipe("span_ruler")
        words = (it["pattern"] for it in ruler.patterns if isinstance(it["pattern"], str))
        first = {word[0].lower() for word in words} | set(recipe["number"])
        self._first_characters = frozenset(first)

    def train(self, training_data: TrainingData) -> Resource:
        """Builds the pipeline from the words and the recipe and keeps it with the model."""
        recipe = read_recipe(Path(self._config["recipe"]))
        nlp = build_pipeline(Path(self._config["dictionary_path"]), recipe)
        self._use(nlp, recipe)
        with self._model_storage.write_to(self._resource) as folder:
            nlp.to_disk(folder / "spacy")
            text = json.dumps(recipe, ensure_ascii=False)
            (folder / "recipe.json").write_text(text, encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SpacyEntityExtractor:
        """Returns the component as it was trained."""
        with model_storage.read_from(resource) as folder:
            nlp = spacy.load(folder / "spacy")
            recipe = json.loads((folder / "recipe.json").read_text(encoding="utf-8"))
        return cls(config, model_storage, resource, nlp, recipe)

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the entities to each message."""
        for message in messages:
            found = self.find(message)
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages

    def find(self, message: Message) -> list[dict[str, Any]]:
        """Returns the entities of a message: entity, start, end, value and extractor."""
        text = _BROKEN.sub("?", message.get(TEXT) or "")[:LONGEST_TEXT]
        if self._nlp is None or self._first_characters.isdisjoint(text.lower()):
            return []
        tokens = message.get(TOKENS_NAMES[TEXT]) or []
        starts, ends = {it.start for it in tokens}, {it.end for it in tokens}
        doc = self._nlp(text)
        spans = [
            span
            for span in doc.spans["ruler"]
            if span.label_ == STEP or (span.start_char in starts and span.end_char in ends)
        ]
        spans = [span for span in spans if not self._is_other_name(span, text)]
        spans = spacy.util.filter_spans(spans)
        entities = [self._entity(span) for span in spans if self._fits(span, text, spans)]
        return [it for it in entities if it] + _bare_number(text)

    def _is_other_name(self, span: Span, text: str) -> bool:
        entity = self._recipe["tags"].get(span.label_, {}).get("entity")
        rest = text[span.end_char :]
        return rest.startswith(tuple(self._recipe["not_before"].get(entity, ())))

    def _fits(self, span: Span, text: str, spans: list[Span]) -> bool:
        context = self._recipe["tags"].get(span.label_, {}).get("context")
        if context is None:
            return True
        before, after = text[: span.start_char].rstrip(), text[span.end_char :].lstrip()
        words = self._recipe["context"][context]
        if before.endswith(tuple(words.get("before", ()))) or after.startswith(
            tuple(words["after"])
        ):
            return True
        return context == "place" and (self._alone(before, after, spans) or _beside(span, spans))

    def _alone(self, before: str, after: str, spans: list[Span]) -> bool:
        def empty(rest: str) -> bool:
            for word in sorted(self._recipe["particles"], key=len, reverse=True):
                rest = rest.replace(word, "")
            return not any(character.isalnum() for character in rest)

        return len(spans) == 1 and empty(before) and empty(after)

    def _entity(self, span: Span) -> dict[str, Any] | None:
        start, end = span.start_char, span.end_char
        if span.label_ == STEP:
            number = _number_in(span.text)
            if number is None:
                return None
            start, end = start + number[0], start + number[1]
            name, value = STEP, span.text[number[0] : number[1]]
        else:
            tag = self._recipe["tags"][span.label_]
            name, value = tag["entity"], tag.get("value", span.text)
        return _found(name, start, end, value)


def _beside(span: Span, spans: list[Span]) -> bool:
    return any(
        other.label_ in ("ns", "nsw")
        and (other.end_char == span.start_char or other.start_char == span.end_char)
        for other in spans
    )


def _number_in(text: str) -> tuple[int, int] | None:
    numeric = [unicodedata.numeric(it, None) is not None for it in text]
    if True not in numeric:
        return None
    start = numeric.index(True)
    end = next((i for i in range(start, len(text)) if not numeric[i]), len(text))
    return start, end


def _bare_number(text: str) -> list[dict[str, Any]]:
    """A message that is nothing but a number of one to three characters."""
    places = [i for i, it in enumerate(text[:20]) if it.isalnum()]
    bare = text[places[0] : places[-1] + 1] if places and len(text) <= 20 else ""
    if not 0 < len(bare) <= 3 or any(unicodedata.numeric(it, None) is None for it in bare):
        return []
    return [_found(STEP, places[0], places[-1] + 1, bare)]


def _found(name: str, start: int, end: int, value: str) -> dict[str, Any]:
    return {
        "entity": name,
        "start": start,
        "end": end,
        "value": value,
        "extractor": "SpacyEntityExtractor",
    }
