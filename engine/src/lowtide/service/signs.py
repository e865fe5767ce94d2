"""The open signs as lists: silent feeds, what to count first, what does not move, who slips, missing records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lowtide.errors import WarehouseError
from lowtide.rows import Row, quantity
from lowtide.service.answer import Answer, Away, finite, ms_of, ms_or_none
from lowtide.service.caller import Caller
from lowtide.service.context import Context
from lowtide.service.kept import kept
from lowtide.warehouse import Warehouse, sign_rows
from lowtide.warehouse.names import names_of_places


@dataclass(frozen=True)
class SilentFeed(Answer):
    """A till, or all sources of a location, that sends nothing."""

    location: str
    location_name: str
    source: str
    """* for all sources of the location."""
    since: int
    silent_hours: float
    """Hours since then on the clock of the data."""
    expected_records: float
    """Records that were to be expected when the alert opened."""
    alert_id: str
    owner: str


@dataclass(frozen=True)
class CountLine(Answer):
    """A position to count. The list is a rank; the odds are not a chance."""

    rank: int
    location: str
    location_name: str
    sku: str
    name: str
    on_hand: str
    """Units on record, decimal text."""
    idle_days: int
    """Days in stock without a sale."""
    usual_per_day: float
    odds: float
    worth: float | None
    """Expected loss of the alert, in money; without prices in units; None: not known."""
    alert_id: str
    owner: str


@dataclass(frozen=True)
class RestSum(Answer):
    """Stock of one type that does not move; of type `all` each position once."""

    type: str
    positions: int
    value: float | None
    """Money at cost; None: the catalogue has neither cost nor price."""
    holding_cost_month: float | None


@dataclass(frozen=True)
class RestLine(Answer):
    """A position whose stock does not move."""

    type: str
    location: str
    location_name: str
    sku: str
    name: str
    units: str
    """Units that do not move, decimal text."""
    value: float | None
    holding_cost_month: float | None
    """Money that a month of holding them costs; None of what expires."""
    cover_days: float | None
    """Of overstock: days until it is sold."""
    idle_days: int | None
    """Of slow-moving and dead stock: days without a sale."""
    expires_at: int | None
    """Of expiring stock: until when the worst lot can be sold."""
    expired: str
    """Units that have expired, decimal text."""
    alert_id: str
    owner: str


@dataclass(frozen=True)
class Slip(Answer):
    """What a supplier first promised for one day, and has put off."""

    supplier: str
    promised_on: date
    due_on: date
    """The latest day on which one of them is due now."""
    refs: int
    positions: int
    units: str
    worst_p: float | None
    """The largest chance of an empty shelf among the positions."""
    critical: int
    worth: float | None
    """Expected loss at the positions, in money; without prices in units; None: not known."""


@dataclass(frozen=True)
class Hole(Answer):
    """Records of one source without the one that should come before them, in the last two months."""

    location: str
    location_name: str
    source: str
    """Empty of a ref without an order, which is found later."""
    kind: str
    """receipt, adjustment, return or unordered."""
    alerts: int
    open: int
    last_at: int


@dataclass(frozen=True)
class Signs(Answer):
    """All lists."""

    location: str
    """Only this location; empty: all."""
    feeds: tuple[SilentFeed, ...]
    counts: tuple[CountLine, ...]
    sums: tuple[RestSum, ...]
    """By type, the most valuable first; at the end the type `all`."""
    at_rest: tuple[RestLine, ...]
    slips: tuple[Slip, ...]
    """Of all locations; empty where one is asked for, because an order is for many."""
    holes: tuple[Hole, ...]
    as_of: int
    away: Away | None


Found = tuple[list[Row], list[Row], list[Row], list[Row], list[Row], list[Row], dict[str, str]]
_MOST = 2_000
"""Lines of each list."""


def signs(context: Context, caller: Caller, location: str = "") -> Signs:
    """The open signs, of one location or of all; at most 2,000 lines of each list."""
    del caller  # everybody may see them
    away, as_of = None, context.now()
    found: Found = ([], [], [], [], [], [], {})
    try:
        found, as_of = kept(context, ("signs", location), lambda: _found(context, location))
    except WarehouseError as error:
        away = Away(error.message, error.hint or "")
    feeds, counts, sums, at_rest, slips, holes, names = found
    return Signs(
        location, tuple(_feed(row, names) for row in feeds),
        tuple(_count(rank, row, names) for rank, row in enumerate(counts, 1)), _sums(sums),
        tuple(_rest(row, names) for row in at_rest), tuple(_slip(row) for row in slips),
        tuple(_hole(row, names) for row in holes), as_of, away,
    )  # fmt: skip


def _found(context: Context, location: str) -> Found:
    with context.reading() as warehouse:
        lists = _lists(warehouse, location)
        places = {str(row["location"]) for rows in lists for row in rows if "location" in row}
        return (*lists, names_of_places(warehouse, places))


def _lists(
    warehouse: Warehouse, location: str
) -> tuple[list[Row], list[Row], list[Row], list[Row], list[Row], list[Row]]:
    part = sign_rows.at_location(location) if location else sign_rows.WHOLE
    return (
        sign_rows.feeds(warehouse, part, _MOST), sign_rows.counts(warehouse, part, _MOST),
        sign_rows.at_rest_sums(warehouse, part), sign_rows.at_rest(warehouse, part, _MOST),
        [] if location else sign_rows.slips(warehouse, part, _MOST), sign_rows.holes(warehouse, part, _MOST),
    )  # fmt: skip


def _feed(row: Row, names: dict[str, str]) -> SilentFeed:
    return SilentFeed(
        row["location"], names.get(row["location"], ""), row["source"], ms_of(row["since"]), row["silent_hours"],
        row["expected_records"], row["alert_id"], row["owner"],
    )  # fmt: skip


def _count(rank: int, row: Row, names: dict[str, str]) -> CountLine:
    return CountLine(
        rank, row["location"], names.get(row["location"], ""), row["sku"], row["name"], quantity(row["on_hand"]),
        row["idle_days"], row["usual_per_day"], row["odds"], finite(row["expected_loss"]), row["alert_id"], row["owner"],
    )  # fmt: skip


def _sums(rows: Iterable[Row]) -> tuple[RestSum, ...]:
    made = [
        RestSum(row["type"], row["positions"], _money(row["value"]), finite(row["holding_cost_month"]))
        for row in rows
        if row["positions"]
    ]
    return tuple(sorted(made, key=lambda one: (one.type == "all", -(one.value or 0.0), one.type)))


def _rest(row: Row, names: dict[str, str]) -> RestLine:
    return RestLine(
        row["type"], row["location"], names.get(row["location"], ""), row["sku"], row["name"], quantity(row["units"]),
        _money(row["value"]), finite(row["holding_cost_month"]), finite(row["cover_days"]), row["idle_days"],
        ms_or_none(row["expires_at"]), quantity(row["expired"]), row["alert_id"], row["owner"],
    )  # fmt: skip


def _slip(row: Row) -> Slip:
    return Slip(
        row["supplier"], row["promised_on"], row["due_on"], row["refs"], row["positions"], quantity(row["units"]),
        row["worst_p"], row["critical"], finite(row["expected_loss"]),
    )  # fmt: skip


def _hole(row: Row, names: dict[str, str]) -> Hole:
    return Hole(
        row["location"], names.get(row["location"], ""), row["source"], row["kind"], row["alerts"], row["open"],
        ms_of(row["last_at"]),
    )  # fmt: skip


def _money(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
