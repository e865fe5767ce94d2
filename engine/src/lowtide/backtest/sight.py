"""How early each real stockout was seen: by an alert that opened before the shelf was empty and was open when it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lowtide.desk.history.episodes import STOCKOUT, Episode, by_position, foretold

HOUR_MS = 3_600_000


@dataclass(frozen=True)
class Sight:
    """What one policy saw of the real stockouts."""

    stockouts: int
    leads_ms: tuple[int, ...]
    """For each that was foretold, how long before it the first such alert had opened; the shortest first."""
    late: int
    """Those that nothing had foretold, but that an alert told of while the shelf was empty."""
    warnings: int
    """Alerts of the period that foretell a stockout."""
    met: int
    """Those of them that a real stockout followed while they were open."""

    @property
    def missed(self) -> int:
        """Real stockouts that nothing had foretold."""
        return self.stockouts - len(self.leads_ms)

    def to_dict(self) -> dict[str, Any]:
        """As JSON; times in hours."""
        lead = {name: _hours(quantile(self.leads_ms, share)) for name, share in (("p10", 0.1), ("median", 0.5), ("p90", 0.9))}
        return {
            "stockouts": self.stockouts, "foretold": len(self.leads_ms), "missed": self.missed, "told_while_empty": self.late,
            "never_told": self.missed - self.late, "lead_hours": lead, "warnings": self.warnings, "warnings_met": self.met,
            "share_met": round(self.met / self.warnings, 6) if self.warnings else None,
        }  # fmt: skip


def sight(real: Sequence[Episode], found: Iterable[Episode], start: int) -> Sight:
    """What the alerts of a policy saw of the real stockouts that began from `start` on (ms since 1970 UTC)."""
    alerts = list(found)
    told, empty = by_position(alerts), _stockout_alerts(alerts)
    leads, late, met = [], 0, Counter[str]()
    for one in real:
        at, position = one.opened_at, (one.location, one.sku)
        before = [alert for alert in told.get(position, ()) if foretold(at, alert)]
        met.update(alert.alert_id for alert in before)
        if before:
            leads.append(at - min(alert.opened_at for alert in before))
        else:
            late += any(_during(one, alert) for alert in empty.get(position, ()))
    warnings = [alert for list_ in told.values() for alert in list_ if alert.opened_at >= start]
    return Sight(
        len(real), tuple(sorted(leads)), late, len(warnings), sum(alert.alert_id in met for alert in warnings)
    )


def quantile(values: Sequence[int], share: float) -> float | None:
    """A quantile of sorted values, between two of them in proportion; None of none.

    >>> quantile([10, 20, 40], 0.5), quantile([10, 20], 0.9), quantile([], 0.5)
    (20.0, 19.0, None)
    """
    if not values:
        return None
    place = share * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (place - low)


def _stockout_alerts(found: Iterable[Episode]) -> dict[tuple[str, str], list[Episode]]:
    places: dict[tuple[str, str], list[Episode]] = {}
    for one in found:
        if one.type == STOCKOUT:
            places.setdefault((one.location, one.sku), []).append(one)
    return places


def _during(real: Episode, alert: Episode) -> bool:
    return real.opened_at <= alert.opened_at and (real.ended_at is None or alert.opened_at < real.ended_at)


def _hours(ms: float | None) -> float | None:
    return None if ms is None else round(ms / HOUR_MS, 3)
