"""The channel by which an editor tries a change before it is saved, in a conversation of his own.

The operator's pages ask it, on this machine and with a token that only they can make
(`channels/tryout_tokens.py`); so an unsaved text reaches nobody else. The draft comes with each
message. What is said is kept in memory for an hour (`channels/private_conversations.py`).
"""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import with_config
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as as_json

from channels.answers import AnswerCollector
from channels.bounds import PerMinute, read_settings
from channels.guard import Guard, Limits
from channels.local_requests import LocalRequests
from channels.redaction.sender_memory import SenderMemory
from channels.refusals import BadRequest
from channels.senders import TRYOUT_PREFIX
from channels.tryout_tokens import KEY_FILE, is_valid, read_key
from serving.drafts import METADATA
from serving.protection import ProtectedBlueprint
from serving.settings import Bounds

ROOT = Path(__file__).resolve().parent.parent
LOCATION = "credentials.yml, channels.tryout.TryoutChannel"
MAX_BYTES = 512 * 1024  # of a request: a draft may change a whole guide
MAX_DRAFT = 100_000  # characters


@dataclass(frozen=True)
class TryoutLimits(Limits):
    """The limits of an editor, whose draft comes with each message."""

    max_bytes: Annotated[int, Bounds(1_024, 16 * 1024 * 1024)] = MAX_BYTES
    messages_per_minute: PerMinute = 60


@with_config(extra="forbid")
@dataclass(frozen=True)
class Settings:
    """What stands in `credentials.yml`.

    Attributes:
        key_file: which the operator's pages make, in the project's folder or with its whole path.
        limits: what all channels limit, under the same heading.
    """

    key_file: str = KEY_FILE
    limits: TryoutLimits = field(default_factory=TryoutLimits)


class TryoutChannel(InputChannel):
    """Private conversations with words that are not saved yet."""

    def __init__(
        self, settings: Settings | None = None, local: LocalRequests | None = None
    ) -> None:
        """Takes the settings, and who may ask: programs of this machine."""
        settings = settings or Settings()
        self._key_file = ROOT / settings.key_file
        self.guard = Guard(settings.limits)
        self.local = local or LocalRequests(LOCATION, self.guard)
        self.memories = SenderMemory()

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> TryoutChannel:
        """Makes the channel with the settings in `credentials.yml`.

        Raises:
            BadSettings: if one cannot be meant; it names the field.
        """
        return cls(read_settings(Settings, credentials, LOCATION))

    @classmethod
    def name(cls) -> str:
        """Returns the part of the address that is the channel's."""
        return "tryout"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Returns the routes: `GET /` for health, `POST /webhook` for a message."""
        webhook = ProtectedBlueprint("tryout_webhook", self.guard.limits.max_bytes)

        @webhook.route("/", methods=["GET"])
        async def health(_: Request) -> HTTPResponse:
            return as_json({"status": "ok"})

        @webhook.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            try:
                self.local.check(request)
                data = self.guard.read(request.body)
                sender = self._sender(data)
                self.guard.admit(sender, request.ip)
                shown, text = self._text(data, sender)
                draft = _draft(data)
            except BadRequest as problem:
                return as_json({"error": str(problem)}, status=problem.status)
            self.memories.add(sender, text)
            output = AnswerCollector()
            message = UserMessage(
                text, output, sender, input_channel=self.name(), metadata={METADATA: draft}
            )
            await on_new_message(message)
            if not output.messages:
                return as_json({"error": "no answer: is the action server running?"}, status=503)
            return as_json({"shown": shown, "answers": output.messages}, dumps=json.dumps)

        return webhook

    def _sender(self, data: Mapping[str, Any]) -> str:
        """Returns the conversation that a request has the token of.

        Raises:
            BadRequest: with 403 if it has none.
        """
        sender, expires, token = (data.get(name) for name in ("sender", "expires", "token"))
        key = read_key(self._key_file)
        is_known = (
            key is not None
            and isinstance(sender, str)
            and sender.startswith(TRYOUT_PREFIX)
            and isinstance(expires, int)
            and isinstance(token, str)
            and is_valid(key, sender, expires, token, time.time())
        )
        if not is_known:
            raise BadRequest(403, "only the operator's pages begin private conversations")
        return str(sender)

    def _text(self, data: Mapping[str, Any], sender: str) -> tuple[str, str]:
        """Returns what was typed or clicked: to show it, and for Rasa.

        Raises:
            BadRequest: as `Guard.text` does.
        """
        memory = self.memories.of(sender)
        if "payload" in data:
            text = self.guard.text(data["payload"], "payload", memory)
            return text, text
        return self.guard.typed(data.get("message"), "message", memory)


def _draft(data: Mapping[str, Any]) -> str:
    draft = data.get("draft", "")
    if not isinstance(draft, str):
        raise BadRequest(400, '"draft" is not a text')
    if len(draft) > MAX_DRAFT:
        raise BadRequest(413, f'"draft" is longer than {MAX_DRAFT} characters', "too_large")
    return draft
