"""The alerts of two ledgers beside each other: which are new, which are gone, which came earlier, later or graver.

An alert of one ledger is the alert of the other if position and type are the same and it opened at the same time; else if
the two were open at the same time: then it moved. Rows are entries as the desk reads them; times are ms since 1970 UTC.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lowtide.ledger import ENDED, SEVERITIES
from lowtide.rows import Row

FORETELLING = ("projected_stockout", "below_reorder_point")
"""Types of alerts that say beforehand that a position will run out."""
STOCKOUT = "out_of_stock"
_FOR_EVER = 1 << 62


@dataclass
class Episode:
    """One alert from its opening to its end."""

    alert_id: str
    type: str
    location: str
    sku: str
    name: str
    severity: str
    """The gravest that it had within the period."""
    opened_at: int
    ended_at: int | None = None
    loss: float | None = None
    """Its greatest expected loss; None: not known."""

    @property
    def key(self) -> tuple[str, str, str]:
        """Position and type."""
        return self.location, self.sku, self.type

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return dict(self.__dict__)


def episodes(rows: Iterable[Row], start: int, end: int) -> list[Episode]:
    """The alerts that were open at some time from `start` until before `end`, by opening."""
    found: dict[str, Episode] = {}
    for row in sorted(rows, key=lambda row: (row["event_time"], row["seq"])):
        if row["event_time"] >= end or row["action_id"]:
            continue
        known = found.get(row["alert_id"])
        if known is None:
            known = found[row["alert_id"]] = Episode(
                row["alert_id"], row["type"], row["location"], row["sku"], row["name"], row["severity"], row["opened_at"]
            )  # fmt: skip
        _take(known, row, start)
    return sorted(
        (one for one in found.values() if one.ended_at is None or one.ended_at >= start),
        key=lambda one: (one.opened_at, one.alert_id),
    )


def _take(one: Episode, row: Row, start: int) -> None:
    if row["entry"] in ENDED:
        one.ended_at = row["event_time"]
        return
    is_graver = SEVERITIES.index(row["severity"]) > SEVERITIES.index(one.severity)
    if row["event_time"] <= start or is_graver:
        one.severity = row["severity"]
    if row["worth"] is not None:
        one.loss = max(one.loss or 0.0, row["worth"])


@dataclass(frozen=True)
class Pair:
    """One alert in both ledgers."""

    before: Episode
    after: Episode

    @property
    def moved_ms(self) -> int:
        """How much later it opens; negative: earlier."""
        return self.after.opened_at - self.before.opened_at

    @property
    def has_moved(self) -> bool:
        """Whether it opens at another time or is of another severity."""
        return self.moved_ms != 0 or self.before.severity != self.after.severity

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            **self.after.to_dict(), "moved_ms": self.moved_ms, "severity_before": self.before.severity,
            "opened_before": self.before.opened_at,
        }  # fmt: skip


def pairs(before: list[Episode], after: list[Episode]) -> tuple[list[Pair], list[Episode], list[Episode]]:
    """The alerts of both ledgers, those that only the second has, and those that only the first had."""
    waiting: dict[tuple[str, str, str], list[Episode]] = defaultdict(list)
    for one in before:
        waiting[one.key].append(one)
    both: list[Pair] = []
    left: list[Episode] = []
    for one in after:  # those that opened at the same time first, so that no other takes their place
        same = next((old for old in waiting[one.key] if old.opened_at == one.opened_at), None)
        if same is None:
            left.append(one)
        else:
            waiting[one.key].remove(same)
            both.append(Pair(same, one))
    added: list[Episode] = []
    for one in left:
        old = next((old for old in waiting[one.key] if _meet(old, one)), None)
        if old is None:
            added.append(one)
        else:
            waiting[one.key].remove(old)
            both.append(Pair(old, one))
    gone = [one for rest in waiting.values() for one in rest]
    return both, added, sorted(gone, key=lambda one: (one.opened_at, one.alert_id))


def _meet(one: Episode, other: Episode) -> bool:
    return one.opened_at <= _end(other) and other.opened_at <= _end(one)


def _end(one: Episode) -> int:
    return _FOR_EVER if one.ended_at is None else one.ended_at


def by_position(found: Iterable[Episode]) -> dict[tuple[str, str], list[Episode]]:
    """The alerts that foretell a stockout, by location and SKU."""
    told: dict[tuple[str, str], list[Episode]] = defaultdict(list)
    for one in found:
        if one.type in FORETELLING:
            told[one.location, one.sku].append(one)
    return told


def foretold(at: int, one: Episode) -> bool:
    """Whether an alert that foretells a stockout foretold one that began at `at`: it opened before, and was open then."""
    return one.opened_at < at <= _end(one)


def missed(found: list[Episode], start: int) -> tuple[int, int]:
    """How many stockouts began in the period, and how many of them no alert had foretold that was open at that time."""
    told = by_position(found)
    stockouts = [one for one in found if one.type == STOCKOUT and one.opened_at >= start]
    blind = [
        one
        for one in stockouts
        if not any(foretold(one.opened_at, old) for old in told.get((one.location, one.sku), ()))
    ]
    return len(stockouts), len(blind)


def difference(before: list[Episode], after: list[Episode], start: int, samples: int = 20) -> dict[str, Any]:
    """The two beside each other as JSON: counts by type and severity, and the dearest of each kind of change."""
    both, added, gone = pairs(before, after)
    moved = [pair for pair in both if pair.has_moved]
    earlier, later = (sum(1 for pair in moved if sign * pair.moved_ms < 0) for sign in (1, -1))
    return {
        "before": _counts(before, start), "after": _counts(after, start), "same": len(both) - len(moved),
        "added": len(added), "gone": len(gone), "moved": len(moved), "earlier": earlier, "later": later,
        "graver": sum(_rank(pair.after) > _rank(pair.before) for pair in moved),
        "milder": sum(_rank(pair.after) < _rank(pair.before) for pair in moved),
        "added_first": [one.to_dict() for one in sorted(added, key=dearest)[:samples]],
        "gone_first": [one.to_dict() for one in sorted(gone, key=dearest)[:samples]],
        "moved_first": [
            pair.to_dict() for pair in sorted(moved, key=lambda pair: dearest(pair.after))[:samples]
        ],
    }  # fmt: skip


def dearest(one: Episode) -> tuple[float, int, str]:
    """Sorts alerts by their expected loss, the greatest first."""
    return -(one.loss or 0.0), one.opened_at, one.alert_id


def _rank(one: Episode) -> int:
    return SEVERITIES.index(one.severity)


def _counts(found: list[Episode], start: int) -> Mapping[str, Any]:
    stockouts, blind = missed(found, start)
    return {
        "alerts": len(found), "by_type": dict(sorted(Counter(one.type for one in found).items())),
        "by_severity": {name: sum(one.severity == name for one in found) for name in SEVERITIES},
        "loss": round(sum(one.loss or 0.0 for one in found), 2), "stockouts": stockouts, "stockouts_missed": blind,
    }  # fmt: skip
