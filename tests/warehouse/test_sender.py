"""A thread inserts the rows of all writers: a row is never lost and does not wait without limit, and memory is bounded."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from types import SimpleNamespace

import pyarrow as pa
import pytest
from clickhouse_connect.driver.exceptions import DatabaseError, OperationalError

from lowtide.errors import WarehouseError
from lowtide.warehouse import Warehouse, Writer

from .batches import POSITION, batch
from .conftest import Run

ENDED = OperationalError("Error [Errno 111] Connection refused executing HTTP request")
FULL = DatabaseError("Code: 243. DB::Exception: Cannot reserve 1.00 MiB, not enough space.", code=243)
DATA = DatabaseError("Code: 27. DB::Exception: Cannot parse input", code=27)


def until(is_so: Callable[[], bool], what: str = "it came") -> None:
    """Wait for another thread, at most a minute."""
    end = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < end, what
        time.sleep(0.002)


class Door:
    """A server whose inserts can be held, counted and made to fail."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.blocks: list[tuple[str, list[int]]] = []
        self.asked = 0
        self.open = threading.Event()
        self.open.set()
        self.embedded, self.database = False, "lowtide"
        self.address = SimpleNamespace(shown="http://door", retry_s=30.0)

    def insert_arrow(self, table: str, rows: pa.Table) -> None:
        self.asked += 1
        assert self.open.wait(60)
        if self.failures:
            raise self.failures.pop(0)
        self.blocks.append((table, rows["n"].to_pylist()))

    def rows(self) -> list[int]:
        return sorted(n for _, rows in self.blocks for n in rows)


def numbered(*numbers: int) -> pa.RecordBatch:
    return pa.record_batch({"n": pa.array(numbers, pa.int64())})


def writer_to(door: Door, **options: object) -> Writer:
    return Writer(door, **options)  # type: ignore[arg-type]


def test_who_writes_goes_on_while_an_insert_runs() -> None:
    """Rows that come during an insert become one batch: a small one soon, or a large one if there are many rows."""
    door = Door()
    door.open.clear()
    with writer_to(door, flush_rows=1) as writer:
        writer.write("position", numbered(0))
        until(lambda: door.asked == 1)
        for n in range(1, 100):
            writer.write("position", numbered(n))
        assert (writer.queued_rows, writer.queued_bytes, door.blocks) == (100, 800, [])
        door.open.set()
    assert door.blocks == [("position", [0]), ("position", list(range(1, 100)))]
    assert (writer.queued_rows, writer.queued_bytes, writer.queued_s) == (0, 0, 0.0)


def test_a_full_queue_holds_the_writer_and_lets_it_go() -> None:
    door = Door()
    door.open.clear()
    writer = writer_to(door, flush_bytes=10 * 8)
    most = 0

    def work() -> None:
        nonlocal most
        for n in range(1000):
            writer.write("position", numbered(n))
            most = max(most, writer.queued_rows)

    thread = threading.Thread(target=work)
    thread.start()
    until(lambda: writer.queued_rows == 10)
    door.open.set()
    thread.join(60)
    writer.flush()
    assert door.rows() == list(range(1000)) and most <= 10
    writer.close()


def test_many_tables_fill_the_queue_and_none_is_large_enough() -> None:
    """The bug: writers wait for space in the queue, while the sender waits for more rows of a table."""
    door = Door()
    with writer_to(door, flush_bytes=64) as writer:
        for n in range(50):
            writer.write(f"table-{n}", numbered(*range(6)))
    assert len(door.rows()) == 300


def test_a_batch_larger_than_the_queue_goes_alone() -> None:
    door = Door()
    with writer_to(door, flush_bytes=16) as writer:
        for n in range(3):
            writer.write("position", numbered(*range(n * 100, n * 100 + 100)))
    assert door.rows() == list(range(300))


def test_rows_that_are_old_enough_go_by_themselves() -> None:
    door, told = Door(), []
    writer = writer_to(door, max_age_s=0.02, on_stored=lambda *what: told.append(what))
    writer.write("position", numbered(1))
    writer.write("ledger", numbered(2))
    until(lambda: len(told) == 2)
    assert door.rows() == [1, 2]
    assert {(table, rows) for table, rows, _ in told} == {("position", 1), ("ledger", 1)}
    assert all(seconds >= 0.02 for _, _, seconds in told), "from the write to the disk"
    writer.close()


def test_flush_covers_what_was_written_before_it_and_waits_for_no_more() -> None:
    """Other threads write without end; an epoch must end nevertheless."""
    door, stop = Door(), threading.Event()
    writer = writer_to(door)

    def work() -> None:
        n = 1000
        while not stop.is_set():
            writer.write("ledger", numbered(n := n + 1))

    thread = threading.Thread(target=work)
    thread.start()
    for n in range(100):
        writer.write("position", numbered(n))
        writer.flush()
        assert n in door.rows()
    stop.set()
    thread.join(60)
    writer.close()


def test_a_flush_has_the_ledger_first() -> None:
    door = Door()
    with writer_to(door) as writer:
        for table in ("demand_day", "position", "ledger", "reject"):
            writer.write(table, numbered(0))
    assert [table for table, _ in door.blocks] == ["ledger", "demand_day", "position", "reject"]


def test_a_server_that_goes_away_in_the_middle_gets_every_row() -> None:
    door = Door()
    writer = writer_to(door, flush_rows=10)
    for n in range(10):
        writer.write("position", numbered(n))
    until(lambda: len(door.blocks) == 1)
    door.failures = [ENDED, FULL, ConnectionResetError("reset")]
    for n in range(10, 30):
        writer.write("position", numbered(n))
    until(lambda: writer.waiting)
    writer.flush()
    assert door.rows() == list(range(30))
    assert (writer.retries, writer.waiting) == (3, False)
    writer.close()


def test_an_insert_that_was_refused_is_raised_and_its_rows_are_kept() -> None:
    door = Door(DATA)
    writer = writer_to(door, flush_rows=2)
    writer.write("position", numbered(0, 1))
    until(lambda: not door.failures and writer.queued_rows == 2)

    def refused() -> bool:
        try:
            writer.write("ledger", numbered(2))
        except WarehouseError as error:
            assert "rows of `position`: Cannot parse input" in str(error)
            return True
        return False

    until(refused)
    with pytest.raises(WarehouseError, match="Cannot parse input"):
        writer.write("ledger", numbered(3))
    taken = writer.queued_rows
    writer.flush()
    assert len(door.rows()) == taken and {0, 1} <= set(door.rows()) and 3 not in door.rows()
    writer.close()


def test_what_failed_behind_the_back_is_raised_by_the_next_flush() -> None:
    door = Door(DATA, DATA)
    writer = writer_to(door, flush_rows=1)
    writer.write("position", numbered(0))
    for _ in range(2):
        with pytest.raises(WarehouseError, match="Cannot parse input"):
            writer.flush()
    assert writer.queued_rows == 1
    writer.flush()
    assert door.rows() == [0]
    writer.close()


def test_who_waits_for_room_hears_of_the_failure() -> None:
    door = Door(DATA)
    door.open.clear()
    writer, heard = writer_to(door, flush_bytes=8), []

    def work() -> None:
        try:
            for n in range(3):
                writer.write("position", numbered(n))
        except WarehouseError as error:
            heard.append(error.message)

    thread = threading.Thread(target=work)
    thread.start()
    until(lambda: door.asked == 1)
    door.open.set()
    thread.join(60)
    assert heard == ["the warehouse did not take rows of `position`: Cannot parse input"]
    writer.close()


@pytest.mark.parametrize("when", ["batches do not fit together", "the observer fails"])
def test_no_mistake_whatever_leaves_anybody_waiting(when: str) -> None:
    def observe(*_: object) -> None:
        if "observer" in when:
            raise ZeroDivisionError("observer")

    writer = writer_to(Door(), on_stored=observe)
    writer.write("position", numbered(0))
    if "fit" in when:
        writer.write("position", pa.record_batch({"colour": ["red"]}))
    with pytest.raises(WarehouseError, match="`position`"):
        writer.flush()
    writer.close()


def test_many_threads_and_every_row_is_there_once(warehouse: Warehouse) -> None:
    """Small inserts by age, large ones, and flushes of several threads at once."""
    writer = Writer(warehouse, flush_rows=500, flush_bytes=100_000, max_age_s=0.01)

    def work(location: str) -> None:
        for n in range(0, 200, 2):
            rows = ({"location": location, "sku": str(n + one)} for one in range(2))
            writer.write("position", batch(POSITION, *rows))
            if n % 50 == 0:
                writer.flush()

    threads = [threading.Thread(target=work, args=(f"store-{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.flush()
    counted = warehouse.rows("SELECT count() AS n, uniqExact(location, sku) AS keys FROM lowtide.position")
    assert counted == [{"n": 1200, "keys": 1200}]
    assert writer.written == Counter(position=1200)
    writer.close()


def test_a_writer_that_was_never_used_has_no_thread_and_a_closed_one_neither() -> None:
    def senders() -> int:
        return sum(thread.name == "lowtide-warehouse" for thread in threading.enumerate())

    before = senders()
    with writer_to(Door()) as writer:
        assert senders() == before
        writer.write("position", numbered(0))
        assert senders() == before + 1
    assert senders() == before
    with pytest.raises(WarehouseError, match="closed"):
        writer.write("position", numbered(1))


def test_close_ends_the_patience_with_a_server_that_is_away() -> None:
    door = Door(*[ENDED] * 1000)
    writer = writer_to(door, flush_rows=1)
    writer.write("position", numbered(0))
    until(lambda: writer.waiting)
    writer.close()
    until(lambda: not writer.waiting)
    assert door.failures and not door.blocks


def test_a_process_that_ends_does_not_wait_for_a_server(python: Run) -> None:
    """The process ends, even if an insert never answers or rows were not flushed."""
    done = python(
        """
from tests.warehouse.test_sender import Door, numbered, until, writer_to
door = Door()
door.open.clear()
writer = writer_to(door, flush_rows=1)
writer.write("position", numbered(0))
until(lambda: door.asked == 1)
writer.write("position", numbered(1))
print("the end")
"""
    )
    assert (done.returncode, done.stdout) == (0, "the end\n"), done.stderr


def test_a_process_that_ends_in_an_insert_leaves_a_good_store(python: Run, tmp_path: object) -> None:
    code = """
import sys
from lowtide.warehouse import Writer, open_warehouse
from tests.warehouse.batches import POSITION, batch
warehouse = open_warehouse(sys.argv[1], create=True)
writer = Writer(warehouse, flush_rows=1)
writer.write("position", batch(POSITION, *({"sku": str(n)} for n in range(3000))))
"""
    done = python(code, f"{tmp_path}/store")
    assert done.returncode == 0, done.stderr
    code = """
import sys
from lowtide.warehouse import open_warehouse
print(open_warehouse(sys.argv[1]).rows("SELECT count() AS n FROM lowtide.position")[0]["n"])
"""
    done = python(code, f"{tmp_path}/store")
    assert done.stdout in ("0\n", "3000\n"), done.stderr
