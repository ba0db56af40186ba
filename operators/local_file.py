"""`content/local.yml` as forms fill it in: the operator's own questions, and facts of bureaus.

The file stays the truth: comments, order and what was written by hand stay as they are.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from io import StringIO
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import LiteralScalarString

from content_loader.files import Local
from content_loader.shapes import MIN_WORDINGS, LocalFacts, LocalQuestion
from operators.fields import Problem
from operators.history import History, Version
from operators.journal import Deed
from operators.words import Conflict, Words
from operators.yaml_text import ODD

TOPIC = "local"
QUESTIONS, BUREAUS = "questions", "bureaus"
MAX_BUTTONS = 3
MAX_WORDING, MAX_TEXT = 60, 600
FACTS = ("address", "hours", "counter", "phone", "other")
_Shape = TypeVar("_Shape", bound=BaseModel)
_LENGTHS = {"address": 80, "hours": 80, "counter": 40, "phone": 26, "other": 120}
_ORDER = ("wordings", "text", "buttons", "until", "strictness")  # in which they are written
_WIDTH = 4096  # lines are not broken
_KEPT_VERSIONS = 200  # in which questions that were deleted are looked for


class LocalFile:
    """Reads and changes the file; every change is a version and a line in the journal."""

    def __init__(self, words: Words, history: History) -> None:
        self._words = words
        self._history = history

    def read(self) -> Local | None:
        """Returns what stands in the file; None if it cannot be used as it is."""
        return _read(self._words.read(TOPIC))

    def questions(self) -> Mapping[str, LocalQuestion]:
        """Returns the questions; none if the file cannot be used as it is."""
        local = self.read()
        return local.questions if local else {}

    def facts(self) -> Mapping[str, LocalFacts]:
        """Returns what is said of bureaus, by the code of the place."""
        local = self.read()
        return local.bureaus if local else {}

    def deleted(self) -> Iterator[tuple[Version, str, LocalQuestion]]:
        """Yields the questions of earlier versions that are gone, the latest first."""
        seen = set(self.questions())
        for version in self._history.versions(TOPIC, _KEPT_VERSIONS):
            local = _read(version.file)
            for name, question in local.questions.items() if local else ():
                if name not in seen:
                    seen.add(name)
                    yield version, name, question

    def save_question(self, name: str, question: LocalQuestion, base: str, who: str) -> str:
        """Puts a question into the file; returns its name.

        Args:
            name: of the one that is changed; empty for a new one.
            question: as it shall be.
            base: the fingerprint of the question that the editor has seen; empty for a new one.
            who: the editor's account.

        Raises:
            Conflict: if somebody has changed the same question, or the file, meanwhile.
            Problem: if the file could not be used with it.
        """
        present = self.questions().get(name)
        if fingerprint(present) != base:
            raise Conflict
        name = name or _new_name()
        subject = question.wordings[0]
        self._change(QUESTIONS, name, _fields(question), who, Deed.QUESTION_SAVED, subject)
        return name

    def with_question(self, name: str, question: LocalQuestion) -> str:
        """Returns the file with a question in it, to be tried; nothing is saved.

        Raises:
            Problem: if the file could not be used with it.
        """
        file = _with(
            self._words.read(TOPIC),
            lambda root: _put(root, QUESTIONS, name or _new_name(), _fields(question)),
        )
        self._words.check(TOPIC, file)
        return file

    def delete_question(self, name: str, base: str, who: str) -> None:
        """Takes a question out of the file.

        Raises:
            Conflict: if somebody has changed it, or the file, meanwhile.
            Problem: if the file could not be used without it.
        """
        present = self.questions().get(name)
        if present is None or fingerprint(present) != base:
            raise Conflict
        subject = present.wordings[0]
        self._change(QUESTIONS, name, None, who, Deed.QUESTION_DELETED, subject)

    def restore_question(self, name: str, number: int, who: str) -> bool:
        """Puts a deleted question back as a version had it; tells whether there is such a one.

        Raises:
            Conflict: if the file changes meanwhile.
            Problem: if the file could not be used with it.
        """
        version = self._history.version(number)
        local = _read(version.file) if version and version.topic == TOPIC else None
        question = local.questions.get(name) if local else None
        if question is None or name in self.questions():
            return False
        self.save_question(name, question, fingerprint(None), who)
        return True

    def save_facts(
        self, code: str, facts: LocalFacts | None, base: str, who: str, place: str
    ) -> None:
        """Puts what is said of a place's bureau into the file, or takes it out.

        Raises:
            Conflict: if somebody has changed the same, or the file, meanwhile.
            Problem: if the file could not be used with it.
        """
        if fingerprint(self.facts().get(code)) != base:
            raise Conflict
        fields = {key: value for key, value in facts.model_dump().items() if value} if facts else {}
        self._change(BUREAUS, code, fields or None, who, Deed.FACTS_SAVED, place)

    def _change(
        self, part: str, name: str, fields: dict[str, Any] | None, who: str, deed: Deed, about: str
    ) -> None:
        self._history.notice(TOPIC)
        before = self._words.read(TOPIC)
        file = _with(before, lambda root: _put(root, part, name, fields))
        self._words.check(TOPIC, file)
        self._history.put(TOPIC, before, file, who, deed, about)


def fingerprint(fields: LocalQuestion | LocalFacts | None) -> str:
    """Tells whether it is still the same; empty for nothing."""
    if fields is None:
        return ""
    text = json.dumps(fields.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def question_of(form: Mapping[str, str], strictness: float) -> LocalQuestion:
    """Returns the question that a form describes.

    Raises:
        Problem: if it cannot be used; `at` among its values is the field.
    """
    lines = form.get("wordings", "").replace("\r\n", "\n").split("\n")
    wordings = [line.strip() for line in lines if line.strip()]
    text = form.get("text", "").replace("\r\n", "\n").strip()
    if ODD.search("\n".join(wordings)) or ODD.search(text):
        raise Problem("odd", at="wordings" if ODD.search("\n".join(wordings)) else "text")
    if len(set(wordings)) != len(wordings):
        raise Problem("twice", at="wordings")
    if len(wordings) < MIN_WORDINGS:
        raise Problem("few_wordings", at="wordings", min=MIN_WORDINGS, count=len(wordings))
    for wording in wordings:
        if len(wording) > MAX_WORDING:
            raise Problem("too_long", at="wordings", count=len(wording), max=MAX_WORDING)
        if "{" in wording or "}" in wording:
            raise Problem("no_braces", at="wordings", name=wording)
    if not text:
        raise Problem("empty", at="text")
    if len(text) > MAX_TEXT:
        raise Problem("too_long", at="text", count=len(text), max=MAX_TEXT)
    if "{" in text or "}" in text:
        raise Problem("no_braces", at="text", name="{")
    names = [form.get(f"button_{number}", "") for number in range(1, MAX_BUTTONS + 1)]
    buttons = tuple(dict.fromkeys(name for name in names if name))
    fields = {
        "wordings": tuple(wordings), "text": text, "buttons": buttons,
        "until": day_of(form.get("until", "")), "strictness": strictness,
    }  # fmt: skip
    return _checked(LocalQuestion, fields, "wordings")


def facts_of(form: Mapping[str, str]) -> LocalFacts | None:
    """Returns what a form says of a bureau; None if it says nothing.

    Raises:
        Problem: if it cannot be used; `at` among its values is the field.
    """
    given = {name: " ".join(form.get(name, "").split()) for name in FACTS}
    for name, text in given.items():
        if ODD.search(text):
            raise Problem("odd", at=name)
        if len(text) > _LENGTHS[name]:
            raise Problem("too_long", at=name, count=len(text), max=_LENGTHS[name])
        if "{" in text or "}" in text:
            raise Problem("no_braces", at=name, name="{")
    said = {name: text for name, text in given.items() if text}
    if not said:
        return None
    return _checked(LocalFacts, {**said, "until": day_of(form.get("until", ""))}, "phone")


def day_of(given: str) -> datetime.date | None:
    """Returns the day that a form names; None for none.

    Raises:
        Problem: if it is no day.
    """
    if not given.strip():
        return None
    try:
        return datetime.date.fromisoformat(given.strip())
    except ValueError as error:
        raise Problem("no_day", at="until") from error


def _checked(shape: type[_Shape], fields: Mapping[str, Any], at: str) -> _Shape:
    given = {name: value for name, value in fields.items() if value is not None}
    try:
        return shape.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = str(first["loc"][0]) if first["loc"] else at
        raise Problem("wrong_phone" if place == "phone" else "check", at=place,
                      said=first["msg"]) from error  # fmt: skip


def _new_name() -> str:
    return f"q_{secrets.token_hex(4)}"


def _fields(question: LocalQuestion) -> dict[str, Any]:
    given = question.model_dump()
    return {key: _written(given[key]) for key in _ORDER if given[key]}


def _written(value: Any) -> Any:
    """Returns a value as YAML shall write it: a list one a line, several lines as a block."""
    if isinstance(value, tuple):
        return list(value)
    return LiteralScalarString(value) if isinstance(value, str) and "\n" in value else value


def _read(file: str) -> Local | None:
    try:
        return Local.model_validate(YAML(typ="safe").load(file))
    except (YAMLError, ValidationError, ValueError):
        return None


def _with(file: str, change: Callable[[CommentedMap], None]) -> str:
    """Returns the file with something changed; the rest of it stays as it was written.

    Raises:
        Problem: if it is no such file.
    """
    yaml: Any = YAML()
    yaml.preserve_quotes = True
    yaml.width = _WIDTH
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    try:
        root = yaml.load(file)
        change(root)
    except (YAMLError, AttributeError, KeyError, TypeError) as error:
        raise Problem("not_written") from error
    written = StringIO()
    yaml.dump(root, written)
    return written.getvalue()


def _put(root: CommentedMap, part: str, name: str, fields: dict[str, Any] | None) -> None:
    entries = root.get(part)
    if not entries:
        entries = CommentedMap()
        root[part] = entries
    entries.fa.set_block_style()
    if fields is None:
        entries.pop(name, None)
        if not entries:
            entries.fa.set_flow_style()  # an empty block could not be written
        return
    present = entries.get(name)
    if present is None:
        entries[name] = CommentedMap(fields)
        return
    for key in [key for key in present if key not in fields]:
        del present[key]
    for key, value in fields.items():
        if present.get(key) != value:
            present[key] = value
