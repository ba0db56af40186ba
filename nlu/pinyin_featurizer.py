"""Features of the sound: a word typed with wrong characters of the same sound stays itself."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from nlu.ngram_featurizer import NgramFeaturizer
from nlu.pinyin import syllables
from nlu.text_normalizer import normalized


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class PinyinFeaturizer(NgramFeaturizer):
    """N-grams of the syllables of a text, see `nlu.pinyin`."""

    @staticmethod
    def required_packages() -> list[str]:
        """Packages beyond Rasa's own."""
        return ["pypinyin"]

    @staticmethod
    def units(message: Message) -> list[str]:
        """Returns the syllables."""
        return syllables(normalized(message).text)
