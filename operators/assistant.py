"""What the assistant says on this machine: of itself, and to an editor who tries a change."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping
from http import HTTPStatus
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError

from prometheus_client.parser import text_string_to_metric_families

from serving.tenants import DEFAULT

TOKEN_FAILURES = "zhaohui_wechat_token_failures_total"  # noqa: S105 - the name of a figure
_SECONDS = 10
_MAX_BYTES = 2_000_000
_REFUSALS = {403: "refused", 404: "no_channel", 413: "too_long", 429: "too_fast"}
_ANSWER_SECONDS = 60  # the first message after a start takes longest


class NoAnswer(Exception):
    """The assistant has not answered, or could not be asked.

    Attributes:
        name: which sentence of `texts.yml` says why, under `tryout.problem`.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


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

    def token_failures(self) -> dict[tuple[str, str], float]:
        """Returns how many access tokens WeChat has not given since the start.

        By account and tenant; an account of several tenants is counted for each.
        """
        text = self._get("/metrics")
        try:
            return {
                (
                    sample.labels.get("account", ""),
                    sample.labels.get("tenant", DEFAULT),
                ): sample.value
                for family in text_string_to_metric_families(text or "")
                for sample in family.samples
                if sample.name == TOKEN_FAILURES
            }
        except ValueError:  # another program answers there
            return {}

    def say(self, said: Mapping[str, Any]) -> tuple[str, list[dict[str, Any]]]:
        """Says something in a private conversation; see `channels/tryout.py`.

        Returns:
            What was said, with its secrets hidden, and the answers.

        Raises:
            NoAnswer: if there is none.
        """
        if not self._url:
            raise NoAnswer("unknown")
        request = urllib.request.Request(  # noqa: S310 - a setting, of http on this machine
            f"{self._url}/webhooks/tryout/webhook",
            json.dumps(said).encode(),
            {"Content-Type": "application/json"},
        )
        try:
            with self._opener.open(request, timeout=_ANSWER_SECONDS) as answer:
                given = json.loads(answer.read(_MAX_BYTES))
                return str(given["shown"]), [dict(one) for one in given["answers"]]
        except HTTPError as error:
            raise NoAnswer(_REFUSALS.get(error.code, "away")) from error
        except (OSError, HTTPException, ValueError, KeyError, TypeError) as error:
            raise NoAnswer("away") from error

    def _get(self, path: str) -> str | None:
        try:
            with self._opener.open(self._url + path, timeout=_SECONDS) as answer:
                body: bytes = answer.read(_MAX_BYTES)
                return body.decode("utf-8", "replace") if answer.status == HTTPStatus.OK else None
        except (HTTPError, OSError, HTTPException, ValueError):
            return None
