"""WeChat's settings in `credentials.yml`: the accounts, each with the variables of its secrets.

Secrets stand in the environment; the file names the variables. Whatever is missing or cannot be
meant stops the start with a sentence that names the field.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

from channels.bounds import PER_MINUTE, BadSettings, Bounds
from channels.bursts import PAUSE
from channels.guard import Limits
from channels.wechat.protocol.codec import MAX_BYTES
from serving.admission import CEILING_BYTES

ROOT = Path(__file__).resolve().parents[2]
LOCATION = "credentials.yml, channels.wechat.channel.WeChatChannel"
KINDS = ("official_account", "mini_program", "kf")
MODES = ("plain", "compatible", "safe")
HOST = {
    "official_account": "https://api.weixin.qq.com",
    "mini_program": "https://api.weixin.qq.com",
    "kf": "https://qyapi.weixin.qq.com",
}
REDIS = ("redis://", "rediss://", "unix://")
BOUNDS = {
    "answer_seconds": Bounds(0.1, 3_600),
    "burst_seconds": PAUSE,
    "clock_tolerance_seconds": Bounds(15, 3_600),  # a push is repeated for 15 s
    "kept_days": Bounds(1, 3_650),
    "max_bytes": Bounds(1_024, MAX_BYTES, whole=True),  # more is not read
    "pictures_per_minute": PER_MINUTE,
    "max_picture_bytes": Bounds(1_024, CEILING_BYTES, whole=True),
}
# Every push comes from WeChat's own addresses, no matter who wrote.
_OF_OTHERS = ("trusted_proxies", "address_header", "messages_per_minute_per_address")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ID = re.compile(r"[A-Za-z0-9_-]{4,64}")
_DATABASE = re.compile(r"(/[0-9]*)?")
_URL = re.compile(r"https?://[^\s/?#]+(/[^\s?#]*)?")
# What the platforms' consoles allow; the secret of an API has 32 or 43 signs.
_SECRETS = {
    "token": (re.compile(r"[A-Za-z0-9_-]{3,32}"), "3 to 32 letters and digits"),
    "aes_key": (re.compile(r"[A-Za-z0-9+/]{43}"), "43 letters and digits"),
    "previous_aes_key": (re.compile(r"[A-Za-z0-9+/]{43}"), "43 letters and digits"),
    "secret": (re.compile(r"[!-~]{4,128}"), "4 to 128 signs without blanks"),
}


@dataclass(frozen=True)
class Account:
    """One account of WeChat that people write to.

    Attributes:
        name: the last part of its address, `/webhooks/wechat/<name>`.
        kind: one of KINDS.
        mode: how pushes come, one of MODES; always `safe` for kf.
        receiver: the AppID, or the CorpID of kf.
        token: signs the pushes.
        aes_keys: the EncodingAESKey, and the one before while it may still be in use.
        secret: of the API; empty for an account that may not send.
        verified: whether the account may send by itself (`message/custom/send`).
        agents: whether people serve behind the account, to whom a conversation is handed over.
        servicer: kf: the user id of the one who takes such conversations; without it, the pool
            does.
        menus: whether answers may carry menus to click (`msgmenu`).
        menu_keys: what a click on the account's own menu says, by its key: a text, or a payload
            that begins with a slash.
        api: the base address of the platform's API.
    """

    name: str
    kind: str
    mode: str
    receiver: str
    token: str = field(repr=False)
    aes_keys: tuple[str, ...] = field(repr=False)
    secret: str = field(repr=False)
    verified: bool = True
    agents: bool = False
    servicer: str = ""
    menus: bool = False
    menu_keys: Mapping[str, str] = field(default_factory=dict)
    api: str = ""


@dataclass(frozen=True)
class Settings:
    """What the operator decides.

    Attributes:
        accounts: by their names; none leaves WeChat alone.
        store: a SQLite file, or `redis://...` where several workers run.
        answer_seconds: after so long without an answer the person is told.
        burst_seconds: so long a text that looks unfinished waits for the next; 0 for no wait.
        clock_tolerance_seconds: how far the time of a push may be from ours.
        kept_days: after so many days without a message a conversation is deleted.
        pictures_per_minute: of one person; 0: pictures are not looked at.
        max_picture_bytes: of one picture.
        limits: what all channels limit, under the same heading in the file.
    """

    accounts: Mapping[str, Account] = field(default_factory=dict)
    store: str = field(default="wechat.db", repr=False)  # a password may stand in it
    answer_seconds: float = 60
    burst_seconds: float = 1.0
    clock_tolerance_seconds: float = 300
    kept_days: float = 30
    pictures_per_minute: int = 6
    max_picture_bytes: int = 8 * 1024 * 1024
    limits: Limits = field(default_factory=Limits)

    @classmethod
    def from_credentials(cls, credentials: Mapping[str, Any] | None) -> Settings:
        """Reads the settings, and the secrets from the environment.

        Raises:
            BadSettings: if one is missing, unknown or cannot be meant.
        """
        given = dict(credentials or {})
        own = {known_field.name for known_field in fields(cls)} - {"limits"}
        shared = {known_field.name for known_field in fields(Limits)}
        for unknown in sorted(str(unknown_name) for unknown_name in set(given) - own - shared):
            _fail(unknown, "is no setting of this channel")
        for name in _OF_OTHERS:
            if name in given:
                _fail(name, "has no use here: every push comes from WeChat's own addresses")
        for name, bounds in BOUNDS.items():
            if name in given:
                bounds.check(LOCATION, name, given[name])
        store = given.get("store", cls.store)
        _check_store(store)
        accounts = given.get("accounts") or {}
        if not isinstance(accounts, dict):
            _fail("accounts", "is not a list of names, each with its fields below it")
        read = {str(name): read_account(str(name), account) for name, account in accounts.items()}
        _refuse_twins(read.values())
        if read and not store.startswith(REDIS) and _workers() > 1:
            _fail("store", "is a file, but SANIC_WORKERS is above 1: name a Redis, redis://...")
        limits = Limits.from_settings({"messages_per_minute_per_address": 0, **given}, LOCATION)
        known = {name: value for name, value in given.items() if name in own - {"accounts"}}
        return cls(accounts=read, **known, limits=limits)


def read_account(name: str, given: object) -> Account:
    """Returns the account that stands below its name in `accounts`.

    Raises:
        BadSettings: if a field is missing, unknown or malformed; it names the field.
    """
    location = f"accounts.{name}"
    if not _NAME.fullmatch(name):
        _fail(location, "is no name: use small letters, digits, - and _, at most 32")
    if not isinstance(given, dict):
        _fail(location, "has no fields")
    kind = given.get("kind")
    if kind not in KINDS:
        _fail(f"{location}.kind", f"is not one of {', '.join(KINDS)}")
    receiver_field = "corp_id" if kind == "kf" else "app_id"
    _refuse_unknown(location, given, kind, receiver_field)
    mode, modes = given.get("mode", "safe"), MODES if kind != "kf" else MODES[-1:]
    if mode not in modes:
        _fail(f"{location}.mode", f"is not one of {', '.join(modes)}")
    receiver = given.get(receiver_field)
    if not isinstance(receiver, str) or not _ID.fullmatch(receiver):
        _fail(f"{location}.{receiver_field}", "is missing or is no id of WeChat's")
    verified = _flag(location, given, "verified", default=True)
    agents = _flag(location, given, "agents", default=False)
    if agents and not verified:
        _fail(f"{location}.agents", "is not possible for an account that is not verified")
    menus = _flag(location, given, "menus", default=kind == "kf")
    if menus and not verified:
        _fail(f"{location}.menus", "is not possible for an account that is not verified")
    api = str(given.get("api") or HOST[kind]).rstrip("/")
    if not _URL.fullmatch(api):
        _fail(f"{location}.api", "is no address like https://host")
    servicer = given.get("servicer", "")
    if not isinstance(servicer, str) or (servicer and not agents):
        _fail(f"{location}.servicer", "is a user id, and wants agents: true beside it")
    keys = (
        _secret(location, given, "aes_key", needed=mode != "plain"),
        _secret(location, given, "previous_aes_key", needed=False),
    )
    return Account(
        name=name,
        kind=kind,
        mode=mode,
        receiver=receiver,
        token=_secret(location, given, "token"),
        aes_keys=tuple(key for key in keys if key),
        secret=_secret(location, given, "secret", needed=verified),
        verified=verified,
        agents=agents,
        servicer=servicer,
        menus=menus,
        menu_keys=_menu_keys(location, given),
        api=api,
    )


def _refuse_unknown(location: str, given: Mapping[str, Any], kind: str, receiver: str) -> None:
    known = {"kind", "mode", receiver, "agents", "api"} | {
        f"{secret}_variable" for secret in _SECRETS
    }
    known |= {
        "official_account": {"menus", "menu_keys", "verified"},
        "mini_program": set(),
        "kf": {"menus", "servicer"},
    }[kind]
    for name in sorted(str(field_name) for field_name in given):
        if name in _SECRETS:
            _fail(
                f"{location}.{name}",
                "is a secret, which does not belong into a file: put it into an environment"
                f" variable, and the name of that under {name}_variable",
            )
        if name not in known:
            _fail(f"{location}.{name}", f"is no field of an account of kind {kind}")


def _secret(location: str, given: Mapping[str, Any], name: str, needed: bool = True) -> str:
    variable = given.get(f"{name}_variable")
    where = f"{location}.{name}_variable"
    if variable is None and not needed:
        return ""
    if not isinstance(variable, str) or not _VARIABLE.fullmatch(variable):
        _fail(where, "is missing or is no name of an environment variable")
    value = os.environ.get(variable, "").strip()
    if not value:
        _fail(where, f"names {variable}, which is not set in the environment")
    form, wanted = _SECRETS[name]
    if not form.fullmatch(value):  # the value itself is never shown
        _fail(where, f"names {variable}, which does not hold {wanted}")
    return value


def _flag(location: str, given: Mapping[str, Any], name: str, default: bool) -> bool:
    value = given.get(name, default)
    if not isinstance(value, bool):
        _fail(f"{location}.{name}", "is neither true nor false")
    return value


def _menu_keys(location: str, given: Mapping[str, Any]) -> dict[str, str]:
    keys = given.get("menu_keys") or {}
    if not isinstance(keys, dict) or not all(isinstance(key, str) and key for key in keys.values()):
        _fail(f"{location}.menu_keys", "is not a list of keys, each with a text")
    return {str(key): text for key, text in keys.items()}


def _refuse_twins(accounts: Iterable[Account]) -> None:
    """Refuses one account under two names: each would know one half of what it may still send."""
    names: dict[tuple[str, str], str] = {}
    for account in accounts:
        first = names.setdefault((account.kind, account.receiver), account.name)
        if first != account.name:
            receiver = "corp_id" if account.kind == "kf" else "app_id"
            _fail(f"accounts.{account.name}.{receiver}", f"is that of accounts.{first} too")


def _check_store(store: object) -> None:
    """Refuses what is neither a file nor the address of a Redis; a password is never shown."""
    if not isinstance(store, str) or not store.strip():
        _fail("store", "is neither the name of a file nor redis://host:port/number")
    if not store.startswith(REDIS):
        if ":" in store:
            _fail("store", f"is no name of a file, and does not begin with {', '.join(REDIS)}")
        return
    complete: object = None
    try:
        parts = urlsplit(store)
        if parts.scheme == "unix":
            complete = parts.path and not parts.netloc.rpartition("@")[2]
        else:
            complete = parts.hostname and parts.port != 0 and _DATABASE.fullmatch(parts.path)
    except ValueError:  # its message might show a part of the address
        pass
    if not complete or "#" in store:
        _fail(
            "store",
            "is no address like redis://host:6379/0 or unix:///path/of/socket (in a password,"
            " write / as %2F, # as %23, ? as %3F, @ as %40)",
        )


def _workers() -> int:
    """Returns how many workers Rasa will start."""
    value = os.environ.get("SANIC_WORKERS", "1")
    return int(value) if value.isdecimal() else 1


def _fail(where: str, problem: str) -> NoReturn:
    raise BadSettings(f"{LOCATION}: {where} {problem}.")
