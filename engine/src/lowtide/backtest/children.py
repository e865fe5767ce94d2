"""Several replays at once, each in a child process without network, because one process uses one core.

parent ──▶ child: history, compiled policy, period, a folder      child ──▶ parent: how far it is; the outcome in the folder
"""

from __future__ import annotations

import os
import resource
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from lowtide.backtest.history import History
from lowtide.backtest.outcome import Outcome
from lowtide.backtest.period import Period
from lowtide.backtest.replaying import Reached, run_compiled
from lowtide.errors import JobError
from lowtide.policy import Policy, compile_policy
from lowtide.readers.confinement import Limits
from lowtide.service.children import child

Told = Callable[[str, Mapping[str, Any]], None]
"""Called with the name of a policy and how far its replay is: `bytes`, `clock` (ms since 1970 UTC or None), `entries`."""
_LIMITS = Limits(resource.RLIM_INFINITY, resource.RLIM_INFINITY, resource.RLIM_INFINITY)
_FOR_EVER_S = 1e9
_TELL_S = 0.25


def outcomes(
    history: History, policies: Mapping[str, Policy], period: Period | None = None, *,
    positions: Collection[str] | None = None, processes: int | None = None, told: Told = lambda name, reached: None,
) -> dict[str, Outcome]:  # fmt: skip
    """The outcome of each policy, by name. `processes` at a time; None: one more than there are cores.

    `positions` names those whose outcome has the positions too; None: all.
    Raises what `run` raises, and JobError if the outcomes are not of one history: a topic or a journal may grow meanwhile.
    """
    period, folder, stop = (
        period or Period(),
        Path(tempfile.mkdtemp(prefix="lowtide-outcomes-")),
        threading.Event(),
    )

    def replay(name: str, number: int) -> Outcome:
        work = child.Work(
            "lowtide.backtest.children",
            {
                "sources": history.sources, "reading": history.reading, "policy": compile_policy(policies[name]),
                "period": period.to_dict(), "folder": str(folder / str(number)),
                "positions": positions is None or name in positions,
            },
            _LIMITS, _FOR_EVER_S, history.is_topic,
        )  # fmt: skip
        try:
            child.run(work, progress=lambda reached: told(name, reached), is_wanted=lambda: not stop.is_set())
        except child.TimeOver as error:
            raise JobError(
                f"the replay under `{name}` was ended from outside",
                "It may need more memory than there is: end other programs, or replay fewer positions.",
            ) from error
        return Outcome.load(folder / str(number))

    try:
        with ThreadPoolExecutor(processes or (os.cpu_count() or 1) + 1, "backtest") as threads:
            running = {name: threads.submit(replay, name, number) for number, name in enumerate(policies)}
            try:
                wait(running.values(), return_when=FIRST_EXCEPTION)
                failed = [one for one in running.values() if one.done() and one.exception() is not None]
                if failed:
                    failed[0].result()
                found = {name: one.result() for name, one in running.items()}
            finally:
                stop.set()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    _must_be_of_one_history(found)
    return found


def work(asked: Mapping[str, Any], tell: Callable[[Mapping[str, Any]], None]) -> dict[str, Any]:
    """In the child: replay, and leave the outcome in the folder."""
    history = History(tuple(asked["sources"]), asked["reading"])
    last = 0.0

    def told(reached: Reached) -> None:
        nonlocal last
        if time.monotonic() - last >= _TELL_S:
            last = time.monotonic()
            tell({"bytes": reached.bytes, "clock": reached.clock, "entries": reached.entries})

    period = Period.of_dict(asked["period"])
    outcome = run_compiled(history, asked["policy"], period, positions=asked["positions"], told=told)
    outcome.save(Path(asked["folder"]))
    return {}


def _must_be_of_one_history(found: Mapping[str, Outcome]) -> None:
    ends = {one.counts["records"] for one in found.values() if one.is_whole}
    if len(ends) > 1:
        raise JobError(
            "the history grew while it was replayed, so the policies have not seen the same movements",
            "End the period before now with `--to DAY`.",
        )
