"""One history: a shop, receivers that fail, and a desk to which one kind of harm is done. A seed decides all but timing."""

from __future__ import annotations

import random
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lowtide.desk.points import POINTS
from lowtide.warehouse import Warehouse, open_warehouse
from tests.desk.battery import deciding, oracle, proposals
from tests.desk.battery.bells import PATHS, Tower
from tests.desk.battery.desks import Desks
from tests.desk.battery.ledger import insert
from tests.desk.battery.shop import Shop, people, shop
from tests.desk.battery.stock import cut_off_after, fill
from tests.faults.clock import Clock
from tests.faults.proxy import Proxy
from tests.faults.services import small_disk

LADDER_UNIT_S = 0.1
"""How long a minute of the ladders takes."""


@dataclass
class Outcome:
    """What was done to a history and what was wrong after it."""

    kind: str
    seed: int
    done: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0


@dataclass
class Size:
    """How long a history is."""

    alerts: int = 400
    span_s: float = 45.0
    kills: int = 20
    life_s: float = 1.5
    """A kill at a random time comes at most so late; on the wall clock two seconds."""
    in_turn: bool = False
    """Every kill on the wall clock strikes at a place, at one after the other."""
    patience_s: float = 6.0
    """A desk that does not come to its place within so many seconds on the wall clock is killed where it is."""


class History:
    """The parts of a history on the wall clock. It is a context: whatever it started ends with it."""

    def __init__(self, folder: Path, front_port: int, kind: str, seed: int, size: Size) -> None:
        self.outcome = Outcome(kind, seed)
        self.chance = random.Random(f"{kind} {seed}")
        self.size, self.folder = size, folder / f"{kind}-{seed}"
        self.folder.mkdir(parents=True)
        self.database = f"{kind}_{seed}"
        self.port = front_port
        self.desk = self.folder / "desk"
        self.proxy = Proxy(front_port)
        self.acked: dict[str, float] = {}
        self.in_time = True
        self.extra_repeats = 0
        self.keeps_bodies = True
        """Messages that are repeated have their first body: desk.db was not lost."""
        self._stack = ExitStack()

    def __enter__(self) -> History:
        self.tower = self._stack.enter_context(Tower(self.folder / "bells.jsonl", heals=True))
        self.clock = Clock(self.folder / "clock")
        self.desks = self._stack.enter_context(Desks(self.clock, self.tower.port))
        self.people = people(self.folder, f"http://127.0.0.1:{self.tower.port}{PATHS['hook']}", LADDER_UNIT_S)
        self.warehouse = self._open(self.port)
        begin = time.time()
        fill(self.warehouse, self.size.alerts, begin, f"{cut_off_after(begin, 3600):%H:%M}")
        return self

    def _open(self, port: int) -> Warehouse:
        opened = open_warehouse(f"http://127.0.0.1:{port}/{self.database}", create=True)
        return self._stack.enter_context(opened)

    def __exit__(self, *_: object) -> None:
        self._stack.close()
        self.proxy.set("away")

    def shop(self) -> Shop:
        """What happens."""
        return shop(self.outcome.seed, self.size.alerts, self.size.span_s)

    def start(self, point: str = "", *, folder: Path | None = None, take_over: bool = False) -> int:
        """A desk; its process. It reaches the warehouse through the proxy."""
        url = f"http://127.0.0.1:{self.proxy.port}/{self.database}"
        return self.desks.start(folder or self.desk, url, self.people, point, take_over)

    def kill_soon(self, pid: int, point: str) -> None:
        """Kills a desk at a random time, or waits until it dies at its point."""
        limit = time.monotonic() + (self.chance.uniform(0.05, 2.0) if not point else self.size.patience_s)
        while self.desks.alive(pid) and time.monotonic() < limit:
            time.sleep(0.01)
        if self.desks.alive(pid):
            self.desks.kill(pid)
            self.outcome.done["at time"] += 1
        else:
            code = self.desks.ended(pid)
            if code == 4 and "cannot be reached" in self.desks.said(pid):
                self.outcome.done["started again"] += (
                    1  # as a supervisor does with a desk that met an outage at its start
                )
                return
            if code != -signal.SIGKILL:
                self.outcome.wrong.append(
                    f"a desk ended by itself with {code}: {self.desks.said(pid)[-1500:]}"
                )
                return
            self.outcome.done[f"at {point.partition(':')[0]}"] += 1
        self.outcome.done["kills"] += 1

    def kills(self, between: Callable[[], None] = lambda: None) -> None:
        """Kills one desk after another. A start that met an outage is not a kill; the supervisor pauses before the next."""
        for _ in range(4 * self.size.kills):
            if self.outcome.done["kills"] >= self.size.kills:
                return
            place = self.place(POINTS[:7])
            self.kill_soon(self.start(place), place)
            between()

    def place(self, places: Sequence[str]) -> str:
        """Where the next kill strikes."""
        if not self.size.in_turn:
            return point(self.chance, places)
        return f"{places[self.outcome.done['kills'] % len(places)]}:{self.chance.choice((1, 1, 2))}"

    def events(self) -> threading.Thread:
        """Starts a thread that writes the shop's entries when they happen."""
        thread = threading.Thread(target=self._write, daemon=True)
        thread.start()
        return thread

    def _write(self) -> None:
        begin = time.time()
        rows = self.shop().rows(begin)
        at = 0
        while at < len(rows):
            due = [row for row in rows[at:] if row["event_time"] <= time.time()]
            if due:
                insert(self.warehouse, due)
                for row in due:
                    if row["entry"] == "ACKNOWLEDGED":
                        self.acked[row["alert_id"]] = time.time()
                at += len(due)
            time.sleep(0.1)

    def to_end(self, events: threading.Thread, *, take_over: bool = False, limit_s: float = 240.0) -> None:
        """Lets a desk live until everything has ended, ends it, and looks at what is left."""
        pid = self.start(take_over=take_over)
        limit = time.monotonic() + limit_s
        while (
            time.monotonic() < limit and self.desks.alive(pid) and (events.is_alive() or not self._is_quiet())
        ):
            time.sleep(0.25)
        if not self.desks.alive(pid):
            self.outcome.wrong.append(f"the last desk ended: {self.desks.said(pid)[-2000:]}")
            return
        if (code := self.desks.end(pid)) != 0:
            self.outcome.wrong.append(
                f"the last desk ended with {code} after SIGTERM: {self.desks.said(pid)[-1500:]}"
            )
        self.look()

    def _is_quiet(self) -> bool:
        """Whether no message waits, nobody decides, no row is on its way, and no deadline is due within the next ladder."""
        soon = int((time.time() + 30) * 1000)
        with (
            suppress(sqlite3.Error),
            sqlite3.connect(f"file:{self.desk / 'desk.db'}?mode=ro", uri=True) as store,
        ):
            asked = (
                "SELECT value = '' FROM meta WHERE key = 'compared'",
                "SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending')",
                "SELECT count(*) FROM ship",
                "SELECT count(*) FROM news",
                "SELECT count(*) FROM proposal_ask JOIN alert USING (alert_id) WHERE status = 'open' AND state != 'closed'",
                f"SELECT count(*) FROM timer WHERE kind IN ('deadline', 'look', 'turn') AND due_at < {soon}",
                f"SELECT count(*) FROM grp WHERE because = 'WAITING' AND due_at < {soon}",
            )
            found = [store.execute(sql).fetchone() for sql in asked]
            store.row_factory = sqlite3.Row
            decided = not deciding.is_waiting(store.execute(deciding.WAITING))
            return decided and not any(row is None or row[0] for row in found)
        return False

    def look(self) -> None:
        """Judges."""
        deliveries = self.tower.deliveries()
        seen = oracle.evidence(self.desk, self.port, self.database, deliveries, self.acked)
        done = self.outcome.done
        self.outcome.wrong += oracle.first_lines(
            oracle.wrong(
                seen,
                kills=done["kills"],
                in_time=self.in_time,
                extra_repeats=self.extra_repeats,
                keeps_bodies=self.keeps_bodies,
            )
        )
        made = proposals.made(self.desk, self.port, self.database)
        self.outcome.wrong += oracle.first_lines(proposals.wrong(made))
        done.update(proposals.counts(made))
        done["messages"] += len({one["notification_id"] for one in seen.messages})
        done["deliveries"] += sum(one.arrived for one in deliveries)
        done["repeats"] += oracle.repeats(seen)
        done["lost answers"] += sum(one.way in oracle.LOST for one in deliveries)
        done["escalations"] += sum(row["entry"] == "ESCALATED" for row in seen.entries)
        for way, count in oracle.counted(deliveries).items():
            done[f"answer {way}"] += count


def point(chance: random.Random, places: Sequence[str] = POINTS[:7]) -> str:
    """Where the next kill strikes: at no place, or at the Nth visit of one."""
    if chance.random() < 0.5:
        return ""
    return f"{chance.choice(places)}:{chance.choice((1, 1, 2, 3, 5, 8, 20))}"


def killed(history: History) -> None:
    """kill -9 at random times and at named places."""
    events = history.events()
    history.kills()
    history.to_end(events)


def without_warehouse(history: History) -> None:
    """The warehouse cannot be reached, is slow, or breaks off, and the desk is killed as well."""
    history.in_time = False
    events = history.events()
    over = threading.Event()

    def disturb() -> None:
        while not over.wait(history.chance.uniform(0.5, 3.0)):
            mode = history.chance.choice(("away", "slow", "cut"))
            history.proxy.set(mode)
            history.outcome.done["outages"] += 1
            over.wait(history.chance.choice((1.0, 2.0, 5.0)))
            history.proxy.set("open")

    thread = threading.Thread(target=disturb, daemon=True)
    thread.start()
    history.kills()
    over.set()
    thread.join()
    history.to_end(events)


def lost_file(history: History) -> None:
    """desk.db is deleted between two lives: what was told comes back from the record."""
    history.keeps_bodies = False
    events = history.events()

    def lose(*, always: bool = False) -> None:
        if always or history.chance.random() < 0.3:
            # What was sent in the last second may not be in the record yet.
            history.extra_repeats += 20
            shutil.rmtree(history.desk, ignore_errors=True)
            history.outcome.done["lost files"] += 1

    for _ in range(history.size.kills):
        place = history.place(POINTS if history.size.in_turn else POINTS[:7])
        if not history.size.in_turn and history.chance.random() < 0.2:
            place = f"in_rebuild:{history.chance.choice((1, 2, 5))}"
        if history.size.in_turn and place.startswith("in_rebuild"):
            lose(always=True)
        history.kill_soon(history.start(place, take_over=True), place)
        lose()
    history.to_end(events, take_over=True)


def two_desks(history: History) -> None:
    """Two desks under supervisors that start them again even after 76: they take turns, and do not end each other."""
    history.in_time = history.keeps_bodies = False
    events = history.events()
    other = history.folder / "other"
    running: dict[Path, int] = {}
    ends = Counter[int]()
    for turn in range(history.size.kills):
        taker = other if turn % 2 else history.desk
        for folder in (history.desk, other):
            if folder not in running or not history.desks.alive(running[folder]):
                if folder in running:
                    ends[history.desks.ended(running[folder])] += 1
                running[folder] = history.start(folder=folder, take_over=folder == taker)
        time.sleep(history.chance.uniform(2.0, 8.0))
        victim = history.chance.choice((history.desk, other))
        if history.desks.alive(running[victim]):
            history.desks.kill(running[victim])
            history.outcome.done["kills"] += 1
            history.outcome.done["at one of two"] += 1
    for pid in running.values():
        if history.desks.alive(pid):
            history.desks.end(pid)
    history.outcome.done["superseded"] += ends[76]
    history.outcome.done["entries of the other desk"] += proposals.written(other)
    if unknown := set(ends) - {76, -signal.SIGKILL, 0}:
        history.outcome.wrong.append(f"a desk ended with {unknown}")
    # A message that one desk sent and had not shipped may be sent by the other one: at most five seconds at each change.
    history.extra_repeats += 60 * history.size.kills
    history.to_end(events, take_over=True)


def full_disk(history: History) -> None:
    """The disk of desk.db is full for a time."""
    history.in_time = False
    with small_disk(history.desk) as resize:
        events = history.events()
        for _ in range(max(1, history.size.kills // 4)):
            pid = history.start()
            time.sleep(history.chance.uniform(0.5, 2.0))
            _fill(history, resize, history.chance.choice((0, 20_000, 100_000)))
            history.outcome.done["full disks"] += 1
            time.sleep(history.chance.uniform(0.5, 3.0))
            if history.desks.alive(pid) and history.chance.random() < 0.5:
                history.kill_soon(pid, "")
                resize(64 << 20)
            else:
                resize(64 << 20)
                time.sleep(1.0)
            if history.desks.alive(pid):
                history.desks.end(pid)
            else:
                _says_full(history, pid)
        history.to_end(events)


def _fill(history: History, resize: Callable[[int], object], free: int) -> None:
    """Makes the disk so small that `free` bytes are left; the desk goes on writing while it is measured."""
    for more in range(20):
        used = sum(file.stat().st_blocks * 512 + 4096 for file in history.desk.rglob("*"))
        with suppress(subprocess.CalledProcessError):
            resize(used + free + more * 8192)
            return
    raise AssertionError("the disk cannot be made smaller")


def _says_full(history: History, pid: int) -> None:
    code, said = history.desks.ended(pid), history.desks.said(pid)
    if code not in (-signal.SIGKILL, 0) and "disk is full" not in said and "No space" not in said:
        history.outcome.wrong.append(
            f"a desk ended with {code} and does not say that the disk is full: {said[-800:]}"
        )


def wrong_clock(history: History) -> None:
    """The wall clock of the desk jumps by up to an hour, and it is killed as well."""
    history.in_time = False
    events = history.events()

    def jump() -> None:
        history.clock.set(history.chance.choice((0.0, 0.0, 3600.0, -3600.0, 60.0, -60.0)))
        history.outcome.done["clock jumps"] += 1

    history.kills(between=jump)
    history.clock.set(0.0)
    history.to_end(events)


KINDS: dict[str, Callable[[History], Any]] = {
    "killed": killed, "away": without_warehouse, "file": lost_file, "two": two_desks, "disk": full_disk,
    "clock": wrong_clock,
}  # fmt: skip


def tell(folder: Path, port: int, kind: str, seed: int, size: Size) -> Outcome:
    """Plays one history."""
    begin = time.monotonic()
    with History(folder, port, kind, seed, size) as history:
        try:
            KINDS[kind](history)
        except Exception as error:
            history.outcome.wrong.append(f"{type(error).__name__}: {error}")
    history.outcome.seconds = round(time.monotonic() - begin, 1)
    return history.outcome
