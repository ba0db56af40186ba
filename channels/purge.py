"""Has old conversations deleted as long as the server runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)

PURGE_SECONDS = 3_600.0


async def purge_hourly(purge: Callable[[], Awaitable[None]]) -> None:
    """Deletes now and then every hour; after an error, it is tried again in an hour."""
    while True:
        try:
            await purge()
        except Exception as error:  # what a person wrote may stand in it
            logger.error("Old conversations could not be deleted: %s", type(error).__name__)
        await asyncio.sleep(PURGE_SECONDS)
