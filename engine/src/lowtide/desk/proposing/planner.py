"""The planner: it sees which order days have come and which alerts ask, reads the positions, and writes proposals.

It works in a thread and with a handle of its own, so that reading a million positions holds up no message; what it finds
becomes short transactions. While the warehouse is away it waits, and says so. What is to do is asked again each time, from
desk.db and the time, so a desk that was off or was killed goes on where it was.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from lowtide.desk.decide import catch_up, moment
from lowtide.desk.outflow.sender import Office
from lowtide.desk.proposing import alerts, reckon, taking
from lowtide.desk.proposing.alerts import Alerts
from lowtide.desk.proposing.looking import Looker
from lowtide.desk.proposing.reckon import Cause, Reckoned
from lowtide.desk.proposing.shelf import Due, Known, Shelf, Suppliers
from lowtide.desk.reasons import Reason
from lowtide.desk.store import Transaction
from lowtide.errors import StateAccessError, WarehouseError
from lowtide.propose import OrderDay, Supplier

LOOK_MS = 5 * moment.MINUTE
"""How often the positions of proposals that wait are looked at again, besides when a cut-off has passed."""
_CONFIRM_S = 5.0
"""How often it is looked whether an order came that confirms a proposal: whoever put it in is looking at the page."""
_LOOKED = "proposals_looked"
"""Under this name desk.db keeps when that was, so that a desk that is killed looks again when it would have looked."""
_POLL_S, _AWAY_S, _FAILED_S = 2.0, 10.0, 60.0


class Planner:
    """Makes proposals for one desk. `begin` of the shelf is called before each round that reads."""

    def __init__(
        self, office: Office, shelf: Shelf, say: Callable[[str, dict[str, Any]], None] | None = None
    ) -> None:
        self._office, self._shelf = office, shelf
        self._say = say or office.on_decision
        self._alerts = Alerts(office, shelf)
        self._looker = Looker(office, shelf, self._say)
        self._days_at: int | None = 0
        """When an order day is next due to be looked for; None: it is not known."""
        self._book_version = ""
        self._is_behind = False
        """Positions of an order day were left out because their source was read from behind."""
        self._refused: dict[str, str] = {}
        """Suppliers that cannot be used, as far as that was said."""
        self._is_away = False

    def run(self, stop: threading.Event) -> None:
        """Plan until `stop` is set."""
        confirmed = -_CONFIRM_S
        while not stop.is_set():
            pause, confirms = _POLL_S, time.monotonic() - confirmed >= _CONFIRM_S
            try:
                self.once(self._office.clock.now(), confirms=confirms)
                self._is_away = False
                confirmed = time.monotonic() if confirms else confirmed
            except (WarehouseError, StateAccessError) as error:
                if not self._is_away:
                    self._say("proposals_wait", {"why": error.message})
                self._is_away, pause = True, _AWAY_S
                self._shelf.forget()
            except Exception as error:  # a mistake in a proposal must not end the telling of alerts
                self._say("planning_failed", {"why": f"{type(error).__name__}: {error}"})
                self._shelf.forget()
                pause = _FAILED_S
            stop.wait(pause)

    def once(self, now: int, *, confirms: bool = True) -> int | None:
        """Do what is due; returns when an order day or a look is due next. Raises WarehouseError.

        `confirms`: look also whether an order came that confirms a proposal.
        """
        if self._office.book.version != self._book_version:
            self._book_version, self._days_at = self._office.book.version, 0
        with self._office.store.read() as tx:
            if not catch_up.is_compared(tx):
                return None
            asks = alerts.asks(tx)
            is_waiting, looked_at = _is_waiting(tx), int(tx.meta(_LOOKED) or 0)
            is_time = not 0 <= now - looked_at < LOOK_MS or (_cut_off(tx, looked_at) or now + 1) <= now
            must_look = is_waiting and is_time
        is_day = self._days_at is not None and now >= self._days_at
        if asks or must_look or is_day:
            self._begin()
        if must_look:
            self._looker.look(now)
            with self._office.store.transaction() as tx:
                tx.set_meta(_LOOKED, str(now))
        elif is_waiting and confirms:
            self._looker.confirm(now)
        made = self._alerts.answer(asks, now) if asks else 0
        if is_day:
            made += self._days(now)
        if made:
            self._say("proposals_made", {"proposals": made})
            self._office.decided()
        return self._next(now)

    def _begin(self) -> None:
        self._shelf.begin(self._office.book)
        refused = self._shelf.suppliers().refused
        for name, why in sorted(refused.items()):
            if self._refused.get(name) != why:
                self._say("supplier_refused", {"supplier": name, "why": why})
        self._refused = dict(refused)

    def _next(self, now: int) -> int | None:
        with self._office.store.read() as tx:
            look = max(now, int(tx.meta(_LOOKED) or now) + LOOK_MS) if _is_waiting(tx) else None
            times = (self._days_at, look, _cut_off(tx, now))
        return min((at for at in times if at is not None), default=None)

    def _days(self, now: int) -> int:
        """Plan the order days that have come."""
        due, self._days_at = self._due(now)
        if due.is_empty:
            return 0
        at = moment.utc(now)
        suppliers, made = self._shelf.suppliers(), 0
        self._is_behind = False
        for known in self._shelf.of_suppliers(due, at):
            found = (self._of_day(one, due, suppliers, at) for one in self._current(known))
            made += taking.take_all(self._office, [one for one in found if one is not None], now)
        if self._is_behind:  # the day is not over for positions that are still read from behind
            self._days_at = min(self._days_at or now + LOOK_MS, now + LOOK_MS)
            return made
        with self._office.store.transaction() as tx:
            for name, day in _named(due):
                tx.execute(
                    "INSERT OR IGNORE INTO proposal_plan VALUES (?, ?, ?)", name, day.day.isoformat(), now
                )
        self._say(
            "order_days_planned", {"suppliers": len(due.days) + (due.others is not None), "proposals": made}
        )
        return made

    def _due(self, now: int) -> tuple[Due, int | None]:
        """The order days that have come and were not planned, and when to look again."""
        at, days, times = moment.utc(now), dict[str, OrderDay](), list[int]()
        others: OrderDay | None = None
        suppliers = self._shelf.suppliers()
        with self._office.store.read() as tx:
            for name, supplier in [*sorted(suppliers.named.items()), ("", _anybody(suppliers))]:
                day = supplier.next_order_day(at)
                starts = moment.ms_of(day.propose_at(self._shelf.terms_of(name).propose_before))
                if starts > now:
                    times.append(starts)
                    continue
                times.append(moment.ms_of(day.closes_at))
                key = (name, day.day.isoformat())
                if tx.row("SELECT 1 FROM proposal_plan WHERE supplier = ? AND day = ?", *key) is None:
                    others = day if not name else others
                    days |= {name: day} if name else {}
        return Due(days, others), min([*times, now + moment.HOUR])

    def _of_day(self, known: Known, due: Due, suppliers: Suppliers, at: datetime) -> Reckoned | None:
        supplier = suppliers.of(known.item, known.terms)
        day = due.days.get(supplier.supplier) if supplier.known else due.others
        if day is None:
            return None
        starts = day.propose_at(known.terms.propose_before)
        cause = Cause(f"day:{supplier.supplier}:{day.day.isoformat()}", moment.ms_of(starts))
        return reckon.of_day(known, suppliers, day, cause, at)

    def _current(self, known: Sequence[Known]) -> Iterator[Known]:
        """Positions whose source is neither caught up with nor long past: the others say nothing about today."""
        with self._office.store.read() as tx:
            standings = catch_up.standings(tx)
        for one in known:
            standing = standings.of(f"{one.position.pipeline}\x1f{one.position.partition}")
            self._is_behind |= standing == Reason.CATCHING_UP
            if not standing:
                yield one


def _anybody(suppliers: Suppliers) -> Supplier:
    return Supplier.unknown("", suppliers.zone)


def _named(due: Due) -> list[tuple[str, OrderDay]]:
    return [*due.days.items(), *([("", due.others)] if due.others else [])]


def _cut_off(tx: Transaction, after: int) -> int | None:
    """The first cut-off after a time of what nobody has decided: then it is asked again for the next order day."""
    found: int | None = tx.value(
        "SELECT min(cut_off_at) FROM proposal WHERE state IN ('proposed', 'submitted') AND cut_off_at > ?",
        after,
    )
    return found


def _is_waiting(tx: Transaction) -> bool:
    return (
        tx.row(
            "SELECT 1 FROM proposal WHERE state IN ('proposed', 'submitted', 'approved', 'exported') LIMIT 1"
        )
        is not None
    )
