"""kill -9 of the store's process while runs write through it, as often as asked; no acknowledged row may be missing.

    python -m tests.warehouse.http.kills 50

A supervisor (this program) starts the store again each time. Meanwhile one writer inserts numbered blocks and notes
each that was acknowledged, and `lowtide run` works through a log again and again. In the end every noted row is
there, and the rows of each run are those of a run that nobody disturbed.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from lowtide.warehouse import Writer, open_warehouse
from tests.warehouse.batches import POSITION, batch

from .process import Front, lowtide

BLOCK = 200
TABLES = ("ledger", "position", "demand_day", "reject", "stock_count", "supply_event", "calibration_day")
_OWN = "kills"


@dataclass
class Result:
    """The result."""

    kills: int
    acknowledged: int = 0
    missing: int = 0
    runs: int = 0
    started_again: int = 0
    failed: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    waited: int = 0
    """How often a run reported that it waits."""

    @property
    def good(self) -> bool:
        """Whether all rows are there and all runs ended well."""
        return not (self.missing or self.failed or self.different)


class Blocks(threading.Thread):
    """Inserts one batch after the other, and notes which were acknowledged."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self.url = url
        self.done = 0
        self.error: BaseException | None = None
        self.stop = threading.Event()

    def run(self) -> None:
        one = batch(POSITION, {"pipeline": _OWN})
        sku = POSITION.get_field_index("sku")
        columns = [pa.repeat(one.column(at)[0], BLOCK) for at in range(one.num_columns)]
        try:
            with open_warehouse(self.url) as warehouse:
                writer = Writer(warehouse)
                while not self.stop.is_set():
                    columns[sku] = pa.array([f"{self.done}-{n}" for n in range(BLOCK)])
                    writer.write("position", pa.record_batch(columns, schema=POSITION))
                    writer.flush()
                    self.done += 1
        except BaseException as error:
            self.error = error


class Runs(threading.Thread):
    """Runs a log again and again, each time as another pipeline."""

    def __init__(self, url: str, log: Path, result: Result) -> None:
        super().__init__(daemon=True)
        self.url, self.log, self.result = url, log, result
        self.stop = threading.Event()
        self.pipelines: list[str] = []

    def run(self) -> None:
        while not self.stop.is_set():
            pipeline = f"run-{len(self.pipelines)}"
            said = lowtide("run", self.log, "--warehouse", self.url, LOWTIDE_PIPELINE=pipeline)
            self.result.waited += said.stderr.count("trying again")
            if said.returncode == 0:
                self.pipelines.append(pipeline)
                self.result.runs += 1
            elif said.returncode == 4 and "cannot be reached" in said.stderr:
                self.result.started_again += 1
            else:
                self.result.failed.append(said.stderr[-500:])
                return


def battery(kills: int, log: Path, folder: Path, seed: int = 0) -> Result:
    """Kill a number of times, at moments that the seed decides."""
    result, moments = Result(kills), random.Random(seed)
    store = Front(folder / "warehouse")
    blocks, runs = Blocks(store.url), Runs(store.url, log, result)
    try:
        expected = undisturbed(log, store)
        blocks.start()
        runs.start()
        for _ in range(kills):
            time.sleep(moments.uniform(0.05, 1.5))
            store.kill()
            store.start()
        blocks.stop.set()
        runs.stop.set()
        blocks.join(120)
        runs.join(120)
        result.failed += [f"blocks: {blocks.error}"] if blocks.error else []
        result.acknowledged = blocks.done * BLOCK
        with store.client(database="lowtide") as client:
            there = client.command(
                "SELECT uniqExact(sku) FROM position WHERE pipeline = {own:String} "
                "AND toUInt64OrZero(splitByChar('-', sku)[1]) < {done:UInt64}",
                {"own": _OWN, "done": blocks.done},
            )
            result.missing = result.acknowledged - int(there)  # type: ignore[arg-type]
            for pipeline in runs.pipelines:
                found = {table: pipeline_rows(client, table, pipeline) for table in TABLES}
                result.different += [f"{pipeline}: {t}" for t in TABLES if found[t] != expected[t]]
    finally:
        blocks.stop.set()
        runs.stop.set()
        store.stop()
    return result


def pipeline_rows(client: Any, table: str, pipeline: str) -> list[Any]:
    """The rows of a run without the name of its pipeline and without alert ids, which depend on that name."""
    omit = "pipeline, alert_id, supersedes" if table == "ledger" else "pipeline"
    query = f"SELECT * EXCEPT ({omit}) FROM lowtide.{table} FINAL WHERE pipeline = '{pipeline}' ORDER BY ALL"
    return list(client.query(query).result_rows)


def undisturbed(log: Path, store: Front) -> dict[str, list[Any]]:
    """The rows of the same log, from a run without kills."""
    done = lowtide("run", log, "--warehouse", store.url, LOWTIDE_PIPELINE="undisturbed")
    assert done.returncode == 0, done.stderr
    with store.client() as client:
        return {table: pipeline_rows(client, table, "undisturbed") for table in TABLES}


def generated(folder: Path, days: int) -> Path:
    """A log to run."""
    made = lowtide("generate", "--positions", 200, "--days", days, "--out", folder / "shop")
    assert made.returncode == 0, made.stderr
    return folder / "shop" / "movements.jsonl"


def main() -> None:
    """Run the test from the command line, and print the result."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kills", type=int, nargs="?", default=50)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        result = battery(asked.kills, generated(Path(folder), days=300), Path(folder), asked.seed)
    print(f"{result.kills} kills in {time.monotonic() - start:.0f} s")
    print(f"{result.acknowledged:,} rows acknowledged, {result.missing} of them missing")
    print(
        f"{result.runs} runs went on to their end, {len(result.failed)} failed, rows that differ: {len(result.different)}"
    )
    print(f"{result.started_again} runs were started while the store was away, and started again")
    print(f"{result.waited} times a run said that it waits")
    for line in (*result.failed, *result.different):
        print(line)
    sys.exit(not result.good)


if __name__ == "__main__":
    main()
