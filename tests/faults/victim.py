"""`lowtide` that is killed at a named step: `python -m tests.faults.victim PLACE:N run …`.

When the process reaches the step for the Nth time, it gets SIGKILL: it stops at once and does not write its buffers. The
product does not have hooks for this; this module wraps the functions of these steps.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from lowtide.cli.main import main
from lowtide.runner import flow, plan, reader, sink, steps
from lowtide.state import epochs, folder, segments
from lowtide.warehouse import client

PLACES: dict[str, tuple[Any, str, str]] = {
    "segment-before": (segments.Chain, "_write", "before"),
    "segment-after": (segments.Chain, "_write", "after"),
    "folded": (segments.Chain, "_folded", "after"),
    "log-saved": (steps.Decoding, "save", "after"),
    "group-saved": (steps.Inventory, "save", "after"),
    "rows-before": (steps.Inventory, "_write", "before"),
    "rows-after": (steps.Inventory, "_write", "after"),
    "fence-before": (plan.Plan, "fence", "before"),
    "fence-after": (plan.Plan, "fence", "after"),
    "insert-before": (client.Warehouse, "insert_arrow", "before"),
    "insert-after": (client.Warehouse, "insert_arrow", "after"),
    "offset": (reader.LogReader, "snapshot", "after"),
    "restore": (plan.Plan, "restored", "after"),
    "purged": (epochs.Epochs, "go_back", "after"),
    "swept": (folder.StateFolder, "prepare", "after"),
    "opened": (sink.WarehouseSink, "open", "after"),
    "decoded": (steps.Decoding, "take", "after"),
    "applied": (steps.Inventory, "take", "after"),
}
EARLY = ("restore", "purged", "swept", "opened")
"""Steps that a process reaches only at its start, a few times at most."""


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(place: str, number: int) -> None:
    """Makes the function of this step kill the process at its `number`th call."""
    owner, name, when = PLACES[place]
    function: Callable[..., Any] = getattr(owner, name)
    calls = 0

    def wrapped(*arguments: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == number and when == "before":
            _die()
        result = function(*arguments, **options)
        if calls == number:
            _die()
        return result

    setattr(owner, name, wrapped)


if __name__ == "__main__":
    assert flow.STEPS
    at, _, count = sys.argv[1].partition(":")
    if at != "none":
        arm(at, int(count))
    main(sys.argv[2:])
