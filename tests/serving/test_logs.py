"""One record, one line."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Iterator

import pytest

from serving.logs import INDENT, escaped, one_line_each

FORGED = "2026-01-01 00:00:00 ERROR root - forged"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """What a handler writes, with the format of Rasa's."""
    factory, stream = logging.getLogRecordFactory(), io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s - %(message)s"))
    logging.getLogger().addHandler(handler)
    one_line_each()
    yield stream
    logging.getLogger().removeHandler(handler)
    logging.captureWarnings(False)
    logging.setLogRecordFactory(factory)


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_a_line_end_in_a_text_makes_no_line(stream: io.StringIO, end: str) -> None:
    logging.getLogger("test").warning("said %s", f"hello{end}{FORGED}")
    assert len(stream.getvalue().splitlines()) == 1
    assert FORGED in stream.getvalue()


@pytest.mark.filterwarnings("always")
def test_a_warning_is_one_line(stream: io.StringIO) -> None:
    logging.captureWarnings(False)  # pytest has put its own handler of warnings back meanwhile
    one_line_each()
    warnings.warn(f"no intent for hello\n{FORGED}", UserWarning, stacklevel=1)
    assert len(stream.getvalue().splitlines()) == 1
    assert FORGED in stream.getvalue()


def test_a_traceback_can_be_read_and_forges_nothing(stream: io.StringIO) -> None:
    try:
        raise ValueError(f"odd\n{FORGED}\x1b[2J")
    except ValueError:
        logging.getLogger("test").exception("a failure")
    first, *lines = stream.getvalue().splitlines()
    assert first.endswith("ERROR test - a failure")
    assert all(line.startswith(INDENT) for line in lines)
    assert any("test_a_traceback_can_be_read" in line for line in lines)
    assert "\x1b" not in stream.getvalue()


def test_control_characters_are_escaped_and_colours_stay() -> None:
    assert escaped("a\x00b\x1b[31mc\x1b[0m\x1b]0;t\x07\ud800") == (
        "a\\x00b\x1b[31mc\x1b[0m\\x1b]0;t\\x07\\ud800"
    )
    assert escaped("收不到\t验证码") == "收不到\\t验证码"
