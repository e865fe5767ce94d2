"""How much time does HTTP add to the embedded store, and how much do fifty readers slow a run that writes through it?

Queries and inserts are the same calls of the same client, once with the embedded store (`embedded:`), once
over `lowtide warehouse`, without compression, as `lowtide` does on loopback. CPU is the time of both processes together.
Each reader asks once a second for the figures of a dashboard. The readers are one more process on the same cores, so the
result includes their own CPU time.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import clickhouse_connect
import pyarrow as pa
import urllib3

import record

QUERIES = 400
ROWS = 100_000
READS = (
    "SELECT type, severity, count() FROM alert_current WHERE status = 'open' GROUP BY ALL",
    "SELECT location, count() FROM alert_current WHERE status = 'open' GROUP BY location ORDER BY 2 DESC LIMIT 10",
    "SELECT * FROM position_current WHERE sku = 'S00042'",
    "SELECT toDate(event_time) AS day, count() FROM ledger FINAL WHERE day > '2026-01-20' GROUP BY day ORDER BY day",
    "SELECT count() FROM position",
)


def ticks(pid: int) -> float:
    """CPU seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Served:
    """`lowtide warehouse`, and its CPU time."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "lowtide", "warehouse", "--warehouse", f"embedded:{folder}"]
        self.process = subprocess.Popen(
            [*command, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:(\d+)", self.process.stdout.readline())
        if not found:
            raise SystemExit("`lowtide warehouse` did not start")
        self.port = int(found[1])
        self.url = f"http://127.0.0.1:{self.port}"

    def cpu(self) -> float:
        """CPU seconds so far."""
        return ticks(self.process.pid)

    def stop(self) -> None:
        """End it."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def costs(client: Any, server: Served | None, rounds: int) -> dict[str, float]:
    """Median wall and mean CPU of a query, and CPU of an Arrow insert, in milliseconds."""

    def cpu() -> float:
        return time.process_time() + (server.cpu() if server else 0.0)

    columns = {f"c{n}": pa.array(range(n, ROWS + n), pa.int64()) for n in range(19)}
    block = pa.table({**columns, "name": pa.array([f"sku-{n % 5000}" for n in range(ROWS)])})
    made = ", ".join(f"c{n} Int64" for n in range(19))
    client.command(f"CREATE TABLE bench ({made}, name LowCardinality(String)) ENGINE = MergeTree ORDER BY c0")
    for _ in range(20):
        client.query("SELECT 1")
    walls, start = [], cpu()
    for _ in range(QUERIES):
        at = time.perf_counter()
        client.query("SELECT 1")
        walls.append(time.perf_counter() - at)
    query = (cpu() - start) / QUERIES
    inserts, walls_in = [], []
    for _ in range(2 * rounds):
        start, at = cpu(), time.perf_counter()
        client.insert_arrow("bench", block)
        walls_in.append(time.perf_counter() - at)
        inserts.append(cpu() - start)
    return {
        "query_wall_ms": statistics.median(walls) * 1e3,
        "query_cpu_ms": query * 1e3,
        "insert_cpu_ms": statistics.median(inserts) * 1e3,
        "insert_wall_ms": statistics.median(walls_in) * 1e3,
    }


def embedded(folder: Path, rounds: int) -> dict[str, float]:
    """The costs with the embedded store."""
    with clickhouse_connect.get_client(interface="chdb", path=str(folder / "plain")) as client:
        return costs(client, None, rounds)


class Readers:
    """Fifty dashboards, each with a question a second."""

    def __init__(self, url: str, readers: int) -> None:
        self._url, self._count = url, readers
        self._done = threading.Event()
        self._pool = urllib3.PoolManager(maxsize=readers, block=False)
        self.waits: list[float] = []
        self.errors = 0
        self._threads = [threading.Thread(target=self._read, args=[n]) for n in range(readers)]

    def _read(self, number: int) -> None:
        self._done.wait(number / self._count)
        while not self._done.is_set():
            start = time.perf_counter()
            query = READS[(number + len(self.waits)) % len(READS)]
            answer = self._pool.request("POST", f"{self._url}/?user=reader", body=query)
            self.waits.append(time.perf_counter() - start)
            self.errors += answer.status != 200
            self._done.wait(max(0.0, 1.0 - self.waits[-1]))

    def __enter__(self) -> Readers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()


def run(log: Path, url: str, pipeline: str) -> float:
    """Seconds of a run."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "lowtide", "run", str(log), "--warehouse", url]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "LOWTIDE_PIPELINE": pipeline})
    return time.perf_counter() - start


def slowdown(served: Served, folder: Path, readers: int, rounds: int) -> dict[str, float]:
    """A run alone and beside readers, in turn."""
    make = ["generate", "--positions", "2000", "--days", "45", "--out", str(folder / "shop")]
    subprocess.run([sys.executable, "-m", "lowtide", *make], check=True, capture_output=True)
    log = folder / "shop" / "movements.jsonl"
    run(log, served.url, "warm")
    alone, beside, waits, errors = [], [], [], 0
    for at in range(rounds):
        alone.append(run(log, served.url, f"alone-{at}"))
        # The readers run in a separate process: the interpreter lock of this process would slow them and the clock.
        command = [sys.executable, __file__, "--as-readers", served.url, "--readers", str(readers)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as others:
            time.sleep(1.5)
            beside.append(run(log, served.url, f"beside-{at}"))
            said = json.loads(others.communicate("stop\n")[0])
        waits += said["waits"]
        errors += said["errors"]
    return {
        "run_alone_s": statistics.median(alone),
        "run_beside_readers_s": statistics.median(beside),
        "slowdown_percent": (statistics.median(beside) / statistics.median(alone) - 1) * 100,
        "reader_queries": len(waits),
        "reader_errors": errors,
        "reader_p50_ms": statistics.median(waits) * 1e3,
        "reader_p95_ms": statistics.quantiles(waits, n=20)[-1] * 1e3,
    }


def child(arguments: list[str]) -> dict[str, float]:
    """The figures, measured in a separate process."""
    done = subprocess.run([sys.executable, __file__, *arguments], check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def main() -> None:
    """Measure and print; `--record` writes a record file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--record", action="store_true", help="write bench/records/<date>-front.json")
    parser.add_argument("--as-embedded", metavar="FOLDER", help=argparse.SUPPRESS)
    parser.add_argument("--as-readers", metavar="URL", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.as_embedded:
        print(json.dumps(embedded(Path(asked.as_embedded), asked.rounds)))
        return
    if asked.as_readers:
        with Readers(asked.as_readers, asked.readers) as readers:
            sys.stdin.readline()
        print(json.dumps({"waits": readers.waits, "errors": readers.errors}))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plain = child(["--as-embedded", str(folder), "--rounds", str(asked.rounds)])
        served = Served(folder / "served")
        try:
            with clickhouse_connect.get_client(
                host="127.0.0.1", port=served.port, autogenerate_session_id=False, compress=False
            ) as client:
                over = costs(client, served, asked.rounds)
            beside = slowdown(served, folder, asked.readers, asked.rounds)
            reader = reads(served)
        finally:
            served.stop()
    show(plain, over, reader, beside, asked)


def reads(served: Served) -> dict[str, float]:
    """A reader's query: guarded, and on a limited handle."""
    with clickhouse_connect.get_client(
        host="127.0.0.1", port=served.port, username="reader", compress=False
    ) as client:
        walls, start = [], time.process_time() + served.cpu()
        for number in range(QUERIES):
            at = time.perf_counter()
            client.query(f"SELECT {number}")
            walls.append(time.perf_counter() - at)
        new = statistics.median(walls)
        cpu = (time.process_time() + served.cpu() - start) / QUERIES
        walls = []
        for _ in range(QUERIES):
            at = time.perf_counter()
            client.query("SELECT 1")
            walls.append(time.perf_counter() - at)
    return {
        "new_wall_ms": new * 1e3,
        "new_cpu_ms": cpu * 1e3,
        "known_wall_ms": statistics.median(walls) * 1e3,
    }


def show(
    plain: dict[str, float],
    over: dict[str, float],
    reader: dict[str, float],
    beside: dict[str, float],
    asked: Any,
) -> None:
    """The table, and the record."""
    added = {name: over[name] - plain[name] for name in ("query_wall_ms", "query_cpu_ms")}
    ratio = over["insert_cpu_ms"] / plain["insert_cpu_ms"]
    print(f"{'':34}{'embedded':>10}{'over HTTP':>11}")
    print(f"{'SELECT 1, wall, ms':34}{plain['query_wall_ms']:10.2f}{over['query_wall_ms']:11.2f}")
    print(f"{'SELECT 1, CPU of both, ms':34}{plain['query_cpu_ms']:10.2f}{over['query_cpu_ms']:11.2f}")
    print(f"{'  the same as reader, wall, ms':34}{'':10}{reader['known_wall_ms']:11.2f}")
    print(f"{'  a statement not seen before':34}{'':10}{reader['new_wall_ms']:11.2f}")
    print(
        f"{'insert 100,000 x 20 Arrow, CPU, ms':34}{plain['insert_cpu_ms']:10.1f}{over['insert_cpu_ms']:11.1f}"
    )
    print(
        f"{'insert 100,000 x 20 Arrow, wall, ms':34}{plain['insert_wall_ms']:9.1f}{over['insert_wall_ms']:11.1f}"
    )
    print(f"added a query: {added['query_wall_ms']:.2f} ms wall, {added['query_cpu_ms']:.2f} ms CPU; "
          f"an insert takes {ratio:.2f} x CPU")  # fmt: skip
    print(f"a run: {beside['run_alone_s']:.2f} s alone, {beside['run_beside_readers_s']:.2f} s beside {asked.readers} "
          f"readers: {beside['slowdown_percent']:+.0f} %; {beside['reader_queries']:.0f} answers, "
          f"{beside['reader_errors']:.0f} errors, p50 {beside['reader_p50_ms']:.0f} ms, "
          f"p95 {beside['reader_p95_ms']:.0f} ms")  # fmt: skip
    if asked.record:
        figures = {"embedded": plain, "over_http": over, "reader": reader, "readers_beside_a_run": beside,
                   "readers": asked.readers, "rounds": asked.rounds,
                   "added_query_ms": added, "insert_cpu_ratio": ratio}  # fmt: skip
        rounded = json.loads(json.dumps(figures), parse_float=lambda text: round(float(text), 3))
        print(record.write("front", rounded))


if __name__ == "__main__":
    main()
