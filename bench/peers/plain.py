"""The plain loop as a peer: the whole job, in one process, without an engine. Its ledger is what the others must reach."""

from __future__ import annotations

from outcome import Entry, measure
from plain_loop import Loop


def work(blocks: list[bytes]) -> list[Entry]:
    """The ledger of the loop."""
    loop = Loop()
    for block in blocks:
        loop.run(block.splitlines())
    return loop.ledger


if __name__ == "__main__":
    measure("plain loop", work)
