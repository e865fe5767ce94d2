"""Tables become rows of the journal: read, mapped, watermarked, waited for; on SQLite, which every machine has."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from prometheus_client import CollectorRegistry, generate_latest

from lowtide.errors import SettingsError
from lowtide.intake.journal import WATERMARK, Journal, frames
from lowtide.intake.memory import Snapshots
from lowtide.intake.tables import Table, TablePolls
from lowtide.intake.tables.poll import TableReader
from lowtide.intake.tables.watermarks import last_watermarks
from lowtide.map import Map, load_map

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MOVES = """\
lowtide_map: 1
name: moves
read: {format: json}
zone: UTC
source: erp
movements:
  - {id: "{id}", kind: sale, sku: "{sku}", location: "330", quantity: "{quantity}", event_time: "{at}"}
"""
STOCK = """\
lowtide_map: 1
name: stock
read: {format: json}
source: erp
movements:
  - {sku: "{sku}", location: "330", quantity: "{quantity}"}
snapshot: {of: location, absent: zero, max_absent: 0.5}
"""


class Shop:
    """A database file, a journal beside it, and the maps."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "shop.db"
        self.run("CREATE TABLE moves (id int, sku text, quantity numeric, at text)")
        self.journal = Journal.open(folder / "journal")
        self.snapshots = Snapshots(self.journal)

    def run(self, sql: str, *values: object) -> None:
        """Change the database."""
        connection = sqlite3.connect(self.file)
        with connection:
            connection.execute(sql, values)
        connection.close()

    def add(self, number: int, at: str, quantity: object = 2, sku: str = "A") -> None:
        self.run("INSERT INTO moves VALUES (?, ?, ?, ?)", number, sku, quantity, f"2026-11-22 {at}:00")

    def map(self, text: str) -> Map:
        path = self.folder / f"{text.partition('name: ')[2].partition(chr(10))[0]}.yaml"
        path.write_text(text)
        return load_map(path)

    def table(self, mode: str = "lookback") -> Table:
        values: dict[str, Any] = {
            "name": "moves",
            "url": f"sqlite:///{self.file}",
            "table": "moves",
            "map": "m",
        }
        window = {"time": "at", "lookback": "15m"} if mode == "lookback" else {}
        return Table.model_validate({**values, "mode": mode, **window, "every": "0.02s"})

    def reader(self, mode: str = "lookback", text: str = MOVES) -> TableReader:
        last = last_watermarks(self.journal.folder).get(("moves", mode))
        return TableReader(self.table(mode), self.map(text), self.snapshots, last)

    def rows(self, key: str = "id") -> list[Any]:
        """A column of the rows in the journal, in their order."""
        bodies = [frame.body for frame in frames(self.journal.folder) if frame.kind != WATERMARK]
        return [orjson.loads(line).get(key) for body in bodies for line in body.splitlines()]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.journal.close()


def test_rows_go_into_the_journal_in_order_of_event_time(shop: Shop) -> None:
    shop.add(1, "11:30")
    shop.add(2, "11:20", quantity="2,5x")
    shop.add(3, "11:10")
    reader = shop.reader()
    assert reader.poll(shop.journal, NOW) == 3
    assert shop.rows() == ["3", "2", "1"]
    assert reader.codes == {"good": 2, "bad_quantity": 1}
    frame = next(frames(shop.journal.folder))
    assert (frame.rows, frame.places, frame.map) != (0, 0, bytes(16))


def test_what_stands_in_the_journal_is_not_written_again(shop: Shop) -> None:
    shop.add(1, "11:30")
    reader = shop.reader()
    assert reader.poll(shop.journal, NOW) == 1
    assert reader.poll(shop.journal, NOW) == 0
    shop.add(2, "11:20")
    shop.run("UPDATE moves SET quantity = 3 WHERE id = 1")
    assert reader.poll(shop.journal, NOW) == 2
    assert shop.rows() == ["1", "2", "1"]


def test_after_a_restart_the_window_is_read_again_and_not_more(shop: Shop) -> None:
    shop.add(1, "08:00")
    shop.add(2, "11:30")
    shop.reader().poll(shop.journal, NOW)
    shop.add(3, "11:25")
    assert shop.reader().poll(shop.journal, NOW) == 2
    assert shop.rows() == ["1", "2", "3", "2"]


def test_a_crash_before_the_watermark_reads_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.add(1, "08:00")
    reader = shop.reader()

    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(reader, "_keep", crash)
    with pytest.raises(KeyboardInterrupt):
        reader.poll(shop.journal, NOW)
    assert shop.reader().poll(shop.journal, NOW) == 1
    assert shop.rows() == ["1", "1"], "(source, id) makes it once"


def test_a_whole_table_is_a_stock_list(shop: Shop) -> None:
    shop.add(1, "08:00", sku="A", quantity=5)
    shop.add(2, "08:00", sku="B", quantity=3)
    reader = shop.reader("whole", STOCK)
    assert reader.poll(shop.journal, NOW) == 2
    shop.run("DELETE FROM moves WHERE sku = 'B'")
    assert reader.poll(shop.journal, NOW.replace(hour=13)) == 2
    made = [(one["sku"], one["quantity"]) for one in shop.rows("_movement")]
    assert made == [("A", "5"), ("B", "3"), ("A", "5"), ("B", "0")]
    shop.run("DELETE FROM moves")
    shop.add(9, "08:00", sku="C")
    assert reader.poll(shop.journal, NOW.replace(hour=14)) == 0, "none of the last list is there: refused"


def test_a_map_of_lists_and_a_part_of_a_table_do_not_fit(shop: Shop) -> None:
    with pytest.raises(SettingsError, match="need each other"):
        shop.reader("lookback", STOCK)
    with pytest.raises(SettingsError, match="need each other"):
        shop.reader("whole", MOVES)


def test_a_database_that_is_away_is_waited_for(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lowtide.intake.tables.polls._PAUSE_S", 0.02)
    shop.add(1, "08:00")
    hidden = shop.file.rename(shop.folder / "away.db")
    polls = TablePolls([(shop.table(), shop.map(MOVES))], shop.snapshots, shop.journal)
    registry = CollectorRegistry()
    registry.register(polls)
    stop = threading.Event()
    polls.start(shop.journal, stop)
    try:
        wait_for(lambda: "moves" in polls.away)
        assert b'lowtide_intake_table_up{table="moves"} 0.0' in generate_latest(registry)
        shop.file.unlink(missing_ok=True)  # SQLite makes an empty file where there is none
        hidden.rename(shop.file)
        wait_for(lambda: shop.rows() == ["1"])
        wait_for(lambda: b'lowtide_intake_table_up{table="moves"} 1.0' in generate_latest(registry))
        assert b'lowtide_intake_table_rows_total{table="moves"} 1.0' in generate_latest(registry)
    finally:
        stop.set()
        polls.join()


def wait_for(condition: Any) -> None:
    """Return when it holds; fail after a long time."""
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)
