"""The scripts of `deploy/` where something is wrong: they say so and leave everything as it is."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from scripts.cluster.backends import find
from scripts.cluster.settings import DEPLOY
from tests.channels.inbox.postgres import Postgres, missing, running_postgres

SYSTEMCTL = """#!/bin/sh
echo "$*" >> "{folder}/asked"
case "$1" in
    list-units) case "$*" in
        *"$LACKS"*) ;;
        *zhaohui-actions*) echo zhaohui-actions@5051.service loaded ;;
        *) printf '%s x\\n' zhaohui-worker@5011.service zhaohui-worker@5012.service ;;
    esac ;;
    restart) test "$2" != "$FAILS" ;;
esac
"""
needs_postgresql = pytest.mark.skipif(bool(missing()), reason=missing())


def run(script: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "ZHAOHUI_DATABASE"}
    return subprocess.run(
        ["sh", str(DEPLOY / script), *arguments],
        env={**environment, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def upgrade(folder: Path, lacks: str = "nothing", fails: str = "") -> tuple[int, str, list[str]]:
    """Returns the exit code, the error and what was restarted."""
    systemctl = folder / "systemctl"
    systemctl.write_text(SYSTEMCTL.format(folder=folder), encoding="utf-8")
    systemctl.chmod(0o755)
    path = f"{folder}:{os.environ['PATH']}"
    done = run("upgrade.sh", PATH=path, LACKS=lacks, FAILS=fails)
    asked = (folder / "asked").read_text(encoding="utf-8").splitlines()
    restarted = [line.split()[1] for line in asked if line.startswith("restart ")]
    return done.returncode, done.stderr, restarted


def test_an_upgrade_goes_from_action_servers_to_workers(tmp_path: Path) -> None:
    code, _, restarted = upgrade(tmp_path)
    assert code == 0
    names = ("actions@5051", "worker@5011", "worker@5012")
    assert restarted == [f"zhaohui-{name}.service" for name in names]


def test_an_upgrade_ends_at_the_first_that_does_not_start(tmp_path: Path) -> None:
    code, error, restarted = upgrade(tmp_path, fails="zhaohui-worker@5011.service")
    assert code == 1
    assert "zhaohui-worker@5011.service does not start" in error
    assert restarted[-1] == "zhaohui-worker@5011.service"


def test_an_upgrade_of_nothing_says_so(tmp_path: Path) -> None:
    code, error, restarted = upgrade(tmp_path, lacks="zhaohui-worker")
    assert code == 1
    assert "No zhaohui-worker@ runs here" in error
    assert restarted == ["zhaohui-actions@5051.service"]


@pytest.mark.parametrize("script", ["backup.sh", "restore.sh"])
def test_what_is_missing_is_said(script: str, tmp_path: Path) -> None:
    assert "say " in run(script).stderr
    done = run(script, str(tmp_path / "somewhere"))
    assert done.returncode != 0
    assert "ZHAOHUI_DATABASE" in done.stderr
    assert not (tmp_path / "somewhere").exists()


@needs_postgresql
def test_a_backup_that_fails_or_is_broken_changes_nothing(tmp_path: Path) -> None:
    path = f"{Path(find('pg_dump') or '').parent}:{os.environ['PATH']}"
    with running_postgres() as server:
        given = {"PATH": path, "ZHAOHUI_DATABASE": server.url}
        ask(server, "CREATE TABLE conversations (id text, deleted integer)", path)
        ask(server, "INSERT INTO conversations VALUES ('one', 0)", path)
        old = tmp_path / "zhaohui-20200101T000000Z.dump"
        old.write_bytes(b"old")
        os.utime(old, (0, 0))
        assert run("backup.sh", str(tmp_path), **given).returncode == 0
        (backup,) = tmp_path.iterdir()  # the one that was too old is gone
        broken = tmp_path / "broken.dump"
        broken.write_bytes(backup.read_bytes()[:-20])
        assert run("restore.sh", str(broken), **given).returncode != 0
        assert ask(server, "SELECT id FROM conversations", path) == "one"
        ask(server, "INSERT INTO conversations VALUES ('two', 0)", path)
        restored = run("restore.sh", str(backup), **given)
        assert restored.returncode == 0, restored.stderr
        assert "Restored: 1 conversations" in restored.stdout
    nobody = {**given, "ZHAOHUI_DATABASE": "postgresql://zhaohui@127.0.0.1:1/zhaohui"}
    assert run("backup.sh", str(tmp_path), **nobody).returncode != 0
    assert {path.name for path in tmp_path.iterdir()} == {backup.name, broken.name}


def ask(server: Postgres, statement: str, path: str) -> str:
    command = ["psql", "-X", "-A", "-t", "-q", "-c", statement, server.url]
    environment = {**os.environ, "PATH": path}
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return done.stdout.strip()
