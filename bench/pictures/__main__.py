"""Makes the pictures into a folder: `python -m bench.pictures FOLDER [--set SET]`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from bench.pictures.drawing import draw_all
from bench.pictures.specs import MEASURED, SETS, pictures
from scripts.console import guarded


def main() -> int:
    """Makes the pictures, and beside them `pictures.json`, which says what stands on each."""
    parser = argparse.ArgumentParser(description="Makes invented pictures.")
    parser.add_argument("folder", type=Path, help="where they go")
    parser.add_argument("--set", choices=SETS, default=MEASURED, help="which of them")
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    made = pictures(arguments.set)
    files = draw_all(made, folder)
    entries = [
        {"file": file.name, "group": picture.group, "says": picture.says, "next": picture.next}
        for picture, file in zip(made, files, strict=True)
    ]
    listing = json.dumps(entries, ensure_ascii=False, indent=1)
    (folder / "pictures.json").write_text(listing, encoding="utf-8")
    print(f"{len(files)} pictures in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main))
