"""The agents of an official account or a mini-program.

From the platforms' pages on forwarding to customer service (also wechat.md):
- `transfer_customer_service` puts the person into the queue; while waiting, messages still reach
  the bot;
- once an agent has taken the person, messages go to the agent only, until the agent ends it or
  30 minutes have passed since it was taken, when they reach the bot again. Whether that sends an
  event is not said; here it does not;
- an official account gets `kf_create_session` and `kf_close_session`. For mini-programs no such
  events are described.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tools.wechat_simulator.follower import Follower
    from tools.wechat_simulator.messenger import Messenger
    from tools.wechat_simulator.pushes import Push

MINUTES_30 = 1800.0


@dataclass
class Session:
    """One agent's session with a person, and what the person wrote in it."""

    worker: str
    since: float
    heard: list[str] = field(default_factory=list)


class Agents:
    """The agents.

    Attributes:
        waiting: The openids in the queue, with the agent asked for or "".
    """

    def __init__(self, account: Messenger) -> None:
        self._account = account
        self._sessions: dict[str, Session] = {}
        self.waiting: dict[str, str] = {}

    def queue(self, person: Follower, worker: str = "") -> None:
        """The bot handed the person over."""
        if not self.serving(person):
            self.waiting[person.id] = worker

    def serving(self, person: Follower) -> Session | None:
        """Returns the session with an agent, if there is one."""
        session = self._sessions.get(person.id)
        if session and self._account.clock.now() - session.since >= MINUTES_30:
            del self._sessions[person.id]
            return None
        return session

    def takes(self, person: Follower, kind: str, text: str) -> bool:
        """Gives a message to the agent, if one serves the person; tells whether."""
        session = self.serving(person)
        if session is None:
            return False
        session.heard.append(text or f"[{kind}]")
        return True

    async def take(self, person: Follower, worker: str = "kf1@bureau") -> Push | None:
        """An agent takes the person, from the queue or on their own."""
        self.waiting.pop(person.id, None)
        self._sessions[person.id] = Session(worker, self._account.clock.now())
        return await self._event(person, "kf_create_session", worker)

    async def say(self, person: Follower, text: str) -> None:
        """The agent writes to the person."""
        assert self.serving(person), f"no agent serves {person.name}"
        person.shown("human", "text", text)

    async def end(self, person: Follower) -> Push | None:
        """The agent ends the conversation."""
        session = self.serving(person)
        assert session, f"no agent serves {person.name}"
        del self._sessions[person.id]
        return await self._event(person, "kf_close_session", session.worker)

    async def _event(self, person: Follower, name: str, worker: str) -> Push | None:
        if self._account.kind != "official_account":
            return None
        more: dict[str, Any] = {"CloseType": "KF"} if name == "kf_close_session" else {}
        return await person.event(name, KfAccount=worker, **more)
