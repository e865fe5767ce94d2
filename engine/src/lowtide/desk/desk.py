"""The desk: it reads, decides, sends and writes back, in threads on a running clock, or moment by moment on a given one.

read ──▶ one transaction: mirror, decisions, cursor ──▶ lanes send ──▶ answers ──▶ decisions ──▶ …
                                                   └──▶ ship: rows to the warehouse

desk.run(stop)             until `stop` is set: a thread for each lane, one that ships, one that watches the fence
desk.once()                what is due now, and then it ends
desk.drive(script, until)  a history: the same rows give the same decisions, whatever is killed
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import ModuleType
from typing import cast

from lowtide.desk import decide as usual
from lowtide.desk.clock import Clock, LogClock, ScriptedClock, aware
from lowtide.desk.decisions import Decisions
from lowtide.desk.fence import RENEW_S, STILL_S, Fence
from lowtide.desk.history.drive import Drive
from lowtide.desk.history.script import Script
from lowtide.desk.inflow.follower import COMPARE_S, Follower
from lowtide.desk.outflow.sender import Office, Senders, settle
from lowtide.desk.outflow.ship import BATCH, again, ship
from lowtide.desk.proposing.planner import Planner
from lowtide.desk.proposing.reading import WarehouseShelf
from lowtide.desk.proposing.shelf import Shelf
from lowtide.desk.store import Store
from lowtide.errors import SettingsError, StateAccessError, WarehouseError
from lowtide.notify import link
from lowtide.notify.target import Target
from lowtide.people import Book
from lowtide.secret import Secret
from lowtide.warehouse import Warehouse

IDLE_S, BUSY_S = 1.0, 0.2
"""Seconds between two polls: at rest, and while rows come."""
_AWAY_S = 2.0
_SHIP_S = 0.25
_LEAVE_S = 10.0
"""At the end, so many seconds for what is in flight and for rows that are on their way."""
_HORIZON_MS = 60_000
"""`once` waits for what is due within a minute: the wait of a group."""


@dataclass(frozen=True)
class Done:
    """What `once` did: messages that a target took, messages that no contact took, open alerts that are not pushed now,
    and messages that still wait for their target."""

    sent: int
    dead: int
    quiet: int
    waiting: int = 0


class Desk(Office):
    """One desk over one desk.db and one warehouse. Any thread may read its attributes."""

    def __init__(
        self,
        store: Store,
        warehouse: Warehouse,
        book: Book,
        targets: Mapping[str, Target],
        clock: Clock,
        *,
        decisions: Decisions | ModuleType | None = None,
        link_keys: tuple[Secret[bytes], ...] = (),
        public_url: str | None = None,
        take_over: bool = False,
        renew_s: float = RENEW_S,
        still_s: float = STILL_S,
        compare_s: float = COMPARE_S,
    ) -> None:
        """`decisions`: those of `lowtide.desk.decide` if None. `link_keys`: the newest first."""
        super().__init__(store, targets, clock, cast("Decisions", decisions or usual), book)
        self.fence = Fence(warehouse, store, renew_s=renew_s, still_s=still_s)
        self.check, self.link, self.decided = self.fence.check, self._link, self.wake
        self.link_keys, self.public_url = link_keys, public_url
        self.warehouse_away: str | None = None
        """Why the warehouse does not answer; None: it does."""
        self.failed: BaseException | None = None
        self._warehouse, self._take_over, self._compare_s = warehouse, take_over, compare_s
        self._follower: Follower | None = None
        self._wake = threading.Event()

    def now(self) -> int:
        """The desk's clock, in milliseconds since 1970 UTC."""
        return self.clock.now()

    @property
    def standby(self) -> str | None:
        """The machine of the desk for which this one stands by."""
        return self.fence.standby

    @property
    def generation(self) -> int:
        """The number of this start; 0 before it may send."""
        return self.fence.own.number if self.fence.own else 0

    @property
    def ready(self) -> bool:
        """Everything that is open was compared once."""
        return self._follower is not None and self._follower.ready

    @property
    def repaired(self) -> int:
        """Alerts that a poll should have brought, and a full compare had to."""
        return self._follower.repaired if self._follower else 0

    @property
    def behind_s(self) -> float:
        """Seconds since the new rows were last read; 0 before the first time."""
        read_at = self._follower.read_at if self._follower else None
        return 0.0 if read_at is None else time.monotonic() - read_at

    def wake(self) -> None:
        """There is something in desk.db to decide or to send: look now."""
        if self._follower is not None:
            self._follower.next = 0
        self._wake.set()

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set. Raises SupersededError, and what stopped it."""
        with (
            self._warehouse.reader({"final": "0"}) as reading,
            self._warehouse.reader() as checking,
            self._warehouse.reader() as planning,
        ):
            self.fence.reading = checking
            if not self._begin(reading, stop):
                self._hand_over()
                return
            senders = Senders(self, self._fail)
            threads = [
                threading.Thread(target=self._ship, name="lowtide-ship", daemon=True),
                threading.Thread(target=self._watch, name="lowtide-fence", daemon=True),
                threading.Thread(target=self._plan, args=(planning,), name="lowtide-propose", daemon=True),
            ]
            for thread in threads:
                thread.start()
            try:
                self._follow(stop, senders)
            finally:
                self._leave(senders, threads)
        if self.failed is not None:
            raise self.failed

    def once(self) -> Done:
        """Tell what is due within a minute, and end. Raises WarehouseError, SupersededError, StateInUseError."""
        with self._warehouse.reader({"final": "0"}) as reading, self._warehouse.reader() as planning:
            self.fence.take(self.stop, take_over=self._take_over, waits=False)
            follower = self._follower = Follower(self, reading, compare_s=self._compare_s)
            follower.begin()
            again(self.store)
            until = self.now() + _HORIZON_MS
            follower.step()
            Planner(self, WarehouseShelf(planning, self.book)).once(self.now())
            while True:
                follower.step()
                has_sent, due = settle(self)
                if not has_sent and not self._wait(
                    min((at for at in (due, follower.next) if at), default=None), until
                ):
                    break
            while ship(self.store, self._warehouse, self.on_decision):
                pass
            self.fence.end()
        with self.store.read() as tx:
            quiet = tx.value(
                "SELECT count(*) FROM routed JOIN alert USING (alert_id) WHERE status = 'open' AND because != ''"
            )
            waiting = tx.value("SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending')")
        return Done(self.sent, self.dead, int(quiet), int(waiting))

    def drive(
        self, script: Script, until: int | None = None, *, writes: bool = True, shelf: Shelf | None = None
    ) -> None:
        """Live through a history; see `desk.drive`. The clock must be a ScriptedClock. `writes`: into the warehouse too.

        `shelf`: where positions are read for proposals; None: no proposals are made.
        """
        if not isinstance(self.clock, ScriptedClock):
            raise SettingsError("a history needs a clock that can be set", "Give the desk a `ScriptedClock`.")
        self.check = lambda: None
        planner = None if shelf is None else Planner(self, shelf)
        Drive(self, self.clock, script, self._warehouse if writes else None, planner).run(until)

    def _begin(self, reading: Warehouse, stop: threading.Event) -> bool:
        """Become the desk that sends, and compare everything; waits for a warehouse that is away. False: `stop` was set."""
        while not stop.is_set():
            try:
                if self.fence.own is None and not self.fence.take(stop, take_over=self._take_over):
                    return False
                self._follower = Follower(self, reading, compare_s=self._compare_s)
                self._follower.begin()
                again(self.store)
                self._back()
                return True
            except (WarehouseError, StateAccessError) as error:
                self._away(error)
                stop.wait(_AWAY_S)
        return False

    def _hand_over(self) -> None:
        """Ship what people did on the page before this desk was at work; while another desk is, it waits for a start."""
        at_once = threading.Event()
        at_once.set()
        with suppress(WarehouseError, StateAccessError):
            if self.fence.own is not None or self.fence.take(at_once):
                self._end()

    def _follow(self, stop: threading.Event, senders: Senders) -> None:
        follower = cast("Follower", self._follower)
        while not stop.is_set() and self.failed is None:
            self._wake.clear()
            pause = IDLE_S
            try:
                pause = BUSY_S if follower.step() else IDLE_S
                self._back()
            except WarehouseError as error:
                self._away(error)
                with suppress(StateAccessError):
                    follower.decide()
            except StateAccessError as error:
                self._away(error)
            with suppress(StateAccessError):
                senders.wake()
            self._pause(pause, follower.next, stop)

    def _pause(self, seconds: float, until: int | None, stop: threading.Event) -> None:
        """Wait for the next poll, for what is due earlier, or for somebody who wakes."""
        if until is not None:
            seconds = min(seconds, max(0.01, (until - self.now()) / 1000))
        if not stop.is_set():
            self._wake.wait(seconds)

    def _ship(self) -> None:
        while not self.stop.is_set():
            pause = _SHIP_S
            try:
                pause = 0.0 if ship(self.store, self._warehouse, self.on_decision) == BATCH else _SHIP_S
            except (WarehouseError, StateAccessError) as error:
                self._away(error)
                pause = _AWAY_S
            except BaseException as error:
                self._fail(error)
                return
            self.stop.wait(pause)

    def _plan(self, planning: Warehouse) -> None:
        try:
            Planner(self, WarehouseShelf(planning, self.book)).run(self.stop)
        except BaseException as error:
            self._fail(error)

    def _watch(self) -> None:
        self.fence.watch(self.stop, self._fail)

    def _leave(self, senders: Senders, threads: list[threading.Thread]) -> None:
        """Let what is in flight end, ship what is decided, and say that this desk has ended."""
        self.stop.set()
        senders.join(_LEAVE_S)
        for thread in threads:
            thread.join(_LEAVE_S)
        if self.failed is None:
            self._end()

    def _end(self) -> None:
        """Ship what waits, and say that this desk has ended."""
        with suppress(WarehouseError, StateAccessError):
            while ship(self.store, self._warehouse, self.on_decision):
                pass
        self.fence.end()

    def _wait(self, at: int | None, until: int) -> bool:
        """Wait until `at`, or put a clock of the log forward to it. False: it lies beyond `until`."""
        if at is None or at > until:
            return False
        if isinstance(self.clock, LogClock):
            self.clock.at_least(at)
        else:
            time.sleep(max(0.0, (at - self.now()) / 1000))
        return True

    def _link(self, notification_id: str, person: str, now: int) -> str | None:
        """The address under which the person answers; None: the desk has no address for people."""
        if not self.link_keys or not self.public_url:
            return None
        expires = aware(now) + link.LIFE
        return link.address(self.public_url, link.make(self.link_keys[0], notification_id, person, expires))

    def _away(self, error: WarehouseError | StateAccessError) -> None:
        if self.warehouse_away is None:
            self.on_decision("warehouse_away", {"why": error.message})
        self.warehouse_away = error.message

    def _back(self) -> None:
        if self.warehouse_away is not None:
            self.on_decision("warehouse_back", {})
        self.warehouse_away = None

    def _fail(self, error: BaseException) -> None:
        """A thread cannot go on: neither can the desk."""
        self.failed = self.failed or error
        self._wake.set()
