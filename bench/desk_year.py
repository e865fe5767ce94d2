"""How much of the expected loss does one buyer hear of in a year, at a given budget, and how often is the buyer disturbed?

    python bench/desk_year.py .lowtide/warehouse --budgets 6 2

It takes the ledger of the demo (`lowtide demo` makes it), lives through its year on the clock of the log with one buyer
who works from 8 to 20 and answers nothing, and counts. Alerts are grouped by type and supplier. Loss is the greatest
expected loss of an alert while it was critical or a warning; nothing is written to the warehouse.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import record
from lowtide.desk import decide
from lowtide.desk.clock import ScriptedClock
from lowtide.desk.decide.moment import ms_of, utc
from lowtide.desk.history.drive import Drive
from lowtide.desk.history.script import Script
from lowtide.desk.outflow.sender import Office
from lowtide.desk.store import Store
from lowtide.notify.answer import Answer, Outcome
from lowtide.notify.message import Message
from lowtide.people import Book
from lowtide.people.calendar import Calendar
from lowtide.rows import moment
from lowtide.warehouse import open_warehouse

PEOPLE = """
time_zone: America/New_York
calendars: {{shift: {{work: {{daily: "08:00-20:00"}}}}}}
people:
  buyer: {{name: Buyer, calendar: shift, quiet: "20:00-08:00", budget: {budget}, digest: ["08:00"], contacts: [console]}}
routes: [{{to: buyer, group_by: [type, supplier]}}]
ladders:
  critical: {{steps: [owner 0m], calendar: shift, tell_end: false}}
  warning: {{steps: [owner 0m]}}
"""
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
TOLD = ("warning", "critical")


@dataclass
class Listener:
    """A target that takes everything and remembers which types it named."""

    name: str = "console"
    kind: str = "console"
    personal: bool = True
    can_tell_repeats: bool = True
    rate: tuple[tuple[int, int], ...] = ()
    deadline_s: float = 1.0
    types: Counter[str] = field(default_factory=Counter)

    def render(self, message: Message) -> bytes:
        lines = [*message.lines, *(line for section in message.sections for line in section.lines)]
        self.types.update({line.type for line in lines})
        return b""

    def marked(self, body: bytes) -> bytes:
        return body

    def send(self, body: bytes, notification_id: str, now: datetime) -> Answer:
        return Answer(Outcome.SENT)

    def close(self) -> None:
        pass


@dataclass
class Life:
    """What the ledger says of one alert: its greatest loss while it was to be told, and when it opened and ended."""

    type: str
    opened_at: int
    ended_at: int | None = None
    loss: float = 0.0
    is_told: bool = False
    """It was once critical or a warning."""


def lives(script: Script) -> dict[str, Life]:
    """All alerts of the year."""
    found: dict[str, Life] = {}
    for row in script.between(-1, 2**62)["entry"]:
        life = found.setdefault(row["alert_id"], Life(row["type"], row["event_time"]))
        if row["entry"] in ("CLEARED", "EXPIRED", "SUPERSEDED"):
            life.ended_at = row["event_time"]
        elif row["severity"] in TOLD:
            life.is_told = True
            life.loss = max(life.loss, row["worth"] or 0.0)
    return {alert_id: life for alert_id, life in found.items() if life.is_told}


def year(script: Script, budget: int, folder: Path) -> tuple[Store, Book, Listener]:
    """The memory of a desk that has lived through the year."""
    book, listener = Book.read(PEOPLE.format(budget=budget)), Listener()
    store = Store.open(folder / "desk.db")
    office = Office(store, {"console": listener}, ScriptedClock(), decide, book)  # type: ignore[arg-type]
    Drive(office, office.clock, script, None).run(_last(script) + DAY_MS)  # type: ignore[arg-type]
    return store, book, listener


def figures(
    store: Store, book: Book, listener: Listener, alerts: dict[str, Life], budget: int
) -> dict[str, Any]:
    """What was told, of what, and how often."""
    with store.read() as tx:
        shipped = tx.rows("SELECT row FROM ship WHERE table_name = 'notification' ORDER BY row_id")
    rows = sorted((_message(row["row"]) for row in shipped), key=lambda row: row["decided_at"])
    rows = [row for row in rows if row["state"] == "sent"]
    names = {
        alert_id for row in rows if row["reason"] != "ALL_ENDED" for alert_id in row["alerts"]
    } & alerts.keys()
    awake = {one for one, life in alerts.items() if _is_met(life, book.person_calendar("buyer"))}
    pushes = [row for row in rows if row["reason"] not in ("DIGEST", "REVIEW", "ALL_ENDED")]
    days = (rows[-1]["decided_at"] - rows[0]["decided_at"]) / DAY_MS
    return {
        "budget": budget,
        "messages": len(pushes),
        "messages a day": round(len(pushes) / days, 1),
        "reasons": dict(Counter(row["reason"] for row in rows)),
        "share of loss told": _share(names, alerts.keys(), alerts),
        "share of loss told, of alerts that a shift met": _share(names, awake, alerts),
        "share of alerts told": round(len(names) / len(alerts), 4),
        "share of alerts told, of those that a shift met": round(len(names & awake) / len(awake), 4),
        "most messages in 60 minutes": _most(row["decided_at"] for row in pushes),
        "most that are not critical in 60 minutes": _most(
            row["decided_at"] for row in pushes if row["severity"] != "critical"
        ),
        "over budget": _over_budget(pushes, budget),
        "types pushed": dict(Counter(alerts[one].type for one in names)),
        "types named, digests included": dict(listener.types),
    }


def _message(text: str) -> dict[str, Any]:
    """A row of the table `notification`, on its way to the warehouse."""
    row: dict[str, Any] = json.loads(text)
    return row | {"decided_at": ms_of(moment(row["decided_at"]))}


def _over_budget(pushes: list[Any], budget: int) -> int:
    """Messages that are not critical and were sent though the 60 minutes before held as many as the budget."""
    times: list[int] = []
    over = 0
    for row in sorted(pushes, key=lambda row: (row["decided_at"], row["severity"] == "critical")):
        at = row["decided_at"]
        times = [time for time in times if time > at - HOUR_MS]
        over += row["severity"] != "critical" and len(times) >= budget
        times += [at] if row["reason"] != "FLOOD" else []
    return over


def _share(told: Iterable[str], of: Iterable[str], alerts: dict[str, Life]) -> float:
    whole = set(of)
    return round(
        sum(alerts[one].loss for one in set(told) & whole) / sum(alerts[one].loss for one in whole), 4
    )


def _is_met(life: Life, shift: Calendar) -> bool:
    """Whether it was open, after its wait, in a minute of a shift."""
    begun = utc(life.opened_at + 30_000)
    opens = shift.next_open(begun)
    return opens is not None and (life.ended_at is None or opens.timestamp() * 1000 < life.ended_at)


def _most(times: Iterable[int]) -> int:
    window: list[int] = []
    most = 0
    for at in times:
        window = [time for time in window if time > at - HOUR_MS] + [at]
        most = max(most, len(window))
    return most


def _last(script: Script) -> int:
    at, last = script.next_after(-1), 0
    while at is not None:
        last, at = at, script.next_after(at)
    return last


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("warehouse", help="folder of the demo's embedded store")
    parser.add_argument("--budgets", type=int, nargs="+", default=[6, 2], help="messages in 60 minutes")
    parser.add_argument("--memory", default="/dev/shm", help="folder for desk.db; it is not kept")
    options = parser.parse_args()
    with open_warehouse(f"embedded:{options.warehouse}") as warehouse:
        script = Script.of_warehouse(warehouse)
    alerts, found = lives(script), []
    for budget in options.budgets:
        with tempfile.TemporaryDirectory(
            dir=options.memory if Path(options.memory).is_dir() else None
        ) as folder:
            began, used = time.time(), time.process_time()
            store, book, listener = year(script, budget, Path(folder))
            row = figures(store, book, listener, alerts, budget)
            store.close()
        row |= {"wall s": round(time.time() - began, 1), "cpu s": round(time.process_time() - used, 1)}
        print(json.dumps(row, indent=1))
        found.append(row)
    print(
        record.write(
            f"desk-year-{'-'.join(map(str, options.budgets))}", {"alerts": len(alerts), "budgets": found}
        )
    )


if __name__ == "__main__":
    main()
