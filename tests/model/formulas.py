"""Projection and planning formulas, each with the name of what it is from.

    projection      P(D(t) >= available + S(t)) at each day's end, the largest of them, quantiles, trip levels
    planning        safety stock, reorder point, unit normal loss (Silver, Pyke, Thomas; King 2011)
    intermittent    Croston, SBA, TSB (Teunter, Syntetos, Babai 2011)
    the rest        DDMRP zones, spike tail, phantom filter

Supply here is (quantity, [chance to have arrived by the end of day 1, 2, ...]).
"""

from itertools import product
from math import ceil, sqrt

from scipy.stats import nbinom, norm

EXACT = 4
"""So many of the earliest supplies count by their distribution, later ones by their expectation."""


def tail(mean: float, variance: float, level: float) -> float:
    """P(D >= level) of a negative binomial demand."""
    if level <= 0:
        return 1.0
    n, p = mean * mean / (variance - mean), mean / variance
    return float(nbinom.sf(ceil(level) - 1, n, p))


def out_by(available: float, day: int, mean: float, variance: float, supplies=()) -> float:
    """P(out by the end of `day`), for a demand of `mean` and `variance` a day."""
    exact, later = supplies[:EXACT], supplies[EXACT:]
    expected = sum(quantity * arrived[day - 1] for quantity, arrived in later)
    total = 0.0
    for arrivals in product((False, True), repeat=len(exact)):
        chance, supply = 1.0, expected
        for here, (quantity, arrived) in zip(arrivals, exact, strict=True):
            chance *= arrived[day - 1] if here else 1 - arrived[day - 1]
            supply += quantity if here else 0
        total += chance * tail(mean * day, variance * day, available + supply) if chance else 0.0
    return total


def p_stockout(available, horizon, mean, variance, supplies=()) -> float:
    return max(out_by(available, day, mean, variance, supplies) for day in range(1, horizon + 1))


def day_out(chance, available, horizon, mean, variance, supplies=()) -> int | None:
    """The first day by which P(out) passes `chance`; None beyond the horizon."""
    days = range(1, horizon + 1)
    return next((day for day in days if out_by(available, day, mean, variance, supplies) > chance), None)


def trip_level(line, horizon, mean, variance, supplies=()) -> int:
    """The least available at which p_stockout is not over the line."""
    level = 0
    while p_stockout(level, horizon, mean, variance, supplies) > line:
        level += 1
    return level


def loss(k: float) -> float:
    return norm.pdf(k) - k * norm.sf(k)


def safety_stock(k, demand_sd, lead_time, lead_time_sd, demand) -> float:
    return k * sqrt(lead_time * demand_sd**2 + demand**2 * lead_time_sd**2)


def croston(demands, alpha=0.1) -> tuple[float, float]:
    """(size z, interval p) after the last period; both start at the first demand."""
    size = interval = None
    since = 0
    for demand in demands:
        since += 1
        if demand:
            size = demand if size is None else size + alpha * (demand - size)
            interval = since if interval is None else interval + alpha * (since - interval)
            since = 0
    return size, interval


def tsb(demands, alpha=0.1, beta=0.1) -> tuple[float, float]:
    """(size z, probability p); p moves in every period once the first demand has started it."""
    size = chance = None
    for period, demand in enumerate(demands, 1):
        if size is None and demand:
            size, chance = demand, 1 / period
        elif size is not None:
            size += alpha * (demand - size) if demand else 0
            chance += beta * ((demand > 0) - chance)
    return size, chance


def phantom(days, p0, h, pi=0.0) -> list[float]:
    """The chance of phantom stock after each of so many days without a sale."""
    found = []
    for _ in range(days):
        prior = pi + (1 - pi) * h
        pi = prior / (prior + (1 - prior) * p0)
        found.append(pi)
    return found
