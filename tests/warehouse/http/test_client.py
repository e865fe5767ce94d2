"""clickhouse-connect without changes: the usual operations against a ClickHouse server, done here.

What cannot be done is in `docs/warehouse.md`, and the last test of this file.
"""

from __future__ import annotations

import contextlib
import io
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError, ProgrammingError

from .process import Front

BIG = "SELECT number, toString(number) AS text FROM numbers(300000)"


@pytest.fixture
def table(writer: Client) -> Iterator[str]:
    name = f"t_{uuid.uuid4().hex[:8]}"
    writer.command(f"CREATE TABLE {name} (id UInt32, name String, at DateTime64(3, 'UTC'), price Nullable(Decimal(9, 2)))"
                   " ENGINE = MergeTree ORDER BY id")  # fmt: skip
    yield name
    writer.command(f"DROP TABLE {name}")


ROWS = [
    (1, "milk", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), Decimal("1.25")),
    (2, "it's \\ \n ü 牛奶", datetime(2026, 1, 3, tzinfo=UTC), None),
]


def test_it_looks_like_a_server(served: Front, writer: Client) -> None:
    assert writer.ping()
    assert writer.server_version.split(".")[0].isdigit()
    assert writer.database == "lowtide"
    assert writer.command("SELECT currentDatabase()") == "lowtide"
    with served.client() as client:
        assert client.command("SELECT count() FROM shelf") == 1000, "without a database it is `lowtide`"


def test_query(writer: Client) -> None:
    result = writer.query("SELECT number + 1 AS a, ['x', 'y'][a] AS b FROM numbers(2)")
    assert result.result_rows == [(1, "x"), (2, "y")]
    assert result.column_names == ("a", "b") and result.query_id
    assert result.summary["result_rows"] == "2"
    assert list(writer.query(BIG).named_results())[-1] == {"number": 299_999, "text": "299999"}
    nothing = writer.query("SELECT 1 AS a WHERE 0")
    assert nothing.result_rows == []
    assert writer.query("SELECT 1 AS a LIMIT 0").column_names == ("a",)


def test_values_of_all_kinds(writer: Client) -> None:
    row = writer.query(
        "SELECT toDate('2026-01-02'), toDateTime64('2026-01-02 03:04:05.678', 3, 'UTC'), toDecimal64('1.250', 3), [1, 2],"
        " map('a', 1), (1, 'x'), NULL, toUUID('61f0c404-5cb3-11e7-907b-a6006ad3dba0'), toLowCardinality('y'), true"
    ).result_rows[0]
    assert row[0] == date(2026, 1, 2) and row[1].isoformat().startswith("2026-01-02T03:04:05.678")
    assert row[2:] == (Decimal("1.250"), [1, 2], {"a": 1}, (1, "x"), None,
                       uuid.UUID("61f0c404-5cb3-11e7-907b-a6006ad3dba0"), "y", True)  # fmt: skip


def test_frames_and_arrays(writer: Client) -> None:
    frame = writer.query_df(BIG)
    assert frame.shape == (300_000, 2) and frame.number.sum() == 299_999 * 150_000
    assert list(writer.query_df("SELECT 1 AS a, 2 AS b").columns) == ["a", "b"]
    array = writer.query_np("SELECT number FROM numbers(1000)")
    assert array.shape == (1000, 1) and int(np.sum(array)) == 499_500
    table = writer.query_arrow(BIG)
    assert table.num_rows == 300_000 and table.column_names == ["number", "text"]
    assert writer.query_df_arrow("SELECT 1 AS a").a.tolist() == [1]


def test_streams(writer: Client) -> None:
    with writer.query_row_block_stream(BIG) as blocks:
        assert sum(len(block) for block in blocks) == 300_000
    with writer.query_column_block_stream(BIG) as blocks:
        assert sum(len(block[0]) for block in blocks) == 300_000
    with writer.query_rows_stream(BIG) as rows:
        assert sum(row[0] for row in rows) == 299_999 * 150_000
    with writer.query_df_stream(BIG) as frames:
        sizes = [len(frame) for frame in frames]
    assert sum(sizes) == 300_000 and len(sizes) > 1, "it does stream"
    with writer.query_np_stream(BIG) as arrays:
        assert sum(len(array) for array in arrays) == 300_000
    with writer.query_arrow_stream(BIG) as batches:
        assert sum(batch.num_rows for batch in batches) == 300_000


@pytest.mark.parametrize(
    "fmt",
    ["TSVWithNames", "TSVWithNamesAndTypes", "CSVWithNames", "CSVWithNamesAndTypes", "JSONCompactEachRowWithNames",
     "RowBinaryWithNamesAndTypes", "Native", "RowBinary", "JSONEachRow", "TSKV", "CSV", "JSONCompactEachRow"],
)  # fmt: skip
def test_an_answer_in_pieces_is_the_answer_in_one(writer: Client, fmt: str) -> None:
    """ClickHouse writes a header with each block; only the first may stay."""
    query = 'SELECT number AS `a\n"b"`, toString(number) AS t FROM numbers(200000)'
    one = writer.raw_query(query, fmt=fmt, settings={"wait_end_of_query": "1"})
    with writer.raw_stream(query, fmt=fmt) as stream:
        pieces = stream.read()
    if fmt == "Native":
        assert len(pieces) == len(one)
    else:
        assert pieces == one


@pytest.mark.parametrize("fmt", ["CSVWithNames", "TSVWithNames", "JSONEachRow", "Native", "Parquet", "JSON"])
def test_no_rows_still_have_their_header(writer: Client, fmt: str) -> None:
    query = "SELECT number AS n FROM numbers(10) WHERE n > 10"
    said = writer.raw_query(query, fmt=fmt)
    assert said == {"CSVWithNames": b'"n"\n', "TSVWithNames": b"n\n", "JSONEachRow": b""}.get(fmt, said)
    if fmt in ("Parquet", "JSON"):
        assert said


def test_raw(writer: Client) -> None:
    assert writer.raw_query("SELECT 1, 'a'", fmt="CSV") == b'1,"a"\n'
    assert writer.raw_query("SELECT 1 AS a FORMAT JSONEachRow") == b'{"a":1}\n'
    assert (
        pa.ipc.open_file(io.BytesIO(writer.raw_query("SELECT 1 AS a", fmt="Arrow"))).read_all().num_rows == 1
    )
    assert pd.read_parquet(io.BytesIO(writer.raw_query("SELECT 7 AS a", fmt="Parquet"))).a.tolist() == [7]


def test_commands(writer: Client) -> None:
    assert writer.command("SELECT 1") == 1
    assert writer.command("SELECT 'a', 2") == ["a", "2"]
    assert writer.command("SHOW TABLES LIKE 'shelf'") == "shelf"
    assert "MergeTree" in str(writer.command("SHOW CREATE TABLE shelf"))
    assert writer.command("EXISTS TABLE nowhere") == 0
    writer.command("CREATE TABLE c (a UInt8) ENGINE = Memory")
    writer.command("INSERT INTO c VALUES (1), (2)")
    writer.command("INSERT INTO c FORMAT CSV", data="3\n4\n")
    assert writer.command("SELECT sum(a) FROM c") == 10
    writer.command("DROP TABLE c")


def test_inserts(writer: Client, table: str) -> None:
    columns = ["id", "name", "at", "price"]
    summary = writer.insert(table, ROWS, column_names=columns)
    assert summary.written_rows == 2
    assert writer.query(f"SELECT * FROM {table} ORDER BY id").result_rows[1][1] == ROWS[1][1]
    frame = pd.DataFrame({"id": [3, 4], "name": ["a", "b"]})
    writer.insert_df(table, frame)
    writer.insert_arrow(table, pa.table({"id": pa.array([5], pa.uint32()), "name": ["c"]}))
    writer.raw_insert(table, ["id", "name"], "6\td\n7\te\n", fmt="TabSeparated")
    writer.raw_insert(table, ["id", "name"], b'{"id":8,"name":"f"}\n', fmt="JSONEachRow")
    writer.raw_insert(table, ["id", "name"], io.BytesIO(b'9,"g"\n'), fmt="CSV")
    writer.insert(table, [[10, 11], ["h", "i"]], column_names=["id", "name"], column_oriented=True)
    assert writer.query(f"SELECT count(), sum(id) FROM {table}").result_rows == [(11, 66)]


def test_an_insert_of_many_blocks(writer: Client, table: str) -> None:
    rows = 300_000
    block = pa.table({"id": pa.array(range(rows), pa.uint32()), "name": pa.array(["x" * 20] * rows)})
    writer.insert_arrow(table, block)
    writer.raw_insert(table, ["id", "name"], (f"{n}\ty\n".encode() for n in range(rows)), fmt="TSV")
    assert writer.command(f"SELECT count() FROM {table}") == 2 * rows


def test_parameters(writer: Client) -> None:
    nasty = "a'b\\c\nd\te ü"
    query = "SELECT {s:String} AS s, {n:Int32} AS n, {l:Array(String)} AS l, {d:DateTime64(3)} AS d, {o:Nullable(String)}"
    row = writer.query(
        query, {"s": nasty, "n": -5, "l": ["x'", "y"], "d": datetime(2026, 1, 2), "o": None}
    ).first_row
    assert row[:3] == (nasty, -5, ["x'", "y"]) and row[4] is None
    assert writer.query("SELECT count() FROM {t:Identifier}", {"t": "shelf"}).first_row == (1000,)
    assert writer.query("SELECT %(s)s", {"s": nasty}).first_row == (nasty,), "client side, too"
    long = "x" * 100_000
    assert writer.query("SELECT length({s:String})", {"s": long}).first_row == (100_000,)


def test_parameters_in_a_form(served: Front) -> None:
    with served.client(form_encode_query_params=True) as client:
        assert client.query("SELECT {s:String}", {"s": "a'\\ü\n"}).first_row == ("a'\\ü\n",)


def test_settings(writer: Client, served: Front) -> None:
    assert writer.query("SELECT getSetting('max_threads')", settings={"max_threads": 3}).first_row == (3,)
    assert writer.query("SELECT getSetting('max_threads')").first_row != (3,)
    with served.client(settings={"max_block_size": 1234}) as client:
        assert client.command("SELECT getSetting('max_block_size')") == 1234
    with pytest.raises(DatabaseError, match=r"(?i)unknown setting"):
        writer.command("SELECT 1", settings={"join_use_nulls": 1, "no_such_thing": 1})
        writer.raw_query("SELECT 1", settings={"no_such_thing": 1})


@pytest.mark.parametrize(
    "settings",
    [
        {"session_timezone": "Asia/Shanghai"}, {"date_time_output_format": "iso"}, {"max_execution_time": 2},
        {"join_use_nulls": True}, {"final": False}, {"output_format_json_quote_64bit_integers": True},
    ],
)  # fmt: skip
def test_a_reader_s_settings_are_sent(reader: Client, settings: dict[str, object]) -> None:
    """The client asks `system.settings` first, and does not send what it says is read-only."""
    ((name, value),) = settings.items()
    query = f"SELECT getSetting('{name}')"
    assert reader.query(query, settings=settings).first_row == (value,)
    assert reader.query(f"{query} SETTINGS {name} = '{value}'").first_row == (value,)


def test_other_settings_are_not(reader: Client) -> None:
    for name in ("allow_ddl", "max_insert_threads", "format_schema", "readonly"):
        with pytest.raises((ProgrammingError, DatabaseError), match=r"(?i)readonly"):
            reader.query("SELECT 1", settings={name: "7"})
    told = "SELECT name, s.readonly FROM system.settings AS s WHERE name IN ('final', 'max_threads', 'allow_ddl') ORDER BY 1"
    assert reader.query(told).result_rows == [("allow_ddl", 1), ("final", 0), ("max_threads", 0)]


def test_a_reader_counts_each_row_once(writer: Client, reader: Client) -> None:
    for _ in range(2):
        writer.command("INSERT INTO catalogue (sku, name) VALUES ('a', 'milk'), ('b', 'tea')")
    assert reader.query("SELECT count(), uniq(sku) FROM catalogue").first_row == (2, 2)


def test_a_session_keeps_its_tables_and_settings(served: Front, writer: Client) -> None:
    writer.command("CREATE TEMPORARY TABLE mine (a Int8)")
    writer.command("INSERT INTO mine VALUES (7)")
    writer.command("SET max_threads = 5")
    assert writer.command("SELECT a FROM mine") == 7
    assert writer.command("SELECT getSetting('max_threads')") == 5
    with served.client(database="lowtide") as other, pytest.raises(DatabaseError, match="UNKNOWN_TABLE"):
        other.command("SELECT a FROM mine")
    with (
        served.client(session_id="gone", settings={"session_check": 1}) as client,
        pytest.raises(DatabaseError, match="SESSION_NOT_FOUND"),
    ):
        client.command("SELECT 1")


@pytest.mark.parametrize("compress", ["lz4", "zstd", "gzip", True, False])
def test_compression(served: Front, compress: str | bool) -> None:
    with served.client(compress=compress, database="lowtide") as client:
        client.command("CREATE OR REPLACE TABLE packed (a UInt32, b String) ENGINE = MergeTree ORDER BY a")
        client.insert("packed", [(n, "text " * 20) for n in range(20_000)], column_names=["a", "b"])
        assert client.query("SELECT * FROM packed ORDER BY a").result_rows[-1] == (19_999, "text " * 20)
        with client.query_df_stream("SELECT * FROM packed") as frames:
            assert sum(len(frame) for frame in frames) == 20_000
        assert client.query_arrow("SELECT * FROM packed").num_rows == 20_000


def test_errors_have_clickhouse_s_codes(writer: Client) -> None:
    for query, code, name in (
        ("SELEC 1", 62, "SYNTAX_ERROR"),
        ("SELECT * FROM nowhere", 60, "UNKNOWN_TABLE"),
        ("SELECT nothing FROM shelf", 47, "UNKNOWN_IDENTIFIER"),
        ("SELECT throwIf(1, 'so')", 395, "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO"),
        ("SELECT * FROM nodb.t", 81, "UNKNOWN_DATABASE"),
    ):
        with pytest.raises(DatabaseError) as error:
            writer.query(query)
        assert (error.value.code, error.value.name) == (code, name), query
        assert "version" in str(error.value)


def test_an_error_in_the_middle_of_an_answer(writer: Client) -> None:
    """Status 200 was already sent. The client must notice that the answer is incomplete."""
    query = "SELECT number, throwIf(number = 250000, 'in the middle') FROM numbers(300000)"
    with pytest.raises(Exception, match="in the middle"), writer.query_row_block_stream(query) as blocks:
        for _ in blocks:
            pass


def test_an_insert_of_wrong_data_is_an_error(writer: Client, table: str) -> None:
    with pytest.raises(DatabaseError, match=r"CANNOT_PARSE|INCORRECT_DATA|Cannot parse"):
        writer.raw_insert(table, ["id"], "1\nfive\n", fmt="TSV")
    with pytest.raises(DatabaseError, match=r"NO_SUCH_COLUMN|UNKNOWN_IDENTIFIER|NOT_FOUND"):
        writer.raw_insert(table, ["nothing"], "1\n", fmt="TSV")
    with pytest.raises(DatabaseError, match="UNKNOWN_TABLE"):
        writer.raw_insert("nowhere", ["id"], "1\n", fmt="TSV")
    assert writer.command(f"SELECT count() FROM {table}") == 0


def test_an_insert_that_the_table_refuses_is_an_error(writer: Client) -> None:
    """ClickHouse's insert in pieces reported success here, but the rows were not stored."""
    writer.command("CREATE OR REPLACE TABLE picky (a Int32, CONSTRAINT c CHECK a > 0) ENGINE = MergeTree ORDER BY a"
                   " PARTITION BY a")  # fmt: skip
    with pytest.raises(DatabaseError, match="VIOLATED_CONSTRAINT"):
        writer.insert("picky", [(-1,)], column_names=["a"])
    with pytest.raises(DatabaseError, match=r"TOO_MANY_PARTS|Too many partitions"):
        writer.raw_insert("picky", ["a"], "\n".join(map(str, range(1, 500))), fmt="TSV")
    writer.raw_insert(
        "picky", ["a"], "1\n", fmt="TSV", settings={"throw_on_max_partitions_per_insert_block": 0}
    )
    writer.command("INSERT INTO picky SETTINGS throw_on_max_partitions_per_insert_block = 0 VALUES (2)")
    assert writer.command("SELECT sum(a) FROM picky") == 3


def test_external_data(writer: Client) -> None:
    from clickhouse_connect.driver.external import ExternalData

    data = ExternalData(
        file_name="mine.csv", data=b"1,a\n2,b\n", fmt="CSV", structure="id UInt8, name String"
    )
    result = writer.query("SELECT name FROM mine ORDER BY id", external_data=data)
    assert result.result_rows == [("a",), ("b",)]


def test_a_session_goes_on_after_a_stream_that_was_left(served: Front, writer: Client) -> None:
    """If a handle has an open stream, ClickHouse gives an empty answer to the next statement."""
    writer.command("SET max_threads = 3")
    with writer.query_row_block_stream("SELECT number FROM numbers(100000000)") as blocks:
        next(blocks)
    for _ in range(200):
        with contextlib.suppress(DatabaseError):
            assert writer.command("SELECT getSetting('max_threads')") == 3
            return
        time.sleep(0.05)
    raise AssertionError("the session stays locked")


def test_what_a_reader_does(served: Front, reader: Client) -> None:
    assert reader.query_df("SELECT * FROM shelf").shape == (1000, 2)
    assert reader.query_arrow("SELECT * FROM shelf").num_rows == 1000
    with reader.query_row_block_stream("SELECT number FROM numbers(150000)") as blocks:
        assert sum(len(block) for block in blocks) == 150_000
    assert reader.query("SELECT {a:String}", {"a": "x'y"}).first_row == ("x'y",)
    with served.client(username="reader") as client:
        assert client.command("SELECT currentDatabase()") == "lowtide"


def test_queries_at_once_in_one_session_are_refused(served: Front) -> None:
    first, second = (served.client(session_id="shared", database="lowtide") for _ in range(2))
    thread = threading.Thread(target=first.command, args=["SELECT sleep(1)"])
    with served.client(autogenerate_session_id=False) as watch:
        thread.start()
        while not watch.command("SELECT count() FROM system.processes WHERE query LIKE 'SELECT sleep(1)%'"):
            pass
    with pytest.raises(DatabaseError, match="SESSION_IS_LOCKED"):
        second.command("SELECT 1")
    thread.join()
    assert second.command("SELECT 1") == 1


def test_what_cannot_be_done(writer: Client) -> None:
    """In docs/warehouse.md under "What the embedded form cannot give"."""
    with pytest.raises(DatabaseError):
        writer.command("CREATE USER analyst")
    with pytest.raises(DatabaseError, match="NOT_IMPLEMENTED"):
        writer.raw_query("SELECT 1", settings={"compress": "1"})
    with pytest.raises(DatabaseError, match="would not open again"):
        writer.command("CREATE TABLE k (a Int8) ENGINE = Kafka('x', 'y', 'z', 'CSV')")
