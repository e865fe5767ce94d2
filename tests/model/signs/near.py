"""Comparisons of numbers that the core keeps in single precision: where the last bit would decide, nobody is right."""

from math import floor


class TooNear(Exception):
    """A number lies so near to its line that rounding decides. A test leaves such a log out."""


def at_least(number: float, line: float, tolerance: float | None = None) -> bool:
    """Whether `number` is `line` or more. Raises TooNear."""
    tolerance = 1e-6 + 1e-4 * abs(line) if tolerance is None else tolerance
    if number != line and abs(number - line) <= tolerance:
        raise TooNear(f"{number} and {line}")
    return number >= line


def in_steps(number: float, unit: int, most: int) -> float:
    """The nearest multiple of 1 / `unit`, from 0 to `most` of them."""
    return floor(min(max(number * unit, 0.0), most) + 0.5) / unit
