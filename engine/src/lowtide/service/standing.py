"""One alert as it stands now: a row of the queue, the head of the page of an alert, a row of a list of related ones."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from lowtide.actions import life
from lowtide.desk.store import Row, Transaction
from lowtide.people import Book
from lowtide.service.answer import Answer


@dataclass(frozen=True)
class ProposalFacts(Answer):
    """A proposal in one line, beside the alert that it answers."""

    proposal_id: str
    ref: str
    """LT-…, as the order carries it."""
    kind: str
    """order, production, transfer, expedite, chase or count."""
    state: str
    version: str
    """Who approves names it."""
    quantity: str
    """Units, decimal text; empty for a chase or a count."""
    unit: str
    cost: float | None
    """Money; None: the catalogue does not say."""
    supplier: str
    supplier_name: str
    from_location: str
    """Of a transfer the donor."""
    cut_off_at: int | None
    """Until when the supplier takes the order; None: at any time."""
    holder: str
    """Key of the person who has the next step."""
    holder_name: str
    marks: tuple[str, ...]
    """Codes of what a person must know, such as over_max, late."""


@dataclass(frozen=True)
class Standing(Answer):
    """One alert. Times are milliseconds since 1970 UTC, quantities decimal texts in units."""

    alert_id: str
    type: str
    severity: str
    location: str
    location_name: str
    region: str
    sku: str
    name: str
    category: str
    department: str
    supplier: str
    on_hand: str
    available: str
    on_order: str
    in_transit: str
    demand_per_day: str
    p_stockout: float | None
    """Chance of an empty shelf within the horizon, 0 to 1."""
    stockout_p50: int | None
    """First day (1 = the day of the last entry) with a chance of 50 % or more."""
    worth: float | None
    """Expected loss in money (without prices in units); None: not known."""
    opened_at: int
    last_at: int
    """Time of the last entry of the engine."""
    seq: int
    status: str
    """open, cleared, expired or superseded: what the data say."""
    state: str
    """new, acknowledged, in_progress, resolved or closed: what people did."""
    owner: str
    """Key of who has taken it; before that, of who was told or will be; empty: it was routed to nobody yet."""
    owner_name: str
    team: str
    due_at: int | None
    """When the deadline that runs now ends; None: no deadline runs."""
    due_kind: str
    """acknowledge or resolve; empty: no deadline runs."""
    overdue: bool
    because: str
    """Why it is not pushed now, a key of `because.*`; empty: it was pushed as it stands."""
    because_of: str
    """What the reason is: an alert, a silence, a message, a person; empty: nothing more is known."""
    snoozed_until: int | None
    told_at: int | None
    """When its owner was told; None: not yet."""
    group: str
    """The group in which it is told; empty: it has ended."""
    verbs: tuple[str, ...]
    """What may be done now by `lowtide.actions.life`: ack, assign, start, resolve, close, reopen, note, snooze."""
    proposal: ProposalFacts | None = None
    """The newest proposal that answers it, dead ones left out."""

    @property
    def is_open(self) -> bool:
        """The data have not ended it, and nobody has resolved or closed it."""
        return self.status == "open" and self.state in ("new", "acknowledged", "in_progress")


LIVE = ("proposed", "submitted", "approved", "exported", "confirmed")
"""States of a proposal that is worth showing beside an alert."""
FROM = """
    FROM queue AS q CROSS JOIN alert AS a ON a.alert_id = q.alert_id LEFT JOIN routed AS r ON r.alert_id = a.alert_id
    LEFT JOIN snooze AS s ON s.location = a.location AND s.sku = a.sku AND s.type = a.type"""
"""The queue with everything that a filter may ask for: the order of the queue decides which row is read first."""
COLUMNS = (
    "a.*, r.person AS routed_to, r.owner AS hears, r.team AS team, r.because AS because, r.because_of AS because_of, "
    "r.told_at AS told_at, r.grp AS grp, r.phase AS phase, r.deadline_at AS deadline_at, s.until AS snoozed_until"
)
"""What `standings` reads of an alert `a`, its row `r` of `routed` and its snooze `s`."""
_OF_ALERT = FROM.replace("queue AS q CROSS JOIN alert AS a ON a.alert_id = q.alert_id", "alert AS a")
_CHUNK = 400


def by_id(rows: Transaction, book: Book, alert_ids: Sequence[str], now: int) -> tuple[Standing, ...]:
    """These alerts in the order given; those that desk.db has forgotten are left out."""
    found: dict[str, Row] = {}
    for start in range(0, len(alert_ids), _CHUNK):
        some = alert_ids[start : start + _CHUNK]
        sql = f"SELECT {COLUMNS} {_OF_ALERT} WHERE a.alert_id IN ({', '.join('?' * len(some))})"
        found |= {row["alert_id"]: row for row in rows.rows(sql, *some)}
    return standings(rows, book, [found[one] for one in dict.fromkeys(alert_ids) if one in found], now)


def where(
    rows: Transaction, book: Book, condition: str, args: Sequence[object], now: int, most: int
) -> tuple[Standing, ...]:
    """Open alerts that a condition on `a` finds, the dearest first."""
    sql = (
        f"SELECT {COLUMNS} {_OF_ALERT} WHERE a.status = 'open' AND a.state != 'closed' AND {condition} "
        "ORDER BY a.worth DESC, a.alert_id LIMIT ?"
    )
    return standings(rows, book, rows.rows(sql, *args, most), now)


def standings(rows: Transaction, book: Book, found: Sequence[Row], now: int) -> tuple[Standing, ...]:
    """Rows of `COLUMNS` as they stand, each with the newest live proposal that answers it."""
    beside = _proposals(rows, book, found)
    return tuple(_standing(row, book, beside.get(row["alert_id"]), now) for row in found)


def _standing(row: Row, book: Book, proposal: ProposalFacts | None, now: int) -> Standing:
    owner = row["owner"] or row["hears"] or ""
    due = row["deadline_at"] if row["phase"] else None
    return Standing(
        alert_id=row["alert_id"], type=row["type"], severity=row["severity"], location=row["location"],
        location_name=row["location_name"], region=row["region"], sku=row["sku"], name=row["name"],
        category=row["category"], department=row["department"], supplier=row["supplier"], on_hand=row["on_hand"],
        available=row["available"], on_order=row["on_order"], in_transit=row["in_transit"],
        demand_per_day=row["demand_per_day"], p_stockout=row["p_stockout"], stockout_p50=row["stockout_p50"],
        worth=row["worth"], opened_at=row["opened_at"], last_at=row["last_at"], seq=row["seq"], status=row["status"],
        state=row["state"], owner=owner, owner_name=name_of(book, owner), team=row["team"] or "", due_at=due,
        due_kind=row["phase"] or "" if due is not None else "", overdue=due is not None and due <= now,
        because=row["because"] or "", because_of=row["because_of"] or "", snoozed_until=row["snoozed_until"],
        told_at=row["told_at"], group=row["grp"] or "", verbs=_verbs(row), proposal=proposal,
    )  # fmt: skip


def _verbs(row: Row) -> tuple[str, ...]:
    is_open = row["status"] == "open"
    legal = life.Standing(row["state"], row["owner"], ended=not is_open).may()
    return (*legal, *(("snooze",) if is_open and row["state"] != "closed" else ()))


def name_of(book: Book, person: str) -> str:
    """What a person is called; the key of somebody whom the file does not know."""
    known = book.people.get(person)
    return known.name if known and known.name else person


def proposal_facts(row: Row, book: Book) -> ProposalFacts:
    """A row of table `proposal` in one line."""
    return ProposalFacts(
        row["proposal_id"], row["ref"], row["kind"], row["state"], row["version"], row["quantity"], row["unit"],
        row["cost"], row["supplier"], row["supplier_name"], row["from_location"], row["cut_off_at"], row["holder"],
        name_of(book, row["holder"]), tuple(json.loads(row["marks"] or "[]")),
    )  # fmt: skip


def proposals_where(
    rows: Transaction, book: Book, condition: str, *args: object
) -> tuple[ProposalFacts, ...]:
    """The proposals that a condition on table `proposal` finds, live ones first, then the newest; at most 50."""
    live = ", ".join(f"'{state}'" for state in LIVE)
    order = f"ORDER BY state NOT IN ({live}), proposed_at DESC, proposal_id LIMIT 50"
    return tuple(
        proposal_facts(row, book)
        for row in rows.rows(f"SELECT * FROM proposal WHERE {condition} {order}", *args)
    )


def _proposals(rows: Transaction, book: Book, found: Sequence[Row]) -> dict[str, ProposalFacts]:
    """By alert the proposal made for it, else the one of its position, for an overdue delivery the chase of its supplier."""
    if not found or rows.row("SELECT 1 FROM proposal LIMIT 1") is None:
        return {}
    of_alert: dict[str, Row] = {}
    of_position: dict[tuple[str, str], Row] = {}
    live = ", ".join(f"'{state}'" for state in LIVE)
    chases = rows.rows(
        f"SELECT * FROM proposal WHERE kind = 'chase' AND state IN ({live}) ORDER BY proposed_at, proposal_id"
    )
    of_supplier = {(row["pipeline"], row["supplier"]): row for row in chases}
    for start in range(0, len(found), _CHUNK):
        some = found[start : start + _CHUNK]
        marks, pairs = ", ".join("?" * len(some)), ", ".join(["(?, ?)"] * len(some))
        sql = f"SELECT * FROM proposal WHERE alert_id IN ({marks}) AND state IN ({live}) ORDER BY proposed_at, proposal_id"
        of_alert |= {row["alert_id"]: row for row in rows.rows(sql, *(row["alert_id"] for row in some))}
        sql = (
            f"SELECT * FROM proposal WHERE (location, sku) IN (VALUES {pairs}) AND state IN ({live}) "
            "AND kind IN ('order', 'production', 'transfer') ORDER BY proposed_at, proposal_id"
        )
        places = [value for row in some for value in (row["location"], row["sku"])]
        of_position |= {(row["location"], row["sku"]): row for row in rows.rows(sql, *places)}
    chosen = {
        row["alert_id"]: of_alert.get(row["alert_id"])
        or (of_supplier.get((row["pipeline"], row["supplier"])) if row["type"] == "overdue_supply" else None)
        or of_position.get((row["location"], row["sku"]))
        for row in found
    }
    return {alert_id: proposal_facts(row, book) for alert_id, row in chosen.items() if row is not None}
