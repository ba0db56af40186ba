"""Goes on with what was left unanswered; among several workers on a database, also by others."""

from __future__ import annotations

import asyncio
import logging

from channels.inbox.database import Notifications, Postgres
from channels.website.message_handler import MessageHandler

logger = logging.getLogger(__name__)

LOOK_SECONDS = 3.0  # until what a killed worker or an error has left is taken up


async def look_again(handler: MessageHandler) -> None:
    """Goes on with what an error has left, such as a full disk, as long as the server runs.

    Args:
        handler: of the only worker on its database.
    """
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            await handler.continue_unanswered()
        except Exception as error:  # the database may be away for a while
            logger.error("What waits for an answer cannot be read: %s", type(error).__name__)


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
