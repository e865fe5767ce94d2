"""What the warehouse keeps about one alert: its entries, what people and the desk did, and the record of its position."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lowtide.actions import life
from lowtide.explain import Explanation
from lowtide.explain import explain as explain_entries
from lowtide.explain.zones import zones
from lowtide.ledger import ENDED
from lowtide.people import Book
from lowtide.rows import Row, plain_row
from lowtide.service.answer import Answer, ms_of
from lowtide.service.projection import Projection
from lowtide.service.record import Record, record
from lowtide.service.standing import Standing, name_of
from lowtide.warehouse import Warehouse, queries
from lowtide.words import Language


@dataclass(frozen=True)
class Entry(Answer):
    """One ledger entry of the engine."""

    seq: int
    entry: str
    severity: str
    at: int
    reason: str
    policy_version: str
    available: str
    p_stockout: float | None


@dataclass(frozen=True)
class Event(Answer):
    """One thing that people or the desk did."""

    at: int
    entry: str
    """ROUTED, ACKNOWLEDGED, ASSIGNED, STARTED, RESOLVED, CLOSED, REOPENED, NOTED, ESCALATED or SNOOZED."""
    actor: str
    actor_name: str
    owner: str
    owner_name: str
    """Who has it from now on; empty: it leaves the owner as it is."""
    feedback: str
    """right, false or unnecessary; empty: not a closing."""
    comment: str
    until: int | None
    """Of SNOOZED when it ends."""


@dataclass(frozen=True)
class AlertFile:
    """The file of one alert; rows are in their JSON form (`rows.plain_row`)."""

    entries: list[Row]
    """Of the engine, by seq."""
    actions: list[Row]
    """Of people, in order of time; and to whom it was routed."""
    desk: list[Row]
    names: dict[str, str]
    item: Row | None
    place: str
    zone: str
    record: Record | None
    """None: the warehouse has not seen the position."""

    @property
    def last(self) -> Row:
        """Its last entry."""
        return self.entries[-1]


def alert_file(warehouse: Warehouse, alert_id: str) -> AlertFile:
    """The file of the alert with this whole id. Raises WarehouseError, SettingsError."""
    found = [plain_row(row) for row in queries.alert_entries(warehouse, alert_id)]
    actions = [plain_row(row) for row in queries.alert_actions(warehouse, alert_id, routed=True)]
    desk = [plain_row(row) for row in queries.alert_desk(warehouse, alert_id)]
    location, sku = found[0]["location"], found[0]["sku"]
    known = record(warehouse, location, sku)
    item = queries.catalogue_item(warehouse, sku)
    zone = known.zone if known else zones(warehouse, found[:1])[0]
    place = known.place if known else ""
    return AlertFile(found, actions, desk, queries.names_of_people(warehouse), item, place, zone, known)


def explained(known: AlertFile, tell: Language) -> Explanation:
    """The sentences and the numbers, as `lowtide explain` gives them, with the stock of now."""
    own = known.record
    people = [row for row in known.actions if row["entry"] != "ROUTED"]
    return explain_entries(
        known.entries, known.item, tell.lang, people, desk=known.desk, names=known.names, place=known.place, zone=known.zone,
        now=own.stock if own else None, orders=own.orders if own else [], days=own.demand if own else [],
        terms=own.terms if own else None,
    )  # fmt: skip


def chart(known: AlertFile, standing: Standing, tell: Language) -> Projection | None:
    """The chart of the position while the alert is open."""
    if known.record is None or standing.status != "open":
        return None
    return known.record.projection(tell)


def entries(known: AlertFile) -> tuple[Entry, ...]:
    """The engine's entries."""
    return tuple(
        Entry(
            row["seq"], row["entry"], row["severity"], _ms(row["event_time"]), row["reason"], row["policy_version"],
            str(row["available"]), row["p_stockout"],
        )
        for row in known.entries
    )  # fmt: skip


def events(known: AlertFile, book: Book) -> tuple[Event, ...]:
    """What people and the desk did, in order of time."""
    found = [_action(row, book) for row in known.actions if row["entry"] != "ROUTED"]
    found += [_desk(row, book) for row in known.desk]
    return tuple(sorted(found, key=lambda event: event.at))


def _action(row: Row, book: Book) -> Event:
    return Event(
        _ms(row["acted_at"]), row["entry"], row["actor"], name_of(book, row["actor"]), row["owner"],
        name_of(book, row["owner"]), row["feedback"], row["comment"], None,
    )  # fmt: skip


def _desk(row: Row, book: Book) -> Event:
    actor = "" if row["actor"] == "desk" else name_of(book, row["actor"])
    owner = "" if row["entry"] == "SNOOZED" else row["person"]
    return Event(
        _ms(row["decided_at"]), row["entry"], row["actor"], actor, owner, name_of(book, owner), "", row["comment"],
        _ms(row["until"]) if row["until"] else None,
    )  # fmt: skip


def forgotten(known: AlertFile, book: Book) -> Standing:
    """An alert that desk.db has forgotten because it ended days ago: as its last entry and its people left it."""
    last, first = known.last, known.entries[0]
    status = last["entry"].lower() if last["entry"] in ENDED else "open"
    done = [
        life.Action(
            row["entry"], row["actor"], datetime.fromisoformat(row["acted_at"]), row["owner"], row["feedback"],
            row["comment"], row["action_id"],
        )
        for row in known.actions
    ]  # fmt: skip
    left = life.fold(done, ended=status != "open")
    item = (known.record.item if known.record else None) or {}
    return Standing(
        alert_id=last["alert_id"], type=last["type"], severity=last["severity"], location=last["location"],
        location_name=known.place, region="", sku=last["sku"], name=(known.item or {}).get("name", ""),
        category=item.get("category", ""), department=item.get("department", ""), supplier=item.get("supplier", ""),
        on_hand=str(last["on_hand"]), available=str(last["available"]), on_order=str(last["on_order"]),
        in_transit=str(last["in_transit"]), demand_per_day=str(last["demand_per_day"]), p_stockout=last["p_stockout"],
        stockout_p50=last["stockout_p50"], worth=None, opened_at=_ms(first["opened_at"]), last_at=_ms(last["event_time"]),
        seq=last["seq"], status=status, state=left.state, owner=left.owner, owner_name=name_of(book, left.owner), team="",
        due_at=None, due_kind="", overdue=False, because="ENDED" if status != "open" else "", because_of="",
        snoozed_until=None, told_at=None, group="", verbs=(),
    )  # fmt: skip


def _ms(text: str) -> int:
    return ms_of(datetime.fromisoformat(text))
