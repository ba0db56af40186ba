"""What a line of the trial means: a message of the person's, or something else that they do."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from tools.wechat_simulator.customer import BOT, ENDED, HUMAN, NEW, QUEUE, Customer
from tools.wechat_simulator.follower import Follower
from tools.wechat_simulator.kf import Kf
from tools.wechat_simulator.messenger import Messenger
from tools.wechat_simulator.traffic import Tap
from tools.wechat_simulator.transcript import Item

Work = Coroutine[Any, Any, Any]
COLONS = (":", "：")
LATITUDE, LONGITUDE = 30.27, 120.15  # nobody looks at them: places are understood by their names
PICTURE_BYTES = 20 * 1024 * 1024
STATES = {
    NEW: "the session is new",
    BOT: "the session is the assistant's",
    QUEUE: "the session waits for a human",
    HUMAN: "a human serves the session",
    ENDED: "the session has ended",
}
HELP = """\
  TEXT               is sent as your message
  :click TITLE       clicks a line of a menu shown; also its number
  :voice TEXT        speaks; TEXT is what WeChat recognizes (KF recognizes nothing)
  :image FILE        sends a picture, such as :image ~/screenshot.png; alone, a white dot
  :location PLACE    sends a place, such as :location 杭州市余杭区
  :follow            follows the official account
  :enter             opens the chat of a mini-program or of KF
  :human take        one of the people behind the account takes the person (with --agents)
  :human say TEXT    writes to you
  :human end         ends the session
  :traffic           shows what your last line sent over the network; keys and tokens shortened
  :quota             shows how many messages may still be sent to you
  :help              lists these; Ctrl-D ends the trial
The clock is the real one, here and in the assistant: to see what happens after 48 hours or 30
minutes without a word, read the tests, which move it (tests/channels/wechat/)."""


class Impossible(Exception):
    """The line cannot be done here; the message says why."""


class Commands:
    """What one person can do at an account.

    Attributes:
        person: The person.
    """

    def __init__(self, account: Kf | Messenger, tap: Tap, agents: bool) -> None:
        self.person: Follower | Customer = account.person("you")
        self._account = account
        self._tap = tap
        self._agents = agents
        self._commands: dict[str, Callable[[str], tuple[Work | None, bool]]] = {
            "click": self._click,
            "voice": self._voice,
            "image": self._image,
            "location": self._location,
            "follow": self._follow,
            "enter": self._enter,
            "human": lambda text: (self._human(text), False),
            "traffic": self._traffic,
            "quota": self._quota,
            "help": self._help,
        }

    def meant(self, line: str) -> tuple[Work | None, bool]:
        """Returns what is to be done by the fake, if anything, and whether an answer is due.

        Raises:
            Impossible: It cannot be done here.
        """
        if not line.startswith(COLONS):
            return self.person.say(line), True
        name, _, text = line[1:].strip().partition(" ")
        command = self._commands.get(name)
        if command is None:
            raise Impossible(f":{name} is nothing here; :help lists what there is")
        return command(text.strip())

    def situation(self) -> str:
        """Returns who has the conversation, in words."""
        if isinstance(self.person, Customer):
            return STATES[self.person.state]
        assert isinstance(self._account, Messenger)
        if self._account.agents.serving(self.person):
            return "a human serves the conversation"
        if self.person.id in self._account.agents.waiting:
            return "the conversation waits for a human"
        return "the conversation is the assistant's"

    def is_served(self) -> bool:
        """Whether a human has the conversation or is waited for, so that no answer is due."""
        if isinstance(self.person, Customer):
            return self.person.state in (QUEUE, HUMAN)
        assert isinstance(self._account, Messenger)
        waits = self.person.id in self._account.agents.waiting
        return waits or self._account.agents.serving(self.person) is not None

    def _click(self, text: str) -> tuple[Work | None, bool]:
        item = self._item(text)
        if item.title != text:
            print(f"-- clicks {item.title}", flush=True)
        return self.person.click(item.title), True

    def _item(self, text: str) -> Item:
        menus = [message.items for message in self.person.seen if message.items]
        if not menus:
            raise Impossible("no menu was shown; where lines are numbered, type the number")
        if text.isdecimal() and 0 < int(text) <= len(menus[-1]):
            return menus[-1][int(text) - 1]
        for items in reversed(menus):
            for item in items:
                if item.title == text:
                    return item
        raise Impossible(f"the last menu has {', '.join(menu.title for menu in menus[-1])}")

    def _voice(self, text: str) -> tuple[Work | None, bool]:
        if isinstance(self.person, Customer):
            return self.person.voice(), True
        self._only("official_account", "a mini-program takes no voice messages")
        return self.person.voice(text), True

    def _image(self, text: str) -> tuple[Work | None, bool]:
        if not text:
            return self.person.image(), True
        try:
            content = Path(text).expanduser().read_bytes()
        except (OSError, RuntimeError, ValueError):
            raise Impossible(f"{text} cannot be read") from None
        if len(content) > PICTURE_BYTES:
            raise Impossible("this is larger than 20 MB: too large for the imitation")
        return self.person.image(content), True

    def _location(self, text: str) -> tuple[Work | None, bool]:
        if self._account.kind == "mini_program":
            raise Impossible("a mini-program takes no places; type where it is")
        return self.person.location(LATITUDE, LONGITUDE, text), True

    def _follow(self, _: str) -> tuple[Work | None, bool]:
        self._only("official_account", "only an official account is followed; try :enter")
        assert isinstance(self.person, Follower)
        return self.person.follow(), True

    def _enter(self, _: str) -> tuple[Work | None, bool]:
        if self._account.kind == "official_account":
            raise Impossible("an official account is followed, not entered: :follow")
        if isinstance(self.person, Customer):
            return self.person.enter(), not self.person.written and not self.person.welcomed_at
        return self.person.enter(), not self.person.seen

    def _human(self, text: str) -> Work:
        if not self._agents:
            raise Impossible("nobody serves behind this account: begin the trial with --agents")
        verb, _, words = text.partition(" ")
        if verb not in ("take", "say", "end") or (verb == "say" and not words.strip()):
            raise Impossible("a human can take, say TEXT and end")
        if isinstance(self.person, Customer):
            assert isinstance(self._account, Kf)
            servicers, customer = self._account.servicers, self.person
            if verb == "say":
                return servicers.say(customer, words.strip())
            return servicers.take(customer) if verb == "take" else servicers.end(customer)
        assert isinstance(self._account, Messenger)
        agents, follower = self._account.agents, self.person
        if verb == "say":
            return agents.say(follower, words.strip())
        return agents.take(follower) if verb == "take" else agents.end(follower)

    def _traffic(self, _: str) -> tuple[Work | None, bool]:
        lines = list(self._tap.lines())
        print("\n".join(lines) if lines else "-- nothing went over the network", flush=True)
        return None, False

    def _quota(self, _: str) -> tuple[Work | None, bool]:
        quota_windows = self.person.quota_windows
        newest = max(
            quota_windows._live(), key=lambda quota_window: quota_window.order, default=None
        )
        if newest is None:
            print("-- nothing may be sent before your next word", flush=True)
        else:
            until = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(newest.until))
            print(f"-- {quota_windows.left} more may be sent until {until}", flush=True)
        return None, False

    def _help(self, _: str) -> tuple[Work | None, bool]:
        print(HELP, flush=True)
        return None, False

    def _only(self, kind: str, otherwise: str) -> None:
        if self._account.kind != kind:
            raise Impossible(otherwise)
