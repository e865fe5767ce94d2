"""One history: a log that is read to its end with disturbances, and the result. The seed decides everything except the
timing."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.clock import Clock
from tests.faults.ground import Ground
from tests.faults.oracle import differences, tables
from tests.faults.proxy import Proxy
from tests.faults.victim import EARLY, PLACES

DAY_S = 86_400.0


@dataclass
class Outcome:
    """How often each disturbance happened in a history, and the differences in its tables."""

    seed: int
    kind: str
    done: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def count(self, what: str, more: int = 1) -> None:
        """Adds to the count of a disturbance."""
        self.done[what] = self.done.get(what, 0) + more


class History:
    """A history over one of the shops, with a separate state folder and database."""

    def __init__(self, ground: Ground, seed: int, kind: str) -> None:
        self.ground, self.rng = ground, random.Random(f"{kind} {seed}")
        self.outcome = Outcome(seed, kind)
        self.shop, self.want = ground.shops[seed % len(ground.shops)]
        self.database = f"{kind}{seed}"
        self.state = ground.folder / "states" / self.database
        self.port: int | None = None
        self.clock: Clock | None = None
        self._workers = 0

    def start(self, place: str = "none", *more: object, block_records: int = 20) -> subprocess.Popen[bytes]:
        """The same command as before, except for options that may change between two starts."""
        workers = self.rng.choice([1, 2])
        self.outcome.count("rescales", int(self._workers not in (0, workers)))
        self._workers = workers
        return self.ground.start(
            "run", self.shop.address, "--state", self.state, "--warehouse",
            f"{self.ground.server(self.port)}/{self.database}", "--checkpoint-every", "0.1", "--workers", workers,
            "--block-records", block_records, *more, place=place, clock=self.clock,
        )  # fmt: skip

    def kill_once(self) -> None:
        """One run, killed at a named step or at a time; it may reach its end before."""
        if self.rng.random() < 0.5:
            place = self.rng.choice(list(PLACES))
            number = self.rng.randint(1, 2) if place in EARLY else int(2 ** self.rng.uniform(0, 4))
            run, limit = self.start(f"{place}:{number}"), self.rng.uniform(0.9, 2.4)
        else:
            place, run, limit = "time", self.start(), self.rng.uniform(0.1, 1.0)
        try:
            _, err = run.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            run.kill()
            _, err = run.communicate()
        if run.returncode == -signal.SIGKILL:
            self.outcome.count("kills")
            self.outcome.count(f"at {place}")
        elif run.returncode:
            self.outcome.wrong.append(f"a run ended with {run.returncode}: {err.decode()[-1500:]}")

    def to_end(self, *more: object) -> None:
        """Reads the rest, and checks the tables."""
        run = self.start("none", *more, block_records=400)
        _, err = run.communicate(timeout=300)
        if run.returncode:
            self.outcome.wrong.append(f"the last run ended with {run.returncode}: {err.decode()[-1500:]}")
        got = tables(self.ground.server(), self.database)
        self.outcome.wrong += differences(self.want, got)
        if not self.outcome.wrong:
            shutil.rmtree(self.state, ignore_errors=True)


def killed(history: History, kills: int = 10) -> None:
    """SIGKILL repeatedly, at random times and named steps, also during recovery; other workers each time."""
    for _ in range(kills):
        history.kill_once()
    history.to_end()


def damaged(history: History) -> None:
    """Files of the state are cut, changed or removed: the run goes back to an undamaged checkpoint, or to the start."""
    for _ in range(4):
        run, before = history.start(), len(list(history.state.glob("segments/*/*/*")))
        while run.poll() is None and len(list(history.state.glob("segments/*/*/*"))) < before + 8:
            time.sleep(0.02)
        time.sleep(history.rng.uniform(0.0, 0.6))
        run.kill()
        run.communicate()
        files = sorted(history.state.glob("segments/*/*/*-*"), key=lambda path: path.stat().st_mtime_ns)
        # After a power cut, the newest files may be incomplete.
        pool = files[-24:] if history.rng.random() < 0.5 else files
        for file in history.rng.sample(pool, min(history.rng.choice([1, 4, 12]), len(pool))):
            _damage(file, history.rng)
            history.outcome.count("damaged segments")
    history.to_end()


def _damage(file: Path, rng: random.Random) -> None:
    data = bytearray(file.read_bytes())
    match rng.randrange(3):
        case 0:
            file.unlink()
        case 1:
            file.write_bytes(bytes(data[: rng.randrange(len(data))]))
        case _:
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
            file.write_bytes(bytes(data))


def without_warehouse(history: History) -> None:
    """The connection to the warehouse is cut, slow, or broken in the middle of an answer, while rows are sent."""
    proxy = Proxy(history.ground.front.port)
    history.port = proxy.port
    run = history.start()
    for _ in range(12):
        time.sleep(history.rng.uniform(0.1, 0.4))
        if run.poll() is not None:
            break
        mode = history.rng.choice(["away", "slow", "cut"])
        proxy.set(mode)
        time.sleep(history.rng.uniform(0.1, 0.5))
        if run.poll() is None:
            history.outcome.count("outages")
            history.outcome.count(f"warehouse {mode}")
        proxy.set("open")
    run.communicate(timeout=300)
    history.to_end()


def killed_warehouse(history: History) -> None:
    """The warehouse itself is killed while it writes, and is started again."""
    run = history.start()
    time.sleep(history.rng.uniform(0.6, 1.5))
    history.ground.front.kill()
    history.outcome.count("outages")
    history.outcome.count("warehouse killed")
    history.ground.front.start()
    run.communicate(timeout=300)
    history.to_end()


def killed_broker(history: History) -> None:
    """The broker is killed while it is read, and is started again. In one of two histories the run is killed too."""
    run = history.start()
    time.sleep(history.rng.uniform(0.5, 1.3))
    history.ground.broker.kill()
    history.outcome.count("broker kills")
    if history.rng.random() < 0.5:
        run.kill()
        history.outcome.count("kills")
    history.ground.broker.start()
    run.communicate(timeout=300)
    history.to_end()


def full_disk(history: History) -> None:
    """The disk of the state is full for a time; when there is space again, the run continues."""
    with small_disk(history.state) as resize:
        for _ in range(3):
            used = sum(file.stat().st_blocks * 512 + 4096 for file in history.state.rglob("*"))
            resize(used + history.rng.choice([100_000, 200_000, 500_000]))
            run = history.start()
            _, err = run.communicate(timeout=120)
            if run.returncode:
                history.outcome.count("full disks")
                if b"No space left" not in err and b"disk" not in err:
                    history.outcome.wrong.append(
                        f"it does not say that the disk is full: {err.decode()[-800:]}"
                    )
            resize(256 << 20)
        history.to_end()


@contextmanager
def small_disk(folder: Path):  # type: ignore[no-untyped-def]
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o"]
    subprocess.run([*mount, "size=64m", "tmpfs", str(folder)], check=True)
    try:
        yield lambda size: subprocess.run([*mount, f"remount,size={size}", "tmpfs", str(folder)], check=True)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def killed_processes(history: History) -> None:
    """Two processes under a supervisor; one of them is killed, or frozen and killed, twice."""
    run = history.start("none", "--processes", 2)
    for _ in range(2):
        time.sleep(history.rng.uniform(1.0, 2.5))
        children = [int(pid) for pid in _children(run.pid)]
        if run.poll() is None and children:
            with suppress(ProcessLookupError):
                os.kill(history.rng.choice(children), signal.SIGKILL)
                history.outcome.count("kills")
                history.outcome.count("at a process of two")
    run.communicate(timeout=300)
    history.to_end()


def wrong_clock(history: History) -> None:
    """Each start has another date, and while it runs the clock jumps, up to two days ahead and an hour back."""
    history.clock = Clock(history.ground.folder / "clocks" / history.database)
    for _ in range(3):
        ahead = history.rng.uniform(-2.0, 2.0) * DAY_S
        history.clock.set(ahead)
        run, until = history.start(), time.monotonic() + history.rng.uniform(1.5, 3.0)
        while run.poll() is None and time.monotonic() < until:
            time.sleep(history.rng.uniform(0.1, 0.4))
            ahead += history.rng.choice([-3600.0, -0.5, 3600.0, 2 * DAY_S])
            history.clock.set(ahead)
            history.outcome.count("clock jumps")
        if run.poll() is None:
            run.kill()
            history.outcome.count("kills")
            history.outcome.count("at time")
        run.communicate()
    history.clock.set(history.rng.uniform(-2.0, 2.0) * DAY_S)
    history.to_end()


def _children(pid: int) -> list[str]:
    with suppress(OSError):
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return []


KINDS: dict[str, Callable[[History], None]] = {
    "killed": killed,
    "damaged": damaged,
    "away": without_warehouse,
    "store": killed_warehouse,
    "broker": killed_broker,
    "disk": full_disk,
    "processes": killed_processes,
    "clock": wrong_clock,
}
ALONE = ("store", "broker")
"""Kinds that disturb the services of other histories."""


def tell(ground: Ground, seed: int, kind: str) -> Outcome:
    """Plays one history."""
    history = History(ground, seed, kind)
    try:
        KINDS[kind](history)
    except Exception as error:
        history.outcome.wrong.append(f"{type(error).__name__}: {error}")
    return history.outcome
