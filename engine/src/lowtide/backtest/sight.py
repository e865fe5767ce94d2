"""How early each real stockout was seen: by an alert that opened before the shelf was empty and was open when it was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lowtide.desk.history.episodes import STOCKOUT, Episode, by_position, foretold

HOUR_MS = 3_600_000


@dataclass(frozen=True)
class Seen:
    """One real stockout, and what a policy saw of it."""

    stockout: Episode
    lead_ms: int | None
    """How long before it the first alert had opened that foretold it; None: nothing foretold it."""
    is_told_late: bool = False
    """Whether nothing foretold it, and an alert told of it while the shelf was empty."""


@dataclass(frozen=True)
class Sight:
    """What one policy saw of the real stockouts."""

    seen: tuple[Seen, ...]
    """Each real stockout, by the time at which it began."""
    warnings: int
    """Alerts of the period that foretell a stockout."""
    met: int
    """Those of them that a real stockout followed while they were open."""

    def to_dict(self) -> dict[str, Any]:
        """The figures as JSON; times in hours."""
        leads = sorted(one.lead_ms for one in self.seen if one.lead_ms is not None)
        late = sum(one.is_told_late for one in self.seen)
        shares = (("p10", 0.1), ("median", 0.5), ("p90", 0.9))
        return {
            "stockouts": len(self.seen), "foretold": len(leads), "missed": len(self.seen) - len(leads),
            "told_while_empty": late, "never_told": len(self.seen) - len(leads) - late,
            "lead_hours": {name: hours(quantile(leads, share)) for name, share in shares},
            "warnings": self.warnings, "warnings_met": self.met,
            "share_met": round(self.met / self.warnings, 6) if self.warnings else None,
        }  # fmt: skip


def sight(real: Iterable[Episode], found: Iterable[Episode], start: int) -> Sight:
    """What the alerts of a policy saw of the real stockouts that began from `start` on (ms since 1970 UTC)."""
    alerts = list(found)
    told, empty = by_position(alerts), _stockout_alerts(alerts)
    seen: list[Seen] = []
    met: set[str] = set()
    for one in real:
        position = one.location, one.sku
        before = [alert for alert in told.get(position, ()) if foretold(one.opened_at, alert)]
        met.update(alert.alert_id for alert in before)
        if before:
            seen.append(Seen(one, one.opened_at - min(alert.opened_at for alert in before)))
        else:
            seen.append(Seen(one, None, any(_during(one, alert) for alert in empty.get(position, ()))))
    warnings = [alert for alerts in told.values() for alert in alerts if alert.opened_at >= start]
    return Sight(tuple(seen), len(warnings), sum(alert.alert_id in met for alert in warnings))


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


def hours(ms: float | None) -> float | None:
    """Milliseconds in hours."""
    return None if ms is None else round(ms / HOUR_MS, 3)
