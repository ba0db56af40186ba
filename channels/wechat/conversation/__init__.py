"""Answering: from an incoming message, kept once, to the sends of its answer."""
