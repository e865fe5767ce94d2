"""A desk on a given clock, and a shelf of positions that a test writes: no warehouse, and everything else real."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from lowtide.desk import decide
from lowtide.desk.clock import ScriptedClock
from lowtide.desk.decisions import Decisions
from lowtide.desk.history.drive import Drive
from lowtide.desk.history.script import Script
from lowtide.desk.outflow.sender import Office
from lowtide.desk.proposing import answering, fresh
from lowtide.desk.proposing.decider import Decider
from lowtide.desk.proposing.planner import Planner
from lowtide.desk.proposing.shelf import Arrived, Due, Key, Known, Suppliers
from lowtide.desk.store import Store
from lowtide.people import Book
from lowtide.propose import Demand, Donor, Item, Overdue, Position, Supplier, Terms
from lowtide.rows import moment
from tests.desk.office import FakeTarget

PEOPLE = """
time_zone: Asia/Shanghai
calendars:
  office: {holidays: CN, work: {mon-fri: "09:00-18:00"}}
people:
  zhao: {name: 赵总, calendar: office, contacts: [first]}
  wang: {name: 王芳, lead: zhao, calendar: office, contacts: [first], approve_up_to: 50000}
  chen: {name: 陈晨, lead: wang, lang: zh, calendar: office, contacts: [first], approve_up_to: 1000, deputy: li}
  li: {name: 李雷, lead: wang, calendar: office, contacts: [first], approve_up_to: 100}
teams:
  buyers: {lead: wang, members: [chen], fallback: wang, calendar: office}
routes:
  - {to: buyers, group_by: [supplier]}
ladders:
  critical: {ack: 30m, resolve: 4h, steps: [owner 0m, lead 30m], repeat: 2h}
  warning: {ack: 4h, resolve: 2d, steps: [owner 0m, lead 4h], repeat: 1d}
  watch: {steps: [digest]}
targets:
  first: {kind: file, path: first.jsonl}
  erp: {kind: file, path: erp.jsonl}
"""
BOOK = Book.read(PEOPLE, "people.yaml")
DAIRY = Supplier(
    "V002", "Dairy Co", order_days=frozenset({0, 3}), cut_off=15 * 60, delivery_days=frozenset({1, 4}), lead_time=1.0,
    zone=BOOK.zone, expedite_to=1.0, expedite_cost=5.0,
)  # fmt: skip
"""Orders on Monday and Thursday until 15:00, deliveries on Tuesday and Friday."""
TERMS = Terms(time_zone="Asia/Shanghai", lead_time=1.0)


def ms(text: str) -> int:
    """A local time of Shanghai, such as `2026-11-30 14:00`, in milliseconds since 1970 UTC."""
    return round(moment(text.replace(" ", "T") + ":00+08:00").timestamp() * 1000)


def milk(
    location: str = "330", sku: str = "1001", available: str = "5", mean: float = 10.0, **more: Any
) -> Known:
    """A position that sells `mean` a day; it is read on Monday, 2026-11-30."""
    days = 15
    position = Position(
        "shop", "log/0", location, sku, moment("2026-11-30T01:00:00Z"), round(float(available) * 1000),
        Demand(date(2026, 11, 30), tuple(mean * n for n in range(1, days)), tuple(2 * mean * n for n in range(1, days))),
        on_hand=round(float(available) * 1000), location_name="人民路店", region="华东",
    )  # fmt: skip
    item = Item(
        sku,
        "Milk",
        "DAIRY",
        supplier="V002",
        unit="piece",
        pack=12_000,
        unit_cost=4.0,
        unit_price=6.0,
        margin=2.0,
    )
    known = Known(position, item, TERMS, "policy000001", more.pop("version", "1"))
    terms = {name: value for name, value in more.items() if hasattr(TERMS, name)}
    return replace(known, terms=replace(TERMS, **terms)) if terms else known


@dataclass
class RowShelf:
    """A shelf in memory. A test changes it between moments, and says so with `touch`."""

    known: list[Known] = field(default_factory=list)
    named: dict[str, Supplier] = field(default_factory=lambda: {"V002": DAIRY})
    late: dict[tuple[str, str], list[Overdue]] = field(default_factory=dict)
    came: list[Arrived] = field(default_factory=list)
    counts: list[Arrived] = field(default_factory=list)
    givers: dict[Key, list[Donor]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    reads: int = 0
    changed: bool = True

    def begin(self, book: Book) -> None: ...
    def forget(self) -> None: ...

    def suppliers(self) -> Suppliers:
        return Suppliers(self.named, BOOK.zone, refused=self.refused)

    def terms_of(self, supplier: str) -> Terms:
        return TERMS

    def positions(self, keys: Sequence[Key]) -> list[Known]:
        self.reads += 1
        return [one for one in self.known if one.key in keys]

    def of_suppliers(self, due: Due, at: datetime) -> Iterator[list[Known]]:
        self.reads += 1
        yield [one for one in self.known if one.item.supplier in due.days or due.others is not None]

    def versions(self, keys: Sequence[Key]) -> Mapping[Key, str]:
        return {one.key: one.version for one in self.known if one.key in keys}

    def donors(self, known: Sequence[Known]) -> Mapping[Key, Sequence[Donor]]:
        return {one.key: self.givers.get(one.key, []) for one in known}

    def overdue(self, suppliers: Sequence[str], at: datetime) -> Mapping[tuple[str, str], Sequence[Overdue]]:
        return {key: lines for key, lines in self.late.items() if key[1] in suppliers}

    def arrived(self, refs: Sequence[str]) -> Sequence[Arrived]:
        return [one for one in self.came if one.ref in refs]

    def counted(self, keys: Sequence[Key], since: int) -> Sequence[Arrived]:
        return [one for one in self.counts if (one.location, one.sku) in keys and one.event_time >= since]

    def has_changed(self, *tables: str) -> bool:
        changed, self.changed = self.changed, False
        return changed

    def put(self, known: Known, version: str = "") -> None:
        """The position is another one now."""
        version = version or f"{len(self.known)}.{self.reads}"
        self.known = [one for one in self.known if one.key != known.key] + [replace(known, version=version)]
        self.changed = True


_ALL = "SELECT * FROM proposal ORDER BY proposed_at, kind, location, sku"


class Life:
    """One desk that lives from moment to moment."""

    def __init__(
        self, folder: Path, shelf: RowShelf, rows: Sequence[dict[str, Any]] = (), book: Book = BOOK,
        since: str = "2026-11-29 08:00",
    ) -> None:  # fmt: skip
        self.store = Store.open(folder / "desk.db")
        self.store._writer.execute("PRAGMA synchronous = OFF")  # no test here cuts the power
        self.clock, self.shelf = ScriptedClock(), shelf
        self.first, self.erp = FakeTarget("first"), FakeTarget("erp")
        self.messages: list[dict[str, Any]] = []
        self.first.render = self._render  # type: ignore[method-assign]
        targets = {"first": self.first, "erp": self.erp}
        self.office = Office(self.store, targets, self.clock, cast("Decisions", decide), book)  # type: ignore[arg-type]
        self.planner = Planner(self.office, shelf)
        self.script = Script.of([seed(ms(since)), *rows])
        self.drive = Drive(self.office, self.clock, self.script, None, self.planner)

    def _render(self, message: Any) -> bytes:
        from lowtide.notify.letter import letter

        text = letter(message, 5)
        row = {
            "to": message.person, "reason": message.reason, "worth": message.worth, "title": text.title,
            "lines": list(text.lines),
        }  # fmt: skip
        self.messages.append(row)
        return json.dumps(row, ensure_ascii=False).encode()

    def until(self, text: str) -> Life:
        """Live on until a local time."""
        self.drive.run(ms(text))
        self.clock.set(ms(text))
        return self

    def rows(
        self, sql: str = "SELECT * FROM proposal ORDER BY proposed_at, kind, location, sku", *args: Any
    ) -> list[dict[str, Any]]:
        with self.store.read() as tx:
            return [dict(row) for row in tx.rows(sql, *args)]

    def one(self, state: str = "proposed") -> dict[str, Any]:
        (row,) = [row for row in self.rows() if row["state"] == state]
        return row

    def shipped(self) -> list[dict[str, Any]]:
        """The entries of proposals on their way to the ledger, in the order in which they were written."""
        rows = self.rows("SELECT row FROM ship WHERE table_name = 'ledger' ORDER BY n")
        return [row for row in (json.loads(one["row"]) for one in rows) if row.get("proposal_id")]

    def kinds(self) -> list[str]:
        return [row["entry"] for row in self.shipped()]

    def approve(
        self, who: str, version: str | None = None, quantity: str | None = None, key: str | None = None,
        proposal_id: str | None = None,
    ) -> Any:  # fmt: skip
        """A person approves a proposal, by default the last one that waits."""
        (row,) = [
            row
            for row in self.rows()
            if row["state"] in ("proposed", "submitted", "approved", "superseded")
            and proposal_id in (None, row["proposal_id"])
        ][-1:]
        now = self.clock.now()
        found = answering.rows(self.store, [row["proposal_id"]])
        numbers = fresh.reckoned(
            self.shelf, self.office.book, found.values(), now, answering.transfers(self.store)
        )
        order = answering.Order(row["proposal_id"], version or row["version"], quantity)
        answers = answering.approve(
            self.store, self.office.book, [order], Decider(who, who), now, numbers, key=key
        )
        return answers[row["proposal_id"]]

    def close(self) -> None:
        self.store.close()


def seed(at: int) -> dict[str, Any]:
    """The feed of the positions is known and at rest from a time on."""
    feed = {"pipeline": "shop", "partition": "log/0", "clock": at, "ended": 1}
    return {"at": at, "feed": feed}


def alert(alert_id: str, at: str, kind: str = "OPENED", seq: int = 1, **more: Any) -> dict[str, Any]:
    """An entry of the core at a local time."""
    return {
        "event_time": ms(at), "entry": kind, "alert_id": alert_id, "seq": seq, "type": "projected_stockout",
        "severity": "warning", "location": "330", "sku": "1001", "supplier": "V002", "category": "DAIRY", "worth": 40.0,
        "pipeline": "shop", "partition": "log/0", "opened_at": ms(at),
    } | more  # fmt: skip


def later(known: Known, days: float) -> Known:
    """The same position read some days later."""
    return replace(known, position=replace(known.position, as_of=known.position.as_of + timedelta(days=days)))
