"""A text is changed and nothing else: comments, order, quotes and line breaks stay."""

from __future__ import annotations

import difflib

import pytest
from ruamel.yaml import YAML

from operators.words import Words
from operators.yaml_text import NotChanged, changed, leaves, values

FILE = """\
# head
ways:
  phone: # beside
    title: one   # not lost
    text: |-
      first
        deeper

      last

    # above
    quoted: "a: b"
    single: 'it''s'
    folded: a long
      line
  flow: {title: in braces, payload: '/x{"a":"b"}'}
  words: [a, "b c", d]
  lines: [a, # why
    b]
number: 12
"""


def after(path: tuple[str | int, ...], value: str | tuple[str, ...]) -> list[str]:
    """Returns the lines that are removed and added."""
    lines = difflib.unified_diff(
        FILE.splitlines(), changed(FILE, path, value).splitlines(), n=0, lineterm=""
    )
    return [line for line in lines if line[:3] not in ("---", "+++") and line[0] in "+-"]


@pytest.mark.parametrize(
    ("path", "value", "lines"),
    [
        (("title",), "two", ["-    title: one   # not lost", "+    title: two   # not lost"]),
        (("title",), "a: b", ["-    title: one   # not lost", '+    title: "a: b"   # not lost']),
        (("title",), "yes", ["-    title: one   # not lost", '+    title: "yes"   # not lost']),
        (("title",), "a #b", ["-    title: one   # not lost", '+    title: "a #b"   # not lost']),
        (("quoted",), "plain", ['-    quoted: "a: b"', '+    quoted: "plain"']),
        (("single",), "x", ["-    single: 'it''s'", '+    single: "x"']),
        (("folded",), "short", ["-    folded: a long", "-      line", "+    folded: short"]),
        (("text",), "first\nlast", ["-        deeper", "-"]),
        (("text",), "one", ["-    text: |-", "-      first", "-        deeper", "-", "-      last",
                            "+    text: one"]),
        (("title",), "a\nb", ["-    title: one   # not lost", '+    title: "a\\nb"   # not lost']),
    ],
)  # fmt: skip
def test_only_the_text_changes(path: tuple[str, ...], value: str, lines: list[str]) -> None:
    assert after(("ways", "phone", *path), value) == lines


def test_lists_and_braces() -> None:
    assert after(("ways", "flow", "title"), "x, y") == [
        '-  flow: {title: in braces, payload: \'/x{"a":"b"}\'}',
        '+  flow: {title: "x, y", payload: \'/x{"a":"b"}\'}',
    ]
    assert after(("ways", "words"), ("a", "e")) == ['-  words: [a, "b c", d]', "+  words: [a, e]"]
    assert after(("ways", "words"), ("a,", "[")) == [
        '-  words: [a, "b c", d]',
        '+  words: ["a,", "["]',
    ]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("ways", "lines"), ("a",)),  # its comment would be lost
        (("number",), "13"),  # no text
        (("ways",), "x"),
        (("nothing",), "x"),
        (("ways", "words"), "x"),
        (("ways", "phone", "title"), ("x",)),
    ],
)
def test_what_is_no_text_is_not_changed(path: tuple[str, ...], value: str) -> None:
    with pytest.raises(NotChanged):
        changed(FILE, path, value)


HOSTILE = (
    'x"\n  payload: /evil',
    "- a\n- b",
    "&a *b !!python/object:os.system",
    "--- \n...",
    "%YAML 9",
    "{a: b}",
    "| \n> x",
    "a\n\n\n  b\n c",
    "  leading and trailing  ",
    "~",
    "null",
    "0x1f",
    "2026-11-28",
    "<script>alert(1)</script>",
    "\\u0041 \\n 'x'",
    "结尾是冒号:",
    "😀 👨‍👩‍👧",
    "a\n",
)


# `local.yml` comes without texts: those in it are the operator's.
@pytest.mark.long
@pytest.mark.parametrize("topic", [topic for topic in Words.topics if topic != "local"])
def test_hostile_texts_say_what_they_say_and_nothing_more(topic: str) -> None:
    file = Words().read(topic)
    paths = [path for path, leaf in leaves(file).items() if isinstance(leaf.value, str)]
    for number, text in enumerate(HOSTILE * 2):
        path = paths[number * len(paths) // (2 * len(HOSTILE))]
        new = changed(file, path, text)
        read = YAML(typ="rt").load(new)  # as the assistant reads it
        for key in path:
            read = read[key]
        assert read == text
        old = dict(values(file))
        assert {k: v for k, v in values(new).items() if old[k] != v} in ({path: text}, {})
        assert changed(new, path, str(leaves(file)[path].value)).count("#") == file.count("#")
