"""One worker among others on the same database: hears them, and takes over from one that died."""

from __future__ import annotations

import asyncio
import logging

from channels.inbox.database import Notifications, Postgres
from channels.website.message_handler import MessageHandler

logger = logging.getLogger(__name__)

LOOK_SECONDS = 3.0  # until what a killed worker has left is taken over


async def follow_others(handler: MessageHandler, url: str) -> None:
    """Hears of what other workers do as long as the server runs; after a fault, begins anew.

    Args:
        handler: goes on with their conversations.
        url: of the database that is shared.
    """
    database = handler.records.database
    assert isinstance(database, Postgres)
    while True:
        try:
            await _follow(handler, database, url)
        except Exception as error:  # the database may be away for a while
            logger.error("What other workers do cannot be heard: %s", type(error).__name__)
        await asyncio.sleep(LOOK_SECONDS)


async def _follow(handler: MessageHandler, database: Postgres, url: str) -> None:
    notifications = Notifications(url, database.backend, handler.hear)
    try:
        handler.notify_all()  # what happened while nothing was heard
        while not notifications.is_lost:
            await handler.continue_unanswered()
            await asyncio.sleep(LOOK_SECONDS)
    finally:
        notifications.close()
