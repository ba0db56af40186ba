"""A copy of our scripts in a folder of its own, with stand-ins for uv, Rasa and rasa_sdk."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from scripts.console import ROOT

SECONDS = 60

# Notes each call; does what the file `uv-mode` says.
UV = """\
#!/bin/sh
cd "{folder}"
[ "$1" = --version ] && {{ echo "uv 0.9.0"; exit 0; }}
echo "$*" >> uv-calls
mode=$(cat uv-mode 2>/dev/null)
case "$1 $2 $mode" in
    "python find no-python" | "python install no-python") exit 1 ;;
    "python find "*) echo "{python}" ;;
    "python list "*) cat uv-list 2>/dev/null ;;
    "python install no-fetch") exit 1 ;;
    "python install fetches") mkdir -p pyenv/versions && mv fetched "pyenv/versions/$3" ;;
    "venv "*) mkdir -p .venv/bin && ln -sf "{python}" .venv/bin/python ;;
    "pip sync no-space") echo "error: No space left on device (os error 28)"; exit 2 ;;
    "pip sync no-network") echo "error: Request failed: dns error: no such host"; exit 2 ;;
    "pip sync bad-hash") echo "error: Hash mismatch for rasa==3.6.21"; exit 2 ;;
esac
"""

# Trains as the file `rasa-mode` says; serves with a grandchild that outlives its parent.
RASA = """\
import json, os, pathlib, signal, subprocess, sys, tarfile, time
from http.server import BaseHTTPRequestHandler, HTTPServer

here = pathlib.Path.cwd()
mode = (here / "rasa-mode").read_text() if (here / "rasa-mode").exists() else ""
said = dict(zip(sys.argv, sys.argv[1:]))
with (here / "rasa-calls").open("a") as calls:
    calls.write(" ".join(sys.argv[1:]) + "\\n")


class Handler(BaseHTTPRequestHandler):
    def reply(self, value):
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.reply("ok")

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        button = {"title": "more", "payload": "/more"}
        silent = (here / "silent").exists()
        self.reply([] if silent else [{"text": "heard " + asked["message"], "buttons": [button]}])
        if "dies" in mode:
            raise SystemExit(3)


def serve(name, port):
    grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    with (here / "pids").open("a") as pids:
        pids.write(f"{os.getpid()}\\n{grandchild.pid}\\n")
    if "stubborn" in mode:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print(name, "is up", flush=True)
    server = HTTPServer(("127.0.0.1", port), Handler)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        server.handle_request()


def train():
    if mode == "fails":
        sys.exit("rasa.shared.exceptions.InvalidConfigException: no such component")
    if mode == "no-space":
        sys.exit("OSError: [Errno 28] No space left on device")
    if mode == "edited":
        (here / "rasa-mode").write_text("")
        (here / "domain.yml").write_text("edited meanwhile")
    target = here / said["--out"] / (said["--fixed-model-name"] + ".tar.gz")
    with tarfile.open(target, "w:gz") as archive:
        archive.add(here / "metadata.json")
    if mode == "half":
        target.write_bytes(target.read_bytes()[:-40])
"""
RASA_MAIN = """\
from rasa import mode, said, serve, sys, train
if mode == "bad-settings":
    sys.exit("\\x1b[91mBadSettings: credentials.yml, x.Channel: accounts.hall.kind is odd.\\x1b[0m")
if mode == "warns":
    print("2026-01-01 WARNING  channels.x  - \\x1b[33mcredentials.yml, x.Channel: odd.\\x1b[0m")
train() if sys.argv[1] == "train" else serve("rasa", int(said["-p"]))
"""
FINGERPRINTS = """\
import rasa


def use_fast_fingerprints():
    pass
"""
TRAINING_FILES = """\
def read_once():
    pass
"""
ACTIONS_MAIN = """\
from rasa import mode, said, serve, sys
sys.exit("ImportError: no such action") if mode == "broken-actions" else None
serve("actions", int(said["-p"]))
"""


class FakeProject:
    """The folder, and how its scripts are run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[subprocess.Popen[str]] = []
        for name in ("scripts", "serving"):
            shutil.copytree(
                ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__")
            )
        self.write("requirements.lock", "rasa==3.6.21\n")
        self.write("config.yml", "recipe: default.v1\n")
        self.write("domain.yml", "intents: []\n")
        self.write("data/nlu/chitchat.yml", "nlu: []\n")
        self.write("nlu/jieba/words.txt", "word 3 n\n")
        self.write("endpoints.yml", "action_endpoint:\n  url: http://localhost:5055/webhook\n")
        self.write("metadata.json", "{}")
        self.write("rasa/__init__.py", RASA)
        self.write("rasa/__main__.py", RASA_MAIN)
        self.write("nlu/fingerprints.py", FINGERPRINTS)
        self.write("nlu/training_files.py", TRAINING_FILES)
        self.write("rasa_sdk/__init__.py", "")
        self.write("rasa_sdk/__main__.py", ACTIONS_MAIN)
        uv = self.write("bin/uv", UV.format(folder=folder, python=sys.executable))
        uv.chmod(0o755)

    def write(self, name: str, text: str) -> Path:
        """Writes one file of the project."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def write_python(self, name: str, version: str) -> Path:
        """Writes a stand-in for a Python that only says its version."""
        python = self.write(name, f"#!/bin/sh\necho {version.replace('.', ' ')}\n")
        python.chmod(0o755)
        return python

    def lines(self, name: str) -> list[str]:
        """The lines of a file; none when it is missing."""
        path = self.folder / name
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []

    def models(self) -> list[str]:
        """The models that could be taken."""
        return sorted(path.name for path in self.folder.glob("models/zhaohui-*"))

    def start(
        self, code: str, *arguments: str, stdin: int = subprocess.PIPE
    ) -> subprocess.Popen[str]:
        """Starts Python code in the project, as `make` would."""
        environment = {
            "PATH": f"{self.folder / 'bin'}:{os.defpath}",
            "HOME": str(self.folder),
            "PYENV_ROOT": str(self.folder / "pyenv"),
        }
        program = subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            cwd=self.folder,
            env=environment,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(program)
        return program

    def script(
        self, name: str, *arguments: str, stdin: int = subprocess.PIPE
    ) -> subprocess.Popen[str]:
        """Starts one of our scripts."""
        code = f"import runpy; runpy.run_module('scripts.{name}', run_name='__main__')"
        return self.start(code, *arguments, stdin=stdin)


def one_line(program: subprocess.Popen[str]) -> str:
    """The one line on stderr of a program that must fail."""
    _, errors = program.communicate(timeout=SECONDS)
    assert program.returncode not in (0, None)
    assert errors.count("\n") == 1, errors
    assert "Traceback" not in errors
    return errors
