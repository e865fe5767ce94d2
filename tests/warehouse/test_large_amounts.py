"""A few records of the largest quantity: every view, the report and the lists of everybody go on.

What was seen before: one count of a trillion units of an SKU that costs 10 ended the report and four views for the whole
chain, because units x cost left the decimals of ClickHouse; a loss of 10^25 ended `proposals ls` with a traceback.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from lowtide.words import Language
from tests.cli.conftest import start
from tests.launcher import python

MOST = "1000000000000"
READ = """
import sys
from lowtide.warehouse.opening import open_warehouse
store = open_warehouse(sys.argv[1])
for row in store.rows("SELECT name FROM system.tables WHERE database = 'lowtide'"):
    store.rows(f"SELECT * FROM lowtide.{row['name']}")
(held,) = store.rows("SELECT units, dead_value FROM lowtide.stock_health WHERE dimension = 'all'")
print(held["units"])
"""


def record(number: int, kind: str, sku: str, quantity: str, time: str, **more: str) -> str:
    return json.dumps(
        {"id": f"{kind}-{number}", "source": "s", "kind": kind, "sku": sku, "location": "330", "quantity": quantity,
         "event_time": time, **more}
    )  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("large")
    records = []
    for day in ("2026-06-01", "2026-06-02"):
        for number in range(1050):
            time = f"{day}T{number // 60:02d}:{number % 60:02d}:00Z"
            name = number + 2000 * (day > "2026-06-01")
            records += [record(name, "receipt", sku, MOST, time) for sku in ("one", "two")]
            records.append(record(name, "order", "three", MOST, time, ref=f"PO-{name}"))
            records.append(record(name, "reserve", "three", MOST, time, ref=f"R-{name}"))
        records.append(record(len(records), "sale", "four", MOST, f"{day}T23:00:00Z"))
        records.append(record(len(records), "count", "five", MOST, f"{day}T23:00:00Z"))
    for day in range(3, 29):
        records.append(record(day, "sale", "four", MOST, f"2026-06-{day:02d}T23:00:00Z"))
        records.append(record(day, "adjustment", "five", f"-{MOST}", f"2026-06-{day:02d}T23:00:00Z"))
    records.append(record(1, "count", "five", "0", "2026-06-29T00:00:00Z"))
    (made / "log.jsonl").write_text("\n".join(records) + "\n")
    price = "999999999999999"
    skus = ("one", "two", "three", "four", "five")
    rows = "".join(f"{sku},V,{price},{price},{price}\n" for sku in skus)
    (made / "items.csv").write_text("sku,supplier,unit_cost,unit_price,margin\n" + rows)
    done = start(
        "run", "log.jsonl", "--catalogue", "items.csv", "--warehouse", "store", "--state", "state", cwd=made
    )
    assert done.code == 0, done.err
    return made


def test_every_view_can_be_read(folder: Path) -> None:
    read = subprocess.run(
        [*python(), "-c", READ, "store"], capture_output=True, text=True, check=False, timeout=300, cwd=folder
    )
    assert read.returncode == 0, read.stderr[-2000:]
    assert read.stdout.strip() == "999999999999999.999"


@pytest.mark.parametrize(
    "command", ["report --html r.html", "alerts", "position three 330", "position four 330"]
)
def test_what_people_read_is_written(folder: Path, command: str) -> None:
    said = start(*command.split(), "--warehouse", "store", cwd=folder)
    assert said.code == 0, said.err


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1e25, "10,000,000,000,000,000,000,000,000.00"), (-0.001, "0.00"), (float("inf"), "∞"), (float("-inf"), "−∞"),
        (float("nan"), "?"), (1.7e308, "17" + "0" * 307), (-1234.565, "−1,234.57"),
    ],
)  # fmt: skip
def test_a_number_of_any_size_is_written(value: float, shown: str) -> None:
    written = Language("en", "").number(value, 2)
    assert written == shown or written.replace(",", "") == f"{shown}.00"
