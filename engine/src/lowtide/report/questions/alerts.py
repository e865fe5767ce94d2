"""The questions that a report asks the warehouse, each in one statement, narrowed to the scope.

Definitions are those of the views: a month asked for here is the month of `kpi_month`. What is summed as
money is summed exactly, so that the order of the addition does not matter.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import Any

from lowtide.ledger import ENDED, GRAVEST_FIRST
from lowtide.report.answers import Money
from lowtide.report.scope import Scope
from lowtide.rows import Row
from lowtide.warehouse import Warehouse, placeholders, queries

PART = (
    "pipeline = {pipeline:String} AND ({location:String} = '' OR location = {location:String}) "
    "AND ({category:String} = '' OR category = {category:String})"
)
_ENDING = f"entry IN {ENDED}"
_RANK = f"expected_loss DESC, {placeholders.GRAVEST_FIRST}, opened_at, alert_id"
START, END, _BEFORE = (f"toDateTime64({{{name}:String}}, 3, 'UTC')" for name in ("start", "end", "before"))


def key_figures(warehouse: Warehouse, scope: Scope) -> dict[bool, Row]:
    """Counts and medians of the alerts that opened in the period (True) and in the one before (False)."""
    rows = warehouse.rows(f"""
        SELECT
            opened_at >= {START} AS now, count() AS alerts,
            countIf(minutes_to_acknowledge IS NOT NULL) AS acknowledged,
            quantileExactInclusiveOrNull(0.5)(minutes_to_acknowledge) AS mtta,
            quantileExactInclusiveOrNull(0.9)(minutes_to_acknowledge) AS mtta_p90,
            countIf(minutes_to_resolve IS NOT NULL) AS resolved,
            quantileExactInclusiveOrNull(0.5)(minutes_to_resolve) AS mttr,
            quantileExactInclusiveOrNull(0.9)(minutes_to_resolve) AS mttr_p90,
            countIf(feedback != '') AS rated, countIf(feedback = 'right') AS right,
            countIf(feedback = 'false') AS said_false,
            countIf(feedback = 'false' OR (feedback = '' AND alert.came_true = 0)) AS false_alarms,
            countIf(alert.came_true = 1) AS came_true,
            quantileExactInclusiveOrNull(0.5)(warning_lead_hours) AS warning_lead_hours,
            countIf(type = 'out_of_stock') AS stockouts
        FROM {warehouse.database}.alert_history AS alert
        WHERE {PART} AND opened_at >= {_BEFORE} AND opened_at < {END}
        GROUP BY now""", scope.parameters)  # fmt: skip
    return {bool(row.pop("now")): row for row in rows}


def missed(warehouse: Warehouse, scope: Scope) -> list[Row]:
    """Stockouts without a warning by category, in the period (`missed`) and before it (`before`); most first."""
    return warehouse.rows(
        f"""
        SELECT category, countIf(opened_at >= {START}) AS missed, countIf(opened_at < {START}) AS before
        FROM {warehouse.database}.missed_stockout
        WHERE {PART} AND opened_at >= {_BEFORE} AND opened_at < {END}
        GROUP BY category ORDER BY missed DESC, category""",
        scope.parameters,
    )


def _money(loss: str) -> str:
    """SQL of a loss as a decimal. One that a decimal does not hold (a record of a trillion units) is cut at 10^15."""
    return f"toDecimal64(if(isFinite({loss}), greatest(least({loss}, 1e15), -1e15), NULL), 2)"


def standing(warehouse: Warehouse, scope: Scope) -> list[Row]:
    """Every alert that was open when the period ended and that nobody had closed, with its owner of now. Most loss first.

    If the period reaches the clock, its stock is that of now, with what has changed since its last entry in `…_since`; else
    its stock is that of its last entry in the period.
    """
    if scope.end > scope.clock:
        return warehouse.rows(
            f"SELECT * EXCEPT expected_loss, {_money('expected_loss')} AS expected_loss "
            f"FROM {warehouse.database}.alert_open AS alert WHERE {PART} ORDER BY {_RANK}",
            scope.parameters,
        )
    return _standing_then(warehouse, scope)


def _standing_then(warehouse: Warehouse, scope: Scope) -> list[Row]:
    # Open then: the alerts that are open now or have ended since. So the statement need not read every alert of the log.
    db = warehouse.database
    return warehouse.rows(f"""
        WITH candidate AS (
            SELECT alert_id FROM {db}.alert_latest FINAL
            WHERE pipeline = {{pipeline:String}} AND opened_at < {END} AND NOT {_ENDING}
            UNION DISTINCT
            SELECT alert_id FROM {db}.ledger
            WHERE pipeline = {{pipeline:String}} AND {_ENDING} AND event_time >= {END} AND opened_at < {END}
        ),
        open AS (
            SELECT alert_id, type, location, sku, name, category, opened_at, state, owner
            FROM {db}.alert_history
            WHERE {PART} AND alert_id GLOBAL IN candidate AND opened_at < {END}
                AND (closed_at IS NULL OR closed_at >= {END}) AND (closed_by_at IS NULL OR closed_by_at >= {END})
        )
        SELECT
            open.alert_id AS alert_id, type, location, open.sku AS sku, name, category, opened_at, state, owner,
            last.1 AS severity, last.2 AS available, last.3 AS p_stockout, last.4 AS stockout_p50,
            {placeholders.UNIT_VALUE.format(database=db)} AS unit_value,
            {_money("round(last.5 * toFloat64(unit_value), 2)")} AS expected_loss
        FROM open
        INNER JOIN (
            SELECT alert_id, argMax(
                tuple(severity, available, p_stockout, stockout_p50, expected_shortfall), (seq, event_time)) AS last
            FROM {db}.ledger
            WHERE pipeline = {{pipeline:String}} AND action_id = '' AND event_time < {END}
                AND alert_id GLOBAL IN candidate
            GROUP BY alert_id
        ) AS entry ON open.alert_id = entry.alert_id
        LEFT JOIN (SELECT sku, unit_margin, unit_price FROM {db}.catalogue FINAL) AS item ON open.sku = item.sku
        ORDER BY {_RANK}""",
        scope.parameters,
    )  # fmt: skip


def by_day(warehouse: Warehouse, scope: Scope, left: int) -> list[Row]:
    """Openings of each day of the period by severity, and how many were open when it ended: `left` on the last."""
    db = warehouse.database
    counted = ", ".join(f"countIf(first_severity = '{name}') AS {name}" for name in GRAVEST_FIRST)
    opened = warehouse.rows(f"""
        SELECT toDate32(opened_at) AS day, {counted}
        FROM {db}.alert_history WHERE {PART} AND opened_at >= {START} AND opened_at < {END}
        GROUP BY day""", scope.parameters)  # fmt: skip
    closed = warehouse.rows(f"""
        SELECT toDate32(ended.event_time) AS day, uniqExact(alert_id) AS alerts
        FROM {db}.ledger AS ended
        LEFT JOIN (SELECT sku, category FROM {db}.catalogue FINAL) AS item ON ended.sku = item.sku
        WHERE {PART} AND {_ENDING} AND event_time >= {START} AND event_time < {END}
        GROUP BY day""", scope.parameters)  # fmt: skip
    counts = {row["day"]: row for row in opened}
    ends = {row["day"]: row["alerts"] for row in closed}
    days: list[Row] = []
    for number in reversed(range(scope.days)):
        day = scope.first + timedelta(days=number)
        row = counts.get(day, Counter())
        days.append({"day": day, **{name: row[name] for name in GRAVEST_FIRST}, "open": left})
        left += ends.get(day, 0) - sum(row[name] for name in GRAVEST_FIRST)
    return days[::-1]


def load(warehouse: Warehouse, scope: Scope) -> tuple[list[Row], list[Row]]:
    """Alarms by owner over the hours of the period, quiet ones too; and by hour of the day for the owner with the most."""
    rows = warehouse.rows(
        f"""
        SELECT owner, toHour(hour) AS hour_of_day, sum(loaded.alarms) AS alarms,
               countIf(level = 'high') AS high, countIf(level = 'overload') AS overload
        FROM {warehouse.database}.alarm_load_hour AS loaded
        WHERE pipeline = {{pipeline:String}} AND hour >= {START} AND hour < {END}
        GROUP BY owner, hour_of_day ORDER BY owner, hour_of_day""",
        scope.parameters,
    )
    begin, end = max(scope.start, scope.since), min(scope.end, scope.clock)
    hours = max(1, int((end - begin).total_seconds() // 3600) + 1)
    owners: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        owners[row["owner"]].update({name: row[name] for name in ("alarms", "high", "overload")})
    loads: list[Row] = [
        {
            "owner": owner, "hours": hours, "alarms": of["alarms"], "alarms_per_hour": of["alarms"] / hours,
            "share_acceptable": 1 - (of["high"] + of["overload"]) / hours, "share_high": of["high"] / hours,
            "share_overload": of["overload"] / hours,
        }
        for owner, of in owners.items()
    ]  # fmt: skip
    if not loads:
        return [], []
    busiest = max(loads, key=lambda row: (row["alarms"], row["owner"]))["owner"]
    days = max(1, round(hours / 24))
    means = [
        {"hour": int(row["hour_of_day"]), "alarms": row["alarms"] / days} for row in rows if row["owner"] == busiest
    ]  # fmt: skip
    return sorted(loads, key=lambda row: (-row["alarms"], row["owner"]))[:12], means


def calibration(warehouse: Warehouse, scope: Scope, *, openings: bool = False) -> list[Row]:
    """What was said against what came true, by tenth of the scale: of the sample, or of alerts at their opening."""
    rows = queries.calibration(warehouse, openings=openings, pipeline=scope.pipeline)
    return [{name: cell for name, cell in row.items() if name != "value"} for row in rows]


def policies(warehouse: Warehouse, scope: Scope) -> list[str]:
    """The versions that entries of the period name."""
    rows = warehouse.rows(
        f"SELECT DISTINCT policy_version AS version FROM {warehouse.database}.ledger WHERE pipeline = {{pipeline:String}} "
        f"AND action_id = '' AND event_time >= {START} AND event_time < {END} ORDER BY version",
        scope.parameters,
    )
    return [str(row["version"]) for row in rows if row["version"]]


def money(warehouse: Warehouse) -> Money:
    """What a unit is worth in most of the catalogue: its margin, its price, or nothing that is known."""
    (row,) = warehouse.rows(
        "SELECT countIf(unit_margin IS NOT NULL) AS margins, "
        "countIf(unit_margin IS NULL AND unit_price IS NOT NULL) AS prices "
        f"FROM {warehouse.database}.catalogue FINAL"
    )
    if not row["margins"] and not row["prices"]:
        return "units"
    return "margin" if row["margins"] >= row["prices"] else "price"


def heat(open_alerts: list[Row]) -> list[Row]:
    """Open alerts and their known loss by place and category."""
    cells: dict[tuple[str, str], list[Any]] = defaultdict(lambda: [0, Decimal(0)])
    for row in open_alerts:
        cell = cells[row["location"], row["category"]]
        cell[0] += 1
        cell[1] += row["expected_loss"] or 0
    return [
        {"location": location, "category": category, "open_alerts": count, "expected_loss": loss}
        for (location, category), (count, loss) in sorted(cells.items())
    ]
