"""Is a query still fast when the warehouse holds years?

Fills an embedded warehouse once with 10 M ledger rows of two years (1 M positions, 500 stores, 60 categories; the opening,
changes and end of every alert, and the actions of people on one alert in fifty). Then it runs each query in turn and
measures the CPU time of all threads of the process. The two tables that are read with FINAL are merged first; they would be
merged a minute after the last insert anyway. The folder is kept for the next run. Alerts are placed on positions by chance,
so a few positions have two open alerts of one type, which Lowtide never writes.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import record
from lowtide.warehouse import Warehouse, open_warehouse

START = "toDateTime64('2024-11-01 00:00:00', 3, 'UTC')"
DAYS = 730
STORES = 500
PER_CHUNK = 100_000

CATALOGUE, POSITIONS, LEDGER, ROUTED, DEADLINES, SENT, DEMAND, SUPPLY = (
    (Path(__file__).parent / "history.sql").read_text().split(";\n")[:8]
)
QUESTIONS = {
    "latest day of the ledger, FINAL": (
        50,
        "SELECT * FROM lowtide.ledger FINAL WHERE toDate(event_time) = {day:Date} ORDER BY event_time LIMIT 1000",
    ),
    "one alert, as it stands": (20, "SELECT * FROM lowtide.alert_current WHERE alert_id = {alert:String}"),
    "one alert, its entries": (
        20,
        "SELECT * FROM lowtide.ledger FINAL WHERE alert_id = {alert:String} ORDER BY seq",
    ),
    "one position": (
        20,
        "SELECT * FROM lowtide.position_current "
        "WHERE pipeline = 'chain' AND location = {location:String} AND sku = {sku:String}",
    ),
    "key figures of a month": (500, "SELECT * FROM lowtide.kpi_month WHERE month = {month:Date}"),
    "heatmap, store by category": (300, "SELECT * FROM lowtide.heatmap"),
    "the twenty costliest open alerts": (
        None,
        "SELECT * FROM lowtide.alert_open ORDER BY expected_loss DESC, alert_id LIMIT 20",
    ),
    "the same twenty, all that is known": (
        300,
        "SELECT * FROM lowtide.alert_current WHERE status = 'open' AND alert_id IN "
        "(SELECT alert_id FROM lowtide.alert_open ORDER BY expected_loss DESC, alert_id LIMIT 20) "
        "ORDER BY expected_loss DESC, alert_id",
    ),
    "alerts that opened in a month": (
        None,
        "SELECT count(), avg(open_hours) FROM lowtide.alert_history WHERE toStartOfMonth(opened_at) = {month:Date}",
    ),
}


def chunks(alerts: int) -> Iterator[tuple[int, int]]:
    """First number and count of each insert."""
    for first in range(0, alerts, PER_CHUNK):
        yield first, min(PER_CHUNK, alerts - first)


def fill(warehouse: Warehouse, positions: int, rows: int) -> None:
    """Make the history, about 2.85 rows per alert."""
    alerts = int(rows / 2.86)
    names = {
        "stores": STORES,
        "start": START,
        "days": DAYS,
        "positions": positions,
        "skus": positions // STORES,
    }
    for text in (CATALOGUE, POSITIONS):
        warehouse.command(_named(text, names))
    for first, count in chunks(alerts):
        more = {"first": first, "count": count, "alerts": alerts, "span": DAYS * 86_400_000}
        warehouse.command(_named(LEDGER, {**names, **more}))
        print(f"\r{first + count:,} of {alerts:,} alerts", end="", flush=True)
    print()
    fill_desk(warehouse)
    fill_stock(warehouse, positions)
    for table in ("alert_latest", "position"):  # as a minute after the last insert
        warehouse.command(f"OPTIMIZE TABLE lowtide.{table} FINAL")


def fill_desk(warehouse: Warehouse) -> None:
    """What the desk wrote: who has every alert, what was told, and by when it had to be answered."""
    months = warehouse.rows(
        "SELECT DISTINCT toYYYYMM(event_time) AS month FROM lowtide.ledger WHERE seq = 1 ORDER BY month"
    )
    for row in months:
        for text in (ROUTED, DEADLINES, SENT):
            warehouse.command(_named(text, row))


def fill_stock(warehouse: Warehouse, positions: int) -> None:
    """Sales and orders of every position."""
    names = {"stores": STORES, "start": START, "days": DAYS}
    for first, count in chunks(positions):
        for text in (DEMAND, SUPPLY):
            warehouse.command(_named(text, {**names, "first": first, "count": count}))


def _named(text: str, names: dict[str, object]) -> str:
    for name, value in names.items():
        text = text.replace("{" + name + "}", str(value))
    return text


def p95(warehouse: Warehouse, sql: str, given: list[dict[str, str]]) -> tuple[float, float]:
    """The 95th percentile of CPU ms, all threads, and the median of wall ms, over these parameters."""
    cpu, wall = [], []
    for one in given:
        begun, started = time.process_time(), time.perf_counter()
        warehouse.client.raw_query(sql, parameters=one, fmt="Null")
        cpu.append((time.process_time() - begun) * 1000)
        wall.append((time.perf_counter() - started) * 1000)
    return statistics.quantiles(cpu, n=20, method="inclusive")[-1], statistics.median(wall)


def asked(warehouse: Warehouse, rounds: int) -> list[dict[str, str]]:
    """Parameters of each round: alerts, positions and months spread over the history."""
    found = warehouse.rows(
        "SELECT alert_id AS alert, location, sku FROM lowtide.ledger WHERE seq = 1 AND cityHash64(alert_id) % 99991 = 7 "
        f"ORDER BY alert LIMIT {rounds}"
    )
    day = warehouse.rows(
        "SELECT toString(toDate(max(event_time))) AS day FROM lowtide.ledger WHERE action_id = ''"
    )[0]
    months = ["2025-02-01", "2025-07-01", "2025-12-01", "2026-05-01", "2026-09-01"]
    return [{**row, **day, "month": months[at % len(months)]} for at, row in enumerate(found)]


def main() -> None:
    """Fill, ask and print; `--record` writes a record file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--folder", type=Path, default=Path(".lowtide/bench-history"), help="kept for the next run"
    )
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--positions", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--record", action="store_true", help="write bench/records/<date>-history.json")
    options = parser.parse_args()
    with open_warehouse(str(options.folder), create=True) as warehouse:
        if not warehouse.rows("SELECT count() AS n FROM lowtide.ledger")[0]["n"]:
            fill(warehouse, options.positions, options.rows)
        held = warehouse.rows(
            "SELECT table, sum(part.rows) AS rows, count() AS parts, round(sum(bytes_on_disk) / rows, 1) AS bytes_a_row "
            "FROM system.parts AS part WHERE database = 'lowtide' AND active GROUP BY table HAVING rows > 1000 "
            "ORDER BY table"
        )
        for row in held:
            print(
                f"{row['table']:<14} {row['rows']:>12,} rows {row['parts']:>4} parts {row['bytes_a_row']:>7} B a row"
            )
        print(f"\n{'question':<36} {'CPU ms, p95':>12} {'target':>8} {'wall ms':>9}")
        figures = {}
        for name, (target, sql) in QUESTIONS.items():
            given = asked(warehouse, options.rounds)
            p95(warehouse, sql, given[:2])
            cpu, wall = p95(warehouse, sql, given)
            figures[name] = {
                "cpu_ms_p95": round(cpu, 1),
                "wall_ms_median": round(wall, 1),
                "target_ms": target,
            }
            print(f"{name:<36} {cpu:>12.1f} {target or '':>8} {wall:>9.1f}")
    if options.record:
        print(record.write("history", {"tables": held, "rounds": options.rounds, "questions": figures}))


if __name__ == "__main__":
    main()
