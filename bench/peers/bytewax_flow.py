"""The plain job as a dataflow of Bytewax with plain Python: one worker, no recovery store.

It does the whole plain job with the functions of `plain_loop.py`. A step with state for the log decodes, validates,
deduplicates and keeps the clock; a second one, keyed by position, holds the stock and its alerts. Whole batches go through
each step, which is the fastest way that Bytewax offers. The figure contains neither the cost of a cluster nor that of
snapshots.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bytewax import operators as op
from bytewax.dataflow import Dataflow
from bytewax.operators import StatefulBatchLogic
from bytewax.testing import TestingSink, TestingSource, run_main

from outcome import Entry, measure
from plain_loop import Loop, Position

Movement = dict[str, Any]


class Log(StatefulBatchLogic[list[bytes], tuple[str, Movement], None]):
    """Lines to movements that are valid and new, keyed by position, with the clock of the log."""

    def __init__(self) -> None:
        self.loop = Loop()

    def on_batch(self, values: list[list[bytes]]) -> tuple[Iterable[tuple[str, Movement]], bool]:
        """Take the lines of some blocks."""
        loop = self.loop
        movements = []
        for lines in values:
            for line in lines:
                movement = loop.valid(line)
                if not isinstance(movement, str) and loop.new(movement):
                    movement["clock"] = loop.clock
                    movements.append((f"{movement['location']}\t{movement['sku']}", movement))
        return movements, StatefulBatchLogic.RETAIN

    def snapshot(self) -> None:
        """Nothing is saved in this bench."""


class Stock(StatefulBatchLogic[Movement, Entry, None]):
    """One position. The functions of `hands` move it; the clock of the log comes with each movement."""

    def __init__(self, hands: Loop) -> None:
        self.hands = hands
        self.position = Position()

    def on_batch(self, values: list[Movement]) -> tuple[Iterable[Entry], bool]:
        """Apply movements of the position."""
        hands = self.hands
        for movement in values:
            hands.clock = movement["clock"]
            hands.move((movement["location"], movement["sku"]), self.position, movement)
        entries, hands.ledger = hands.ledger, []
        return entries, StatefulBatchLogic.RETAIN

    def snapshot(self) -> None:
        """Nothing is saved in this bench."""


def work(blocks: list[bytes]) -> list[Entry]:
    """The ledger of the dataflow."""
    ledger: list[tuple[str, Entry]] = []
    hands = Loop()
    flow = Dataflow("plain_job")
    blocks_of_lines = op.input("source", flow, TestingSource([block.splitlines() for block in blocks]))
    keyed = op.key_on("log", blocks_of_lines, lambda _: "log")
    movements = op.map("movement", op.stateful_batch("decode", keyed, lambda _: Log()), lambda pair: pair[1])
    entries = op.stateful_batch("inventory", movements, lambda _: Stock(hands))
    op.output("ledger", entries, TestingSink(ledger))
    run_main(flow)
    return [entry for _, entry in ledger]


if __name__ == "__main__":
    measure("bytewax", work)
