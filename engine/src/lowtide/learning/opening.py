"""Opens a HISTORY: files of movements are replayed, a warehouse is asked for its tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from lowtide.catalogue import load_files
from lowtide.core import Job
from lowtide.errors import InputError
from lowtide.learning.chances import Open
from lowtide.learning.history import History, history_of
from lowtide.learning.records import is_warehouse, replayed, stored, watchful
from lowtide.policy import Policy, load_policy, places_of
from lowtide.runner.logs import open_logs
from lowtide.runner.order import Sorting
from lowtide.settings import Settings
from lowtide.sources import Block


@dataclass(frozen=True)
class Source:
    """A history, and what holds for it."""

    history: History
    policy: Policy
    job: Job
    catalogue: pa.RecordBatch | None
    again: Open | None
    """Opens the movements once more; None of a warehouse and of standard input."""


def open_source(
    specs: list[str],
    settings: Settings,
    first: date | None = None,
    last: date | None = None,
    show: Callable[..., None] = lambda *_, **__: None,
) -> Source:
    """Read a history. Raises InputError if it cannot be read or nothing was sold in it."""
    files = load_files(settings)
    policy = load_policy(settings.policy, places_of(files.get("location")))
    catalogue = files.get("catalogue")
    job = Job.of(watchful(policy), catalogue, time_format=settings.time_format)
    warehouses = [spec for spec in specs if is_warehouse(spec)]
    if warehouses and len(specs) > 1:
        raise InputError(
            f"`{warehouses[0]}` is a warehouse, and is read by itself",
            "Give one warehouse, or files of movements, not both.",
        )

    def logs(of: Job) -> Mapping[str, Iterable[Block]]:
        return open_logs(
            specs, settings.block_records, max_record_bytes=policy.max_record_bytes, encoding=settings.encoding,
            order=settings.order, sorting=Sorting(of),
        )  # fmt: skip

    def tell(log: object) -> None:
        show("learn.step.records", n=f"{log.partition.counts()['records']:,}")  # type: ignore[attr-defined]

    records = stored(warehouses[0], settings.pipeline) if warehouses else replayed(job, logs(job), tell)
    history = history_of(records, job, first, last)
    again = None if warehouses or "-" in specs else logs
    return Source(history, policy, job, catalogue, again)
