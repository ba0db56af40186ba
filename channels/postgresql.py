"""How a PostgreSQL is connected to: nobody waits for ever for a host that is away."""

from __future__ import annotations

from typing import Any

# Parameters of libpq, https://www.postgresql.org/docs/current/libpq-connect.html
CONNECT: dict[str, Any] = {
    "connect_timeout": 5,  # seconds
    "keepalives_idle": 10,  # seconds
    "keepalives_interval": 5,  # seconds
    "keepalives_count": 2,
    "tcp_user_timeout": 15_000,  # milliseconds
}
