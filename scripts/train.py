"""Trains a model, unless one that fits the present sources is there already."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import tarfile
from pathlib import Path
from typing import Iterator

from scripts.console import LOGS, ROOT, Failure, clean_environment, exclusive, guarded, shown
from scripts.known_questions import ensure_known, known_path
from scripts.processes import run_to_end

MODELS = ROOT / "models"
UNFINISHED = MODELS / ".unfinished"
LOG = LOGS / "train.log"
SOURCES = ("config.yml", "domain.yml", "domain", "data", "nlu", "policies", "requirements.lock")
NOT_SOURCES = ("__pycache__",)
KEPT = 3
ATTEMPTS = 2
# Quiet tools: what is left in a log is worth reading.
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTHONWARNINGS": "ignore::DeprecationWarning,ignore::FutureWarning",
}


def source_files() -> Iterator[Path]:
    """Every file that decides what a model can do, in a fixed order."""
    for name in SOURCES:
        path = ROOT / name
        if path.is_file():
            yield path
        for file in sorted(path.rglob("*")) if path.is_dir() else ():
            parts = file.relative_to(ROOT).parts
            hidden = any(part.startswith(".") or part in NOT_SOURCES for part in parts)
            if file.is_file() and not hidden and not file.name.endswith("~"):
                yield file


def fingerprint(*only: str) -> str:
    """One value for all sources, or for those below the given names only."""
    digest = hashlib.sha256()
    for file in source_files():
        relative = file.relative_to(ROOT)
        if not only or relative.parts[0] in only:
            content = hashlib.sha256(file.read_bytes()).hexdigest()
            digest.update(f"{relative.as_posix()}\0{content}\n".encode())
    return digest.hexdigest()[:12]


def model_path(sources: str) -> Path:
    """Where the model that fits the fingerprint belongs."""
    return MODELS / f"zhaohui-{sources}.tar.gz"


def is_whole(model: Path) -> bool:
    """Whether the archive can be read to its end and is a model of Rasa."""
    try:
        with tarfile.open(model) as archive:
            return any(Path(name).name == "metadata.json" for name in archive.getnames())
    except (OSError, EOFError, tarfile.TarError):
        return False


def ensure_model() -> Path:
    """The model for the present sources, trained when there is none."""
    model = model_path(fingerprint())
    if is_whole(model):
        return model
    with exclusive("training"):
        for _ in range(ATTEMPTS):
            sources = fingerprint()
            model = model_path(sources)
            if is_whole(model):
                return model
            trained = train(sources)
            if fingerprint() == sources:
                trained.replace(model)
                shutil.rmtree(UNFINISHED, ignore_errors=True)
                remove_old_models(model)
                return model
            print("The sources changed during the training.", flush=True)
    raise Failure("The sources keep changing during the training: save your work, then repeat.")


def train(sources: str) -> Path:
    """Trains into a folder of its own, so that a half-written model is never taken."""
    shutil.rmtree(UNFINISHED, ignore_errors=True)
    UNFINISHED.mkdir(parents=True)
    trained = UNFINISHED / model_path(sources).name
    command = [sys.executable, "-m", "scripts.rasa_train", "--out", shown(UNFINISHED)]
    command += ["--fixed-model-name", trained.name.replace(".tar.gz", "")]
    command += ["--skip-validation"]  # `make check` does it; here it would read all data twice
    # Rasa reuses trained parts by their settings and data; it does not look into our
    # dictionaries, nor at versions. Those get another cache.
    cache = f".rasa/cache-{fingerprint('nlu', 'policies', 'requirements.lock')}"
    environment = clean_environment(RASA_CACHE_DIRECTORY=cache, **QUIET)
    program = run_to_end("Training the model", command, LOG, environment, detail=last_step)
    if program.exit_code != 0 or not is_whole(trained):
        raise Failure(explain_training(program.output()))
    return trained


def last_step(output: str) -> str:
    """The component in training, from what Rasa has written."""
    steps = re.findall(r"Starting to train component '([^']+)'", output)
    return steps[-1] if steps else ""


def explain_training(output: str) -> str:
    """One line for a training that failed."""
    if re.search(r"No space left on device|database or disk is full", output):
        return f"The disk is full: free about 1 GB, then repeat; details in {shown(LOG)}."
    plain = re.sub(r"\x1b\[[0-9;]*m", "", output)
    errors = re.findall(r"^(?:[\w.]*(?:Error|Exception|Invalid\w*)\b.*)$", plain, re.MULTILINE)
    said = f" ({errors[-1].strip()[:160]})" if errors else ""
    return f"The training failed{said}: fix the sources, then repeat; details in {shown(LOG)}."


def remove_old_models(newest: Path) -> None:
    """Keeps the newest models only."""
    newest.touch()
    models = sorted(MODELS.glob("zhaohui-*.tar.gz"), key=lambda path: path.stat().st_mtime_ns)
    for model in models[:-KEPT]:
        model.unlink(missing_ok=True)
        known_path(model).unlink(missing_ok=True)


def main() -> int:
    """Trains when needed and prints where the fitting model is."""
    os.chdir(ROOT)
    model = ensure_model()
    ensure_known(model, QUIET)
    print(f"Model: {shown(model)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main))
