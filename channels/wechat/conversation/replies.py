"""What is said to one message: the assistant's answers put together, or a fixed sentence."""

from __future__ import annotations

from dataclasses import dataclass

from channels.assistant import Answer


@dataclass(frozen=True)
class Reply:
    """The answers to one message, put together.

    Attributes:
        texts: what is said, in its order.
        buttons: of the last answer: `title` and `payload`.
        is_bureau: whether it shows the local bureau.
        handoff: why and with which note the conversation may go to a human; None if not.
    """

    texts: tuple[str, ...]
    buttons: tuple[dict[str, str], ...] = ()
    is_bureau: bool = False
    handoff: dict[str, str] | None = None

    @classmethod
    def of(cls, answers: list[Answer]) -> Reply:
        """Puts answers together."""
        handoffs = [answer["handoff"] for answer in answers if answer.get("handoff")]
        return cls(
            tuple(str(answer["text"]) for answer in answers if answer.get("text")),
            tuple(answers[-1].get("buttons") or ()),
            any(
                block["type"] == "bureau"
                for answer in answers
                for block in answer.get("blocks") or ()
            ),
            handoffs[-1] if handoffs else None,
        )
