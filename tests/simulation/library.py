"""A model of the dataflow library around the real steps: workers, queues, epochs, snapshots, in an order that dice choose.

It behaves like Bytewax in this:

- A source partition, a key and a process's fence live on one worker each; every start may choose another worker.
- In an epoch, partitions are polled, and steps take the items that have arrived for a key. The interleaving is random, but
keeps
  the order between two of them. Each partition ends the epoch by itself, and waits until all workers have completed it.
- Then `decode`, `inventory` and the sink are closed in this order: keys that were active are saved. At the end of the
  source every key is saved.
- Snapshots reach the recovery store one by one, in any order; after the last one, each worker notes its front. Rows
  of an epoch that was never complete stay.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from zlib import crc32

from lowtide.runner import flow
from lowtide.runner.plan import Plan
from lowtide.runner.reader import LogReader
from lowtide.runner.steps import Decoding, Inventory

from .dice import Dice
from .recovery import Recovery, Snapshot

SOURCE, DECODE, INVENTORY = "lowtide.source", "lowtide.decode", "lowtide.inventory"
KEPT_EPOCHS = flow._KEPT_EPOCHS
Act = Callable[[], None]


class Step:
    """One stateful step on one worker: its keys, the items that wait for them, the keys that were active."""

    def __init__(self, name: str, build: Callable[[bytes | None], Decoding | Inventory]) -> None:
        self.name = name
        self.build = build
        self.keys: dict[str, Decoding | Inventory] = {}
        self.queue: list[tuple[str, object]] = []
        self.awake: set[str] = set()


class Worker:
    """One thread of a process."""

    def __init__(self, number: int, process: int, plan: Plan) -> None:
        self.number, self.process, self.plan = number, process, plan
        self.decode = Step(DECODE, lambda state: Decoding(plan, state))
        self.inventory = Step(INVENTORY, lambda state: Inventory(plan, state))


class Execution:
    """One start of the program over its processes, until the source ends."""

    def __init__(self, plans: list[Plan], workers: int, store: Recovery, dice: Dice, background: Act) -> None:
        self._plans, self._store, self._dice, self._background = plans, store, dice, background
        self.workers = [Worker(n, n % len(plans), plans[n % len(plans)]) for n in range(workers)]
        self._salt = dice.randrange(1 << 30)
        self._readers: dict[str, LogReader] = {}
        self._fences: set[int] = set()
        self._unwritten: list[Snapshot] = []
        self._known = False
        self.epoch = store.epoch

    def _worker_of(self, key: str) -> Worker:
        return self.workers[crc32(f"{self._salt}/{key}".encode()) % len(self.workers)]

    def run(self) -> None:
        """Runs to the end of the source."""
        while self._readers:
            self._lead_epoch()
        for plan in self._plans:
            plan.sink.flush()

    def load(self) -> None:
        """Sets up all workers from the newest checkpoint."""
        stands: dict[str, int] = {}
        for step, key, state in self._store.load():
            self._dice.step("load", step, key)
            worker = self._worker_of(key)
            if step == SOURCE:
                stands[key] = state
            elif step == DECODE:
                worker.decode.keys[key] = worker.decode.build(state)
            elif step == INVENTORY:
                worker.inventory.keys[key] = worker.inventory.build(state)
        for key in sorted(self._plans[0].source_key(log) for log in self._plans[0].logs.values()):
            self._dice.step("open", key, "at", stands.get(key))
            self._readers[key] = LogReader.of(self._worker_of(key).plan, key, stands.get(key))

    def _lead_epoch(self) -> None:
        """All workers do their work until this epoch is finished."""
        open_ = sorted(self._readers)
        while open_ or any(worker.decode.queue for worker in self.workers):
            self._dice.choice(
                [*(partial(self._poll, key, open_) for key in open_), *self._arrivals(), *self._asides()]
            )()
        self._close("decode")
        while arrivals := self._arrivals():
            self._dice.choice([*arrivals, *self._asides()])()
        self._close("inventory")
        for process in sorted(self._fences):
            self._snap(flow.FENCE_STEP, self._plans[process].fence_key, self._plans[process].fence)
        self._fences.clear()
        self._complete()
        self.epoch += 1

    def _poll(self, key: str, open_: list[str]) -> None:
        """A partition gives a block or nothing, and perhaps ends the epoch. At its end it ends the last epoch."""
        dice, reader, ends = self._dice, self._readers[key], self._dice.one_in(4)
        if not (ends and dice.one_in(2)):
            dice.step("poll", key)
            try:
                block = reader.next()
            except StopIteration:
                ends = True
                del self._readers[key]
            else:
                if block is not None:
                    dice.tell("      ", block.kind, "of", block.records, "up to", reader.log.feed.position)
                    self._worker_of(reader.key).decode.queue.append((reader.key, (reader.log.name, block)))
        if ends:
            self._snap(SOURCE, key, reader.snapshot)
            open_.remove(key)

    def _arrivals(self) -> list[Act]:
        steps = [(worker, step) for worker in self.workers for step in (worker.decode, worker.inventory)]
        return [partial(self._take, worker, step) for worker, step in steps if step.queue]

    def _take(self, worker: Worker, step: Step) -> None:
        """Gives arrived items to their keys: all of them, or only the first ones."""
        dice = self._dice
        count = len(step.queue) if dice.one_in(2) else dice.randint(1, len(step.queue))
        arrived, step.queue[:count] = step.queue[:count], []
        by_key: dict[str, list[object]] = {}
        for key, value in arrived:
            by_key.setdefault(key, []).append(value)
        for key, values in sorted(by_key.items()):
            dice.step(step.name, "takes", len(values), "for", key, "on worker", worker.number)
            if key not in step.keys:
                step.keys[key] = step.build(None)
            if worker.plan.linger is not None:
                worker.plan.linger = dice.choice((0.0, 1e9))
            self._hand_on(step.keys[key].take(values))
            step.awake.add(key)

    def _hand_on(self, items: list[Any]) -> None:
        for item in items:
            if isinstance(item, int):
                self._fences.add(item)
            else:
                self._worker_of(item[0]).inventory.queue.append(item)

    def _asides(self) -> list[Act]:
        """Work beside the flow: rows are stored, snapshots are kept, timers fire, segments are folded."""
        acts = [self._background, self._ring]
        acts += [plan.sink.store_some for plan in self._plans if plan.sink.eager]
        acts += [self._keep] if self._unwritten else []
        return acts if self._known else [*acts, self._begin]

    def _ring(self) -> None:
        for worker in self.workers:
            for key, part in sorted(worker.inventory.keys.items()):
                if part.due() is not None:
                    self._dice.step("time for", key)
                    self._hand_on(part.hand_on())
                    worker.inventory.awake.add(key)

    def _close(self, name: str) -> None:
        """Saves the keys that were active, on one worker after the other; at the end of the source, all keys."""
        for worker in self._dice.sample(self.workers, len(self.workers)):
            step = getattr(worker, name)
            for key in sorted(step.awake if self._readers else step.keys):
                self._snap(step.name, key, step.keys[key].save)
                while self._dice.one_in(3):
                    self._dice.choice([*self._arrivals(), *self._asides()])()
            step.awake.clear()

    def _snap(self, step: str, key: str, save: Callable[[], object]) -> None:
        self._dice.step("save", step, key, "of epoch", self.epoch)
        self._unwritten.append(Snapshot(step, key, save()))

    def _keep(self) -> None:
        one = self._unwritten.pop(self._dice.randrange(len(self._unwritten)))
        self._dice.step("keep", one.step, one.key, "of epoch", self.epoch)
        self._store.snap(self.epoch, one)

    def _begin(self) -> None:
        self._dice.step("execution", self._store.execution, "begins with epoch", self.epoch)
        self._store.begin(len(self.workers))
        self._known = True

    def _complete(self) -> None:
        """Keeps the whole epoch. Then every worker notes the epoch that it reached, and old snapshots are deleted."""
        while self._unwritten:
            self._keep()
        if not self._known:
            self._begin()
        for worker in self._dice.sample(self.workers, len(self.workers)):
            self._dice.step("worker", worker.number, "has completed epoch", self.epoch)
            self._store.front(worker.number, self.epoch + 1)
        if self.epoch > KEPT_EPOCHS:
            self._dice.step("forget what was before epoch", self.epoch - KEPT_EPOCHS)
            self._store.commit(self.epoch - KEPT_EPOCHS)
