"""A ladder: who hears of an alert that nobody answers, and after how much business time."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from lowtide.strict.duration import milliseconds

WHO = ("owner", "lead", "manager", "digest")
_STEP = re.compile(r"(assign )?(owner|lead|manager|digest)( .+)?")
_FORM = "write a step such as `owner 0m`, `lead 30m`, `assign lead 2h` or `digest`"


@dataclass(frozen=True)
class Step:
    """One step: who hears of the alert, `after_ms` of business time after the owner was told; `assign`: they also own it."""

    who: str
    after_ms: int = 0
    assign: bool = False


@dataclass(frozen=True)
class Ladder:
    """The ladder of a severity. Times are milliseconds of business time; None: no such deadline."""

    severity: str
    ack_ms: int | None = None
    resolve_ms: int | None = None
    steps: tuple[Step, ...] = ()
    calendar: str | None = None
    """A calendar, or `locations.hours`; None: that of the team."""
    repeat_ms: int | None = None
    tell_end: bool = False
    """Whether a group that was told hears when all its alerts have ended."""


def step(text: str) -> Step:
    """A step as people write it. Raises ValueError."""
    match = _STEP.fullmatch(" ".join(text.split()))
    if match is None:
        raise ValueError(f"{_FORM} (it is `{text}`)")
    assign, who, after = match.groups()
    if (after is None) != (who == "digest"):
        raise ValueError(f"{_FORM} (it is `{text}`)")
    if assign and who in ("owner", "digest"):
        raise ValueError(f"`assign` names the lead or the manager: {_FORM}")
    return Step(who, milliseconds(after.strip()) if after else 0, bool(assign))


def steps(texts: list[str]) -> tuple[Step, ...]:
    """The steps of a ladder, in order of time. Raises ValueError."""
    found = tuple(map(step, texts))
    if any(later.after_ms < earlier.after_ms for earlier, later in itertools.pairwise(found)):
        raise ValueError("the times of the steps must rise")
    return found


_HOUR = 3_600_000
USUAL = {
    "critical": Ladder(
        "critical", _HOUR // 2, 4 * _HOUR, steps(["owner 0m", "owner 15m", "lead 30m", "manager 2h"]),
        repeat_ms=2 * _HOUR, tell_end=True,
    ),
    "warning": Ladder(
        "warning", 4 * _HOUR, 48 * _HOUR, steps(["owner 0m", "lead 4h"]), repeat_ms=24 * _HOUR
    ),
    "watch": Ladder("watch", steps=steps(["digest"])),
}  # fmt: skip
"""The ladders of a file that names none."""
