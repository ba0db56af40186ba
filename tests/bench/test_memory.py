"""Memory over messages: when one looks, what is said, and that the rest of the page stays."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.memory import FIRST, Measured, counts, kept_section, memory, section, write_section


def test_it_looks_first_when_all_is_in_memory_and_last_at_the_end() -> None:
    assert counts(100_000)[0] == FIRST
    assert counts(100_000)[-1] == 100_000
    assert counts(100_000) == sorted(set(counts(100_000)))
    assert 8 <= len(counts(100_000)) <= 13
    assert counts(FIRST + 1) == [FIRST, FIRST + 1]


def test_growth_is_said_of_each_process() -> None:
    looks = [(2_000, {"Rasa": 400.0, "Actions": 100.0}), (9_000, {"Rasa": 440.0, "Actions": 99.0})]
    measured = Measured(looks, 600.0, 3)
    assert measured.growth() == pytest.approx({"Rasa": 0.1, "Actions": -0.01})
    text = section(measured)
    assert "Since 2,000 messages: Rasa +10.0%, Actions -1.0%." in text
    assert "| 9,000 | 440.0 | 99.0 |" in text
    assert "without an answer: 3." in text


def test_the_section_takes_the_place_of_the_last_one_and_outlives_the_rest(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    assert kept_section(page) == ""
    page.write_text("# Performance\n\ntable\n", encoding="utf-8")
    assert kept_section(page) == ""
    for memory_ in (400.0, 500.0):
        measured = Measured([(2_000, {"Rasa": memory_}), (3_000, {"Rasa": memory_})])
        write_section(page, section(measured))
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Performance\n\ntable\n\n## Memory")
    assert text.count("## Memory") == 1
    assert "500.0" in text
    assert "400.0" not in text
    assert text == "# Performance\n\ntable\n" + kept_section(page)


def test_the_memory_of_a_process_and_of_what_it_has_started_is_read() -> None:
    held = "held = b'x' * 50_000_000; import time; print('-', flush=True); time.sleep(60)"
    command = [sys.executable, "-c", held, "-m", "somebody"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        try:
            assert child.stdout
            child.stdout.readline()
            found = memory({"us": os.getpid()})
            assert found["somebody"] > 50_000_000 / 2**20
            assert found["us"] > 10
        finally:
            child.kill()
