"""Trains one pipeline, or lets it parse questions, and says how long it took and how much memory.

    python -m bench.measure train RESULT CONFIG LINES MODEL  (LINES: a folder of NLU files)
    python -m bench.measure parse RESULT MODEL QUESTIONS     (QUESTIONS: a table as in tests/nlu)

Each runs in a process of its own, so that one pipeline's memory is not counted as another's. The
result is written as JSON to the file RESULT.
"""

from __future__ import annotations

import asyncio
import json
import logging
import resource
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from rasa.utils.log_utils import configure_structlog

from data_checks.lines import Question, read_questions

# What a first message loads (dictionaries, kernels) is no part of a later one's time.
WARM_UP = ("你好", "收不到验证码", "我在杭州，密码忘了", "第三步怎么弄")


def train(config: Path, lines: Path, model: Path) -> dict[str, float]:
    """Returns the seconds and the peak of memory (MiB) of a training."""
    from rasa.model_training import train_nlu

    began = time.perf_counter()
    train_nlu(str(config), str(lines), str(model.parent), fixed_model_name=model.stem)
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "memory": peak_memory()}


def parse(model: Path, questions: list[Question]) -> dict[str, Any]:
    """Returns what the model makes of each question, the times (ms) and the peak of memory (MiB).

    `answers` holds, for each question, the intent at the shipped threshold and the ranking.
    """
    from rasa.core.agent import Agent

    began = time.perf_counter()
    agent = Agent.load(str(model))
    loading = time.perf_counter() - began

    async def parse_all() -> tuple[list[dict[str, Any]], list[float]]:
        answers, times = [], []
        for text in WARM_UP:
            await agent.parse_message(text)
        for question in questions:
            began = time.perf_counter()
            parsed = await agent.parse_message(question.text)
            times.append((time.perf_counter() - began) * 1000)
            ranking = [
                (candidate["name"], candidate["confidence"])
                for candidate in parsed["intent_ranking"]
                if candidate["name"] != "nlu_fallback"
            ]
            answers.append({"intent": parsed["intent"]["name"], "ranking": ranking})
        return answers, times

    answers, times = asyncio.run(parse_all())
    return {
        "answers": answers,
        "load_seconds": loading,
        "median_ms": statistics.median(times),
        "p95_ms": statistics.quantiles(times, n=20)[-1],
        "memory": peak_memory(),
    }


def peak_memory() -> float:
    """Returns the most memory this process has had, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 / (1024 if sys.platform == "darwin" else 1)


def main() -> int:
    """Runs one of the two and writes down what was measured."""
    configure_structlog(logging.ERROR)  # else Rasa logs every question
    logging.disable(logging.WARNING)
    verb, result, *paths = sys.argv[1:]
    if verb == "train":
        measured: dict[str, Any] = train(*map(Path, paths))
    else:
        measured = parse(Path(paths[0]), read_questions(Path(paths[1])))
    Path(result).write_text(json.dumps(measured), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
