"""What the assistant has asked, as one line: the kind of question, then where it stands.

The lines are those of `data/acts`: `step phone 6`, `cause face_failed 2`, `way phone`, `none`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ANY = "any"  # of a line that means the same whatever was asked
# The kinds whose names in the slots are not those of the lines.
_NAMES = {
    "all_causes": "causes",
    "confirm": "success cause",
    "which_password": "system",
    "logged_in": "success login",
    "meant": "meaning",
}
# What may be gone back to, by the kind of it that the lines know.
_RETURNED = {"confirm": "cause", "all_causes": "cause", "finish": "step", "logged_in": "step"}


def context_of(slots: Mapping[str, Any]) -> str:
    """Returns the line for what the slots of a conversation hold."""
    kind, _, value = str(slots.get("pending_question") or "").partition(":")
    guide, diagnosis = slots.get("guide") or {}, slots.get("diagnosis") or {}
    if kind == "return" or (not kind and (guide or diagnosis)):
        interrupted = str(slots.get("interrupted") or "").partition(":")[0]
        interrupted = interrupted or ("step" if guide else "cause")
        return f"return {_RETURNED.get(interrupted, interrupted)}"
    if kind == "step" and guide:
        return f"step {guide['way']} {guide['step']}"
    if kind == "finish" and guide:
        return f"finish {guide['way']}"
    if kind == "cause" and diagnosis:
        return f"cause {diagnosis['trouble']} {int(diagnosis['cause']) + 1}"
    if kind == "all_causes" and diagnosis:
        return f"causes {diagnosis['trouble']}"
    if kind == "picture":  # whether it was read rightly; what was read is no context
        return "fact picture"
    if kind == "region" and slots.get("regions"):
        return "region_which"
    if kind == "meant":
        value = ""
    return " ".join(part for part in (_NAMES.get(kind, kind) or "none", value) if part)


def inner_context_of(slots: Mapping[str, Any]) -> str:
    """Returns the line for the cause or step in view behind the question asked; "" if none is.

    What is asked of the outcome, or to go on after a digression, is often answered by what was said
    before it: a cause that is ruled out, a page that has been reached.
    """
    kind = str(slots.get("pending_question") or "").partition(":")[0]
    guide, diagnosis = slots.get("guide") or {}, slots.get("diagnosis") or {}
    if diagnosis and kind in ("", "return", "confirm", "all_causes"):
        return f"cause {diagnosis['trouble']} {int(diagnosis['cause']) + 1}"
    if guide and not diagnosis and kind in ("", "return"):
        return f"step {guide['way']} {guide['step']}"
    return ""


def context_features(context: str) -> list[str]:
    """Returns what is learnt from a line: the kind, and each longer beginning of it."""
    words = context.split()
    return [" ".join(words[:length]) for length in range(1, len(words) + 1)]
