"""A channel for tests: takes the lines of a picture as if they had just been read from one.

Everything behind the reader is as in the real channels: secrets are hidden, the screen is
understood, and Rasa gets what `channels.pictures` makes of it.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.channels.rest import RestInput
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from channels.answers import AnswerCollector
from channels.pictures import look_at
from screenshots.reading import NotRead, Reading, Reason, TextLine
from serving.protection import ProtectedBlueprint

WIDTH, HEIGHT, SIZE = 750, 1334, 30  # of the picture and of a letter, in pixels
MAX_BYTES = 65536
MAX_CHARACTERS = 500


def reading_of(texts: list[str]) -> Reading:
    """Returns a reading with the texts below one another, far enough to be apart."""
    step = HEIGHT / (len(texts) + 1)
    lines = []
    for number, text in enumerate(texts, start=1):
        half, top = SIZE * len(text) / 2, step * number
        left, right = WIDTH / 2 - half, WIDTH / 2 + half
        lines.append(TextLine(text, left, top, right, top + SIZE, 0.99))
    return Reading(tuple(lines), WIDTH, HEIGHT)


class ScriptedReader:
    """Reads what a request says."""

    def __init__(self, request_body: dict[str, Any]) -> None:
        self._request_body = request_body

    async def read(self, picture: bytes) -> Reading:
        """Returns the lines of the request, or fails for its reason."""
        if "reason" in self._request_body:
            raise NotRead(Reason(self._request_body["reason"]))
        return reading_of(self._request_body["lines"])


class ScriptedPictures(RestInput):
    """Takes `{"sender": id, "lines": texts}` or `{"sender": id, "reason": name}`."""

    @classmethod
    def name(cls) -> str:
        """Returns the part of the address that is the channel's."""
        return "scripted_pictures"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Returns the one route, `POST /webhook`."""
        webhook = ProtectedBlueprint("scripted_pictures_webhook", MAX_BYTES)

        @webhook.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            request_body = json.loads(request.body)
            seen = await look_at(b"", ScriptedReader(request_body), MAX_CHARACTERS)
            output = AnswerCollector()
            message = UserMessage(
                seen.text,
                output,
                request_body["sender"],
                input_channel="rest",
                metadata=seen.metadata,
            )
            await on_new_message(message)
            return response.json(output.messages, dumps=json.dumps)

        return webhook
