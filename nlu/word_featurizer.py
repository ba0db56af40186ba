"""Features of the words that jieba cuts with our dictionaries."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.ngram_featurizer import NgramFeaturizer


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class WordFeaturizer(NgramFeaturizer):
    """N-grams of words, punctuation marks among them."""

    def units(self, message: Message) -> list[str]:
        """Returns the words."""
        return [token.text for token in message.get(TOKENS_NAMES[TEXT]) or []]
