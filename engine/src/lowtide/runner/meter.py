"""A progress line for a person who waits: rate, event time, alerts, rejects. Without a terminal it stays silent."""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from lowtide.core import Log
from lowtide.rows import instant_of_ms
from lowtide.runner.plan import Observer


class Meter(Observer):
    """Shows a progress line on a terminal, and counts in any case what a summary needs.

    `total_bytes` is the size of the source; None: unknown.
    """

    def __init__(self, total_bytes: int | None, console: Console | None = None) -> None:
        console = console or Console(file=sys.stderr)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
            refresh_per_second=4,
        )
        self._task = self._progress.add_task("starting", total=total_bytes)
        self._lock = threading.Lock()
        self._started = time.monotonic()
        self._shown = 0.0
        self._counts: dict[str, dict[str, int]] = {}
        self._before: dict[str, dict[str, int]] = {}
        self.entries = 0

    def __enter__(self) -> Meter:
        self._progress.start()
        self._started = time.monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started

    def read(self, bytes_read: int) -> None:
        """Shows how many bytes of the source were read so far."""
        self._progress.update(self._task, completed=bytes_read)

    def wrote(self, entries: int) -> None:
        """Counts more ledger entries."""
        with self._lock:
            self.entries += entries

    def after_block(self, log: Log) -> None:
        """Shows where the log is, at most four times a second."""
        now = time.monotonic()
        if self._progress.disable or now - self._shown < 0.25:
            return
        self._shown = now
        self._counts[log.name] = log.partition.counts()
        self._before[log.name] = log.before
        records, rejects = (
            sum(counts[name] for counts in self._counts.values())
            - sum(before.get(name, 0) for before in self._before.values())
            for name in ("records", "rejects")
        )
        clock = log.partition.clock_ms
        when = instant_of_ms(clock)[:16].replace("T", " ") if clock is not None else "no event yet"
        rate = records / max(now - self._started, 1e-9)
        text = f"{records:>11,} records  {rate:>9,.0f}/s  {when}  {self.entries:,} alert entries"
        if rejects:
            text += f"  {rejects:,} rejects"
        self._progress.update(self._task, description=text)
