"""Tokens: who gets a new one, and when."""

from __future__ import annotations

import time

import pytest

from channels.website.sessions import NoSession, Sessions, new_conversation_id

SECRET = "s" * 32


def test_a_young_token_stays_and_an_older_one_is_renewed() -> None:
    kept, conversation_id = Sessions(SECRET, 100), new_conversation_id()
    token, expires = kept.issue(conversation_id)
    assert kept.renew(token) == (token, expires)
    nearly_over, expires = Sessions(SECRET, 1).issue(conversation_id)
    renewed, later = kept.renew(nearly_over)
    assert renewed != nearly_over
    assert later > expires
    assert kept.read(renewed) == conversation_id


@pytest.mark.parametrize("token", ["", "x.y.z", "\ud800"])
def test_no_token_of_ours_is_renewed(token: str) -> None:
    with pytest.raises(NoSession):
        Sessions(SECRET, 100).renew(token)


def test_a_token_signed_by_another_is_not_renewed() -> None:
    token, _ = Sessions("other" * 8, 100).issue(new_conversation_id())
    with pytest.raises(NoSession):
        Sessions(SECRET, 100).renew(token)


def test_a_clock_that_was_set_back_ends_no_session(monkeypatch: pytest.MonkeyPatch) -> None:
    kept, conversation_id = Sessions(SECRET, 100), new_conversation_id()
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 600)
    token, _ = kept.issue(conversation_id)
    monkeypatch.undo()
    assert kept.read(token) == conversation_id
    assert kept.renew(token)[0] == token
