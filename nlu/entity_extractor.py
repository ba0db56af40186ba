"""Finds places, other systems, extents and step numbers with a spaCy pipeline of our own."""

from __future__ import annotations

import hashlib
import json
import logging
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import jieba
import spacy
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.language import Language

from nlu.chinese_tokenizer import cut, tokenizer_with
from nlu.entity_rules import EntityRules, Word
from nlu.folding import fold, read_variants
from nlu.place_names import find_latin, find_towns, read_spellings, read_towns
from nlu.spacy_pipeline import SAID_STEP, STEP, build_pipeline, read_dictionary, read_entity_config
from nlu.step_numbers import StepNumbers

jieba.setLogLevel(logging.WARNING)

# Nobody names a place after the first thousands of characters; spaCy's time grows with the text.
LONGEST_TEXT = 4_000
# Set on a message that says nothing but places, at least one of them sure.
PLACES_ALONE = "places_alone"
_PIPELINE, _ENTITY_CONFIG = "spacy", "entity_config.json"
# The tags, as in `nlu/entities.yml`, of names that are no words of the dictionaries.
_TOWN, _LATIN, _LATIN_BESIDE = "nst", "nsl", "nslb"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class SpacyEntityExtractor(GraphComponent, EntityExtractorMixin):
    """Adds the entities that the words of `nlu/jieba`, `nlu/places` and `nlu/entities.yml` lead to.

    An entity is a dictionary with `entity`, `start`, `end`, `value` and `extractor`. Offsets
    are those of the message as it was written; the value of a place is in Simplified
    characters. Which words count is in `nlu.entity_rules`, which numbers in
    `nlu.step_numbers`. After training nothing but the model is read.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that must come before this one."""
        return [Tokenizer]

    @staticmethod
    def required_packages() -> list[str]:
        """Packages beyond Rasa's own."""
        return ["jieba", "spacy"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Where the words and the entity config are; read in training only."""
        return {
            "dictionary_path": "nlu/jieba",
            "entity_config": "nlu/entities.yml",
            "variants": "nlu/traditional.txt",
            "names": "nlu/places/names.txt",
            "towns": "nlu/places/townships.txt",
            "spellings": "nlu/places/pinyin.txt",
        }

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Tells Rasa to train this component anew when one of its files has changed."""
        config = {**cls.get_default_config(), **config}  # Rasa passes what config.yml says only
        files = sorted(Path(config["dictionary_path"]).glob("*.txt"))
        digest = hashlib.sha256()
        others = (
            Path(config[name])
            for name in ("entity_config", "variants", "names", "towns", "spellings")
        )
        for path in (*files, *others):
            digest.update(path.read_bytes() if path.is_file() else b"")
        return digest.hexdigest()

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        nlp: Language | None = None,
        entity_config: dict[str, Any] | None = None,
    ) -> None:
        """Takes a built pipeline and its config, or none before training."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._nlp: Language | None = None
        if nlp is not None and entity_config is not None:
            self._use(nlp, entity_config)

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

    def _use(self, nlp: Language, entity_config: dict[str, Any]) -> None:
        """Makes the component ready; jieba loads now, not with the first message."""
        self._nlp = nlp
        self._variants: dict[str, str] = entity_config["variants"]
        self._town_ends: list[str] = entity_config["region"]["town_ends"]
        self._towns = frozenset(entity_config["towns"])
        self._spellings: dict[str, bool] = entity_config["spellings"]
        self._names: dict[str, int] = entity_config["names"]
        self._tokenizer = tokenizer_with(self._names)
        self._tags: dict[str, dict[str, str]] = entity_config["tags"]
        self._rules = EntityRules(entity_config)
        self._steps = StepNumbers(entity_config[STEP])
        ruler: Any = nlp.get_pipe("span_ruler")
        words = [
            pattern["pattern"] for pattern in ruler.patterns if isinstance(pattern["pattern"], str)
        ]
        # A text without a word and without a number has no entity, and spaCy need not look.
        self._words: dict[str, list[str]] = defaultdict(list)
        for word in map(str.lower, words):
            self._words[word[:2]].append(word)
        self._numerals = frozenset(entity_config[STEP]["number"])
        jieba.lcut(words[0])
        nlp(words[0])

    def train(self, training_data: TrainingData) -> Resource:
        """Builds the pipeline from the words and the entity config and keeps it with the model."""
        entity_config = read_entity_config(Path(self._config["entity_config"]))
        nlp = build_pipeline(
            Path(self._config["dictionary_path"]), Path(self._config["names"]), entity_config
        )
        entity_config["variants"] = self._variants_beside(nlp)
        words = read_dictionary(Path(self._config["names"]))
        entity_config["names"] = {name: frequency for name, frequency, _ in words}
        entity_config["towns"] = sorted(read_towns(Path(self._config["towns"])))
        entity_config["spellings"] = read_spellings(Path(self._config["spellings"]))
        self._use(nlp, entity_config)
        with self._model_storage.write_to(self._resource) as folder:
            nlp.to_disk(folder / _PIPELINE)
            text = json.dumps(entity_config, ensure_ascii=False)
            (folder / _ENTITY_CONFIG).write_text(text, encoding="utf-8")
        return self._resource

    def _variants_beside(self, nlp: Language) -> dict[str, str]:
        """Reads the Traditional characters, without those in our words, such as 乾 in 乾县."""
        ruler: Any = nlp.get_pipe("span_ruler")
        words = (
            pattern["pattern"] for pattern in ruler.patterns if isinstance(pattern["pattern"], str)
        )
        ours = set("".join(words))
        variants = read_variants(Path(self._config["variants"]))
        return {old: new for old, new in variants.items() if old not in ours}

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
            nlp = spacy.load(folder / _PIPELINE)
            entity_config = json.loads((folder / _ENTITY_CONFIG).read_text(encoding="utf-8"))
        return cls(config, model_storage, resource, nlp, entity_config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the entities to each message."""
        for message in messages:
            found = self.find(message)
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages

    def find(self, message: Message) -> list[dict[str, Any]]:
        """Returns the entities of a message in the order of its text, none overlapping."""
        text = (message.get(TEXT) or "")[:LONGEST_TEXT]
        folded = fold(text, self._variants) if self._nlp else ""
        if self._nlp is None:
            return []
        words: list[Word] = []
        found: dict[tuple[int, int], tuple[str, str]] = {}
        doc = self._nlp(folded) if self._may_have_entities(folded) else None
        for span in doc.spans["ruler"] if doc else ():
            if span.label_ in (STEP, SAID_STEP):
                said = span.label_ == SAID_STEP
                at = self._steps.in_span(folded, span.start_char, span.end_char, said)
                if at:
                    found[at] = (STEP, text[slice(*at)])
            else:
                words.append(Word(span.label_, span.start_char, span.end_char))
        alone = self._steps.alone(folded)
        if alone:
            found[alone] = (STEP, text[slice(*alone)])
        tokens = self._tokens(message, folded, words)
        names = self._names_beside(folded, words, tokens)
        chosen = self._rules.choose(folded, words, tokens, names)
        message.set(PLACES_ALONE, self._rules.are_alone(folded, chosen))
        for word in chosen:
            if all(word.end <= start or end <= word.start for start, end in found):
                tag = self._tags[word.tag]
                value = tag.get("value", folded[word.start : word.end])
                found[word.start, word.end] = (tag["entity"], value)
        return [_entity(at, *found[at]) for at in sorted(found)]

    def _tokens(self, message: Message, folded: str, words: list[Word]) -> list[tuple[int, int]]:
        """Returns where the tokens stand in the text as written.

        With a name that the classifier's tokenizer does not know the text is cut anew.
        """
        tokens: list[Token] = message.get(TOKENS_NAMES[TEXT]) or []
        if any(folded[word.start : word.end].lower() in self._names for word in words):
            tokens = cut(message, self._tokenizer)
        return [(token.start, token.end) for token in tokens]

    def _names_beside(
        self, folded: str, words: list[Word], tokens: list[tuple[int, int]]
    ) -> list[Word]:
        """Returns the names of places that are words of no dictionary."""
        starts = {start for start, _ in tokens} | {word.end for word in words}
        towns = [
            Word(_TOWN, at.start, at.stop)
            for at in find_towns(folded, self._towns, self._town_ends, starts)
        ]
        latin = find_latin(folded, self._spellings)
        return towns + [
            Word(_LATIN if span.sure else _LATIN_BESIDE, span.start, span.end) for span in latin
        ]

    def _may_have_entities(self, folded: str) -> bool:
        """Tells whether there is a number or a word; spaCy does not mind blanks in a word."""
        text = "".join(folded.lower().split())
        if not self._numerals.isdisjoint(text):
            return True
        pairs = enumerate(map("".join, pairwise(text)))
        return any(
            text.startswith(word, at) for at, pair in pairs for word in self._words.get(pair, ())
        )


def _entity(at: tuple[int, int], name: str, value: str) -> dict[str, Any]:
    return {
        "entity": name,
        "start": at[0],
        "end": at[1],
        "value": value,
        "extractor": SpacyEntityExtractor.__name__,
    }
