"""Hears of what other workers on a PostgreSQL do, and takes up what a killed one has left."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from channels.inbox.database import Notifications

logger = logging.getLogger(__name__)

LOOK_SECONDS = 3.0  # until what a killed worker or an error has left is taken up


async def look_again(look: Callable[[], Awaitable[None]]) -> None:
    """Goes on with what an error has left, such as a full disk, as long as the server runs.

    Args:
        look: has everything worked on that waits.
    """
    while True:
        try:
            await look()
        except Exception as error:  # the database may be away for a while
            logger.error("What waits for an answer cannot be read: %s", type(error).__name__)
        await asyncio.sleep(LOOK_SECONDS)


async def follow_others(
    listen: Callable[[], Notifications],
    look: Callable[[], Awaitable[None]],
    catch_up: Callable[[], None] = lambda: None,
) -> None:
    """Hears of what other workers do as long as the server runs; after a fault, begins anew.

    A killed worker notifies nobody, so it also looks from time to time.

    Args:
        listen: connects; is called in a thread, as it may wait.
        look: has everything worked on that waits.
        catch_up: is called after a time in which nothing was heard.
    """
    while True:
        try:
            notifications = await asyncio.to_thread(listen)
            try:
                notifications.start()
                catch_up()
                while not notifications.is_lost:
                    await look()
                    await asyncio.sleep(LOOK_SECONDS)
            finally:
                notifications.close()
        except Exception as error:  # the database may be away for a while
            logger.error("What other workers do cannot be heard: %s", type(error).__name__)
        await asyncio.sleep(LOOK_SECONDS)
