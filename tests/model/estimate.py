"""Learn a position's demand from its days in stock: three levels, their weights, and how uneven demand is.

All numbers are float64 and in units a day of normal demand. One call of `close` for each local day, in order of days:

    1  Estimator(...)      levels and n from the prior; then steps 6 and 7 with phi = the prior dispersion
    2  sold out            with the rule `whole` a day that ended sold out counts as a whole day
    3  residual            A and M, against the rate before this day; only if n before this day was 3 or more
    4  levels              n first, then the three levels, with the new n in the step
    5  week's end          after the last day of the week has been added: loss, V, MB with the weights before this
                           day; then the sums start again and f becomes the levels, this day's sales among them
    6  weights             from the new losses and the new level 1, with phi before this day
    7  rate, kappa, phi    from the new weights and levels; phi of this day is first used on the next day

Readings that the formulas leave open:

- A day with exposure 0 and without a sale skips 2, 3 and 4. If it does not end a week, it skips 5 to 7 as well. If it ends
  one, step 5 is due; 6 and 7 follow only if the losses changed. So a second idle week changes nothing at all.
- A week ends on the day whose successor has another floor(day number / 7). Day 0 starts a week.
- A sale on a day with exposure 0 is learned: n grows by 1, and the levels do not fall. The sold-out rule leaves it alone.
- Weights need no special case at the start: all losses are 0, so that only the second factor counts.

>>> one = Estimator()
>>> one.close(0, 3.0)
>>> one.rate, one.phi, round(one.kappa, 6)
(1.5, 1.02, 0.35)
"""

from dataclasses import dataclass, field

STEPS = (0.006, 0.04, 0.2)
"""Share of a day in each level, at least: half-lives of 115, 17 and 3 days."""
WEEK = 7
LOSS_MEMORY, SPREAD_MEMORY = 0.96, 0.97
"""What a week keeps of the losses, and of the squared residuals."""
FIRST_KAPPA = 0.3
LEAST_PHI = 1.02
PRIOR_MEAN, PRIOR_WEEK_MEAN = 2.1, 18.0
"""Expected units for which the prior dispersion stands, by day and by week."""


@dataclass
class Estimator:
    """The demand of one position; `close` adds a day, `mean_variance` looks ahead."""

    prior_rate: float = 0.0
    prior_days: float = 1.0
    prior_phi: float = 1.5
    calm: float = 1.0
    """How strongly a level's own sampling noise takes weight from it."""
    sold_out_day: str = "whole"
    """`whole`: a day that ended sold out is scaled to a whole day. `part`: it counts as the part that it was."""

    level: list[float] = field(init=False)
    week_level: list[float] = field(init=False)
    loss: list[float] = field(init=False)
    weight: list[float] = field(init=False)
    days: float = field(init=False)
    rate: float = field(init=False)
    phi: float = field(init=False)
    kappa: float = field(init=False)

    def __post_init__(self) -> None:
        self.level = [self.prior_rate] * 3
        self.week_level, self.loss = list(self.level), [0.0] * 3
        self.days, self.phi = self.prior_days, self.prior_phi
        self.week_units = self.week_exposure = 0.0
        self.squares = self.means = 0.0
        self.week_squares = self.week_means = 0.0
        self.weigh()

    def close(
        self, day: int, units: float, exposure: float = 1.0, full: float = 1.0, sold_out: bool = False
    ) -> None:
        """End local day number `day`: sales, profile weight times share in stock, and the whole profile weight."""
        if sold_out and exposure > 0 and self.sold_out_day == "whole":
            units, exposure = units * min(full / exposure, 4), full
        learned = exposure > 0 or units > 0
        if learned:
            self._add(units, exposure)
        if (day + 1) % WEEK == 0:
            learned |= self._close_week()
        if learned:
            self.weigh()

    def mean_variance(self, exposure: float) -> tuple[float, float]:
        """Give mean and variance of the demand over days that weigh `exposure` together."""
        mean = self.rate * exposure
        return mean, self.phi * mean + self.kappa * mean * mean

    def correct(self, change: float, units: float, day: int, open_day: int) -> None:
        """Learn late what was sold on a closed day, as if every day since had been in stock.

        `units` is what the day had sold without the change, `open_day` the first day that is not closed. The losses of weeks
        that are judged stay, and so do the means of the residuals.
        """
        since = max(open_day - 1 - day, 0)
        learned = self.days - since
        if learned >= 3:
            keep, residual = SPREAD_MEMORY ** (since / WEEK), units - self.rate
            self.squares = max(0.0, self.squares + keep * change * (2 * residual + change))
        for k, least in enumerate(STEPS):
            share = max(least, 1 / max(learned, 1))
            at_week_start = 0.0
            for later in range(day, open_day):
                if later > day:
                    share *= 1 - max(least, 1 / max(learned + later - day, 1))
                if (later + 1) % WEEK == 0:
                    at_week_start = share
            self.level[k] = max(0.0, self.level[k] + share * change)
            self.week_level[k] = max(0.0, self.week_level[k] + at_week_start * change)
        if day // WEEK == open_day // WEEK:
            self.week_units = max(0.0, self.week_units + change)
        self.weigh(self.phi_before)

    def _add(self, units: float, exposure: float) -> None:
        if self.days >= 3:
            keep, mean = SPREAD_MEMORY ** (1 / WEEK), self.rate * exposure
            self.squares = keep * self.squares + (units - mean) ** 2
            self.means = keep * self.means + mean
        self.days += exposure if exposure > 0 else 1
        for k, least in enumerate(STEPS):
            step = max(least, 1 / max(self.days, 1))
            self.level[k] = max(0.0, self.level[k] + step * (units - exposure * self.level[k]))
        self.week_units += units
        self.week_exposure += exposure

    def _close_week(self) -> bool:
        """Judge the levels with which the week began; say whether there was enough to judge."""
        units, exposure = self.week_units, self.week_exposure
        enough = exposure >= WEEK / 4 and self.days - self.prior_days > WEEK + 2
        if enough:
            mean = exposure * sum(w * f for w, f in zip(self.weight, self.week_level, strict=True))
            losses = zip(self.loss, self.week_level, strict=True)
            self.loss = [LOSS_MEMORY * loss + (units - f * exposure) ** 2 for loss, f in losses]
            self.week_squares = SPREAD_MEMORY * self.week_squares + (units - mean) ** 2
            self.week_means = SPREAD_MEMORY * self.week_means + mean
        self.week_units = self.week_exposure = 0.0
        self.week_level = list(self.level)
        return enough

    def weigh(self, phi_before: float | None = None) -> None:
        """Weights with phi before the last day that was learned; then rate, kappa and phi."""
        self.phi_before = self.phi if phi_before is None else phi_before
        best, slowest = min(self.loss), max(self.level[0], 0.001)
        raw = [
            ((best + 1e-9) / (loss + 1e-9)) ** 2 / (1 + self.calm * step * self.phi_before / (2 * slowest))
            for loss, step in zip(self.loss, STEPS, strict=True)
        ]
        self.weight = [one / sum(raw) for one in raw]
        self.rate = sum(w * level for w, level in zip(self.weight, self.level, strict=True))
        daily = max((self.squares + PRIOR_MEAN * self.prior_phi) / (self.means + PRIOR_MEAN), LEAST_PHI)
        prior = PRIOR_WEEK_MEAN * (daily + WEEK * FIRST_KAPPA * self.rate)
        weekly = max((self.week_squares + prior) / (self.week_means + PRIOR_WEEK_MEAN), LEAST_PHI)
        self.kappa = max(0.0, (weekly - daily) / ((WEEK - 1) * max(self.rate, 1e-6)))
        self.phi = max(daily - self.kappa * self.rate, LEAST_PHI) if self.kappa else weekly
