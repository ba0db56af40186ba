"""Rasa's REST channel for the operator's own tools, with a guard in front.

Same address and messages as Rasa's (`POST /webhooks/rest/webhook`), except that a bad request
gets a 4xx that says what is wrong, secrets are hidden before Rasa sees them, and an answer is
one object: its text, its blocks (`docs/messages.md`), its buttons. A picture may stand in the
place of the text, in base64: it is read on this machine and thrown away.
"""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

from pydantic import with_config
from rasa.core.channels.channel import UserMessage
from rasa.core.channels.rest import RestInput
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from channels.answers import AnswerCollector
from channels.bounds import read_settings
from channels.characters import clean
from channels.error_log import log_error
from channels.guard import Guard, Limits, PictureLimits
from channels.local_requests import Callers, LocalRequests
from channels.metrics import UNANSWERED, measured
from channels.pictures import Reads, Seen, look_at, unread
from channels.rate import Limit
from channels.redaction import Memory
from channels.redaction.sender_memory import SenderMemory
from channels.refusals import BadRequest, refuse_haste
from channels.senders import TRYOUT_PREFIX, WEBSITE_PREFIX, WECHAT_PREFIX
from screenshots.reader import shared_reader
from screenshots.reading import NotRead, Reason
from serving.admission import CEILING_BYTES
from serving.protection import ProtectedBlueprint
from serving.settings import Bounds
from serving.tenants import tenant_of

logger = logging.getLogger(__name__)

LOCATION = "credentials.yml, channels.rest.RestChannel"
LONGEST_SENDER = 128
MAX_BRACKETS = 50  # in a command; those of buttons have one


@dataclass(frozen=True)
class Base64Limits(PictureLimits):
    """The limits of pictures in base64, which is a third longer and has to fit into a request."""

    max_picture_bytes: Annotated[int, Bounds(1_024, CEILING_BYTES // 2)] = (
        PictureLimits.max_picture_bytes
    )

    @property
    def max_characters(self) -> int:
        """How many characters of base64 a picture may have."""
        return (self.max_picture_bytes + 2) // 3 * 4


@with_config(extra="forbid")
@dataclass(frozen=True)
class Settings:
    """What stands in `credentials.yml`, all under the same heading."""

    limits: Limits = field(default_factory=Limits)
    callers: Callers = field(default_factory=Callers)
    pictures: Base64Limits = field(default_factory=Base64Limits)


class RestChannel(RestInput):
    """The guarded REST channel.

    It believes any sender id, so it answers programs on this machine only, unless the settings
    allow others (`channels.local_requests`).
    """

    def __init__(
        self,
        guard: Guard | None = None,
        local: LocalRequests | None = None,
        pictures: Base64Limits | None = None,
        reader: Reads | None = None,
    ) -> None:
        """Takes what it needs; of what is not given, the usual.

        Args:
            guard: with the limits of texts.
            local: who may ask.
            pictures: the limits of pictures.
            reader: reads pictures; the one of this process, if it is not given.
        """
        self.guard = guard or Guard()
        self.local = local or LocalRequests(LOCATION, self.guard)
        self.memories = SenderMemory()
        self.pictures = Pictures(self.guard, pictures or Base64Limits(), reader)

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> RestChannel:
        """Makes the channel with the limits and the allowed peers in `credentials.yml`.

        Raises:
            BadSettings: if one cannot be meant; it names the field.
        """
        settings = read_settings(Settings, credentials, LOCATION)
        guard = Guard(settings.limits)
        return cls(guard, LocalRequests(LOCATION, guard, settings.callers), settings.pictures)

    @classmethod
    def name(cls) -> str:
        """Returns the part of the address that is the channel's."""
        return "rest"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Returns the routes: `GET /` for health, `POST /webhook` for a message or a picture."""
        webhook = ProtectedBlueprint("guarded_rest_webhook", self.pictures.max_body_bytes)

        @webhook.listener("after_server_stop")
        async def close_reader(_: Sanic, __: Any) -> None:
            await self.pictures.close()

        @webhook.route("/", methods=["GET"])
        async def health(_: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @webhook.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            try:
                self.local.check(request)
                address = self.guard.addresses.counted(request.ip, request.headers)
                if (given := self.pictures.read(request.body, address)) is not None:
                    sender, seen = await self._see(*given)
                    text, metadata = seen.text, seen.metadata
                else:
                    sender, text = read_message(request.body, self.guard, self.memories, address)
                    metadata = None
                    self.memories.add(sender, text)
            except BadRequest as problem:
                headers = {"Retry-After": str(problem.retry_after)} if problem.retry_after else {}
                content = {"error": str(problem)}
                return response.json(content, status=problem.status, headers=headers)
            output = AnswerCollector()
            message = UserMessage(
                text, output, sender, input_channel=self.name(), metadata=metadata
            )
            try:
                await measured(self.name(), on_new_message)(message)
            except Exception as error:  # what a person wrote may stand in it
                log_error(logger, error)
                output.messages.clear()  # said before what it changes could be kept
            if not output.messages:
                UNANSWERED.labels(self.name(), tenant_of(sender)).inc()
                problem_text = "no answer: GET /ready says what is missing, and the log why"
                return response.json({"error": problem_text}, status=503)
            return response.json(output.messages, dumps=json.dumps)

        return webhook

    async def _see(self, sender: str, picture: bytes) -> tuple[str, Seen]:
        """Returns what was seen on a picture, and remembers for its sender what it says."""
        seen = await self.pictures.look(picture, self.memories.of(sender))
        if seen.shown:
            self.memories.add(sender, seen.shown)
        return sender, seen


class Pictures:
    """Takes pictures out of bodies and looks at them.

    Args:
        guard: with the limits of all else.
        limits: of pictures.
        reader: reads them; the one of this process, if it is None.
    """

    def __init__(self, guard: Guard, limits: Base64Limits, reader: Reads | None) -> None:
        self._guard = guard
        self._limits = limits
        self._reader = reader
        self._per_sender = Limit("pictures", limits.pictures_per_minute)
        self._per_address = Limit("pictures at an address", limits.pictures_per_minute_per_address)
        self.max_body_bytes = guard.limits.max_bytes + limits.max_characters
        # Only to read bodies: they may be larger by a picture.
        self._large = Guard(replace(guard.limits, max_bytes=self.max_body_bytes))

    def read(self, body: bytes, address: str | None = None) -> tuple[str, bytes] | None:
        """Returns sender and picture of a request's JSON body; None if it holds no picture.

        Args:
            body: of the request.
            address: for which it is counted, before it is decoded; None counts nothing.

        Raises:
            BadRequest: with 413 if the picture or what is beside it is too large, with 429 if
                there were too many messages or pictures, with 400 if it is no picture in base64,
                or as `read_message`.
        """
        if b'"picture"' not in body:
            return None
        data = self._large.read(body)
        if "picture" not in data:
            return None
        if "message" in data:
            raise BadRequest(400, 'a request has either a "message" or a "picture"')
        given = data["picture"]
        if not isinstance(given, str) or not given:
            raise BadRequest(400, '"picture" is not a text of base64')
        if len(body) - len(given) > self._guard.limits.max_bytes:
            raise self._guard.too_large()
        sender = read_sender(data)
        if address is not None:
            self._guard.admit(sender, address)
            self._admit(sender, address)
        limit = self._limits.max_picture_bytes
        if len(given) > self._limits.max_characters:
            raise BadRequest(413, f'"picture" is larger than {limit} bytes', "too_large")
        try:
            picture = base64.b64decode(given, validate=True)
        except ValueError:
            raise BadRequest(400, '"picture" is not base64') from None
        if len(picture) > limit:
            raise BadRequest(413, f'"picture" is larger than {limit} bytes', "too_large")
        return sender, picture

    async def look(self, picture: bytes, memory: Memory) -> Seen:
        """Returns what was seen on a picture.

        Args:
            picture: its bytes.
            memory: what the sender's messages before it have announced.
        """
        if not self._limits.pictures_per_minute:
            return unread(NotRead(Reason.OFF))
        reader = self._reader or shared_reader()
        return await look_at(picture, reader, self._guard.limits.max_characters, memory)

    async def close(self) -> None:
        """Ends what reads, if it is that of this process."""
        if self._reader is None:
            await shared_reader().close()

    def _admit(self, sender: str, address: str) -> None:
        counted = (self._per_sender, sender), (self._per_address, address)
        refuse_haste(self._guard.rates.admit(*counted))


def read_message(
    body: bytes, guard: Guard, memories: SenderMemory, address: str | None = None
) -> tuple[str, str]:
    """Returns sender and cleaned, redacted text of a request's JSON body.

    Args:
        body: of the request.
        guard: with the limits.
        memories: what the senders' messages before it have announced.
        address: for which it is counted, before its secrets are looked for; None counts nothing.

    Raises:
        BadRequest: with 413 if the body or text is too large, with 429 if there were too many,
            with 400 if it is anything else than `{"sender": text or number, "message": text}` in
            UTF-8, names a conversation of another channel, or is a command with more than
            MAX_BRACKETS.
    """
    data = guard.read(body)
    sender = read_sender(data)
    if address is not None:
        guard.admit(sender, address)
    text = guard.text(data.get("message"), memory=memories.of(sender))
    # Rasa copies the entities of a command part by part, as deep as they are.
    if text.startswith("/") and sum(map(text.count, "[{")) > MAX_BRACKETS:
        raise BadRequest(400, f'"message" is a command with more than {MAX_BRACKETS} brackets')
    return sender, text


def read_sender(data: Mapping[str, Any]) -> str:
    """Returns the sender that a request names.

    Raises:
        BadRequest: with 400 if it is none, or another channel's.
    """
    given = data.get("sender", "default")
    if isinstance(given, bool) or not isinstance(given, str | int):
        raise BadRequest(400, '"sender" is not a text')
    if len(str(given)) > LONGEST_SENDER:
        raise BadRequest(400, f'"sender" is longer than {LONGEST_SENDER} characters')
    sender = clean(str(given))
    if not sender.strip():
        raise BadRequest(400, '"sender" is not a text')
    owners = {
        WEBSITE_PREFIX: "the website",
        WECHAT_PREFIX: "WeChat",
        TRYOUT_PREFIX: "the operator's pages",
    }
    for prefix, owner in owners.items():
        if sender.startswith(prefix):
            raise BadRequest(400, f'"sender" begins with "{prefix}": that is kept for {owner}')
    return sender
