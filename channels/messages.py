"""The sentences of `messages.yml`, beside this file, that more than one channel says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

#: The answer where there is none: its `text` and its `buttons`.
UNAVAILABLE: dict[str, Any] = YAML(typ="safe").load(
    (Path(__file__).parent / "messages.yml").read_text(encoding="utf-8")
)["unavailable"]
