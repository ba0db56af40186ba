"""Whether Rasa's server would answer a message now: model, database, action server."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
from sanic import Sanic

SECONDS = 2.0  # for the action server to say that it is there
NOBODY = "readiness"  # a conversation that is looked for, and need not be there


async def rasa_problems(app: Sanic) -> list[str]:
    """Returns what would keep Rasa's server from answering, each in a few words."""
    agent = getattr(app.ctx, "agent", None)
    if agent is None or not agent.is_ready():
        return ["no model is loaded"]
    problems = []
    try:
        await _wrapped(agent.tracker_store).exists(NOBODY)
    except Exception as error:
        problems.append(f"the conversations cannot be read ({type(error).__name__})")
    if agent.action_endpoint and not await _answers(agent.action_endpoint.url):
        problems.append("the action server does not answer")
    return problems


def _wrapped(store: Any) -> Any:
    """Returns the store that Rasa wraps: its wrapping answers from memory when the store fails."""
    while hasattr(store, "_tracker_store"):
        store = store._tracker_store
    return store


async def _answers(webhook: str) -> bool:
    """Tells whether the action server at this address is there."""
    health = f"{webhook.rsplit('/', 1)[0]}/health"
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(health) as reply:
            return reply.status == 200
    except (aiohttp.ClientError, asyncio.TimeoutError, OSError):  # of Python 3.10, no TimeoutError
        return False
