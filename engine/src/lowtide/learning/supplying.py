"""What orders teach: lateness by supplier, and the lead time that suppliers promise."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import orjson
from numpy.typing import NDArray

from lowtide.core import Job
from lowtide.inputs import InputLayer, InputTerms
from lowtide.learning.findings import Finding
from lowtide.learning.history import History
from lowtide.learning.lateness import (
    LEAST_ORDERS,
    Arrivals,
    Steps,
    arrivals_of,
    error_of,
    mixed,
    remainder_of,
    steps_of,
)

_LEAST_LEADS = 10
_SAME_LEAD_DAYS = 0.5


@dataclass
class Supplying:
    """What was learned of supply: findings, layers, and the lead time of each position of the grids, in days."""

    lead_days: NDArray[np.float64]
    layers: list[InputLayer] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    orders: int = 0


def learn_supply(history: History, job: Job, begin: int) -> Supplying:
    """Learn lateness and lead times; lateness is judged on the orders that were due from day `begin` on."""
    table = history.positions
    lead = table["lead_time_days"].to_numpy().astype(float)
    parts = arrivals_of(history.orders)
    found = Supplying(lead[history.chosen], orders=parts.orders)
    if not found.orders:
        return found
    suppliers = np.array([name or "" for name in table["supplier"].to_pylist()], dtype=object)
    own = table["own_lead_time"].to_numpy(zero_copy_only=False)
    of_part = suppliers[parts.position]
    shared = _lateness(found, parts, "", {}, _shipped(job), history, begin)
    share = remainder_of(parts, history.last_day)
    if share is not None:
        found.layers.append(InputLayer(name="short deliveries", match={}, set=InputTerms(remainder=share)))
        values = {"came": share, "orders": int(parts.is_remainder.sum())}
        found.findings.append(Finding("remainder", "unjudged", values=values))
    lead = _lead(found, parts, "", {}, lead, own, np.ones(len(lead), bool))
    for name in sorted(set(of_part) - {""}):
        mine = parts.some(of_part == name)
        match = {"supplier": [str(name)]}
        if mine.orders >= LEAST_ORDERS:
            _lateness(found, mine, str(name), match, shared, history, begin)
        lead = _lead(found, mine, str(name), match, lead, own, suppliers == name)
    found.lead_days = lead[history.chosen]
    return found


def _shipped(job: Job) -> Steps:
    layers = orjson.loads(job.policy_document)["layers"]
    return [(float(days), float(share)) for days, share in layers[0]["set"]["lateness"]]


def _lateness(
    found: Supplying,
    parts: Arrivals,
    name: str,
    match: dict[str, list[str]],
    before: Steps,
    history: History,
    begin: int,
) -> Steps:
    """Judge and keep the lateness of one supplier, or of all; gives the table that then holds for it."""
    last, split = history.last_day, history.first_day + begin
    old, new = parts.some(parts.due < split), parts.some((parts.due >= split) & (parts.due <= last))
    trial, final = steps_of(old, split - 1), steps_of(parts, last)
    if not final or parts.orders < LEAST_ORDERS:
        return before
    if name:
        trial, final = mixed(trial, old.orders, before), mixed(final, parts.orders, before)
    values = {"orders": parts.orders, "on_time": final[0][1], "came": final[-1][1]}
    if old.orders < LEAST_ORDERS or new.orders < 10 or not trial:
        status, was, now = "unjudged", None, None
    else:
        errors = error_of(new, before, last), error_of(new, trial, last)
        was, now = (float(error.mean()) for error in errors)
        status = "paid" if now < was else "dropped"
    found.findings.append(Finding("lateness", status, was, now, name, values=values))
    if status == "dropped":
        return before
    about = f"supplier {name}" if name else "every supplier"
    found.layers.append(InputLayer(name=about, match=match, set=InputTerms(lateness=final)))  # type: ignore[arg-type]
    return final


def _lead(
    found: Supplying,
    parts: Arrivals,
    name: str,
    match: dict[str, list[str]],
    lead: NDArray[np.float64],
    own: NDArray[np.bool_],
    mine: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Take the promised lead time of one supplier, or of all, where it is another one than the policy's."""
    _, first = np.unique(parts.order, return_index=True)
    promised = parts.lead[first]
    promised = promised[promised > 0]
    if len(promised) < _LEAST_LEADS or not (mine & ~own).any():
        return lead
    usual = float(np.median(promised))
    before = float(np.median(lead[mine & ~own]))
    if (
        abs(usual - before) <= _SAME_LEAD_DAYS
        or np.mean(np.abs(promised - usual) <= max(1, 0.2 * usual)) < 0.6
    ):
        return lead
    about = f"lead time of {name}" if name else "lead time"
    found.layers.append(InputLayer(name=about, match=match, set=InputTerms(lead_time_days=usual)))  # type: ignore[arg-type]
    found.findings.append(
        Finding("lead_time", "given", None, None, name, values={"days": usual, "policy": before})
    )
    return np.where(mine & ~own, usual, lead)
