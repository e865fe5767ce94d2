"""One history: a world, and a program that is started, killed, stopped and started again until the log has come to its end.

    life      a start of the program, until it ends, is stopped, or crashes at some step
    stage     a finite run that reaches its end; then the log grows, and the next run continues

A crash loses the memory. The tables, the written segments (the last one perhaps cut off) and the rows of the recovery store
stay. Then the start of the product cleans up, and the next life begins, with other workers and blocks.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lowtide.core import Log
from lowtide.errors import WarehouseError
from lowtide.runner import flow
from lowtide.runner.plan import Plan
from lowtide.state import FORMAT, StateFolder, StateIdentity
from lowtide.state.epochs import Epochs

from .bounds import Folders, bounds
from .dice import Crash, Dice
from .library import Execution
from .oracle import State, Undisturbed
from .recovery import Recovery
from .tables import Sink, Tables, Wrong
from .world import World

SHAPES = ((1, 1), (1, 2), (1, 3), (1, 4), (2, 2), (2, 4))
"""Processes, and workers over all of them."""
PLACES = ("save", "segment", "keep", "worker", "forget", "insert", "write", "fold", "load", "open", "poll")
"""Steps at which lives end more often than by chance alone."""
MOST_STEPS = 100_000


@dataclass
class Told:
    """What happened in a history."""

    seed: int
    lives: int = 0
    crashes: int = 0
    stops: int = 0
    refusals: int = 0
    """How often the warehouse refused rows and the run ended because of this."""
    epochs: int = 0
    steps: int = 0
    messages: int = 0
    folds: int = 0
    harmed: int = 0
    """Segments that were damaged on purpose."""


class History:
    """The history of one seed. `play` runs it to its end. Raises Wrong, or the product's error, if the result is wrong."""

    def __init__(self, seed: int, say: Callable[[str], None] | None = None) -> None:
        self.told = Told(seed)
        self.stopped = False
        """Whether a life was told to stop, even if it crashed before it did."""
        self.dice = Dice(seed, say)
        self.world = World(self.dice)
        self.told.messages = sum(map(len, self.world.logs))
        self.tables = Tables()
        self.folders = Folders(self.dice)
        self.sinks: list[Sink] = []
        self.plans: list[Plan] = []
        self.dangers = self.dice.choice((0, 1, 2, 3, 5, 8, 13))
        """How many lives will end early."""
        self.harmed = (
            self.dice.one_in(10) and not self.world.files and self.world.ends[0] == self.world.cuts[-1]
        )
        """Whether the state is damaged between lives."""
        self.again = self.dice.one_in(8)
        """Whether a run is started once more after everything was read."""

    def play(self, fault: Callable[[], Any] = nullcontext) -> Told:
        """Plays the history from an empty state to the end of the log, perhaps with a fault in the product."""
        scratch = Path("/dev/shm") if Path("/dev/shm").is_dir() else None
        folder = Path(tempfile.mkdtemp(prefix="simulation-", dir=scratch))
        try:
            self.undisturbed = Undisturbed(self.world, folder)
            with bounds(self.dice, self.folders), fault():
                stage = 0
                while stage < len(self.world.cuts) + self.again:
                    stage += self._live(folder / "state", stage)
                    if self.dice.steps > MOST_STEPS:
                        raise Wrong("the history does not end")
                self._judge(folder)
        finally:
            shutil.rmtree(folder)
        self.told.steps, self.told.folds = self.dice.steps, self.folders.done
        return self.told

    def _live(self, path: Path, stage: int) -> bool:
        """Plays one life. Returns whether it reached the present end of the log."""
        dice, told = self.dice, self.told
        told.lives += 1
        endangered = told.crashes + told.stops + told.refusals < self.dangers
        dice.live(*self._danger() if endangered else (None,))
        stops_at = dice.steps + dice.randrange(300) if endangered and dice.one_in(3) else None
        dice.tell(
            "LIFE",
            told.lives,
            "over",
            ", ".join(map(str, self.world.cuts[min(stage, len(self.world.cuts) - 1)])),
        )
        store: Recovery | None = None
        try:
            workers = self._start(path, stage)
            store = Recovery(path / "epochs")
            execution = Execution(self.plans, workers, store, dice, lambda: self._background(stops_at))
            try:
                execution.load()
                self._judge_checkpoint(store)
                execution.run()
            finally:
                told.epochs += execution.epoch - store.epoch
        except Crash:
            told.crashes += 1
        except WarehouseError:
            told.refusals += 1
            dice.tell("END: the warehouse is away")
        else:
            dice.live(None)
            if not any(one.stopping.is_set() for one in self.plans):
                return True
            told.stops += 1
            dice.tell("END: stopped")
        finally:
            if store is not None:
                store.close()
            self.folders.die()
        dice.live(None)
        for sink in self.sinks:
            sink.die()
        return False

    def _danger(self) -> tuple[int | None, str | None]:
        """Chooses after how many steps this life ends, and of which kind; or that it does not end early."""
        dice = self.dice
        if dice.one_in(10):
            return None, None
        if dice.one_in(2):
            return dice.randint(0, dice.choice((1, 3, 9))), dice.choice(PLACES)
        return dice.randint(0, dice.choice((10, 30, 100))), None

    def _background(self, stops_at: int | None) -> None:
        self.folders.work()
        if stops_at is not None and self.dice.steps >= stops_at:
            self.dice.choice(self.plans).stopping.set()
            self.stopped = True

    def _start(self, path: Path, stage: int) -> int:
        """Sets up the processes, and lets the first of them clean up. Returns the number of workers."""
        processes, workers = self.dice.choice(SHAPES)
        self.dice.tell("      ", processes, "processes,", workers, "workers")
        self.sinks = [Sink(self.tables, self.dice) for _ in range(processes)]
        self.plans = [self._plan(path, stage, number, processes) for number in range(processes)]
        first = self.plans[0].state
        assert first is not None
        if self.harmed and self.dice.one_in(3):
            self._harm(path)
        self.dice.step("prepare")
        first.prepare(self._rebuilt, drop=(flow.FENCE_STEP,), afresh=not self.world.files)
        return workers

    def _harm(self, path: Path) -> None:
        """Segments are cut, changed or lost."""
        files = sorted(path.glob("segments/*/*/*"))
        for file in self.dice.sample(files, min(len(files), self.dice.choice((1, 1, 2, 5, 30)))):
            self.dice.tell("       harm", file.relative_to(path))
            self.told.harmed += 1
            data = bytearray(file.read_bytes())
            match self.dice.randrange(3):
                case 0:
                    file.unlink()
                case 1:
                    file.write_bytes(data[: self.dice.randrange(len(data))])
                case 2:
                    data[self.dice.randrange(len(data))] ^= 1 << self.dice.randrange(8)
                    file.write_bytes(data)

    def _plan(self, path: Path, stage: int, number: int, processes: int) -> Plan:
        world = self.world
        feeds = world.tapes(self.dice, stage)
        logs = [Log(world.job(name), feed, world.key_groups) for name, feed in feeds.items()]
        fresh = StateIdentity(FORMAT, "simulated", "sales", world.key_groups, 1, logs[0].job.policy_version)
        return Plan(
            {log.name: log for log in logs},
            self.sinks[number],
            state=StateFolder.open(path, fresh),
            linger=self.dice.choice((None, 0.0)),
            process=number,
            processes=processes,
        )

    def _rebuilt(self, what: str, then: str) -> None:
        self.dice.tell("      ", then)
        if not self.harmed:
            raise Wrong(f"a state that nobody damaged is damaged: {what}; {then}")

    def _judge_checkpoint(self, store: Recovery) -> None:
        """Checks a start: product and library agree on the epoch, and acknowledged rows are in the tables."""
        if store.epoch != (epoch := Epochs(store.path.parent).resume_epoch()):
            raise Wrong(f"the library goes on with epoch {store.epoch}, the product thinks with {epoch}")
        stands: dict[str, int] = {}
        for one in self.plans:
            for log in one.logs.values():
                stands[log.name] = max(stands.get(log.name, 0), log.partition.offset)
        self.undisturbed.judge_checkpoint(self.tables, stands)

    def _judge(self, folder: Path) -> None:
        """Checks the end: it must equal that of the undisturbed run."""
        state = State()
        for name in self.world.names:
            logs = [one.logs[name] for one in self.plans if name in one.logs]
            reader = max(logs, key=lambda log: log.partition.offset)
            for log in logs:
                state.keep(name, log.partition if log is reader else None, log.groups, folder)
        self.undisturbed.judge(self.tables, state, stopped=self.stopped)


def play(seed: int, say: Callable[[str], None] | None = None) -> Told:
    """Plays one history. Raises Wrong, or the product's error, if the result is wrong."""
    return History(seed, say).play()
