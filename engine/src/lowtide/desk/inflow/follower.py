"""Follow the ledger and decide: what has come and what is due becomes one transaction of desk.db."""

from __future__ import annotations

import time

from lowtide.desk import rebuild, silences
from lowtide.desk.clock import LogClock
from lowtide.desk.inflow import feed, mirror
from lowtide.desk.inflow.source import Poll, Source, move
from lowtide.desk.outflow import entry, outbox
from lowtide.desk.outflow.sender import Office
from lowtide.desk.proposing import mirror as proposals
from lowtide.desk.proposing import waiting
from lowtide.desk.store import Transaction
from lowtide.errors import LowtideError
from lowtide.ledger import ENTRIES
from lowtide.people import Book
from lowtide.rows import Row
from lowtide.warehouse import Warehouse, desk_record, proposal_rows

COMPARE_S = 600.0
"""How often all that is open is compared with the mirror."""
_CLUSTER_S = 15.0
"""The same for a cluster, whose shards number their blocks apart: there a compare is how new entries are found."""
_FEW = 10
"""Up to so many alerts that are met at a start are told as always."""
PEOPLE_S = 10.0
"""How often the people in force are looked up."""


class Follower:
    """Reads the warehouse, keeps the mirror, and lets the decisions be made. One thread uses it."""

    def __init__(self, office: Office, warehouse: Warehouse, *, compare_s: float = COMPARE_S) -> None:
        """`warehouse` is a handle that only reads."""
        self._office, self._warehouse = office, warehouse
        self._compare_s = _CLUSTER_S if warehouse.address.cluster else compare_s
        self._source = Source(warehouse, office.store)
        self.repaired = 0
        self.ready = False
        self.read_at: float | None = None
        self.next: int | None = 0
        """When the decisions next have something to do; None: only when something comes."""
        self._compared_at = 0.0
        self._people_at = 0.0
        self._refused_version = ""

    def begin(self) -> None:
        """Before the first step of a start: make desk.db if it is new, else compare it. Raises WarehouseError."""
        office, now = self._office, self._office.clock.now()
        with office.store.transaction() as tx:
            tx.set_meta("clock", office.clock.name)
        if rebuild.needs(office.store):
            rebuild.rebuild(office.store, self._warehouse, office.book, now, office.decisions)
            with office.store.transaction() as tx:
                tx.set_meta("clock", office.clock.name)
        else:
            self._catch_up(now)
        self._compared_at = self.read_at = time.monotonic()
        self.next, self.ready = 0, True

    def _catch_up(self, now: int) -> None:
        """Take what has come since the last start. If it is much, it counts as caught up with, and not as just happened."""
        office, poll = self._office, self._source.poll(now)
        for rows in poll.slices:
            with office.store.transaction() as tx:
                mirror.apply(tx, rows, now)
        with office.store.transaction() as tx:
            self._facts(tx, poll, now)
            proposals.apply(tx, office.book, poll.proposals)
            if poll.cursors:
                move(tx, poll.cursors)
        self._source.keep(poll)
        self.compare()
        with office.store.transaction() as tx:
            if tx.value("SELECT count(DISTINCT alert_id) FROM news") > _FEW:
                office.decisions.started(tx)
                decide(office, tx, now)
                office.decisions.compared(tx)

    def step(self) -> bool:
        """Read what has come, and decide if there is something to decide; returns whether rows came."""
        now = self._office.clock.now()
        poll = self._source.poll(now)
        self.read_at = time.monotonic()
        if poll.must_compare or (self.ready and self.read_at - self._compared_at >= self._compare_s):
            self.compare(counts=not poll.must_compare)
            self.next = 0
        self._look_up_people()
        if not poll.is_empty or self._is_due(now):
            self.take(poll)
        return bool(poll.slices)

    def decide(self) -> None:
        """Decide what is due, while the warehouse is away."""
        if self._is_due(self._office.clock.now()):
            self.take(Poll())

    def _is_due(self, now: int) -> bool:
        """Whether a time has come, or somebody has answered."""
        if self.next is not None and now >= self.next:
            return True
        with self._office.store.read() as tx:
            return tx.row("SELECT 1 FROM news LIMIT 1") is not None

    def compare(self, *, counts: bool = True) -> None:
        """Compare all that is open with the mirror. Raises WarehouseError."""
        missed = self._source.compare(self._office.clock.now())
        recent = proposal_rows.recent(self._warehouse, self._office.clock.now())
        with self._office.store.transaction() as tx:
            proposals.apply(tx, self._office.book, recent)
        self._compared_at = time.monotonic()
        with self._office.store.transaction() as tx:
            forget(self._office, tx, self._office.clock.now())
        if missed and counts and self.ready:
            self.repaired += missed
            self._office.on_decision("mirror_repaired", {"alerts": missed})

    def take(self, poll: Poll) -> None:
        """Keep what a poll brought, and decide."""
        office = self._office
        self._reach(poll)
        now = office.clock.now()
        for rows in poll.slices[:-1]:
            with office.store.transaction() as tx:
                mirror.apply(tx, rows, now)
        with office.store.transaction() as tx:
            if poll.slices:
                mirror.apply(tx, poll.slices[-1], now)
            self._facts(tx, poll, now)
            proposals.apply(tx, office.book, poll.proposals)
            if poll.cursors:
                move(tx, poll.cursors)
            decided, self.next = decide(office, tx, now)
        self._source.keep(poll)
        report(office, decided)

    def _reach(self, poll: Poll) -> None:
        """A desk on the clock of the log is never behind the entries that it reads: they come before the next clock."""
        clock = self._office.clock
        if isinstance(clock, LogClock):
            times = [row["event_time"] for rows in poll.slices for row in rows if row["entry"] in ENTRIES]
            clock.at_least(max(times, default=0))

    def _facts(self, tx: Transaction, poll: Poll, now: int) -> None:
        if poll.feeds is not None:
            feed.take(tx, poll.feeds, now)
            clock, reached = self._office.clock, feed.clock(tx)
            if isinstance(clock, LogClock) and reached is not None:
                clock.at_least(reached)
        if poll.silences is not None:
            silences.take(tx, poll.silences, now)

    def _look_up_people(self) -> None:
        """Go on with the people file that was put in force last."""
        if time.monotonic() - self._people_at < PEOPLE_S:
            return
        self._people_at = time.monotonic()
        version = desk_record.people_version_name(self._warehouse)
        if version in ("", self._office.book.version, self._refused_version):
            return
        row = desk_record.people_version(self._warehouse)
        if row is None:
            return
        try:
            self._office.book = Book.of_document(row["document"])
        except LowtideError as error:
            self._refused_version = version
            self._office.on_decision("people_refused", {"version": version, "why": error.message})
            return
        self.next = 0
        self._office.on_decision("people_in_force", {"version": version})


def decide(office: Office, tx: Transaction, now: int) -> tuple[list[Row], int | None]:
    """Let the decisions be made, and put what they made on its way. Returns new messages, and when to come again."""
    shipped = entry.last_shipped(tx)
    times = [waiting.step(tx, office.book, now), office.decisions.step(tx, office.book, now)]
    entry.adopt(tx, shipped)
    again = min((at for at in times if at is not None), default=None)
    return [dict(row) for row in outbox.announce(tx)], again


def forget(office: Office, tx: Transaction, now: int) -> None:
    """Take out what ended days ago, and what was decided about it."""
    if mirror.forget(tx, now):
        office.decisions.forget(tx)
    outbox.forget(tx, now)
    proposals.forget(tx, now)


def report(office: Office, decided: list[Row]) -> None:
    """Tell whoever listens which messages were decided."""
    for row in decided:
        names = ("notification_id", "target", "person", "reason", "severity")
        office.on_decision("message_decided", {name: row[name] for name in names})
