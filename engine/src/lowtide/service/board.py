"""The board: every alert by how far the work on it is, how long it has been there, and who holds it.

board(context, caller, BoardWanted())       the columns, from open to closed
stage(context, caller, "approved", …)       the cards of one column, those over their time first
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from statistics import median
from typing import Any

from lowtide.desk.decide import deadline, moment
from lowtide.desk.decide.case import load
from lowtide.desk.store import Row, Transaction
from lowtide.errors import SettingsError, WarehouseError
from lowtide.ledger import STAGES
from lowtide.people import Book
from lowtide.service.board_work import STAGE_OF, best, work
from lowtide.service.caller import Caller
from lowtide.service.context import Context
from lowtide.warehouse import position_rows


@dataclass(frozen=True)
class BoardWanted:
    """Which alerts; an empty field asks nothing."""

    holder: str = ""
    team: str = ""
    supplier: str = ""
    location: str = ""
    category: str = ""
    since: int | None = None
    """Closed ones that closed at or after this time; None: within a week."""


@dataclass(frozen=True)
class Card:
    """One alert on the board. Times are milliseconds since 1970 UTC."""

    alert_id: str
    type: str
    severity: str
    location: str
    location_name: str
    sku: str
    name: str
    supplier: str
    stage: str
    """One of `ledger.STAGES`."""
    stage_at: int
    due_at: int | None
    is_over_time: bool
    holder: str
    """The person who has to do the next step; a supplier once it is ordered or shipped (then `supplier:NAME`)."""
    worth: float | None
    proposal_id: str
    ref: str


@dataclass(frozen=True)
class Stage:
    """One column of the board."""

    stage: str
    count: int
    over_time: int
    worth: float | None
    """Expected loss of its alerts together; None: not known."""
    median_ms: int | None
    """Median time that its alerts have been in it."""
    cards: tuple[Card, ...]
    """Those over their time first, then the dearest; at most as many as were asked for."""

    def to_dict(self) -> dict[str, Any]:
        """With `cards` as a list."""
        return asdict(self)


@dataclass(frozen=True)
class Board:
    """All stages in order."""

    stages: tuple[Stage, ...]
    stuck: tuple[Card, ...]
    """What is over its time in any stage, the longest first."""

    def to_dict(self) -> dict[str, Any]:
        """With lists in place of tuples."""
        return asdict(self)


_WEEK_MS = 7 * moment.DAY
_REFS = 2_000
_EVERYBODY = BoardWanted()
_ALERTS = """
SELECT a.alert_id, a.pipeline, a.type, a.severity, a.location, a.location_name, a.sku, a.name, a.supplier, a.category,
    a.worth, a.status, a.state, a.opened_at, a.ended_at, r.owner AS person, r.team, r.clock_at,
    (SELECT max(x.at) FROM action AS x WHERE x.alert_id = a.alert_id AND x.entry = 'CLOSED') AS closed_at
FROM alert AS a JOIN routed AS r ON r.alert_id = a.alert_id
WHERE (a.status = 'open' OR ifnull(a.ended_at, 0) >= ?) AND (? = '' OR r.team = ?) AND (? = '' OR a.supplier = ?)
    AND (? = '' OR a.location = ?) AND (? = '' OR a.category = ?) ORDER BY a.alert_id
"""


def board(context: Context, caller: Caller, wanted: BoardWanted = _EVERYBODY, cards: int = 20) -> Board:
    """The board as it stands, with so many cards a stage."""
    found = _cards(context, wanted)
    stages = tuple(_stage(name, found[name], context.now(), cards) for name in STAGES)
    late = sorted(
        (card for name in STAGES for card in found[name] if card.is_over_time),
        key=lambda card: card.due_at or 0,
    )
    return Board(stages, tuple(late[:cards]))


def stage(
    context: Context,
    caller: Caller,
    name: str,
    wanted: BoardWanted = _EVERYBODY,
    cursor: str | None = None,
    limit: int = 100,
) -> tuple[Stage, str | None]:
    """One column and where its next window begins. Raises SettingsError for a name that is not a stage."""
    if name not in STAGES:
        raise SettingsError(f"not a stage: `{name}`", f"There are {', '.join(STAGES)}.")
    start = 0 if cursor is None else int(cursor) if cursor.isdecimal() and len(cursor) < 9 else -1
    if start < 0:
        raise SettingsError("the cursor is not one of this list", "Begin again without a cursor.")
    found = _cards(context, wanted)[name]
    whole = _stage(name, found, context.now(), len(found))
    shown = whole.cards[start : start + limit]
    following = str(start + limit) if start + limit < len(found) else None
    return replace(whole, cards=shown), following


def _stage(name: str, cards: Sequence[Card], now: int, most: int) -> Stage:
    known = [card.worth for card in cards if card.worth is not None]
    ordered = sorted(
        cards, key=lambda card: (not card.is_over_time, -(card.worth or 0.0), card.stage_at, card.alert_id)
    )
    return Stage(
        name, len(cards), sum(card.is_over_time for card in cards), round(sum(known), 2) if known else None,
        round(median(max(0, now - card.stage_at) for card in cards)) if cards else None, tuple(ordered[:most]),
    )  # fmt: skip


def _cards(context: Context, wanted: BoardWanted) -> dict[str, list[Card]]:
    """All cards by stage."""
    now, book = context.now(), context.book()
    since = wanted.since if wanted.since is not None else now - _WEEK_MS
    pairs = [
        value
        for name in ("team", "supplier", "location", "category")
        for value in [getattr(wanted, name)] * 2
    ]
    with context.store.read() as tx:
        known = work(tx)
        cards = [_card(tx, book, row, best(row, known), now) for row in tx.rows(_ALERTS, since, *pairs)]
    cards = _progress(context, cards, now)
    found: dict[str, list[Card]] = {name: [] for name in STAGES}
    for card in cards:
        if not wanted.holder or card.holder == wanted.holder:
            found[card.stage].append(card)
    return found


def _card(tx: Transaction, book: Book, row: Row, proposal: Row | None, now: int) -> Card:
    name, stage_at, due_at, holder = _standing(tx, book, row, proposal)
    return Card(
        row["alert_id"], row["type"], row["severity"], row["location"], row["location_name"], row["sku"], row["name"],
        row["supplier"], name, stage_at, due_at, due_at is not None and due_at <= now, holder, row["worth"],
        proposal["proposal_id"] if proposal else "", (proposal["order_ref"] or proposal["ref"]) if proposal else "",
    )  # fmt: skip


def _standing(
    tx: Transaction, book: Book, row: Row, proposal: Row | None
) -> tuple[str, int, int | None, str]:
    """Stage, since when, until when, and who holds it."""
    if row["status"] != "open" or row["state"] == "closed":
        ended = [at for at in (row["ended_at"], row["closed_at"]) if at is not None]
        return "closed", min(ended, default=row["opened_at"]), None, ""
    if proposal is None:
        return "open", row["opened_at"], _deadline(tx, book, row), row["person"]
    name = STAGE_OF[proposal["state"]]
    if name == "ordered":
        return name, proposal["stage_at"], None, f"supplier:{row['supplier']}"
    return name, proposal["stage_at"], proposal["due_at"], proposal["holder"] or row["person"]


def _deadline(tx: Transaction, book: Book, row: Row) -> int | None:
    """Until when the owner should have answered, or resolved; None: no clock runs."""
    case = load(tx, row["alert_id"]) if row["clock_at"] is not None else None
    due = deadline.of(book, case) if case is not None and case.routed.phase else None
    return None if due is None else moment.ms_of(due.at)


def _progress(context: Context, cards: Sequence[Card], now: int) -> list[Card]:
    """What was ordered may have been shipped or received since: the warehouse knows. While it is away it stays ordered."""
    refs = sorted({card.ref for card in cards if card.stage == "ordered" and card.ref})
    came: dict[tuple[str, str, str], Mapping[str, Any]] = {}
    if refs:
        with suppress(WarehouseError), context.reading() as handle:
            for start in range(0, len(refs), _REFS):
                for row in position_rows.progress(handle, refs[start : start + _REFS]):
                    came[row["location"], row["sku"], row["ref"]] = row
    return [_moved_on(card, came.get((card.location, card.sku, card.ref))) for card in cards]


def _moved_on(card: Card, came: Mapping[str, Any] | None) -> Card:
    if card.stage != "ordered" or came is None:
        return card
    if came["received_at"]:
        return replace(card, stage="received", stage_at=came["received_at"], holder="")
    return replace(card, stage="shipped", stage_at=came["shipped_at"]) if came["shipped_at"] else card
