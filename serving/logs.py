"""One record of the log, one line: nobody writes a line of their own through what they send."""

from __future__ import annotations

import logging
import re
import traceback
from types import TracebackType
from typing import Any

# Colours of a terminal are Rasa's own and harmless; all other control characters are escaped.
_CONTROL = re.compile(r"(\x1b\[[0-9;]*m)|[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
INDENT = "    | "  # before each line of a traceback: no record begins so
ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def escaped(text: str) -> str:
    """Returns a text as one line: a line feed becomes a backslash and an `n`."""
    return _CONTROL.sub(
        lambda found: found[1] or found[0].encode("unicode_escape").decode("ascii"), text
    )


def readable_traceback(error: ExceptionInfo) -> str:
    """Returns a traceback whose lines all stand indented, so that none looks like a record."""
    lines = "".join(traceback.format_exception(*error)).rstrip("\n").split("\n")
    return "\n".join(INDENT + escaped(line) for line in lines)


class OneLineRecord(logging.LogRecord):
    """A record whose message is one line, whatever was put into it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.exc_info and self.exc_info[0] is not None:
            self.exc_text = readable_traceback(self.exc_info)  # formatters take it as it is

    def getMessage(self) -> str:  # noqa: N802 - the name is logging's
        """Returns the message, escaped."""
        return escaped(super().getMessage().rstrip("\r\n"))


def one_line_each() -> None:
    """Has every later record of this process be a `OneLineRecord`, warnings included."""
    logging.setLogRecordFactory(OneLineRecord)
    logging.captureWarnings(True)
