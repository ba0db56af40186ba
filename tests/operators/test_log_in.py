"""Guessing is slow, and nobody who has an account is kept out for ever."""

from __future__ import annotations

import contextlib
import threading

import pytest
from argon2 import PasswordHasher

from operators import passwords
from operators.log_in import TooSoon
from operators.passwords import Weakness, weakness
from operators.visit import Site
from tests.operators.conftest import HASHER, PASSWORD, Client, Clock

WRONG = "not the password"


def guesses(
    site: Site, clock: Clock, seconds: float, name: str = "zhang", address: str = ""
) -> int:
    """Returns how many guesses are looked at in a time, tried each second."""
    looked_at = 0
    for second in range(int(seconds)):
        clock.now += 1
        try:
            site.log_in.attempt(name, WRONG, address or f"10.0.{second % 250}.1", "")
            looked_at += 1
        except TooSoon:
            pass
    return looked_at


def test_guesses_at_an_account_from_many_addresses_become_slow(site: Site, clock: Clock) -> None:
    assert guesses(site, clock, 120) <= 10
    assert guesses(site, clock, 600) <= 11  # one a minute


def test_guesses_at_many_accounts_from_one_address_become_slow(site: Site, clock: Clock) -> None:
    looked_at = 0
    for number in range(900):
        clock.now += 1
        try:
            site.log_in.attempt(f"name{number}", WRONG, "10.0.0.1", "")
            looked_at += 1
        except TooSoon:
            pass
    assert looked_at <= 20


def test_an_account_of_ones_own_does_not_help_to_guess_at_others(site: Site, clock: Clock) -> None:
    looked_at = 0
    for number in range(300):
        clock.now += 1
        try:
            if number % 8 == 7:
                site.log_in.attempt("zhang", PASSWORD, "10.0.0.1", "")
            else:
                site.log_in.attempt(f"name{number}", WRONG, "10.0.0.1", "")
                looked_at += 1
        except TooSoon:
            pass
    assert looked_at <= 20


def test_log_ins_that_succeed_do_not_slow_an_address_down(site: Site, clock: Clock) -> None:
    for _ in range(60):
        clock.now += 1
        assert site.log_in.attempt("zhang", PASSWORD, "10.0.0.1", "")


def test_the_owner_gets_in_during_an_attack(site: Site, clock: Clock) -> None:
    browser = site.log_in.known_browser(site.accounts.known("zhang"))
    guesses(site, clock, 300)
    with pytest.raises(TooSoon) as refused:
        site.log_in.attempt("zhang", PASSWORD, "10.9.9.9", "")
    assert refused.value.seconds <= 61
    assert site.log_in.attempt("zhang", PASSWORD, "10.9.9.9", browser)
    clock.now += 61  # from another browser, after a pause of the attack
    guesses(site, clock, 30)
    clock.now += 61
    assert site.log_in.attempt("zhang", PASSWORD, "10.9.9.9", "")


def test_a_known_browser_is_slowed_down_on_its_own(site: Site, clock: Clock) -> None:
    browser = site.log_in.known_browser(site.accounts.known("zhang"))
    for _ in range(5):
        assert site.log_in.attempt("zhang", WRONG, "10.0.0.1", browser) is None
    with pytest.raises(TooSoon):
        site.log_in.attempt("zhang", PASSWORD, "10.0.0.1", browser)
    assert site.log_in.attempt("zhang", PASSWORD, "10.0.0.2", "")


def test_a_cookie_of_another_account_or_a_forged_one_is_unknown(site: Site, clock: Clock) -> None:
    cookie = site.log_in.known_browser(site.accounts.known("li"))
    forged = site.log_in.known_browser(site.accounts.known("zhang"))[:-1] + "x"
    guesses(site, clock, 300)
    for browser in (cookie, forged, "1.x.y", "."):
        with pytest.raises(TooSoon):
            site.log_in.attempt("zhang", PASSWORD, "10.9.9.9", browser)


def test_many_at_once_count_as_many(site: Site) -> None:
    looked_at = []

    def guess(number: int) -> None:
        with contextlib.suppress(TooSoon):
            looked_at.append(site.log_in.attempt("zhang", WRONG, f"10.0.0.{number}", ""))

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(looked_at) == 4
    assert looked_at == [None] * 4


def test_an_unknown_name_is_slowed_down_like_a_known_one(site: Site, clock: Clock) -> None:
    assert guesses(site, clock, 60) == guesses(site, clock, 60, name="nobody")


def test_the_page_says_how_long_to_wait(site: Site, client: Client) -> None:
    for _ in range(4):
        assert client.log_in("zhang", WRONG).status_code == 401
    answer = client.log_in("zhang")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) in (2, 3)
    assert site.texts.log_in.too_soon.format(seconds=answer.headers["Retry-After"]) in answer.text


def test_unlock_ends_the_wait(site: Site, clock: Clock) -> None:
    guesses(site, clock, 100)
    site.log_in.unlock("zhang", "command line")
    assert site.log_in.attempt("zhang", PASSWORD, "10.0.0.1", "")


def test_a_clock_that_was_set_back_keeps_nobody_out(site: Site, clock: Clock) -> None:
    guesses(site, clock, 100)
    clock.now -= 30 * 24 * 3600
    assert site.log_in.attempt("zhang", PASSWORD, "10.0.0.1", "")


def test_the_present_password_cannot_be_guessed_in_an_open_page(site: Site) -> None:
    account = site.accounts.known("zhang")
    for _ in range(5):
        assert not site.log_in.confirm(account, WRONG)
    with pytest.raises(TooSoon):
        site.log_in.confirm(account, PASSWORD)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", Weakness.TOO_SHORT),
        ("x" * 201, Weakness.TOO_LONG),
        ("aaaaaaaaaaaabbb", Weakness.TOO_PLAIN),
        ("19570802113355", Weakness.TOO_PLAIN),
        ("xxZHANGxx12345", Weakness.HOLDS_NAME),
        (PASSWORD, None),
        ("窗前明月光疑是地上霜举头", None),
    ],
)
def test_weak_passwords_are_refused(password: str, why: Weakness | None) -> None:
    assert weakness(password, "zhang") is why


def test_passwords_are_kept_as_argon2id_of_the_usual_strength() -> None:
    kept = HASHER.hash("x")
    assert kept.startswith("$argon2id$")
    assert HASHER.memory_cost >= 64 * 1024
    assert HASHER.time_cost >= 3


def test_a_password_of_weaker_parameters_is_kept_anew(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = site.accounts.known("zhang").password
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(2, 16, 1))
    assert site.log_in.attempt("zhang", PASSWORD, "10.0.0.1", "")
    assert site.accounts.known("zhang").password != before
    assert site.log_in.attempt("zhang", PASSWORD, "10.0.0.1", "")
