"""The settings of WeChat's channel: each mistake stops the start and names its field."""

from __future__ import annotations

from typing import Any

import pytest

from channels.bounds import BadSettings
from channels.wechat.settings import Settings

TOKEN, SECRET = "QDG6eK", "0123456789abcdef0123456789abcdef"
KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
OFFICIAL = {
    "kind": "official_account",
    "app_id": "wx5823bf96d3bd56c7",
    "token_variable": "T_TOKEN",
    "aes_key_variable": "T_KEY",
    "secret_variable": "T_SECRET",
}
KF = {**{k: v for k, v in OFFICIAL.items() if k != "app_id"}, "kind": "kf", "corp_id": "ww1234567"}


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("T_TOKEN", TOKEN), ("T_KEY", KEY), ("T_SECRET", SECRET)):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("T_SHORT", "a b")
    monkeypatch.delenv("SANIC_WORKERS", raising=False)


def read(given: dict[str, Any], **settings: Any) -> Settings:
    return Settings.from_credentials({"accounts": {"hall": given}, **settings})


def test_nothing_leaves_wechat_alone() -> None:
    nothing: list[Any] = [None, {}, {"accounts": {}}, {"accounts": None}]
    for given in nothing:
        assert not Settings.from_credentials(given).accounts


def test_an_account_is_read_with_its_secrets_from_the_environment() -> None:
    account = read(OFFICIAL).accounts["hall"]
    assert (account.token, account.aes_keys, account.secret) == (TOKEN, (KEY,), SECRET)
    assert (account.mode, account.menus, account.api) == (
        "safe",
        False,
        "https://api.weixin.qq.com",
    )
    kf = read(KF).accounts["hall"]
    assert (kf.receiver, kf.menus, kf.api) == ("ww1234567", True, "https://qyapi.weixin.qq.com")


def test_no_secret_is_shown() -> None:
    shown = repr(read(OFFICIAL, store="postgresql://u@sql/db"))
    assert not [secret for secret in (TOKEN, KEY, SECRET) if secret in shown]


def test_addresses_are_not_limited_because_all_pushes_come_from_wechat() -> None:
    limits = read(OFFICIAL).limits
    assert (limits.messages_per_minute, limits.messages_per_minute_per_address) == (15, 0)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "wechat"}, "accounts.hall.kind"),
        ({"kind": None}, "accounts.hall.kind"),
        ({"app_id": None}, "accounts.hall.app_id"),
        ({"app_id": "wx 1"}, "accounts.hall.app_id"),
        ({"mode": "secret"}, "accounts.hall.mode"),
        ({"token_variable": None}, "accounts.hall.token_variable"),
        ({"token_variable": "T_MISSING"}, "accounts.hall.token_variable"),
        ({"token_variable": "T_SHORT"}, "accounts.hall.token_variable"),
        ({"token_variable": 5}, "accounts.hall.token_variable"),
        ({"aes_key_variable": None}, "accounts.hall.aes_key_variable"),
        ({"aes_key_variable": "T_TOKEN"}, "accounts.hall.aes_key_variable"),
        ({"previous_aes_key_variable": "T_TOKEN"}, "accounts.hall.previous_aes_key_variable"),
        ({"secret_variable": None}, "accounts.hall.secret_variable"),
        ({"token": TOKEN}, "accounts.hall.token"),
        ({"secret": SECRET}, "accounts.hall.secret"),
        ({"tokn_variable": "T_TOKEN"}, "accounts.hall.tokn_variable"),
        ({"servicer": "lisi"}, "accounts.hall.servicer"),
        ({"agents": "yes"}, "accounts.hall.agents"),
        ({"verified": "no"}, "accounts.hall.verified"),
        ({"menu_keys": ["a"]}, "accounts.hall.menu_keys"),
        ({"menu_keys": {"a": 1}}, "accounts.hall.menu_keys"),
        ({"api": "api.weixin.qq.com"}, "accounts.hall.api"),
        ({"verified": False, "agents": True}, "accounts.hall.agents"),
        ({"verified": False, "menus": True}, "accounts.hall.menus"),
        # Secrets where the names of their variables belong.
        ({"token_variable": TOKEN}, "accounts.hall.token_variable"),
        ({"aes_key_variable": KEY}, "accounts.hall.aes_key_variable"),
        ({"secret_variable": SECRET}, "accounts.hall.secret_variable"),
        ({"secret_variable": SECRET.upper()}, "accounts.hall.secret_variable"),
        ({"kind": ["kf"]}, "accounts.hall.kind"),
        ({"name": "other"}, "accounts.hall.name"),
        ({"receiver": "wx1234"}, "accounts.hall.receiver"),
    ],
)
def test_a_mistake_in_an_account_names_its_field(change: dict[str, Any], field: str) -> None:
    given = {k: v for k, v in {**OFFICIAL, **change}.items() if v is not None}
    with pytest.raises(BadSettings, match=rf"{field.replace('.', '[.]')}[ :]") as caught:
        read(given)
    shown = str(caught.value).upper()
    assert not [secret for secret in (TOKEN, KEY, SECRET, "a b") if secret.upper() in shown]
    assert caught.value.__context__ is None


def test_a_variable_that_is_not_set_is_named() -> None:
    with pytest.raises(BadSettings, match=r"token_variable names T_MISSING, which is not set"):
        read({**OFFICIAL, "token_variable": "T_MISSING"})


def test_a_wrong_id_is_named_as_the_file_names_it() -> None:
    with pytest.raises(BadSettings, match=r"accounts\.hall\.corp_id is no id"):
        read({**KF, "corp_id": "ww 1"})


def test_keys_of_a_menu_may_be_numbers() -> None:
    assert read({**OFFICIAL, "menu_keys": {1: "/help"}}).accounts["hall"].menu_keys == {
        "1": "/help"
    }


@pytest.mark.parametrize("mode", ["plain", "compatible"])
def test_kf_is_always_encrypted(mode: str) -> None:
    with pytest.raises(BadSettings, match=r"accounts\.hall\.mode"):
        read({**KF, "mode": mode})


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"accounts": ["hall"]}, "accounts"),
        ({"accounts": {"Hall Eins": OFFICIAL}}, "accounts.Hall Eins"),
        ({"accounts": {"hall": None}}, "accounts.hall"),
        ({"answer_seconds": 0}, "answer_seconds"),
        ({"clock_tolerance_seconds": "5"}, "clock_tolerance_seconds"),
        ({"kept_days": True}, "kept_days"),
        ({"pictures_per_minute": -1}, "pictures_per_minute"),
        ({"max_picture_bytes": 1 << 30}, "max_picture_bytes"),
        ({"pictures_per_minute_per_address": 1}, "pictures_per_minute_per_address"),
        ({"store": ""}, "store"),
        ({"acounts": {}}, "acounts"),
        *[
            ({name: value}, name)
            for name in (
                "answer_seconds",
                "clock_tolerance_seconds",
                "kept_days",
                "messages_per_minute",
            )
            for value in ("15", None, True, -1, float("inf"), float("nan"), 10**9)
        ],
        ({"clock_tolerance_seconds": 14}, "clock_tolerance_seconds"),
        ({"kept_days": 0.0001}, "kept_days"),
        *[({"max_bytes": wrong}, "max_bytes") for wrong in (0, "65536", 65537, float("inf"))],
        *[({"max_characters": wrong}, "max_characters") for wrong in (0, "2000", None)],
        ({"trusted_proxies": ["127.0.0.1"]}, "trusted_proxies"),
        ({"address_header": "X-Real-IP"}, "address_header"),
        ({"messages_per_minute_per_address": 60}, "messages_per_minute_per_address"),
        ({"pictures_per_minute_per_address": 60}, "pictures_per_minute_per_address"),
    ],
)
def test_a_mistake_beside_the_accounts_names_its_field(settings: Any, field: str) -> None:
    with pytest.raises(BadSettings, match=f": {field} "):
        Settings.from_credentials(settings)


def test_what_a_push_may_need_is_allowed() -> None:
    given = {"max_bytes": 65536, "max_characters": 1, "messages_per_minute": 0, "kept_days": 1.5}
    limits = Settings.from_credentials(given).limits
    assert (limits.max_bytes, limits.max_characters, limits.messages_per_minute) == (65536, 1, 0)


@pytest.mark.parametrize(("given", "receiver"), [(OFFICIAL, "app_id"), (KF, "corp_id")])
def test_one_account_under_two_names_is_refused_with_both(
    given: dict[str, Any], receiver: str
) -> None:
    with pytest.raises(BadSettings, match=rf"accounts\.desk\.{receiver} .*accounts\.hall"):
        Settings.from_credentials({"accounts": {"hall": given, "desk": given}})
    other = {**given, receiver: "wx0000000000000000"}
    both = Settings.from_credentials({"accounts": {"hall": given, "desk": other}})
    assert set(both.accounts) == {"hall", "desk"}


@pytest.mark.parametrize(
    "store",
    [
        *["POSTGRESQL://u:{}@sql/db", " postgresql://u:{}@sql/db", "postgresql:/u:{}@sql/db"],
        *["mysql://u:{}@sql/db", "127.0.0.1:5432", "C:\\wechat.db", "", " "],
        *["postgresql://", "postgresql://:{}@sql/db", "postgresql://u:{}@sql:port/db"],
        *["postgresql://u@sql", "postgresql://u@sql/db?password={}"],
    ],
)
def test_an_address_that_is_no_postgresql_is_not_taken_for_a_file(store: str) -> None:
    with pytest.raises(BadSettings, match=": store ") as caught:
        Settings.from_credentials({"store": store.format(SECRET)})
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("store", ["redis://u:{}@redis:6379/0", "rediss://r/0", "unix:///r.sock"])
def test_a_redis_of_an_earlier_version_is_refused_with_what_to_do(store: str) -> None:
    with pytest.raises(BadSettings, match=r"PostgreSQL.*docs/operating.md") as caught:
        read(OFFICIAL, store=store.format(SECRET))
    assert SECRET not in str(caught.value)
    assert Settings.from_credentials({"store": store}).store == "wechat.db"  # it has no accounts


@pytest.mark.parametrize(
    "store",
    [
        *["wechat.db", "/var/lib/zhao hui/wechat.db", "../wechat@home.db"],
        *["postgresql://zhaohui@/zhaohui?host=/run/postgresql", "postgresql://u@sql:5432/db"],
    ],
)
def test_files_and_postgresql_are_stores(store: str) -> None:
    assert Settings.from_credentials({"store": store}).store == store


def test_a_plain_account_needs_no_key_and_an_unverified_one_no_secret() -> None:
    given = {k: v for k, v in OFFICIAL.items() if k not in ("aes_key_variable", "secret_variable")}
    account = read({**given, "mode": "plain", "verified": False}).accounts["hall"]
    assert (account.aes_keys, account.secret) == ((), "")


def test_several_workers_want_a_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANIC_WORKERS", "2")
    with pytest.raises(BadSettings, match="store"):
        read(OFFICIAL)
    assert read(OFFICIAL, store="postgresql://u@sql/db").accounts
    assert not Settings.from_credentials({}).accounts
