"""How long does it take from a record in Kafka until its alert row can be read in the warehouse, at half load?

One process follows a topic of one partition and writes to `lowtide warehouse`; these two, the broker, the producer and the
reader share the machine. First a backlog shows how many movements a second the whole chain sustains. Then half of that rate
is produced, as sales whose event times go on with the clock of the wall, and every 50 ms a probe that opens an alert at
once (a SKU that was received and falls below zero). A reader asks for new rows every 25 ms. Its latency is the time from
the call of `produce` to the answer that shows its row.
"""

from __future__ import annotations

import argparse
import statistics
import threading
import time
from itertools import count
from pathlib import Path

import clickhouse_connect
import orjson

import movements
import record
from scratch import scratch
from services import broker, figure, following, make_topic, producer, send, wait, warehouse

PROBE = (
    b'{"id":"r%(n)d","source":"probe","kind":"receipt","sku":"P%(n)d","location":"probe","quantity":1,"event_time":%(at)d}\n'
    b'{"id":"a%(n)d","source":"probe","kind":"adjustment","sku":"P%(n)d","location":"probe","quantity":-2,"event_time":%(at)d}'
)
"""One message: a position that had stock falls below zero."""
AFTER_MS = movements.START_MS + 15 * movements.DAY_MS
"""Behind the backlog: when the load begins."""


class Reader:
    """Asks repeatedly which probes have an alert."""

    def __init__(self, address: str) -> None:
        self.seen: dict[int, float] = {}
        self._client = clickhouse_connect.get_client(dsn=f"{address}/lowtide")
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        query = "SELECT sku FROM ledger WHERE location = 'probe' AND toUInt32(substring(sku, 2)) >= {least:UInt32}"
        while not self._over.wait(0.025):
            least = next(number for number in count() if number not in self.seen)
            rows = self._client.query(query, parameters={"least": least}).result_rows
            now = time.monotonic()
            for (sku,) in rows:
                self.seen.setdefault(int(sku[1:]), now)

    def close(self) -> None:
        """Stops asking."""
        self._over.set()
        self._thread.join()


def sales(lines: list[bytes]) -> list[bytes]:
    """For each sale of these lines a sale at the same position, which lacks its number and its time."""
    form = b'{"id":"p%%d","source":"till","kind":"sale","sku":"%s","location":"%s","quantity":1,"event_time":%%d}'
    found = [orjson.loads(line) for line in lines if b'"kind":"sale"' in line]
    return [form % (one["sku"].encode(), one["location"].encode()) for one in found]


def paced(client: object, topic: str, forms: list[bytes], rate: float, seconds: float) -> dict[int, float]:
    """Produces sales at a rate, and a probe every 50 ms. Returns the time at which each probe was produced."""
    sent: dict[int, float] = {}
    started, at = time.monotonic(), 0
    while (passed := time.monotonic() - started) < seconds:
        due, moment = int(passed * rate), AFTER_MS + int(passed * 1000)
        while at < due:
            client.produce(topic, forms[at % len(forms)] % (at, moment), partition=0)  # type: ignore[attr-defined]
            at += 1
        if passed >= len(sent) * 0.05:
            number = len(sent)
            sent[number] = time.monotonic()
            client.produce(topic, PROBE % {b"n": number, b"at": moment}, partition=0)  # type: ignore[attr-defined]
        client.poll(0.002)  # type: ignore[attr-defined]
    client.flush(60)  # type: ignore[attr-defined]
    return sent


def main() -> None:
    """Measure and print; `--record` writes a record file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--backlog", type=int, default=400_000)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--record", action="store_true", help="write bench/records/<date>-latency.json")
    asked = parser.parse_args()
    lines = [line.rstrip(b"\n") for line in movements.lines(20_000, asked.backlog)]
    with scratch() as folder, broker() as running:
        address = make_topic(running, "sales")
        client = producer(running, linger_ms=1)
        sent_first = send(client, "sales", lines)
        with warehouse(Path(folder) / "store") as store:
            started = time.monotonic()
            with following(address, Path(folder) / "state", store) as metrics:
                wait(1, metrics, "lowtide_records_total")
                began, first = time.monotonic(), figure(metrics, "lowtide_records_total")
                wait(sent_first, metrics, "lowtide_records_total")
                most = (sent_first - first) / (time.monotonic() - began)
                print(
                    f"a backlog of {sent_first:,}: {most:,.0f}/s, {time.monotonic() - started:.1f} s with the start"
                )
                reader = Reader(store)
                sent = paced(client, "sales", sales(lines), most / 2, asked.seconds)
                until = time.monotonic() + 30
                while len(reader.seen) < len(sent) and time.monotonic() < until:
                    time.sleep(0.1)
                behind = figure(metrics, "lowtide_lag_records")
                reader.close()
    if not reader.seen:
        raise SystemExit("no probe became an alert within 30 s of the last one")
    found = sorted(reader.seen[number] - at for number, at in sent.items() if number in reader.seen)
    p50, p99 = statistics.median(found), found[int(len(found) * 0.99)]
    print(f"{len(found)} of {len(sent)} probes at {most / 2:,.0f}/s, lag at the end {behind:.0f}")
    print(
        f"record to readable row: p50 {p50 * 1e3:.0f} ms, p99 {p99 * 1e3:.0f} ms, longest {found[-1] * 1e3:.0f} ms"
    )
    if asked.record:
        figures = {
            "sustained_per_s": round(most), "load_per_s": round(most / 2), "probes": len(sent), "seen": len(found),
            "p50_ms": round(p50 * 1e3), "p99_ms": round(p99 * 1e3), "longest_ms": round(found[-1] * 1e3),
        }  # fmt: skip
        print(record.write("latency", figures))


if __name__ == "__main__":
    main()
