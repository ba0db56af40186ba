"""The database of conversations that `endpoints.yml` names, as the assistant keeps them: redacted.

Without Rasa, which would take these pages' process several seconds and much memory to load.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from channels.private_files import make_private
from channels.unclear import U, create_tables
from operators.numbers import Unreadable, address_of_conversations
from serving.tenants import DEFAULT, tenant_of

MAX_TURNS = 400  # events of a conversation that are shown
_EVENTS = sa.table("events", *map(sa.column, ("id", "sender_id", "type_name", "timestamp", "data")))
_POSTGRES: dict[str, Any] = {"connect_timeout": 5, "application_name": "zhaohui-operators"}


class NotReadable(Exception):
    """The conversations cannot be read.

    Attributes:
        name: which sentence of `texts.yml` says why, under `unreadable`.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True)
class Said:
    """One message of a conversation.

    Attributes:
        is_person: whether the person wrote it, not the assistant.
        is_click: whether the person clicked it.
        is_shown_for: whether the conversation was opened because of it.
        time: in seconds since 1970.
        text: with secrets hidden.
        buttons: what was offered below it.
    """

    is_person: bool
    is_click: bool
    is_shown_for: bool
    time: float
    text: str
    buttons: tuple[str, ...]


class Conversations:
    """The database; connected to when it is first asked for."""

    def __init__(self, folder: Path, settings: Path | None = None) -> None:
        """Takes the folder in which files of databases stand.

        Args:
            folder: of these.
            settings: the folder with `endpoints.yml`; the same, if it is None.
        """
        self._folder = folder
        self._settings = settings or folder
        self._engine: Any = None
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Any]:
        """Gives a connection; what is done with it is committed at the end, or not at all.

        Raises:
            NotReadable: if the database is away, or the settings name none that can be read.
        """
        try:
            with self._connected().begin() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as error:
            raise NotReadable("away") from error

    def said(self, unclear_id: int, tenant: str = DEFAULT) -> list[Said]:
        """Returns the conversation of a message that was not understood; empty if it is deleted.

        Of a long one the last part; nothing if it is not with this tenant.

        Raises:
            NotReadable: see `transaction`.
        """
        chosen = sa.select(U.sender_id, U.message_id).where(U.id == unclear_id, U.tenant == tenant)
        with self.transaction() as connection:
            message = connection.execute(chosen).first()
            if message is None or tenant_of(message.sender_id) != tenant:
                return []
            rows = connection.execute(
                sa.select(_EVENTS.c.type_name, _EVENTS.c.timestamp, _EVENTS.c.data)
                .where(
                    _EVENTS.c.sender_id == message.sender_id,
                    _EVENTS.c.type_name.in_(("user", "bot")),
                )
                .order_by(_EVENTS.c.id.desc())
                .limit(MAX_TURNS)
            ).all()
        return list(_said(reversed(rows), message.message_id))

    def close(self) -> None:
        """Closes the connections."""
        if self._engine is not None:
            self._engine.dispose()

    def _connected(self) -> Any:
        with self._lock:
            if self._engine is None:
                self._engine = _connect(self._address())
            return self._engine

    def _address(self) -> URL:
        try:
            address = address_of_conversations(self._folder, self._settings)
        except Unreadable as error:
            raise NotReadable("no_endpoints") from error
        if address is None:
            raise NotReadable("other_store")
        return address


def _connect(url: URL) -> Any:
    options: dict[str, Any] = {"hide_parameters": True}
    try:
        url.get_dialect()
    except SQLAlchemyError as error:
        raise NotReadable("no_endpoints") from error
    if url.get_backend_name() == "sqlite":
        make_private(Path(url.database or ""))
        options["connect_args"] = {"timeout": 10}
    else:
        schema = os.environ.get("POSTGRESQL_SCHEMA")  # as Rasa's
        search = {"options": f"-csearch_path={schema}"} if schema else {}
        options |= {"pool_pre_ping": True, "connect_args": {**_POSTGRES, **search}}
    engine = sa.create_engine(url, **options)
    create_tables(engine)
    return engine


def _said(rows: Any, message_id: str) -> Iterator[Said]:
    titles: dict[str, str] = {}
    for row in rows:
        event = json.loads(row.data)
        text = event.get("text") or ""
        if row.type_name == "bot":
            buttons = _buttons(event)
            titles |= buttons
            yield Said(False, False, False, row.timestamp, text, tuple(buttons.values()))
            continue
        is_click = text.startswith("/")
        yield Said(
            is_person=True,
            is_click=is_click,
            is_shown_for=event.get("message_id") == message_id,
            time=row.timestamp,
            text=titles.get(text, text) if is_click else text,
            buttons=(),
        )


def _buttons(event: Mapping[str, Any]) -> dict[str, str]:
    """Returns the titles of buttons by their payloads."""
    buttons = (event.get("data") or {}).get("buttons") or []
    return {button.get("payload", ""): button.get("title", "") for button in buttons}
