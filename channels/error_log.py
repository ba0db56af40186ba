"""How an error of ours is logged: what it says may hold what a person wrote."""

from __future__ import annotations

import logging
import traceback


def log_error(logger: logging.Logger, error: Exception, consequence: str = "") -> None:
    """Logs an error by its type and its line alone.

    Args:
        logger: of the module that has caught it.
        error: that was caught, with its traceback.
        consequence: what follows from it.
    """
    where = traceback.extract_tb(error.__traceback__)[-1]
    end = f"; {consequence}" if consequence else ""
    logger.error("%s at %s:%s%s", type(error).__name__, where.filename, where.lineno, end)
