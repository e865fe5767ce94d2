"""A run shows how it goes on: a line on a terminal, metrics, signs of life."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from lowtide.core import Guard, Log
from lowtide.errors import LowtideError, SettingsError
from lowtide.operation import Endpoint, Health, Metrics, Watchdog
from lowtide.operation.endpoint import LISTEN, beside
from lowtide.operation.log import logger
from lowtide.operation.watchdog import GUARD_LINE, GUARD_S
from lowtide.runner.cluster import Cluster
from lowtide.runner.feed_clocks import FeedClocks
from lowtide.runner.meter import Meter
from lowtide.runner.plan import Observer
from lowtide.runner.run_row import RunRow
from lowtide.runner.shared_positions import SharedPositions
from lowtide.sources.feed import Feed

_EVERY_S = 0.5
_SAME_EVERY_S = 5.0
_GROWN_EVERY_S = 30.0
_SHARED_EVERY_S = 600.0
_MOST_REPORTED = 100
"""Shared positions that are logged by their name."""


class RunObserver(Observer):
    """Sees every block, checkpoint and insert of this process, and keeps the figures."""

    def __init__(self, meter: Meter, policy_version: str) -> None:
        self.meter = meter
        self.metrics = Metrics(policy_version=policy_version)
        self.health = Health(needs=("state", "warehouse"))
        self.logs: list[Log] = []
        """All logs of the run; this process may have key groups of logs that others read."""
        self.clocks: FeedClocks | None = None
        """Where the clocks of the logs are stored, once the warehouse is open."""
        self.row: RunRow | None = None
        """The row of the run, once the warehouse is open."""
        self._last_look: dict[str, float] = {}
        self._logger = logger("run")
        self._epoch = [0, 0.0, 0]
        """Of the epoch that goes on: bytes written, seconds it took, parts saved."""
        self._lock = threading.Lock()
        self._watchdog: Watchdog | None = None

    def begun(self) -> None:
        """Raises StateInUseError if another process of the run does not share the state folder."""
        if self._watchdog is not None:
            self._watchdog.must_see_peers()

    def after_block(self, log: Log) -> None:
        """Marks the process as alive; twice a second takes the figures of the log."""
        self.health.beat()
        if self.clocks is not None and not self.clocks.knows(log.name):
            self.note_clock(log)
        now = time.monotonic()
        if now - self._last_look.get(log.name, 0.0) < _EVERY_S:
            return
        self._last_look[log.name] = now
        self.meter.after_block(log)
        self.look(log)

    def look(self, log: Log) -> None:
        """Takes the figures of a log."""
        self.metrics.policy(log.name, log.partition.policy_version)
        self.metrics.counts(log.name, log.partition.counts(), log.before)
        self.metrics.reached(log.name, clock_ms=log.partition.clock_ms, behind=log.feed.behind)
        self.note_clock(log)

    def note_clock(self, log: Log) -> None:
        """Has the clock of a log stored, soon. Raises WarehouseError if its first one is not stored."""
        if self.clocks is not None:
            self.clocks.note(log.name, log.partition.clock_ms)

    def wrote(self, table: str, rows: int) -> None:
        """Counts rows of a table that were taken for the warehouse."""
        self.metrics.wrote(table, rows)
        if table == "ledger":
            self.meter.wrote(rows)

    def saved(self, seconds: float, written: int, segments: int) -> None:
        """Counts a part that was saved."""
        self.health.moved()
        self.metrics.saved(seconds, written, segments)
        with self._lock:
            self._epoch = [self._epoch[0] + written, self._epoch[1] + seconds, self._epoch[2] + 1]

    def fenced(self, seconds: float) -> None:
        """Logs the checkpoint, which is complete now."""
        self.metrics.fenced(seconds)
        self.metrics.positions(sum(log.positions for log in self.logs))
        if self.row is not None:
            self.row.beat()
        with self._lock:
            (written, took, parts), self._epoch = self._epoch, [0, 0.0, 0]
        self._logger.info(
            "checkpoint", parts=parts, bytes=written, save_s=round(took, 4), store_s=round(seconds, 4)
        )

    def ended(self) -> None:
        """Marks the process as ending: all that is left is to store rows."""
        self.health.ending()

    @contextmanager
    def waits_for_broker(self, listen: str | None, cluster: Cluster) -> Iterator[None]:
        """Serves metrics and health before the run has opened its logs."""
        self.health.waiting("the broker")
        with ExitStack() as stack:
            if listen is not None:
                address = beside(listen, cluster.process, cluster.addresses)
                endpoint = stack.enter_context(Endpoint(address, self.metrics, self.health))
                self._logger.info("started", metrics=f"{endpoint.url}/metrics")
            yield
        self.health.waiting(None)

    @contextmanager
    def on_duty(
        self, listen: str | None, cluster: Cluster, state: Path | None, explicit: bool
    ) -> Iterator[None]:
        """Serves metrics at `listen` and watches this process and its peers, until the run has ended.

        An address that is taken ends the run if it was set (`explicit`); a default one only leads to a warning.
        """
        with ExitStack() as stack:
            if listen is not None:
                try:
                    address = beside(listen, cluster.process, cluster.addresses)
                    endpoint = stack.enter_context(Endpoint(address, self.metrics, self.health))
                    self._logger.info("started", metrics=f"{endpoint.url}/metrics")
                except SettingsError as error:
                    if explicit:
                        raise
                    self._logger.warning("started", metrics="none", why=error.message)
            folder = state if cluster.processes > 1 else None
            guard = Guard(GUARD_S, GUARD_LINE)
            watchdog = Watchdog(folder, cluster.process, cluster.processes, self.health, guard=guard)
            self._watchdog = stack.enter_context(watchdog)
            yield


def listen_address(setting: str | None, follow: bool) -> str | None:
    """Where metrics are served: the setting, None for `off`; without a setting only for a run that follows."""
    if setting == "off" or (setting is None and not follow):
        return None
    return setting or LISTEN


@contextmanager
def patrol(
    shared: SharedPositions, feed: Feed, restart: Callable[[], None], fail: Callable[[LowtideError], None]
) -> Iterator[None]:
    """Looks from time to time for what no record shows: another topic of the same name, new partitions, shared positions."""
    over = threading.Event()
    log = logger("run")

    def look() -> None:
        reported: set[tuple[str, str]] = set()
        last_grown = last_shared = time.monotonic()
        while not over.wait(_SAME_EVERY_S):
            try:
                feed.must_be_same()
            except LowtideError as error:
                fail(error)
                return
            if time.monotonic() - last_grown < _GROWN_EVERY_S:
                continue
            last_grown = time.monotonic()
            if (more := feed.grown()) > 0:
                log.warning("partition_added", more=more, then="the run goes on with them")
                restart()
                return
            if time.monotonic() - last_shared < _SHARED_EVERY_S:
                continue
            last_shared = time.monotonic()
            for row in shared.look():
                position = (row["location"], row["sku"])
                if position not in reported and len(reported) < _MOST_REPORTED:
                    reported.add(position)
                    log.error("position_shared", **row, then="its stock is wrong: key the topic by location")

    thread = threading.Thread(target=look, name="lowtide-patrol", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
