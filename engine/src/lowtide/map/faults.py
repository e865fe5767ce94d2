"""Mistakes of one value of a map, each at the key where it stands."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from lowtide.strict import Path


class Faults(ValueError):
    """Several mistakes: for each the keys below the value that was checked, and a sentence."""

    def __init__(self, faults: Iterable[tuple[Path, str]]) -> None:
        self.faults = list(faults)
        super().__init__("; ".join(message for _, message in self.faults))


def raise_any(faults: list[tuple[Path, str]]) -> None:
    """Raise the mistakes, if there are any."""
    if faults:
        raise Faults(faults)


def instead(word: str, options: Iterable[str]) -> str:
    """What to write instead of an unknown word.

    >>> instead("movments", ["movements", "read"])
    'did you mean `movements`?'
    """
    known = list(options)
    close = difflib.get_close_matches(word, known, 1)
    return f"did you mean `{close[0]}`?" if close else f"use one of {', '.join(known)}"
