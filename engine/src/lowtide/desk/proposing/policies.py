"""The policies in force, by pipeline, resolved for positions as `policy show` resolves them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any

import orjson

from lowtide.explain.terms import matches
from lowtide.propose import Terms
from lowtide.rows import Row
from lowtide.warehouse import Warehouse

SUBJECT = ("sku", "category", "supplier", "abc", "xyz", "department", "location")
"""What is known of a position that layers may match on."""
_MOST = 100_000
"""So many kinds of positions are kept."""


class Policy:
    """The policy with which the last run of a pipeline began, resolved once for each kind of position."""

    def __init__(self, version: str, layers: Sequence[Row]) -> None:
        self.version, self._layers = version, layers
        self._names = tuple(sorted({name for layer in layers for name in layer["match"]}))
        self._known: dict[tuple[str, ...], tuple[Terms, bool, float]] = {}

    def terms(self, subject: Mapping[str, str]) -> tuple[Terms, bool, float]:
        """The terms of a position; whether the policy counts it as planned whatever was ordered; the chance that the rest of
        an order comes of which a part was received."""
        key = tuple([subject.get(name, "") for name in self._names])
        found = self._known.get(key)
        if found is None:
            if len(self._known) > _MOST:
                self._known.clear()
            values = self.values(subject)
            found = self._known[key] = (
                Terms.of(values), values.get("unplanned") == "alert", float(values.get("remainder", 1.0))
            )  # fmt: skip
        return found

    def values(self, subject: Mapping[str, str]) -> Row:
        """Every value that holds for a position; layers stand in the order in which they win."""
        full, found = {**dict.fromkeys((*SUBJECT, *self._names), ""), **subject}, dict[str, Any]()
        for layer in self._layers:
            if matches(layer, full):
                found = {**layer["set"], **found}
        return found

    @property
    def longest_review(self) -> float:
        """Days of the longest review period of any layer."""
        return max(
            (float(layer["set"].get("review_period_days", 1.0)) for layer in self._layers), default=1.0
        )

    @property
    def deviations(self) -> float:
        """By Cantelli's inequality no level for the highest service level lies further above the mean; infinite for methods
        that do not order by chances."""
        if any(layer["set"].get("method", "order_up_to") != "order_up_to" for layer in self._layers):
            return float("inf")
        highest = max(
            (float(layer["set"].get("service_level", 0.95)) for layer in self._layers), default=0.95
        )
        return sqrt(highest / (1 - highest)) if highest < 1 else float("inf")


def policies(warehouse: Warehouse) -> dict[str, Policy]:
    """The policies in force, by pipeline."""
    db = warehouse.database
    rows = warehouse.rows(
        "SELECT last.pipeline AS pipeline, known.version AS version, known.policy AS policy FROM "
        f"(SELECT pipeline, argMax(policy_version, started_at) AS version FROM {db}.run GROUP BY pipeline) AS last "
        f"GLOBAL INNER JOIN (SELECT version, any(policy) AS policy FROM {db}.policy_version GROUP BY version) AS known "
        "ON last.version = known.version"
    )
    return {
        row["pipeline"]: Policy(row["version"], orjson.loads(row["policy"])["layers"][::-1]) for row in rows
    }
