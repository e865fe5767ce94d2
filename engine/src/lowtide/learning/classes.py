"""ABC by the value that a position sells, XYZ by how even it sells: the classes of every position.

A position is a SKU at a location, and is compared with the others of its location: there it takes shelf and money, is
ordered for, and gets its alerts. Over a whole chain nearly all of a small shop would be C.

All sums are whole numbers (thousandths of a unit, ten-thousandths of money), so that no order of adding shows in a class.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import duckdb
import pyarrow as pa

from lowtide.inputs.tables import classes_rows
from lowtide.learning.history import DAY_MS, History

YEAR_DAYS, YEAR_WEEKS = 365, 52
LEAST_WEEKS = 4
"""With fewer weeks in stock nobody can say yet how even a position sells: it is Z."""
LETTERS = ("A", "B", "C"), ("X", "Y", "Z")


@dataclass(frozen=True)
class Cuts:
    """Where the classes end."""

    a: int = 80
    """The best positions of a location that sell so many percent of its value are A."""
    b: int = 95
    """Those that sell up to so many percent are B, the rest is C."""
    x: float = 0.5
    """The standard deviation of weekly demand over its mean is below this: X."""
    y: float = 1.0
    """It is below this: Y; else Z."""


@dataclass(frozen=True)
class Classes:
    """The classes of all positions, and what a person wants to know about them."""

    rows: pa.RecordBatch
    """The table of a set of inputs: location, sku, abc, xyz."""
    by: Literal["value", "units"]
    """What ABC goes by; units where no SKU has a price."""
    sold: int
    """How many positions sold something in the year."""
    unpriced: int
    """How many of these have neither price nor cost in the catalogue."""
    cuts: Cuts
    positions: dict[str, int] = field(default_factory=dict)
    """By pair such as `AX`: how many positions."""
    shares: dict[str, float] = field(default_factory=dict)
    """By letter of ABC: its share of the value, over all locations."""

    @property
    def as_dict(self) -> dict[str, Any]:
        """What was found, as plain values."""
        cuts = self.cuts
        return {
            "by": self.by, "sold": self.sold, "unpriced": self.unpriced, "positions": self.positions,
            "share": {letter: round(share, 4) for letter, share in self.shares.items()},
            "cuts": {"abc": [cuts.a, cuts.b], "xyz": [cuts.x, cuts.y]},
        }  # fmt: skip


_VALUES = """
WITH total AS (
    SELECT number, least(sum(round(units * 1000)::HUGEINT), 1000000000000000) AS units
    FROM sold WHERE day > {last} - {year} GROUP BY number
), priced AS (
    SELECT location, sku, position.number, coalesce(total.units, 0)::HUGEINT AS units,
           CASE WHEN price IS NOT NULL THEN least(round(price * 10000), 10000000000000)::HUGEINT END AS price
    FROM position LEFT JOIN total USING (number)
), mean AS (
    SELECT location, sum(units * price) AS value, sum(units) AS units
    FROM priced WHERE price IS NOT NULL GROUP BY location
), usual AS (
    SELECT sum(value) // sum(units) AS price FROM mean HAVING sum(units) > 0
)
SELECT priced.location, sku, number, priced.units, priced.price IS NULL AS is_unpriced,
       priced.units * coalesce(
           priced.price, CASE WHEN mean.units > 0 THEN mean.value // mean.units END, (SELECT price FROM usual), 10000
       ) AS value
FROM priced LEFT JOIN mean USING (location)
"""
"""What each position sold in the year. A SKU without a price counts at the mean price of its location, else of all of them;
where nothing has a price every unit counts as one."""
_WEEKS = """
WITH week AS (
    SELECT number, ({last} - day) // 7 AS week, sum(round(units * 1000)::HUGEINT) AS units
    FROM sold WHERE day > {last} - 7 * {weeks} GROUP BY ALL HAVING sum(units) > 0
), often AS (
    SELECT number, greatest(any_value(since.day), {last} + 1 - 7 * {weeks}) AS day
    FROM week JOIN since USING (number) GROUP BY number HAVING count(*) > 1
), span AS (
    SELECT number, week, greatest({last} - 7 * week - 6, day) * {day_ms} AS first_ms,
           ({last} - 7 * week + 1) * {day_ms} AS end_ms
    FROM often, range({weeks}) AS weeks(week) WHERE {last} - 7 * week >= day
), empty AS (
    SELECT span.number, week, sum(least(out.end_ms, span.end_ms) - greatest(out.first_ms, span.first_ms)) AS gone_ms
    FROM span JOIN out ON out.number = span.number AND out.first_ms < span.end_ms AND out.end_ms > span.first_ms
    GROUP BY ALL
), stocked AS (
    SELECT number, week, end_ms - first_ms - coalesce(gone_ms, 0) AS stock_ms
    FROM span LEFT JOIN empty USING (number, week)
), even AS (
    SELECT number, least(coalesce(units, 0) * 7 * {day_ms} // stock_ms, 1000000000000000)::HUGEINT AS units
    FROM stocked LEFT JOIN week USING (number, week) WHERE 2 * stock_ms >= 7 * {day_ms}
)
SELECT number, count(*)::HUGEINT AS weeks, sum(units) AS units, sum(units * units) AS squares FROM even GROUP BY number
"""
"""Of each position that sold in two weeks or more, its weeks in stock for half of the time or longer, counted back from the
last day; what was sold in a part of a week stands for the whole."""
_CLASSES = """
WITH ranked AS (
    SELECT *, sum(value) OVER best - value AS before, sum(value) OVER (PARTITION BY location) AS whole
    FROM valued WINDOW best AS (PARTITION BY location ORDER BY value DESC, sku ROWS UNBOUNDED PRECEDING)
), spread AS (
    SELECT number, weeks, (weeks * squares - units * units)::DOUBLE AS variance, (units * units)::DOUBLE AS mean
    FROM weekly
)
SELECT location, sku, value, units AS sold, is_unpriced,
       CASE WHEN value <= 0 OR before * 100 >= {b} * whole THEN 'C'
            WHEN before * 100 >= {a} * whole THEN 'B' ELSE 'A' END AS abc,
       CASE WHEN weeks IS NULL OR weeks < {least} OR mean <= 0 THEN 'Z' WHEN variance < {x} * {x} * mean THEN 'X'
            WHEN variance < {y} * {y} * mean THEN 'Y' ELSE 'Z' END AS xyz
FROM ranked LEFT JOIN spread USING (number)
"""


def classes_of(history: History, cuts: Cuts | None = None) -> Classes:
    """The classes of every position by its last year, or what there is of it. Of equal value, the SKU that comes first is
    better."""
    cuts = cuts or Cuts()
    db = duckdb.connect(config={"threads": 2})
    for name in ("positions", "sold", "since", "out"):
        db.register("position" if name == "positions" else name, getattr(history, name))
    weeks = min(YEAR_WEEKS, max(1, history.days // 7))
    gaps = {"last": history.last_day, "year": YEAR_DAYS, "weeks": weeks, "day_ms": f"{DAY_MS}::BIGINT"}
    db.execute("CREATE TABLE valued AS " + _VALUES.format(**gaps))
    db.execute("CREATE TABLE weekly AS " + _WEEKS.format(**gaps))
    limits = {
        "a": cuts.a,
        "b": cuts.b,
        "x": f"{cuts.x!r}::DOUBLE",
        "y": f"{cuts.y!r}::DOUBLE",
        "least": LEAST_WEEKS,
    }
    db.execute("CREATE TABLE class AS " + _CLASSES.format(**limits))
    rows = classes_rows(db.sql("SELECT location, sku, abc, xyz FROM class").to_arrow_table(), "classes")
    counts = dict(db.sql("SELECT abc || xyz, count(*) FROM class GROUP BY ALL ORDER BY ALL").fetchall())
    values = dict(db.sql("SELECT abc, sum(value) FROM class GROUP BY abc ORDER BY abc").fetchall())
    sold, unpriced = db.sql(
        "SELECT count(*) FILTER (sold > 0), count(*) FILTER (sold > 0 AND is_unpriced) FROM class"
    ).fetchall()[0]
    whole = sum(map(int, values.values())) or 1
    shares = {letter: int(value) / whole for letter, value in values.items()}
    is_by_value = bool(db.sql("SELECT bool_or(NOT is_unpriced AND sold > 0) FROM class").fetchall()[0][0])
    return Classes(rows, "value" if is_by_value else "units", sold, unpriced, cuts, counts, shares)
