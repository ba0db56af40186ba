"""Words in Latin letters that are no secret: names of devices, English and pinyin of the trade."""

from __future__ import annotations

import re

from channels.redaction.patterns import VOCABULARY

_BRANDS = {word.lower() for word in VOCABULARY["brands"] if word.isascii()}
_KNOWN = {word.lower() for word in VOCABULARY["known_words"]} | _BRANDS
_PINYIN_OF_CONVERSATION = set(VOCABULARY["pinyin_talk"])
_PINYIN = {word.replace(" ", "") for word in VOCABULARY["known_pinyin"]} | _PINYIN_OF_CONVERSATION
_PIECES = re.compile(r"[a-z]+|[0-9]+", re.IGNORECASE)
_MAX_MODEL_DIGITS = 4
_MAX_COUNT_DIGITS = 2  # step2, page 10
# A model without its brand: K70, X100, Mate60, V2.3
_MODEL = re.compile(r"[A-Za-z][0-9]{1,3}[a-zA-Z]?(?:pro|max|plus)?|(?:[a-z]{2}|[A-Z]{2})[0-9]{2,3}")
# A brand and its model in one word: oppoa5, vivox60pro, redmik70
_LONG_BRANDS = sorted((brand for brand in _BRANDS if len(brand) > 2), key=len, reverse=True)
_DEVICE = re.compile(
    rf"(?:{'|'.join(_LONG_BRANDS)})"
    r"[a-z]?[0-9]{1,3}(?:pro|plus|max|ultra|mini|se|[aeistx])*(?:[0-9]{1,3}g)?"
)
_SIGN_INSIDE = re.compile(r"[A-Za-z0-9][@#$*!&?]+[A-Za-z0-9]")
_MIN_CONVERSATIONAL = 5  # letters; shorter ones are syllables of names as well
_MIN_SENTENCE = 3  # words in Latin letters


def is_known(stretch: str, models: bool = True) -> bool:
    """Tells whether a stretch consists of well-known words, short numbers and one model only.

    Without `models`, a model needs its brand. A sentence in pinyin is known when some of its
    words are those that people talk with.
    """
    if _SIGN_INSIDE.search(stretch):
        return False
    words = [word for word in re.split(r"[^0-9A-Za-z]+", stretch) if word]
    if not words or all(word.isdigit() for word in words):
        return False
    if len(words) >= _MIN_SENTENCE and any(
        word.lower() in _PINYIN_OF_CONVERSATION for word in words
    ):
        return not any(map(str.isdigit, stretch))
    named = sum(not word.isalpha() and not word.isdigit() for word in words)
    return named <= 1 and all(_is_known_word(word, models) for word in words)


def is_device(word: str) -> bool:
    """Tells whether a word is a brand with its model."""
    return bool(_DEVICE.fullmatch(word.lower()))


def _is_known_word(word: str, models: bool) -> bool:
    if word.isdigit():
        return len(word) < _MAX_MODEL_DIGITS
    if models and _MODEL.fullmatch(word):
        return True
    word = word.lower()
    if is_device(word):
        return True
    if word.isalpha() or word in _KNOWN:
        return word in _KNOWN or _is_pinyin(word)
    letters = [piece for piece in _PIECES.findall(word) if piece.isalpha()]
    digits = sum(map(str.isdigit, word))
    if digits <= _MAX_COUNT_DIGITS and len(letters) == 1 and letters[0] in _KNOWN:
        return True
    named = [letter for letter in letters if letter in _BRANDS and len(letter) > 1]
    others = [letter for letter in letters if letter not in _BRANDS and len(letter) > 1]
    return bool(named) and not others and digits <= _MAX_MODEL_DIGITS


def _is_pinyin(word: str) -> bool:
    """Tells whether a word can be cut into known pinyin, with a word that people talk with."""
    ends = {(0, False)}
    for end in range(1, len(word) + 1):
        for start, conversational in list(ends):
            piece = word[start:end]
            if start < end and piece in _PINYIN:
                is_conversational = (
                    piece in _PINYIN_OF_CONVERSATION and len(piece) >= _MIN_CONVERSATIONAL
                )
                ends.add((end, conversational or is_conversational))
    return (len(word), True) in ends
