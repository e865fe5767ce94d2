"""A shop in a process of its own: a whole desk over a real warehouse, whose shelf runs out of milk and bread.

    python -m tests.browser.shop FOLDER [WEBHOOK]     prints the address of the page

It lives on Tuesday, 2026-12-01, noon in Shanghai. Each line of standard input is a statement for the warehouse, and is
answered with `done`. A process has one warehouse open, and that of the tests has another one: so it is a process.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from lowtide.server.server import DeskServer
from lowtide.server.setup import InForce, Options
from lowtide.settings import load_settings
from lowtide.warehouse import open_warehouse
from tests import launcher

PEOPLE = """
time_zone: Asia/Shanghai
currency: ¥
calendars: {office: {work: {daily: "00:00-24:00"}}}
people:
  chen: {name: 陈晨, lang: zh, calendar: office, contacts: [console]}
teams: {buyers: {members: [chen], fallback: chen, calendar: office}}
routes: [{to: buyers}]
targets:
  folder: {kind: file, path: orders.jsonl}
"""
WEBHOOK = """\
  erp: {kind: webhook, url: "%s", secret_file: secret, allow: [127.0.0.0/8]}
"""
AT = "2026-12-01 01:00:00.000"
NOON = "2026-12-01 04:00:00.000"
SHELF = (("330", "1001", 5), ("330", "2002", 3))


def position(location: str, sku: str, available: int, version: int) -> str:
    """The statement that says what is on a shelf."""
    days = ",".join(str(10 * n) for n in range(1, 16))
    return (
        "INSERT INTO lowtide.position (pipeline, partition, offset, version, location, sku, on_hand, available, "
        "last_event_time, demand_mean, demand_variance, lead_time_days) VALUES "
        f"('shop', 'log/0', {version}, {version}, '{location}', '{sku}', {available}, {available}, '{AT}', [{days}], "
        f"[{days}], 2)"
    )


def statements() -> Iterator[str]:
    """What makes the shop."""
    for location, sku, available in SHELF:
        yield position(location, sku, available, 1)
    yield (
        "INSERT INTO lowtide.catalogue (sku, name, category, supplier, pack, unit_cost, unit_price, unit_margin) VALUES "
        "('1001', 'Milk', 'DAIRY', 'V002', 12, 4, 6, 2), ('2002', 'Bread', 'BAKERY', 'V009', NULL, 1, 2, 1)"
    )
    yield (
        "INSERT INTO lowtide.supplier (supplier, name, order_days, cut_off, delivery_days, lead_time, loaded_at) VALUES "
        f"('V002', 'Dairy Co', 'mon,thu', '15:00', 'tue,fri', 1, '{AT}')"
    )
    for (location, sku, _), alert_id in zip(SHELF, ("A" * 26, "B" * 26), strict=True):
        yield (
            "INSERT INTO lowtide.ledger (pipeline, partition, offset, alert_id, seq, entry, type, severity, location, sku, "
            "event_time, opened_at, episode, detail, demand_per_day) VALUES "
            f"('shop', 'log/0', 1, '{alert_id}', 1, 'OPENED', 'projected_stockout', 'warning', '{location}', '{sku}', "
            f"'{AT}', '{AT}', 1, '{{}}', 10)"
        )
    yield (
        "INSERT INTO lowtide.feed_clock (pipeline, partition, clock, at, ended) VALUES "
        f"('shop', 'log/0', '{NOON}', '{NOON}', true)"
    )


@dataclass
class Shop:
    """A shop that is open."""

    address: str
    process: subprocess.Popen[str]

    def run(self, statement: str) -> None:
        """Let a statement be run in its warehouse."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(statement + "\n")
        self.process.stdin.flush()
        assert any(line == "done\n" for line in self.process.stdout)

    def post(self, path: str, body: Any) -> Any:
        """A question of a program of this machine to the API."""
        data = json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}
        with urlopen(Request(f"{self.address}/api/v1{path}", data, headers), timeout=20) as answer:
            return json.load(answer)


@contextmanager
def shop(folder: Path, webhook: str = "") -> Iterator[Shop]:
    """A shop; `webhook` is the address of its ERP."""
    command = [*launcher.python(), "-m", "tests.browser.shop", str(folder), webhook]
    log = (folder / "log").open("w")
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)
    assert process.stdin is not None and process.stdout is not None
    try:
        address = next((line.strip() for line in process.stdout if line.startswith("http://")), "")
        assert address, (folder / "log").read_text()[-2000:]
        yield Shop(address, process)
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def main() -> None:
    """Serve until a signal."""
    folder, webhook = Path(sys.argv[1]), sys.argv[2]
    (folder / "secret").write_text("SECa1b2c3")
    (folder / "people.yaml").write_text(PEOPLE + (WEBHOOK % webhook if webhook else ""), "utf-8")
    place = f"embedded:{folder / 'warehouse'}"
    warehouse = open_warehouse(place, create=True)
    for statement in statements():
        warehouse.command(statement)
    warehouse.close()
    options = Options(folder / "people.yaml", "127.0.0.1:0", "log", folder / "desk")

    def ready(address: str, in_force: InForce) -> None:
        threading.Thread(target=obey, daemon=True).start()
        print(address, flush=True)

    def obey() -> None:
        with open_warehouse(place) as here:
            for line in sys.stdin:
                here.command(line)
                print("done", flush=True)

    DeskServer(options, load_settings(warehouse=place), "chen").run(ready)


if __name__ == "__main__":
    main()
