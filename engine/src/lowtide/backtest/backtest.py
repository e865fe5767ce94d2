"""One policy, or two beside each other, over a period of a history: the result that is shown and kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from lowtide.backtest import truth as truths
from lowtide.backtest.changes import changes, opened, stockouts
from lowtide.backtest.children import Told, outcomes
from lowtide.backtest.history import History
from lowtide.backtest.outcome import Outcome
from lowtide.backtest.period import Period
from lowtide.backtest.scratch import Scratch
from lowtide.backtest.side import Side
from lowtide.desk.history.episodes import Episode
from lowtide.errors import JobError, SettingsError
from lowtide.people import Book
from lowtide.policy import Policy
from lowtide.report.questions import alerts
from lowtide.rows import instant_of_ms

FORMAT = 1
"""Number of the form of the document."""
FIGURES = "figures"
"""What `told` is called with when the replays are over and the figures begin."""


@dataclass(frozen=True)
class Backtest:
    """The result of a back-test."""

    document: Mapping[str, Any]
    """Every figure and every list, as docs/backtest.md says. The same history and policies give the same one."""
    sides: Sequence[Side] = field(repr=False)
    """What the policies would have done, in the order given."""
    files: Mapping[str, pa.RecordBatch] = field(repr=False)
    """The files that people keep, by table of the warehouse."""
    real: Sequence[Episode] = field(repr=False, default=())
    """The real stockouts of the period, each with its expected loss under the neutral policy."""


def backtest(
    history: History, policies: Mapping[str, Policy], period: Period | None = None, *, book: Book | None = None,
    currency: str = "", told: Told = lambda name, reached: None,
) -> Backtest:  # fmt: skip
    """Replay a history under one or two policies, by name, and under the neutral policy that finds the real stockouts.

    `book` says who owns what. `told` is called with the name of a policy, or `truth`, and how far its replay is; at last
    with `FIGURES`.
    Raises SettingsError, PolicyError, InputError, MapError, BrokerError, JobError or WarehouseError.
    """
    if not 1 <= len(policies) <= 2:
        raise SettingsError(
            f"a back-test compares one or two policies, not {len(policies)}", "Run it again for the others."
        )
    if truths.NAME in policies:
        raise SettingsError(f"a policy cannot be called `{truths.NAME}` here", "Give its file another name.")
    neutral = truths.neutral(next(iter(policies.values())))
    found = outcomes(history, {**policies, truths.NAME: neutral}, period, positions={truths.NAME}, told=told)
    told(FIGURES, {"bytes": 0, "clock": None, "entries": 0})
    truth = found.pop(truths.NAME)
    _must_hold_something(truth)
    days = (period or Period()).within(truth.since or 0, truth.clock or 0)
    with Scratch(history.files) as scratch:
        for name, outcome in {**found, truths.NAME: truth}.items():
            scratch.add(name, outcome, truth.newest)
        rows, losses = scratch.read(found)
        real = truths.stockouts(truth, losses)
        sides = [Side.of(name, outcome, days, rows[name], real, book) for name, outcome in found.items()]
        figures = [side.figures(scratch.warehouse, truth, book) for side in sides]
        money = alerts.money(scratch.warehouse)
    document = {
        "format": FORMAT, "history": _facts(history, truth), "period": days.to_dict(),
        "truth": {"policy_version": truth.policy_version, "stockouts": len(real)},
        "people_version": None if book is None else book.version,
        "money": money, "currency": currency or (book.currency if book is not None else ""),
        "policies": figures, "changes": changes(*sides) if len(sides) == 2 else None,
        "opened": opened(sides[0]) if len(sides) == 1 else None, "stockouts": stockouts(sides, _names(history)),
    }  # fmt: skip
    return Backtest(document, sides, history.files, real)


def _facts(history: History, truth: Outcome) -> dict[str, Any]:
    """What was replayed. `records` is null if the history was not read to its end."""
    since, clock = (None if ms is None else instant_of_ms(ms) for ms in (truth.since, truth.clock))
    inputs = history.inputs
    return {
        "sources": list(history.sources), "name": history.name, "sha256": history.digest(),
        "records": truth.counts["records"] if truth.is_whole else None, "positions": truth.positions.num_rows,
        "first": since, "last": clock, "inputs": None if inputs is None else inputs.start,
    }  # fmt: skip


def _names(history: History) -> dict[str, str]:
    """What SKUs are called, by the catalogue."""
    batch = history.files.get("catalogue")
    if batch is None:
        return {}
    pairs = zip(batch.column("sku").to_pylist(), batch.column("name").to_pylist(), strict=True)
    return {sku: name for sku, name in pairs if name}


def _must_hold_something(truth: Outcome) -> None:
    if not truth.positions.num_rows:
        raise JobError(
            "no record of the history could be used"
            if truth.counts["rejects"]
            else "the history holds no movement",
            "`lowtide replay SOURCE --rejects F` says why for each record. A `--to` may be before the first one.",
        )
