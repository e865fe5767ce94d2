"""A number, twice: as the core wrote it, and as plain code computes it again."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

PROBABILITY_TOLERANCE = 1e-5
"""How far two probabilities may be apart and still be called the same."""

QUANTITY_TOLERANCE = 0.0011
"""How far two quantities may be apart: one thousandth, the smallest step a quantity has."""


@dataclass(frozen=True)
class Check:
    """One number, twice: as the core wrote it and as this module computes it. Absent is None."""

    name: str
    engine: float | None
    recomputed: float | None
    tolerance: float
    bucket: int | None = None

    @property
    def difference(self) -> float:
        """How far the two are apart; infinite when only one of them exists."""
        if self.engine is None or self.recomputed is None:
            return 0.0 if self.engine is self.recomputed else inf
        return abs(self.engine - self.recomputed)

    @property
    def ok(self) -> bool:
        """Whether the two are the same number."""
        return self.difference <= self.tolerance
