"""The changes of a policy that are tried, each everywhere at once: what happens at one position does not touch another.

lines         the lines of a projected stockout, those of warning and critical in the proportion that is shipped
horizon       how far it looks ahead, alone and with lines
exit_ratio    how far the chance must fall before it ends
clear_after   how long a condition must be false before an alert ends
low_turnover  up to how many units in `low_turnover_days` a position is exempt
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from lowtide.learning.lines import beside
from lowtide.policy import Layer, Policy, Terms, compile_policy
from lowtide.policy.table import policy_faults

LINES = (0.2, 0.3, 0.5, 0.65)
HORIZONS = ("lead+review", "14d")
EXITS = (0.25, 0.75)
CLEARS = ("24h",)
UNITS = (0, 3, 6, 12, 24)
KINDS = ("lines", "horizon", "exit_ratio", "clear_after", "low_turnover")
"""Kinds of changes, by what they change first."""
EVERYWHERE = {"category": ["*"]}


@dataclass(frozen=True)
class Change:
    """Values of a policy that are set together."""

    kind: str
    """One of `KINDS`."""
    values: Mapping[str, Any] = field(hash=False)
    """By the names of the policy file."""

    @property
    def name(self) -> str:
        """The values as text: it names the change in `tune.json`."""
        return ", ".join(f"{name} {value}" for name, value in self.values.items())


def changes(policy: Policy, kinds: Collection[str] = KINDS) -> tuple[list[Change], list[Change]]:
    """The changes of these kinds that can be tried over a policy, and those that do not fit to its layers."""
    fitting: list[Change] = []
    others: list[Change] = []
    for one in _changes(policy):
        if one.kind not in kinds:
            continue
        faults = policy_faults(orjson.dumps(compile_policy(with_change(policy, one))))
        (others if faults else fitting).append(one)
    return fitting, others


def with_change(policy: Policy, change: Change) -> Policy:
    """The policy with a change for every category."""
    return with_layers(policy, [Layer(name="tuned", match=EVERYWHERE, set=Terms(**change.values))])  # type: ignore[arg-type]


def with_layers(policy: Policy, layers: Sequence[Layer]) -> Policy:
    """The policy with more layers after its own: of equal rank the later one wins."""
    return policy.model_copy(update={"layers": [*policy.layers, *layers]}).at(policy.places)


def _changes(policy: Policy) -> Iterator[Change]:
    for watch in LINES:
        yield Change("lines", _lines(watch))
    for horizon in HORIZONS:
        yield Change("horizon", {"horizon": horizon})
        yield Change("horizon", {"horizon": horizon, **_lines(0.3)})
    for ratio in EXITS:
        yield Change("exit_ratio", {"exit_ratio": ratio})
    for time in CLEARS:
        yield Change("clear_after", {"clear_after": time})
    for units in UNITS:
        if units != policy.defaults.low_turnover_units:
            yield Change("low_turnover", {"low_turnover_units": units})


def _lines(watch: float) -> dict[str, float]:
    return dict(zip(("watch", "warning", "critical"), beside(watch), strict=True))
