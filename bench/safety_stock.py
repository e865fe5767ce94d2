"""How often does a safety stock cover the demand of its period?

    python bench/safety_stock.py FOLDER          the frozen worlds, as `make bench-worlds` reads them

For each SKU of a world the estimate is learned day by day, each day as a whole day in stock. On every ninth day from
day 120 on it asks for the stock that covers the next 8 days (lead time 7, review period 1, a lead time that is kept) in
90, 95 and 99 % of the cases, in two ways: with the variance of a single day times 8, and with the estimate's own
variance over 8 days. Periods within 8 days of the start of a stock-out are left out, because their demand was not seen.
Those would be high ones, so the true shares are a little lower than these, for both ways alike.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from lowtide.explain.demand import spread
from lowtide.explain.estimate import Estimate
from lowtide.explain.planning import safety

DAYS, FIRST, STEP = 8, 120, 9
LEVELS = (0.9, 0.95, 0.99)


def sales(folder: Path, name: str) -> tuple[list[NDArray[np.float64]], list[set[int]]]:
    """The units of each day, by SKU, and the days on which a zero-stock episode starts."""
    events = pq.read_table(folder / f"world_{name}_events.parquet").to_pylist()
    starts: dict[int, set[int]] = defaultdict(set)
    for row in pq.read_table(folder / f"world_{name}_truth.parquet").to_pylist():
        starts[row["sku"]].add(int(row["day"]))
    last = max(int(row["day"]) for row in events)
    sold: dict[int, NDArray[np.float64]] = defaultdict(lambda: np.zeros(last + 1))
    for row in events:
        if row["type"] == "sale":
            sold[row["sku"]][int(row["day"])] += row["qty"]
    return list(sold.values()), [starts[sku] for sku in sold]


def coverage(units: NDArray[np.float64], starts: set[int]) -> list[tuple[bool, ...]]:
    """For each period whether the stock of each level covers it: by single days, then by the period's own variance."""
    estimate, found = Estimate(), []
    for day, sold in enumerate(units[:-DAYS]):
        estimate.close(day, float(sold))
        seen = not any(start - DAYS <= day <= start + DAYS for start in starts)
        if day < FIRST or day % STEP or estimate.rate <= 0 or not seen:
            continue
        known = {"rate_per_day": estimate.rate, "phi": estimate.phi, "kappa": estimate.kappa}
        variances = (DAYS * spread(known, 1)[1], spread(known, DAYS)[1])
        demand = units[day + 1 : day + 1 + DAYS].sum()
        points = [
            safety(estimate.rate, v, DAYS, 0, level).reorder_point for v in variances for level in LEVELS
        ]
        found.append(tuple(bool(demand <= point) for point in points))
    return found


def main() -> None:
    """Print a line for each world: the shares of both ways beside their targets."""
    folder = Path(sys.argv[1])
    print(
        "world periods", *(f"{way} {level:.0%}" for way in ("days", "period") for level in LEVELS), sep="  "
    )
    for name in ("cj", "or"):
        found = [
            row for units, starts in zip(*sales(folder, name), strict=True) for row in coverage(units, starts)
        ]
        print(name, len(found), *(f"{share:.3f}" for share in np.mean(found, axis=0)), sep="  ")


if __name__ == "__main__":
    main()
