"""What the assistant says of itself on this machine: whether it is ready, and its failures."""

from __future__ import annotations

import urllib.request
from http import HTTPStatus
from http.client import HTTPException
from urllib.error import HTTPError

from prometheus_client.parser import text_string_to_metric_families

TOKEN_FAILURES = "zhaohui_wechat_token_failures_total"  # noqa: S105 - the name of a figure
_SECONDS = 10
_MAX_BYTES = 2_000_000


class Assistant:
    """Rasa's server, asked over the loopback."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    @property
    def is_known(self) -> bool:
        """Whether it is known where it is."""
        return bool(self._url)

    def is_ready(self) -> bool:
        """Tells whether a message would be answered now."""
        return self._get("/ready") is not None

    def token_failures(self) -> dict[str, float]:
        """Returns by account how many access tokens WeChat has not given since the start."""
        text = self._get("/metrics")
        try:
            return {
                sample.labels.get("account", ""): sample.value
                for family in text_string_to_metric_families(text or "")
                for sample in family.samples
                if sample.name == TOKEN_FAILURES
            }
        except ValueError:  # another program answers there
            return {}

    def _get(self, path: str) -> str | None:
        try:
            with self._opener.open(self._url + path, timeout=_SECONDS) as answer:
                body: bytes = answer.read(_MAX_BYTES)
                return body.decode("utf-8", "replace") if answer.status == HTTPStatus.OK else None
        except (HTTPError, OSError, HTTPException, ValueError):
            return None
