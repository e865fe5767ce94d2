"""Replay a history under one policy and keep what it led to. The time is the history's own; nothing is stored elsewhere.

    outcome = run(history, policy, Period(date(2026, 1, 1), date(2026, 3, 31)))

An alert depends on all that was before it, so the history is always read from its beginning, until its clock has passed the
period. A log is read to its end where the period has no end, and then what is due at the end of a log happens too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from lowtide.backtest.history import History
from lowtide.backtest.outcome import Collector, Outcome
from lowtide.backtest.period import Period
from lowtide.core import Job, Log
from lowtide.policy import Policy, compile_policy
from lowtide.runner.replay import Replay

Told = Callable[["Reached"], None]


class Reached:
    """How far a replay is, for whoever waits."""

    def __init__(self) -> None:
        self.bytes = 0
        """Bytes of the files that were read."""
        self.clock: int | None = None
        """The time of the log, in ms since 1970 UTC; None before the first record."""
        self.entries = 0


def run(
    history: History,
    policy: Policy,
    period: Period | None = None,
    *,
    positions: bool = True,
    told: Told = lambda reached: None,
) -> Outcome:
    """What `policy` would have made of a history, up to the end of a period. `told` is called after each block.

    Without `positions` the outcome names neither the positions nor the end of the history. The replay then takes less time.
    Raises InputError, SettingsError, PolicyError, MapError or BrokerError for what cannot be read.
    """
    return run_compiled(history, compile_policy(policy), period or Period(), positions=positions, told=told)


def run_compiled(
    history: History,
    policy: dict[str, Any],
    period: Period,
    *,
    positions: bool = True,
    told: Told = lambda reached: None,
) -> Outcome:
    """The same under a policy that is compiled already."""
    job, reached, kept = history.job(policy), Reached(), Collector(period, positions)
    counts: Counter[str] = Counter()
    clocks: list[int] = []
    is_whole = True

    def read(done: int) -> None:
        reached.bytes = done
        told(reached)

    for name, feed in history.feeds(job, policy["max_record_bytes"], read).items():
        replay, ended = Replay(Log(job.named(name), feed, 1)), True
        partition = replay.log.partition
        for block in feed:
            kept.take(replay.apply(block))
            reached.clock, reached.entries = partition.clock_ms, kept.entries
            told(reached)
            if period.end is not None and reached.clock is not None and reached.clock >= period.end:
                ended = False
                break
        if ended:
            kept.take(replay.finish())
        if partition.clock_ms is not None:
            clocks.append(partition.clock_ms if ended else min(partition.clock_ms, (period.end or 0) - 1))
        is_whole &= ended
        counts.update(partition.counts())
    return Outcome(
        policy,
        period,
        counts=dict(sorted(counts.items())),
        clock=max(clocks, default=None),
        is_whole=is_whole,
        **kept.tables(_empty(job)),
    )


def _empty(job: Job) -> dict[str, pa.Schema]:
    """The schemas of the core's tables."""
    return {name: batch.schema for name, batch in job.group().take().items()}
