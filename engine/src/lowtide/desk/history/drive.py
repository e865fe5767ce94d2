"""Live through a history on a clock that is set: one moment after another, each until nothing is left to do in it.

Position and time are kept in desk.db with the decisions. So a process that is killed goes on in the same moment, and the
decisions are those of a process that was not.
"""

from __future__ import annotations

from lowtide.desk import rebuild, silences
from lowtide.desk.clock import ScriptedClock
from lowtide.desk.history.script import Script
from lowtide.desk.inflow import feed, mirror
from lowtide.desk.inflow.follower import decide, forget, report
from lowtide.desk.outflow.sender import Office, settle
from lowtide.desk.outflow.ship import ship
from lowtide.desk.proposing.planner import Planner
from lowtide.errors import WarehouseError
from lowtide.warehouse import Warehouse, desk_record

_DAY_MS = 86_400_000
_MOST = 10_000
"""Steps in one moment: more are a mistake of the decisions."""


class Drive:
    """A desk on a script. `warehouse` None: nothing is written back. `planner` None: no proposals are made."""

    def __init__(
        self,
        office: Office,
        clock: ScriptedClock,
        script: Script,
        warehouse: Warehouse | None,
        planner: Planner | None = None,
    ) -> None:
        self._office, self._clock, self._script, self._warehouse = office, clock, script, warehouse
        self._planner = planner

    def run(self, until: int | None = None) -> None:
        """Live from where desk.db stands to `until`, or until nothing comes any more and nothing waits."""
        at = self._begin()
        while at is not None and (until is None or at <= until):
            at = self._moment(at)

    def _begin(self) -> int | None:
        """The moment in which it goes on."""
        store, decisions = self._office.store, self._office.decisions
        with store.read() as tx:
            now = tx.meta("now")
        if (
            now is None
            and self._warehouse is not None
            and (told := desk_record.last_decision(self._warehouse))
        ):
            self._clock.set(told)
            rows = self._script.until(told)
            rebuild.rebuild(
                store, self._warehouse, self._office.book, told, decisions, [rows] if rows else []
            )
            now = str(told)
        with store.transaction() as tx:
            tx.set_meta("clock", self._clock.name)
            if now is not None:
                tx.set_meta("now", now)
            else:
                decisions.started(tx)
                decisions.compared(tx)
        return int(now) if now is not None else self._script.next_after(-1)

    def _moment(self, now: int) -> int | None:
        """Everything of one moment; returns the next one."""
        self._clock.set(now)
        again, plan = self._step(now), None
        for _ in range(_MOST):
            if self._planner is not None:
                plan = self._planner.once(now)
                again = self._step(now)
            has_sent, due = settle(self._office)
            if not has_sent and (again is None or again > now):
                break
            again = self._step(now)
        else:
            raise RuntimeError(f"the decisions find no end at {now}")
        self._ship()
        times = (again, due, plan, self._script.next_after(now))
        return min((at for at in times if at is not None), default=None)

    def _step(self, now: int) -> int | None:
        office = self._office
        with office.store.transaction() as tx:
            last = int(tx.meta("met") or -1)
            met = self._script.between(last, now)
            mirror.apply(tx, met["entry"], now)
            feed.take(tx, met["feed"], now)
            silences.take(tx, met["silence"], now)
            if now // _DAY_MS != last // _DAY_MS:
                forget(office, tx, now)
            decided, again = decide(office, tx, now)
            tx.set_meta("met", str(now))
            tx.set_meta("now", str(now))
        report(office, decided)
        return again

    def _ship(self) -> None:
        """Write back what was decided; while the warehouse is away it stays on its way."""
        if self._warehouse is not None:
            try:
                while ship(self._office.store, self._warehouse, self._office.on_decision):
                    pass
            except WarehouseError as error:
                self._office.on_decision("warehouse_away", {"why": error.message})
