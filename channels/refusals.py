"""Why a request is not served."""

from __future__ import annotations


class BadRequest(ValueError):
    """A request that cannot be served.

    Attributes:
        status: the HTTP status that says so.
        code: one word for programs, such as `too_large`.
        retry_after: how many seconds to wait before it can be served, if waiting helps.
    """

    def __init__(
        self, status: int, problem: str, code: str = "bad_request", retry_after: int | None = None
    ) -> None:
        super().__init__(problem)
        self.status = status
        self.code = code
        self.retry_after = retry_after


def refuse_haste(wait: int) -> None:
    """Raises a BadRequest with 429 if one must wait."""
    if wait:
        raise BadRequest(429, f"too many messages: wait {wait} s", "too_fast", wait)


def refuse_in_a_crowd(wait: int) -> None:
    """Raises a BadRequest with 429 if too many others wait for an answer."""
    if wait:
        raise BadRequest(429, f"too many people wait for an answer: wait {wait} s", "busy", wait)
