"""微信客服 through WeCom as an account: its people, its agents and its log of messages."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from tools.wechat_simulator.account import Account, random_letters
from tools.wechat_simulator.clock import Clock
from tools.wechat_simulator.customer import Customer
from tools.wechat_simulator.kf_log import Log
from tools.wechat_simulator.pushes import Push
from tools.wechat_simulator.rate import Rate
from tools.wechat_simulator.servicers import Servicers


@dataclass
class Code:
    """A single-use code for `send_msg_on_event`.

    Attributes:
        person: Whom it is for.
        ends: Until when it is good.
        kinds: The message types it allows.
        state: The session state in which it is good; None for a welcome.
    """

    person: Customer
    ends: float
    kinds: tuple[str, ...]
    state: int | None


class Kf(Account):
    """A corp's app with the KF interfaces.

    Attributes:
        open_kfids: The customer service accounts that the app manages.
        api_enabled: False answers 95017 everywhere.
        native_welcome: True: the console has a welcome of its own, so codes for it are not given.
        late_failures: True: what is over the quota gets errcode 0 and a `msg_send_fail` event.
        fail_next: Failure types (4, 6, 10 ...) that the next accepted messages end with, in turn.
        repeated_msgid: The code that answers a repeated msgid. The platform says only that it is
            an error.
        odd_ids: True: the msgid is a text with `/`, `+`, `=`; None: there is none.
        page: The most items in one answer of `sync_msg`, below the limit asked for.
        empty_pages: So many of the next answers of `sync_msg` are empty with `has_more` 1.
        tokenless_per_minute: How often `sync_msg` may be called without a Token. The platform
            says only that it is "strictly" limited.
        servicers: The agents.
        people: By open_kfid and external_userid.
    """

    kind = "kf"
    ip_refused = 60020

    def __init__(self, clock: Clock, spawn: Any, **settings: Any) -> None:
        self.open_kfids = ["wk" + random_letters(30)]
        self.api_enabled = True
        self.native_welcome = False
        self.late_failures = False
        self.fail_next: list[int] = []
        self.repeated_msgid = 40058
        self.odd_ids: bool | None = False
        self.page = 1000
        self.empty_pages = 0
        self.tokenless_per_minute = 10
        self.people: dict[tuple[str, str], Customer] = {}
        self.codes: dict[str, Code] = {}
        self.msgids: set[tuple[str, str]] = set()
        self.tokenless: list[float] = []
        self.servicers = Servicers(self)
        self._logs: dict[str, Log] = {}
        super().__init__(clock, spawn, **{"id": "ww" + secrets.token_hex(8), **settings})

    def _rate(self) -> Rate:
        return Rate(self.clock, 45009, blocks=True)

    @property
    def original_id(self) -> str:
        """The receiver's name in pushes: the corpid."""
        return self.id

    def person(self, name: str = "", open_kfid: str = "") -> Customer:
        """Returns a new person at the given (or the first) customer service account."""
        open_kfid = open_kfid or self.open_kfids[0]
        person = Customer(self, name, "wm" + random_letters(30), open_kfid)
        self.people[open_kfid, person.id] = person
        return person

    def log(self, open_kfid: str) -> Log:
        """Returns the messages and events of one customer service account."""
        return self._logs.setdefault(open_kfid, Log(self.clock, open_kfid))

    def code(
        self, person: Customer, seconds: float, kinds: tuple[str, ...], state: int | None
    ) -> str:
        """Makes a single-use code."""
        code = random_letters(43)
        self.codes[code] = Code(person, self.clock.now() + seconds, kinds, state)
        return code

    async def happened(self, person: Customer, origin: int, msgtype: str, **fields: Any) -> Push:
        """Puts a message or an event into the log and pushes that there is something."""
        log = self.log(person.open_kfid)
        item: dict[str, Any] = {"send_time": int(self.clock.now())}
        if self.odd_ids is not None:
            item["msgid"] = random_letters(32) + ("+/:=" if self.odd_ids else "")
        whose = {"open_kfid": person.open_kfid, "external_userid": person.id}
        if msgtype == "event":  # the page on reading: an event names both inside only
            fields["event"] = {**fields["event"], **whose}
        else:
            item.update(whose)
        log.add({**item, "origin": origin, "msgtype": msgtype, **fields})
        what = {
            "ToUserName": self.id,
            "CreateTime": int(self.clock.now()),
            "MsgType": "event",
            "Event": "kf_msg_or_event",
            "Token": log.token(),
            "OpenKfId": person.open_kfid,
        }
        return await self.pusher.push(what, person)

    async def event(self, person: Customer, event_type: str, **fields: Any) -> Push:
        """Lets an event of the system happen (origin 4)."""
        what = {"event_type": event_type, **fields}
        return await self.happened(person, 4, "event", event=what)
