"""Cuts the normalised text into words; each word knows where it stands in the text as written."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jieba
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.jieba_tokenizer import JiebaTokenizer
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.files import digest
from nlu.text_normalizer import normalized
from nlu.word_frequencies import save_words, use_saved_words


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=True)
class ChineseTokenizer(JiebaTokenizer):
    """Rasa's `JiebaTokenizer` over the normalised text and without blank tokens; same settings.

    All words that jieba knows are kept with the model, not only those of the own dictionaries.
    """

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Tells Rasa to train this component anew when a dictionary has changed."""
        folder = config.get("dictionary_path")
        return digest(*sorted(Path(folder).glob("*"))) if folder else None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> JiebaTokenizer:
        """Returns an untrained component; jieba knows its own words and those of the settings."""
        jieba.dt.initialized = False  # whatever model it had the words of
        return super().create(config, model_storage, resource, execution_context)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> JiebaTokenizer:
        """Lets jieba know the words of the model; one without them is read by Rasa's own means."""
        try:
            with model_storage.read_from(resource) as folder:
                if use_saved_words(jieba.dt, folder):
                    return cls(config, model_storage, resource)
        except ValueError:  # it was trained on nothing
            pass
        jieba.dt.initialized = False  # as above
        return super().load(config, model_storage, resource, execution_context, **kwargs)

    def persist(self) -> None:
        """Keeps the words with the model.

        The own dictionaries are counted twice, as they were when settings and rules were weighed:
        their words are not likelier by that, but of two ways to cut a text the one into fewer.
        """
        if self._config["dictionary_path"] is not None:
            self._load_custom_dictionary(self._config["dictionary_path"])
        with self._model_storage.write_to(self._resource) as folder:
            save_words(jieba.dt, folder)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Sets the tokens of every line's text; of nothing else is anything learnt.

        Lines share the tokens that are the same, as there are a million.
        """
        known: dict[tuple[str, int, int], Token] = {}
        for example in training_data.training_examples:
            if example.get(TEXT):
                tokens = self.tokenize(example, TEXT)
                shared = [
                    known.setdefault((token.text, token.start, token.end), token)
                    for token in tokens
                ]
                example.set(TOKENS_NAMES[TEXT], shared)
        return training_data

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Returns the tokens of a text; `start` and `end` count in the text as written."""
        if attribute != TEXT:
            return super().tokenize(message, attribute)  # type: ignore[no-any-return]
        return self._apply_token_pattern(cut(message, jieba.dt))  # type: ignore[no-any-return]


def cut(message: Message, tokenizer: jieba.Tokenizer) -> list[Token]:
    """Returns the tokens of a message's text; `start` and `end` count in the text as written."""
    text, starts, ends = normalized(message)
    return [
        Token(word, starts[start], ends[end - 1])
        for word, start, end in tokenizer.tokenize(text)
        if not word.isspace()
    ]


def tokenizer_with(names: Mapping[str, int]) -> jieba.Tokenizer:
    """Returns a tokenizer that knows some names, by their frequency, beside jieba's own words.

    The words of jieba's own tokenizer are looked up where they are: they stay as they are, and
    are not held twice.
    """
    jieba.initialize()
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ = ChainMap({}, jieba.dt.FREQ)
    tokenizer.total = jieba.dt.total
    tokenizer.initialized = True
    for name, frequency in names.items():
        tokenizer.add_word(name, frequency)
    return tokenizer
