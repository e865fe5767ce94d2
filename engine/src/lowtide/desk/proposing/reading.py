"""The shelf of a warehouse: its rows become positions, items, suppliers and donors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import ceil
from zoneinfo import ZoneInfo

from lowtide.desk.proposing.policies import SUBJECT, Policy, policies
from lowtide.desk.proposing.shelf import Arrived, Due, Key, Known, Suppliers
from lowtide.people import Book
from lowtide.propose import (
    Demand,
    Donor,
    Item,
    Lane,
    Overdue,
    Position,
    Reservation,
    Supplier,
    Supply,
    Terms,
    thousandths,
)
from lowtide.rows import Row
from lowtide.warehouse import Warehouse, position_rows

_SLICE = 10_000
"""Positions that are in memory at a time."""
_MOST_DEVIATIONS = 60.0


class WarehouseShelf:
    """Reads with a handle of its own, which one thread uses. What files say is read again for each `begin`."""

    def __init__(self, warehouse: Warehouse, book: Book) -> None:
        self._warehouse, self._book = warehouse, book
        self._suppliers: Suppliers | None = None
        self._places: dict[str, Row] = {}
        self._marks: dict[str, str] = {}
        self._policies: dict[str, Policy] = {}

    def begin(self, book: Book) -> None:
        """Before a round: what files and policy say may have changed."""
        self._book, self._suppliers = book, None
        self._policies = policies(self._warehouse)

    def suppliers(self) -> Suppliers:
        if self._suppliers is None:
            named, refused = dict[str, Supplier](), dict[str, str]()
            for row in position_rows.table(self._warehouse, "supplier"):
                try:
                    named[row["supplier"]] = Supplier.of_row(row, self._book.zone, self._book.calendars)
                except ValueError as error:
                    refused[row["supplier"]] = str(error)
            lanes = [_lane(row) for row in position_rows.table(self._warehouse, "lane")]
            self._places = {row["location"]: row for row in position_rows.table(self._warehouse, "location")}
            self._suppliers = Suppliers(named, self._book.zone, lanes, refused)
        return self._suppliers

    def terms_of(self, supplier: str) -> Terms:
        policy = next(iter(self._policies.values()), Policy("", ()))
        return policy.terms({**dict.fromkeys(SUBJECT, ""), "supplier": supplier})[0]

    def positions(self, keys: Sequence[Key]) -> list[Known]:
        wanted = sorted(set(keys))
        orders = position_rows.open_orders(self._warehouse, wanted)
        return [self._known(row, orders) for row in position_rows.positions(self._warehouse, wanted)]

    def of_suppliers(self, due: Due, at: datetime) -> Iterator[list[Known]]:
        reach = self._reach(due, at)
        counts = position_rows.candidates(self._warehouse, reach)
        batch: list[str] = []
        size = 0
        for location, count in counts.items():
            batch.append(location)
            size += count
            if size >= _SLICE:
                yield self._slice(reach, batch)
                batch, size = [], 0
        if batch:
            yield self._slice(reach, batch)

    def versions(self, keys: Sequence[Key]) -> Mapping[Key, str]:
        return position_rows.versions(self._warehouse, sorted(set(keys)))

    def donors(self, known: Sequence[Known]) -> Mapping[Key, Sequence[Donor]]:
        lanes: dict[str, list[Lane]] = {}
        for lane in self.suppliers().lanes:
            lanes.setdefault(lane.to_location, []).append(lane)
        sources = {one.key: self._sources(one, lanes.get(one.key[0], [])) for one in known}
        places = sorted({place for found in sources.values() for place in found})
        if not places:
            return {}
        rows = position_rows.donors(self._warehouse, sorted({one.key[1] for one in known}), places)
        orders = position_rows.open_orders(self._warehouse, [(row["location"], row["sku"]) for row in rows])
        have = {(row["location"], row["sku"]): (self._known(row, orders), row) for row in rows}
        return {
            (location, sku): [
                Donor(giver.position, giver.terms, lane, _milli(row["display_min"]) or 0)
                for place, lane in found.items()
                if (pair := have.get((place, sku))) is not None
                for giver, row in (pair,)
            ]
            for (location, sku), found in sources.items()
        }

    def overdue(self, suppliers: Sequence[str], at: datetime) -> Mapping[tuple[str, str], Sequence[Overdue]]:
        found: dict[tuple[str, str], list[Overdue]] = {}
        rows = position_rows.overdue(self._warehouse, suppliers, round(at.timestamp() * 1000))
        for row in rows:
            grace = self._grace(row)
            due_at = datetime.fromtimestamp(row["due"] / 1000, UTC)
            if due_at + grace < at:
                line = Overdue(
                    row["location"],
                    row["sku"],
                    row["ref"],
                    thousandths(row["outstanding"]),
                    due_at,
                    row["name"],
                    row["unit"],
                )
                found.setdefault((row["pipeline"], row["supplier"]), []).append(line)
        return found

    def arrived(self, refs: Sequence[str]) -> Sequence[Arrived]:
        return [_arrived(row) for row in position_rows.arrivals(self._warehouse, refs)]

    def counted(self, keys: Sequence[Key], since: int) -> Sequence[Arrived]:
        return [_arrived(row) for row in position_rows.counts(self._warehouse, keys, since)]

    def forget(self) -> None:
        """What was looked at could not be used: all counts as changed."""
        self._marks = {}

    def has_changed(self, *tables: str) -> bool:
        changed = False
        for table in tables:
            mark = position_rows.mark(self._warehouse, table)
            changed |= not mark or self._marks.get(table) != mark
            self._marks[table] = mark
        return changed

    def _slice(self, reach: position_rows.Reach, locations: Sequence[str]) -> list[Known]:
        rows = position_rows.positions_of(self._warehouse, reach, locations)
        orders = position_rows.open_orders_of(self._warehouse, locations)
        return [self._known(row, orders) for row in rows]

    def _reach(self, due: Due, at: datetime) -> position_rows.Reach:
        """How many days the next order of each supplier must cover, a day more where zones differ."""
        named = self.suppliers().named
        days = {}
        for name, day in due.days.items():
            supplier, usual = named[name], self.terms_of(name).lead_time
            after = supplier.order_day_after(day.day)
            last = supplier.delivery(after.day, usual)
            days[name] = max(0, (last - at.astimezone(supplier.zone).date()).days) + 1
        review = max((policy.longest_review for policy in self._policies.values()), default=1.0)
        deviations = max((policy.deviations for policy in self._policies.values()), default=4.36)
        others = None if due.others is None else ceil(review) + 2
        now = round(at.timestamp() * 1000)
        return position_rows.Reach(
            days, others, sorted(named), now, None if deviations > _MOST_DEVIATIONS else deviations
        )

    def _sources(self, one: Known, lanes: Sequence[Lane]) -> dict[str, Lane | None]:
        """From where goods can come: the lanes that end here, else the places of the region."""
        location, region = one.position.location, one.position.region
        if lanes:
            return {lane.from_location: lane for lane in lanes}
        if not region:
            return {}
        near = (place for place, row in self._places.items() if row["region"] == region and place != location)
        return dict.fromkeys(sorted(near))

    def _grace(self, row: Row) -> timedelta:
        policy = self._policies.get(row["pipeline"], Policy("", ()))
        subject = {
            **dict.fromkeys(SUBJECT, ""),
            **{name: row[name] for name in ("location", "sku", "supplier")},
        }
        return timedelta(milliseconds=int(policy.values(subject).get("grace_ms", 0)))

    def _known(self, row: Row, orders: Mapping[Key, Sequence[Row]]) -> Known:
        policy = self._policies.get(row["pipeline"], Policy("", ()))
        terms, is_alone, remainder = policy.terms({name: row.get(name) or "" for name in SUBJECT})
        terms = replace(terms, lead_time=float(row["lead_time_days"])) if row["lead_time_days"] else terms
        zone = ZoneInfo(terms.time_zone)
        as_of = datetime.fromtimestamp(row["as_of"] / 1000, UTC)
        allocated = thousandths(row["allocated"])
        mean, variance = (tuple(map(float, row[name])) for name in ("demand_mean", "demand_variance"))
        position = Position(
            row["pipeline"], row["partition"], row["location"], row["sku"], as_of, thousandths(row["available"]),
            Demand(as_of.astimezone(zone).date(), mean, variance),
            tuple(_supply(order, zone, remainder) for order in orders.get((row["location"], row["sku"]), ())),
            thousandths(row["on_hand"]), thousandths(row["held"]), (Reservation(allocated),) if allocated else (),
            row["location_name"], row["region"],
        )  # fmt: skip
        return Known(
            position,
            _item(row),
            terms,
            policy.version,
            row["version"],
            bool(row["is_planned"]) or is_alone,
            row["own_abc"],
        )


def _item(row: Row) -> Item:
    return Item(
        row["sku"], row["name"], row["category"], row["department"], row["supplier"], row["unit"], _milli(row["pack"]),
        _milli(row["moq"]) or 0, _milli(row["max_stock"]), _float(row["unit_cost"]), _float(row["unit_price"]),
        _float(row["unit_margin"]), "make" if row["source"].strip().lower() == "make" else "buy",
    )  # fmt: skip


def _lane(row: Row) -> Lane:
    return Lane(
        row["from_location"], row["to_location"], row["hours"], _milli(row["pack"]), _float(row["cost"])
    )


def _supply(order: Row, zone: ZoneInfo, remainder: float) -> Supply:
    """An open order. Of one that came in part the rest comes with the chance `remainder` of the policy."""
    due = datetime.fromtimestamp(order["due"] / 1000, UTC).astimezone(zone).date()
    comes = remainder if order["is_part"] else 1.0
    return Supply(order["ref"], thousandths(order["outstanding"]), due, comes=comes)


def _arrived(row: Row) -> Arrived:
    return Arrived(row["location"], row["sku"], row["ref"], int(row["event_time"]), row["quantity"])


def _milli(value: Decimal | None) -> int | None:
    return None if value is None else thousandths(value)


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
