"""The really trained assistant in processes of its own, with accounts of the fake's."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from scripts.console import ROOT
from scripts.processes import StopRequest
from scripts.readiness import LOCAL, address, free_port
from scripts.servers import Servers
from scripts.train import ensure_model
from tests.channels.wechat.bot import credentials
from tools.wechat_simulator import FakeWeChat
from tools.wechat_simulator.account import Account

CHANNEL = "channels.wechat.channel.WeChatChannel"


@contextlib.contextmanager
def whole_assistant(
    folder: Path, fake: FakeWeChat, accounts: dict[str, tuple[Account, dict[str, Any]]]
) -> Iterator[Servers]:
    """Starts the servers on free ports, everything kept in `folder`; ends them afterwards.

    Args:
        folder: for conversations and what the channel keeps.
        fake: is running.
        accounts: by name, each with more fields for `credentials.yml`.
    """
    model = ensure_model()
    actions_port = free_port()
    settings = yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8"))
    settings["action_endpoint"]["url"] = f"{address(LOCAL, actions_port)}/webhook"
    settings["tracker_store"]["db"] = str(folder / "conversations.db")
    endpoints = folder / "endpoints.yml"
    endpoints.write_text(yaml.safe_dump(settings), encoding="utf-8")
    wechat = {
        "store": str(folder / "wechat.db"),
        "messages_per_minute": 0,
        "accounts": {
            name: credentials(name, account, fake.url, **fields)
            for name, (account, fields) in accounts.items()
        },
    }
    channels = {"channels.rest.RestChannel": None, CHANNEL: wechat}
    file = folder / "credentials.yml"
    file.write_text(yaml.safe_dump(channels), encoding="utf-8")
    servers = Servers(LOCAL, free_port(), actions_port, endpoints, file)
    with StopRequest() as request, servers.running(model, request):
        for name, (account, _) in accounts.items():
            account.urls = [f"{servers.url}/webhooks/wechat/{name}"]
        yield servers
