"""Say how much demand is expected and why: level, evidence, lumps, season, promotions, and the stored days.

Each function takes `detail.demand` of a ledger entry and gives sentences. `learned` is the same estimate learned again.
"""

from __future__ import annotations

from datetime import timedelta
from math import sqrt

from lowtide.explain.amounts import amount
from lowtide.explain.demand import mean_and_variance, spread
from lowtide.explain.learned import Learned
from lowtide.explain.supply import day_of
from lowtide.rows import Row
from lowtide.words import Language

LEVELS = ("long_run", "month", "week")
EVEN, UNEVEN = 1.5, 4.0
"""Below these ratios of a day's variance to its mean sales are called even, or uneven; above, they come in lumps."""
LEAST_PHI = 1.0201
"""Up to this phi the days themselves are as even as they can be."""
ALIKE = 0.4
"""Where no level has more weight than this, all three count about alike."""
SETTLED_DAYS = 28.0
"""With fewer days than this, the estimate is called young."""


def demand(entry: Row, tell: Language) -> list[str]:
    """Say what is expected to be sold, and how sure that is."""
    expected = (entry.get("detail") or {}).get("demand")
    if not (isinstance(expected, dict) and expected.get("exposure")):
        return [tell.say("explain.demand_rate", rate=amount(entry.get("demand_per_day")))]
    mean, variance = mean_and_variance(expected, -1)
    days = len(expected["exposure"])
    figures = {"rate": amount(expected["rate_per_day"]), "mean": f"{mean:.1f}", "sd": f"{sqrt(variance):.1f}"}
    return [tell.say("explain.demand", days=days, **figures)]


def estimate(entry: Row, tell: Language, again: Learned | None = None, *, stored: bool = False) -> list[str]:
    """Say why the estimate is what it is; nothing for an entry without one. `stored`: stored days were looked for."""
    detail = entry.get("detail") or {}
    known = detail.get("demand")
    if not (isinstance(known, dict) and known.get("levels")):
        return []
    return [
        *_level(known, tell), *_evidence(known, tell), *_lumps(known, tell), *_days(detail, tell),
        *_others(known, tell), *(_again(known, tell, again) if stored else []),
    ]  # fmt: skip


def _level(known: Row, tell: Language) -> list[str]:
    """Which of the three levels the estimate leans on; they are one number at the start."""
    levels = [float(level) for level in known["levels"]]
    if float(known["rate_per_day"]) <= 0:
        return [tell.say("explain.level_none")]
    if max(levels) - min(levels) <= 0.005 * max(levels):
        return [tell.say("explain.level_one", level=_rate(levels[0]))]
    weights = [float(weight) for weight in known["weights"]]
    most = "alike" if max(weights) < ALIKE else LEVELS[weights.index(max(weights))]
    shown = {name: _rate(level) for name, level in zip(LEVELS, levels, strict=True)}
    shares = {f"{name}_share": tell.share(weight, 0) for name, weight in zip(LEVELS, weights, strict=True)}
    leaning = tell.say(f"explain.level.{most}", share=tell.share(max(weights), 0))
    return [leaning, tell.say("explain.levels", **shown, **shares)]


def _evidence(known: Row, tell: Language) -> list[str]:
    """How many days are behind the estimate, and how much of it is still the prior."""
    prior = known.get("prior") or {}
    before, days = float(prior.get("days", 1.0)), float(known["days_learned"])
    sentences = [
        tell.say("explain.evidence" if days >= SETTLED_DAYS else "explain.young", days=f"{days:.0f}")
    ]
    if prior and before > 1:
        share = tell.share(before / max(before + days, 1.0), 0)
        rate = _rate(float(prior["rate"]))
        sentences.append(tell.say("explain.prior", rate=rate, days=amount(before), share=share))
    return sentences


def _lumps(known: Row, tell: Language) -> list[str]:
    """How uneven single days are, and how far whole weeks differ beyond that."""
    rate, phi, kappa = (float(known[name]) for name in ("rate_per_day", "phi", "kappa"))
    if rate <= 0:
        return []
    ratio = phi + kappa * rate
    if kappa > 0 and phi <= LEAST_PHI:
        sentences = [tell.say("explain.even_days", phi=f"{phi:.2f}")]
    else:
        key = "even" if ratio < EVEN else "uneven" if ratio < UNEVEN else "lumpy"
        sentences = [tell.say(f"explain.{key}", ratio=f"{ratio:.1f}", phi=f"{phi:.2f}")]
    if kappa > 0:
        key = "explain.weeks" if float(known["days_learned"]) >= SETTLED_DAYS else "explain.weeks_unknown"
        sentences.append(tell.say(key, share=tell.share(sqrt(kappa), 0), kappa=f"{kappa:.2f}"))
    return sentences


def _days(detail: Row, tell: Language) -> list[str]:
    """What the days of the horizon weigh, by season and by promotions, holidays and closed days."""
    known = detail["demand"]
    exposure = [float(days) for days in known["exposure"]]
    drivers, season = known.get("drivers") or [], known.get("season")
    if not drivers and not season:
        return [tell.say("explain.plain_days")]
    sentences = []
    if season:
        sentences.append(
            tell.say("explain.season", season=season, days=len(exposure), weight=f"{exposure[-1]:.1f}")
        )
    if drivers:
        names = tell.say("explain.comma").join(f"`{name}`" for name in drivers)
        sentences.append(tell.say("explain.drivers", names=names))
        weights = [after - before for before, after in zip([0.0, *exposure], exposure, strict=False)]
        first, today = min(1, len(weights) - 1), day_of(detail["as_of"], tell.zone)
        for key, pick in (("heaviest", max), ("lightest", min)):
            day = pick(range(first, len(weights)), key=weights.__getitem__)
            when = tell.day(today + timedelta(days=day))
            sentences.append(tell.say(f"explain.{key}", day=when, weight=f"{weights[day]:.2f}"))
    return sentences


def _others(known: Row, tell: Language) -> list[str]:
    """What a forecast of others says, and what the own estimate would."""
    if not known.get("mean"):
        return []
    mean, variance = mean_and_variance(known, -1)
    own, own_variance = spread(known, float(known["exposure"][-1]))
    figures = {"mean": mean, "sd": sqrt(variance), "own": own, "own_sd": sqrt(own_variance)}
    texts = {name: f"{value:.1f}" for name, value in figures.items()}
    return [tell.say("explain.others", days=len(known["exposure"]), **texts)]


def _again(known: Row, tell: Language, again: Learned | None) -> list[str]:
    """What the stored days give, how far that is from what the core had, and why it may be."""
    if again is None:
        return [tell.say("explain.no_days")]
    here = {"rate": _rate(again.estimate.rate), "levels": _rates(again.estimate.levels, tell)}
    core = {"core_rate": _rate(float(known["rate_per_day"])), "core_levels": _rates(known["levels"], tell)}
    days = {"since": tell.day(again.since), "days": again.days}
    sentences = [tell.say("explain.again", **days, **here, **core)]
    apart = again.off_by(known)
    if apart <= 0.002 * max(float(known["rate_per_day"]), 0.001):
        return [*sentences, tell.say("explain.again_same")]
    return [*sentences, tell.say("explain.again_differs", apart=_rate(apart)), tell.say("explain.again_why")]


def _rate(value: float) -> str:
    """A rate with three digits that matter."""
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def _rates(levels: list[float], tell: Language) -> str:
    return tell.say("explain.comma").join(_rate(float(level)) for level in levels)
