"""What was learned, for a person and for a program: one finding for each input, and one for each class of lead time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lowtide.inputs import InputSet
from lowtide.learning.classes import Classes
from lowtide.learning.lines import Choice

STATUSES = ("paid", "dropped", "given", "unjudged")
"""paid: kept, the back-test says so. dropped: not written. given: kept because it was given. unjudged: kept, though the last
part of the history cannot tell."""


@dataclass(frozen=True)
class Finding:
    """What an input is worth: loss before and after, and what became of it."""

    key: str
    """weekday, season, driver, price, prior, calm, lateness, lead_time, forecast, or all."""
    status: str
    before: float | None = None
    after: float | None = None
    name: str = ""
    """Of a driver or a supplier; empty for what all positions share."""
    kept_in: tuple[int, int] = (0, 0)
    """In how many categories it is kept, and of how many."""
    values: dict[str, Any] = field(default_factory=dict)
    """Figures for its sentence, such as the `factor` of a promotion."""

    @property
    def gain(self) -> float | None:
        """Share of the loss that it takes away."""
        if self.before is None or self.after is None or self.before <= 0:
            return None
        return 1 - self.after / self.before


@dataclass(frozen=True)
class LineFinding:
    """Horizon and lines of one class of lead time."""

    lead_class: str
    positions: int
    lead_time_days: float
    choice: Choice
    where: str
    """The match of its layer, in words."""


@dataclass
class Learned:
    """Everything that `lowtide learn` found."""

    one: InputSet
    first: date
    last: date
    positions: int
    judged_from: date
    findings: list[Finding] = field(default_factory=list)
    lines: list[LineFinding] = field(default_factory=list)
    notes: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Keys of sentences with their gaps: what could not be learned, and what to do about it."""
    classes: Classes | None = None

    @property
    def as_dict(self) -> dict[str, Any]:
        """All of it as plain values."""
        return {
            "inputs": self.one.hash,
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "positions": self.positions,
            "judged_from": self.judged_from.isoformat(),
            "findings": [_finding(one) for one in self.findings],
            "lines": [_line(one) for one in self.lines],
            "classes": self.classes.as_dict if self.classes else None,
            "notes": [{"note": key, **values} for key, values in self.notes],
        }


def _finding(one: Finding) -> dict[str, Any]:
    numbers = {"before": one.before, "after": one.after, "gain": one.gain}
    rounded = {name: None if value is None else round(value, 6) for name, value in numbers.items()}
    about = {"input": one.key, "name": one.name, "status": one.status, **rounded}
    return {**about, "kept_in": one.kept_in[0], "of": one.kept_in[1], **one.values}


def _line(one: LineFinding) -> dict[str, Any]:
    best, default = one.choice.outcome, one.choice.default
    watch, warning, critical = one.choice.lines
    return {
        "lead_class": one.lead_class,
        "positions": one.positions,
        "lead_time_days": one.lead_time_days,
        "where": one.where,
        "horizon": best.horizon,
        "watch": watch,
        "warning": warning,
        "critical": critical,
        "alerts_a_month": round(best.a_month, 4),
        "false_alarms_a_month": round(best.false_a_month, 4),
        "precision": round(best.precision, 4),
        "recall": round(best.recall, 4),
        "f1": round(best.f1, 4),
        "stockouts": round(best.episodes),
        "f1_of_shipped_horizon": round(default.f1, 4),
        "within_budget": one.choice.within,
        "tried": [
            {"horizon": tried.horizon, "watch": tried.line, "f1": round(tried.f1, 4)}
            for tried in one.choice.tried
        ],
    }
