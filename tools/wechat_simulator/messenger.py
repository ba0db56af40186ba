"""Official account and mini-program as accounts, without their APIs.

A mini-program differs in its quotas, in what people can send (text, image, card), and in that it
may be set to JSON (wechat.md, the table at the top).
"""

from __future__ import annotations

import itertools
import secrets
from typing import Any

from tools.wechat_simulator.account import Account, random_letters
from tools.wechat_simulator.agents import Agents
from tools.wechat_simulator.clock import Clock
from tools.wechat_simulator.follower import Follower

BROKEN = {
    "official_account": "该公众号提供的服务出现故障，请稍后再试",
    "mini_program": "该小程序提供的服务出现故障，请稍后再试",
}


class Messenger(Account):
    """An official account or a mini-program.

    Attributes:
        verified: Unverified accounts have no `custom/send` (wechat.md, "All three").
        menu_ids: "digits" or "any". Two users of the platform's community contradict each other
            on whether a menu's id that is not a number comes back with the click; the strict
            reading is that it does not.
        odd_ids: True: the MsgId is a text with `/`, `+`, `=` and others. The pages promise 64 bits
            and nothing more; public bug reports show base64.
        menus_allowed: False answers a menu with 40200, as test and subscription accounts do.
        agents: The agents of the account.
        people: By openid.
        typing_until: Until when an openid is shown that somebody is typing.
    """

    def __init__(self, clock: Clock, spawn: Any, **settings: Any) -> None:
        self.verified = True
        self.menu_ids = "digits"
        self.menus_allowed = True
        self.people: dict[str, Follower] = {}
        self.agents = Agents(self)
        self.typing_until: dict[str, float] = {}
        self.odd_ids = False
        self._ids = itertools.count(secrets.randbelow(10**15) + 23_000_000_000_000_000)
        super().__init__(clock, spawn, **settings)

    @property
    def broken(self) -> str:
        """What WeChat shows when the bot gives no proper answer."""
        return BROKEN[self.kind]

    def person(self, name: str = "") -> Follower:
        """Returns a new person, who follows the account but has not written."""
        person = Follower(self, name, "o" + random_letters(27))
        self.people[person.id] = person
        return person

    def next_id(self) -> int | str:
        """Returns a new MsgId: 64 bits, or with `odd_ids` a text of any characters."""
        number = next(self._ids)
        return f"Ab+/{number} %:編号==" if self.odd_ids else number


class OfficialAccount(Messenger):
    """公众号 / 服务号."""

    kind = "official_account"


class MiniProgram(Messenger):
    """小程序客服."""

    kind = "mini_program"
