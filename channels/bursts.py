"""What people send within moments is read as one text and answered once.

In a chat one thought comes in several messages: 在吗 / 我那个 / 密码忘了 / 就是电子执照的. Each is
kept on its own, with its secrets hidden, before it is confirmed. What waits in a conversation when
the next message is to be answered is asked together; and a text that looks as if more followed
waits a moment for it, if nothing else does. The inboxes of the channels decide what may be joined;
the rules that they share are here.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
import unicodedata
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Annotated

import async_timeout

from serving.placeholders import PLACEHOLDER
from serving.settings import Bounds

# `nlu.clause_splitter` cuts clauses at a line end as at a comma, and people seldom type one.
SEPARATOR = "\n"
MAX_TEXTS = 10  # of one burst; who sends more gets a second answer
# Longer texts are sentences that can be answered; what people cut a sentence into is shorter.
MAX_FRAGMENT = 10  # characters
HOLD_SECONDS = 3.0  # the pauses of one burst together: WeChat waits 5 s for a passive answer
Pause = Annotated[float, Bounds(0, HOLD_SECONDS)]  # the setting `burst_seconds`
# Of a text in the normal form NFKC, in which an ellipsis is three dots and width does not count.
# U+3001 is the Chinese comma of lists, U+2014 the dash, U+3002 the Chinese full stop.
_GOES_ON = re.compile(r"(?:[,:;\u3001\u2014]|[.\u3002]{2,})\Z")
_ENDS = re.compile(r"[.!?\u3002]\Z")


@dataclass(frozen=True)
class Waiting:
    """The texts that would be asked together now, in their order.

    Attributes:
        texts: each with its secrets hidden; empty if what comes next is no text, as a click.
        closed: whether nothing can join them any more.
        seconds: since when the last of them is there.
    """

    texts: Sequence[str]
    closed: bool
    seconds: float


def pause_after(text: str, seconds: float) -> float:
    """Returns how long a text waits for the next, in seconds.

    Punctuation at its end says whether it is a whole sentence; without any, its length does.

    Args:
        text: the last one that came.
        seconds: the channel's setting.
    """
    shown = PLACEHOLDER.sub("", text).strip()  # what is hidden says nothing about the sentence
    form = unicodedata.normalize("NFKC", shown)
    if _GOES_ON.search(form):
        return seconds
    is_whole = _ENDS.search(form) or len(shown) > MAX_FRAGMENT
    return 0.0 if is_whole else seconds


def joined(texts: Iterable[str]) -> str:
    """Returns the texts of a burst as the one that is asked."""
    return SEPARATOR.join(text for text in texts if text.strip())


def count_joinable(texts: Sequence[str], max_characters: int) -> int:
    """Returns how many of the texts make one burst: at least one, if there is any.

    Args:
        texts: in their order.
        max_characters: of the joined text, as of a single one.
    """
    lengths = accumulate(len(text) + len(SEPARATOR) for text in texts[:MAX_TEXTS])
    count = sum(length - len(SEPARATOR) <= max_characters for length in lengths)
    return max(count, min(len(texts), 1))


async def settle(
    read: Callable[[], Awaitable[Waiting]], news: asyncio.Event, seconds: float
) -> None:
    """Waits until the texts that wait in a conversation are to be asked.

    It only sleeps: no thread, connection or lock of Rasa's is held meanwhile.

    Args:
        read: returns what waits now.
        news: is set when something more was taken in, by this process or another.
        seconds: the channel's setting; with 0 nothing waits. What is read last is what is asked.
    """
    latest = time.monotonic() + HOLD_SECONDS
    count, end = 0, 0.0
    while True:
        news.clear()
        waiting = await read()
        now = time.monotonic()
        if len(waiting.texts) != count:
            count = len(waiting.texts)
            pause = pause_after(waiting.texts[-1], seconds) if count else 0.0
            end = min(now - max(waiting.seconds, 0.0) + pause, latest)
        if waiting.closed or now >= end:
            return
        with contextlib.suppress(asyncio.TimeoutError):
            # `asyncio.wait_for` of Python 3.10 may swallow that the task is cancelled.
            async with async_timeout.timeout(end - now):
                await news.wait()
