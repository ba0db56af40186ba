"""Features of the characters: what is left of a word that is mistyped or cut wrongly."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from nlu.ngram_featurizer import NgramFeaturizer
from nlu.text_normalizer import normalized


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class CharacterFeaturizer(NgramFeaturizer):
    """N-grams of characters without blanks and punctuation, unless there is nothing else."""

    def units(self, message: Message) -> list[str]:
        """Returns the characters."""
        text = normalized(message).text
        return [character for character in text if character.isalnum()] or [
            character for character in text if not character.isspace()
        ]
