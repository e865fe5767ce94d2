"""What becomes of a shop that follows the proposals, beside the same shop under its own rule?

One shop is run three times over the same demand, with the same suppliers, delivery by delivery as late and as short:

    proposals   what `lowtide.propose.order` says on each order day, approved as it is. Demand is what the core learned from
                the shop's own sales: mean and variance of the position rows that it wrote that night
    static      a level a SKU, fixed at day 84 from the sales until then and never changed: mean × days +
                z × deviation × √days
    daily       the same level, renewed each evening from the sales of the last 84 days; also of the last 28

All three know the calendar: on an order day they fill up to the level that lasts until the delivery after the next one, in
whole packs, at least the minimum of the supplier, less what is there and what is on order. The two rules take every open
order as sure; the proposals count it by how late supplies are. Demand that finds an empty shelf is lost, and nobody sees it.
Until day 84 all three are the same shop and go by the daily rule; then one goes on so, one stands still, one follows the
proposals, as a shop does that begins with its own history.

Four suppliers take orders on different days; 11.5 % of deliveries are late, 4 % bring half. A third of the SKUs sells on few
days. The first 120 days are for learning; what is counted begins then: units lost, and the stock at cost, mean of the days.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import orjson

import record
from ordering_shop import FIXED, LEARN, Buyer, Shop, simulate
from shop_buyers import OnWindow, Proposals, Rule

LEVELS = (0.90, 0.95, 0.98)
"""Service levels of the proposals; .95 is the default of the policy."""
RULES = (0.7, 0.8, 0.9, 0.95, 0.975, 0.99, 0.995, 0.999, 0.9997, 0.9999)
FOLLOWED, OWN = (
    ("proposals", "proposals, calm 4", "proposals, 84 days"),
    ("static", "daily", "daily, 28 days"),
)
CALM: dict[str, object] = {"calm": 4}
"""Chosen from 1, 4, 16 and 64 on the seeds 1 to 4; the policy's default is 1."""
SEEDS = (101, 102, 103, 104, 105)
"""Chosen before a result was seen."""


class Outcome(NamedTuple):
    """One run of one shop."""

    level: float
    lost: float
    """Units lost, of a hundred units of demand."""
    stock: float
    """Stock at cost, mean of the days."""


def outcomes(shop: Shop, levels: Sequence[float], buyer: Buyer) -> list[Outcome]:
    """Lost units and stock of the shop at every level."""
    skus = len(shop.demand)
    lost, stock = simulate(shop, len(levels), buyer)
    wanted = shop.demand[:, LEARN:].sum()
    return [
        Outcome(
            level, 100 * float(lost[at : at + skus].sum() / wanted), float(stock[at : at + skus] @ shop.cost)
        )
        for at, level in zip(range(0, skus * len(levels), skus), levels, strict=True)
    ]


def at_stock(points: Sequence[Outcome], stock: float) -> float:
    """Units lost of a hundred at this stock, between two points of a rule; not a number outside of them."""
    stocks, lost = zip(*sorted((one.stock, one.lost) for one in points), strict=True)
    return float(np.interp(stock, stocks, lost, left=np.nan, right=np.nan))


def measure(seed: int, skus: int) -> dict[str, Any]:
    """Run one shop under all rules, print and return what became of it."""
    shop = Shop.of(seed, skus)
    runs = {
        "proposals": outcomes(shop, LEVELS, Proposals(shop, LEVELS, {})),
        "proposals, calm 4": outcomes(shop, LEVELS, Proposals(shop, LEVELS, CALM)),
        "proposals, 84 days": outcomes(shop, LEVELS, OnWindow(shop, LEVELS, {})),
        "static": outcomes(shop, RULES, Rule(shop, RULES, window=FIXED, fixed=True)),
        "daily": outcomes(shop, RULES, Rule(shop, RULES, window=FIXED)),
        "daily, 28 days": outcomes(shop, RULES, Rule(shop, RULES, window=28)),
    }
    print(f"seed {seed}, {skus} SKUs {shop.classes()}")
    for name, points in runs.items():
        print(
            f"  {name:15}"
            + "  ".join(f"{one.level:g}: {one.lost:.2f} % at {one.stock:,.0f}" for one in points)
        )
    for followed, one in ((name, one) for name in FOLLOWED for one in runs[name]):
        beside = {name: round(at_stock(runs[name], one.stock), 2) for name in OWN}
        print(f"  at {one.stock:,.0f}: {followed} {one.level:g} {one.lost:.2f} %, {beside}", flush=True)
    return {
        "seed": seed,
        "classes": shop.classes(),
        "runs": {name: [one._asdict() for one in points] for name, points in runs.items()},
    }


def summary(shops: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """For each service level the means over the shops: lost units, stock, and what the own rules lose at that stock.

    A rule that does not reach that stock at any of its levels has None.
    """
    found = []
    for name, number in ((name, number) for name in FOLLOWED for number in range(len(LEVELS))):
        points = [Outcome(**shop["runs"][name][number]) for shop in shops]
        line: dict[str, Any] = {
            "followed": name, "level": points[0].level, "lost": round(float(np.mean([one.lost for one in points])), 2),
            "stock": round(float(np.mean([one.stock for one in points]))),
        }  # fmt: skip
        for own in OWN:
            beside = [
                at_stock([Outcome(**one) for one in shop["runs"][own]], point.stock)
                for shop, point in zip(shops, points, strict=True)
            ]
            line[own] = None if np.isnan(beside).any() else round(float(np.mean(beside)), 2)
        found.append(line)
    return found


def main() -> None:
    """Measure; `--record` writes a record file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--skus", type=int, default=120)
    parser.add_argument("--seeds", default=",".join(map(str, SEEDS)))
    parser.add_argument("--record", action="store_true", help="write bench/records/<date>-closed-loop.json")
    asked = parser.parse_args()
    shops = [measure(int(seed), asked.skus) for seed in asked.seeds.split(",")]
    found = summary(shops)
    for line in found:
        print(orjson.dumps(line).decode())
    if asked.record:
        print(record.write("closed-loop", {"skus": asked.skus, "summary": found, "shops": shops}))


if __name__ == "__main__":
    main()
