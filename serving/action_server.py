"""Who may call the action server, and with what.

Rasa's action server believes everybody who reaches it, and rasa_sdk lets it listen on every address
of the machine. Here only programs of this machine are served, or a caller with the key that the
operator gave to both servers; never a page in a browser; and only a call in the shape that Rasa
sends. Behind a proxy on this machine everybody seems local, so what was forwarded needs the key.
"""

from __future__ import annotations

import hmac
import json
import logging
import os
import re
from http import HTTPStatus
from typing import Any

import pluggy
from sanic import Sanic, response
from sanic.exceptions import InvalidUsage
from sanic.request import Request
from sanic.response import HTTPResponse

from serving.framing import Head, Refusal
from serving.local_callers import Stranger, stranger
from serving.monitoring import serve_monitoring
from serving.protection import protect
from serving.secret_files import read_secret_files

logger = logging.getLogger(__name__)

KEY_VARIABLE = "ZHAOHUI_ACTIONS_KEY"
KEY_FIELD = "x-zhaohui-actions-key"
MIN_KEY_CHARACTERS = 32
_REFUSED = {
    Stranger.PAGE: "no page in a browser is served",
    Stranger.MACHINE: f"another machine needs {KEY_VARIABLE}: see endpoints.yml",
    Stranger.FORWARDED: f"what a proxy forwards needs {KEY_VARIABLE}: see endpoints.yml",
    Stranger.HOST: "Host is not this machine: use 127.0.0.1",
}

MAX_DEPTH = 50  # of what the actions copy; Rasa's own is below ten

_JSON = re.compile(r"application/json *(; *charset=\"?utf-8\"?)?", re.IGNORECASE)
_VERSION = re.compile(r"[0-9A-Za-z.+-]{1,32}")
# The parts of a call and of its tracker as Rasa sends them, None for what may be missing.
_CALL: dict[str, tuple[type, ...]] = {
    "next_action": (str,),
    "sender_id": (str, type(None)),
    "tracker": (dict,),
    "domain": (dict, type(None)),
    "version": (str, type(None)),
}
_TRACKER: dict[str, tuple[type, ...]] = {
    "sender_id": (str,),
    "slots": (dict,),
    "latest_message": (dict, type(None)),
    "events": (list, type(None)),
    "paused": (bool, type(None)),
    "followup_action": (str, type(None)),
    "active_loop": (dict, type(None)),
    "latest_action_name": (str, type(None)),
}
_MESSAGE: dict[str, tuple[type, ...]] = {
    "text": (str, type(None)),
    "intent": (dict, type(None)),
    "entities": (list, type(None)),
    "metadata": (dict, type(None)),
}

hookimpl = pluggy.HookimplMarker("rasa_sdk")


@hookimpl
def attach_sanic_app_extensions(app: Sanic) -> None:
    """Protects the action server; rasa_sdk calls it before the server starts.

    Raises:
        ValueError: if the key in the environment is too short, or its file cannot be read.
    """
    read_secret_files(os.environ)
    key = os.environ.get(KEY_VARIABLE, "").strip()
    if key and len(key) < MIN_KEY_CHARACTERS:
        raise ValueError(f"{KEY_VARIABLE} is shorter than {MIN_KEY_CHARACTERS} characters.")
    protect(app).checks.append(CallerCheck(key))
    serve_monitoring(app)
    app.middleware("request")(_check_call)
    app.exception(Exception)(_answer_failure)


class CallerCheck:
    """Refuses callers on other machines without the key, and pages in a browser."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def __call__(self, head: Head, peer: str) -> None:
        """Raises a Refusal for who may not call, before a body is read."""
        found = stranger(head, peer)
        if found and (found is Stranger.PAGE or not self._has_key(head)):
            raise Refusal(HTTPStatus.FORBIDDEN, _REFUSED[found])
        if head.method == "POST":
            if not _JSON.fullmatch(head.value("content-type") or ""):
                raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "only application/json is read")
            if "content-encoding" in head.fields:
                raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "no compressed body is read")

    def _has_key(self, head: Head) -> bool:
        given = (head.value(KEY_FIELD) or "").encode()
        return bool(self._key) and hmac.compare_digest(given, self._key)


def check_call(body: bytes) -> None:
    """Checks that a body is a call of an action in the shape that Rasa sends.

    Raises:
        InvalidUsage: with 400 if it is not.
    """
    try:
        call = json.loads(body.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise InvalidUsage("the body is not JSON in UTF-8") from error
    _check_parts(call, _CALL, "the call")
    _check_parts(call["tracker"], _TRACKER, "tracker")
    message = call["tracker"].get("latest_message") or {}
    _check_parts(message, _MESSAGE, "latest_message")
    for name, items in (("entities", message), ("events", call["tracker"])):
        if not all(isinstance(item, dict) for item in items.get(name) or ()):
            raise InvalidUsage(f"{name} is not a list of objects")
    for part in ("slots", "latest_message"):
        if is_deep(call["tracker"].get(part)):
            raise InvalidUsage(f"{part} is nested deeper than {MAX_DEPTH} levels")
    if call.get("version") is not None and not _VERSION.fullmatch(call["version"]):
        raise InvalidUsage("version is not a version")


def is_deep(value: Any) -> bool:
    """Tells whether lists and objects in a value are nested deeper than MAX_DEPTH."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(MAX_DEPTH):
        containers = [node.values() if isinstance(node, dict) else node for node in level]
        level = [node for inner in containers for node in inner if isinstance(node, dict | list)]
        if not level:
            return False
    return True


def _check_parts(value: Any, parts: dict[str, tuple[type, ...]], name: str) -> None:
    if not isinstance(value, dict):
        raise InvalidUsage(f"{name} is not an object")
    for part, types in parts.items():
        if not isinstance(value.get(part), types):
            raise InvalidUsage(f"{part} is missing or of another type")


async def _check_call(request: Request) -> None:
    if request.method == "POST" and request.body:  # empty also after a refusal of the body
        check_call(request.body)


async def _answer_failure(_: Request, error: Exception) -> HTTPResponse:
    """Answers an error of an action; the body that led to it is neither sent back nor logged."""
    logger.error("an action failed", exc_info=error)
    return response.json({"error": "an action failed: see the log of the action server"}, 500)
