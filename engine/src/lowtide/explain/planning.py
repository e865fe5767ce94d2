"""Safety stock, reorder point and available to promise, for those who plan by them.

d and σd are mean and standard deviation of a day's demand, L is the time to cover (lead time and review period), σL
its standard deviation.

    σ_DL = √(L σd² + d² σL²)      demand over the time to cover (King 2011, "Crack the Code")
    SS = k σ_DL, ROP = d L + SS
    cycle service                 k = Φ⁻¹(service level): the share of order cycles without a stockout
    fill rate                     G(k) = (1 − service level) Q / σ_DL: the share of demand that is served from stock
    G(k) = φ(k) − k (1 − Φ(k))    the standard normal loss (Silver, Pyke, Thomas)

L σd² is the variance of the estimate over L days, phi m + kappa m² with m = d L: whole weeks differ, so days are not
independent.

>>> plan = safety(20, 9 * 6**2, 9, 2, 0.95)
>>> [round(value, 6) for value in (plan.k, plan.sigma, plan.safety_stock, plan.reorder_point)]
[1.644854, 43.863424, 72.148913, 252.148913]
>>> round(plan.fill_rate(200), 6), round(safety(20, 9 * 6**2, 9, 2, 0.99, "fill", 200).safety_stock, 6)
(0.995418, 56.991607)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import exp, pi, sqrt

from scipy.special import ndtr, ndtri

from lowtide.explain.demand import at_least, spread
from lowtide.rows import Row

SLOW = 10.0
"""Below this mean demand over the time to cover, the normal curve is rough: a quantile of the demand itself says more."""


@dataclass(frozen=True)
class Safety:
    """A safety stock and what it is made of; quantities in units."""

    service: str
    """`cycle` or `fill`."""
    service_level: float
    k: float
    sigma: float
    """Standard deviation of demand over lead time and review period."""
    mean: float
    """Mean of that demand."""
    quantity: float | None = None
    """The order quantity Q, for a fill rate."""

    @property
    def safety_stock(self) -> float:
        """Units beyond the mean demand: k σ_DL."""
        return self.k * self.sigma

    @property
    def reorder_point(self) -> float:
        """The inventory position at which to order."""
        return self.mean + self.safety_stock

    def quantile(self) -> int:
        """The least whole stock that demand (negative binomial) exceeds in at most 1 − level of the cycles."""
        stock = 0
        while at_least(stock + 1, self.mean, self.sigma**2) > 1 - self.service_level:
            stock += 1
        return stock

    def short(self) -> float:
        """The units that are expected to be missing in an order cycle: σ_DL G(k)."""
        return self.sigma * loss(self.k)

    def fill_rate(self, quantity: float) -> float:
        """The share of demand that is served from stock with orders of `quantity`."""
        return 1 - self.short() / quantity


def loss(k: float) -> float:
    """The standard normal loss G(k): what is expected beyond k, in standard deviations."""
    return exp(-k * k / 2) / sqrt(2 * pi) - k * float(ndtr(-k))


def fill_factor(fill_rate: float, quantity: float, sigma: float) -> float:
    """The k, at least 0, at which orders of `quantity` serve this share of demand from stock; by bisection."""
    if sigma <= 0 or sigma * loss(0) <= (1 - fill_rate) * quantity:
        return 0.0
    low, high = 0.0, 40.0
    while high - low > 1e-12:
        middle = (low + high) / 2
        low, high = (middle, high) if sigma * loss(middle) > (1 - fill_rate) * quantity else (low, middle)
    return high


def safety(
    rate: float,
    variance: float,
    days: float,
    days_sd: float,
    level: float,
    service: str = "cycle",
    quantity: float | None = None,
) -> Safety:
    """Give the safety stock for a `rate` a day and a `variance` over `days`, whose standard deviation is `days_sd`."""
    sigma = sqrt(variance + rate * rate * days_sd * days_sd)
    fill = service == "fill"
    k = fill_factor(level, quantity or 0.0, sigma) if fill else float(ndtri(level))
    return Safety(service, level, k, sigma, rate * days, quantity if fill else None)


def planned(demand: Row, terms: Row, quantity: float | None = None) -> Safety:
    """Give the safety stock of a position from the `demand` of an entry and the values of its policy.

    `terms` has `lead_time_days`, `review_period_days`, `lead_time_sd_days`, `service_level` and, for a fill rate,
    `service`. Q is the position's last order `quantity`; where it never ordered, the mean demand of the review
    period, at least 1.
    """
    rate, review = float(demand["rate_per_day"]), float(terms["review_period_days"])
    days = float(terms["lead_time_days"]) + review
    service = str(terms.get("service") or "cycle")
    size = quantity if quantity else max(1.0, rate * review)
    variance, days_sd = spread(demand, days)[1], float(terms["lead_time_sd_days"])
    return safety(rate, variance, days, days_sd, float(terms["service_level"]), service, size)


@dataclass(frozen=True)
class Promise:
    """What may be promised from one supply on."""

    day: date | None
    """The day on which the supply is due; None is the stock of now."""
    discrete: Decimal
    """Of this supply alone, until the next one. Below 0 only for the stock of now: that much is promised and not there."""
    cumulative: Decimal
    """Of the stock and every supply up to this one."""


def available_to_promise(
    stock: Decimal, receipts: Sequence[tuple[date, Decimal]], commitments: Sequence[tuple[date, Decimal]] = ()
) -> list[Promise]:
    """Give stock and scheduled receipts less what is committed, for now and for each day with a receipt (APICS).

    `stock` is what is on hand less commitments without a day of need (reservations, holds). A commitment with a day
    is met by the last supply that is due by then; what that one lacks is taken from the ones before it. No forecast
    is taken off.
    """
    days: list[date | None] = [None, *sorted({day for day, _ in receipts})]

    def due(day: date, period: date | None) -> bool:
        return period is None or period <= day

    discrete = [stock, *(sum((q for at, q in receipts if at == day), Decimal(0)) for day in days[1:])]
    for need, quantity in commitments:
        discrete[max(at for at, period in enumerate(days) if due(need, period))] -= quantity
    for at in range(len(discrete) - 1, 0, -1):
        if discrete[at] < 0:
            discrete[at - 1], discrete[at] = discrete[at - 1] + discrete[at], Decimal(0)
    return [
        Promise(day, here, sum(discrete[: at + 1], Decimal(0)))
        for at, (day, here) in enumerate(zip(days, discrete, strict=True))
    ]
