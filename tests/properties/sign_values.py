"""Policies for the stories of `sign_stories`, and both sides of one log under one of them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from math import inf, log

from lowtide.explain.recompute import checks
from lowtide.ledger import TYPES
from lowtide.runner.replay import replay_lines
from tests.model.instant import DAY, HOUR, instant
from tests.model.signs import run
from tests.model.signs.run import Told
from tests.model.signs.values import Values
from tests.properties import sign_stories as stories

SIGNS = TYPES[TYPES.index("sales_spike") + 1 :]
FAMILIES: dict[Callable[[random.Random], list[dict]], tuple[str, ...]] = {
    stories.papers: ("transfer_mismatch", "count_variance", "process_hole", "slow_moving", "dead_stock"),
    stories.weeks: (
        "phantom_stock",
        "sales_drought",
        "level_shift",
        "overstock",
        "slow_moving",
        "dead_stock",
    ),
    stories.lots: ("expiring",),
    stories.orders: ("slipping_supply",),
    stories.tills: ("silent_feed", "phantom_stock", "sales_drought", "slow_moving", "dead_stock"),
}
"""The signs that each story is about."""
WITHOUT_CAUSE = ("silent_feed",)
"""The model of feeds does not know which record ends a silence."""


def values(dice: random.Random, look_for: tuple[str, ...]) -> Values:
    """A policy that looks for these signs, with lines that short logs can pass."""
    slow = dice.choice([3, 4, 20])
    return Values(
        look_for=look_for,
        lead_time=dice.choice([2, 5, 7]) * DAY,
        grace=dice.choice([6, 30, 48]) * HOUR,
        ref_memory=dice.choice([5, 30]) * DAY,
        horizon=dice.choice([5, 7, 8]),
        watch=dice.choice([0.3, 0.4]),
        exit_ratio=dice.choice([0.5, 0.7]),
        lateness=((0, 0.885), (3, 0.95), (10, 1)),
        sold_out_day=dice.choice(["whole", "part"]),
        prior_rate=dice.choice([0.0, 0.0, 1.0]),
        prior_days=dice.choice([1, 14]),
        mismatch_after=dice.choice([6, 24]) * HOUR,
        variance_units=dice.choice([1, 3, 5]),
        variance_share=dice.choice([0.1, 0.2]),
        variance_after=dice.choice([0, 5, 24]) * HOUR,
        variance_hold=dice.choice([2, 7]) * DAY,
        hole_after=dice.choice([0, 12, 24]) * HOUR,
        hole_hold=dice.choice([2, 7]) * DAY,
        overstock=dice.choice([20, 60]),
        overstock_exit=dice.choice([10, 20]),
        overstock_units=dice.choice([1, 10]),
        slow_days=slow,
        dead_days=slow + dice.choice([3, 20]),
        expiring_days=dice.choice([2, 5, 7, 30]),
        expiring_p=dice.choice([0.3, 0.5, 0.8]),
        phantom_odds=dice.choice([1, 4]),
        drought_line=dice.choice([4, 8, 12]),
        shift_line=dice.choice([3, 5]),
        shift_weeks=dice.choice([3, 10]),
        sign_after=dice.choice([5, 7, 14]),
        silent_records=dice.choice([3, 6]),
        silent_least=dice.choice([1, 2]) * HOUR,
    )


def drawn(family: Callable[[random.Random], list[dict]], seed: int) -> tuple[list[dict], Values]:
    """The log of a seed, and its policy: one that looks for all signs, or for those of the family."""
    dice = random.Random(f"{family.__name__} {seed}")
    look_for = dice.choice([SIGNS, FAMILIES[family], FAMILIES[family], (dice.choice(FAMILIES[family]),)])
    return family(dice), values(dice, look_for)


def differences(records: list[dict], policy: Values) -> tuple[list[str], int]:
    """Where core and model differ, or core and `explain`, as lines to read; and how many entries there were."""
    ours = {_key(told): told for told in run.entries(records, policy)}
    rows = ledger(records, policy)
    theirs = {_key(told): told for told in map(as_told, rows)}
    found = [f"only the core: {key}" for key in theirs.keys() - ours.keys()]
    found += [f"only the model: {key}" for key in ours.keys() - theirs.keys()]
    for key in ours.keys() & theirs.keys():
        for name, right in ours[key].numbers.items():
            if not same(name, right, theirs[key].numbers.get(name), ours[key].numbers):
                found.append(f"{name} of {key}: {theirs[key].numbers.get(name)}, the model has {right}")
    wrong = [(_key(as_told(row)), check) for row in rows for check in checks(row) if not check.ok]
    found += [f"explain, of {key}: {check}" for key, check in wrong]
    return sorted(found), len(theirs)


def ledger(records: list[dict], policy: Values) -> list[dict]:
    """The entries of the core that open, end or change the severity of a sign that is looked for."""
    data = "".join(json.dumps(record) + "\n" for record in records).encode()
    rows = replay_lines(data, policy=policy.yaml(), block_records=50, groups=2).ledger
    return [
        row for row in rows if row["type"] in policy.look_for and row["entry"] not in ("REVISED", "FLAPPING")
    ]


def as_told(row: dict) -> Told:
    """An entry of the core, as the model writes its own."""
    caused = row["cause_source"] is not None and row["type"] not in WITHOUT_CAUSE
    cause = (row["cause_source"], row["cause_id"]) if caused else None
    position, numbers = (row["location"], row["sku"]), row["detail"] | {"p_stockout": row["p_stockout"]}
    when = instant(row["event_time"])
    return Told(when, row["type"], position, row["entry"], row["severity"], cause, numbers)


def _key(told: Told) -> tuple:
    return told.when, told.position, told.type, told.entry, told.severity, told.cause


def same(name: str, right, said, beside: dict) -> bool:
    """Whether a number of the core is that of the model, as far as its state is precise."""
    if name in ("mismatches", "lots"):
        return [tuple(_plain(value) for value in one.values()) for one in said] == right
    if name == "slipping":
        return [one["ref"] for one in said] == right
    if name == "worst" and right is not None and said is not None:
        return all(same(key, value, said[key], right) for key, value in right.items())
    if name == "unordered":
        return sorted(said) == right
    if name == "since":
        return right is None or instant(f"{said}T00:00:00Z") == right * DAY
    if name == "odds":
        near = 1e-3 * (beside["quiet_days"] + 1)
        return abs((log(right) if right else -inf) - (log(said) if said else -inf)) <= near or right == said
    if isinstance(right, float) and said is not None:
        tolerance = 2e-3 * (beside["quiet_days"] + 1) if name == "score" else 2e-3 + 1e-4 * abs(right)
        return abs(float(said) - right) <= tolerance
    return _plain(said) == right


def _plain(value):
    """Times as milliseconds, decimals as numbers."""
    if isinstance(value, str) and "T" in value:
        return instant(value)
    return float(value) if isinstance(value, str) and value.replace(".", "").lstrip("-").isdigit() else value
