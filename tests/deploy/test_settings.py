"""The files of `deploy/` fit one another, the product, and the tools that read them."""

from __future__ import annotations

import importlib.util
import math
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import rasa.shared.utils.io
import yaml
from rasa.core.utils import AvailableEndpoints

from channels.conversation_store import RedactingSQLTrackerStore
from channels.guard import Limits, PictureLimits
from channels.lock_store import WaitingLockStore
from channels.website.limits import RequestLimits
from channels.website.settings import Settings
from channels.wechat.settings import Settings as WeChatSettings
from scripts.cluster.settings import DEPLOY, Files, Ports, upstreams
from scripts.console import ROOT
from serving.action_server import KEY_FIELD, KEY_VARIABLE
from serving.secret_files import read_secret_files
from tests.conftest import WEBSITE

UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
SCRIPTS = sorted(DEPLOY.glob("*.sh"))
NGINX = (DEPLOY / "nginx" / "zhaohui.conf").read_text(encoding="utf-8")
HOME = "/opt/zhaohui/current"  # of a release, in the files of service
BUSY = 0.6  # of a processor, as docs/operating.md computes
MAX_EXPOSURE = 2.0  # of 10; `systemd-analyze security` calls up to 2 fine


def variables() -> dict[str, str]:
    """Returns what `zhaohui.env` sets."""
    lines = (DEPLOY / "zhaohui.env").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def ports(kind: str) -> list[int]:
    """Returns the ports of a group of `upstreams.conf`."""
    text = (DEPLOY / "nginx" / "zhaohui" / "upstreams.conf").read_text(encoding="utf-8")
    group = text.partition(f"upstream zhaohui_{kind} {{")[2].partition("}")[0]
    return [int(port) for port in re.findall(r"server 127\.0\.0\.1:(\d+) ", group)]


def compose() -> dict[str, Any]:
    text = (DEPLOY / "container" / "compose.yml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    return content


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**variables(), KEY_VARIABLE: "k" * 32}.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("environment")
def test_rasa_reads_the_channels_and_they_take_the_settings() -> None:
    channels = rasa.shared.utils.io.read_config_file(DEPLOY / "credentials.yml")
    usual = yaml.safe_load((ROOT / "credentials.yml").read_text(encoding="utf-8"))
    assert list(channels) == list(usual)
    website = Settings.from_credentials(channels[WEBSITE])
    assert website.database == variables()["ZHAOHUI_DATABASE"]
    assert website.limits.trusted_proxies == (variables()["ZHAOHUI_PROXY"],)
    assert website.limits.address_header == "X-Forwarded-For"
    wechat = WeChatSettings.from_credentials(channels["channels.wechat.channel.WeChatChannel"])
    assert wechat.store == variables()["ZHAOHUI_DATABASE"]


@pytest.mark.usefixtures("environment")
def test_rasa_reads_the_endpoints() -> None:
    endpoints = AvailableEndpoints.read_endpoints(str(DEPLOY / "endpoints.yml"))
    assert endpoints.action.url == variables()["ZHAOHUI_ACTIONS_URL"]
    assert {name.lower() for name in endpoints.action.headers} == {KEY_FIELD}
    assert endpoints.lock_store.type == f"{WaitingLockStore.__module__}.WaitingLockStore"
    assert (
        endpoints.lock_store.url == endpoints.tracker_store.url == variables()["ZHAOHUI_DATABASE"]
    )
    store = RedactingSQLTrackerStore
    assert endpoints.tracker_store.type == f"{store.__module__}.{store.__name__}"
    usual = AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml"))
    assert endpoints.nlg.type == usual.nlg.type
    assert (
        endpoints.tracker_store.kwargs["recent_turns"] == usual.tracker_store.kwargs["recent_turns"]
    )


def test_nginx_lets_through_what_the_workers_take() -> None:
    limits, requests, pictures = Limits(), RequestLimits(), PictureLimits()
    sizes = re.findall(r"client_max_body_size (\w+);", NGINX)
    assert f"{limits.max_bytes // 1024}k" in sizes
    assert f"{pictures.max_picture_bytes // 1024 // 1024}m" in sizes
    rates = (DEPLOY / "nginx" / "zhaohui" / "limits.conf").read_text(encoding="utf-8")
    sessions = Settings().sessions_per_minute_per_address
    renewed = requests.renewals_per_minute_per_address
    for rate in (
        f"zhaohui_messages:10m rate={limits.messages_per_minute_per_address}r/m",
        f"zhaohui_requests:10m rate={requests.history_per_minute_per_address // 60}r/s",
        f"zhaohui_sessions:10m rate={sessions + renewed}r/m",
    ):
        assert rate in rates


def test_nginx_leads_to_the_routes_that_there_are() -> None:
    code = (ROOT / "channels" / "website" / "channel.py").read_text(encoding="utf-8")
    routes = {path for _, path in re.findall(r'\("(GET|POST|DELETE)", "(/[a-z]+)"', code)}
    named = re.findall(r"location = /webhooks/website(/\w+)", NGINX)
    assert named
    assert set(named) <= routes


def test_ports_are_the_same_everywhere() -> None:
    services = compose()["services"]
    assert ports("workers")
    assert ports("actions")
    for kind, name in (("workers", "worker"), ("actions", "actions")):
        found = [int(key.split("-")[1]) for key in services if key.startswith(f"{name}-")]
        assert found == ports(kind)
        for port in found:
            service = services[f"{name}-{port}"]
            assert service["command"][-2:] == ["-p", str(port)]
            assert str(port) in service["healthcheck"]["test"]
    address = variables()["ZHAOHUI_ACTIONS_URL"].removeprefix("http://").removesuffix("/webhook")
    proxy = (DEPLOY / "nginx" / "zhaohui" / "actions.conf").read_text(encoding="utf-8")
    assert f"listen {address};" in proxy
    assert f"http://{address}/health" in services["nginx"]["healthcheck"]["test"]


def test_commands_of_units_and_containers_are_the_same_and_there() -> None:
    services = compose()["services"]
    commands = {}
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("\\\n", " ")
        commands[unit.stem] = re.findall(r"^ExecStart(?:Post)?=(.+)$", text, re.M)
    for name, port in (("worker", 5011), ("actions", 5051)):
        command = " ".join(services[f"{name}-{port}"]["command"])
        unit = commands[f"zhaohui-{name}@"][0].replace("%i", str(port)).replace(f"{HOME}/", "")
        assert unit.split() == command.split()
        assert "scripts.await_ready --port %i" in commands[f"zhaohui-{name}@"][1]
    for command in (line for lines in commands.values() for line in lines):
        for module in re.findall(r"-m ([\w.]+)", command):
            assert importlib.util.find_spec(module), module
        for path in re.findall(rf"{HOME}/(\S+)", command):
            assert path == ".venv/bin/python" or (ROOT / path).exists(), path


def test_containers_may_do_little_and_their_secrets_are_files() -> None:
    content = compose()
    for name, service in content["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert service["logging"]["options"]["max-size"], name
        assert service["healthcheck"]["test"], name
        assert service["mem_limit"], name
        assert set(service.get("secrets", ())) <= set(content["secrets"]), name
        for variable, value in service.get("environment", {}).items():
            if value.startswith("/run/secrets/"):
                assert value.removeprefix("/run/secrets/") in service["secrets"], variable
    files = {secret["file"] for secret in content["secrets"].values()}
    units = "".join(unit.read_text(encoding="utf-8") for unit in UNITS)
    used = set(re.findall(r"^LoadCredential=\w+:(\S+)$", units, re.M))
    assert used <= files


@pytest.mark.skipif(
    not shutil.which("docker-compose"), reason="docker-compose is not installed: not checked by it"
)
def test_compose_takes_its_file(tmp_path: Path) -> None:
    text = (DEPLOY / "container" / "compose.yml").read_text(encoding="utf-8")
    text = text.replace("/etc/zhaohui/zhaohui.env", str(DEPLOY / "zhaohui.env"))
    (tmp_path / "compose.yml").write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["docker-compose", "-f", str(tmp_path / "compose.yml"), "config", "-q"],
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_takes_the_units_and_finds_them_closed(tmp_path: Path) -> None:
    """With this folder in the place of the release, and a user that this machine has."""
    for path in (DEPLOY / "systemd").iterdir():
        text = path.read_text(encoding="utf-8").replace(HOME, str(ROOT))
        text = re.sub(r"^(User|Group)=zhaohui$", r"\1=daemon", text, flags=re.M)
        name = path.name.replace("@.", "@5011.")
        (tmp_path / name).write_text(text, encoding="utf-8")
    units = [str(path) for path in sorted(tmp_path.glob("*.[st]*")) if path.suffix != ".conf"]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units],
        capture_output=True,
        check=False,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    for service in sorted(tmp_path.glob("*.service")):
        found = subprocess.run(
            ["systemd-analyze", "security", "--offline=true", "--no-pager", str(service)],
            capture_output=True,
            check=False,
            text=True,
        ).stdout
        exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", found)
        assert exposure, found
        assert float(exposure[1]) <= MAX_EXPOSURE, service.name


def test_a_unit_lets_pictures_be_read() -> None:
    """The process that reads them locks itself in by a filter of system calls of its own."""
    text = (DEPLOY / "systemd" / "zhaohui-worker@.service").read_text(encoding="utf-8")
    assert "SystemCallFilter=@system-service seccomp" in text
    assert "~@privileged @resources" not in text  # it sets limits on itself


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_plain_shell(script: Path) -> None:
    assert script.read_text(encoding="utf-8").startswith("#!/bin/sh\n")
    subprocess.run(["sh", "-n", str(script)], check=True)
    if shutil.which("shellcheck"):
        subprocess.run(["shellcheck", str(script)], check=True)


def test_a_cluster_has_the_lines_of_service_with_ports_of_its_own(tmp_path: Path) -> None:
    chosen = Ports(8443, 1050, (1011, 1012), (1051,), 1432)
    text = upstreams(chosen)
    found = re.findall(r"server 127\.0\.0\.1:(\d+) (.+);", text)
    waits = "max_fails=1 fail_timeout=3s"
    assert found == [("1011", waits), ("1012", waits), ("1051", "max_fails=0")]
    files = Files(tmp_path)
    files.write(chosen, is_limited=True)
    given = files.environment(chosen)
    assert set(variables()) <= set(given)
    read_secret_files(given)
    assert len(given["ZHAOHUI_WEBSITE_SECRET"]) >= 32
    assert files.secrets.stat().st_mode & 0o077 == 0
    before = given["ZHAOHUI_WEBSITE_SECRET"]
    files.write(chosen, is_limited=True)
    again = files.environment(chosen)
    read_secret_files(again)
    assert again["ZHAOHUI_WEBSITE_SECRET"] == before  # sessions outlive a restart


@pytest.mark.parametrize("page", ["operating.md", "operating.zh-CN.md"])
def test_the_table_of_workers_follows_from_what_was_measured(page: str) -> None:
    """One worker serves so many messages and open widgets, at `BUSY` of a processor."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines()]
    costs = [float(row[1]) for row in rows if len(row) == 3 and re.fullmatch(r"[\d.]+", row[1])]
    widget = float(re.findall(r"^\|.* (0\.\d\d)(?: a second)? \| \|$", text, re.M)[0])
    table = [row for row in rows if len(row) == 7 and row[0].isdecimal()]
    assert len(costs) == 4
    assert len(table) == 5
    for row in table:
        rate, widgets, workers, _, processors = (int(cell.replace(",", "")) for cell in row[:5])
        streams = widgets * widget / 1000 / BUSY
        of_workers = rate * costs[0] / 1000 / BUSY + streams
        of_all = rate * sum(costs) / 1000 / BUSY + streams
        assert workers == max(2, math.ceil(of_workers)), row
        assert processors == max(2, math.ceil(of_all)), row
