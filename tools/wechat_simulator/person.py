"""A person in the chat: what all three kinds of account have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from tools.wechat_simulator.pushes import Push
from tools.wechat_simulator.quota import QuotaWindows
from tools.wechat_simulator.transcript import Item, Shown, Transcript

if TYPE_CHECKING:
    from tools.wechat_simulator.account import Account

A = TypeVar("A", bound="Account")


class Person(ABC, Generic[A]):
    """Somebody who writes to an account.

    Attributes:
        account: The account written to.
        name: For people who read a failed test.
        id: The openid or external_userid.
        transcript: The chat as this person sees it.
        quota_windows: What the bot may still send.
    """

    def __init__(self, account: A, name: str, id: str) -> None:  # noqa: A002
        self.account = account
        self.name = name
        self.id = id
        self.transcript = Transcript()
        self.quota_windows = QuotaWindows(account.clock)

    @property
    def texts(self) -> list[str]:
        """The texts that were shown so far, without the person's own."""
        return self.transcript.texts

    @property
    def seen(self) -> list[Shown]:
        """Everything that was shown so far, without the person's own."""
        return self.transcript.seen

    async def hears(self, count: int = 1, within: float = 10.0) -> list[Shown]:
        """Waits for the next so many bubbles; see `Transcript.hears`."""
        return await self.transcript.hears(count, within)

    async def silence(self, seconds: float = 0.3) -> None:
        """Passes if nothing new is shown for so many real seconds."""
        await self.transcript.silence(seconds)

    @abstractmethod
    async def say(self, text: str) -> Push:
        """Writes a text; returns when the push was answered or given up."""

    async def ask(self, text: str, within: float = 10.0) -> Shown:
        """Writes a text and returns the next bubble that is shown."""
        await self.say(text)
        return (await self.hears(1, within))[0]

    async def click(self, title: str) -> Push:
        """Clicks a line of a menu by its title; the newest menu that has it counts.

        Raises:
            AssertionError: No menu shown so far has such a line.
        """
        return await self._clicks(self.item(title))

    def item(self, title: str) -> Item:
        """Returns the newest line of that title.

        Raises:
            AssertionError: No menu shown so far has such a line.
        """
        menus = [message for message in self.seen if message.items]
        for menu in reversed(menus):
            for item in menu.items:
                if item.title == title:
                    return item
        raise AssertionError(f"no menu has {title}, but {[menu.titles for menu in menus]}")

    @abstractmethod
    async def _clicks(self, item: Item) -> Push:
        """Does what clicking a line of a menu does."""

    def wrote(self, kind: str, text: str) -> None:
        """Puts an own message into the chat."""
        self._show(Shown(self.account.clock.now(), "person", kind, text))

    def shown(self, by: str, kind: str, text: str, **more: Any) -> None:
        """Puts a message to this person into the chat."""
        self._show(Shown(self.account.clock.now(), by, kind, text, **more))

    def _show(self, shown: Shown) -> None:
        self.transcript.all.append(shown)

    @abstractmethod
    def answered(self, push: Push) -> None:
        """The push is over: shows what its answer brings."""
