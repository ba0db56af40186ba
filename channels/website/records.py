"""What the website must not lose: conversations, messages, requests, offers, feedback.

Everything is committed before it is told, so that a killed server forgets nothing. What is
deleted is overwritten in a SQLite file. Texts come here with their secrets hidden already.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from channels import counts
from channels.bursts import joined
from channels.counts import Figure, Increments, day_of
from channels.inbox.database import Database
from channels.inbox.inbox import Entry, Inbox, State
from serving.tenants import tenant_of

WEBSITE = "website"  # the channel of all that is counted here
LAST_NUMBER = 2**31 - 1  # of a message: PostgreSQL's integers end there
_TABLES = sa.MetaData()


def _of_conversation(**more: Any) -> sa.Column:
    """Returns the column of what is removed with its conversation."""
    there = sa.ForeignKey("conversations.id", ondelete="CASCADE")
    return sa.Column("conversation_id", sa.Text, there, nullable=False, **more)


_CONVERSATIONS = sa.Table(
    "conversations",
    _TABLES,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("used", sa.Float(53), nullable=False),
    sa.Column("deleted", sa.Integer, nullable=False, server_default="0"),
)
_MESSAGES = sa.Table(
    "messages",
    _TABLES,
    _of_conversation(primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("request", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("time", sa.Float(53), nullable=False),
)
_INBOX = Inbox(
    _TABLES, "requests", "rasa_input", sa.ForeignKey("conversations.id", ondelete="CASCADE")
)
_OFFERS = sa.Table(
    "offers",
    _TABLES,
    _of_conversation(primary_key=True),
    sa.Column("payload", sa.Text, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
)
_FEEDBACK = sa.Table(
    "feedback",
    _TABLES,
    _of_conversation(primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("helpful", sa.Integer, nullable=False),
    sa.Column("word", sa.Text, nullable=False),
    sa.Column("time", sa.Float(53), nullable=False),
)
_C, _M, _O, _F = (table.c for table in (_CONVERSATIONS, _MESSAGES, _OFFERS, _FEEDBACK))
# Made once: to make one anew for each message takes longer than to run it.
_ID = sa.bindparam("conversation")
_EXISTS = sa.select(_C.id).where(_C.id == _ID, _C.deleted == 0)
_LOCK_ROW = sa.select(_C.id).where(_C.id == _ID).with_for_update()
_ADD_CONVERSATION = _CONVERSATIONS.insert()
_USE = _CONVERSATIONS.update().where(_C.id == _ID).values(used=sa.bindparam("now"))
_DELETED = _CONVERSATIONS.update().where(_C.id == _ID).values(deleted=1)
_REMOVE = _CONVERSATIONS.delete().where(_C.id == _ID)
_OUTDATED = sa.select(_C.id).where(sa.or_(_C.deleted != 0, _C.used < sa.bindparam("before")))
_LAST_SEQ = sa.select(sa.func.max(_M.seq)).where(_M.conversation_id == _ID)
_ADD_MESSAGE = _MESSAGES.insert()
_SHOWN = (
    sa.select(_M.seq, _M.author, _M.request, _M.body, _M.time, _F.helpful)
    .select_from(
        _MESSAGES.outerjoin(
            _FEEDBACK, sa.and_(_F.conversation_id == _M.conversation_id, _F.seq == _M.seq)
        )
    )
    .where(_M.conversation_id == _ID, _M.seq > sa.bindparam("after"))
    .order_by(_M.seq)
)
_TEXTS_OF_PERSON = (
    sa.select(_M.body)
    .where(_M.conversation_id == _ID, _M.author == "person")
    .order_by(_M.seq.desc())
    .limit(sa.bindparam("count"))
)
_ANSWER = sa.select(_M.seq).where(
    _M.conversation_id == _ID, _M.seq == sa.bindparam("number"), _M.author == "assistant"
)
_RATED = sa.select(_M.request, _M.body).where(
    _M.conversation_id == _ID, _M.seq == sa.bindparam("number")
)
_ASKED = (
    sa.select(_M.body)
    .where(
        _M.conversation_id == _ID,
        _M.author == "person",
        _M.request.in_(sa.bindparam("ids", expanding=True)),
    )
    .order_by(_M.seq)
)
_OFFERED = sa.select(_O.title).where(
    _O.conversation_id == _ID, _O.payload == sa.bindparam("clicked")
)
_JUDGED = sa.select(_F.helpful, _F.time).where(
    _F.conversation_id == _ID, _F.seq == sa.bindparam("number")
)
# The words are the same in SQLite and PostgreSQL; in SQLAlchemy, each has a class of its own.
_OFFER = sa.text(
    "INSERT INTO offers (conversation_id, payload, title) VALUES (:conversation, :payload, :title)"
    " ON CONFLICT (conversation_id, payload) DO UPDATE SET title = excluded.title"
)
_RATE = sa.text(
    "INSERT INTO feedback (conversation_id, seq, helpful, word, time)"
    " VALUES (:conversation, :number, :helpful, :word, :now)"
    " ON CONFLICT (conversation_id, seq) DO UPDATE"
    " SET helpful = excluded.helpful, time = excluded.time,"
    " word = coalesce(nullif(excluded.word, ''), feedback.word)"
)


class Rated(NamedTuple):
    """An answer, with what it answers.

    Attributes:
        id: of the request.
        text: that the person has typed or clicked; empty for a picture or a greeting.
        answer: its text.
    """

    id: str
    text: str
    answer: str


class Records:
    """The channel's own tables; used from one thread."""

    def __init__(self, database: Database) -> None:
        self.database = database
        database.create(_TABLES)
        database.create(counts.COUNTS)
        _INBOX.upgrade(database)

    def close(self) -> None:
        """Closes the database."""
        self.database.close()

    def add_conversation(self, conversation_id: str) -> None:
        """Notes a conversation that has begun."""
        with self.database.transaction() as connection:
            connection.execute(_ADD_CONVERSATION, {"id": conversation_id, "used": time.time()})

    def has_conversation(self, conversation_id: str) -> bool:
        """Tells whether there is such a conversation, not deleted."""
        return self._value(_EXISTS, conversation=conversation_id) is not None

    def add_request(
        self,
        conversation_id: str,
        id_: str,
        rasa_input: str,
        shown: str | None,
        metadata: dict[str, Any] | None = None,
        only_first: bool = False,
    ) -> Entry | None:
        """Notes a request and, if it shows, the person's message.

        One with metadata is a picture, and its message says that its text was read from one. One
        that another worker has noted meanwhile under the same id is returned as it is.

        Returns:
            None if it was only to be noted as the first of its conversation, and is not.
        """
        body = {"text": shown, **({} if metadata is None else {"picture": True})}
        with self.database.transaction() as connection:
            self._lock_row(connection, conversation_id)
            known = _INBOX.find(connection, conversation_id, id_)
            if known or (only_first and _INBOX.has_any(connection, conversation_id)):
                return known
            seq = None if shown is None else _add(connection, conversation_id, "person", id_, body)
            values = {"content": rasa_input, "seq": seq, "metadata": metadata, "came": time.time()}
            _INBOX.accept(connection, conversation_id, id_, **values)
            connection.execute(_USE, {"conversation": conversation_id, "now": time.time()})
            self.database.notify(conversation_id)
            return _INBOX.find(connection, conversation_id, id_)

    def request(self, conversation_id: str, id_: str) -> Entry | None:
        """Returns the request with an id of the client."""
        with self.database.reading() as connection:
            return _INBOX.find(connection, conversation_id, id_)

    def open_requests(self, conversation_id: str, count: int) -> list[Entry]:
        """Returns the first requests without an answer, in their order."""
        with self.database.reading() as connection:
            return _INBOX.open(connection, conversation_id, count)

    def mark_started(self, burst: Sequence[Entry]) -> None:
        """Notes that Rasa gets requests now, as one.

        All requests of a conversation that are begun and not done are the burst in work: a kill
        leaves it as it was.

        Raises:
            LockLost: if another worker may have the conversation by now.
        """
        with self.database.transaction() as connection:
            self.database.check_lock(burst[-1].conversation_id)
            _INBOX.set_state(connection, burst, State.STARTED)

    def mark_done(self, burst: Sequence[Entry], answers: list[dict[str, Any]]) -> None:
        """Notes the answers to requests asked as one, and what they offer.

        The answers name the last request in `reply_to`, and all of them in `replies_to`. A deleted
        conversation gets none.

        Raises:
            LockLost: if another worker may have the conversation by now.
        """
        conversation_id, last = burst[-1].conversation_id, burst[-1].id
        ids = [request.id for request in burst]
        with self.database.transaction() as connection:
            self.database.check_lock(conversation_id)
            self._lock_row(connection, conversation_id)
            if connection.execute(_EXISTS, {"conversation": conversation_id}).scalar() is None:
                return
            for answer in answers:
                kept = {**answer, "replies_to": ids}
                _add(connection, conversation_id, "assistant", last, kept)
                offers = [
                    {
                        "conversation": conversation_id,
                        "payload": button["payload"],
                        "title": button["title"],
                    }
                    for button in answer["buttons"]
                ]
                if offers:
                    connection.execute(_OFFER, offers)
            _INBOX.set_state(connection, burst, State.DONE)
            self.database.notify(conversation_id)

    def offered(self, conversation_id: str, payload: str) -> str | None:
        """Returns the title with which a conversation has offered a payload; None if it has not."""
        title = self._value(_OFFERED, conversation=conversation_id, clicked=payload)
        return None if title is None else str(title)

    def messages(self, conversation_id: str, after: int = 0) -> list[dict[str, Any]]:
        """Returns the messages of a conversation beyond a number, as the widget wants them."""
        rows = self._rows(_SHOWN, conversation=conversation_id, after=min(after, LAST_NUMBER))
        return [_shown(row) for row in rows]

    def texts_of_person(self, conversation_id: str, count: int) -> list[str]:
        """Returns the last texts of the person in a conversation, the oldest first."""
        rows = self._rows(_TEXTS_OF_PERSON, conversation=conversation_id, count=count)
        return [str(json.loads(row[0])["text"]) for row in rows][::-1]

    def rate(self, conversation_id: str, seq: int, helpful: bool, word: str) -> bool:
        """Keeps whether an answer was helpful; tells whether there is such an answer.

        An earlier word stays if this time there is none.
        """
        answer = {"conversation": conversation_id, "number": min(seq, LAST_NUMBER)}
        now = time.time()
        rating = {"helpful": int(helpful), "word": word, "now": now}
        with self.database.transaction() as connection:
            self._lock_row(connection, conversation_id)
            if connection.execute(_ANSWER, answer).scalar() is None:
                return False
            before = connection.execute(_JUDGED, answer).first()
            connection.execute(_RATE, {**answer, **rating})
            tenant = tenant_of(conversation_id)
            counts.add(connection, _judgement(before, helpful, now), tenant)
        return True

    def rated(self, conversation_id: str, seq: int) -> Rated | None:
        """Returns an answer with what it answers; None if there is none."""
        number = min(seq, LAST_NUMBER)
        for id_, body in self._rows(_RATED, conversation=conversation_id, number=number):
            kept = json.loads(body)
            with self.database.reading() as connection:
                values = {"conversation": conversation_id, "ids": kept.get("replies_to") or [id_]}
                asked = [json.loads(row[0]) for row in connection.execute(_ASKED, values)]
            texts = [one["text"] for one in asked if not one.get("picture")]
            return Rated(id_, joined(texts), kept["text"])
        return None

    def mark_deleted(self, conversation_id: str) -> None:
        """Marks a conversation as deleted: from now on nobody reaches it."""
        with self.database.transaction() as connection:
            connection.execute(_DELETED, {"conversation": conversation_id})
            self.database.notify(conversation_id)

    def remove(self, conversation_id: str) -> None:
        """Removes a conversation with all that belongs to it."""
        with self.database.transaction() as connection:
            connection.execute(_REMOVE, {"conversation": conversation_id})

    def unfinished(self) -> list[str]:
        """Returns the conversations in which a request has no answer."""
        with self.database.reading() as connection:
            return _INBOX.unfinished(connection)

    def outdated(self, days: float) -> list[str]:
        """Returns the conversations unused for so long, and those whose deletion was cut short."""
        before = time.time() - days * 86_400
        return [str(row[0]) for row in self._rows(_OUTDATED, before=before)]

    def _lock_row(self, connection: Any, conversation_id: str) -> None:
        """Lets no other worker add to a conversation until the end of the transaction."""
        if self.database.is_shared:
            connection.execute(_LOCK_ROW, {"conversation": conversation_id})

    def _value(self, chosen: Any, **values: str | int) -> Any:
        with self.database.reading() as connection:
            return connection.execute(chosen, values).scalar()

    def _rows(self, chosen: Any, **values: str | float) -> Sequence[Any]:
        with self.database.reading() as connection:
            rows: Sequence[Any] = connection.execute(chosen, values).all()
        return rows


def _add(
    connection: Any, conversation_id: str, author: str, request: str, body: dict[str, Any]
) -> int:
    last = connection.execute(_LAST_SEQ, {"conversation": conversation_id}).scalar()
    seq = int(last or 0) + 1
    message = {
        "conversation_id": conversation_id,
        "seq": seq,
        "author": author,
        "request": request,
        "body": json.dumps(body, ensure_ascii=False),
        "time": time.time(),
    }
    connection.execute(_ADD_MESSAGE, message)
    return seq


def _judgement(before: Any, helpful: bool, now: float) -> Increments:
    """Returns what a judgement adds to the numbers; one that is changed moves there."""
    increments = Increments()
    for judged, moment, by in ((helpful, now, 1), *((*old, -1) for old in (before,) if old)):
        what = "yes" if judged else "no"
        increments.count(Figure.FEEDBACK, day_of(moment), WEBSITE, what, by=by)
    return increments


def _shown(row: Any) -> dict[str, Any]:
    seq, author, request, body, sent, helpful = row
    message = {"seq": seq, "from": author, "time": round(sent), "buttons": [], **json.loads(body)}
    message["id" if author == "person" else "reply_to"] = request
    if helpful is not None:
        message["helpful"] = bool(helpful)
    return message
