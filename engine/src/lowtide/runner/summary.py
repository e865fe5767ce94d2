"""What a run did; of several processes together."""

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
    """Positions whose movements were in more than one log, with those logs: their stock is wrong."""
    status: str = "finished"
    """`finished`: the source has ended; `stopped`: somebody asked for it, and the state is kept; `grown`: the topic has more
    partitions than when the run began, and it should be started again; `failed`."""

    def with_others(self, others: list[Summary]) -> Summary:
        """What the processes of a run did together; a shared position may have been found by more than one."""
        counts, rows = Counter(self.counts), Counter(self.rows)
        for other in others:
            counts.update(other.counts)
            rows.update(other.rows)
        every = [self, *others]
        shared = {(one["location"], one["sku"]): one for part in every for one in part.shared}
        if shared:
            counts["shared_positions"] = len(shared)
        return replace(
            self,
            counts=dict(counts),
            positions=sum(part.positions for part in every),
            entries=sum(part.entries for part in every),
            seconds=max(part.seconds for part in every),
            rows=dict(sorted(rows.items())),
            shared=[shared[place] for place in sorted(shared)],
        )
