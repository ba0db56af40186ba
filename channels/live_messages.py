"""The files with the channels' fixed sentences: read again when they change.

A change is in force with the next sentence that is said. Of a file that cannot be used, what was
last good stays, and the log says once why. What is recognised rather than said (`quotes` and
`placeholders` of WeChat) is taken at the start.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from channels.message_shapes import CommonMessages, Rendering, WebsiteMessages, WeChatMessages
from serving.shaped import Shape, described, location, problem_of

logger = logging.getLogger(__name__)

FOLDER = Path(__file__).resolve().parent
# By the names of `MessageShapes`: where each stands below this folder, and what may stand in it.
FILES: Mapping[str, tuple[str, type[Shape]]] = {
    "messages": ("messages.yml", CommonMessages),
    "wechat": ("wechat/messages.yml", WeChatMessages),
    "website": ("website/messages.yml", WebsiteMessages),
    "rendering": ("rendering.yml", Rendering),
}
_Signature = tuple[int, int]


class BadMessages(ValueError):
    """Sentences that cannot be used; the message says where and why."""


def read(text: str, shape: type[Shape], where: str) -> dict[str, Any]:
    """Returns the sentences in a file.

    Args:
        text: of the file.
        shape: what may stand in it.
        where: how the file is called in a refusal.

    Raises:
        BadMessages: if they cannot be used.
    """
    given = parse(text, where)
    check(given, given, shape, where, text)
    return given


def parse(text: str, where: str) -> dict[str, Any]:
    """Returns what stands in a file, unchecked.

    Raises:
        BadMessages: if it is no list of `name: text`.
    """
    try:
        given = YAML(typ="safe").load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BadMessages(f"{where}:{line}: not valid YAML: {error.problem}") from error
    except (YAMLError, ValueError) as error:
        said = " ".join(str(error).split())
        raise BadMessages(f"{where}:1: cannot be read: {said}") from error
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise BadMessages(f"{where}:1: (whole file): is no list of `name: text`")
    return given


def check(
    said: Mapping[str, Any], given: Mapping[str, Any], shape: type[Shape], where: str, text: str
) -> None:
    """Checks all that is said, of which a file gives some.

    Raises:
        BadMessages: with each problem in the place where the file has it.
    """
    try:
        shape.model_validate(dict(said))
        return
    except ValidationError as error:
        found = [problem_of(one) for one in error.errors(include_url=False)]
    document = YAML(typ="rt").load(text)
    lines = []
    for path, problem in found:
        _, line = location(document, path)
        lines.append(f"{where}:{line}: {described(path, problem)}")
    raise BadMessages("\n".join(sorted(lines)))


class LiveMessages(Mapping[str, Any]):
    """The sentences of one file as they are now."""

    def __init__(self, path: Path, read_file: Callable[[str], dict[str, Any]]) -> None:
        """Takes a file, which is read when first asked for, and what reads its text.

        `read_file` raises `BadMessages`.
        """
        self._path = path
        self._read_file = read_file
        self._signature: _Signature | None = None
        self._messages: dict[str, Any] | None = None
        self._lock = threading.Lock()

    def current(self) -> Mapping[str, Any]:
        """Returns the newest good sentences.

        Raises:
            BadMessages: if there never were any.
        """
        signature = self._sign()
        if self._messages is None or signature != self._signature:
            with self._lock:
                self._read_again(signature)
        if self._messages is None:
            raise BadMessages(f"{self._path.name}: there are no sentences")
        return self._messages

    def _sign(self) -> _Signature | None:
        try:
            stat = os.stat(self._path)  # noqa: PTH116 - for each sentence: half the time
        except OSError:  # somebody is replacing it right now
            return None
        return stat.st_mtime_ns, stat.st_size

    def _read_again(self, signature: _Signature | None) -> None:
        if self._messages is not None and signature in (None, self._signature):
            return
        try:
            try:
                text = self._path.read_bytes().decode("utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise BadMessages(f"{self._path.name}:1: cannot be read: {error}") from error
            self._messages, is_first = self._read_file(text), self._messages is None
            if not is_first:
                logger.info("%s has changed and is in use", self._path.name)
        except BadMessages as error:
            if self._messages is None:
                raise
            logger.error("sentences were not taken over, the last good ones stay: %s", error)
        self._signature = signature

    def __getitem__(self, name: str) -> Any:
        return self.current()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.current())

    def __len__(self) -> int:
        return len(self.current())


def _of_project(name: str) -> LiveMessages:
    file, shape = FILES[name]
    where = f"{FOLDER.name}/{file}"
    return LiveMessages(FOLDER / file, lambda text: read(text, shape, where))


COMMON = _of_project("messages")
WECHAT = _of_project("wechat")
WEBSITE = _of_project("website")
RENDERING = _of_project("rendering")


def require_messages() -> None:
    """Reads all of them, so that a start does not go on without.

    Raises:
        BadMessages: if one cannot be used.
    """
    for messages in (COMMON, WECHAT, WEBSITE, RENDERING):
        messages.current()
