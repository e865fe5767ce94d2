"""What sales teach: weekdays, seasons, drivers, priors and calm, each judged before it is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from lowtide.inputs import Effect, Price
from lowtide.learning.effects import Elastic, Group, elastic_of, groups_of
from lowtide.learning.estimates import Prior, Rows, verdict
from lowtide.learning.factors import Factors, exposure, fit
from lowtide.learning.findings import Finding
from lowtide.learning.judging import Trial, accept_factors, best_calm, paying, pays
from lowtide.learning.priors import prior_of

SEASON_DAYS, SURE_SEASON_DAYS = 365, 548
"""A season is tried from a year on; from a year and a half on it is kept unless it harms."""
CALMS = (0.0, 1.0, 4.0)
_SURE = 2.0
PARTS = ("all", "rate", "dispersion")
"""What of a prior is learned: the best of these is judged."""

Show = Callable[[str], None]


def learn_demand(
    trial: Trial, effects: Sequence[Effect], prices: Sequence[Price], show: Show
) -> list[Finding]:
    """Judge every input of demand, and leave in the trial what is kept, learned from all days of the history."""
    history, names = trial.history, trial.names
    season = history.days >= SEASON_DAYS
    groups, elastic = groups_of(history, effects), elastic_of(history, prices)
    show("learn.step.factors")
    first = fit(history, names, trial.of, trial.begin, season=season, groups=groups, elastic=elastic)
    findings: list[Finding] = []
    show("learn.step.weekday")
    start = before = trial.loss()
    after = trial.loss(replace(trial.factors, weekday=first.weekday))
    whole, kept = paying(trial, before, after)
    accept_factors(trial, first, kept, "weekday")
    spread = first.weekday[names[0]]
    findings.append(
        Finding(
            "weekday", _status(kept), whole.before, whole.after, kept_in=trial.counted(kept),
            values={"least": round(float(spread.min()), 3), "most": round(float(spread.max()), 3)},
        )
    )  # fmt: skip
    if season:
        show("learn.step.season")
        findings.append(_season(trial, first))
    show("learn.step.drivers")
    findings += [_judge_driver(trial, one) for one in first.drivers]
    _refit(trial)
    show("learn.step.prior")
    findings += _prior(trial)
    show("learn.step.calm")
    findings.append(_calm(trial))
    end = trial.loss()
    findings.append(Finding("all", "paid", start.per_unit(), end.per_unit()))
    return findings


def _status(kept: set[str]) -> str:
    return "paid" if kept else "dropped"


def _season(trial: Trial, first: Factors) -> Finding:
    before = trial.loss()
    after = trial.loss(replace(trial.factors, season=first.season))
    whole, kept = paying(trial, before, after)
    if trial.history.days >= SURE_SEASON_DAYS and whole.surely > -1:
        kept |= {trial.names[0]}
    accept_factors(trial, first, kept, "season")
    shape = first.season[trial.names[0]]
    values = {"least": round(float(shape.min()), 3), "most": round(float(shape.max()), 3)}
    return Finding(
        "season",
        _status(kept),
        whole.before,
        whole.after,
        kept_in=trial.counted(kept),
        values=values,
    )


def _judge_driver(trial: Trial, one: Group | Elastic) -> Finding:
    """Judge one group of drivers on the positions that it is for, and accept it if it pays."""
    rows = np.intersect1d(trial.sample, one.rows)
    if isinstance(one, Group):
        _learn_where_it_is(trial, one)
        return _judge_group(trial, one, rows)
    values: dict[str, Any] = {"elasticity": round(one.elasticity, 3)}
    if not one.elasticity or not len(rows):
        return Finding("price", "dropped", name=one.name, values=values)
    return _weigh(trial, one, rows, Finding("price", "dropped", name=one.name, values=values))


def _learn_where_it_is(trial: Trial, one: Group) -> None:
    """Learn a factor whose days are all in the last part from there."""
    if not one.given and one.factor is None:
        fit(trial.history, trial.names, trial.of, trial.history.days, groups=[one])


def _judge_group(trial: Trial, one: Group, rows: Rows) -> Finding:
    """A calendar's row that is given, and cannot be judged, stays; a learned one stays if it is clear enough."""
    days = trial.history.days
    found = Finding(
        "driver", "dropped", name=one.name, values={"factor": _factor(one), "rows": len(one.effects)}
    )
    judged = one.within(trial.begin, days) and (one.given or one.within(0, trial.begin))
    if not one.given and one.sure < _SURE:
        return found
    if judged and len(rows):
        return _weigh(trial, one, rows, found)
    trial.factors = trial.factors.plus(one)
    return replace(found, status="given" if one.given else "unjudged")


def _weigh(trial: Trial, one: Group | Elastic, rows: Rows, found: Finding) -> Finding:
    """Accept a driver if the loss of its positions falls."""
    tried = trial.factors.plus(one)
    result = verdict(trial.loss(rows=rows), trial.loss(tried, rows=rows))
    good = pays(result) if len(rows) >= 5 else result.gain > 0
    if good:
        trial.factors = tried
    status = "paid" if good else "dropped"
    return replace(found, status=status, before=result.before, after=result.after)


def _factor(one: Group) -> float | None:
    if one.given:
        factors = {effect.factor for effect in one.effects}
        return factors.pop() if len(factors) == 1 else None
    return None if one.factor is None else round(one.factor, 3)


def _refit(trial: Trial) -> None:
    """Learn what is kept again, from all days."""
    kept, history = trial.factors, trial.history
    whole = fit(
        history, trial.names, trial.of, history.days, weekday=bool(kept.weekday), season=bool(kept.season),
        groups=kept.groups, elastic=kept.elastic,
    )  # fmt: skip
    trial.factors = replace(
        kept,
        weekday={name: whole.weekday[name] for name in kept.weekday},
        season={name: whole.season[name] for name in kept.season},
    )


def _prior(trial: Trial) -> list[Finding]:
    """Judge priors on the first weeks of positions from which they were not learned."""
    even, odd = trial.sample[::2], trial.sample[1::2]
    known = np.setdiff1d(np.arange(len(trial.of)), odd) if len(odd) else even
    learned = _priors_of(trial, known)
    if not learned or not len(odd):
        return []
    before = trial.loss(rows=odd, young=True)
    tried = {part: trial.loss(priors=_only(part, learned), rows=odd, young=True) for part in PARTS}
    best = min(PARTS, key=lambda part: float(tried[part].loss.sum()))
    after = tried[best]
    whole, kept = paying(trial, before, after, odd)
    final = _only(best, _priors_of(trial, np.arange(len(trial.of))))
    trial.priors = {name: final[name] for name in kept if name in final}
    if trial.names[0] in trial.priors:
        trial.priors |= {name: Prior() for name in trial.names if name not in kept}
    shared = final.get(trial.names[0])
    values = (
        {} if shared is None else {"rate": shared.rate, "days": shared.days, "dispersion": shared.dispersion}
    )
    status = _status({name for name in kept if name in final})
    return [
        Finding(
            "prior",
            status,
            whole.before,
            whole.after,
            kept_in=trial.counted(kept),
            values=values,
        )
    ]


def _only(part: str, priors: dict[str, Prior]) -> dict[str, Prior]:
    """Priors of which one part is learned, and the rest is what ships."""
    shipped = Prior()
    if part == "rate":
        return {name: replace(one, dispersion=shipped.dispersion) for name, one in priors.items()}
    if part == "dispersion":
        return {name: replace(shipped, dispersion=one.dispersion) for name, one in priors.items()}
    return priors


def _priors_of(trial: Trial, rows: Rows) -> dict[str, Prior]:
    _, exposed = exposure(trial.history, trial.factors, trial.names, trial.of)
    found = {}
    for number, name in enumerate(trial.names):
        mine = rows if number == 0 else rows[trial.of[rows] == number]
        one = prior_of(trial.history.units[mine], exposed[mine])
        if one is not None:
            found[name] = one
    return found


def _calm(trial: Trial) -> Finding:
    whole, chosen = best_calm(trial, CALMS)
    names = trial.names
    if chosen:
        shared = trial.priors.get(names[0], Prior())
        trial.priors = {
            name: replace(trial.priors.get(name, shared), calm=chosen.get(name, 1.0)) for name in names
        }
    calms = {chosen.get(name, 1.0) for name in trial.present}
    values = {"calm": calms.pop() if len(calms) == 1 else None}
    return Finding(
        "calm",
        _status(set(chosen)),
        whole.before,
        whole.after,
        kept_in=trial.counted(chosen),
        values=values,
    )
