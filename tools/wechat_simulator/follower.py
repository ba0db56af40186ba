"""A person at an official account or a mini-program: what they do, as pushes.

The fields are those of the platforms' pages on receiving messages and events. A sticker reaches an
official account as a text that says it cannot be shown (seen in public bots).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tools.wechat_simulator.media import DOT, JPEG
from tools.wechat_simulator.person import Person
from tools.wechat_simulator.pushes import Push
from tools.wechat_simulator.transcript import Item

if TYPE_CHECKING:
    from tools.wechat_simulator.messenger import Messenger

UNSUPPORTED = "【收到不支持的消息类型，暂无法显示】"
# A quote as WeChat's clients write it into the text, seen in many public bots.
QUOTE = "「{name}：{words}」\n- - - - - - - - - - - - - - -\n{own}"
MEDIA = "Pq3-media-id"
PICTURE = "http://mmbiz.qpic.cn/mmbiz_jpg/picture/0"


class Follower(Person["Messenger"]):
    """Somebody who writes to an official account or a mini-program.

    Attributes:
        follows: Whether the person follows the account; who does not gets nothing.
    """

    account: Messenger
    follows = True

    async def say(self, text: str) -> Push:
        """Writes a text."""
        return await self._message("text", text, Content=text)

    async def voice(self, recognition: str | None = None) -> Push:
        """Speaks. None: recognition is off; "": nothing was understood."""
        more: dict[str, Any] = {} if recognition is None else {"Recognition": recognition}
        return await self._message(
            "voice", recognition or "", official=True, MediaId=MEDIA, Format="amr", **more
        )

    async def image(self, content: bytes = DOT, type_: str = JPEG, url: str = "") -> Push:
        """Sends a picture; `type_` is what the platform says it is, `url` another PicUrl."""
        file = self.account.media.add(content, type_)
        picture = url or self.account.media.url(file)
        return await self._message("image", "", PicUrl=picture, MediaId=file.id)

    async def video(self, kind: str = "video") -> Push:
        """Sends a video; `kind` may be "shortvideo"."""
        return await self._message(kind, "", official=True, MediaId=MEDIA, ThumbMediaId=MEDIA)

    async def location(self, latitude: float, longitude: float, label: str) -> Push:
        """Sends a place."""
        return await self._message(
            "location",
            label,
            official=True,
            Location_X=latitude,
            Location_Y=longitude,
            Scale=15,
            Label=label,
        )

    async def link(self, title: str, url: str, description: str = "") -> Push:
        """Sends a link."""
        return await self._message(
            "link", title, official=True, Title=title, Description=description, Url=url
        )

    async def card(self, title: str) -> Push:
        """Sends a mini-program's card."""
        return await self._message(
            "miniprogrampage",
            title,
            Title=title,
            AppId="wx8888888888888888",
            PagePath="pages/index",
            ThumbUrl=PICTURE,
            ThumbMediaId=MEDIA,
        )

    async def quote(self, words: str, own: str, name: str = "公众号") -> Push:
        """Quotes somebody's words and says something below them."""
        return await self.say(QUOTE.format(name=name, words=words, own=own))

    async def sticker(self, shown_as: str = UNSUPPORTED) -> Push:
        """Sends a sticker; the client decides which words stand for it."""
        return await self.say(shown_as)

    async def unknown(
        self, kind: str = "hologram", *, numbered: bool = True, **fields: Any
    ) -> Push:
        """Sends a message of a type that the platform will only have tomorrow.

        It has no MsgId unless `numbered`.
        """
        return await self._message(kind, "", numbered=numbered, **fields)

    async def follow(self, scene: str = "") -> Push:
        """Follows the account; `scene` is that of a QR code."""
        self.follows = True
        key = (
            {"EventKey": f"qrscene_{scene}", "Ticket": "gQF7ticket"} if scene else {"EventKey": ""}
        )
        return await self.event("subscribe", opens=3, **key)

    async def unfollow(self) -> Push:
        """Unfollows the account; after that it can send nothing."""
        self.follows = False
        self.quota_windows.close()
        return await self.event("unsubscribe", EventKey="")

    async def scan(self, scene: str) -> Push:
        """Scans a QR code as somebody who follows already."""
        return await self.event("SCAN", opens=3, EventKey=scene, Ticket="gQF7ticket")

    async def press(self, key: str) -> Push:
        """Presses a button of the account's own menu."""
        return await self.event("CLICK", opens=3, EventKey=key)

    async def view(self, url: str) -> Push:
        """Opens a link of the account's own menu; that opens no quota window."""
        return await self.event("VIEW", EventKey=url)

    async def enter(self, session_from: str = "") -> Push:
        """Enters a mini-program's customer service."""
        assert self.account.kind == "mini_program", "only a mini-program is entered"
        return await self.event("user_enter_tempsession", opens=2, SessionFrom=session_from)

    async def event(self, name: str, opens: int = 0, **fields: Any) -> Push:
        """Does something that arrives as an event; `opens` sends are allowed for a minute."""
        if opens:
            self.quota_windows.event(opens)
        return await self.account.pusher.push(self._head("event", Event=name, **fields), self)

    async def _clicks(self, item: Item) -> Push:
        menu: dict[str, Any] = {"bizmsgmenuid": item.id}
        if self.account.menu_ids == "digits" and not item.id.isdigit():
            menu = {}
        self.quota_windows.event(3)
        return await self._message("text", item.title, opens=False, Content=item.title, **menu)

    async def _message(
        self,
        kind: str,
        text: str,
        *,
        official: bool = False,
        opens: bool = True,
        numbered: bool = True,
        **fields: Any,
    ) -> Push:
        account = self.account
        assert not official or account.kind == "official_account", f"no {kind} in a mini-program"
        assert self.follows, f"{self.name} does not follow the account"
        if opens:
            self.quota_windows.message()
        self.wrote(kind, text)
        menu = fields.pop("bizmsgmenuid", None)
        what = self._head(kind, **fields)
        if numbered:
            what["MsgId"] = account.next_id()
        if menu is not None:
            what["bizmsgmenuid"] = menu
        if account.agents.takes(self, kind, text):
            return Push(what, self)
        return await account.pusher.push(what, self)

    def _head(self, kind: str, **fields: Any) -> dict[str, Any]:
        return {
            "ToUserName": self.account.original_id,
            "FromUserName": self.id,
            "CreateTime": int(self.account.clock.now()),
            "MsgType": kind,
            **fields,
        }

    def answered(self, push: Push) -> None:
        """Shows a passive answer, queues the person, or says that the service is broken."""
        answer = push.answer
        assert answer is not None
        event = push.fields["MsgType"] == "event"
        if answer.kind == "failure":
            self.account.fail(self.id, answer.why)
            if push.fields.get("Event") not in ("unsubscribe", *SILENT):
                self.shown("platform", "text", self.account.broken)
        elif answer.kind == "handoff":
            if event:
                self.account.warn(self.id, "an event was handed over to the agents")
            self.account.agents.queue(self, answer.worker)
        elif answer.kind != "silence":
            self.shown("account", answer.kind, answer.text, via="passive")


SILENT = ("kf_create_session", "kf_close_session", "kf_switch_session", "VIEW")
