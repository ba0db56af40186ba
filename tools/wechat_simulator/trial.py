"""The assistant and the fake, put together for one person: settings, servers, the end of all."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from scripts.console import ROOT, Interrupted, clean_environment, shown
from scripts.processes import Program, StopRequest, stop_all
from scripts.readiness import LOCAL, address, free_port, watch
from scripts.servers import Servers
from scripts.train import QUIET, ensure_model
from tools.wechat_simulator.account import Account
from tools.wechat_simulator.kf import Kf
from tools.wechat_simulator.messenger import Messenger
from tools.wechat_simulator.server import FakeWeChat, running
from tools.wechat_simulator.stdin import Lines
from tools.wechat_simulator.terminal import Terminal
from tools.wechat_simulator.traffic import Tap

NAME = "trial"  # of the account: the last part of its address
CHANNEL = "channels.wechat.channel.WeChatChannel"
REST = "channels.rest.RestChannel"  # by which it is seen whether the assistant is ready
KINDS = {
    "official_account": "an official account",
    "mini_program": "a mini-program's customer service",
    "kf": "WeCom's customer service (KF)",
}


@dataclass(frozen=True)
class Options:
    """What the command line wishes."""

    kind: str = "official_account"
    mode: str = "safe"
    unverified: bool = False
    agents: bool = False
    menus: bool = False


def open_account(fake: FakeWeChat, options: Options) -> Kf | Messenger:
    """Returns a new account of the fake with secrets of its own."""
    if options.kind == "kf":
        return fake.kf()
    opened = fake.mini_program if options.kind == "mini_program" else fake.official_account
    return opened(mode=options.mode, verified=not options.unverified, menus_allowed=options.menus)


def settings_of(account: Account, options: Options, api: str) -> tuple[dict[str, Any], Any]:
    """Returns the account's fields in `credentials.yml`, and the variables that they name."""
    secrets = {"token": account.token}
    if account.mode != "plain":
        secrets["aes_key"] = account.aes_key
    if not options.unverified:
        secrets["secret"] = account.secret
    fields: dict[str, Any] = {"kind": account.kind, "api": api, "agents": options.agents}
    if account.kind == "kf":
        fields["corp_id"] = account.id
    else:
        fields.update(app_id=account.id, mode=account.mode)
    if account.kind == "official_account":
        fields.update(verified=not options.unverified, menus=options.menus)
    names = {secret: f"ZHAOHUI_TRIAL_{secret.upper()}" for secret in secrets}
    fields.update({f"{other_name}_variable": name for other_name, name in names.items()})
    return fields, {names[secret]: value for secret, value in secrets.items()}


def write_settings(folder: Path, fields: dict[str, Any], actions_port: int) -> tuple[Path, Path]:
    """Writes endpoints and credentials that keep everything in the folder."""
    endpoints = yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8"))
    endpoints["action_endpoint"]["url"] = f"{address(LOCAL, actions_port)}/webhook"
    endpoints["tracker_store"]["db"] = str(folder / "conversations.db")
    channels = yaml.safe_load((ROOT / "credentials.yml").read_text(encoding="utf-8"))
    wechat = {
        **channels[CHANNEL],
        "store": str(folder / "wechat.db"),
        "messages_per_minute": 0,  # a pipe is faster than a person
        "accounts": {NAME: fields},
    }
    files = []
    for name, content in (
        ("endpoints.yml", endpoints),
        ("credentials.yml", {REST: channels[REST], CHANNEL: wechat}),
    ):
        path = folder / name
        path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        files.append(path)
    return files[0], files[1]


def trial(options: Options) -> int:
    """Starts everything, and lets one person write to the account until the end of the input."""
    model = ensure_model()
    fake = FakeWeChat()
    with tempfile.TemporaryDirectory() as folder, StopRequest() as request, running(fake):
        account = open_account(fake, options)
        actions_port = free_port()
        fields, variables = settings_of(account, options, fake.url)
        files = write_settings(Path(folder), fields, actions_port)
        servers = Servers(LOCAL, free_port(), actions_port, *files)
        account.urls = [f"{servers.url}/webhooks/wechat/{NAME}"]
        try:
            servers.start_actions()
            # Nobody but Rasa gets the secrets.
            environment = clean_environment(**QUIET, **variables, SANIC_WORKERS="1")
            command = servers.rasa_command("run", model)
            servers.programs.append(Program("Rasa", command, servers.log("rasa"), environment))
            servers.wait_for_actions(request)
            servers.wait_for_rasa(request)
            tap = Tap(account)
            check = fake.do(account.check_url())
            passed = f"passed in {check.took:.2f} s" if check.passed else f"failed, {check.why}"
            print(f"The platform's check of the address: {passed}")
            print(introduction(options, servers), flush=True)
            terminal = Terminal(fake, account, tap, options.agents, Lines(sys.stdin.fileno()))
            terminal.run(lambda: watch(servers.programs, request))
        except Interrupted:
            print("\nStopping ...", flush=True)
        finally:
            stop_all(servers.programs)
            fake.do(fake.stop())
    return 0


def introduction(options: Options, servers: Servers) -> str:
    """Returns what the person is to know."""
    traits = ["kf: always encrypted" if options.kind == "kf" else f"{options.mode} mode"]
    if options.unverified:
        traits.append("unverified: passive answers only")
    has_menus = options.menus or options.kind == "kf"
    traits.append("menus to click" if has_menus else "buttons are numbered lines")
    traits.append("with people behind it" if options.agents else "nobody behind it")
    logs = f"{shown(servers.log('rasa'))}, {shown(servers.log('actions'))}"
    return (
        f"\nYou write to {KINDS[options.kind]} ({'; '.join(traits)}).\n"
        f"What you type is sent; :help lists what else there is; Ctrl-D ends. Logs: {logs}.\n"
    )
