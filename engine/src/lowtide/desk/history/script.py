"""A history that a desk lives through on a clock that is set: rows, each with the time at which the desk meets it.

    {"at": "2026-11-30T01:00:00Z", "entry": "OPENED", "alert_id": …}       an entry: a row of the ledger
    {"at": …, "feed": {"pipeline": …, "partition": …, "clock": …, "ended": 0}}   a clock of a feed
    {"at": …, "silence": {"silence_id": …, "version": 1, …}}                      a row of the table `silence`

Without `at` an entry is met at its `event_time`. What a desk wrote itself is not part of a history.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

from lowtide.ledger import DESK
from lowtide.rows import Row, moment
from lowtide.warehouse import Warehouse, desk_rows

Kind = Literal["entry", "feed", "silence"]
_TEXTS = (
    "pipeline", "partition", "type", "severity", "location", "sku", "name", "category", "department", "supplier", "abc",
    "region", "location_name", "action_id", "actor", "owner", "feedback", "comment",
)  # fmt: skip
_QUANTITIES = ("on_hand", "available", "on_order", "in_transit", "demand_per_day")
_TIMES = ("event_time", "opened_at", "decided_at", "clock", "start_at", "end_at")


class Item(NamedTuple):
    """One row of a history."""

    at: int
    kind: Kind
    row: Row


class Script:
    """A history in order of time. Rows of one time are met together."""

    def __init__(self, items: Iterable[Item], record: Iterable[Item] = ()) -> None:
        """`record`: what a desk wrote into the ledger; it is met by a desk whose desk.db was lost, and by no other."""
        self._record = sorted(record, key=lambda item: item.at)
        self._items = sorted(items, key=lambda item: item.at)
        self._times = [item.at for item in self._items]

    @classmethod
    def read(cls, path: Path) -> Script:
        """The history of a file of JSON lines."""
        return cls.of(json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip())

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]]) -> Script:
        """The history of rows as a file has them."""
        return cls(_item(row) for row in rows)

    @classmethod
    def of_warehouse(cls, warehouse: Warehouse) -> Script:
        """All entries of a ledger that a desk did not write, each met at its event time. Raises WarehouseError."""
        rows = [row | {"is_open": 1} for rows in desk_rows.entries(warehouse) for row in rows]
        return cls(
            (Item(row["event_time"], "entry", row) for row in rows if row["actor"] != DESK),
            (Item(row["at"], "entry", row) for row in rows if row["actor"] == DESK),
        )

    def until(self, at: int) -> list[Row]:
        """All entries that a desk has met or written until then."""
        return [item.row for item in (*self._items, *self._record) if item.at <= at and item.kind == "entry"]

    def next_after(self, at: int) -> int | None:
        """The first time after `at` at which something is met; None: nothing comes any more."""
        place = bisect_right(self._times, at)
        return self._times[place] if place < len(self._times) else None

    def between(self, after: int, until: int) -> dict[Kind, list[Row]]:
        """What is met after one time and until another one, included."""
        found: dict[Kind, list[Row]] = {"entry": [], "feed": [], "silence": []}
        for item in self._items[bisect_right(self._times, after) : bisect_right(self._times, until)]:
            found[item.kind].append(item.row)
        return found


def _item(row: Mapping[str, Any]) -> Item:
    for kind in ("feed", "silence"):
        if kind in row:
            return Item(_ms(row["at"]), kind, _times(row[kind]))
    entry = _entry(row)
    return Item(_ms(row["at"]) if "at" in row else entry["event_time"], "entry", entry)


def _entry(row: Mapping[str, Any]) -> Row:
    """A row of the ledger in JSON as `desk_rows` gives it; what is missing is empty."""
    given = _times(row)
    detail = given.get("detail") or {}
    return {
        **dict.fromkeys(_TEXTS, ""),
        **dict.fromkeys(_QUANTITIES, "0"),
        **dict.fromkeys(("p_stockout", "stockout_p50", "worth")),
        "opened_at": given["event_time"],
        "pipeline": "lowtide",
        "seq": 0,
        "is_open": 1,
        **{name: value for name, value in given.items() if value is not None},
        "detail": detail if isinstance(detail, str) else json.dumps(detail, ensure_ascii=False),
        "at": given.get("decided_at") or given["event_time"],
    }


def _times(row: Mapping[str, Any]) -> Row:
    return {
        name: _ms(value) if name in _TIMES and value is not None else value for name, value in row.items()
    }


def _ms(value: Any) -> int:
    return value if isinstance(value, int) else round(moment(str(value)).timestamp() * 1000)
