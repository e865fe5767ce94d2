"""A run that is stopped publishes what it knows, and the tables do not lag behind its state."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lowtide.core import Job, Log
from lowtide.ledger import POSITION_COLUMNS
from lowtide.rows import Row, json_rows, ledger_key, ledger_rows
from lowtide.runner import flow
from lowtide.runner.plan import Plan
from lowtide.runner.replay import replay_blocks
from lowtide.samples.synthetic import Synthetic
from lowtide.sources.block import Block
from lowtide.sources.lines import line_blocks

from .in_memory import Kept


@pytest.mark.parametrize("after", [1, 12])
def test_each_position_that_changed_gets_its_row(after: int) -> None:
    """56 of 60 positions had their row; the others waited for the next quarter of an hour of event time."""
    blocks = list(line_blocks(iter([b"".join(Synthetic(60, 20, 4).lines())]), 100))

    def until_stopped() -> Iterator[Block]:
        yield from blocks[:after]
        plan.stopping.set()
        yield from blocks[after:]

    log, kept = Log(Job.of(partition="lines"), until_stopped(), 4), Kept()
    plan = Plan({log.name: log}, kept)
    flow.run(plan, 1)
    read = log.partition.offset
    assert after * 100 <= read <= (after + 1) * 100 < sum(block.records for block in blocks)
    newest: dict[tuple[str, str], Row] = {}
    for row in kept.table("position", lambda batch: json_rows(batch, POSITION_COLUMNS)):
        newest[row["location"], row["sku"]] = row
    held = [row for group in log.groups.values() for row in json_rows(group.positions(), POSITION_COLUMNS)]
    assert sorted(newest.values(), key=str) == sorted(held, key=str) and len(held) > 10
    want = replay_blocks(Job.of(partition="lines"), blocks[: read // 100])
    assert sorted(kept.table("ledger", ledger_rows), key=ledger_key) == want.ledger
