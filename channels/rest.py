"""Rasa's REST channel for the operator's own tools, with a guard in front.

Same address and messages as Rasa's (`POST /webhooks/rest/webhook`), except that a bad request
gets a 4xx that says what is wrong, secrets are hidden before Rasa sees them, and an answer is
one object, its card under `custom`.
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

from channels.answers import CardOutput
from channels.guard import WEBSITE_PREFIX, WECHAT_PREFIX, BadRequest, Guard, Limits, clean
from channels.local_requests import LocalRequests
from channels.redaction.recall import Recall
from serving.protection import ProtectedBlueprint

PLACE = "credentials.yml, channels.rest.RestChannel"
LONGEST_SENDER = 128
MAX_BRACKETS = 50  # in a command; those of buttons have one


class RestChannel(RestInput):
    """The guarded REST channel.

    It believes any sender id, so it answers programs on this machine only, unless the settings
    allow others (`channels.local_requests`).
    """

    def __init__(self, guard: Guard | None = None, local: LocalRequests | None = None) -> None:
        self.guard = guard or Guard()
        self.local = local or LocalRequests(PLACE, self.guard)
        self.recall = Recall()

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> RestChannel:
        """Makes the channel with the limits and the allowed peers in `credentials.yml`.

        Raises:
            BadSettings: if one cannot be meant; it names the field.
        """
        guard = Guard(Limits.from_settings(credentials, PLACE))
        return cls(guard, LocalRequests.from_settings(credentials, guard, PLACE))

    @classmethod
    def name(cls) -> str:
        """Returns the part of the address that is the channel's."""
        return "rest"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Returns the routes: `GET /` for health, `POST /webhook` for a message."""
        webhook = ProtectedBlueprint("guarded_rest_webhook", self.guard.limits.most_bytes)

        @webhook.route("/", methods=["GET"])
        async def health(_: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @webhook.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            try:
                self.local.check(request)
                address = self.guard.address(request.ip, request.headers)
                sender, text = read_message(request.body, self.guard, self.recall, address)
                self.recall.add(sender, text)
            except BadRequest as problem:
                headers = {"Retry-After": str(problem.retry_after)} if problem.retry_after else {}
                content = {"error": str(problem)}
                return response.json(content, status=problem.status, headers=headers)
            output = CardOutput()
            message = UserMessage(text, output, sender, input_channel=self.name())
            await on_new_message(message)
            if not output.messages:
                problem_text = "no answer: is the action server running (`make run` starts it)?"
                return response.json({"error": problem_text}, status=503)
            return response.json(output.messages, dumps=json.dumps)

        return webhook


def read_message(
    body: bytes, guard: Guard, recall: Recall, address: str | None = None
) -> tuple[str, str]:
    """Returns sender and cleaned, redacted text of a request's JSON body.

    Args:
        body: of the request.
        guard: with the limits.
        recall: what the senders' messages before it have announced.
        address: for which it is counted, before its secrets are looked for; None counts nothing.

    Raises:
        BadRequest: with 413 if the body or text is too large, with 429 if there were too many,
            with 400 if it is anything else than `{"sender": text or number, "message": text}` in
            UTF-8, names a talk of another channel, or is a command with more than MAX_BRACKETS.
    """
    data = guard.read(body)
    given = data.get("sender", "default")
    if isinstance(given, bool) or not isinstance(given, str | int):
        raise BadRequest(400, '"sender" is not a text')
    if len(str(given)) > LONGEST_SENDER:
        raise BadRequest(400, f'"sender" is longer than {LONGEST_SENDER} characters')
    sender = clean(str(given))
    if not sender.strip():
        raise BadRequest(400, '"sender" is not a text')
    for prefix, owner in ((WEBSITE_PREFIX, "the website"), (WECHAT_PREFIX, "WeChat")):
        if sender.startswith(prefix):
            raise BadRequest(400, f'"sender" begins with "{prefix}": that is kept for {owner}')
    if address is not None:
        guard.admit(sender, address)
    text = guard.text(data.get("message"), memory=recall.of(sender))
    # Rasa copies the entities of a command part by part, as deep as they are.
    if text.startswith("/") and sum(map(text.count, "[{")) > MAX_BRACKETS:
        raise BadRequest(400, f'"message" is a command with more than {MAX_BRACKETS} brackets')
    return sender, text
