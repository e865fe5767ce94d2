"""What a run did, in all its processes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass
class Summary:
    """What a run did: counts by name, positions held, entries written, seconds, rows a table."""

    source: str
    counts: dict[str, int]
    positions: int
    entries: int
    seconds: float
    policy_version: str
    run_id: str | None = None
    rows: dict[str, int] = field(default_factory=dict)
    shared: list[dict[str, Any]] = field(default_factory=list)
    """Shared positions, with the logs that have their movements: their stock is wrong."""
    status: str = "finished"
    """`finished`: the source has ended; `stopped`: a signal stopped the run, and the state is kept; `grown`: the topic has
    more partitions than when the run began, and the run should be started again; `failed`."""

    def with_others(self, others: list[Summary]) -> Summary:
        """Adds up the processes of a run; several of them may have found one shared position."""
        counts, rows = Counter(self.counts), Counter(self.rows)
        for other in others:
            counts.update(other.counts)
            rows.update(other.rows)
        every = [self, *others]
        shared = {(row["location"], row["sku"]): row for summary in every for row in summary.shared}
        if shared:
            counts["shared_positions"] = len(shared)
        return replace(
            self,
            counts=dict(counts),
            positions=sum(summary.positions for summary in every),
            entries=sum(summary.entries for summary in every),
            seconds=max(summary.seconds for summary in every),
            rows=dict(sorted(rows.items())),
            shared=[shared[position] for position in sorted(shared)],
        )
