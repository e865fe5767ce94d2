"""ABC by how much is sold, XYZ by how even it is: the classes of every position.

A: the positions of a location that sell the first 80 % of its units (of its revenue, where the catalogue has prices), B: the
next 15 %, C: the rest. X: weekly demand varies by less than half its mean, Y: by less than its mean, Z: by more.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from lowtide.inputs.tables import classes_rows
from lowtide.learning.history import History

_CLASSES = """
WITH total AS (
    SELECT number, sum(units) AS units FROM sold GROUP BY number
), valued AS (
    SELECT position.number, location, sku,
           coalesce(units, 0) * CASE WHEN bool_and(price IS NOT NULL) OVER () THEN price ELSE 1 END AS value
    FROM position LEFT JOIN total USING (number)
), ranked AS (
    SELECT *, sum(value) OVER best - value AS before, sum(value) OVER (PARTITION BY location) AS whole
    FROM valued WINDOW best AS (PARTITION BY location ORDER BY value DESC, sku ROWS UNBOUNDED PRECEDING)
), week AS (
    SELECT number, (day - {first}) // 7 AS week, sum(units) AS units FROM sold
    WHERE day < {first} + 7 * {weeks} GROUP BY ALL
), spread AS (
    SELECT number, sum(units) / {weeks} AS mean, sum(units * units) / {weeks} AS squares FROM week GROUP BY number
)
SELECT location, sku,
       CASE WHEN value <= 0 OR before >= 0.95 * whole THEN 'C' WHEN before >= 0.8 * whole THEN 'B' ELSE 'A' END AS abc,
       CASE WHEN mean IS NULL OR mean <= 0 THEN 'Z'
            WHEN sqrt(greatest(squares - mean * mean, 0)) < 0.5 * mean THEN 'X'
            WHEN sqrt(greatest(squares - mean * mean, 0)) < mean THEN 'Y' ELSE 'Z' END AS xyz
FROM ranked LEFT JOIN spread USING (number)
"""


def classes_of(history: History) -> pa.RecordBatch:
    """The classes of every position, as the table of a set of inputs."""
    db = duckdb.connect(config={"threads": 2})
    db.register("position", history.positions)
    db.register("sold", history.sold)
    weeks = max(1, history.days // 7)
    table = db.sql(_CLASSES.format(first=history.first_day, weeks=weeks)).to_arrow_table()
    return classes_rows(table, "classes")


def counts(classes: pa.RecordBatch) -> dict[str, int]:
    """How many positions each class has: `{"A": 12, …, "Z": 3}`."""
    found: dict[str, int] = {}
    for column in ("abc", "xyz"):
        for value in classes[column].to_pylist():
            found[value] = found.get(value, 0) + 1
    return dict(sorted(found.items()))
