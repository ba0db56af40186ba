"""What one person sees in the chat, and waiting for more of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass


@dataclass(frozen=True)
class Item:
    """A line of a menu that can be clicked."""

    id: str
    title: str


@dataclass(frozen=True)
class Shown:
    """One bubble of the chat.

    Attributes:
        at: When it appeared, by the fake's clock.
        by: "person", "account" (the bot), "human" (an agent) or "platform" (WeChat's own line).
        kind: "text", "menu" or the name of another message type.
        text: The words; of a menu its head and tail.
        items: The lines of a menu.
        via: How it came: "api", "passive", "event" (send_msg_on_event), or "".
        msgid: The id of the message where it has one.
    """

    at: float
    by: str
    kind: str
    text: str
    items: tuple[Item, ...] = ()
    via: str = ""
    msgid: str = ""

    @property
    def titles(self) -> list[str]:
        """The titles of a menu's lines."""
        return [item.title for item in self.items]


class Transcript:
    """The whole chat of one person, in order.

    Attributes:
        all: Every bubble, also the person's own.
    """

    def __init__(self) -> None:
        self.all: list[Shown] = []
        self._heard = 0

    @property
    def seen(self) -> list[Shown]:
        """What the person was shown: everything but the own messages."""
        return [call for call in self.all if call.by != "person"]

    @property
    def texts(self) -> list[str]:
        """The texts of what the person was shown."""
        return [message.text for message in self.seen]

    async def hears(self, count: int = 1, within: float = 10.0) -> list[Shown]:
        """Waits for the next so many bubbles that were not returned before.

        Args:
            count: How many to wait for.
            within: Real seconds to wait at most.

        Raises:
            AssertionError: Fewer came; says which.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + within
        while len(self.seen) < self._heard + count and loop.time() < end:
            await asyncio.sleep(0.005)
        new = self.seen[self._heard :]
        assert len(new) >= count, f"{len(new)} of {count} came in {within} s: {new}"
        self._heard += count
        return new[:count]

    async def silence(self, seconds: float = 0.3) -> None:
        """Waits and passes if nothing new is shown meanwhile.

        Raises:
            AssertionError: Something was shown that `hears` has not returned.
        """
        await asyncio.sleep(seconds)
        new = self.seen[self._heard :]
        assert not new, f"not silent: {new}"

    def forget(self) -> None:
        """Counts everything shown so far as heard."""
        self._heard = len(self.seen)
