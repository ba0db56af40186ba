"""Conversations of the tests that stand somewhere already, and what a message is read as."""

from __future__ import annotations

from typing import Any

from tests.actions.actor import Actor


def sure(intent: str, confidence: float) -> list[dict[str, Any]]:
    """Returns a ranking in which an intent has this confidence."""
    return [{"name": intent, "confidence": confidence}]


def at_step(way: str, step: int) -> Actor:
    """Returns somebody who is at this step of a guide."""
    actor = Actor()
    actor.click(f"/recover_by_{way}")
    actor.slots["guide"] = {"way": way, "step": step}
    return actor


def at_cause(trouble: str, cause: int) -> Actor:
    """Returns somebody who is asked about this cause of a trouble, the first being 0."""
    actor = Actor()
    actor.send(trouble, "说的是这个", acts=[f"trouble:{trouble}"])
    actor.slots["diagnosis"] = {"trouble": trouble, "cause": cause}
    return actor
