"""Payloads that a channel gives Rasa by itself, without a click on a button."""

from __future__ import annotations

GREETING = "/greet"  # somebody opens the chat, or comes in
