"""What is not as it should be: looked at every minute, shown on a page, sent to a group.

An alarm begins when it is found at two looks running, so that a restart is none, and ends at the
first look at which it is not. Both are sent, once each.
"""

from __future__ import annotations

import datetime
import enum
import json
import logging
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from channels.counts import MORE, Figure, Miss
from content_loader.load import ContentError
from content_loader.shapes import Content
from operators.assistant import Assistant
from operators.database import Database
from operators.numbers import USUAL, Numbers, Span, Unreadable
from operators.settings import Settings
from operators.texts import Texts, moment
from operators.webhook import NotSent, Webhook
from serving.tenants import DEFAULT

logger = logging.getLogger(__name__)

LOOK_SECONDS = 60.0
TOKEN_SECONDS = 1_800.0  # for so long after a failure WeChat's tokens are said to fail
_FACTOR = 2  # so many times the usual share of what is not understood is an alarm
_POINTS = 0.05  # if it is also so much more
_USUAL_SLOW = 0.1  # a larger part of slow answers is an alarm
_MAX_UNANSWERED = 0.05  # the same of messages without an answer
_MIN_FREE = 0.05  # of the disk
_GIGABYTE = 1_000_000_000
_DAY = "days7"


class Kind(enum.Enum):
    """What can be wrong; `texts.yml` has a sentence for each, under `alarm`."""

    AWAY = "away"
    NOT_UNDERSTOOD = "not_understood"
    SLOW = "slow"
    UNANSWERED = "unanswered"
    TOKENS = "tokens"
    DISK = "disk"
    EXPIRES = "expires"
    NUMBERS = "numbers"


@dataclass(frozen=True)
class Finding:
    """Something that is wrong now.

    Attributes:
        kind: what.
        subject: of which one, where there may be several, as the account of WeChat.
        values: what is filled into its sentence.
    """

    kind: Kind
    subject: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        """By which it is the same at the next look."""
        return self.kind.value, self.subject


@dataclass(frozen=True)
class Alarm:
    """One alarm, which goes on or has ended.

    Attributes:
        number: in their order.
        kind: the value of a `Kind`.
        values: what is filled into its sentence, as it was at its beginning.
        since: when it began, in seconds since 1970.
        until: when it ended; None if it goes on.
    """

    number: int
    kind: str
    values: Mapping[str, str]
    since: float
    until: float | None


class Checks:
    """What is looked at."""

    def __init__(
        self,
        settings: Settings,
        numbers: Numbers,
        assistant: Assistant,
        content: Callable[[], Content],
        folder: Path,
        clock: Callable[[], float] = time.time,
        tenant: str = DEFAULT,
    ) -> None:
        """Takes what it looks at.

        Args:
            settings: with the limits.
            numbers: of the tenant.
            assistant: which is one for all.
            content: returns what the tenant says.
            folder: on the disk that is looked at.
            clock: returns the seconds since 1970.
            tenant: whose answers, numbers and accounts of WeChat are looked at. What concerns the
                machine is the default's, whose people run it, as are the accounts of all.
        """
        self._tenant = tenant
        self._is_default = tenant == DEFAULT
        self._settings = settings
        self._content = content
        self._numbers = numbers
        self._assistant = assistant
        self._folder = folder
        self._clock = clock
        self._tokens: dict[str, float] = {}
        self._failed: dict[str, float] = {}
        self._has_looked = False

    def findings(self) -> list[Finding]:
        """Returns all that is wrong now."""
        found = [*self._expiring()]
        if self._is_default:
            found = [*self._disk(), *found]
        found = [*self._of_assistant(), *found]
        try:
            return [*found, *self._of_numbers()]
        except Unreadable:
            return [*found, Finding(Kind.NUMBERS)] if self._is_default else found

    def _disk(self) -> Iterator[Finding]:
        usage = shutil.disk_usage(self._folder)
        floor = max(self._settings.free_gigabytes * _GIGABYTE, 0)
        if usage.free < floor or usage.free < _MIN_FREE * usage.total:
            yield Finding(Kind.DISK, values={"free": f"{usage.free / _GIGABYTE:.1f}"})

    def _expiring(self) -> Iterator[Finding]:
        """Yields the operator's own answers and facts whose last day is near or has gone by."""
        try:
            content = self._content()
        except (ContentError, OSError):  # the page of the texts says so
            return
        today = datetime.date.fromtimestamp(self._clock())
        last = today + datetime.timedelta(self._settings.expiring_days)
        for name, question in content.local_questions.items():
            if question.until and question.until <= last:
                values = {"name": question.wordings[0], "day": question.until.isoformat()}
                yield Finding(Kind.EXPIRES, f"question {name}", values)
        for code, facts in content.local_facts.items():
            place = content.gazetteer.by_code(code)
            if facts.until and facts.until <= last and place:
                values = {"name": place.full_name, "day": facts.until.isoformat()}
                yield Finding(Kind.EXPIRES, f"place {code}", values)

    def _of_assistant(self) -> Iterator[Finding]:
        if not self._assistant.is_known:
            return
        if not self._assistant.is_ready():
            if self._is_default:
                yield Finding(Kind.AWAY)
            return
        now = self._clock()
        for account, count in self._token_failures().items():
            before = self._tokens.get(account, 0.0)
            # After a restart it counts from 0 again.
            if self._has_looked and (count > before or 0 < count < before):
                self._failed[account] = now
            self._tokens[account] = count
        self._has_looked = True
        for account, when in self._failed.items():
            if now - when < TOKEN_SECONDS:
                yield Finding(Kind.TOKENS, account, {"account": account})

    def _token_failures(self) -> dict[str, float]:
        """Returns by account what concerns those who look: theirs; all, if they run the machine."""
        counts: dict[str, float] = {}
        for (account, tenant), count in self._assistant.token_failures().items():
            if self._is_default or tenant == self._tenant:
                counts[account] = max(counts.get(account, 0.0), count)
        return counts

    def _of_numbers(self) -> Iterator[Finding]:
        today = datetime.date.fromtimestamp(self._clock())
        day = Span(_DAY, Span.of(_DAY, today).periods[-1:])
        messages = sum(self._numbers.sums(Figure.MESSAGES, day, by=["what"]).values())
        if messages < self._settings.min_messages:
            return
        before = Span.of(USUAL, today - datetime.timedelta(1))
        yield from self._not_understood(day, messages, before)
        yield from self._slow(day)
        unanswered = sum(self._numbers.sums(Figure.UNANSWERED, day, by=["what"]).values())
        if unanswered > _MAX_UNANSWERED * messages:
            yield Finding(Kind.UNANSWERED, values={"count": str(unanswered)})

    def _not_understood(self, day: Span, messages: int, before: Span) -> Iterator[Finding]:
        share = self._missed(day) / messages
        earlier = sum(self._numbers.sums(Figure.MESSAGES, before, by=["what"]).values())
        if earlier < self._settings.min_messages:
            return  # nobody knows yet what is usual
        usual = self._missed(before) / earlier
        if share > _FACTOR * usual and share > usual + _POINTS:
            values = {"share": f"{share:.0%}", "usual": f"{usual:.0%}"}
            yield Finding(Kind.NOT_UNDERSTOOD, values=values)

    def _missed(self, span: Span) -> int:
        found = self._numbers.sums(Figure.NOT_UNDERSTOOD, span, by=["what"])
        return sum(found.get((miss.value,), 0) for miss in (Miss.ASKED_BACK, Miss.NOTHING))

    def _slow(self, day: Span) -> Iterator[Finding]:
        found = self._numbers.sums(Figure.ANSWER_SECONDS, day, by=["what"])
        limit = self._settings.slow_seconds
        slow = sum(n for (bound,), n in found.items() if bound == MORE or float(bound) > limit)
        share = slow / (sum(found.values()) or 1)
        if share > _USUAL_SLOW:
            values = {"share": f"{share:.0%}", "seconds": f"{limit:g}"}
            yield Finding(Kind.SLOW, values=values)


class Alarms:
    """The alarms in the database, and the group that hears of them."""

    def __init__(
        self,
        database: Database,
        checks: Checks,
        webhook: Webhook,
        texts: Texts,
        clock: Callable[[], float] = time.time,
        tenant: str = DEFAULT,
    ) -> None:
        self._tenant = tenant
        self._database = database
        self._checks = checks
        self.webhook = webhook
        self._texts = texts
        self._clock = clock
        self._found_before: set[tuple[str, str]] = set()
        #: why the last text did not arrive; empty if it did
        self.problem = ""

    def open(self) -> list[Alarm]:
        """Returns the alarms that go on, the newest first."""
        rows = self._database.read(
            "SELECT * FROM alarms WHERE until IS NULL AND tenant = ? ORDER BY number DESC",
            self._tenant,
        )
        return [_alarm(row) for row in rows]

    def past(self, count: int) -> list[Alarm]:
        """Returns alarms that have ended, the newest first."""
        rows = self._database.read(
            "SELECT * FROM alarms WHERE until IS NOT NULL AND tenant = ?"
            " ORDER BY number DESC LIMIT ?",
            self._tenant,
            count,
        )
        return [_alarm(row) for row in rows]

    def sentence(self, alarm: Alarm) -> str:
        """Returns what an alarm says."""
        sentence: str = self._texts.alarm.get(alarm.kind, alarm.kind)
        return sentence.format(**alarm.values)

    def look(self) -> None:
        """Looks once, notes what has begun and ended, and sends what was not sent yet."""
        found = {finding.key: finding for finding in self._checks.findings()}
        now = self._clock()
        with self._database.transaction() as connection:
            going_on = {
                (row["kind"], row["subject"]): row["number"]
                for row in connection.execute(
                    "SELECT * FROM alarms WHERE until IS NULL AND tenant = ?", (self._tenant,)
                )
            }
            for key, number in going_on.items():
                if key not in found:
                    connection.execute(
                        "UPDATE alarms SET until = ? WHERE number = ?", (now, number)
                    )
            for key, finding in found.items():
                if key not in going_on and key in self._found_before:
                    connection.execute(
                        "INSERT INTO alarms (kind, subject, said, since, tenant)"
                        " VALUES (?, ?, ?, ?, ?)",
                        (
                            *key,
                            json.dumps(dict(finding.values), ensure_ascii=False),
                            now,
                            self._tenant,
                        ),
                    )
        self._found_before = set(found)
        self._send()

    def try_webhook(self) -> bool:
        """Sends a text that says it is a trial; tells whether it arrived."""
        return self._sent(self._texts.alarms.trial)

    def _send(self) -> None:
        """Sends beginnings and ends; what nobody was sent the beginning of has no end to send."""
        if not self.webhook.is_set:
            return
        for begun, column in ((True, "begin_sent"), (False, "end_sent")):
            waiting = "until IS NULL" if begun else "until IS NOT NULL AND begin_sent"
            rows = self._database.read(
                f"SELECT * FROM alarms WHERE {waiting} AND NOT {column}"  # noqa: S608 - ours
                " AND tenant = ?",
                self._tenant,
            )
            if not rows:
                continue
            alarms = [_alarm(row) for row in rows]
            head = self._texts.alarms.sent_begun if begun else self._texts.alarms.sent_ended
            lines = [
                self._texts.alarms.sent_line.format(
                    time=moment(alarm.since if begun else alarm.until or 0),
                    said=self.sentence(alarm),
                )
                for alarm in alarms
            ]
            if not self._sent("\n".join([head, *lines])):
                return
            with self._database.transaction() as connection:
                for alarm in alarms:
                    connection.execute(
                        f"UPDATE alarms SET {column} = 1 WHERE number = ?",  # noqa: S608 - ours
                        (alarm.number,),
                    )

    def _sent(self, text: str) -> bool:
        try:
            self.webhook.send(text)
        except NotSent as error:
            self.problem = str(error)
            logger.error("The webhook has not taken a text: %s", error)
            return False
        self.problem = ""
        return True


def watch(alarms: Callable[[], Iterable[Alarms]], stop: threading.Event) -> None:
    """Looks every minute until it is to stop.

    Args:
        alarms: returns those of all tenants that there are.
        stop: is set at the end.
    """
    while not stop.wait(LOOK_SECONDS):
        try:
            for of_tenant in alarms():
                of_tenant.look()
        except (sqlite3.Error, OSError) as error:
            logger.error("Alarms were not looked at: %s", type(error).__name__)


def _alarm(row: sqlite3.Row) -> Alarm:
    values: dict[str, Any] = json.loads(row["said"])
    return Alarm(row["number"], row["kind"], values, row["since"], row["until"])
