"""The time zone of a position, in which people read its times: the one of the policy under which its pipeline runs."""

from __future__ import annotations

from collections.abc import Sequence

from lowtide.explain.terms import facts_of, first_value, needs_facts, policy_layers
from lowtide.rows import Row
from lowtide.warehouse import Warehouse

UTC = "UTC"


def zones(warehouse: Warehouse, rows: Sequence[Row]) -> list[str]:
    """The zone of the position of each row (`pipeline`, `location`, `sku`); UTC where no policy is known."""
    layers = {
        name: [layer for layer in found if "time_zone" in layer["set"]]
        for name, found in policy_layers(warehouse).items()
    }
    by_facts = any(needs_facts(found) for found in layers.values())
    facts = facts_of(warehouse, rows) if by_facts else [{}] * len(rows)
    return [
        str(first_value(layers.get(row["pipeline"], []), "time_zone", row, known) or UTC)
        for row, known in zip(rows, facts, strict=True)
    ]
