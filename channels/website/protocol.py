"""The form of what goes over the network: refusals, numbers of messages, server-sent events."""

from __future__ import annotations

import json
import re
from typing import Any

from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

from channels.live_messages import WEBSITE
from channels.refusals import BadRequest


def refusal(problem: BadRequest) -> HTTPResponse:
    """Returns the answer to what is refused: a code, and words fit to be shown."""
    content: dict[str, Any] = {
        "error": problem.code,
        "message": WEBSITE[problem.code].format(seconds=problem.retry_after),
    }
    headers = {}
    if problem.retry_after:
        content["retry_after"] = problem.retry_after
        headers["Retry-After"] = str(problem.retry_after)
    return response.json(content, status=problem.status, headers=headers)


def after(request: Request) -> int:
    """Returns the number of the last message the page has, from the query."""
    text = request.args.get("after", "0")
    if not re.fullmatch(r"[0-9]{1,15}", text):
        raise BadRequest(400, '"after" is not a number')
    return int(text)


def as_text(event: tuple[str, Any] | None) -> str:
    """Returns an event in the format of server-sent events; None is a heartbeat."""
    if event is None:
        return ": still here\n\n"
    kind, data = event
    number = f"id: {data['seq']}\n" if kind == "message" else ""
    return f"{number}event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
