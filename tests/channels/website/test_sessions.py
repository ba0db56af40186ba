"""Tokens: who gets a new one, and when."""

from __future__ import annotations

import pytest

from channels.website.sessions import NoSession, Sessions, new_talk

SECRET = "s" * 32


def test_a_young_token_stays_and_an_older_one_is_renewed() -> None:
    kept, talk = Sessions(SECRET, 100), new_talk()
    token, expires = kept.issue(talk)
    assert kept.renew(token) == (token, expires)
    nearly_over, expires = Sessions(SECRET, 1).issue(talk)
    renewed, later = kept.renew(nearly_over)
    assert renewed != nearly_over
    assert later > expires
    assert kept.read(renewed) == talk


@pytest.mark.parametrize("token", ["", "x.y.z", "\ud800"])
def test_no_token_of_ours_is_renewed(token: str) -> None:
    with pytest.raises(NoSession):
        Sessions(SECRET, 100).renew(token)


def test_a_token_signed_by_another_is_not_renewed() -> None:
    token, _ = Sessions("other" * 8, 100).issue(new_talk())
    with pytest.raises(NoSession):
        Sessions(SECRET, 100).renew(token)
