"""The simulated supply of the demo: orders, deliveries and counts that fit the real sales.

The assumptions, all with one fixed seed:

- A position with twelve sale lines or more in the year is replenished (s, Q). Each evening (22:00 in New
  York) it is ordered for if on hand plus on order is at or below s. s covers its mean demand over lead time
  plus a day with 1.65 standard deviations; Q is one to three weeks of demand in whole packs. The planner
  knows the year's mean.
- Lead time is 2 to 7 days, one number per supplier. The promise (`due`) is noon of that day.
- 11.5 % of deliveries come late, with quartiles of 5, 12 and 25 days, at most 60; the others come on the promised
  morning. 4 % bring half of the order, and the rest is cancelled (an order of 0) two to five days later.
- Suppliers of even number send a shipment notice the evening before a delivery.
- Every position is counted at the start. The replenished ones are counted each ninth week, and the count
  sometimes differs by one. A position below zero at midnight is counted then: customers did buy, so the shelf
  has some units, about four days of demand.
- Every other position starts with the units that its year needs and one or two more; one in fifty is counted again
  in summer.

Sales are never changed: if the recorded stock runs out and customers still buy, it goes below zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lowtide.samples.replenish import Movements, Replenishment
from lowtide.samples.shop import DAY, HOUR, Ints

SEED = 20170101
REGULAR_LINES = 12
MORNING = 5 * HOUR
"""A day begins at 05:00 UTC, which is midnight in New York in winter."""


@dataclass(frozen=True)
class Sales:
    """Sale lines as columns of one length, by time; times in ms UTC."""

    store: Ints
    product: Ints
    quantity: Ints
    time: Ints


@dataclass(frozen=True)
class Supply:
    """The simulated movements, and the number of late and short deliveries."""

    movements: pa.Table
    replenished: int
    late: int
    short: int
    lead: dict[int, int]
    """Days from an order to its promise, by the number of the supplier that has orders."""


def simulate(sales: Sales, catalogue: pa.Table) -> Supply:
    """Give the supply side of a year of sales, unsorted; `catalogue` has supplier, unit_cost, pack by sku."""
    draw = np.random.default_rng(SEED)
    keys = sales.store * (1 << 32) + sales.product
    pairs, position, lines = np.unique(keys, return_inverse=True, return_counts=True)
    store, product = pairs >> 32, pairs & ((1 << 32) - 1)
    sku_row = np.searchsorted(catalogue["sku"].cast(pa.int64()).to_numpy(), product)
    need = np.bincount(position, sales.quantity, len(pairs)).astype(np.int64)
    start = int(sales.time[0]) // DAY * DAY + MORNING
    days = (int(sales.time[-1]) - start) // DAY + 1
    regular = np.flatnonzero(lines >= REGULAR_LINES)
    log = Movements()
    _tail(draw, log, sales, position, lines, need, start)
    number = np.full(len(pairs), -1)
    number[regular] = np.arange(len(regular))
    mine = number[position] >= 0
    cell = number[position[mine]] * days + np.clip((sales.time[mine] - start) // DAY, 0, days - 1)
    daily = (
        np.bincount(cell, sales.quantity[mine], len(regular) * days)
        .astype(np.int64)
        .reshape(len(regular), days)
    )
    supplier = pc.fill_null(catalogue["supplier"].cast(pa.int64()), 0).to_numpy()[sku_row[regular]]
    pack = catalogue["pack"].to_numpy()[sku_row[regular]].astype(np.int64)
    shelves = Replenishment(draw, log, regular, daily, supplier, pack)
    shelves.run(start)
    table = _table(log, store, product, sku_row, catalogue)
    lead = {int(number): int(shelves.lead_of[number]) for number in np.unique(supplier)}
    return Supply(table, len(regular), shelves.late, shelves.short, lead)


def _tail(
    draw: np.random.Generator,
    log: Movements,
    sales: Sales,
    position: Ints,
    lines: Ints,
    need: Ints,
    start: int,
) -> None:
    tail = np.flatnonzero(lines < REGULAR_LINES)
    spare = np.zeros(len(need), dtype=np.int64)
    spare[tail] = draw.integers(1, 3, len(tail))
    log.add("count", tail, np.maximum(need + spare, 0)[tail], start + draw.integers(0, HOUR, len(tail)))
    again = tail[draw.random(len(tail)) < 0.02]
    summer = np.full(len(need), np.iinfo(np.int64).max)
    summer[again] = (
        start + 180 * DAY + draw.integers(0, 30, len(again)) * DAY + draw.integers(0, HOUR, len(again))
    )
    rest = np.bincount(position, sales.quantity * (sales.time > summer[position]), len(need)).astype(np.int64)
    off = np.where(draw.random(len(again)) < 0.2, draw.integers(-1, 2, len(again)), 0)
    log.add("count", again, np.maximum((rest + spare)[again] + off, 0), summer[again])


def _table(log: Movements, store: Ints, product: Ints, sku_row: Ints, catalogue: pa.Table) -> pa.Table:
    kinds, position, quantity, time, ref, due = log.columns()
    rows = sku_row[position]
    bought = np.isin(kinds, ("order", "receipt", "shipment"))

    def text(values: Ints) -> pa.Array:
        return pa.array(values).cast(pa.utf8())

    def where(mask: Any, values: pa.Array | pa.ChunkedArray) -> Any:
        return pc.if_else(pa.array(mask), values, pa.scalar(None, values.type))

    chosen = pa.array(rows)
    return pa.table(
        {
            "id": pc.binary_join_element_wise(pa.scalar("s"), text(np.arange(len(position))), ""),
            "source": pa.array(np.where(bought, "purchasing", "stockroom")),
            "kind": pa.array(kinds),
            "sku": text(product[position]),
            "location": text(store[position]),
            "quantity": pa.array(quantity),
            "event_time": pa.array(time).cast(pa.timestamp("ms", tz="UTC")),
            "ref": where(ref >= 0, pc.binary_join_element_wise(pa.scalar("PO"), text(ref), "")),
            "due": where(due >= 0, pa.array(due).cast(pa.timestamp("ms", tz="UTC"))),
            "counterparty": where(bought, catalogue["supplier"].take(chosen)),
            "unit_value": where(bought, catalogue["unit_cost"].take(chosen)),
        }
    )
