"""Makes the tables of places from public packages; no part of serving."""
