"""A headline figure: its value, its value before, and whether it became better or worse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import sqrt
from typing import Any, Literal

Kind = Literal["count", "money", "share", "rate", "minutes"]


@dataclass(frozen=True)
class Figure:
    """`value` is None while it is not known; `detail` has the counts that a reader needs to judge it.

    >>> figure = Figure("precision", "share", 0.8, 0.75, more_is_better=True)
    >>> figure.verdict, round(figure.change, 2)
    ('better', 0.05)
    """

    key: str
    kind: Kind
    value: float | None
    before: float | None = None
    more_is_better: bool = False
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def change(self) -> float | None:
        """By how much it changed: points for a share, else the part of what it was (None if that was 0)."""
        if self.value is None or self.before is None:
            return None
        if self.kind == "share":
            return self.value - self.before
        if self.before == 0:
            return 0.0 if self.value == 0 else None
        return self.value / self.before - 1

    @property
    def verdict(self) -> Literal["better", "worse", "same"] | None:
        """What the change means; None if there is nothing to compare with."""
        if self.value is None or self.before is None:
            return None
        if self.value == self.before:
            return "same"
        return "better" if (self.value > self.before) == self.more_is_better else "worse"

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "value": self.value,
            "before": self.before,
            "change": self.change,
            "verdict": self.verdict,
            "kind": self.kind,
            **self.detail,
        }


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927): valid for small counts too, and for 0 or all of them.

    >>> [round(end, 4) for end in wilson(8, 10)]
    [0.4902, 0.9433]
    """
    if of == 0:
        return 0.0, 1.0
    z = 1.959963984540054
    share, square = hits / of, z * z / of
    middle = (share + square / 2) / (1 + square)
    half = z / (1 + square) * sqrt(share * (1 - share) / of + square / (4 * of))
    return max(0.0, middle - half), min(1.0, middle + half)
