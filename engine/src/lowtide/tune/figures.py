"""What a policy would have done for a group of SKUs in a part of the time: pushes, loss warned of, warnings that came true.

**Loss warned of.** Each real stockout has one expected loss, that of the neutral policy of a back-test. It counts once if a
push had foretold it at least a day before the shelf was empty, and once if a push told of the empty shelf. So no policy
looks better by saying more, by warning at the last minute, or by leaving out what is hard to foretell.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from lowtide.desk.history.episodes import FORETELLING, STOCKOUT, Episode
from lowtide.tune.alerts import Alert

DAY_MS = 86_400_000
NOTICE_MS = DAY_MS
"""A push foretells a stockout in time if it comes at least this long before."""

Part = tuple[int, int]
"""A part of the time: from the first moment until before the second one, in ms since 1970 UTC."""
GroupOf = Callable[[str], str]
"""The group of a SKU."""
Weight = Callable[[str, str], float]
"""What a warning of a type in a group is worth by what people said: 1, or the share that they rated as right."""


@dataclass(frozen=True)
class Figures:
    """Sums over alerts and real stockouts; those of two groups or two parts can be added."""

    pushes: int = 0
    """Alerts of all types that were pushed in the part."""
    warnings: int = 0
    """Alerts that foretell a stockout and opened in the part."""
    met: int = 0
    """Those of them that a real stockout followed while they were open."""
    stockouts: int = 0
    """Real stockouts that began in the part."""
    in_time: int = 0
    """Those of them that a push had foretold at least a day before."""
    loss: float = 0.0
    """Loss warned of."""
    value: float = 0.0
    """The same, less what people rate as not right."""

    def __add__(self, other: Figures) -> Figures:
        return Figures(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Figures)))

    @property
    def share_met(self) -> float | None:
        """The share of warnings that came true; None without a warning."""
        return self.met / self.warnings if self.warnings else None

    def a_day(self, days: float) -> dict[str, Any]:
        """As JSON: pushes and loss by day."""
        share = self.share_met
        return {
            "pushes_a_day": round(self.pushes / days, 4), "loss_a_day": round(self.loss / days, 4),
            "value_a_day": round(self.value / days, 4), "share_met": None if share is None else round(share, 6),
            "pushes": self.pushes, "warnings": self.warnings, "warnings_met": self.met, "stockouts": self.stockouts,
            "in_time": self.in_time, "loss": round(self.loss, 2),
        }  # fmt: skip


def total(figures: Iterable[Figures]) -> Figures:
    """The sum of figures."""
    return sum(figures, Figures())


def figures(
    alerts: Iterable[Alert],
    real: Iterable[Episode],
    parts: Sequence[Part],
    group_of: GroupOf,
    weight: Weight = lambda type_, group: 1.0,
    off: Collection[tuple[str, str]] = (),
) -> dict[str, list[Figures]]:
    """The figures of each group, by part. The parts are in order and do not overlap; what lies outside them does not count.

    `off` names types and groups whose alerts are passed over, as if the policy had them switched off.
    """
    starts = [start for start, _ in parts]
    rows: dict[tuple[str, int], dict[str, float]] = {}

    def add(group: str, at: int | None, name: str, value: float = 1) -> None:
        place = -1 if at is None else bisect_right(starts, at) - 1
        if at is not None and place >= 0 and at < parts[place][1]:
            row = rows.setdefault((group, place), {})
            row[name] = row.get(name, 0) + value

    of_position: dict[tuple[str, str], list[Alert]] = {}
    for one in alerts:
        group = group_of(one.sku)
        if (one.type, group) in off:
            continue
        add(group, one.pushed_at, "pushes")
        if one.type in FORETELLING:
            add(group, one.opened_at, "warnings")
        if one.type in FORETELLING or one.type == STOCKOUT:
            of_position.setdefault((one.location, one.sku), []).append(one)
    met: set[int] = set()
    for stockout in real:
        group, at, loss = group_of(stockout.sku), stockout.opened_at, stockout.loss or 0.0
        add(group, at, "stockouts")
        there = of_position.get((stockout.location, stockout.sku), ())
        before = [one for one in there if one.type in FORETELLING and one.was_open(at)]
        for one in before:
            if id(one) not in met:
                met.add(id(one))
                add(group, one.opened_at, "met")
        in_time = [one for one in before if one.pushed_at is not None and one.pushed_at <= at - NOTICE_MS]
        if in_time:
            add(group, at, "in_time")
            add(group, at, "loss", loss)
            add(group, at, "value", loss * max(weight(one.type, group) for one in in_time))
        if any(_tells(one, stockout) for one in there):
            add(group, at, "loss", loss)
            add(group, at, "value", loss * weight(STOCKOUT, group))
    found: dict[str, list[Figures]] = {}
    for (group, place), row in rows.items():
        found.setdefault(group, [Figures()] * len(parts))[place] = Figures(**row)  # type: ignore[arg-type]
    return found


def _tells(one: Alert, stockout: Episode) -> bool:
    """Whether an alert on the empty shelf was pushed and open while the shelf was empty."""
    if one.type != STOCKOUT or one.pushed_at is None:
        return False
    is_before_its_end = stockout.ended_at is None or one.opened_at < stockout.ended_at
    return is_before_its_end and (one.ended_at is None or one.ended_at > stockout.opened_at)
