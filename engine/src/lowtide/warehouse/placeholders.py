"""What fills the placeholders of SQL files: the words of `lowtide.ledger`, as SQL text.

>>> WORDS["ended"]
"'CLEARED', 'EXPIRED', 'SUPERSEDED'"
>>> by_severity("count")
"countIf(severity = 'critical') AS critical, countIf(severity = 'warning') AS warning, countIf(severity = 'watch') AS watch"
"""

from __future__ import annotations

from collections.abc import Iterable

from lowtide import ledger
from lowtide.warehouse import interval


def quoted(words: Iterable[str]) -> str:
    """Words as literals of SQL, with commas between them."""
    return ", ".join(f"'{word}'" for word in words)


DIMENSIONS = ("location", "category", "department", "supplier")
"""What the sums over positions are grouped by, besides `all`."""

_DIMENSION = ", ".join(f"grouping({name}) = 0, '{name}'" for name in DIMENSIONS)

ITEM = ("name", "category", "department", "supplier", "abc")
"""What a SKU is, from the catalogue: '' where the catalogue does not have it, whatever `join_use_nulls` is."""

UNIT_VALUE = (
    "coalesce(item.unit_margin, item.unit_price, "
    "(SELECT if(countIf(unit_margin IS NOT NULL OR unit_price IS NOT NULL) = 0, toDecimal64(1, 3), NULL) "
    "FROM {database}.catalogue))"
)
"""What a unit is worth. Without any price in the catalogue a loss is in units; money and units are never mixed."""

MOST = "toDecimal128('999999999999999.999', 3)"
"""The most that a column of units or money holds, as the core's sums: what adds or multiplies them is cut there.

Otherwise one record of a trillion units would end every query that reads its row.
"""

WORDS = {
    "severities": quoted(ledger.SEVERITIES),
    "ended": quoted(ledger.ENDED),
    "ended_statuses": quoted(entry.lower() for entry in ledger.ENDED),
    "signs": quoted(ledger.SIGNS),
    "feed": str(len(ledger.FEED) + 1),
    "actions": quoted(ledger.ACTIONS),
    "desk_entries": quoted(ledger.DESK_ENTRIES),
    "item": ", ".join(f"ifNull(item.{name}, '') AS {name}" for name in ITEM),
    "unit_value": UNIT_VALUE,
    "most": MOST,
    "dimension_and_value": f"multiIf({_DIMENSION}, 'all') AS dimension, concat({', '.join(DIMENSIONS)}) AS value",
    "clusters": interval.CLUSTERS,
    "effective": interval.EFFECTIVE,
    "low": interval.LOW,
    "high": interval.HIGH,
}
"""What `{severities}` and the like stand for in a view. In brackets a list is an array: `[{severities}]`."""

GRAVEST_FIRST = f"indexOf([{quoted(ledger.GRAVEST_FIRST)}], severity)"
"""Orders rows by their column `severity`, the gravest first."""


def by_severity(function: str, column: str = "severity", value: str = "") -> str:
    """One column a severity, the gravest first: `count` of rows, or `sum` of a value, of those that have it."""
    argument = f"{value}, " if value else ""
    return ", ".join(
        f"{function}If({argument}{column} = '{name}') AS {name}" for name in ledger.GRAVEST_FIRST
    )
