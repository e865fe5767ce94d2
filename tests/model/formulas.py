"""Planning formulas, and the tail of demand, each with the name of what it is from.

tail            P(D >= level) of a negative binomial demand; a Poisson one where the variance is the mean
planning        safety stock, reorder point, unit normal loss (Silver, Pyke, Thomas; King 2011)
intermittent    Croston, SBA, TSB (Teunter, Syntetos, Babai 2011)
the rest        DDMRP zones, spike tail, phantom filter
"""

from math import ceil, sqrt

from scipy.special import betainc, gammainc
from scipy.stats import norm


def tail(mean: float, variance: float, level: float) -> float:
    """P(D >= level), from the incomplete beta function: it keeps its relative accuracy where the chance is tiny."""
    if level <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    if variance <= mean * (1 + 1e-9):
        return float(gammainc(ceil(level), mean))
    return float(betainc(ceil(level), mean * mean / (variance - mean), (variance - mean) / variance))


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
