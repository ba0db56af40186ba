"""Makes regular expressions from the words and fragments that an operator can read and change.

`vocabulary.yml` holds lists of words, `fragments.yml` pieces of pattern, `rules/*.yml` the rules.
In a pattern, `{name}` stands for a fragment or a list of words, `{one|other}` for the words of two
lists, `{digits 4-8}` for so many digits with gaps between them, `{digits 4-8 wide}` with the gaps
of another fragment. Patterns are verbose and ignore case.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

FOLDER = Path(__file__).parent
_PLACEHOLDER = re.compile(r"\{([a-z_][a-z_|]*|digits \d+-\d+(?: [a-z]+)?)\}")
_BETWEEN = re.compile(r"[\s\-._*]")  # what may stand between two characters of a word


def read(name: str) -> Any:
    """Returns what a YAML file of this folder holds."""
    return YAML(typ="safe").load((FOLDER / name).read_text(encoding="utf-8"))


VOCABULARY: dict[str, list[str]] = {
    name: [str(word) for word in words] for name, words in read("vocabulary.yml").items()
}
_FRAGMENTS: dict[str, str] = read("fragments.yml")
_SQUEEZED = {
    name: tuple({_BETWEEN.sub("", word).lower() for word in words})
    for name, words in VOCABULARY.items()
}


def compiled(pattern: str) -> re.Pattern[str]:
    """Returns the expression for a pattern with placeholders.

    Raises:
        KeyError: with the name that is neither a fragment nor a list of words.
        re.error: if the pattern is none.
    """
    return re.compile(_expanded(pattern), re.IGNORECASE | re.VERBOSE)


def lists_in(form: str) -> set[str]:
    """Returns the names of the lists of which a word may stand in a text of normal form."""
    squeezed = _BETWEEN.sub("", form).lower()
    return {name for name, words in _SQUEEZED.items() if any(word in squeezed for word in words)}


def _expanded(pattern: str) -> str:
    return _PLACEHOLDER.sub(lambda found: _replacement(found[1]), pattern)


def _replacement(name: str) -> str:
    if name.startswith("digits "):
        _, range_, *gap = name.split()
        min_, max_ = map(int, range_.split("-"))
        return f"[0-9](?:{_FRAGMENTS[gap[0] if gap else 'gap']}[0-9]){{{min_ - 1},{max_ - 1}}}"
    if name in _FRAGMENTS:
        return _expanded(_FRAGMENTS[name])
    words = sorted({word for list_ in name.split("|") for word in VOCABULARY[list_]}, key=len)
    return "(?:" + "|".join(map(_word, reversed(words))) + ")"


def _word(word: str) -> str:
    """Returns the pattern of a word: Latin letters beside it make it another word."""
    if word.isascii():
        before = "(?<![A-Za-z])" if word[0].isalpha() else ""
        after = "(?![A-Za-z])" if word[-1].isalpha() else ""
        return before + re.escape(word) + after
    return r"[\s\-._*]?".join(map(re.escape, word))
