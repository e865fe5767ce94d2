"""What changes between two policies: alerts that only the second has, that only the first had, and that moved.

An alert of one is the alert of the other if type, location and SKU are the same and they opened at the same time, or else
were open at the same time (`desk.history.episodes.pairs`). It moved if it opened at another time or its gravest severity is
another one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from lowtide.backtest.side import Side
from lowtide.backtest.sight import hours
from lowtide.desk.history.episodes import Episode, Pair, dearest, pairs
from lowtide.ledger import SEVERITIES
from lowtide.rows import instant_of_ms

LISTS = ("added", "gone", "moved")


def changes(before: Side, after: Side) -> dict[str, Any]:
    """The changes as JSON: counts, counts by type, and each list with the greatest expected loss first."""
    both, added, gone = pairs(list(before.found), list(after.found))
    moved = [pair for pair in both if pair.has_moved]
    lists: dict[str, list[dict[str, Any]]] = {
        "added": [row(one, after) for one in sorted(added, key=dearest)],
        "gone": [row(one, before) for one in sorted(gone, key=dearest)],
        "moved": [_pair(pair, before, after) for pair in sorted(moved, key=lambda pair: dearest(pair.after))],
    }
    shifts = sorted(pair.moved_ms for pair in moved if pair.moved_ms)
    return {
        "counts": {
            "same": len(both) - len(moved), **{name: len(rows) for name, rows in lists.items()},
            "earlier": sum(shift < 0 for shift in shifts), "later": sum(shift > 0 for shift in shifts),
            "graver": sum(_graver(pair) > 0 for pair in moved), "milder": sum(_graver(pair) < 0 for pair in moved),
        },
        "by_type": _by_type(both, lists), **lists,
    }  # fmt: skip


def _by_type(both: Sequence[Pair], lists: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    counted = {name: Counter(one["type"] for one in rows) for name, rows in lists.items()}
    same = Counter(pair.after.type for pair in both if not pair.has_moved)
    return [
        {"type": name, "same": same[name], **{list_: counted[list_][name] for list_ in LISTS}}
        for name in sorted({*same, *(name for counts in counted.values() for name in counts)})
    ]


def row(one: Episode, side: Side) -> dict[str, Any]:
    """One alert as JSON."""
    ended = None if one.ended_at is None else instant_of_ms(one.ended_at)
    return {
        "alert_id": one.alert_id, "type": one.type, "severity": one.severity, "location": one.location, "sku": one.sku,
        "name": one.name, "opened_at": instant_of_ms(one.opened_at), "ended_at": ended, "loss": one.loss,
        "owner": side.owned.get(one.alert_id, ""),
    }  # fmt: skip


def opened(side: Side) -> list[dict[str, Any]]:
    """The alerts that opened in the period, the greatest expected loss first."""
    return [row(one, side) for one in sorted(side.opened, key=dearest)]


def stockouts(sides: Sequence[Side], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """The real stockouts, with how many hours before each policy foretold it; null: it did not. `names` are of SKUs."""
    return [
        {
            "location": one.location, "sku": one.sku, "name": names.get(one.sku, ""),
            "began_at": instant_of_ms(one.opened_at),
            "ended_at": None if one.ended_at is None else instant_of_ms(one.ended_at), "loss": one.loss,
            "lead_hours": [hours(seen.lead_ms) for seen in views],
            "told_while_empty": [seen.is_told_late for seen in views],
        }
        for views in zip(*(side.sight.seen for side in sides), strict=True)
        for one in (views[0].stockout,)
    ]  # fmt: skip


def _pair(pair: Pair, before: Side, after: Side) -> dict[str, Any]:
    old = row(pair.before, before)
    was = {f"{name}_before": old[name] for name in ("alert_id", "severity", "opened_at", "ended_at", "loss")}
    return {**row(pair.after, after), **was, "later_hours": hours(pair.moved_ms)}


def _graver(pair: Pair) -> int:
    return SEVERITIES.index(pair.after.severity) - SEVERITIES.index(pair.before.severity)
