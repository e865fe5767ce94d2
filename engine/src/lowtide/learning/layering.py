"""What was accepted becomes a document of inputs: profiles and seasons by name, general layers before special ones."""

from __future__ import annotations

from collections import Counter
from typing import Any

from lowtide.core import Job
from lowtide.inputs import InputLayer, Inputs, InputTerms
from lowtide.learning.factors import WEEKS, week_of_hours
from lowtide.learning.history import hours_of
from lowtide.learning.judging import Trial

_EVEN = "even"
"""The profile and the season of a category for which the learned one does not pay."""


def document_of(trial: Trial, job: Job) -> Inputs:
    """The document of everything that a trial has accepted about demand."""
    profiles: dict[str, list[float]] = {}
    seasons: dict[str, list[float]] = {}
    layers: list[InputLayer] = []
    weekday, season = trial.factors.weekday, trial.factors.season
    shared = trial.names[0]
    for number, name in enumerate(trial.names):
        values: dict[str, Any] = {}
        title = name or "all"
        hours = hours_of(job, _usual_profile(trial, number)) or []
        if name in weekday:
            profiles[f"week {title}"] = week_of_hours(weekday[name], hours)
            values["profile"] = f"week {title}"
        elif shared in weekday:
            profiles[_EVEN] = hours or [1.0] * 168
            values["profile"] = _EVEN
        if name in season:
            seasons[f"year {title}"] = [round(float(one), 4) for one in season[name]]
            values["season"] = f"year {title}"
        elif shared in season:
            seasons[_EVEN] = [1.0] * WEEKS
            values["season"] = _EVEN
        if name in trial.priors:
            prior = trial.priors[name]
            values |= {
                "prior_rate": prior.rate,
                "prior_days": prior.days,
                "dispersion": prior.dispersion,
                "calm": prior.calm,
            }
        if values:
            match = {"category": [name]} if name else {}
            about = f"category {name}" if name else "every position"
            layers.append(InputLayer(name=about, match=match, set=InputTerms(**values)))  # type: ignore[arg-type]
    drivers = [driver for one in trial.factors.drivers for driver in one.drivers()]
    return Inputs(profiles=profiles, seasons=seasons, layers=layers, drivers=drivers)


def _usual_profile(trial: Trial, number: int) -> str:
    """The profile that most positions of a category have by the policy."""
    table = trial.history.positions["profile"].to_pylist()
    chosen = trial.history.chosen
    mine = chosen if number == 0 else chosen[trial.of == number]
    return Counter(table[one] for one in mine).most_common(1)[0][0] if len(mine) else "flat"
