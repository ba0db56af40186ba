"""Rasa's REST channel for the operator's own tools, with a guard in front.

Same address and messages as Rasa's (`POST /webhooks/rest/webhook`), except that a bad request
gets a 4xx that says what is wrong, secrets are hidden before Rasa sees them, and an answer is
one object, its card under `custom`.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.channels.rest import RestInput
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from channels.redaction import redact

MOST_CHARACTERS = 2_000
MOST_BYTES = 64 * 1024
LONGEST_SENDER = 128


class BadRequest(ValueError):
    """A request that cannot be served; carries the HTTP status that says so."""

    def __init__(self, status: int, problem: str) -> None:
        super().__init__(problem)
        self.status = status


class CardOutput(CollectingOutputChannel):
    """Collects each answer as one object with `text`, `buttons` and `custom` (the card)."""

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Takes in one answer of an action."""
        parts = {
            "text": message.get("text"),
            "buttons": message.get("buttons"),
            "custom": message.get("card") or message.get("custom"),
        }
        answer = {"recipient_id": recipient_id, **{k: v for k, v in parts.items() if v}}
        await self._persist_message(answer)


class RestChannel(RestInput):
    """The guarded REST channel. It believes any sender id: never open it to the public."""

    @classmethod
    def name(cls) -> str:
        """Returns the part of the address that is the channel's."""
        return "rest"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Returns the routes: `GET /` for health, `POST /webhook` for a message."""
        webhook = Blueprint("guarded_rest_webhook", __name__)

        @webhook.route("/", methods=["GET"])
        async def health(_: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @webhook.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            try:
                sender, text = read_message(request.body)
            except BadRequest as problem:
                return response.json({"error": str(problem)}, status=problem.status)
            output = CardOutput()
            message = UserMessage(text, output, sender, input_channel=self.name())
            await on_new_message(message)
            if not output.messages:
                problem_text = "no answer: is the action server running (`make run` starts it)?"
                return response.json({"error": problem_text}, status=503)
            return response.json(output.messages, dumps=json.dumps)

        return webhook


def read_message(body: bytes) -> tuple[str, str]:
    """Returns sender and cleaned, redacted text of a request's JSON body.

    Raises:
        BadRequest: with 413 if the body or text is too large, with 400 if it is anything else
            than `{"sender": text or number, "message": text}` in UTF-8.
    """
    if len(body) > MOST_BYTES:
        raise BadRequest(413, f"the body is longer than {MOST_BYTES} bytes")
    try:
        data = json.loads(body.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise BadRequest(400, "the body is not JSON in UTF-8") from error
    if not isinstance(data, dict):
        raise BadRequest(400, "the body is not a JSON object")
    sender, text = data.get("sender", "default"), data.get("message")
    if isinstance(sender, bool) or not isinstance(sender, str | int) or not str(sender).strip():
        raise BadRequest(400, '"sender" is not a text')
    if len(str(sender)) > LONGEST_SENDER:
        raise BadRequest(400, f'"sender" is longer than {LONGEST_SENDER} characters')
    if not isinstance(text, str):
        raise BadRequest(400, '"message" is missing or not a text')
    if len(text) > MOST_CHARACTERS:
        raise BadRequest(413, f'"message" is longer than {MOST_CHARACTERS} characters')
    return clean(str(sender)), redact(clean(text))


def clean(text: str) -> str:
    """Returns `text` without control, zero-width, direction and broken (surrogate) characters."""
    return "".join(
        it for it in text if it in "\n\t" or unicodedata.category(it) not in ("Cc", "Cf", "Cs")
    )
