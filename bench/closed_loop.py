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
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import orjson
import pyarrow as pa
from numpy.typing import NDArray
from scipy.stats import norm

import record
from demands import Grid, synthetic
from lowtide.core import Job
from lowtide.policy import read_policy_text
from lowtide.propose import Demand, Item, Position, Supplier, Supply, Terms, order, thousandths

FIRST = date(2026, 1, 5)
"""A Monday."""
DAYS, LEARN, FIXED = 365, 120, 84
LATE, MEAN_LATE, SHORT, MOST_ORDERS = 0.115, 4, 0.04, 400
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
UTC_ZONE = ZoneInfo("UTC")
SUPPLIERS = (
    Supplier("daily", lead_time=2, zone=UTC_ZONE),
    Supplier("mon-thu", order_days=frozenset({0, 3}), lead_time=3, zone=UTC_ZONE),
    Supplier(
        "mon-wed-fri",
        order_days=frozenset({0, 2, 4}),
        delivery_days=frozenset({1, 3, 5}),
        lead_time=1,
        zone=UTC_ZONE,
    ),
    Supplier("weekly", order_days=frozenset({1}), lead_time=7, zone=UTC_ZONE),
)
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
START_MS = int(datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC).timestamp() * 1000)
Whole = NDArray[np.int64]


class Open(NamedTuple):
    """One open order of a shelf."""

    ref: str
    units: int
    due: int
    """Day of the promise."""
    comes: int
    """Day on which it comes."""
    brings: int


@dataclass(frozen=True)
class Shop:
    """SKUs, their suppliers and their demand, drawn from one seed."""

    demand: Grid
    supplier: Whole
    pack: Whole
    moq: Whole
    cost: Grid
    late: Whole
    """Days late, by SKU and number of its order."""
    half: NDArray[np.bool_]

    @classmethod
    def of(cls, seed: int, skus: int) -> Shop:
        """A shop; the same seed gives the same."""
        rng = np.random.default_rng(seed)
        demand = synthetic(rng, skus, DAYS)
        a_day = np.maximum(demand[:, :FIXED].mean(axis=1), 0.02)
        sizes = np.array([1, 6, 12, 24])
        fits = np.searchsorted(sizes, a_day * rng.choice([1, 3, 6], skus), side="right") - 1
        pack = sizes[np.maximum(fits, 0)]
        shape = (skus, MOST_ORDERS)
        late = np.where(rng.random(shape) < LATE, np.ceil(rng.exponential(MEAN_LATE, shape)), 0)
        return cls(
            demand, rng.integers(0, len(SUPPLIERS), skus), pack, pack * rng.integers(1, 3, skus),
            np.round(np.exp(rng.normal(1.2, 0.8, skus)), 2), np.minimum(late, 30).astype(np.int64),
            rng.random(shape) < SHORT,
        )  # fmt: skip

    def classes(self) -> dict[str, int]:
        """How many SKUs are smooth, intermittent, erratic, lumpy (Syntetos, Boylan, Croston)."""
        sells = self.demand > 0
        gap = DAYS / np.maximum(sells.sum(axis=1), 1)
        sizes = np.where(sells, self.demand, np.nan)
        spread = (np.nanstd(sizes, axis=1) / np.nanmean(sizes, axis=1)) ** 2
        names = np.array(["smooth", "erratic", "intermittent", "lumpy"])
        found = names[2 * (gap > 1.32) + (spread > 0.49)]
        return {str(name): int((found == name).sum()) for name in names}


class Evening(NamedTuple):
    """What a buyer sees when the shop has closed."""

    day: int
    stock: Grid
    sold: Grid
    received: list[tuple[int, str, int]]
    """Shelf, ref, units."""
    orders: list[list[Open]]


Buyer = Callable[[Evening, int, Sequence[int]], dict[int, int]]
"""Units to order of each shelf whose supplier takes orders today: (evening, supplier, shelves)."""


class Outcome(NamedTuple):
    """One run of one shop."""

    level: float
    lost: float
    """Units lost, of a hundred units of demand."""
    stock: float
    """Stock at cost, mean of the days."""


def simulate(shop: Shop, copies: int, buyer: Buyer) -> tuple[Grid, Grid]:
    """Run shelves (each SKU `copies` times); units lost and mean stock of each, from day LEARN on."""
    skus = len(shop.demand)
    shelves = skus * copies
    stock = np.tile(np.ceil(shop.demand[:, :FIXED].mean(axis=1) * 21) + shop.pack, copies).astype(float)
    orders: list[list[Open]] = [[] for _ in range(shelves)]
    placed = np.zeros(shelves, np.int64)
    lost, held = np.zeros(shelves), np.zeros(shelves)
    for day in range(DAYS):
        received = _receive(day, orders)
        for shelf, _, units in received:
            stock[shelf] += units
        wanted = np.tile(shop.demand[:, day], copies)
        sold = np.minimum(stock, wanted)
        stock = stock - sold
        if day >= LEARN:
            lost += wanted - sold
            held += stock
        evening = Evening(day, stock, sold, received, orders)
        for number, supplier in enumerate(SUPPLIERS):
            if (FIRST + timedelta(days=day)).weekday() not in supplier.order_days:
                buyer(evening, number, ())
                continue
            chosen = [shelf for shelf in range(shelves) if shop.supplier[shelf % skus] == number]
            due = (supplier.delivery(FIRST + timedelta(days=day)) - FIRST).days
            for shelf, units in buyer(evening, number, chosen).items():
                sku, nth = shelf % skus, placed[shelf] % MOST_ORDERS
                brings = -(-units // 2) if shop.half[sku, nth] else units
                comes = due + int(shop.late[sku, nth])
                orders[shelf].append(Open(f"{shelf}-{placed[shelf]}", units, due, comes, brings))
                placed[shelf] += 1
    return lost, held / (DAYS - LEARN)


def _receive(day: int, orders: list[list[Open]]) -> list[tuple[int, str, int]]:
    """What comes this morning. A delivery that brings half closes its order: the supplier has no more."""
    came = []
    for shelf, open_ in enumerate(orders):
        if any(one.comes == day for one in open_):
            came += [(shelf, one.ref, one.brings) for one in open_ if one.comes == day]
            orders[shelf] = [one for one in open_ if one.comes != day]
    return came


class Proposals:
    """Orders what `propose.order` says. The core runs beside the shop and writes its position rows each night."""

    def __init__(self, shop: Shop, levels: Sequence[float], values: dict[str, object]) -> None:
        document = {
            "defaults": {"lead_time": "7 d", **values},
            "calibration_sample": 0,
            "publish_every": "15m",
        }
        job = Job.of(read_policy_text(orjson.dumps(document).decode(), "policy"), partition="shop")
        self._partition, self._group = job.partition(1), job.group()
        self._shop, self._skus, self._records = shop, len(shop.demand), 0
        usual = Terms.of({})
        self._terms = [replace(usual, service_level=level) for level in levels]
        self._items = [
            Item(
                str(sku), supplier=SUPPLIERS[shop.supplier[sku]].supplier, pack=int(shop.pack[sku]) * 1000,
                moq=int(shop.moq[sku]) * 1000, unit_cost=float(shop.cost[sku]),
            )
            for sku in range(self._skus)
        ]  # fmt: skip
        self._demand: dict[int, Demand] = {}
        self._seen = -1
        self._before = Rule(shop, levels, window=FIXED)

    def __call__(self, evening: Evening, supplier: int, shelves: Sequence[int]) -> dict[int, int]:
        if evening.day != self._seen:
            self._learn(evening)
            self._seen = evening.day
        if evening.day < FIXED:
            return self._before(evening, supplier, shelves)
        at = datetime.combine(FIRST + timedelta(days=evening.day), datetime.min.time(), UTC) + timedelta(
            hours=23
        )
        found = {}
        for shelf in shelves:
            position = self._position(evening, shelf, at)
            sku, terms = shelf % self._skus, self._terms[shelf // self._skus]
            proposed = order(position, self._items[sku], SUPPLIERS[supplier], terms, at)
            if proposed is not None:
                found[shelf] = proposed.quantity // 1000
        return found

    def _position(self, evening: Evening, shelf: int, at: datetime) -> Position:
        supply = tuple(
            Supply(one.ref, one.units * 1000, FIRST + timedelta(days=one.due))
            for one in evening.orders[shelf]
        )
        sku, place = str(shelf % self._skus), f"v{shelf // self._skus}"
        available = thousandths(int(evening.stock[shelf]))
        return Position("bench", "shop", place, sku, at, available, self._demand[shelf], supply, available)

    def _learn(self, evening: Evening) -> None:
        """The core gets the day as records, and a count after midnight, so that it writes a row of every shelf."""
        begin = START_MS + evening.day * DAY_MS
        lines = [
            self._line("receipt", shelf, units, begin + 8 * HOUR_MS, ref)
            for shelf, ref, units in evening.received
        ]
        if evening.day == 0:
            opening = enumerate((evening.stock + evening.sold).tolist())
            lines += [self._line("count", shelf, units, begin) for shelf, units in opening]
        sold = np.nonzero(evening.sold)[0].tolist()
        lines += [self._line("sale", shelf, evening.sold[shelf], begin + 12 * HOUR_MS) for shelf in sold]
        counts = enumerate(evening.stock.tolist())
        lines += [self._line("count", shelf, units, begin + DAY_MS) for shelf, units in counts]
        beat = {"id": f"b{evening.day}", "source": "shop", "kind": "heartbeat"}
        lines.append(_json(beat | {"event_time": begin + DAY_MS + HOUR_MS // 2}))
        for _, part in self._partition.lines(b"".join(lines)):
            self._group.apply(part)
        self._read(self._group.take()["position"], FIRST + timedelta(days=evening.day + 1))

    def _line(self, kind: str, shelf: int, units: float, moment: int, ref: str = "") -> bytes:
        self._records += 1
        place = {"sku": str(shelf % self._skus), "location": f"v{shelf // self._skus}"}
        fields = {"id": ref or f"m{self._records}", "source": "shop", "kind": kind, "event_time": moment}
        return _json({**fields, **place, "quantity": f"{units:g}"})

    def _read(self, rows: pa.RecordBatch, first_day: date) -> None:
        """Mean and variance of each shelf, from the start of `first_day`."""
        sku = rows["sku"].cast(pa.string()).to_pylist()
        place = rows["location"].cast(pa.string()).to_pylist()
        means, variances = rows["demand_mean"].to_pylist(), rows["demand_variance"].to_pylist()
        for at in range(rows.num_rows):
            shelf = int(place[at][1:]) * self._skus + int(sku[at])
            self._demand[shelf] = Demand(first_day, tuple(means[at]), tuple(variances[at]))


class OnWindow(Proposals):
    """The same arithmetic on mean and variance of the last 84 days, in place of what the core learned."""

    def _learn(self, evening: Evening) -> None:
        self._sold = [*getattr(self, "_sold", [])[-FIXED + 1 :], evening.sold.copy()]
        known = np.array(self._sold)
        mean = known.mean(axis=0)
        variance = known.var(axis=0, ddof=1) if len(known) > 1 else mean
        tomorrow = FIRST + timedelta(days=evening.day + 1)
        for shelf, (units, spread) in enumerate(
            zip(mean.tolist(), np.maximum(variance, mean).tolist(), strict=True)
        ):
            days = range(1, 11)
            self._demand[shelf] = Demand(
                tomorrow, tuple(units * n for n in days), tuple(spread * n for n in days)
            )


def _json(fields: dict[str, object]) -> bytes:
    return orjson.dumps(fields, option=orjson.OPT_APPEND_NEWLINE)


class Rule:
    """Fills up to mean × days + z × deviation × √days: from the last days each evening, or fixed at day FIXED."""

    def __init__(self, shop: Shop, levels: Sequence[float], *, window: int, fixed: bool = False) -> None:
        self._fixed, self._window = fixed, window
        self._z = np.repeat(norm.ppf(levels), len(shop.demand))
        copies = len(levels)
        self._pack, self._moq = np.tile(shop.pack, copies), np.tile(shop.moq, copies)
        self._sold: list[Grid] = []
        self._mean = self._deviation = np.zeros(0)

    def __call__(self, evening: Evening, supplier: int, shelves: Sequence[int]) -> dict[int, int]:
        self._note(evening)
        found, span = {}, self._span(evening.day, SUPPLIERS[supplier]) if shelves else 0
        for shelf in shelves:
            level = self._mean[shelf] * span + self._z[shelf] * self._deviation[shelf] * span**0.5
            open_ = sum(one.units for one in evening.orders[shelf])
            need = int(np.ceil(level - evening.stock[shelf] - open_ - 1e-9))
            if need > 0:
                pack = int(self._pack[shelf])
                found[shelf] = -(-max(need, int(self._moq[shelf])) // pack) * pack
        return found

    def _span(self, day: int, supplier: Supplier) -> int:
        """Days from tomorrow to the day before the delivery of the order after this one, as a shop counts them."""
        today = FIRST + timedelta(days=day)
        return (supplier.delivery(supplier.order_day_after(today).day) - today).days

    def _note(self, evening: Evening) -> None:
        if len(self._sold) == evening.day + 1:
            return
        self._sold.append(evening.sold.copy())
        if self._fixed and evening.day >= FIXED:
            return
        window = FIXED if evening.day < FIXED else self._window
        known = np.array(self._sold[-window:])
        self._mean = known.mean(axis=0)
        self._deviation = known.std(axis=0, ddof=1) if len(known) > 1 else known.mean(axis=0)


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
