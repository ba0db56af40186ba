"""The agents of WeCom (接待人员), and what they do to sessions.

The page on event messages: `session_status_change` has change_type 1 (taken from the pool), 2
(passed on), 3 (ended), 4 (an agent wrote after the end); 1 and 3 bring a `msg_code`. wechat.md: an
agent's message is read with origin 5. Changes made by the API bring no event (the page lists the
agents' own doings only).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tools.wechat_simulator.customer import ENDED, HUMAN, QUEUE
from tools.wechat_simulator.quota import HOURS_48

if TYPE_CHECKING:
    from tools.wechat_simulator.customer import Customer
    from tools.wechat_simulator.kf import Kf
    from tools.wechat_simulator.pushes import Push

END_SECONDS = 20.0
CHANGE = "session_status_change"


class Servicers:
    """The agents.

    Attributes:
        on_duty: Whether each agent is serving at the moment, by userid.
    """

    def __init__(self, account: Kf) -> None:
        self._account = account
        self.on_duty = {"zhangsan": True, "lisi": True}

    def waiting(self) -> list[Customer]:
        """Returns who is in the pool."""
        return [person for person in self._account.people.values() if person.state == QUEUE]

    async def take(self, person: Customer, servicer: str = "zhangsan") -> Push:
        """An agent takes the person from the pool."""
        assert person.state == QUEUE, f"{person.name} is not in the pool"
        person.change(HUMAN, servicer)
        code = self.code(person, HUMAN)
        return await self._change(person, 1, new_servicer_userid=servicer, msg_code=code)

    async def say(self, person: Customer, text: str, servicer: str = "zhangsan") -> Push:
        """An agent writes; after the end of a session that takes the person again."""
        if person.state == ENDED and person.written:
            person.change(HUMAN, servicer)
            await self._change(person, 4, new_servicer_userid=servicer)
        assert person.state == HUMAN, f"no agent serves {person.name}"
        person.shown("human", "text", text)
        more = {"servicer_userid": person.servicer, "text": {"content": text}}
        return await self._account.happened(person, 5, "text", **more)

    async def pass_on(self, person: Customer, servicer: str) -> Push:
        """The agent gives the person to another."""
        assert person.state == HUMAN, f"no agent serves {person.name}"
        old = person.servicer
        person.change(HUMAN, servicer)
        return await self._change(person, 2, old_servicer_userid=old, new_servicer_userid=servicer)

    async def end(self, person: Customer) -> Push:
        """The agent ends the session."""
        assert person.state == HUMAN, f"no agent serves {person.name}"
        old = person.servicer
        person.change(ENDED)
        code = self.code(person, ENDED)
        return await self._change(person, 3, old_servicer_userid=old, msg_code=code)

    def code(self, person: Customer, state: int) -> str:
        """Makes the code that comes with the change to a state (see `kf_api`)."""
        if state == ENDED:
            return self._account.code(person, END_SECONDS, ("text", "msgmenu"), state)
        return self._account.code(person, HOURS_48, ("text",), state)

    async def _change(self, person: Customer, change_type: int, **fields: Any) -> Push:
        return await self._account.event(person, CHANGE, change_type=change_type, **fields)
