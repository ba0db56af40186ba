"""WeChat's settings in `credentials.yml`: the accounts, each with the variables of its secrets.

Secrets stand in the environment; the file names the variables. Whatever is missing or cannot be
meant stops the start with a sentence that names the field.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, with_config

from channels.bounds import (
    AnswerSeconds,
    BadSettings,
    KeptDays,
    PerMinute,
    TenantName,
    read_settings,
    workers,
)
from channels.bursts import Pause
from channels.guard import Limits, PictureLimits
from channels.inbox.database import POSTGRESQL
from channels.inbox.settings import REDIS, DatabaseName
from channels.live_messages import BadMessages
from channels.wechat.messages import messages_of
from channels.wechat.protocol.codec import MAX_BYTES
from serving.settings import Bounds, Flag, Says
from serving.tenants import DEFAULT

ROOT = Path(__file__).resolve().parents[2]
LOCATION = "credentials.yml, channels.wechat.channel.WeChatChannel"
HOST = {
    "official_account": "https://api.weixin.qq.com",
    "mini_program": "https://api.weixin.qq.com",
    "kf": "https://qyapi.weixin.qq.com",
}
KINDS = tuple(HOST)
# Every push comes from WeChat's own addresses, no matter who wrote.
_OF_OTHERS = (
    "trusted_proxies",
    "address_header",
    "messages_per_minute_per_address",
    "pictures_per_minute_per_address",
)
# What only some kinds have; the name stands above the fields.
_KINDS_WITH: Mapping[str, tuple[str, ...]] = {
    "name": (),
    "app_id": ("official_account", "mini_program"),
    "corp_id": ("kf",),
    "verified": ("official_account",),
    "menu_keys": ("official_account",),
    "menus": ("official_account", "kf"),
    "servicer": ("kf",),
    "kf_tenants": ("kf",),
}
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


def _from_environment(form: str, wanted: str) -> AfterValidator:
    """Reads the secret that stands in a variable; no part of it is ever shown."""

    def look_up(variable: str) -> str:
        value = os.environ.get(variable, "").strip()
        if not value:
            # Without "_" it may be the secret itself, which somebody took for its variable.
            shown = variable if variable.isupper() and "_" in variable else "a variable"
            raise ValueError(f"names {shown}, which is not set in the environment")
        if not re.fullmatch(form, value):
            raise ValueError(f"names {variable}, which does not hold {wanted}")
        return value

    return AfterValidator(look_up)


def _with_names(keys: object) -> object:
    """Makes texts of what YAML takes for numbers."""
    return {str(key): text for key, text in keys.items()} if isinstance(keys, dict) else keys or {}


# What the platforms' consoles allow; the secret of an API has 32 or 43 signs.
Token = Annotated[str, _from_environment(r"[A-Za-z0-9_-]{3,32}", "3 to 32 letters and digits")]
AesKey = Annotated[str, _from_environment(r"[A-Za-z0-9+/]{43}", "43 letters and digits")]
Secret = Annotated[str, _from_environment(r"[!-~]{4,128}", "4 to 128 signs without blanks")]


@with_config(extra="forbid")
@dataclass(frozen=True)
class Account:
    """One account of WeChat that people write to.

    Attributes:
        name: the last part of its address, `/webhooks/wechat/<name>`.
        kind: one of KINDS.
        mode: how pushes come, always `safe` for kf.
        receiver: the AppID, or the CorpID of kf.
        token: signs the pushes.
        aes_key: the EncodingAESKey; empty for an account in plain mode.
        previous_aes_key: the one before, while it may still be in use.
        secret: of the API; empty for an account that may not send.
        verified: whether the account may send by itself (`message/custom/send`).
        agents: whether people serve behind the account, to whom a conversation is handed over.
        servicer: kf: the user id of the one who takes such conversations; without it, the pool
            does.
        menus: whether answers may carry menus to click (`msgmenu`).
        menu_keys: what a click on the account's own menu says, by its key: a text, or a payload
            that begins with a slash.
        api: the base address of the platform's API.
        tenant: whose account it is; empty for the default.
        kf_tenants: kf: whose are those of its customer service accounts, by their open_kfid, that
            are another's.
    """

    name: str
    kind: str
    receiver: Annotated[
        str,
        Field(pattern=r"^[A-Za-z0-9_-]{4,64}$", validation_alias=AliasChoices("app_id", "corp_id")),
        Says("is no id of WeChat's"),
    ]
    token: Annotated[Token, Field(alias="token_variable")] = field(repr=False)
    aes_key: Annotated[AesKey, Field(alias="aes_key_variable")] = field(default="", repr=False)
    previous_aes_key: Annotated[AesKey, Field(alias="previous_aes_key_variable")] = field(
        default="", repr=False
    )
    secret: Annotated[Secret, Field(alias="secret_variable")] = field(default="", repr=False)
    mode: Literal["plain", "compatible", "safe"] = "safe"
    verified: Flag = True
    agents: Flag = False
    servicer: str = ""
    menus: Flag = False
    menu_keys: Annotated[
        Mapping[str, Annotated[str, Field(min_length=1)]],
        BeforeValidator(_with_names),
        Says("is not a list of keys, each with a text"),
    ] = field(default_factory=dict)
    api: Annotated[
        str,
        Field(pattern=r"^https?://[^\s/?#]+(/[^\s?#]*)?$"),
        Says("is no address like https://host"),
    ] = ""
    tenant: TenantName = DEFAULT
    kf_tenants: Annotated[
        Mapping[str, TenantName],
        BeforeValidator(_with_names),
        Says("is not a list of open_kfids, each with a tenant that has a folder"),
    ] = field(default_factory=dict)

    @property
    def tenants(self) -> set[str]:
        """All whose account this is."""
        return {self.tenant, *self.kf_tenants.values()}

    def tenant_of(self, kf: str) -> str:
        """Returns whose the conversations of a customer service account are; `kf` is its id."""
        return self.kf_tenants.get(kf, self.tenant)

    @property
    def aes_keys(self) -> tuple[str, ...]:
        """The keys with which a push may be encrypted, the present one first."""
        return tuple(key for key in (self.aes_key, self.previous_aes_key) if key)


_SECRETS = {account_field.name for account_field in fields(Account) if not account_field.repr}


@dataclass(frozen=True)
class PushLimits(Limits):
    """What is limited where everything comes in pushes, which all have the same sender."""

    max_bytes: Annotated[int, Bounds(1_024, MAX_BYTES)] = MAX_BYTES  # more is not read
    messages_per_minute_per_address: PerMinute = 0


@with_config(extra="forbid")
@dataclass(frozen=True)
class Settings:
    """What the operator decides.

    Attributes:
        accounts: by their names; none leaves WeChat alone.
        store: a SQLite file, or `postgresql://user@host/name` where several workers run.
        answer_seconds: after so long without an answer the person is told.
        burst_seconds: so long a text that looks unfinished waits for the next; 0 for no wait.
        clock_tolerance_seconds: how far the time of a push may be from ours.
        kept_days: after so many days without a message a conversation is deleted.
        limits: what all channels limit, under the same heading in the file.
        pictures: what they limit of pictures, under it too.
    """

    accounts: Mapping[str, Account] = field(default_factory=dict)
    # A password may stand in it, though it is refused.
    store: DatabaseName = field(default="wechat.db", repr=False)
    answer_seconds: AnswerSeconds = 60
    burst_seconds: Pause = 1.0
    # A push is repeated for 15 s.
    clock_tolerance_seconds: Annotated[float, Bounds(15, 3_600)] = 300
    kept_days: KeptDays = 30
    limits: PushLimits = field(default_factory=PushLimits)
    pictures: PictureLimits = field(default_factory=PictureLimits)

    @classmethod
    def from_credentials(cls, credentials: Mapping[str, Any] | None) -> Settings:
        """Reads the settings, and the secrets from the environment.

        Raises:
            BadSettings: if one is missing, unknown or cannot be meant.
        """
        given = dict(credentials or {})
        for name in _OF_OTHERS:
            if name in given:
                _fail(name, "has no use here: every push comes from WeChat's own addresses")
        accounts = given.pop("accounts", None) or {}
        if not isinstance(accounts, dict):
            _fail("accounts", "is not a list of names, each with its fields below it")
        if not accounts and str(given.get("store")).startswith(REDIS):
            del given["store"]  # as an earlier version had it; nothing is kept without accounts
        settings = read_settings(cls, given, LOCATION)
        read = {str(name): read_account(str(name), account) for name, account in accounts.items()}
        _refuse_twins(read.values())
        if read and not settings.store.startswith(POSTGRESQL) and workers() > 1:
            _fail(
                "store",
                "is a file, but SANIC_WORKERS is above 1: name a PostgreSQL,"
                f" {POSTGRESQL}user@host/name",
            )
        return replace(settings, accounts=read)


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
    for field_name in map(str, given):
        if kind not in _KINDS_WITH.get(field_name, KINDS):
            _fail(f"{location}.{field_name}", f"is no field of an account of kind {kind}")
        if field_name in _SECRETS:
            _fail(
                f"{location}.{field_name}",
                "is a secret, which does not belong into a file: put it into an environment"
                f" variable, and the name of that under {field_name}_variable",
            )
    receiver = "corp_id" if kind == "kf" else "app_id"
    if receiver not in given:
        _fail(f"{location}.{receiver}", "is missing")
    api = str(given.get("api") or HOST[kind]).rstrip("/")
    fields_given = {"menus": kind == "kf", **given, "name": name, "api": api}
    account = read_settings(Account, fields_given, LOCATION, f"{location}.")
    if kind == "kf" and account.mode != "safe":
        _fail(f"{location}.mode", "is always safe for kf")
    for allowed, name_of_flag in ((account.agents, "agents"), (account.menus, "menus")):
        if allowed and not account.verified:
            problem = "is not possible for an account that is not verified"
            _fail(f"{location}.{name_of_flag}", problem)
    if account.servicer and not account.agents:
        _fail(f"{location}.servicer", "wants agents: true beside it")
    try:
        for tenant in account.tenants:
            messages_of(tenant)
    except BadMessages as error:
        _fail(f"{location}.tenant", f"names one whose sentences cannot be used: {error}")
    if account.mode != "plain" and not account.aes_key:
        _fail(f"{location}.aes_key_variable", "is missing")
    if account.verified and not account.secret:
        _fail(f"{location}.secret_variable", "is missing")
    return account


def _refuse_twins(accounts: Iterable[Account]) -> None:
    """Refuses one account under two names: each would know one half of what it may still send."""
    names: dict[tuple[str, str], str] = {}
    for account in accounts:
        first = names.setdefault((account.kind, account.receiver), account.name)
        if first != account.name:
            receiver = "corp_id" if account.kind == "kf" else "app_id"
            _fail(f"accounts.{account.name}.{receiver}", f"is that of accounts.{first} too")


def _fail(where: str, problem: str) -> NoReturn:
    raise BadSettings(f"{LOCATION}: {where} {problem}.")
