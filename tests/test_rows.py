"""A row becomes JSON: scripts read decimal text, RFC 3339 and null, for every table and query."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from random import Random
from struct import unpack
from uuid import UUID

import pyarrow as pa

from lowtide import ledger, rows
from lowtide._native import json_lines
from lowtide.core import Job

CHINA = timezone(timedelta(hours=8))


def test_a_decimal_has_no_zeros_after_its_last_digit_and_no_exponent() -> None:
    values = ("1.500", "12.000", "120", "-0.250", "1E+3", "0.000")
    assert [rows.quantity(Decimal(text)) for text in values] == ["1.5", "12", "120", "-0.25", "1000", "0"]


def test_a_cell_of_any_type_is_plain_and_so_is_what_is_inside_it() -> None:
    row = {
        "at": datetime(2026, 11, 22, 17, 30, 0, 7999, CHINA),
        "day": date(2026, 11, 22),
        "pair": (Decimal("1.10"), None),
        "by": {"a": [Decimal(2)]},
        "on": True,
        "detail": '{"out_by": [1.0]}',
    }
    assert rows.plain_row(row) == {
        "at": "2026-11-22T09:30:00.007Z", "day": "2026-11-22", "pair": ["1.1", None], "by": {"a": ["2"]}, "on": True,
        "detail": {"out_by": [1.0]},
    }  # fmt: skip
    assert json.loads(rows.as_json(row)) == rows.plain_row(row)
    assert rows.plain_row({"detail": ""}) == {"detail": {}}, "an entry without numbers"


def test_a_type_that_json_has_not_is_its_text() -> None:
    assert json.loads(rows.as_json({"id": UUID(int=1), "share": float("nan")})) == {
        "id": "00000000-0000-0000-0000-000000000001",
        "share": None,
    }


def reference(batch: pa.RecordBatch, columns: tuple[str, ...]) -> list[bytes]:
    """Lines as Python writes them: what `lowtide replay` gave before the core wrote them."""
    return [rows.line(rows.plain_row(row)) for row in batch.select(list(columns)).to_pylist()]


SCHEMA = pa.schema(
    {
        "text": pa.string(),
        "share": pa.float64(),
        "units": pa.decimal128(18, 3),
        "at": pa.timestamp("ms", "UTC"),
        "day": pa.date32(),
        "few": pa.uint16(),
        "seq": pa.uint32(),
        "offset": pa.uint64(),
        "on": pa.bool_(),
    }
)


def cells(dice: Random) -> dict[str, object]:
    """A row of anything that a column can hold, a third of it absent."""

    def moment() -> datetime:
        return datetime(1, 1, 1, tzinfo=UTC) + timedelta(milliseconds=dice.randrange(315_537_897_600_000))

    signs = "".join(map(chr, range(0x21))) + '"\\/\x7f\x80é\u2028店\ufeff😀'
    made: dict[str, Callable[[], object]] = {
        "text": lambda: "".join(dice.choices(signs, k=dice.randrange(9))),
        "share": lambda: dice.choice(
            (
                unpack("d", dice.randbytes(8))[0],
                dice.randrange(10**6) / 10 ** dice.randrange(12),
                10.0 ** dice.randrange(-9, 25),
            )
        ),
        "units": lambda: Decimal(dice.randrange(-(10 ** dice.randrange(1, 19)), 10**9)).scaleb(-3),
        "at": moment,
        "day": lambda: moment().date(),
        "few": lambda: dice.randrange(2**16),
        "on": lambda: dice.random() < 0.5,
    }
    row = {name: make() if dice.random() < 0.67 else None for name, make in made.items()}
    return row | {"seq": dice.randrange(2**32), "offset": dice.randrange(2**63)}


def test_the_core_writes_the_bytes_that_python_writes() -> None:
    """Recorded outputs of `lowtide replay` are compared as bytes by those who keep them."""
    dice = Random(7)
    batch = pa.RecordBatch.from_pylist([cells(dice) for _ in range(20_000)], schema=SCHEMA)
    columns = tuple(reversed(SCHEMA.names))
    assert json_lines(batch, list(columns)) == reference(batch, columns)
    assert list(rows.json_rows(batch, ("text", "units"))) == [
        {name: rows.plain(row[name]) for name in ("text", "units")} for row in batch.to_pylist()
    ]


def test_entries_and_positions_of_a_shop_are_the_bytes_that_python_writes() -> None:
    """Names, ids and refs with all that JSON escapes, and details as the core writes them."""
    lines = []
    for at, sku in enumerate(('a"\\\n\x01\x7f/', "店\u2028é", "😀")):
        made = {"source": f"till{sku}", "sku": sku.replace("\n", " "), "location": "330"}
        lines.append(
            {**made, "id": f"c{at}", "kind": "count", "quantity": 9, "event_time": 1_795_339_800_000 + at}
        )
        for day in range(1, 9):
            time = 1_795_339_800_000 + 86_400_000 * day + at
            lines.append(
                {**made, "id": f"s{at}-{day}", "kind": "sale", "quantity": "1.125", "event_time": time}
            )
        lines.append(
            {
                **made,
                "id": f"o{at}",
                "kind": "order",
                "ref": f"PO{sku}",
                "quantity": 3,
                "event_time": time + 1,
            }
        )
    job = Job.of(partition="log")
    partition, group = job.partition(1), job.group()
    log = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    for _, block in partition.lines(log) + partition.finish():
        group.apply(block)
    entries = group.take()["ledger"]
    assert entries.num_rows > 5
    assert [line for _, line in rows.ledger_lines(entries)] == reference(entries, ledger.COLUMNS)
    assert [line for _, line in rows.position_lines(group.positions())] == reference(
        group.positions(), ledger.POSITION_COLUMNS
    )
    keys = [rows.ledger_key(row) for row in rows.ledger_rows(entries)]
    assert keys == sorted(keys) and [key for key, _ in rows.ledger_lines(entries)] == sorted(
        key for key, _ in rows.ledger_lines(entries)
    )
