"""What a number in the settings may be, and the error that names what is not."""

from __future__ import annotations

from dataclasses import dataclass

from rasa.shared.exceptions import RasaException


class BadSettings(RasaException):
    """Settings that would not do what their author wants; Rasa shows the message and ends."""


@dataclass(frozen=True)
class Bounds:
    """What a number in the settings may be, both ends included."""

    minimum: float
    maximum: float
    whole: bool = False

    def check(self, location: str, name: str, value: object) -> None:
        """Raises BadSettings, with the location and the name, unless a value is such a number."""
        number = int if self.whole else (int, float)
        if (
            isinstance(value, bool)
            or not isinstance(value, number)
            or not self.minimum <= value <= self.maximum  # also false for what is no number (.nan)
        ):
            kind = "whole number" if self.whole else "number"
            raise BadSettings(
                f"{location}: {name} is not a {kind} from {self.minimum:,} to {self.maximum:,}."
            )


PER_MINUTE = Bounds(0, 100_000, whole=True)
