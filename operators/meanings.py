"""Sorts what was not understood by meaning, as it comes.

A message goes to the group to whose messages it is nearest on average, if that is near enough, else
it begins a group. What groups are told by is in memory only: with its last message nothing is left.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa

from channels.unclear import UNCLEAR, VECTORS, U, is_visible
from operators.conversations import Conversations, NotReadable
from serving.tenants import DEFAULT

logger = logging.getLogger(__name__)

Array = np.ndarray[Any, Any]
Encode = Callable[[Sequence[str]], Array]

# Cosine between a message and those of its group, on average. A group of many must not attract
# whatever is about the matter at all, as one with a centre of length one does: the largest come
# first. `tests/operators/test_meanings.py` measures it.
NEAR = 0.58
BATCH = 256  # messages that are sorted in one go, a third of a second
MAX_ENCODED = 300  # characters of a message that are looked at
_WIDTH = 512  # numbers of a vector
_STORED = np.float16

_IS_OWN = U.tenant == sa.bindparam("tenant")
_NEW = sa.select(U.id, U.text).where(_IS_OWN, U.group_id.is_(None)).order_by(U.id).limit(BATCH)
_SET_GROUP = (
    UNCLEAR.update()
    .where(U.id == sa.bindparam("row"), U.group_id.is_(None))
    .values(group_id=sa.bindparam("its_group"))
)
_COUNTS = (
    sa.select(U.group_id, sa.func.count())
    .where(_IS_OWN, U.group_id.is_not(None))
    .group_by(U.group_id)
)
_VECTORS_OF = (
    sa.select(U.group_id, VECTORS.c.vector)
    .select_from(UNCLEAR.join(VECTORS, VECTORS.c.unclear_id == U.id))
    .where(_IS_OWN, U.group_id.is_not(None))
)
_WITHOUT_VECTOR = (
    sa.select(U.id)
    .select_from(UNCLEAR.outerjoin(VECTORS, VECTORS.c.unclear_id == U.id))
    .where(U.id.in_(sa.bindparam("rows", expanding=True)), VECTORS.c.unclear_id.is_(None))
)


def encode(texts: Sequence[str]) -> Array:
    """Returns the vectors of texts by the sentence encoder, which is loaded the first time."""
    from nlu.sentence_encoder import encode_all  # a second, and 100 MB

    return encode_all(texts)


class Centres:
    """The centres of a tenant's groups: the mean of their vectors, which have length one."""

    def __init__(self, tenant: str = DEFAULT) -> None:
        self._tenant = {"tenant": tenant}
        self._ids: list[int] = []
        self._sums = np.zeros((0, _WIDTH), np.float32)
        self._centres = np.zeros((0, _WIDTH), np.float32)
        #: how many messages are in each group
        self._counts: dict[int, int] = {}

    def agree(self, connection: Any) -> None:
        """Reads the groups anew if their messages are no longer those that are in memory."""
        counts = {row[0]: row[1] for row in connection.execute(_COUNTS, self._tenant)}
        if counts == self._counts:
            return
        rows = connection.execute(_VECTORS_OF, self._tenant).all()
        positions = {group: at for at, group in enumerate(counts)}
        sums = np.zeros((len(positions), _WIDTH), np.float32)
        if rows:
            vectors = np.frombuffer(b"".join(bytes(row.vector) for row in rows), _STORED)
            where = [positions[row.group_id] for row in rows]
            np.add.at(sums, where, vectors.reshape(len(rows), _WIDTH).astype(np.float32))
        self._ids, self._counts, self._sums = list(positions), counts, sums
        self._centres = self._means()

    def place(self, ids: Sequence[int], vectors: Array) -> list[int]:
        """Returns the group of each new message; of one that is near to none, its own id."""
        known = len(self._ids)
        # Groups that begin here stand behind the others.
        sums = np.concatenate((self._sums, np.zeros((len(ids), _WIDTH), np.float32)))
        centres = np.concatenate((self._centres, np.zeros((len(ids), _WIDTH), np.float32)))
        scores = vectors @ self._centres.T
        groups = []
        for id_, vector, of_known in zip(ids, vectors, scores, strict=True):
            of_fresh = centres[known : len(self._ids)] @ vector
            at = _nearest(of_known, of_fresh)
            if at is None:
                at = len(self._ids)
                self._ids.append(id_)
            group = self._ids[at]
            groups.append(group)
            self._counts[group] = self._counts.get(group, 0) + 1
            sums[at] += vector
            centres[at] = sums[at] / self._counts[group]
        self._sums = sums[: len(self._ids)].copy()
        self._centres = centres[: len(self._ids)].copy()
        return groups

    def near(self, group: int, count: int) -> list[int]:
        """Returns the groups that are nearest to one, the nearest first."""
        if group not in self._counts or group not in self._ids:
            return []
        at = self._ids.index(group)
        scores = _normed(self._centres) @ self._centres[at]
        order = np.argsort(-scores)[: count + 1]
        return [self._ids[other] for other in order if other != at][:count]

    def _means(self) -> Array:
        counts = np.array([self._counts[group] for group in self._ids], np.float32)
        means: Array = self._sums / np.maximum(counts, 1)[:, None]
        return means


class Sorter:
    """Sorts in a thread of its own, one at a time, when it is asked to.

    No group has messages to two tenants.
    """

    def __init__(
        self, conversations: Conversations, encode: Encode = encode, tenant: str = DEFAULT
    ) -> None:
        self._tenant = tenant
        self._conversations = conversations
        self._encode = encode
        self._centres = Centres(tenant)
        self._lock = threading.RLock()
        self._thread: threading.Thread | None = None

    def start(self) -> threading.Thread:
        """Begins to sort what is new, unless that is going on; returns the thread that does it."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="sorter", daemon=True)
                self._thread.start()
            return self._thread

    def sort(self) -> int:
        """Sorts some of what is new; returns how many messages that was.

        Raises:
            NotReadable: if the database is away.
        """
        with self._conversations.transaction() as connection:
            new = connection.execute(_NEW.where(is_visible()), {"tenant": self._tenant}).all()
            if not new:
                return 0
            with self._lock:
                self._centres.agree(connection)
        ids = [row.id for row in new]
        vectors = self._encode([row.text[:MAX_ENCODED] for row in new])
        with self._lock:
            groups = self._centres.place(ids, vectors)
        with self._conversations.transaction() as connection:
            # First what locks the rows: one that was deleted meanwhile must leave no vector.
            connection.execute(
                _SET_GROUP,
                [{"row": id_, "its_group": group} for id_, group in zip(ids, groups, strict=True)],
            )
            there = set(connection.execute(_WITHOUT_VECTOR, {"rows": ids}).scalars())
            rows = [
                {"unclear_id": id_, "vector": vector.astype(_STORED).tobytes()}
                for id_, vector in zip(ids, vectors, strict=True)
                if id_ in there
            ]
            if rows:
                connection.execute(VECTORS.insert(), rows)
        return len(ids)

    def near(self, group: int, count: int) -> list[int]:
        """Returns the groups that are nearest to one in meaning."""
        with self._lock:
            return self._centres.near(group, count)

    def _run(self) -> None:
        try:
            while self.sort():
                pass
        except NotReadable:
            pass  # the page says so
        except Exception as error:  # what a person wrote may stand in it
            logger.error("Messages could not be sorted: %s", type(error).__name__)


def _nearest(of_known: Array, of_fresh: Array) -> int | None:
    """Returns the position of the highest score, if it is high enough."""
    best, position = NEAR, None
    for scores, offset in ((of_known, 0), (of_fresh, len(of_known))):
        if len(scores) and scores.max() >= best:
            best, position = float(scores.max()), offset + int(scores.argmax())
    return position


def _normed(vectors: Array) -> Array:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    normed: Array = vectors / np.maximum(lengths, 1e-6)
    return normed
