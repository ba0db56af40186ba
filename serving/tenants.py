"""Tenants: bureaus that run the assistant beside others on one server, each with its own words.

Each has a folder in `tenants/` (or where the environment variable `ZHAOHUI_TENANTS` says), named by
its id: `tenant.yml` says who it is, `content/` what it says otherwise than `content/` of the
project, `wechat.yml` the same for WeChat's fixed sentences. Who writes to whom is decided once,
when a conversation begins: a channel of ours puts the tenant into the conversation's id, by the
account or the site that it has verified. So whatever is kept under that id is known to be the
tenant's, and nobody outside can name one. Every other id is of the default, which needs no folder.
"""

from __future__ import annotations

import logging
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field, with_config

from serving.settings import Says, read

ROOT = Path(__file__).resolve().parent.parent
VARIABLE = "ZHAOHUI_TENANTS"  # in the environment: another folder than `tenants/`
FILE = "tenant.yml"
CONTENT = "content"
DEFAULT = ""
NAME = r"[a-z][a-z0-9_]{0,31}"
logger = logging.getLogger(__name__)
_IS_NAME = re.compile(NAME)
# The prefixes of the channels that verify whom they write with; no other channel may use them.
_IN_ID = re.compile(rf"(?:website|wechat)-~({NAME})~")


class BadTenant(ValueError):
    """A tenant that is not there, or whose file cannot be used; the message says what is wrong."""


@with_config(extra="forbid")
@dataclass(frozen=True)
class Tenant:
    """What `tenant.yml` says.

    Attributes:
        name: of the bureau, on the operator's pages.
        title: what stands above the widget, where the page itself says nothing else; empty for the
            widget's own.
        webhook_variable: the environment variable with the address that its alarms are sent to.
    """

    name: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f<>]+$")]
    title: Annotated[
        str,
        Field(max_length=20, pattern=r"^[^\x00-\x1f<>]*$"),
        Says("is no text of at most 20 characters"),
    ] = ""
    webhook_variable: Annotated[
        str,
        Field(pattern=r"^([A-Za-z_][A-Za-z0-9_]*)?$"),
        Says("is not the name of an environment variable"),
    ] = ""


def folder_of_all() -> Path:
    """Returns the folder with those of the tenants; it need not be there."""
    return Path(os.environ.get(VARIABLE) or ROOT / "tenants")


def tenant_of(conversation_id: str) -> str:
    """Returns the tenant of a conversation, `DEFAULT` for none."""
    found = _IN_ID.match(conversation_id)
    return found[1] if found else DEFAULT


def prefix_of(prefix: str, tenant: str) -> str:
    """Returns how the ids of a tenant's conversations begin, in a channel with a prefix."""
    return f"{prefix}~{tenant}~" if tenant else prefix


def is_name(name: str) -> bool:
    """Tells whether a tenant may have this id."""
    return bool(_IS_NAME.fullmatch(name))


def names(folder: Path | None = None) -> list[str]:
    """Returns the ids of the tenants that have a folder, without the default."""
    folder = folder or folder_of_all()
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if path.is_dir() and is_name(path.name))


def content_of(tenant: str, folder: Path | None = None) -> Path:
    """Returns the folder with what a tenant says otherwise; it need not be there."""
    return (folder or folder_of_all()) / tenant / CONTENT


def read_tenant(tenant: str, folder: Path | None = None) -> Tenant:
    """Returns what the file of a tenant says.

    Raises:
        BadTenant: if there is none, or it cannot be used.
    """
    folder = folder or folder_of_all()
    where = f"{folder.name}/{tenant}/{FILE}"
    try:
        given = yaml.safe_load((folder / tenant / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadTenant(f"{where}: the file is missing.") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        problem = " ".join(str(error).split())[:200]
        raise BadTenant(f"{where}: cannot be read: {problem}") from error
    if not isinstance(given, dict):
        raise BadTenant(f"{where}: is no list of `name: value`.")
    return read(Tenant, given, f"{where}: ", BadTenant)


def title_of(tenant: str) -> str:
    """Returns what stands above a tenant's widget; empty where its file does not say, or is bad."""
    if tenant == DEFAULT:
        return ""
    try:
        return read_tenant(tenant).title
    except BadTenant as error:
        logger.error("A tenant's title is not known: %s", error)
        return ""
