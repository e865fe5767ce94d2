"""What people decide about the proposals of a history, by the code that the API calls; a third of the requests comes twice.

It depends on the proposal alone who is slow, who rejects and who exports: a desk that was killed meets the same people, who
send what was not answered again.

    decide(context, wait_ms)   what is due now; returns when the next decision is due
    Deciding                   a planner on a scripted clock after which people decide
    deciding(desk, …)          a thread beside a desk on the wall clock
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from lowtide.desk.clock import aware
from lowtide.desk.desk import Desk
from lowtide.desk.proposing.planner import Planner
from lowtide.errors import StateAccessError, WarehouseError
from lowtide.service import Caller, Context, Role, proposals
from lowtide.settings import Settings

_MOST = 40
"""Proposals of one request."""
WAITING = (
    "SELECT proposal_id, state, holder, version, stage_at, marks FROM proposal "
    "WHERE state IN ('proposed', 'submitted', 'approved') AND holder != '' ORDER BY proposal_id"
)
SCRIPTED_MS, WALL_MS = 10 * 60_000, 1_000
"""For so long, and for up to three times as long, a proposal waits for a decision."""


def _chance(proposal_id: str, what: str, of: int) -> int:
    return hashlib.sha256(f"{proposal_id} {what}".encode()).digest()[0] % of


def _verb(row: Any) -> str:
    """What its holder does with it; empty: nothing, ever."""
    name = row["proposal_id"]
    if row["state"] == "approved":
        return "export" if _chance(name, "export", 3) else ""
    if row["state"] == "proposed" and _chance(name, "slow", 8) == 0:
        return ""
    return "reject" if _chance(name, row["state"], 6) == 0 else "approve"


def _due(row: Any, wait_ms: int) -> int:
    return int(row["stage_at"]) + wait_ms * (1 + _chance(row["proposal_id"], row["state"] + "when", 3))


def decide(context: Context, wait_ms: int) -> int | None:
    """Decide what is due; returns when the next decision is due."""
    now = context.now()
    with context.store.read() as tx:
        waiting = [row for row in tx.rows(WAITING) if _verb(row)]
    groups: dict[tuple[str, str, str], list[Any]] = {}
    for row in waiting:
        if _due(row, wait_ms) <= now:
            groups.setdefault((row["holder"], _verb(row), row["state"]), []).append(row)
    for (holder, verb, state), rows in sorted(groups.items()):
        some = rows[:_MOST]
        for _ in range(2 if _chance(some[0]["proposal_id"], "again", 3) == 0 else 1):
            _ask(context, Caller(holder, Role.OPERATOR, holder, "session"), verb, state, some)
    ahead = [at for row in waiting if (at := _due(row, wait_ms)) > now]
    return min(ahead, default=None)


def _ask(context: Context, caller: Caller, verb: str, state: str, rows: Iterable[Any]) -> None:
    ids = [row["proposal_id"] for row in rows]
    key = f"battery:{verb}:{state}"
    if verb == "approve":
        proposals.approve(context, caller, ids, {row["proposal_id"]: row["version"] for row in rows}, key=key)
    elif verb == "reject":
        proposals.reject(context, caller, ids, "not_needed", key=key)
    else:
        proposals.export(context, caller, ids, "csv", key=key)


def _order(context: Context, ordered: set[str]) -> None:
    """Half of what was exported comes as an order with its ref. A desk after this one may write the same row again."""
    with context.store.read() as tx:
        rows = tx.rows(
            "SELECT * FROM proposal WHERE state = 'exported' AND kind = 'order' ORDER BY proposal_id"
        )
    come = [row for row in rows if row["ref"] not in ordered and not _chance(row["proposal_id"], "comes", 2)]
    if come:
        columns = (
            "pipeline",
            "partition",
            "offset",
            "location",
            "sku",
            "ref",
            "kind",
            "event_time",
            "quantity",
        )
        values = [
            [
                row["pipeline"], "log/0", 1, row["location"], row["sku"], row["ref"], "order",
                aware(row["event_time"]), row["quantity"],
            ]
            for row in come
        ]  # fmt: skip
        context.warehouse.insert_rows("supply_event", columns, values)
        ordered.update(row["ref"] for row in come)


class _Nowhere:
    """A warehouse that is away: approving compares the versions alone."""

    def reader(self) -> Any:
        raise WarehouseError("the warehouse is away", "It comes back.")


def _context(desk: Desk, warehouse: Any) -> Context:
    return Context(desk.store, warehouse, lambda: desk.book, desk.now, Settings(), desk.wake)


class Deciding(Planner):
    """A planner after which people decide, in the same moment."""

    def __init__(self, desk: Desk, shelf: Any) -> None:
        super().__init__(desk, shelf)
        self._context = _context(desk, _Nowhere())

    def once(self, now: int, *, confirms: bool = True) -> int | None:
        plan = super().once(now, confirms=confirms)
        times = (plan, decide(self._context, SCRIPTED_MS))
        return min((at for at in times if at is not None), default=None)


def is_waiting(rows: Iterable[Any]) -> bool:
    """Whether somebody will still decide one of these rows of `WAITING`."""
    return any(_verb(row) for row in rows)


def deciding(desk: Desk, warehouse: Any, leaving: threading.Event, stop: threading.Event) -> threading.Thread:
    """People beside a desk that runs; they start when it may send. When they leave, the desk stops: as a server does."""

    def run() -> None:
        context, ordered = _context(desk, warehouse), set[str]()
        while not leaving.wait(0.3):
            if desk.ready and desk.generation and desk.failed is None:
                with suppress(WarehouseError, StateAccessError):
                    decide(context, WALL_MS)
                    _order(context, ordered)
        stop.set()

    thread = threading.Thread(target=run, name="people", daemon=True)
    thread.start()
    return thread
