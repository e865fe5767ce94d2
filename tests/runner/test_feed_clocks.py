"""How far each partition has come is said before its first row, while its records come, and at the end of its run."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lowtide.errors import WarehouseError
from lowtide.rows import Row
from lowtide.runner.feed_clocks import FeedClocks
from tests.launcher import python

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MS = int(NOON.timestamp() * 1000)


class Table:
    """Rows as they were stored; `arrived` is set after each insert."""

    def __init__(self, fails: int = 0) -> None:
        self.rows: list[Row] = []
        self.fails = fails
        self.arrived = threading.Event()

    def insert(self, rows: Sequence[Row]) -> None:
        self.arrived.set()
        if self.fails:
            self.fails -= 1
            raise WarehouseError("away")
        self.rows += rows

    def wait(self) -> None:
        assert self.arrived.wait(20)
        self.arrived.clear()


def test_the_first_clock_is_stored_at_once_and_the_next_with_the_beat() -> None:
    table = Table()
    clocks = FeedClocks(table.insert, "shop", every_s=0.02)
    clocks.note("a", None)
    assert table.rows == [] and not clocks.knows("a"), "nothing of the log has a time yet"
    clocks.note("a", MS)
    (first,) = table.rows
    assert (first["pipeline"], first["partition"], first["clock"], first["ended"]) == (
        "shop",
        "a",
        NOON,
        False,
    )
    table.arrived.clear()
    clocks.note("a", MS + 60_000)
    table.wait()
    clocks.note("a", MS + 61_000)
    clocks.end(is_over=True)
    last = table.rows[-1]
    assert (last["ended"], last["clock"].timestamp()) == (True, NOON.timestamp() + 61)
    assert table.rows[1]["clock"].timestamp() == NOON.timestamp() + 60 and last["at"] >= first["at"]


def test_a_partition_without_records_says_nothing_more_until_the_end() -> None:
    table = Table()
    clocks = FeedClocks(table.insert, "shop", every_s=0.01)
    clocks.note("a", MS)
    clocks.note("b", MS)
    table.arrived.clear()
    for _ in range(5):
        clocks.note("b", MS)
        table.wait()
    clocks.end(is_over=True)
    said = [(row["partition"], row["ended"]) for row in table.rows]
    assert said[2:-2] and set(said[2:-2]) == {("b", False)}
    assert said[-2:] == [("a", True), ("b", True)]


def test_a_beat_that_is_not_stored_does_not_end_the_beats() -> None:
    table = Table()
    clocks = FeedClocks(table.insert, "shop", every_s=0.01)
    clocks.note("a", MS)
    table.arrived.clear()
    table.fails = 1
    for later in (1, 2):
        clocks.note("a", MS + later)
        table.wait()
    clocks.end(is_over=True)
    assert [row["ended"] for row in table.rows] == [False, False, True]


def test_the_first_clock_that_cannot_be_stored_is_an_error() -> None:
    clocks = FeedClocks(Table(fails=1).insert, "shop")
    with pytest.raises(WarehouseError):
        clocks.note("a", MS)
    clocks.end(is_over=False)


def test_a_run_that_failed_has_not_ended_its_feed() -> None:
    """A supervisor starts it again, or another run has taken over: the desk would push what is still being loaded."""
    table = Table()
    clocks = FeedClocks(table.insert, "shop")
    clocks.note("a", MS)
    clocks.end(is_over=False)
    assert [row["ended"] for row in table.rows] == [False]


SCRIPT = """
import json, sys
from lowtide.runner import feed_clocks, sink
from lowtide.runner.run import Run
from lowtide.rows import plain_row
from lowtide.settings import load_settings
from lowtide.warehouse import Writer, open_warehouse

folder, log = sys.argv[1], sys.argv[2]
order, insert, write = [], Writer.insert_rows, Writer.write
def insert_rows(self, table, rows):
    order.append(table)
    insert(self, table, rows)
def written(self, table, batch):
    order.append(table)
    write(self, table, batch)
Writer.insert_rows, Writer.write = insert_rows, written
said = []
def tables():
    with open_warehouse(f"embedded:{folder}") as opened:
        rows = opened.rows("SELECT * FROM lowtide.feed_clock FINAL")
        newest = opened.rows("SELECT max(event_time) AS t FROM lowtide.ledger")[0]
    return [plain_row(row) for row in rows], plain_row(newest)["t"]
Run([log], load_settings(warehouse=f"embedded:{folder}", pipeline="shop")).to_end()
said.append(tables())
first = order.index("feed_clock") < min(order.index(t) for t in ("ledger", "position"))

sink.FeedClocks = lambda insert, pipeline: feed_clocks.FeedClocks(insert, pipeline, every_s=0.05)
order.clear()
settings = load_settings(warehouse=f"embedded:{folder}", pipeline="followed", metrics="off", block_records=20)
run = Run(["-"], settings, follow=True)
def look(log, after_block=run.observer.after_block):
    after_block(log)
    run.observer.note_clock(log)
    if order.count("feed_clock") == 3 and "ENOUGH" not in order:
        order.append("ENOUGH")
        print("ENOUGH", flush=True)
run.observer.after_block = look
run.to_end()
print("SAID" + json.dumps([said, first, order.count("feed_clock"), tables()[0]]))
"""


enough = threading.Event()


def feed(run: subprocess.Popen[str], lines: list[str]) -> None:
    """Write lines one by one, until there were enough beats."""
    assert run.stdin
    for line in lines:
        run.stdin.write(line)
        run.stdin.flush()
        if enough.wait(0.01):
            break
    run.stdin.close()


def test_a_run_of_a_file_ends_its_clock_and_a_run_that_follows_beats(tmp_path: Path) -> None:
    log = tmp_path / "sales.jsonl"
    generated = ["generate", "--positions", "40", "--days", "20", "--seed", "5", "--out", str(tmp_path)]
    subprocess.run([*python(), "-m", "lowtide", *generated], check=True, capture_output=True)
    (tmp_path / "movements.jsonl").rename(log)
    command = [*python(), "-c", SCRIPT, str(tmp_path / "store"), str(log)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdin and run.stdout
        feeding = threading.Thread(target=feed, args=(run, log.read_text("utf-8").splitlines(keepends=True)))
        feeding.start()
        out = run.stdout.readline()
        assert out == "ENOUGH\n"
        enough.set()
        feeding.join()
        out = run.stdout.read()
    assert run.returncode == 0
    said, first, beats, after = json.loads(out.split("SAID", 1)[1])
    ((rows, newest),) = said
    (row,) = rows
    assert (row["pipeline"], row["ended"], first) == ("shop", True, True), (
        "the first clock is stored before the first row"
    )
    assert "sales.jsonl" in row["partition"] and row["clock"] >= newest
    assert beats >= 4 and [one["ended"] for one in after] == [True, True], (
        "at least two beats between first and end"
    )
