"""What was not understood, in groups of one meaning, and what editors decide of them."""

from __future__ import annotations

import functools
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import or_
from typing import Any

import sqlalchemy as sa

from channels.unclear import LEFT_SECONDS, UNCLEAR, Reason, U, is_visible
from data_checks.lines import bare
from data_checks.review import Review, fit
from operators.conversations import Conversations, Said
from operators.database import Database
from operators.journal import Deed, Journal
from operators.meanings import Sorter
from serving.tenants import DEFAULT

PAGE = 20  # groups on a page
SHOWN = 3  # wordings of a group in a list
MAX_WORDINGS = 100  # of one group that are shown and decided in one go
NEAR_GROUPS = 5
_MAX_ROWS = 5_000  # of one group that are looked at
_MAX_ROWS_IN_LIST = 100  # the same in a list of groups
_WAIT_SECONDS = 0.5  # that a page waits for what is being sorted

INTENT = "intent:"  # what a decision begins with that is a meaning
OUT_OF_SCOPE, QUESTION, NOTHING = "out_of_scope", "question", "nothing"
DECISIONS = (OUT_OF_SCOPE, QUESTION, NOTHING)

_LEFT = int(Reason.LEFT)
_IS_OPEN = sa.and_(U.group_id.is_not(None), U.decision.is_(None))
_COUNT = sa.func.count().label("number")
_LAST = sa.func.max(U.time).label("last")
_DECIDED = (
    sa.select(U.group_id, U.decision, sa.func.max(U.decided).label("decided"), _COUNT)
    .where(U.decision.is_not(None), U.group_id.is_not(None))
    .group_by(U.group_id, U.decision)
)


@dataclass(frozen=True)
class Wording:
    """The messages of a group that are the same but for punctuation.

    Attributes:
        id: of the newest of them.
        text: of the newest.
        count: how many.
        reasons: of any of them.
        answer: what the assistant said to the newest.
        time: of the newest, in seconds since 1970.
        may_teach: whether it can be a training line.
    """

    id: int
    text: str
    count: int
    reasons: Reason
    answer: str
    time: float
    may_teach: bool


@dataclass(frozen=True)
class Decision:
    """What was decided of messages of a group before.

    Attributes:
        group: its id.
        decision: one of `DECISIONS`, or `INTENT` with the name of one.
        time: of the last such decision, in seconds since 1970.
        count: how many messages.
    """

    group: int
    decision: str
    time: float
    count: int

    @property
    def intent(self) -> str:
        """The intent that is meant; empty if none is."""
        return self.decision.removeprefix(INTENT) if self.decision.startswith(INTENT) else ""


@dataclass(frozen=True)
class Group:
    """Messages of one meaning that nobody has decided about yet.

    Attributes:
        id: of the first message in it.
        count: how many messages.
        last: time of the newest, in seconds since 1970.
        wordings: the most frequent first, not all.
        left_out: how many wordings are not among them.
        reasons: how many messages have each reason.
        guesses: the intents that they were taken for, the most frequent first.
        before: what was decided of such messages before; None if nothing was.
    """

    id: int
    count: int
    last: float
    wordings: Sequence[Wording]
    left_out: int
    reasons: Mapping[Reason, int]
    guesses: Sequence[str]
    before: Decision | None


@dataclass(frozen=True)
class Overview:
    """A page of groups.

    Attributes:
        groups: on this page, the largest first.
        group_count: on all pages.
        message_count: in all of them.
        unsorted: messages that are not in a group yet.
    """

    groups: Sequence[Group]
    group_count: int
    message_count: int
    unsorted: int


class Unclear:
    """The groups, and what is done with them."""

    def __init__(
        self,
        conversations: Conversations,
        sorter: Sorter,
        review: Review,
        database: Database,
        journal: Journal,
        clock: Callable[[], float] = time.time,
        tenant: str = DEFAULT,
    ) -> None:
        self._tenant = tenant
        self._is_own = U.tenant == tenant
        self.conversations = conversations
        self.sorter = sorter
        self.review = review
        self._database = database
        self._journal = journal
        self._clock = clock

    def overview(self, page: int = 1, reason: Reason | None = None) -> Overview:
        """Returns a page of groups, the largest first.

        Args:
            page: from 1.
            reason: only messages that have it; None for all.

        Raises:
            NotReadable: if the database is away.
        """
        self.sorter.start().join(_WAIT_SECONDS)
        now = self._clock()
        of_reason = [self._has(reason, now)] if reason else []
        visible = sa.and_(is_visible(now), *of_reason)
        groups = (
            sa.select(U.group_id, _COUNT, _LAST)
            .where(self._is_own, _IS_OPEN, visible)
            .group_by(U.group_id)
        ).subquery()
        total = sa.select(
            sa.func.count(), sa.func.coalesce(sa.func.sum(groups.c.number), 0)
        ).select_from(groups)
        chosen = (
            sa.select(groups)
            .order_by(groups.c.number.desc(), groups.c.last.desc())
            .limit(PAGE)
            .offset((page - 1) * PAGE)
        )
        unsorted = sa.select(sa.func.count()).where(
            self._is_own, U.group_id.is_(None), is_visible(now)
        )
        with self.conversations.transaction() as connection:
            group_count, message_count = connection.execute(total).one()
            shown = connection.execute(chosen).all()
            waiting = connection.execute(unsorted).scalar()
            found = [
                self._group(connection, row.group_id, now, SHOWN, of_reason, row.number)
                for row in shown
            ]
        return Overview(
            [group for group in found if group], group_count, int(message_count), waiting
        )

    def group(self, group_id: int) -> Group | None:
        """Returns a group with its wordings; None if nothing in it is left to decide.

        Raises:
            NotReadable: if the database is away.
        """
        with self.conversations.transaction() as connection:
            return self._group(connection, group_id, self._clock(), MAX_WORDINGS)

    def near(self, group_id: int) -> list[Group]:
        """Returns open groups of a similar meaning.

        Raises:
            NotReadable: if the database is away.
        """
        found = []
        now = self._clock()
        with self.conversations.transaction() as connection:
            for other in self.sorter.near(group_id, 4 * NEAR_GROUPS):
                group = self._group(connection, other, now, 1)
                if group:
                    found.append(group)
                if len(found) == NEAR_GROUPS:
                    break
        return found

    def decide(
        self, group_id: int, ids: Collection[int], decision: str, who: str, label: str
    ) -> int:
        """Decides about the messages of a group that are worded like some of them.

        Args:
            group_id: of the group.
            ids: of messages whose wordings are meant.
            decision: one of `DECISIONS`, or `INTENT` with the name of one.
            who: the account.
            label: what the journal says of the decision.

        Returns:
            How many wordings wait for the next training by it.

        Raises:
            NotReadable: if the database is away.
            BadReview: if the file of the review is damaged.
        """
        chosen = (
            sa.select(U.id, U.text)
            .where(self._is_own, U.group_id == group_id, _IS_OPEN)
            .order_by(U.time, U.id)  # of what is the same, the newest is the line
        )
        with self.conversations.transaction() as connection:
            rows = connection.execute(chosen).all()
        wanted = {bare(row.text) for row in rows if row.id in ids}
        meant = [row for row in rows if bare(row.text) in wanted]
        if not meant:
            return 0
        intent = decision.removeprefix(INTENT) if decision.startswith(INTENT) else ""
        lines = list({bare(row.text): fit(row.text) for row in meant if fit(row.text)}.values())
        teaches = intent or (OUT_OF_SCOPE if decision == OUT_OF_SCOPE else "")
        with self._database.transaction() as journal:
            self._journal.note(journal, who, Deed.UNCLEAR_DECIDED, f"{label} ×{len(meant)}")
            if teaches and lines:
                self.review.add(teaches, lines)
            self._set(meant, decision, self._clock())
        return len(lines) if teaches else 0

    def decided(self, page: int = 1) -> tuple[list[tuple[Decision, list[str]]], bool]:
        """Returns what was decided, the newest first, with wordings, and whether there is more.

        Raises:
            NotReadable: if the database is away.
        """
        of_page = _DECIDED.order_by(sa.desc("decided")).limit(PAGE + 1).offset((page - 1) * PAGE)
        chosen = of_page.where(self._is_own)
        found = []
        with self.conversations.transaction() as connection:
            rows = connection.execute(chosen).all()
            for row in rows[:PAGE]:
                texts = connection.execute(
                    sa.select(U.text)
                    .where(self._is_own, U.group_id == row.group_id, U.decision == row.decision)
                    .order_by(U.time.desc())
                    .limit(_MAX_ROWS)
                ).scalars()
                once = {bare(text): text for text in texts}
                decision = Decision(row.group_id, row.decision, row.decided, row.number)
                found.append((decision, list(once.values())[:SHOWN]))
        return found, len(rows) > PAGE

    def give_back(self, group_id: int, decision: str, who: str, label: str) -> bool:
        """Takes back a decision: the messages are open again, their lines wait no longer.

        Returns:
            Whether there was such a decision.

        Raises:
            NotReadable: if the database is away.
            BadReview: if the file of the review is damaged.
        """
        chosen = sa.select(U.id, U.text).where(
            self._is_own, U.group_id == group_id, U.decision == decision
        )
        with self.conversations.transaction() as connection:
            rows = connection.execute(chosen).all()
        if not rows:
            return False
        with self._database.transaction() as journal:
            self._journal.note(journal, who, Deed.UNCLEAR_GIVEN_BACK, f"{label} ×{len(rows)}")
            if decision not in (QUESTION, NOTHING):
                self.review.remove(row.text for row in rows)
            self._set(rows, None, None)
        return True

    def open_conversation(self, unclear_id: int, reason: str, who: str) -> list[Said]:
        """Returns the conversation of a message, after noting who opens it and why.

        Raises:
            NotReadable: if the database is away.
        """
        said = self.conversations.said(unclear_id, self._tenant)
        if said:
            with self._database.transaction() as journal:
                self._journal.note(journal, who, Deed.CONVERSATION_OPENED, reason)
        return said

    def has(self, unclear_id: int) -> bool:
        """Tells whether there still is a message.

        Raises:
            NotReadable: if the database is away.
        """
        chosen = sa.select(U.id).where(self._is_own, U.id == unclear_id, is_visible(self._clock()))
        with self.conversations.transaction() as connection:
            return connection.execute(chosen).first() is not None

    def _group(
        self,
        connection: Any,
        group_id: int,
        now: float,
        max_wordings: int,
        conditions: Sequence[Any] = (),
        count: int = 0,
    ) -> Group | None:
        """Returns a group; with its count, from its newest messages only."""
        is_of_group = U.group_id == group_id
        of_group = (self._is_own, is_of_group, _IS_OPEN, is_visible(now), *conditions)
        rows = connection.execute(
            sa.select(U.id, U.text, U.answer, U.time, U.reasons, U.intent)
            .where(*of_group)
            .order_by(U.time.desc())
            .limit(_MAX_ROWS_IN_LIST if count else _MAX_ROWS)
        ).all()
        if not rows:
            return None
        before = connection.execute(
            _DECIDED.where(self._is_own, is_of_group).order_by(sa.desc("decided")).limit(1)
        ).first()
        wordings = _wordings(rows, now)
        guesses = Counter(row.intent for row in rows if row.intent)
        return Group(
            id=group_id,
            count=count or connection.execute(sa.select(_COUNT).where(*of_group)).scalar(),
            last=rows[0].time,
            wordings=wordings[:max_wordings],
            left_out=max(len(wordings) - max_wordings, 0),
            reasons=_counted(rows, now),
            guesses=[name for name, _ in guesses.most_common()],
            before=before and Decision(group_id, before.decision, before.decided, before.number),
        )

    def _set(self, rows: Iterable[Any], decision: str | None, now: float | None) -> None:
        ids = [row.id for row in rows]
        with self.conversations.transaction() as connection:
            for at in range(0, len(ids), 500):
                connection.execute(
                    UNCLEAR.update()
                    .where(U.id.in_(ids[at : at + 500]))
                    .values(decision=decision, decided=now)
                )

    def _has(self, reason: Reason, now: float) -> Any:
        has = U.reasons.op("&")(int(reason)) != 0
        return sa.and_(has, U.time < now - LEFT_SECONDS) if reason is Reason.LEFT else has


def _reasons(row: Any, now: float) -> int:
    """Returns why a message is shown; whether somebody has left is not known before an hour."""
    reasons: int = row.reasons
    return reasons & ~_LEFT if row.time > now - LEFT_SECONDS else reasons


def _counted(rows: Sequence[Any], now: float) -> Mapping[Reason, int]:
    """Returns how many messages have each reason."""
    kinds = Counter(_reasons(row, now) for row in rows)
    counts = {
        reason: sum(count for kind, count in kinds.items() if kind & reason) for reason in Reason
    }
    return {reason: count for reason, count in counts.items() if count}


def _wordings(rows: Sequence[Any], now: float) -> list[Wording]:
    """Returns the wordings of messages, the most frequent first, then the newest."""
    same: dict[str, list[Any]] = {}
    for row in rows:
        same.setdefault(bare(row.text), []).append(row)
    by_count = sorted(same.values(), key=lambda alike: (-len(alike), -alike[0].time))
    return [
        Wording(
            id=alike[0].id,
            text=alike[0].text,
            count=len(alike),
            reasons=Reason(functools.reduce(or_, (_reasons(row, now) for row in alike))),
            answer=alike[0].answer,
            time=alike[0].time,
            may_teach=bool(fit(alike[0].text)),
        )
        for alike in by_count
    ]
