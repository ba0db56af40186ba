"""Folders of tenants for tests."""

from __future__ import annotations

from pathlib import Path

HALL, PORT = "hall", "port"  # two tenants
NAMES = {HALL: "余杭区市场监管局", PORT: "北仑区市场监管局"}
GREETINGS = {HALL: "您好，这里是余杭的找回助手。", PORT: "您好，这里是北仑的找回助手。"}
TITLES = {HALL: "余杭找回", PORT: "北仑找回"}


def make_tenants(folder: Path) -> Path:
    """Makes a folder with two tenants that greet otherwise; returns it."""
    for tenant, name in NAMES.items():
        content = folder / tenant / "content"
        content.mkdir(parents=True)
        said = f"name: {name}\ntitle: {TITLES[tenant]}\n"
        (folder / tenant / "tenant.yml").write_text(said, encoding="utf-8")
        greeting = f"chitchat:\n  greet:\n    text: {GREETINGS[tenant]}\n"
        (content / "chitchat.yml").write_text(greeting, encoding="utf-8")
    return folder
