"""What the website must not lose: conversations, messages, requests, offers, feedback in SQLite.

Everything is committed before it is told, so that a killed server forgets nothing. What is
deleted is overwritten. Texts come here with their secrets hidden already.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from channels.private_files import make_private
from channels.transitions import follow

logger = logging.getLogger(__name__)

SCHEMA = """
CREATE TABLE IF NOT EXISTS conversations (
    id TEXT PRIMARY KEY, used REAL NOT NULL, deleted INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS messages (
    conversation_id TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE, seq INTEGER NOT NULL,
    author TEXT NOT NULL, request TEXT NOT NULL, body TEXT NOT NULL, time REAL NOT NULL,
    PRIMARY KEY (conversation_id, seq));
CREATE TABLE IF NOT EXISTS requests (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE, id TEXT NOT NULL,
    rasa_input TEXT NOT NULL, seq INTEGER, state INTEGER NOT NULL DEFAULT 0, metadata TEXT,
    UNIQUE (conversation_id, id));
CREATE TABLE IF NOT EXISTS offers (
    conversation_id TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE, payload TEXT NOT NULL,
    title TEXT NOT NULL, PRIMARY KEY (conversation_id, payload));
CREATE TABLE IF NOT EXISTS feedback (
    conversation_id TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE, seq INTEGER NOT NULL,
    helpful INTEGER NOT NULL, word TEXT NOT NULL, time REAL NOT NULL,
    PRIMARY KEY (conversation_id, seq));
CREATE INDEX IF NOT EXISTS open_requests ON requests (conversation_id) WHERE state < 2;
"""


class State(IntEnum):
    """How far a request has come."""

    NEW = 0
    STARTED = 1  # again after a kill, if no answer to it is found
    DONE = 2


NEXT = {
    State.NEW: {State.STARTED, State.DONE},
    State.STARTED: {State.STARTED, State.DONE},
    State.DONE: set[State](),
}


@dataclass(frozen=True)
class Request:
    """One thing a person did.

    Attributes:
        rasa_input: what Rasa gets: a text, or a click or the wish to be greeted, which begin with a
            slash; a typed text never does.
        seq: of the person's message, if it shows.
        came: when that came, in seconds since 1970; 0 if it does not show.
        metadata: what Rasa gets besides: of a picture, what was seen on it; until it is answered.
    """

    number: int
    conversation_id: str
    id: str
    rasa_input: str
    seq: int | None
    state: State
    came: float
    metadata: dict[str, Any] | None = None

    @property
    def is_text(self) -> bool:
        """Whether the person typed it."""
        return self.metadata is None and not self.rasa_input.startswith("/")


class Records:
    """The channel's own database; used from one thread."""

    def __init__(self, path: Path) -> None:
        _set_aside(path)
        make_private(path)
        self._db = sqlite3.connect(path, timeout=10, isolation_level=None)
        self._db.execute("PRAGMA foreign_keys = ON")
        self._db.execute("PRAGMA secure_delete = ON")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(SCHEMA)
        self._add_new_columns()

    def close(self) -> None:
        """Closes the database."""
        self._db.close()

    def add_conversation(self, conversation_id: str) -> None:
        """Notes a conversation that has begun."""
        self._db.execute(
            "INSERT INTO conversations (id, used) VALUES (?, ?)", (conversation_id, time.time())
        )

    def has_conversation(self, conversation_id: str) -> bool:
        """Tells whether there is such a conversation, not deleted."""
        found = self._db.execute(
            "SELECT 1 FROM conversations WHERE id = ? AND NOT deleted", (conversation_id,)
        )
        return found.fetchone() is not None

    def add_request(
        self,
        conversation_id: str,
        id_: str,
        rasa_input: str,
        shown: str | None,
        metadata: dict[str, Any] | None = None,
    ) -> Request:
        """Notes a request and, if it shows, the person's message.

        One with metadata is a picture, and its message says that its text was read from one.
        """
        kept = None if metadata is None else json.dumps(metadata, ensure_ascii=False)
        body = {"text": shown, **({} if metadata is None else {"picture": True})}
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            seq = None if shown is None else self._add(conversation_id, "person", id_, body)
            self._db.execute(
                "INSERT INTO requests (conversation_id, id, rasa_input, seq, metadata)"
                " VALUES (?, ?, ?, ?, ?)",
                (conversation_id, id_, rasa_input, seq, kept),
            )
            self._db.execute(
                "UPDATE conversations SET used = ? WHERE id = ?", (time.time(), conversation_id)
            )
        request = self.request(conversation_id, id_)
        assert request
        return request

    def request(self, conversation_id: str, id_: str) -> Request | None:
        """Returns the request with an id of the client."""
        return self._request("conversation_id = ? AND id = ?", conversation_id, id_)

    def open_requests(self, conversation_id: str, count: int) -> list[Request]:
        """Returns the first requests without an answer, in their order."""
        return self._requests(
            "conversation_id = ? AND state < 2 ORDER BY number LIMIT ?", conversation_id, count
        )

    def has_requests(self, conversation_id: str) -> bool:
        """Tells whether anything was ever asked in a conversation."""
        return self._request("conversation_id = ? LIMIT 1", conversation_id) is not None

    def mark_started(self, burst: Sequence[Request]) -> None:
        """Notes that Rasa gets requests now, as one.

        All requests of a conversation that are begun and not done are the burst in work: a kill
        leaves it as it was.
        """
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._set_state(burst, State.STARTED)

    def mark_done(self, burst: Sequence[Request], answers: list[dict[str, Any]]) -> None:
        """Notes the answers to requests asked as one, and what they offer.

        The answers name the last request in `reply_to`, and all of them in `replies_to`. A deleted
        conversation gets none.
        """
        conversation_id, last = burst[-1].conversation_id, burst[-1].id
        ids = [request.id for request in burst]
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            if not self.has_conversation(conversation_id):
                return
            for answer in answers:
                self._add(conversation_id, "assistant", last, {**answer, "replies_to": ids})
                offers = [
                    (conversation_id, button["payload"], button["title"])
                    for button in answer["buttons"]
                ]
                self._db.executemany("INSERT OR REPLACE INTO offers VALUES (?, ?, ?)", offers)
            self._set_state(burst, State.DONE)
            self._db.executemany(
                "UPDATE requests SET metadata = NULL WHERE number = ? AND metadata IS NOT NULL",
                [(request.number,) for request in burst],
            )

    def offered(self, conversation_id: str, payload: str) -> str | None:
        """Returns the title with which a conversation has offered a payload; None if it has not."""
        found = self._db.execute(
            "SELECT title FROM offers WHERE conversation_id = ? AND payload = ?",
            (conversation_id, payload),
        ).fetchone()
        return str(found[0]) if found else None

    def messages(self, conversation_id: str, after: int = 0) -> list[dict[str, Any]]:
        """Returns the messages of a conversation beyond a number, as the widget wants them."""
        rows = self._db.execute(
            "SELECT seq, author, request, body, m.time, helpful FROM messages m"
            " LEFT JOIN feedback USING (conversation_id, seq)"
            " WHERE conversation_id = ? AND seq > ? ORDER BY seq",
            (conversation_id, after),
        )
        return [_shown(row) for row in rows]

    def texts_of_person(self, conversation_id: str, count: int) -> list[str]:
        """Returns the last texts of the person in a conversation, the oldest first."""
        rows = self._db.execute(
            "SELECT body FROM messages WHERE conversation_id = ? AND author = 'person'"
            " ORDER BY seq DESC LIMIT ?",
            (conversation_id, count),
        )
        return [str(json.loads(row[0])["text"]) for row in rows][::-1]

    def rate(self, conversation_id: str, seq: int, helpful: bool, word: str) -> bool:
        """Keeps whether an answer was helpful; tells whether there is such an answer.

        An earlier word stays if this time there is none.
        """
        found = self._db.execute(
            "SELECT 1 FROM messages WHERE conversation_id = ? AND seq = ? AND author = 'assistant'",
            (conversation_id, seq),
        ).fetchone()
        if found:
            self._db.execute(
                "INSERT INTO feedback VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (conversation_id, seq) DO UPDATE"
                " SET helpful = excluded.helpful, time = excluded.time,"
                " word = coalesce(nullif(excluded.word, ''), word)",
                (conversation_id, seq, helpful, word, time.time()),
            )
        return found is not None

    def mark_deleted(self, conversation_id: str) -> None:
        """Marks a conversation as deleted: from now on nobody reaches it."""
        self._db.execute("UPDATE conversations SET deleted = 1 WHERE id = ?", (conversation_id,))

    def remove(self, conversation_id: str) -> None:
        """Removes a conversation with all that belongs to it."""
        self._db.execute("DELETE FROM conversations WHERE id = ?", (conversation_id,))

    def unfinished(self) -> list[str]:
        """Returns the conversations in which a request has no answer."""
        rows = self._db.execute("SELECT DISTINCT conversation_id FROM requests WHERE state < 2")
        return [str(row[0]) for row in rows]

    def outdated(self, days: float) -> list[str]:
        """Returns the conversations unused for so long, and those whose deletion was cut short."""
        before = time.time() - days * 86_400
        rows = self._db.execute("SELECT id FROM conversations WHERE deleted OR used < ?", (before,))
        return [str(row[0]) for row in rows]

    def _add_new_columns(self) -> None:
        """Brings a database of an earlier version up to the schema."""
        columns = {row[1] for row in self._db.execute("PRAGMA table_info(requests)")}
        if "metadata" not in columns:
            self._db.execute("ALTER TABLE requests ADD COLUMN metadata TEXT")

    def _add(self, conversation_id: str, author: str, request: str, body: dict[str, Any]) -> int:
        seq = self._db.execute(
            "SELECT coalesce(max(seq), 0) + 1 FROM messages WHERE conversation_id = ?",
            (conversation_id,),
        ).fetchone()[0]
        self._db.execute(
            "INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?)",
            (
                conversation_id,
                seq,
                author,
                request,
                json.dumps(body, ensure_ascii=False),
                time.time(),
            ),
        )
        return int(seq)

    def _request(self, condition: str, *values: str) -> Request | None:
        found = self._requests(condition, *values)
        return found[0] if found else None

    def _requests(self, condition: str, *values: str | int) -> list[Request]:
        rows = self._db.execute(
            "SELECT number, conversation_id, id, rasa_input, seq, state, metadata,"  # noqa: S608
            " coalesce((SELECT time"
            " FROM messages m WHERE m.conversation_id = r.conversation_id AND m.seq = r.seq), 0)"
            f" FROM requests r WHERE {condition}",
            values,
        )
        return [
            Request(
                number,
                conversation_id,
                id_,
                rasa_input,
                seq,
                State(state),
                came,
                kept and json.loads(kept),
            )
            for number, conversation_id, id_, rasa_input, seq, state, kept, came in rows
        ]

    def _set_state(self, requests: Sequence[Request], state: State) -> None:
        """Brings requests into a state; all changes of it are made here.

        Raises:
            ImpossibleTransition: if one is in a state that it cannot follow.
        """
        for request in requests:
            kept = self._db.execute(
                "SELECT state FROM requests WHERE number = ?", (request.number,)
            ).fetchone()
            if kept:  # else it was removed meanwhile, with its conversation
                follow(State(kept[0]), state, NEXT)
        numbers = [(int(state), request.number) for request in requests]
        self._db.executemany("UPDATE requests SET state = ? WHERE number = ?", numbers)


def _shown(row: tuple[Any, ...]) -> dict[str, Any]:
    seq, author, request, body, sent, helpful = row
    message = {"seq": seq, "from": author, "time": round(sent), "buttons": [], **json.loads(body)}
    message["id" if author == "person" else "reply_to"] = request
    if helpful is not None:
        message["helpful"] = bool(helpful)
    return message


def _set_aside(path: Path) -> None:
    """Keeps a database whose tables are of an earlier version under another name."""
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path, timeout=10)) as database:
            columns = {row[1] for row in database.execute("PRAGMA table_info(requests)")}
    except sqlite3.DatabaseError:
        return  # said where it is opened
    if columns and "conversation_id" not in columns:
        kept = path.with_name(f"{path.stem}.{int(time.time())}.old{path.suffix}")
        path.replace(kept)
        logger.warning(
            "%s is of an earlier version and is kept as %s: conversations begin anew. "
            "Delete it when nobody needs it any more.",
            path.name,
            kept.name,
        )
