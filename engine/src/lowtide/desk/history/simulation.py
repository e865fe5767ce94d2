"""What a file of people would have done to a period that is over: the pure stages of the desk over given entries.

Nothing is sent and nothing is stored: targets take everything, and desk.db is a file that is thrown away. What people did at
that time (who acknowledged what) is part of the entries. Times are milliseconds since 1970 UTC.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from lowtide.desk import decide as stages
from lowtide.desk.clock import ScriptedClock, aware
from lowtide.desk.decisions import Decisions
from lowtide.desk.history.drive import Drive
from lowtide.desk.history.script import Item, Script
from lowtide.desk.history.simulated import Load, Simulation, Untold
from lowtide.desk.inflow import mirror
from lowtide.desk.inflow.follower import decide
from lowtide.desk.outflow.sender import Office
from lowtide.desk.store import Store
from lowtide.ledger import DESK, ENDED
from lowtide.notify.answer import Answer, Outcome
from lowtide.notify.message import Message
from lowtide.notify.target import Target
from lowtide.people import Book
from lowtide.rows import Row, moment

HOUR_MS = 3_600_000
TOLD = ("warning", "critical")
"""Severities that are pushed; alerts to watch stand in the digest."""
_NO_PUSH = ("DIGEST", "REVIEW", "ALL_ENDED")
_STEPS = 20
_MEMORY = Path("/dev/shm")


class _Listener:
    """A target that takes everything."""

    kind, personal, can_tell_repeats, rate, deadline_s = "simulation", True, True, (), 1.0

    def __init__(self, name: str) -> None:
        self.name = name

    def render(self, message: Message) -> bytes:
        return b""

    def marked(self, body: bytes) -> bytes:
        return body

    def send(self, body: bytes, notification_id: str, now: datetime) -> Answer:
        return Answer(Outcome.SENT)

    def close(self) -> None: ...


class _Listeners(dict[str, Target]):
    """Every contact has a target."""

    def __missing__(self, name: str) -> Target:
        return self.setdefault(name, cast("Target", _Listener(name)))


def simulate(
    entries: Iterable[Row],
    book: Book,
    start: int,
    end: int,
    *,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Simulation:
    """Live through the entries of a period with these people. The entries are those of `desk_rows.entries_between`."""
    rows = [row | {"is_open": 1} for row in entries if row["actor"] != DESK and row["event_time"] < end]
    memory = _MEMORY if _MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="lowtide-", dir=memory) as folder:
        store = Store.open(Path(folder) / "desk.db")
        try:
            _live(store, rows, book, start, end, progress)
            return _simulation(store, rows, book, start, end)
        finally:
            store.close()


def _live(
    store: Store, rows: list[Row], book: Book, start: int, end: int, progress: Callable[[int, int], None]
) -> None:
    clock = ScriptedClock(start)
    office = Office(store, _Listeners(), clock, cast("Decisions", stages), book)
    before = [row for row in rows if row["event_time"] <= start]
    with (
        store.transaction() as tx
    ):  # what was open at the beginning counts as caught up with, as at the start of a desk
        tx.set_meta("clock", clock.name)
        mirror.apply(tx, before, start)
        office.decisions.started(tx)
        decide(office, tx, start)
        office.decisions.compared(tx)
        for key in ("now", "met"):
            tx.set_meta(key, str(start))
    script = Script(Item(row["event_time"], "entry", row) for row in rows if row["event_time"] > start)
    drive = Drive(office, clock, script, None)
    for step in range(1, _STEPS + 1):
        drive.run(start + (end - start) * step // _STEPS)
        progress(step, _STEPS)


@dataclass
class _Life:
    """What the entries say of one alert within the period."""

    row: Row
    worth: float = 0.0
    is_known: bool = False
    severity: str = ""


def _lives(rows: list[Row], start: int) -> dict[str, _Life]:
    """The alerts that were a warning or critical within the period, each with its greatest expected loss there."""
    found: dict[str, _Life] = {}
    for row in sorted(rows, key=lambda row: (row["event_time"], row["seq"])):
        alert_id = row["alert_id"]
        if row["action_id"]:
            continue
        if row["event_time"] <= start:  # only how it stood at the beginning counts
            found.pop(alert_id, None)
        if row["entry"] in ENDED or row["severity"] not in TOLD:
            continue
        life = found.setdefault(alert_id, _Life(row))
        life.worth = max(life.worth, row["worth"] or 0.0)
        life.is_known |= row["worth"] is not None
        if life.severity != "critical":
            life.severity = row["severity"]
    return found


def _simulation(store: Store, rows: list[Row], book: Book, start: int, end: int) -> Simulation:
    with store.read() as tx:
        sent = [
            json.loads(row["row"])
            for row in tx.rows("SELECT row FROM ship WHERE table_name = 'notification'")
        ]
        owners = {
            fact["alert_id"]: fact["owner"]
            for row in tx.rows("SELECT row FROM ship WHERE table_name = 'ledger' ORDER BY n")
            if (fact := json.loads(row["row"]))["entry"] in ("ROUTED", "ASSIGNED")
        }
    sent = [row for row in sent if row["state"] == "sent"]
    lives = _lives(rows, start)
    named = {one for row in sent if row["reason"] != "ALL_ENDED" for one in row["alerts"]} & lives.keys()
    untold = [_untold(life, owners) for alert_id, life in lives.items() if alert_id not in named]
    untold.sort(key=lambda one: (-(one.worth or 0.0), one.alert_id))
    return Simulation(
        book.version, start, end, _loads(sent, owners, lives, book, start, end), len(lives), len(named),
        sum(life.worth for life in lives.values()), sum(lives[one].worth for one in named), tuple(untold),
        {one: owners.get(one, "") for one in lives},
    )  # fmt: skip


def _untold(life: _Life, owners: Mapping[str, str]) -> Untold:
    row = life.row
    return Untold(
        row["alert_id"], row["type"], life.severity, row["location"], row["sku"], row["name"],
        owners.get(row["alert_id"], ""), row["opened_at"], life.worth if life.is_known else None,
    )  # fmt: skip


def _loads(
    sent: list[Any], owners: Mapping[str, str], lives: Mapping[str, _Life], book: Book, start: int, end: int
) -> tuple[Load, ...]:
    pushes: dict[str, list[int]] = defaultdict(list)
    digests: Counter[str] = Counter()
    named: dict[str, set[str]] = defaultdict(set)
    for row in sent:
        if row["reason"] in _NO_PUSH:
            digests[row["person"]] += row["reason"] == "DIGEST"
            continue
        pushes[row["person"]].append(round(moment(row["decided_at"]).timestamp() * 1000))
        named[row["person"]] |= set(row["alerts"]) & lives.keys()
    owned = Counter(owners.get(one, "") for one in lives)
    return tuple(
        Load(
            person, owner_hours(book, person, start, end), len(pushes[person]), most_in_an_hour(pushes[person]),
            digests[person], owned[person], round(sum(lives[one].worth for one in named[person]), 2),
        )
        for person in sorted({*pushes, *digests, *owned} - {""})
    )  # fmt: skip


def owner_hours(book: Book, person: str, start: int, end: int) -> float:
    """Hours of a person's calendar between two times."""
    return round(book.person_calendar(person).elapsed(aware(start), aware(end)) / HOUR_MS, 3)


def most_in_an_hour(times: Iterable[int]) -> int:
    """The most of these times within 60 minutes."""
    window: list[int] = []
    most = 0
    for at in sorted(times):
        window = [*(time for time in window if time > at - HOUR_MS), at]
        most = max(most, len(window))
    return most
