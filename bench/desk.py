"""What does a desk cost, and how soon does it speak? `lowtide desk` beside `lowtide warehouse` and a webhook on loopback.

    latency   one critical and one warning entry a second: row in the ledger (warning: plus 30 s) → request at the receiver
    burst     10,000 entries at once, of 40 suppliers: how many messages, and when everything is decided
    large     100,000 open alerts: restart to ready, memory, CPU at rest, and 1,000 acknowledgements in one request

Each part has its own store. The desk is the command that people start; its memory and CPU time are read from /proc.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import socket
import sqlite3
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import clickhouse_connect
from clickhouse_connect.driver.client import Client

import record
from front import ticks
from services import LOWTIDE, warehouse

ALERT = re.compile(rb"01J\d{23}")
WAIT_S = 30.0
INSERT = Path(__file__).with_name("desk.sql")


class Receiver(ThreadingHTTPServer):
    """A webhook that accepts everything, and notes when it first heard of each alert (seconds since 1970)."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Hook)
        self.first: dict[str, float] = {}
        self.keys: dict[str, int] = {}
        self.guard = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def messages(self) -> int:
        """Different messages so far."""
        return len(self.keys)


class _Hook(BaseHTTPRequestHandler):
    server: Receiver
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        now = time.time()
        body = self.rfile.read(int(self.headers["Content-Length"]))
        key = self.headers["Idempotency-Key"]
        with self.server.guard:
            self.server.keys[key] = self.server.keys.get(key, 0) + 1
            for alert in ALERT.findall(body):
                self.server.first.setdefault(alert.decode(), now)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing."""


def people(folder: Path, hook: str, persons: int, group_by: str, budget: int = 60) -> Path:
    """A file of so many buyers, one a location `store N`, who all hear by the webhook."""
    (folder / "secret").write_text("SECa1b2c3\n")
    buyers = "\n".join(
        f"  p{n}: {{name: Buyer {n}, lead: boss, contacts: [hook], budget: {budget}}}" for n in range(persons)
    )
    teams = "\n".join(f"  t{n}: {{lead: boss, members: [p{n}], fallback: boss}}" for n in range(persons))
    routes = "\n".join(
        f'  - {{match: {{location: "store {n}"}}, to: t{n}, group_by: [{group_by}]}}' for n in range(persons)
    )
    text = f"""\
time_zone: Asia/Shanghai
people:
  boss: {{name: Boss, lead: chief, contacts: [hook]}}
  chief: {{name: Chief, contacts: [hook]}}
{buyers}
teams:
{teams}
targets:
  hook: {{kind: webhook, url: "{hook}", secret_file: secret, allow: [127.0.0.0/8]}}
routes:
{routes}
  - {{to: t0, group_by: [{group_by}]}}
"""
    path = folder / "people.yaml"
    path.write_text(text)
    return path


class Desk:
    """`lowtide desk` as a process."""

    def __init__(self, folder: Path, store: str, people_file: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder, self.log = folder / "desk", folder / "desk.log"
        command = [
            *LOWTIDE,
            "desk",
            "--people",
            str(people_file),
            "--warehouse",
            store,
            "--desk",
            str(self.folder),
        ]
        self.started = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--take-over", "--listen", f"127.0.0.1:{self.port}"], stdout=log, stderr=log
            )

    def ready(self, limit_s: float = 120.0) -> float:
        """Seconds from the start of the process until /readyz says 200."""
        while time.monotonic() < self.started + limit_s:
            if self.process.poll() is not None:
                raise SystemExit(
                    f"the desk ended with {self.process.returncode}:\n{self.log.read_text()[-3000:]}"
                )
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5):
                    return time.monotonic() - self.started
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.02)
        raise SystemExit(f"the desk was not ready in {limit_s} s:\n{self.log.read_text()[-3000:]}")

    @property
    def cpu(self) -> float:
        """CPU seconds so far."""
        return ticks(self.process.pid)

    def megabytes(self, name: str = "VmRSS") -> float:
        """Resident memory now; `VmHWM`: the most so far."""
        found = re.search(rf"{name}:\s+(\d+)", Path(f"/proc/{self.process.pid}/status").read_text())
        assert found
        return int(found[1]) / 1024

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of desk.db, read beside the desk."""
        with sqlite3.connect(f"file:{self.folder / 'desk.db'}?mode=ro", uri=True) as store:
            return store.execute(sql).fetchall()

    def stop(self) -> None:
        """SIGTERM, and wait."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


@contextmanager
def ground(folder: Path, persons: int, group_by: str) -> Iterator[tuple[Client, Receiver, Path, str]]:
    """A served warehouse with a catalogue, a receiver, and a people file."""
    folder.mkdir(parents=True)
    receiver = Receiver()
    with warehouse(folder / "warehouse") as store:
        host, _, port = store.removeprefix("http://").partition(":")
        with clickhouse_connect.get_client(host=host, port=int(port), compress=False) as client:
            client.command(
                "INSERT INTO lowtide.catalogue (sku, name, category, department, supplier, unit_price, unit_margin) "
                "SELECT concat('S', toString(number)), concat('Item ', toString(number)), 'DAIRY', 'FRESH', "
                "concat('V', toString(number % 40)), 3, 1 FROM numbers(20000)"
            )
            hook = f"http://127.0.0.1:{receiver.server_address[1]}/"
            yield client, receiver, people(folder, hook, persons, group_by), store
    receiver.shutdown()


def insert(client: Client, first: int, count: int, persons: int, severity: str = "", age_s: int = 0) -> None:
    """Opens alerts `first` … at `store N` of N = number % persons; `severity` empty: one in nineteen is critical."""
    said = f"'{severity}'" if severity else "if(number % 19 = 0, 'critical', 'warning')"
    now = f"now64(3, 'UTC') - {age_s}"
    client.command(
        INSERT.read_text().format(first=first, count=count, persons=persons, severity=said, now=now)
    )


def latency(folder: Path, seconds: int) -> dict[str, float]:
    """One critical and one warning entry a second; each person has at most twelve critical ones an hour."""
    persons = max(2, seconds // 10)
    with ground(folder, persons, "location, sku") as (client, receiver, file, store):
        desk = Desk(folder, store, file)
        desk.ready()
        stored: dict[str, tuple[str, float]] = {}
        begin = time.monotonic()
        for second in range(seconds):
            time.sleep(max(0.0, begin + second - time.monotonic()))
            for number, severity in ((2 * second, "critical"), (2 * second + 1, "warning")):
                # `persons` is even or odd; half the number spreads both severities over everybody.
                client.command(
                    INSERT.read_text().format(
                        first=number,
                        count=1,
                        persons=persons,
                        severity=f"'{severity}'",
                        now="now64(3, 'UTC')",
                    )
                )
                stored[f"01J{number:023d}"] = (severity, time.time())
        deadline = time.monotonic() + WAIT_S + 30
        while len(receiver.first) < len(stored) and time.monotonic() < deadline:
            time.sleep(0.1)
        desk.stop()
    found: dict[str, float] = {"entries": len(stored), "not_told": len(set(stored) - set(receiver.first))}
    for severity, wait in (("critical", 0.0), ("warning", WAIT_S)):
        late = sorted(
            receiver.first[key] - at - wait
            for key, (kind, at) in stored.items()
            if kind == severity and key in receiver.first
        )
        if not late:
            continue
        found[f"{severity}_p50_s"] = statistics.median(late)
        found[f"{severity}_p99_s"] = late[min(len(late) - 1, int(len(late) * 0.99))]
        found[f"{severity}_worst_s"] = late[-1]
    return found


def burst(folder: Path, entries: int) -> dict[str, float]:
    """All entries in one insert, for ten persons, grouped by supplier; until each alert was told or has a reason."""
    with ground(folder, 10, "supplier") as (client, receiver, file, store):
        desk = Desk(folder, store, file)
        desk.ready()
        cpu, begin = desk.cpu, time.monotonic()
        insert(client, 0, entries, 10)
        routed = 0
        while routed < entries and time.monotonic() < begin + 300:
            time.sleep(0.2)
            routed = desk.ask("SELECT count(*) FROM routed")[0][0]
        decided = time.monotonic() - begin
        time.sleep(WAIT_S + 10)
        told = desk.ask("SELECT count(*) FROM routed WHERE told_at IS NOT NULL")[0][0]
        messages, spent, memory = receiver.messages, desk.cpu - cpu, desk.megabytes("VmHWM")
        desk.stop()
    return {
        "entries": entries, "routed": routed, "decided_s": decided, "messages": messages, "alerts_told": told,
        "cpu_s": spent, "memory_mb": memory,
    }  # fmt: skip


def large(folder: Path, alerts: int, rest_s: int) -> dict[str, float]:
    """A desk over many open alerts."""
    found: dict[str, float] = {"alerts": alerts}
    with ground(folder, 100, "supplier") as (client, _, file, store):
        insert(client, 0, alerts, 100, age_s=3600)
        desk = Desk(folder, store, file)
        found["first_ready_s"] = desk.ready(600)
        _settle(desk)
        found["first_memory_mb"] = desk.megabytes("VmHWM")
        desk.stop()
        desk = Desk(folder, store, file)
        found["restart_to_ready_s"] = desk.ready(600)
        _settle(desk)
        found["memory_mb"], found["most_memory_mb"] = desk.megabytes(), desk.megabytes("VmHWM")
        cpu = desk.cpu
        time.sleep(rest_s)
        found["cpu_at_rest_percent"] = (desk.cpu - cpu) / rest_s * 100
        found |= acknowledge(desk, store, file, 1000)
        desk.stop()
    return found


def _settle(desk: Desk) -> None:
    """Waits until every message was sent and every row is in the warehouse."""
    end, still = time.monotonic() + 600, 0
    while time.monotonic() < end and still < 5:
        time.sleep(1)
        busy = desk.ask(
            "SELECT (SELECT count(*) FROM ship) + (SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending'))"
        )
        still = 0 if busy[0][0] else still + 1


def acknowledge(desk: Desk, store: str, file: Path, count: int) -> dict[str, float]:
    """`lowtide ack` of many alerts in one command: its CPU and wall time, and when the desk knows."""
    ids = [f"01J{number:023d}" for number in range(count)]
    before = os.times()
    begin = time.monotonic()
    command = [*LOWTIDE, "ack", *ids, "--as", "p0", "--warehouse", store, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    after, wall = os.times(), time.monotonic() - begin
    known = 0
    while known < count and time.monotonic() < begin + 60:
        known = desk.ask("SELECT count(*) FROM alert WHERE state = 'acknowledged'")[0][0]
        time.sleep(0.05)
    seen = time.monotonic() - begin - wall
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    if done.returncode:
        print(done.stderr[-2000:])
    return {
        "ack_exit": done.returncode,
        "ack_cpu_s": spent,
        "ack_wall_s": wall,
        "ack_seen_after_s": seen,
        "ack_seen": known,
    }


PARTS = ("latency", "burst", "large")


def main() -> None:
    """Measure and print one JSON line a part, and a table; `--record` writes a record file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; default: all")
    parser.add_argument("--seconds", type=int, default=120, help="of the latency")
    parser.add_argument("--entries", type=int, default=10_000, help="of the burst")
    parser.add_argument("--alerts", type=int, default=100_000, help="open at once")
    parser.add_argument("--rest", type=int, default=60, metavar="S", help="seconds of rest")
    parser.add_argument("--record", action="store_true")
    asked = parser.parse_args()
    figures: dict[str, Any] = {"at": f"{datetime.now(UTC):%Y-%m-%dT%H:%MZ}"}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        runs = {
            "latency": lambda: latency(folder / "latency", asked.seconds),
            "burst": lambda: burst(folder / "burst", asked.entries),
            "large": lambda: large(folder / "large", asked.alerts, asked.rest),
        }
        for part in asked.parts or PARTS:
            figures[part] = {name: round(value, 3) for name, value in runs[part]().items()}
            print(json.dumps({part: figures[part]}), flush=True)
    for part in asked.parts or PARTS:
        print(f"\n{part}")
        for name, value in figures[part].items():
            print(f"  {name.replace('_', ' '):<26}{value:>12,.3f}".rstrip("0").rstrip("."))
    if asked.record:
        print(record.write("desk", figures))


if __name__ == "__main__":
    main()
