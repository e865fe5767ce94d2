"""A row that is written twice is stored once, byte for byte."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from clickhouse_connect.driver.exceptions import DatabaseError, OperationalError

from lowtide.catalogue.files import FILES
from lowtide.errors import SettingsError, WarehouseError
from lowtide.warehouse import Warehouse, Writer, queries, retry
from lowtide.warehouse.address import Address, parse

from .batches import DEMAND_DAY, LEDGER, NOON, POSITION, REJECT, STOCK_COUNT, alert_id, at, batch, detail
from .test_sender import until


def blocks() -> dict[str, pa.RecordBatch]:
    return {
        "ledger": batch(
            LEDGER,
            {"detail": detail([0.0, 0.5], [0.5, 1.5])},
            {
                "seq": 2,
                "entry": "WORSENED",
                "event_time": at(hours=3),
                "cause_source": None,
                "cause_id": None,
            },
            {
                "alert_id": alert_id(2),
                "type": "out_of_stock",
                "event_time": at(days=40),
                "supersedes": alert_id(1),
            },
        ),
        "position": batch(POSITION, {"on_hand": "-1.250", "offset": 2**40}, {"sku": "7", "held": "0.001"}),
        "demand_day": batch(DEMAND_DAY, {}, {"part": "very_late", "demand": "0.5"}),
        "reject": batch(
            REJECT, {"reason": "not_utf8"}, {"offset": 1, "reason": "wrong_type", "field": "quantity"}
        ),
        "stock_count": batch(STOCK_COUNT, {}, {"id": "c-2", "mark": "older"}),
    }


def test_every_block_twice_is_the_same_rows(warehouse: Warehouse) -> None:
    with Writer(warehouse) as writer:
        for table, rows in blocks().items():
            writer.write(table, rows)
    once = {t: warehouse.rows(f"SELECT * FROM lowtide.{t} FINAL ORDER BY ALL") for t in blocks()}
    with Writer(warehouse) as writer:
        for table, rows in blocks().items():
            for row in range(rows.num_rows):
                writer.write(table, rows.slice(row, 1))
                writer.flush()
    for table, rows in blocks().items():
        assert len(once[table]) == rows.num_rows
        assert warehouse.rows(f"SELECT * FROM lowtide.{table} FINAL ORDER BY ALL") == once[table], table
        raw = warehouse.rows(f"SELECT count() AS n FROM lowtide.{table}")[0]["n"]
        assert raw == 2 * rows.num_rows, "the second delivery did arrive"


def test_values_come_back_as_they_went(warehouse: Warehouse) -> None:
    with Writer(warehouse) as writer:
        for table, rows in blocks().items():
            writer.write(table, rows)
    for table, rows in blocks().items():
        if table == "reject":
            continue
        columns = ", ".join(f"`{name}`" for name in rows.schema.names)
        back = warehouse.rows(f"SELECT {columns} FROM lowtide.{table} FINAL ORDER BY ALL")
        sent = rows.to_pylist()
        assert sorted(back, key=str) == sorted(sent, key=str), table


def test_a_record_of_any_bytes_is_kept(warehouse: Warehouse) -> None:
    """NUL bytes or Latin-1 of a producer must not be cut, and must not stop inserts or queries."""
    nasty = [
        b"",
        b"\x00",
        b"a\x00b\xff\xfe",
        bytes(range(256)),
        "日本".encode(),
        b"'; DROP TABLE ledger; --\\",
    ]
    with Writer(warehouse) as writer:
        writer.write(
            "reject", batch(REJECT, *({"offset": i, "reason": "r", "record": r} for i, r in enumerate(nasty)))
        )
    back = queries.rejects(warehouse)
    assert [row["record"] for row in back] == nasty
    assert back[0]["reason"] == "r" and back[0]["field"] is None


def test_the_highest_version_wins_whatever_the_order(warehouse: Warehouse) -> None:
    with Writer(warehouse) as writer:
        for version in (5, 9, 7):
            writer.write("position", batch(POSITION, {"version": version, "on_hand": version}))
            writer.flush()
    (row,) = warehouse.rows("SELECT on_hand FROM lowtide.position_current")
    assert row["on_hand"] == Decimal(9)


def test_dictionaries_that_differ_between_batches(warehouse: Warehouse) -> None:
    def encoded(location: str) -> pa.RecordBatch:
        rows = batch(POSITION, {"location": location})
        at = rows.schema.get_field_index("location")
        return rows.set_column(at, "location", rows.column(at).dictionary_encode())

    with Writer(warehouse) as writer:
        writer.write("position", encoded("a"))
        writer.write("position", encoded("b"))
    assert [r["location"] for r in warehouse.rows("SELECT location FROM lowtide.position ORDER BY 1")] == [
        "a",
        "b",
    ]


def test_rows_wait_until_there_are_enough_or_flush(warehouse: Warehouse) -> None:
    with Writer(warehouse, flush_rows=3) as writer:
        writer.write("position", batch(POSITION, {"sku": "1"}, {"sku": "2"}))
        assert not writer.written
        writer.write("position", batch(POSITION, {"sku": "3"}))
        until(lambda: writer.written == {"position": 3})
    with Writer(warehouse, flush_bytes=1) as small:
        small.write("position", batch(POSITION, {"sku": "4"}))
        until(lambda: small.written == {"position": 1}, "memory is bounded by bytes as well")


def test_a_block_that_is_refused_names_the_table_and_is_kept(warehouse: Warehouse) -> None:
    writer = Writer(warehouse)
    writer.write("position", pa.record_batch({"colour": ["red"]}))
    for _ in range(2):
        with pytest.raises(WarehouseError, match=r"`position`.*colour"):
            writer.flush()


def test_a_job_that_fails_does_not_hide_its_error_behind_a_flush(warehouse: Warehouse) -> None:
    with pytest.raises(ZeroDivisionError), Writer(warehouse) as writer:
        writer.write("position", pa.record_batch({"colour": ["red"]}))
        raise ZeroDivisionError


def test_four_threads_and_a_hundred_thousand_rows(warehouse: Warehouse) -> None:
    rows = 100_000
    first = batch(POSITION, {})
    block = pa.record_batch(
        [pa.array(map(str, range(rows // 4))) if f.name == "sku" else pa.repeat(first[f.name][0], rows // 4)
         for f in POSITION],
        schema=POSITION,
    )  # fmt: skip
    writer = Writer(warehouse)

    def work(location: str) -> None:
        at = POSITION.get_field_index("location")
        mine = block.set_column(at, POSITION.field(at), pa.repeat(pa.scalar(location), block.num_rows))
        for start in range(0, block.num_rows, 1000):
            writer.write("position", mine.slice(start, 1000))

    threads = [threading.Thread(target=work, args=(f"store-{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.flush()
    counted = warehouse.rows(
        "SELECT count() AS n, uniqExact(location, sku) AS keys FROM lowtide.position_current"
    )
    assert counted == [{"n": rows, "keys": rows}]
    assert writer.written["position"] == rows


def test_a_run_is_one_row_from_start_to_end(warehouse: Warehouse) -> None:
    writer = Writer(warehouse, pipeline="shop")
    run_id = writer.run_started("sales.jsonl", policy_version="0123456789ab", workers=2)
    (row,) = queries.runs(warehouse)
    assert (row["status"], row["ended_at"], row["workers"], row["pipeline"]) == ("running", None, 2, "shop")
    writer.run_finished(run_id, "done", {"records": 10, "rejects": 1, "reject.bad_time": 1})
    (row,) = queries.runs(warehouse)
    assert (row["run_id"], row["status"], row["records"], row["rejects"]) == (run_id, "done", 10, 1)
    assert row["counts"] == {"reject.bad_time": 1} and row["ended_at"] >= row["started_at"]


def test_a_run_that_lives_says_so_and_one_that_was_killed_is_ended_by_the_next(warehouse: Warehouse) -> None:
    dead, silent, other = (Writer(warehouse, pipeline=name) for name in ("shop", "shop", "other"))
    killed, lives = dead.run_started("sales"), Writer(warehouse, pipeline="shop").run_started("orders")
    long_ago, elsewhere = silent.run_started("stock"), other.run_started("sales")
    dead.run_seen(killed, {"records": 7, "late": 1, "reject.bad_time": 2})
    (row,) = warehouse.rows("SELECT * FROM lowtide.run FINAL WHERE run_id = {id:String}", {"id": killed})
    assert row["status"] == "running" and row["seen_at"] >= row["started_at"] and row["records"] == 7
    for writer, run_id in ((silent, long_ago), (other, elsewhere)):
        old = {**writer._runs[run_id], "seen_at": None, "started_at": datetime(2026, 11, 1, tzinfo=UTC)}
        writer._write_run(old, {})
    writer = Writer(warehouse, pipeline="shop")
    run_id = writer.run_started("sales")
    assert sorted(writer.end_killed(run_id, killed)) == sorted([killed, long_ago])
    assert writer.end_killed(run_id, killed) == []
    writer.run_seen(run_id, {"records": 1})
    writer.run_finished(run_id, "finished", {"records": 5})
    writer.run_seen(run_id, {"records": 1})
    assert {row["run_id"]: (row["status"], row["records"]) for row in queries.runs(warehouse)} == {
        killed: ("killed", 7), long_ago: ("killed", 0), lives: ("running", 0), elsewhere: ("running", 0),
        run_id: ("finished", 5),
    }  # fmt: skip
    dead.run_finished(killed, "stopped", {"records": 9})
    (row,) = warehouse.rows("SELECT * FROM lowtide.run FINAL WHERE run_id = {id:String}", {"id": killed})
    assert (row["status"], row["records"]) == ("stopped", 9), (
        "it was taken for dead and was alive: it says so itself"
    )


def test_the_run_that_brought_a_policy_first_stays(warehouse: Warehouse) -> None:
    writer = Writer(warehouse)
    writer.policy_version("0123456789ab", '{"version":"0123456789ab"}', writer.run_started("a"))
    writer.policy_version("0123456789ab", '{"version":"0123456789ab"}', writer.run_started("b"))
    (row,) = warehouse.rows(
        "SELECT first_run = run_id AS first FROM lowtide.policy_version, lowtide.run WHERE source = 'a'"
    )
    assert row["first"]


def test_a_clock_that_jumps_over_a_century_does_not_refuse_the_block(warehouse: Warehouse) -> None:
    """One insert over more than 100 months is an error in ClickHouse without a setting."""
    with Writer(warehouse) as writer:
        months = ({"alert_id": alert_id(n), "event_time": NOON + timedelta(days=31 * n)} for n in range(130))
        writer.write("ledger", batch(LEDGER, *months))
    assert warehouse.rows("SELECT count() AS n FROM lowtide.ledger")[0]["n"] == 130


class Away:
    """A server that fails a number of times, and then takes rows."""

    def __init__(self, *failures: Exception, retry_s: float = 30.0) -> None:
        self.failures = list(failures)
        self.rows: list[tuple[str, list[str], list[list[object]]]] = []
        self.embedded = False
        self.database = "lowtide"
        self.address = Address("http://away:8123/lowtide", retry_s=retry_s)

    def insert_rows(self, table: str, columns: list[str], rows: list[list[object]]) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.rows.append((table, columns, rows))


ENDED = OperationalError("Error [Errno 111] Connection refused executing HTTP request")
FULL = DatabaseError("Code: 243. DB::Exception: Cannot reserve 1.00 MiB, not enough space.", code=243)
PROXY = DatabaseError("HTTP driver received HTTP status 502")
DATA = DatabaseError("Code: 27. DB::Exception: Cannot parse input", code=27)


def test_a_server_that_is_away_is_asked_again_and_a_row_is_there_once() -> None:
    away = Away(ENDED, PROXY, FULL, ConnectionResetError("reset"))
    Writer(away).insert_row("ledger", {"alert_id": "a", "seq": 0})  # type: ignore[arg-type]
    assert away.rows == [("ledger", ["alert_id", "seq"], [["a", 0]])]


def test_an_error_of_the_data_is_not_asked_again() -> None:
    away = Away(DATA)
    with pytest.raises(WarehouseError, match="Cannot parse input"):
        Writer(away).insert_row("ledger", {"seq": "x"})  # type: ignore[arg-type]
    assert not away.failures and not away.rows


def test_patience_ends() -> None:
    away = Away(*[ENDED] * 50, retry_s=0.3)
    with pytest.raises(WarehouseError, match=r"`ledger`.*connection refused"):
        Writer(away).insert_row("ledger", {"seq": 0})  # type: ignore[arg-type]
    assert 1 <= 50 - len(away.failures) < 10


def test_who_waits_says_so_once(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(retry, "SILENT_S", 0.0)
    Writer(Away(ENDED, ENDED, ENDED)).insert_row("ledger", {"seq": 0})  # type: ignore[arg-type]
    assert [message.split()[0] for message in caplog.messages] == ["warehouse_away", "warehouse_back"]
    assert "why='connection refused' then='trying again for" in caplog.messages[0]


def test_the_time_is_in_the_address() -> None:
    assert parse("http://db/lowtide?retry_s=600").retry_s == 600
    assert parse("http://db/lowtide").retry_s == 300
    with pytest.raises(SettingsError, match="retry_s"):
        parse("http://db/lowtide?retry_s=long")


def test_a_single_row_is_embedded_as_well(warehouse: Warehouse) -> None:
    Writer(warehouse).insert_row("position", batch(POSITION, {"sku": "one"}).to_pylist()[0])
    assert warehouse.rows("SELECT sku FROM lowtide.position") == [{"sku": "one"}]
    with pytest.raises(WarehouseError, match="colour"):
        Writer(warehouse).insert_row("position", {"colour": "red"})


def test_the_files_that_people_keep_become_tables_and_the_one_loaded_last_holds(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    files = {
        "catalogue": (
            "sku,name,unit,pack,moq,max_stock,unit_cost,unit_price,shelf_life,colour\n"
            "7,香蕉,kg,6,12,48,1.5,2.25,5,yellow\n"
        ),
        "location": "location,name,region,time_zone,display_min,alias_erp,floor\n330,Nord,East,Europe/Paris,2,A1,3\n",
        "supplier": "supplier,order_days,cut_off,lead_time,expedite_cost\nacme,daily,9:00,2,15\n",
        "lane": "from,to,hours,cost\n330,331,2,4.5\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    loaded = {table: layout.load(tmp_path / table) for table, (_, layout) in FILES.items()}
    with Writer(warehouse) as writer:
        for table, batch_ in loaded.items():
            writer.reference(table, batch_)
            writer.reference(table, batch_)
    (item,) = warehouse.rows("SELECT * FROM lowtide.catalogue FINAL")
    assert (item["name"], item["unit"], item["pack"], item["moq"], item["max_stock"]) == (
        "香蕉",
        "kg",
        6,
        12,
        48,
    )
    assert (item["unit_cost"], item["unit_margin"], item["shelf_life"]) == (
        Decimal("1.5"),
        Decimal("0.75"),
        5.0,
    )
    assert item["attributes"] == {"colour": "yellow"}
    (place,) = warehouse.rows("SELECT * FROM lowtide.location FINAL")
    assert (place["name"], place["region"], place["manager"], place["display_min"]) == ("Nord", "East", "", 2)
    assert (place["aliases"], place["attributes"]) == ({"erp": "A1"}, {"floor": "3"})
    (supplier,) = warehouse.rows("SELECT * FROM lowtide.supplier FINAL")
    assert (supplier["order_days"], supplier["cut_off"], supplier["lead_time"]) == ("daily", "09:00", 2.0)
    (lane,) = warehouse.rows("SELECT * FROM lowtide.lane FINAL")
    assert (lane["from_location"], lane["to_location"], lane["hours"], lane["cost"]) == (
        "330",
        "331",
        2.0,
        Decimal("4.5"),
    )
