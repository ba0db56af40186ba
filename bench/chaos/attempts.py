"""One of the two, prepared with WeChat's imitation and people, and everything that befalls it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import platform
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.chaos.faults import Fault, for_embedded, for_many_workers
from bench.chaos.targets import Embedded, ManyWorkers, Target, clock_library
from bench.chaos.trial import SETTLE_SECONDS, Trial
from scripts.console import ROOT
from tools.wechat_simulator import FakeWeChat
from tools.wechat_simulator.account import Account

RESULTS = ROOT / "results"
PRIVATE = "ZHAOHUI_CHAOS_NETWORK"  # set inside of a network of one's own
DISK_MEGABYTES = {"embedded": 700, "cluster": 1200}
TARGETS: dict[str, type[Embedded | ManyWorkers]] = {"embedded": Embedded, "cluster": ManyWorkers}


@dataclass(frozen=True)
class Plan:
    """What is tried and for how long.

    Attributes:
        people: how many write.
        pause: of each between an answer and the next message, in seconds on average.
        seconds: that faults last.
        settle: how long nothing goes wrong after each, in seconds.
        minutes: for how long at least; the faults come round again until then.
        only: faults with one of these in their name; all, if there is none.
        has_disk: whether a disk of its own is tried to be had.
    """

    people: int = 50
    pause: float = 15.0
    seconds: float = 60.0
    settle: float = SETTLE_SECONDS
    minutes: float = 0.0
    only: tuple[str, ...] = ()
    has_disk: bool = True

    def rounds(self, faults: list[Fault]) -> list[Fault]:
        """Returns the faults that are wanted, as often as there is time for them."""
        wanted = [one for one in faults if not self.only or any(w in one.name for w in self.only)]
        rounds = wanted
        while wanted and len(rounds) * (self.seconds + self.settle) < self.minutes * 60:
            rounds = [*rounds, *wanted]
        return rounds


async def attempt(kind: str, plan: Plan) -> Trial:
    """Tries one of the two; returns what came of it. The logs are kept in `results/`.

    Raises:
        Failure: if it does not start.
    """
    with folder_of(kind, plan.has_disk) as (folder, is_small):
        async with FakeWeChat() as fake:
            accounts, variables = open_accounts(fake)
            target = TARGETS[kind](folder, variables, accounts)
            for account, name in zip(fake.accounts, accounts, strict=True):
                account.urls = [f"{target.url}/webhooks/wechat/{name}"]
            print(f"\n{described(kind, is_small)}\n", flush=True)
            trial = Trial(target, fake, plan.people, plan.pause, plan.settle, tell=_tell)
            try:
                await asyncio.to_thread(target.start)
                await trial.run(plan.rounds(faults_for(target, fake, plan, is_small)))
            finally:
                await asyncio.to_thread(target.stop)
                keep(trial, kind)
            return trial


def faults_for(target: Target, fake: FakeWeChat, plan: Plan, is_small: bool) -> list[Fault]:
    """Returns everything that may befall a target that runs."""
    if isinstance(target, ManyWorkers):
        for account in fake.accounts:
            account.pusher.trust(str(target.files.certificate))
        return for_many_workers(target, plan.seconds, is_small, PRIVATE in os.environ)
    assert isinstance(target, Embedded)
    return for_embedded(target, plan.seconds, is_small)


def settings_of(name: str, account: Account, api: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Returns an account's fields in `credentials.yml`, and the variables that they name."""
    secrets = {"token": account.token, "aes_key": account.aes_key, "secret": account.secret}
    fields: dict[str, Any] = {"kind": account.kind, "api": api}
    fields["corp_id" if account.kind == "kf" else "app_id"] = account.id
    if account.kind != "kf":
        fields["mode"] = account.mode
    variables = {f"ZHAOHUI_CHAOS_{name}_{field}".upper(): value for field, value in secrets.items()}
    fields.update(zip((f"{field}_variable" for field in secrets), variables, strict=True))
    return fields, variables


def open_accounts(fake: FakeWeChat) -> tuple[dict[str, Any], dict[str, str]]:
    """Opens an account of each kind; returns their settings and the variables of their secrets."""
    opened = {
        "official": fake.official_account(menus_allowed=False),
        "kf": fake.kf(),
        "program": fake.mini_program(),
    }
    accounts, variables = {}, {}
    for name, account in opened.items():
        accounts[name], more = settings_of(name, account, fake.url)
        variables.update(more)
    return accounts, variables


@contextlib.contextmanager
def folder_of(kind: str, has_disk: bool) -> Iterator[tuple[Path, bool]]:
    """Yields a folder, and whether it is a small disk of its own."""
    with tempfile.TemporaryDirectory(prefix="zhaohui-chaos-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL may run as another user
        size = f"size={DISK_MEGABYTES[kind]}m,mode=0711"
        mount = ["mount", "-t", "tmpfs", "-o", size, "none", name]
        is_small = has_disk and not subprocess.run(mount, capture_output=True).returncode
        try:
            yield folder, is_small
        finally:
            if is_small:
                subprocess.run(["umount", "--lazy", name], capture_output=True, check=False)


def described(kind: str, is_small: bool) -> str:
    """Returns what is tried, on what, and what cannot be tried here."""
    left = []
    if not is_small:
        left.append("no disk of its own (not root): a limit of files instead, or nothing")
    if PRIVATE not in os.environ and kind == "cluster":
        left.append("no network of its own (not root): it is not cut")
    if not clock_library():
        left.append("no libfaketime: no clock is set")
    what = "`make run`" if kind == "embedded" else "`make cluster`, 3 workers, 2 action servers"
    return (
        f"{what}: {time.strftime('%Y-%m-%d %H:%M')}, {platform.machine()}, {os.cpu_count()}"
        f" processors, load {os.getloadavg()[0]:.1f}" + "".join(f"; {one}" for one in left)
    )


def keep(trial: Trial, kind: str) -> None:
    """Keeps logs, and which messages did not end with one answer, for who looks for a reason."""
    folder = RESULTS / f"chaos-{kind}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    seen = [line for name, lines in trial.ledger.seen.items() for line in (f"\n{name}", *lines)]
    notes = "\n".join([*trial.notes, *seen])
    (folder / "messages.txt").write_text(notes, encoding="utf-8")
    for path in [trial.target.folder / "output", *trial.target.logs()]:
        with contextlib.suppress(FileNotFoundError):
            shutil.copy(path, folder / path.name)


def _tell(line: str) -> None:
    print(line, flush=True)
