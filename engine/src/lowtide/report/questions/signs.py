"""The questions about open signs: silent feeds, what to count first, what does not move, and who slips."""

from __future__ import annotations

from lowtide.report.questions.alerts import PART
from lowtide.report.scope import Scope
from lowtide.rows import Row
from lowtide.warehouse import Warehouse, sign_rows
from lowtide.warehouse.sign_rows import Part

MOST = 10
"""Lines of a list."""
_PLACE = "pipeline = {pipeline:String} AND ({location:String} = '' OR location = {location:String})"


def feeds(warehouse: Warehouse, scope: Scope) -> list[Row]:
    """The feeds that are silent, those that should have sent the most first."""
    return sign_rows.feeds(warehouse, Part(_PLACE, scope.parameters), 1_000)


def counting(warehouse: Warehouse, scope: Scope) -> list[Row]:
    """What to count first."""
    return sign_rows.counts(warehouse, Part(PART, scope.parameters), MOST)


def at_rest(warehouse: Warehouse, scope: Scope) -> tuple[list[Row], list[Row]]:
    """The most valuable stock that does not move; and the sums by type, with type `all`."""
    part = Part(PART, scope.parameters)
    sums = [row for row in sign_rows.at_rest_sums(warehouse, part) if row["positions"]]
    return sign_rows.at_rest(warehouse, part, MOST), sums


def slips(warehouse: Warehouse, scope: Scope) -> list[Row]:
    """The suppliers that slip; none of a part of the shop, because an order is for many positions."""
    if scope.location or scope.category:
        return []
    return sign_rows.slips(warehouse, Part("pipeline = {pipeline:String}", scope.parameters), MOST)
