"""Go's client, and with it Grafana's plugin, reads Native with the frame of its protocol's version.

The real client was tried by hand (clickhouse-go 2.50 over HTTP, gzip and plain: docs/warehouse.md); here the frame is
taken off again, by a reader of its own, and what is left must be what the engine wrote.
"""

from __future__ import annotations

import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

from lowtide.warehouse.http.native import framed, varint

from .process import Front, curl

COLUMNS = [
    "number", "toString(number)", "repeat('x', number % 300)", "toLowCardinality(toString(number % 7))",
    "toNullable(number)", "if(number % 2, toString(number), NULL)", "toLowCardinality(toNullable(toString(number % 3)))",
    "range(number % 5)", "arrayMap(x -> toString(x), range(number % 5))", "CAST([], 'Array(LowCardinality(String))')",
    "CAST(['a', toString(number)], 'Array(LowCardinality(Nullable(String)))')", "[[1], [], [number]]",
    "map('a', number, 'b', 1)", "CAST(map('k', 'v'), 'Map(LowCardinality(String), LowCardinality(String))')",
    "(number, 'x', toNullable(1))", "CAST((1, 'x'), 'Tuple(a UInt8, `b c` LowCardinality(String))')", "tuple()",
    "toDate('2026-01-02') + number % 9", "toDateTime('2026-01-02 03:04:05', 'UTC')", "toDateTime64(number, 3, 'UTC')",
    "toDecimal32(1, 2)", "toDecimal64(number, 3)", "toDecimal128(1, 5)", "toDecimal256(1, 5)", "toFloat32(number)",
    "generateUUIDv4()", "toIPv4('1.2.3.4')", "toIPv6('::1')", "toFixedString('abc', 5)", "true", "NULL", "[]",
    "CAST('a', 'Enum8(\\'a\\' = 1, \\'b,(\\' = 2)')", "CAST('a', 'Enum16(\\'a\\' = 300)')", "toInt256(number)",
    "toIntervalDay(3)", "(1.5, 2.5)::Point", "[(1.0, 2.0)]::Ring", "sumSimpleState(number)", "toInt128(-1)",
    "CAST((1, [('x', 2)]), 'Tuple(n UInt8, m Array(Tuple(s String, v Nullable(UInt8))))')",
]  # fmt: skip


def unframed(data: bytes, cells: list[tuple[str, bytes]]) -> bytes:
    """The bytes without their frame. The ends of columns come from asking ClickHouse for each column alone."""
    at, out = 0, b""
    assert data[:8] == bytes.fromhex("010002ffffffff00")
    columns, at = varint(data, 8)
    rows, at = varint(data, at)
    out += data[8:at]
    assert columns == len(cells) and rows
    for name, cell in cells:
        begin = at
        length, at = varint(data, at)
        assert data[at : at + length].decode() == name
        length, at = varint(data, at + length)
        at += length
        assert data[at] == 0
        out += data[begin:at] + data[at + 1 : at + 1 + len(cell)]
        at += 1 + len(cell)
    assert at == len(data)
    return out


def native(writer: Client, query: str, version: int = 0) -> bytes:
    settings = {"client_protocol_version": str(version), "wait_end_of_query": "1"}
    return bytes(writer.raw_query(query, fmt="Native", settings=settings))


@pytest.mark.parametrize("column", COLUMNS)
def test_a_column_of_every_type_is_framed(writer: Client, column: str) -> None:
    group = " GROUP BY number" if "SimpleState" in column else ""
    query = f"SELECT {column} AS a, 'end' AS b FROM numbers(50){group} ORDER BY number"
    if column == "generateUUIDv4()":
        query = query.replace(column, "toUUID('61f0c404-5cb3-11e7-907b-a6006ad3dba0')")
    plain = native(writer, query)
    end = b"\x01b\x06String" + b"\x03end" * 50
    assert plain.endswith(end)
    at = 2
    for _ in range(2):
        length, at = varint(plain, at)
        at += length
    cells = [("a", plain[at : -len(end)]), ("b", b"\x03end" * 50)]
    assert unframed(native(writer, query, 54468), cells) == plain
    assert native(writer, query, 54405) == plain, "who asks for less frame gets none"


def test_blocks_of_an_answer_in_pieces_are_framed_each(writer: Client) -> None:
    query = "SELECT number, toString(number) AS text FROM numbers(200000)"
    plain = native(writer, query)
    with writer.raw_stream(query, fmt="Native", settings={"client_protocol_version": "54468"}) as stream:
        pieces = stream.read()
    blocks = pieces.count(bytes.fromhex("010002ffffffff00"))
    assert blocks >= 3 and len(pieces) == len(plain) + blocks * (8 + 2)


def test_no_block_is_no_frame() -> None:
    assert list(framed(iter([b""]), 54468)) == [b""]


def test_a_type_that_cannot_be_framed_says_so(writer: Client) -> None:
    with pytest.raises(DatabaseError, match="toString"):
        native(writer, "SELECT sumState(number) AS a FROM numbers(3)", 54468)


@pytest.mark.parametrize("rows", [1 << 20, 1 << 31, 1 << 62])
@pytest.mark.parametrize("place", ["columns", "rows", "name"])
def test_a_block_that_lies_about_its_sizes_takes_no_memory_and_inserts_nothing(
    served: Front, rows: int, place: str
) -> None:
    made = b"CREATE OR REPLACE TABLE lies (a String) ENGINE = MergeTree ORDER BY a"
    assert curl("--data-binary", "@-", served.url, data=made).stdout == b""
    good = curl(f"{served.url}/?query=SELECT+'x'+AS+a+FORMAT+Native").stdout
    assert good == b"\x01\x01\x01a\x06String\x01x"
    number = b"".join(bytes([rows >> shift & 0x7F | 0x80]) for shift in range(0, 63, 7)) + b"\0"
    at = {"columns": 0, "rows": 1, "name": 2}[place]
    before = served.memory_mb()
    block = good[:at] + number + good[at + 1 :]
    said = curl("--data-binary", "@-", f"{served.url}/?query=INSERT+INTO+lies+FORMAT+Native", data=block)
    assert b"DB::Exception" in said.stdout
    assert served.memory_mb() < before + 200
    assert curl(f"{served.url}/?query=SELECT+count()+FROM+lies").stdout == b"0\n"
