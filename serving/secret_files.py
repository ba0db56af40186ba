"""Secrets from files: a variable `ZHAOHUI_NAME_FILE` names the file with what `ZHAOHUI_NAME` is.

So systemd's credentials and the secrets of containers reach the programs, and stand in no list of
settings.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from pathlib import Path

PREFIX, SUFFIX = "ZHAOHUI_", "_FILE"


def read_secret_files(environment: MutableMapping[str, str]) -> None:
    """Sets the variables whose values are in files; a variable that is set already must not be.

    Raises:
        ValueError: if a file cannot be read or is empty, or if a variable is set both ways; the
            message has the variable and never a value.
    """
    for name in [*environment]:
        if not (name.startswith(PREFIX) and name.endswith(SUFFIX)):
            continue
        target = name[: -len(SUFFIX)]
        path = environment[name]
        try:
            value = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            problem = getattr(error, "strerror", None) or "it is no text in UTF-8"
            raise ValueError(f"{name}: {path} cannot be read ({problem}).") from None
        if not value:
            raise ValueError(f"{name}: {path} is empty.")
        if environment.get(target, value) != value:
            raise ValueError(f"{target} and {name} are both set: remove one of them.")
        environment[target] = value
