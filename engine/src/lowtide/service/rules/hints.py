"""What may be worth a change: alerts that people rated as false, by type and category."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from lowtide.rows import Row
from lowtide.service.answer import Answer, Away, asked
from lowtide.service.context import Context
from lowtide.warehouse import rule_changes

DAYS = 90


@dataclass(frozen=True)
class Rated(Answer):
    """How people rated the alerts of one type and category."""

    type: str
    category: str
    rated: int
    false: int


@dataclass(frozen=True)
class Hints(Answer):
    """The most often false ones of the last 90 days."""

    rated: tuple[Rated, ...]
    away: Away | None


def hints(context: Context) -> Hints:
    """Where the rules may be wrong, by what people said of closed alerts."""
    since = context.moment() - timedelta(days=DAYS)
    nothing: list[Row] = []
    rows, away = asked(context, lambda warehouse: rule_changes.rated(warehouse, since), nothing)
    found = (
        Rated(row["type"], row["category"] or "", int(row["rated"]), int(row["false_ones"])) for row in rows
    )
    return Hints(tuple(found), away)
