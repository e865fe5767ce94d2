"""One history: a log that is read to its end with disturbances, and the result. The seed decides everything except the
timing."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
from dataclasses import dataclass, field

from tests.faults.clock import Clock
from tests.faults.ground import Ground
from tests.faults.oracle import differences, tables
from tests.faults.victim import EARLY, PLACES


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
        self.source = self.shop.address
        self.port: int | None = None
        self.clock: Clock | None = None
        self._workers = 0

    def start(self, place: str = "none", *more: object, block_records: int = 20) -> subprocess.Popen[bytes]:
        """The same command as before, except for options that may change between two starts."""
        return self.ground.start(
            *self.command(*more, block_records=block_records), place=place, clock=self.clock
        )

    def command(self, *more: object, block_records: int = 20) -> list[object]:
        """The arguments of a run, with one or two workers."""
        workers = self.rng.choice([1, 2])
        self.outcome.count("rescales", int(self._workers not in (0, workers)))
        self._workers = workers
        return [
            "run", self.source, "--state", self.state, "--warehouse", f"{self.ground.server(self.port)}/{self.database}",
            "--checkpoint-every", "0.1", "--workers", workers, "--block-records", block_records, *more,
        ]  # fmt: skip

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
        _, err = run.communicate(timeout=900)
        if run.returncode:
            self.outcome.wrong.append(f"the last run ended with {run.returncode}: {err.decode()[-1500:]}")
        got = tables(self.ground.server(self.port), self.database)
        self.outcome.wrong += differences(self.want, got)
        if not self.outcome.wrong:
            shutil.rmtree(self.state, ignore_errors=True)
