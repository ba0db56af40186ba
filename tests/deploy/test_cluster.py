"""Several workers behind nginx, as `make cluster` starts them: nothing lost, nothing twice.

Left out unless it is asked for (`make test ARGS="-m cluster"`): it starts PostgreSQL,
nginx, three workers and two action servers, and takes some minutes.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from scripts.cluster.backends import find, missing
from scripts.console import ROOT
from tests.channels.website.client import Client
from tests.deploy.running import Person, RunningCluster, running_cluster, writing

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.timeout(900),
    pytest.mark.skipif(bool(missing()), reason=missing()),
]
TEXTS = ["密码忘了怎么办。", "下一步。", "密码有什么要求？", "收不到验证码。", "不行。", "谢谢。"]


@pytest.fixture(scope="module")
def cluster() -> Iterator[RunningCluster]:
    with running_cluster() as cluster:
        yield cluster


def people(cluster: RunningCluster, count: int, rounds: int, pause: float = 0.3) -> list[Person]:
    """Returns people who each begin at another text."""
    return [
        Person(cluster.url, [TEXTS[(number + turn) % len(TEXTS)] for turn in range(rounds)], pause)
        for number in range(count)
    ]


def test_every_part_is_ready_and_each_worker_answers(cluster: RunningCluster) -> None:
    assert all(cluster.is_ready(name) for name in cluster.names("worker"))
    writers = people(cluster, 9, 4)
    with writing(writers):
        pass
    assert [writer.check() for writer in writers] == [0] * 9
    assert all(cluster.answered(name) > 0 for name in cluster.names("worker"))


def test_a_session_goes_to_any_worker(cluster: RunningCluster) -> None:
    first = Client(cluster.url)
    tabs = [
        first,
        *(Client(cluster.address(name), first.token) for name in cluster.names("worker")),
    ]
    assert {tab.open(first.token)["token"] for tab in tabs} == {first.token}
    greeting = first.greet()
    assert [tab.history() for tab in tabs] == [first.history()] * len(tabs)
    offered = greeting["buttons"][0]["payload"]
    assert tabs[1].click(offered)["text"]
    assert tabs[2].send(payload="/never_offered").status_code == 403
    with ThreadPoolExecutor(len(tabs)) as pool:
        replies = list(pool.map(lambda tab: tab.send(id="same", text="收不到验证码"), tabs))
    assert {reply.status_code for reply in replies} == {200}
    answer = tabs[3].answer_to("same")
    assert tabs[1].history(after=answer["seq"]) == []
    assert [line["seq"] for line in tabs[2].history(after=1)] == list(range(2, answer["seq"] + 1))
    assert tabs[3].call("DELETE", "/conversation").status_code == 200
    for tab in tabs:
        assert tab.call("GET", "/history").status_code == 401


def test_a_stream_through_nginx_tells_at_once_what_another_tab_does(
    cluster: RunningCluster,
) -> None:
    watching = Client(cluster.url)
    writing_ = Client(cluster.url, watching.token)
    watching.greet()
    seen = []
    with ThreadPoolExecutor(1) as pool:
        for kind, data in watching.listen():
            if kind == "message" and data["seq"] == 1:
                began = time.monotonic()
                sent = pool.submit(writing_.send, id="elsewhere", text="收不到验证码")
            if kind == "message":
                seen.append(data)
            if kind == "message" and data.get("reply_to") == "elsewhere":
                break
        assert sent.result().status_code == 200
    assert time.monotonic() - began < 10
    assert seen == watching.history()


def test_two_tabs_at_two_workers_are_answered_once_and_in_order(cluster: RunningCluster) -> None:
    tab = Client(cluster.url)
    payload = tab.greet()["buttons"][0]["payload"]
    tabs = [Client(cluster.address(name), tab.token) for name in cluster.names("worker")[:2]]

    def click(number: int) -> None:
        for turn in range(6):
            sent = tabs[number].send(id=f"tab{number}-{turn}", payload=payload)
            assert sent.status_code == 200

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(click, range(2)))
    for number in range(2):
        tab.answer_to(f"tab{number}-5")
    lines = tab.history()[1:]
    sent = [line["id"] for line in lines if line["from"] == "person"]
    assert sent == [line["reply_to"] for line in lines if line["from"] == "assistant"]
    assert len(set(sent)) == len(sent) == 12


def test_killed_workers_and_action_servers_lose_nothing(cluster: RunningCluster) -> None:
    writers = people(cluster, 8, 24, 0.5)
    worker, action = cluster.names("worker")[0], cluster.names("actions")[0]
    with writing(writers) as threads:
        time.sleep(2)
        killed = {worker: cluster.send(worker, signal.SIGKILL)}
        time.sleep(2)
        killed[action] = cluster.send(action, signal.SIGKILL)
        cluster.send("nginx", signal.SIGHUP)  # reads its settings again
        for thread in threads:
            thread.join(180)
    apologies = sum(writer.check() for writer in writers)
    assert apologies == 0  # nginx asks another action server
    for name, before in killed.items():
        cluster.wait_until_back(name, before)


def test_after_the_database_was_restarted_everything_is_answered(cluster: RunningCluster) -> None:
    writers = people(cluster, 4, 12, 0.5)
    with writing(writers):
        time.sleep(1)
        cluster.send("postgresql", signal.SIGINT)  # it ends all connections
    apologies = sum(writer.check() for writer in writers)
    assert apologies <= len(writers)  # a message in work may be told that it did not work


def test_a_worker_that_hangs_holds_up_only_its_own(cluster: RunningCluster) -> None:
    name = cluster.names("worker")[1]
    cluster.send(name, signal.SIGSTOP)
    try:
        client = Person(cluster.url, ["收不到验证码。"] * 3, 0)
        client.write()
        assert client.check() == 0
    finally:
        cluster.send(name, signal.SIGCONT)


def test_an_upgrade_loses_nothing(cluster: RunningCluster, tmp_path: Path) -> None:
    """The script of the units' upgrade, with a `systemctl` that restarts this cluster's parts."""
    models = cluster.files.folder / "models"
    old = next(models.iterdir())
    newer = models / f"newer-{old.name}"
    shutil.copy(old.resolve(), newer)
    before = {name: cluster.state["programs"][name] for name in cluster.names("")}
    systemctl = tmp_path / "systemctl"
    systemctl.write_text(
        SYSTEMCTL.format(python=sys.executable, state=cluster.files.state), encoding="utf-8"
    )
    systemctl.chmod(0o755)
    writers = people(cluster, 6, 30, 1.0)
    with writing(writers):
        done = subprocess.run(
            ["sh", str(ROOT / "deploy" / "upgrade.sh")],
            env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
            timeout=400,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert sum(writer.check() for writer in writers) == 0
    after = cluster.state["programs"]
    restarted = {name for name in before if before[name] != after[name]}
    assert restarted == {*cluster.names("actions"), *cluster.names("worker")}
    log = (ROOT / "logs").glob(f"cluster-{cluster.url.split(':')[2]}-worker-1.log")
    assert any(newer.name in path.read_text("utf-8") for path in log)


def test_a_backup_brings_conversations_back(cluster: RunningCluster, tmp_path: Path) -> None:
    client = Client(cluster.url)
    client.greet()
    answer = client.say("收不到验证码")
    kept = client.history()
    folder = tmp_path / "backups"
    ran = run_with_database(cluster, "backup.sh", str(folder))
    assert ran.returncode == 0, ran.stderr
    (backup,) = folder.iterdir()
    assert backup.stat().st_mode & 0o077 == 0
    client.say("谢谢")
    later = Client(cluster.url)
    refused = run_with_database(cluster, "restore.sh", str(backup))
    assert refused.returncode != 0
    assert "worker" in refused.stderr
    stopped = [cluster.send(name, signal.SIGSTOP) for name in cluster.names("worker")]
    del stopped
    forced = run_with_database(cluster, "restore.sh", str(backup), "--end-connections")
    for name in cluster.names("worker"):
        cluster.send(name, signal.SIGCONT)
    assert forced.returncode == 0, forced.stderr
    end = time.monotonic() + 60
    while client.call("GET", "/history").status_code != 200:
        assert time.monotonic() < end
        time.sleep(0.3)
    assert client.history() == kept
    assert later.call("GET", "/history").status_code == 401  # it began after the backup
    assert client.say("不行")["seq"] == answer["seq"] + 2


def test_nothing_but_the_website_and_wechat_is_reached_from_outside(
    cluster: RunningCluster,
) -> None:
    for path in ("/", "/metrics", "/webhooks/rest/webhook", "/model/parse", "/conversations/x"):
        assert requests.get(cluster.url + path, timeout=10).status_code == 404, path
    assert requests.get(f"{cluster.url}/ready", timeout=10).json()["ready"] is True
    with pytest.raises(requests.ConnectionError):
        requests.get(cluster.url + "/webhooks/website/", headers={"Host": "evil"}, timeout=10)


def run_with_database(
    cluster: RunningCluster, script: str, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Runs a script of `deploy/` against the cluster's database."""
    folder = Path(find("pg_dump") or "").parent
    environment = {
        **os.environ,
        "PATH": f"{folder}:{os.environ['PATH']}",
        "PGPASSFILE": str(cluster.files.secrets / "pgpass"),
        "ZHAOHUI_DATABASE": cluster.database,
    }
    command = ["sh", str(ROOT / "deploy" / script), *arguments]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


SYSTEMCTL = """#!{python}
import json, os, signal, sys, time, urllib.request
state = lambda: json.load(open("{state}"))["programs"]
verb, *arguments = sys.argv[1:]
if verb == "list-units":
    kind = next(a for a in arguments if a.startswith("zhaohui-")).split("@")[0]
    for name in state():
        if name.startswith(kind.removeprefix("zhaohui-") + "@"):
            print("zhaohui-" + name + ".service loaded active running")
elif verb == "restart":
    name = arguments[-1].removeprefix("zhaohui-").removesuffix(".service")
    before = state()[name]
    os.kill(before, signal.SIGTERM)
    while True:
        time.sleep(0.2)
        try:
            url = "http://127.0.0.1:" + name.split("@")[1] + "/ready"
            if state()[name] != before and urllib.request.urlopen(url, timeout=5).status == 200:
                break
        except OSError:
            pass
elif verb == "is-active":
    sys.exit(0)
else:
    sys.exit("unexpected: " + " ".join(sys.argv))
"""
