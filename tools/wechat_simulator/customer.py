"""A person at a customer service account (KF), with the session's state.

States (wechat.md, "KF states"; the page on assigning sessions): 4 is "ended or not begun", also
after entering and before the first message; a message then begins a new session in state 0. A
session lasts 48 h; from which moment the page does not say exactly, here it is the person's last
message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tools.wechat_simulator.follower import QUOTE
from tools.wechat_simulator.media import DOT, JPEG
from tools.wechat_simulator.person import Person
from tools.wechat_simulator.pushes import Push
from tools.wechat_simulator.quota import HOURS_48
from tools.wechat_simulator.transcript import Item

if TYPE_CHECKING:
    from tools.wechat_simulator.kf import Kf

NEW, BOT, QUEUE, HUMAN, ENDED = range(5)
WELCOME_SECONDS = 20.0


class Customer(Person["Kf"]):
    """Somebody who writes to a customer service account.

    Attributes:
        open_kfid: The customer service account.
        servicer: The agent who serves in state 3, or "".
        refuses: The person rejects messages: they are accepted and then fail with type 10.
        welcomed_at: When the last welcome was sent.
        coded: The states for which this session has given a code already.
    """

    def __init__(self, account: Kf, name: str, id: str, open_kfid: str) -> None:  # noqa: A002
        super().__init__(account, name, id)
        self.open_kfid = open_kfid
        self.servicer = ""
        self.refuses = False
        self.welcomed_at: float | None = None
        self.coded: set[int] = set()
        self._state = ENDED
        self._wrote_at: float | None = None

    @property
    def state(self) -> int:
        """The session's state now."""
        if self._state != ENDED and not self._within_48h(self._wrote_at):
            self.change(ENDED)
        return self._state

    def change(self, state: int, servicer: str = "") -> None:
        """Puts the session into a state, whatever was before."""
        self._state = state
        self.servicer = servicer

    @property
    def written(self) -> bool:
        """Whether the person has ever written."""
        return self._wrote_at is not None

    def _within_48h(self, at: float | None) -> bool:
        return at is not None and self.account.clock.now() - at < HOURS_48

    async def enter(self, scene: str = "", scene_param: str = "") -> Push:
        """Opens the chat.

        A welcome code comes with it if the person was neither welcomed nor wrote in the last
        48 h (the page on event messages).
        """
        more = {"scene": scene, "scene_param": scene_param}
        greeted = self._within_48h(self.welcomed_at) or self._within_48h(self._wrote_at)
        if not greeted and not self.account.native_welcome:
            kinds = ("text", "msgmenu")
            more["welcome_code"] = self.account.code(self, WELCOME_SECONDS, kinds, None)
        return await self.account.event(self, "enter_session", **more)

    async def say(self, text: str) -> Push:
        """Writes a text."""
        return await self._message("text", text, content=text)

    async def voice(self) -> Push:
        """Speaks; KF gives no recognition."""
        return await self._message("voice", "", media_id="media-voice")

    async def image(self, content: bytes = DOT, type_: str = JPEG) -> Push:
        """Sends a picture; `type_` is what the platform says it is."""
        return await self._message("image", "", media_id=self.account.media.add(content, type_).id)

    async def video(self) -> Push:
        """Sends a video."""
        return await self._message("video", "", media_id="media-video")

    async def file(self) -> Push:
        """Sends a file."""
        return await self._message("file", "", media_id="media-file")

    async def location(self, latitude: float, longitude: float, label: str) -> Push:
        """Sends a place."""
        place = {"latitude": latitude, "longitude": longitude, "name": label, "address": label}
        return await self._message("location", label, **place)

    async def link(self, title: str, url: str, description: str = "") -> Push:
        """Sends a link."""
        return await self._message("link", title, title=title, desc=description, url=url)

    async def card(self, title: str) -> Push:
        """Sends a mini-program's card."""
        return await self._message("miniprogram", title, title=title, appid="wx88", pagepath="p")

    async def business_card(self) -> Push:
        """Sends somebody's card."""
        return await self._message("business_card", "", userid="zhangsan")

    async def quote(self, words: str, own: str, name: str = "客服") -> Push:
        """Quotes somebody's words and says something below them."""
        return await self.say(QUOTE.format(name=name, words=words, own=own))

    async def forward(self, *said: tuple[str, str]) -> Push:
        """Forwards what others said, as (name, words)."""
        items = [{"sender_name": name, "msg_content": words} for name, words in said]
        return await self._message("merged_msg", "", title="群聊的聊天记录", item=items)

    async def unknown(self, msgtype: str = "hologram", **fields: Any) -> Push:
        """Sends a message of a type that the platform will only have tomorrow."""
        return await self._message(msgtype, "", **fields)

    async def _clicks(self, item: Item) -> Push:
        return await self._message("text", item.title, content=item.title, menu_id=item.id)

    async def _message(self, msgtype: str, text: str, **fields: Any) -> Push:
        ended = self.state == ENDED
        self._wrote_at = self.account.clock.now()
        if ended:
            self.change(NEW)
            self.coded.clear()
        self.quota_windows.message()
        self.wrote(msgtype, text)
        return await self.account.happened(self, 3, msgtype, **{msgtype: fields})

    def answered(self, push: Push) -> None:
        """Notes a bad answer; a KF push's answer shows nothing to the person."""
        if push.answer is not None and push.answer.kind == "failure":
            self.account.fail(self.id, push.answer.why)
