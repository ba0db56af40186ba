"""Runs Rasa's command line without TensorFlow: `python -m serving.without_tensorflow run ...`.

Rasa imports TensorFlow for components that a model may have and ours has not: that is a third of
its memory and most of its start; scikit-learn and what draws Rasa's own evaluations are another 50
MB. Here, modules without content take their place, as long as `config.yml` names only components
that need none; otherwise, and with another version of Rasa, all is imported as ever. A plain `rasa
run` does not come through here and always imports it.
"""

from __future__ import annotations

import os
import runpy
import sys
from collections.abc import Collection, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from serving.secret_files import read_secret_files

RASA_VERSION = "3.6.21"  # whose imports do without
NEEDLESS_IN_TRAINING = ("tensorflow", "tensorflow_addons", "keras", "h5py")
NEEDLESS = (*NEEDLESS_IN_TRAINING, "sklearn", "matplotlib")
OURS = ("nlu.", "policies.")
NEED_NONE = frozenset({"FallbackClassifier", "RulePolicy"})  # of Rasa's components


def main() -> None:
    """Runs Rasa with the arguments of this program."""
    try:
        read_secret_files(os.environ)
    except ValueError as problem:
        sys.exit(str(problem))
    if is_needless(Path("config.yml")):
        sys.meta_path.insert(0, Placeholders())
    runpy.run_module("rasa", run_name="__main__", alter_sys=True)


def is_needless(config: Path) -> bool:
    """Whether no component in a configuration needs the packages, for this version of Rasa."""
    if version("rasa") != RASA_VERSION:
        return False
    try:
        settings = yaml.safe_load(config.read_text(encoding="utf-8"))
        components = [*(settings["pipeline"] or ()), *(settings["policies"] or ())]
        names = [str(component["name"]) for component in components]
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError):
        return False
    return all(name in NEED_NONE or name.startswith(OURS) for name in names)


class _AnyName(type):
    """Gives a class every attribute, as far as a module that imports it may ask."""

    def __getattr__(cls, name: str) -> type[Placeholder]:
        if name.startswith("__"):
            raise AttributeError(name)
        return Placeholder


class Placeholder(metaclass=_AnyName):
    """Stands for each class and function; it may be inherited from, and used as a decorator."""

    def __new__(cls, *arguments: Any, **named: Any) -> Any:
        """Returns a function that is decorated as it is.

        Raises:
            RuntimeError: at any other call.
        """
        if len(arguments) == 1 and callable(arguments[0]) and not named:
            return arguments[0]
        raise RuntimeError(
            "TensorFlow and scikit-learn are not loaded: start with `rasa run` to have them"
        )


class _Module(ModuleType):
    def __getattr__(self, name: str) -> type[Placeholder]:
        if name.startswith("__"):
            raise AttributeError(name)
        return Placeholder


class Placeholders(MetaPathFinder, Loader):
    """Finds a module without content for each import of some packages."""

    def __init__(self, packages: Collection[str] = NEEDLESS) -> None:
        """Takes the names of the packages."""
        self._packages = packages

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Returns how to load one of the modules; None leaves all others to Python."""
        if fullname.partition(".")[0] not in self._packages:
            return None
        return ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Returns the module."""
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Leaves the module without content."""


if __name__ == "__main__":
    main()
