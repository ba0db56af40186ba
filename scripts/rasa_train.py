"""Runs `rasa train` with the same arguments, with fast fingerprints from the first line on."""

from __future__ import annotations

import runpy
import sys


def main() -> None:
    """Trains; Rasa reads its arguments from the command line."""
    sys.argv = ["rasa", "train", *sys.argv[1:]]
    from nlu.fingerprints import use_fast_fingerprints  # loads Rasa, which takes seconds

    use_fast_fingerprints()
    runpy.run_module("rasa", run_name="__main__")


if __name__ == "__main__":
    main()
