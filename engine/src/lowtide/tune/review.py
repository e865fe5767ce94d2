"""Whether the promise of an applied policy held: what was promised by day beside what the ledger shows since then.

The figures are those of `figures`. The ledger has no neutral policy beside it, so the stockouts are the `out_of_stock`
alerts of the policy itself, each with its expected loss at the greatest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from lowtide.desk.history.episodes import STOCKOUT, episodes
from lowtide.rows import Row
from lowtide.tune.alerts import alerts_of_rows
from lowtide.tune.figures import DAY_MS, Figures, figures, total
from lowtide.tune.parts import day_of_ms
from lowtide.warehouse import Warehouse, desk_rows, promises

LEAST_DAYS = 28
"""A promise is judged after this many days in force."""
LEAST_PUSHES = LEAST_WARNINGS = LEAST_STOCKOUTS = 20
"""With fewer of them a figure says nothing."""
SLACK = 0.2
"""A promise holds if its figure is worse by at most this share."""

Verdict = Literal["held", "not_held", "too_few"]


@dataclass(frozen=True)
class Line:
    """One figure: what was promised, what came, and whether that holds."""

    name: Literal["pushes_a_day", "loss_a_day", "share_met"]
    promised: float
    came: float | None
    verdict: Verdict


@dataclass(frozen=True)
class Reviewed:
    """One applied policy."""

    row: Row
    """Its row of `policy_promise`."""
    first: date | None
    """The first day in force; None: no entry names it yet."""
    last: date | None
    days: float
    lines: Sequence[Line]
    """Nothing while it is too young."""

    @property
    def days_left(self) -> float:
        """Days until it is judged."""
        return max(0.0, LEAST_DAYS - self.days)

    @property
    def verdict(self) -> Verdict | None:
        """Held if each figure that can be said held; None: it is not judged yet."""
        said = {line.verdict for line in self.lines}
        if not said:
            return None
        return "not_held" if "not_held" in said else "held" if "held" in said else "too_few"

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        applied: datetime = self.row["applied_at"]
        return {
            "version": self.row["version"], "backtest": self.row["backtest"], "applied_by": self.row["applied_by"],
            "applied_at": applied.isoformat(), "money": self.row["money"],
            "first": None if self.first is None else self.first.isoformat(),
            "last": None if self.last is None else self.last.isoformat(),
            "days": round(self.days, 2), "days_left": round(self.days_left, 2),
            "lines": [dict(line.__dict__) for line in self.lines], "verdict": self.verdict,
        }  # fmt: skip


def review(warehouse: Warehouse) -> list[Reviewed]:
    """Every applied policy that has a promise, the newest first. Raises WarehouseError."""
    return [_reviewed(warehouse, row) for row in promises.promises(warehouse)]


def _reviewed(warehouse: Warehouse, row: Row) -> Reviewed:
    known = promises.in_force(warehouse, row["version"])
    if known is None:
        return Reviewed(row, None, None, 0.0, ())
    start, end = known["first"], known["last"]
    days, first, last = (end - start) / DAY_MS, day_of_ms(start), day_of_ms(end)
    is_replaced = known["last"] < known["clock"]
    if days < LEAST_DAYS and not is_replaced:
        return Reviewed(row, first, last, days, ())
    return Reviewed(row, first, last, days, _lines(row, _came(warehouse, start, end), max(days, 1.0)))


def _came(warehouse: Warehouse, start: int, end: int) -> Figures:
    """The figures of the ledger from `start` until `end`, ms since 1970 UTC."""
    rows = [row for slice_ in desk_rows.entries_between(warehouse, start, end + 1) for row in slice_]
    real = [one for one in episodes(rows, start, end + 1) if one.type == STOCKOUT]
    found = figures(alerts_of_rows(rows), real, [(start, end + 1)], lambda sku: "")
    return total(of_part[0] for of_part in found.values())


def _lines(row: Row, came: Figures, days: float) -> list[Line]:
    enough = {
        "pushes_a_day": (row["pushes_a_day"] or 0) * days >= LEAST_PUSHES or came.pushes >= LEAST_PUSHES,
        "loss_a_day": came.stockouts >= LEAST_STOCKOUTS,
        "share_met": came.warnings >= LEAST_WARNINGS,
    }
    values = {
        "pushes_a_day": came.pushes / days,
        "loss_a_day": came.loss / days,
        "share_met": came.share_met,
    }
    made = []
    for name, value in values.items():
        promised = row[name]
        if promised is None:
            continue
        verdict: Verdict = "too_few"
        if enough[name] and value is not None:
            is_good = (
                value <= promised * (1 + SLACK) if name == "pushes_a_day" else value >= promised * (1 - SLACK)
            )
            verdict = "held" if is_good else "not_held"
        made.append(Line(name, promised, None if value is None else round(value, 6), verdict))  # type: ignore[arg-type]
    return made
