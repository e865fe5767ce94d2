"""How long do the heat map, the trends and the key figures of two years take, and the queue of 100,000 open alerts?

The warehouse is that of `history.py`: 13 M ledger rows of two years, 1 M positions in 500 stores with sales and orders. What
reads every position is counted by the desk itself soon after its start (`beside`). Then each question is asked once, as the
first visitor does (`first`), and again (`kept`): the answer is told with its age and counted anew beside it. The months of
the tables are merged, as they are an hour or a day after their last row came. CPU is that of all threads of the process.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import record
from history import fill
from lowtide.desk.store import Store
from lowtide.people import Book
from lowtide.service import Caller, Context, Role, heatmap, kept, kpi, queue, stock_kept, suppliers, trends
from lowtide.service.filters import Filter
from lowtide.service.lookup import lookup
from lowtide.service.period import DAYS, Period
from lowtide.settings import load_settings
from lowtide.warehouse import open_warehouse

END = datetime(2026, 10, 31, 12, tzinfo=UTC)
CALLER = Caller("bench", Role.ADMIN, "p1")
OPEN = 100_000
PERSONS = 20


def pages(context: Context, periods: list[str]) -> dict[str, Callable[[], Any]]:
    """Every question, by its name."""
    found: dict[str, Callable[[], Any]] = {}
    for name in periods:
        period = Period.of({"period": [name]}, END, "UTC")
        found[f"heat map, {name}"] = lambda period=period: heatmap.heatmap(context, CALLER, "loss", period)
        found[f"key figures by department, {name}"] = lambda period=period: kpi.kpi(
            context, CALLER, period, "department"
        )
        found[f"key figures by team, {name}"] = lambda period=period: kpi.kpi(context, CALLER, period, "team")
        found[f"trends, {name}"] = lambda period=period: trends.trends(context, CALLER, period)
    return found


def _beside(context: Context) -> dict[str, Callable[[], Any]]:
    return {
        "stock": lambda: stock_kept.stock(context),
        "calibration": lambda: stock_kept.calibration(context),
        "units sold": lambda: stock_kept.sold(context, "UTC", ()),
        "suppliers": lambda: suppliers.suppliers(context, CALLER),
        "choices of the queue": lambda: queue.choices(context, CALLER),
    }


def measured(ask: Callable[[], Any]) -> tuple[float, float]:
    """CPU ms of all threads, and wall ms."""
    begun, started = time.process_time(), time.perf_counter()
    ask()
    return (time.process_time() - begun) * 1000, (time.perf_counter() - started) * 1000


def p95(values: list[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def open_alerts(store: Store) -> None:
    """So many open alerts of as many persons in desk.db, a twentieth without a worth."""
    alerts, routed = [], []
    for number in range(OPEN):
        alert_id, worth = (
            f"01K{number:023d}",
            None if number % 20 == 0 else float(number * 7919 % 100_000) / 100,
        )
        alerts.append((
            alert_id, "chain", "s", "out_of_stock", ("watch", "warning", "critical")[number % 3], f"store {number % 500}",
            str(number % 2000), f"Item {number % 2000}", f"CATEGORY {number % 60}", "D", f"SUPPLIER {number % 40}", "A", "N",
            f"Shop {number % 500}", number, number, 1, "OPENED", "1", "1", "0", "0", "1.2", 0.5, 3, worth, "open", "new", "",
            1, 0, None,
        ))  # fmt: skip
        person = f"p{number % PERSONS}"
        routed.append((alert_id, person, "t", person, number * 104_729 % 1_000_003))
    with store.transaction() as tx:
        tx.many(f"INSERT INTO alert VALUES ({', '.join('?' * 32)})", alerts)
        tx.many(
            "INSERT INTO routed (alert_id, person, team, route, followers, owner, partition, because, because_of, caught, "
            "said_to, said_in, told_severity, told_to, last_step, used_ms, phase, phase_round, deadline_at) "
            "VALUES (?, ?, ?, 'r', '[]', ?, 's', '', '', 0, '', '', '', '', 0, 0, 'acknowledge', 1, ?)",
            routed,
        )


def main() -> None:
    """Fill if the folder is empty, ask and print; `--record` writes a record file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--folder", type=Path, default=Path(".lowtide/bench-history"), help="kept for the next run"
    )
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--periods", nargs="+", choices=DAYS, default=["month", "year", "two_years"])
    parser.add_argument("--record", action="store_true", help="write bench/records/<date>-pages.json")
    options = parser.parse_args()
    book = Book.alone("p1")
    figures: dict[str, Any] = {}
    with (
        open_warehouse(str(options.folder), create=True) as warehouse,
        tempfile.TemporaryDirectory() as folder,
    ):
        if not warehouse.rows("SELECT count() AS n FROM lowtide.ledger")[0]["n"]:
            fill(warehouse, 1_000_000, 10_000_000)
            for table in (
                "ledger",
                "alert_opening",
                "alert_end",
                "alert_act",
                "deadline",
                "notification",
                "demand_day",
                "supply_event",
            ):
                warehouse.command(f"OPTIMIZE TABLE lowtide.{table} FINAL")
        with Store.open(Path(folder) / "desk.db") as store:
            context = Context(
                store, warehouse, lambda: book, lambda: int(END.timestamp() * 1000), load_settings()
            )
            open_alerts(store)
            for name, ask in _beside(context).items():
                cpu, wall = measured(ask)
                figures[f"beside: {name}"] = {"cpu_ms": round(cpu, 1), "wall_ms": round(wall, 1)}
                print(f"beside: {name:<30} CPU {cpu:,.0f} ms, wall {wall:,.0f} ms", flush=True)
            print(f"{'question':<40} {'first, CPU ms':>14} {'wall ms':>9} {'kept, wall ms p95':>18}")
            for name, ask in pages(context, options.periods).items():
                kept.forget()
                cpu, wall = measured(ask)
                again = p95([measured(ask)[1] for _ in range(options.rounds)])
                values = {"first_cpu_ms": cpu, "first_wall_ms": wall, "kept_wall_ms_p95": again}
                figures[name] = {key: round(value, 1) for key, value in values.items()}
                print(f"{name:<40} {cpu:>14,.0f} {wall:>9,.0f} {again:>18.1f}", flush=True)
            figures |= _queues(context, options.rounds)
            for text in ("It", "Item 17", "zzz"):
                found = p95(
                    [
                        measured(lambda text=text: lookup(context, CALLER, text))[0]
                        for _ in range(options.rounds)
                    ]
                )
                figures[f"palette, {text}"] = {"cpu_ms_p95": round(found, 1)}
                print(f"palette, {text}: CPU {found:.1f} ms", flush=True)
            now = p95([measured(lambda: heatmap.heatmap(context, CALLER))[0] for _ in range(options.rounds)])
            figures["heat map, open now"] = {"cpu_ms_p95": round(now, 1)}
            print(f"heat map, open now: CPU {now:.1f} ms")
    if options.record:
        print(record.write("pages", {"rounds": options.rounds, "open_alerts": OPEN, "questions": figures}))


def _queues(context: Context, rounds: int) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for scope in ("all", "mine"):
        for sort in ("loss", "due", "opened"):
            wanted = Filter(scope=scope, sort=sort)  # type: ignore[arg-type]
            queue.queue(context, CALLER, wanted)
            cpu = p95(
                [
                    measured(lambda wanted=wanted: queue.queue(context, CALLER, wanted))[0]
                    for _ in range(rounds)
                ]
            )
            figures[f"queue, {scope}, {sort}"] = {"cpu_ms_p95": round(cpu, 2)}
            print(f"{f'queue of {OPEN:,}, {scope}, by {sort}':<40} CPU {cpu:.2f} ms", flush=True)
    return figures


if __name__ == "__main__":
    main()
