"""Trains the assistant that Rasa's users know, to have its speed beside ours.

Its pipeline is `bench/stock.yml`, its policies the rules of ours and TED, which learns from stories
made of these rules; its answers come from our action server. On all lines its training takes hours;
how long it thinks about a message hardly depends on them.
"""

from __future__ import annotations

import random
import shutil
import sys
from pathlib import Path
from typing import Any

import yaml

from bench.runs import RESULTS
from bench.subset import SEED, write_subset
from scripts.console import ROOT, Failure, clean_environment, shown
from scripts.processes import run_to_end
from scripts.train import QUIET

LINES_AN_INTENT = 30
STORIES, TURNS = 60, 3
EPOCHS = 20  # of DIET and TED
NAME = "stock-assistant"


def train_stock_assistant() -> Path:
    """Trains it in `results/`, and returns its model.

    Raises:
        Failure: if Rasa ends with an error.
    """
    folder = RESULTS / NAME
    shutil.rmtree(folder, ignore_errors=True)
    data = folder / "data"
    write_subset(ROOT / "data" / "nlu", data / "nlu", LINES_AN_INTENT)
    shutil.copytree(ROOT / "data" / "rules", data / "rules")
    (data / "stories.yml").write_text(stories(ROOT / "data" / "rules"), encoding="utf-8")
    (folder / "config.yml").write_text(configuration(), encoding="utf-8")
    log = RESULTS / f"{NAME}.log"
    command = [sys.executable, "-m", "rasa", "train", "--data", str(data)]
    command += ["--domain", str(ROOT / "domain.yml"), "--config", str(folder / "config.yml")]
    command += ["--out", str(folder), "--fixed-model-name", NAME]
    program = run_to_end("Training the stock assistant", command, log, clean_environment(**QUIET))
    if program.exit_code:
        raise Failure(f"The training failed: the reason is at the end of {shown(log)}.")
    return folder / f"{NAME}.tar.gz"


def configuration() -> str:
    """Returns the stock pipeline with the policies that Rasa recommends."""
    config: dict[str, Any] = yaml.safe_load(
        (ROOT / "bench" / "stock.yml").read_text(encoding="utf-8")
    )
    ours = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    for component in config["pipeline"]:
        if "epochs" in component:
            component["epochs"] = EPOCHS
    rules = [policy for policy in ours["policies"] if policy["name"] == "RulePolicy"]
    config["policies"] = [*rules, {"name": "TEDPolicy", "max_history": 5, "epochs": EPOCHS}]
    return yaml.safe_dump(config, sort_keys=False)


def stories(rules: Path) -> str:
    """Returns stories of turns that are each one of the rules in a folder."""
    turns = []
    for path in sorted(rules.glob("*.yml")):
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]:
            steps = rule["steps"]
            if [list(step) for step in steps] == [["intent"], ["action"]]:
                turns.append(steps)
    rng = random.Random(SEED)
    samples = [
        {
            "story": f"story {number}",
            "steps": [dict(step) for turn in rng.sample(turns, TURNS) for step in turn],
        }
        for number in range(STORIES)
    ]
    return yaml.safe_dump({"version": "3.1", "stories": samples}, sort_keys=False)
