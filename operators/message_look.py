"""How a fixed sentence of a channel looks: with what stands around it, where it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import yaml

from operators.fields import Field
from operators.preview import Preview, preview, with_examples
from operators.words import Words

_COMMON, _WECHAT, _WEBSITE, _RENDERING = "messages", "wechat", "website", "rendering"
# Of WeChat: those that are no message alone, shown around one that has buttons.
_AROUND = ("number_line", "number_hint", "number_separator", "handoff_button", "menu_head")
_WITHOUT_BUTTONS = ("more", "not_ready", "handoff")  # how their names begin


def look_of(words: Words, field: Field, text: str, examples: Mapping[str, str]) -> Preview | None:
    """Returns what a text in a field, which has passed its check, would look like.

    None for a list of words, which is never said, and while the files cannot be read.
    """
    if field.is_list:
        return None
    if field.topic == _WEBSITE:
        return Preview(with_examples(text, examples), (), (), ())
    if field.topic == _RENDERING:
        return replace(preview(text, examples, ()), website="")
    try:
        said = {topic: yaml.safe_load(words.effective(topic)) for topic in (_COMMON, _WECHAT)}
        _put(said[field.topic], field.path, text)
        unavailable, wechat = said[_COMMON]["unavailable"], said[_WECHAT]
        titles = [str(button["title"]) for button in unavailable["buttons"]]
        if field.topic == _COMMON:
            return preview(unavailable["text"], {}, titles, wechat)
        if field.key in _AROUND:
            around = [text] if field.key == "handoff_button" else titles
            shown = text if field.key == "menu_head" else str(wechat["unknown"])
            return replace(preview(shown, {}, around, wechat), website="")
        if field.key.startswith(_WITHOUT_BUTTONS):
            titles = []
        return replace(preview(text, examples, titles, wechat), website="")
    except (yaml.YAMLError, OSError, KeyError, IndexError, TypeError, ValueError):
        return None


def _put(document: Any, path: str, text: str) -> None:
    *above, last = path.split(".")
    for key in above:
        document = document[int(key) if key.isdecimal() else key]
    document[last] = text
