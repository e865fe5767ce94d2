"""What people said of alerts when they closed them, by type and group of SKUs: right, false or unnecessary."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lowtide.rows import Row
from lowtide.tune.figures import GroupOf

LEAST = 20
"""Fewer ratings say nothing."""
HALF = 0.5
"""A type of which surely less than this share is right in a group is switched off there."""
_Z = 1.96
"""Two sides of 95 %."""


@dataclass(frozen=True)
class Rating:
    """How people rated the alerts of one type in one group."""

    rated: int = 0
    right: int = 0
    false: int = 0
    unnecessary: int = 0

    @property
    def at_most(self) -> float:
        """The share that is right, at most: the upper end of Wilson's interval.

        >>> round(Rating(20, 2).at_most, 3), Rating().at_most
        (0.301, 1.0)
        """
        if not self.rated:
            return 1.0
        n, share = self.rated, self.right / self.rated
        half = _Z * math.sqrt(share * (1 - share) / n + _Z * _Z / (4 * n * n))
        return min(1.0, (share + _Z * _Z / (2 * n) + half) / (1 + _Z * _Z / n))

    def __add__(self, other: Rating) -> Rating:
        return Rating(*(a + b for a, b in zip(self.counts, other.counts, strict=True)))

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """Rated, right, false, unnecessary."""
        return self.rated, self.right, self.false, self.unnecessary


@dataclass(frozen=True)
class Feedback:
    """The ratings of each type and group."""

    of: Mapping[tuple[str, str], Rating]

    @classmethod
    def of_rows(cls, rows: Iterable[Row], group_of: GroupOf) -> Feedback:
        """From `warehouse.ratings`: counts by type and SKU."""
        found: dict[tuple[str, str], Rating] = {}
        for row in rows:
            key = str(row["type"]), group_of(str(row["sku"]))
            one = Rating(*(int(row[name]) for name in ("rated", "right", "false", "unnecessary")))
            found[key] = found.get(key, Rating()) + one
        return cls(dict(sorted(found.items())))

    def weight(self, type_: str, group: str) -> float:
        """What a warning is worth: the share rated as right, and 1 where few are rated."""
        one = self.of.get((type_, group), Rating())
        return one.right / one.rated if one.rated >= LEAST else 1.0

    @property
    def off(self) -> list[tuple[str, str]]:
        """Types and groups that are to be switched off."""
        return [key for key, one in self.of.items() if one.rated >= LEAST and one.at_most < HALF]
