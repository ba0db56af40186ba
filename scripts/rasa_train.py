"""Runs `rasa train` with the same arguments, with fast fingerprints from the first line on.

TensorFlow is left out as in serving: that is an eighth of a training's memory.
"""

from __future__ import annotations

import gc
import runpy
import sys
from pathlib import Path

from serving.without_tensorflow import NEEDLESS_IN_TRAINING, Placeholders, is_needless


def main() -> None:
    """Trains; Rasa reads its arguments from the command line."""
    sys.argv = ["rasa", "train", *sys.argv[1:]]
    if is_needless(Path("config.yml")):
        sys.meta_path.insert(0, Placeholders(NEEDLESS_IN_TRAINING))
    from nlu.fingerprints import use_fast_fingerprints  # loads Rasa, which takes seconds
    from nlu.training_files import read_once

    use_fast_fingerprints()
    read_once()
    # Lines are millions of objects that are all needed to the end and hold no cycles: to look
    # through them for what could be freed is a tenth of the time before the networks.
    gc.disable()
    runpy.run_module("rasa", run_name="__main__")


if __name__ == "__main__":
    main()
