"""The schema explains itself: every table, view and column in its own words, read from the open warehouse.

All text comes from the comments in `tables/` and `views/`, so that this page and a client that shows comments cannot
disagree; only the example of each table is written here. `lowtide warehouse docs` prints it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from lowtide.warehouse.client import Row, Warehouse

GROUPS = {
    "asked": (
        "What people ask",
        "Views: an answer a row, nothing to deduplicate. They read the clock of the pipeline, never today's date.",
    ),
    "written": (
        "What the engine and the desk write",
        "Tables that may hold a row twice until ClickHouse has merged them. A reader has `final = 1` and reads each row "
        "once. The user `writer` says `FINAL`.",
    ),
    "housekeeping": ("Housekeeping", "What keeps the rest quick and up to date."),
}
"""The groups, in the order of the page: heading and what is true of all in it."""

_HOUSEKEEPING = {
    "migration", "view_version", "alert_latest", "alert_last", "alert_people", "desk_generation", "alert_opening",
    "alert_end", "alert_act",
}  # fmt: skip
_INNER = {"alert_last", "alert_people"}
"""Steps on the way to other views: nobody asks for their columns."""

EXAMPLES = {
    "alarm_chattering": "SELECT * FROM alarm_chattering ORDER BY openings DESC LIMIT 10",
    "alarm_flood": "SELECT * FROM alarm_flood ORDER BY alarms DESC LIMIT 10",
    "alarm_load": "SELECT owner, alarms_per_hour, share_overload FROM alarm_load ORDER BY alarms_per_hour DESC",
    "alarm_load_hour": "SELECT hour, alarms FROM alarm_load_hour WHERE level = 'overload' ORDER BY hour",
    "alarm_stale": "SELECT * FROM alarm_stale ORDER BY expected_loss DESC LIMIT 10",
    "alert_act": "SELECT entry, count() FROM alert_act FINAL GROUP BY entry",
    "alert_action": "SELECT acted_at, actor, entry, comment FROM alert_action ORDER BY acted_at DESC LIMIT 10",
    "alert_current": "SELECT type, severity, count() FROM alert_current WHERE status = 'open' GROUP BY type, severity",
    "alert_desk": "SELECT decided_at, entry, person, step, due FROM alert_desk ORDER BY decided_at DESC LIMIT 10",
    "alert_end": "SELECT entry, count() FROM alert_end FINAL GROUP BY entry",
    "alert_history": "SELECT type, avg(open_hours), avg(came_true) FROM alert_history GROUP BY type",
    "alert_last": "SELECT alert_id, status FROM alert_last LIMIT 3",
    "alert_latest": "SELECT * FROM alert_latest FINAL LIMIT 3",
    "alert_open": "SELECT sku, type, available, on_order, expected_loss FROM alert_open ORDER BY expected_loss DESC LIMIT 9",
    "alert_opening": "SELECT type, count() FROM alert_opening FINAL GROUP BY type",
    "alert_people": "SELECT alert_id, state, owner FROM alert_people LIMIT 3",
    "audit": "SELECT at, actor, what, subject, result FROM audit FINAL ORDER BY at DESC LIMIT 10",
    "calibration": "SELECT said, came_true, low, high FROM calibration WHERE dimension = 'all' ORDER BY decile",
    "calibration_day": "SELECT day, count(), avg(p_stockout) FROM calibration_day FINAL GROUP BY day ORDER BY day LIMIT 10",
    "calibration_judged": "SELECT * FROM calibration_judged WHERE p_stockout > .8 AND NOT came_true ORDER BY day LIMIT 20",
    "calibration_opening": "SELECT alerts, said, came_true FROM calibration_opening WHERE dimension = 'all' ORDER BY decile",
    "catalogue": "SELECT category, count() FROM catalogue FINAL GROUP BY category ORDER BY category",
    "count_first": "SELECT rank, location, sku, name, idle_days, on_hand FROM count_first ORDER BY rank LIMIT 20",
    "data_quality": "SELECT partition, check, records, share FROM data_quality ORDER BY records DESC",
    "days_of_cover": "SELECT * FROM days_of_cover WHERE wanted AND days_of_cover < 3 ORDER BY days_of_cover LIMIT 20",
    "dead_stock": "SELECT * FROM dead_stock ORDER BY value DESC LIMIT 20",
    "deadline": "SELECT alert_id, kind, person, told_at, due FROM deadline FINAL ORDER BY due DESC LIMIT 10",
    "demand_daily": "SELECT day, sum(demand) FROM demand_daily GROUP BY day ORDER BY day",
    "demand_day": "SELECT part, count(), sum(demand) FROM demand_day FINAL GROUP BY part",
    "desk_generation": "SELECT number, host, pid, renewed_at FROM desk_generation FINAL ORDER BY number DESC LIMIT 3",
    "feed_clock": "SELECT pipeline, partition, clock, ended FROM feed_clock FINAL",
    "heatmap": "SELECT location, category, open_alerts, expected_loss FROM heatmap WHERE open_alerts > 0",
    "inputs_class": "SELECT inputs_version, max(loaded_at) AS since FROM inputs_class FINAL GROUP BY ALL ORDER BY since",
    "kpi_month": "SELECT month, alerts, precision, rated_share, missed_share FROM kpi_month ORDER BY month",
    "lane": "SELECT from_location, to_location, hours, cost FROM lane FINAL ORDER BY from_location, to_location",
    "ledger": "SELECT event_time, entry, severity, p_stockout FROM ledger FINAL ORDER BY event_time DESC LIMIT 20",
    "location": "SELECT location, name, region FROM location FINAL ORDER BY region, location",
    "migration": "SELECT number, name FROM migration FINAL ORDER BY number",
    "missed_stockout": "SELECT * FROM missed_stockout ORDER BY opened_at DESC LIMIT 20",
    "notification": "SELECT sent_at, person, reason, counted, target FROM notification FINAL WHERE state = 'sent' LIMIT 10",
    "order_line": "SELECT ref, sku, due, outstanding FROM order_line WHERE overdue ORDER BY due LIMIT 20",
    "people_version": "SELECT version, applied_at, applied_by FROM people_version FINAL ORDER BY applied_at DESC",
    "pipeline_clock": "SELECT pipeline, clock FROM pipeline_clock",
    "policy_promise": "SELECT version, backtest, pushes_a_day, share_met FROM policy_promise FINAL ORDER BY applied_at DESC",
    "policy_version": "SELECT version, first_seen FROM policy_version FINAL ORDER BY first_seen",
    "position": "SELECT count(), sum(on_hand) FROM position FINAL",
    "position_class": "SELECT abc, xyz, count() FROM position_class GROUP BY ALL ORDER BY ALL",
    "position_current": "SELECT * FROM position_current WHERE location = '330' AND sku = '1004906'",
    "push_load_hour": "SELECT person, hour, pushes, level FROM push_load_hour WHERE level != 'acceptable' ORDER BY hour",
    "process_hole": "SELECT location, source, kind, sum(alerts) FROM process_hole GROUP BY ALL ORDER BY sum(alerts) DESC",
    "record_accuracy": "SELECT month, counts, accuracy FROM record_accuracy WHERE dimension = 'all' ORDER BY month",
    "reject": "SELECT offset, reason, field, message FROM reject FINAL ORDER BY partition, offset LIMIT 10",
    "response": "SELECT team, avg(acknowledged_in_time), avg(resolved_in_time) FROM response GROUP BY team",
    "run": "SELECT started_at, source, status, records FROM run FINAL ORDER BY started_at DESC LIMIT 5",
    "silence": "SELECT silence_id, version, matchers, end_at, author FROM silence FINAL ORDER BY silence_id, version",
    "silence_current": "SELECT matchers, start_at, end_at, author, reason FROM silence_current ORDER BY end_at DESC",
    "sign_open": "SELECT type, count(), round(sum(expected_loss), 2) FROM sign_open GROUP BY type ORDER BY type",
    "silent_feed": "SELECT location, source, since, silent_hours, expected_records FROM silent_feed ORDER BY since",
    "silent_location": "SELECT * FROM silent_location WHERE days_with_sales >= 20 ORDER BY silent_hours DESC",
    "stock_at_rest": "SELECT type, count(), sum(value), sum(holding_cost_month) FROM stock_at_rest GROUP BY type",
    "stock_count": "SELECT * FROM stock_count FINAL ORDER BY abs(variance) DESC LIMIT 10",
    "stock_health": "SELECT value, in_stock_share, dead_value FROM stock_health WHERE dimension = 'department'",
    "supplier": "SELECT supplier, name, order_days, cut_off, lead_time FROM supplier FINAL ORDER BY supplier",
    "supplier_lateness": "SELECT supplier, orders, late_share, overdue_now FROM supplier_lateness WHERE orders >= 20",
    "supplier_slip": "SELECT supplier, promised_on, due_on, positions FROM supplier_slip ORDER BY expected_loss DESC",
    "supply_event": "SELECT * FROM supply_event FINAL WHERE ref = 'PO22840' ORDER BY offset",
    "proposal_current": "SELECT state, count(), round(sum(avoided), 2) FROM proposal_current GROUP BY state ORDER BY state",
    "rule_change": "SELECT change_id, argMax(state, version) FROM rule_change FINAL GROUP BY change_id",
    "stage": "SELECT stage, count(), round(sum(expected_loss), 2) FROM stage GROUP BY stage ORDER BY stage",
    "trend_day": "SELECT day, sum(opened), sum(closed), sum(open_at_end) FROM trend_day GROUP BY day ORDER BY day",
    "trend_hour": "SELECT day_of_week, hour_of_day, sum(opened) FROM trend_hour GROUP BY ALL ORDER BY ALL",
    "turnover": "SELECT value, turns_per_year FROM turnover WHERE dimension = 'category' ORDER BY turns_per_year LIMIT 10",
    "view_version": "SELECT name, made_at FROM view_version FINAL ORDER BY name",
}


@dataclass(frozen=True)
class Column:
    """One column in its own words."""

    name: str
    type: str
    comment: str


@dataclass(frozen=True)
class Relation:
    """One table or view: what it is, its key, its columns, and a first question to it."""

    name: str
    kind: str
    group: str
    comment: str
    key: str
    """The columns by which rows are sorted, and of which each value has one row; empty for a view."""
    columns: tuple[Column, ...]
    example: str


def describe(warehouse: Warehouse) -> list[Relation]:
    """Every table and view of the warehouse, by group and name."""
    columns: dict[str, list[Column]] = {}
    for row in warehouse.rows(_COLUMNS, {"database": warehouse.database}):
        columns.setdefault(row["relation"], []).append(Column(row["name"], row["type"], row["comment"]))
    found = [
        _relation(row, columns[row["name"]])
        for row in warehouse.rows(_RELATIONS, {"database": warehouse.database})
    ]
    order = list(GROUPS)
    return sorted(found, key=lambda relation: (order.index(relation.group), relation.name))


# On a cluster the tables themselves, with their keys and comments, are in a second database.
_RELATIONS = """
    SELECT name, max(engine = 'View') AS is_view, max(comment) AS comment, max(sorting_key) AS key
    FROM system.tables
    WHERE database IN ({database:String}, concat({database:String}, '_local')) AND engine != 'MaterializedView'
    GROUP BY name
"""
_COLUMNS = """
    SELECT table AS relation, name, any(type) AS type, max(comment) AS comment
    FROM system.columns
    WHERE database IN ({database:String}, concat({database:String}, '_local'))
    GROUP BY relation, name
    ORDER BY relation, min(position)
"""


def _relation(row: Row, columns: list[Column]) -> Relation:
    name = row["name"]
    group = "housekeeping" if name in _HOUSEKEEPING else "asked" if row["is_view"] else "written"
    return Relation(
        name, "view" if row["is_view"] else "table", group, row["comment"], row["key"],
        () if name in _INNER else tuple(columns), EXAMPLES.get(name, f"SELECT * FROM {name} LIMIT 10"),
    )  # fmt: skip


def as_rows(relations: Iterable[Relation]) -> list[Row]:
    """The same as plain values, for scripts."""
    return [asdict(relation) for relation in relations]


def as_markdown(relations: list[Relation], *, page: bool = True) -> str:
    """The same as text: a `page` lists everything first, then each with its columns; else only these."""
    if not page:
        return "\n\n".join(_section(relation) for relation in relations) + "\n"
    parts = [
        "# Tables and views of the warehouse",
        "The database is called `lowtide`. Times are UTC. Units are decimals with three places. An absent value is null, "
        "a share without a denominator too.",
        "Generated by `lowtide warehouse docs` from the comments of the schema.",
    ]
    for group, (heading, about) in GROUPS.items():
        members = [relation for relation in relations if relation.group == group]
        rows = [f"| [`{one.name}`](#{one.name}) | {_cell(one.comment)} |" for one in members]
        parts += [f"## {heading}", about, "\n".join(["| name | what it tells |", "|---|---|", *rows])]
        parts += [_section(relation) for relation in members]
    return "\n\n".join(parts) + "\n"


def _section(relation: Relation) -> str:
    parts = [f"### {relation.name}", relation.comment + "."]
    if relation.key:
        parts.append(f"Sorted by, and one row for each: `{relation.key}`.")
    if relation.columns:
        rows = [f"| `{one.name}` | {_cell(one.type)} | {_cell(one.comment)} |" for one in relation.columns]
        parts.append("\n".join(["| column | type | |", "|---|---|---|", *rows]))
    parts.append(f"```sql\n{relation.example}\n```")
    return "\n\n".join(parts)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
