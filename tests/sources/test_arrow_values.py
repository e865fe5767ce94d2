"""A typed column holds what the same number or text is in JSON, whatever its type, and is refused with the same words."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import orjson
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lowtide.core import Job

AT = 1_795_339_800_000
GOOD: dict[str, Any] = {
    "id": "a", "source": "s", "kind": "adjustment", "sku": "A", "location": "1", "quantity": "1", "event_time": AT,
}  # fmt: skip
FIELDS = ("quantity", "unit_value", "event_time", "due", "id", "sku", "kind", "reason")
EDGES = [
    0, 1, -1, 7, 999, 10**12, -(10**12), 10**12 + 1, 10**15, AT, AT + 1, 946_684_800_000, 4_102_444_800_000,
    2**53 - 1, 2**53, 2**53 + 2, 10**18 - 1, 10**18, 2**63 - 1, -(2**63), -(2**63) + 1,
]  # fmt: skip
Verdict = tuple[list[tuple[int, bytes]], list[tuple[Any, ...]], dict[str, int]]


def verdict(read: Callable[[Any], list[tuple[int, bytes]]], partition: Any, given: Any) -> Verdict:
    """What goes on, what is wrong with the rest, and the counts."""
    routed = read(given)
    rejects = partition.rejects().to_pylist()
    return routed, [(row["reason"], row["field"], row["message"]) for row in rejects], partition.counts()


def of_lines(lines: list[bytes]) -> Verdict:
    partition = Job.of().partition(1)
    return verdict(partition.lines, partition, b"".join(line + b"\n" for line in lines))


def of_columns(batch: pa.RecordBatch) -> Verdict:
    partition = Job.of().partition(1)
    return verdict(partition.columns, partition, batch)


def batch_with(field: str, column: pa.Array) -> pa.RecordBatch:
    rows = len(column)
    names = [name for name in GOOD if name != field]
    columns = [
        pa.array([f"{GOOD[name]}{at}" if name == "id" else GOOD[name] for at in range(rows)])
        for name in names
    ]
    return pa.RecordBatch.from_arrays([*columns, column], [*names, field])


def lines_with(field: str, texts: list[str | None]) -> list[bytes]:
    lines = []
    for at, text in enumerate(texts):
        row = {
            name: orjson.dumps(f"{value}{at}" if name == "id" else value).decode()
            for name, value in GOOD.items()
        }
        row[field] = "null" if text is None else text
        lines.append(("{" + ",".join(f'"{name}":{value}' for name, value in row.items()) + "}").encode())
    return lines


def plain(number: float) -> str:
    """A float as Rust writes it: the shortest digits that are this number, never with an exponent."""
    text = format(Decimal(repr(number)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


whole = st.one_of(st.sampled_from(EDGES), st.integers(-(2**63), 2**63 - 1), st.integers(-3000, 3000))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FIELDS), st.lists(st.none() | whole, min_size=1, max_size=12))
def test_whole_numbers(field: str, numbers: list[int | None]) -> None:
    texts = [None if number is None else str(number) for number in numbers]
    want = of_lines(lines_with(field, texts))
    assert of_columns(batch_with(field, pa.array(numbers, pa.int64()))) == want
    for kind, least, most in (
        (pa.int32(), -(2**31), 2**31),
        (pa.int8(), -128, 128),
        (pa.uint64(), 0, 2**64),
        (pa.uint16(), 0, 2**16),
    ):
        if all(number is None or least <= number < most for number in numbers):
            assert of_columns(batch_with(field, pa.array(numbers, kind))) == want


fractions = st.one_of(
    st.sampled_from([0.0, -0.0, 0.5, 1.25, 0.1 + 0.2, 1e-9, 1e300, -1e22, 2.0**53, 1.2345]),
    st.sampled_from(EDGES).map(float),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-5000, 5000).map(lambda number: number / 1000),
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FIELDS), st.lists(st.none() | fractions, min_size=1, max_size=12))
def test_floats(field: str, numbers: list[float | None]) -> None:
    texts = [None if number is None else plain(number) for number in numbers]
    assert of_columns(batch_with(field, pa.array(numbers, pa.float64()))) == of_lines(
        lines_with(field, texts)
    )


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(FIELDS),
    st.integers(-3, 12),
    st.lists(st.none() | whole | st.integers(-(10**24), 10**24), min_size=1, max_size=12),
)
def test_decimals(field: str, scale: int, values: list[int | None]) -> None:
    texts = [None if value is None else decimal_text(value, scale) for value in values]
    numbers = [None if value is None else Decimal(value).scaleb(-scale) for value in values]
    column = pa.array(numbers, pa.decimal128(38, scale))
    assert of_columns(batch_with(field, column)) == of_lines(lines_with(field, texts))


def decimal_text(value: int, scale: int) -> str:
    if scale <= 0:
        return f"{value}e{-scale}"
    digits = str(abs(value)).zfill(scale + 1)
    return f"{'-' * (value < 0)}{digits[:-scale]}.{digits[-scale:]}"


def test_a_reject_of_a_row_shows_its_numbers_as_they_were_written() -> None:
    partition = Job.of().partition(1)
    columns = {
        "quantity": pa.array([Decimal("1.250")], pa.decimal128(18, 3)),
        "unit_value": pa.array([2], pa.int64()),
        "due": pa.array([AT], pa.int64()),
        "id": pa.array([None], pa.utf8()),
    }
    partition.columns(pa.RecordBatch.from_pydict(columns))
    (reject,) = partition.rejects().to_pylist()
    assert orjson.loads(reject["record"]) == {"due": str(AT), "quantity": "1.250", "unit_value": "2"}


def test_a_fault_in_a_row_shows_nothing_of_the_row_before() -> None:
    """Rows are read into the same place one after another."""
    partition = Job.of().partition(1)
    rows = pa.RecordBatch.from_arrays(
        [pa.array(["a", "b"]), pa.array([b"till", b"\xff"], pa.binary()), pa.array(["first", "second"])],
        ["id", "source", "reason"],
    )
    partition.columns(rows)
    first, second = (orjson.loads(row["record"]) for row in partition.rejects().to_pylist())
    assert first == {"id": "a", "source": "till", "reason": "first"} and second == {"id": "b"}


KEYS = [pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint32()]


@pytest.mark.parametrize("values", [pa.utf8(), pa.large_utf8(), pa.binary()], ids=str)
@pytest.mark.parametrize("keys", KEYS, ids=str)
def test_a_dictionary_is_the_texts_that_it_names(keys: pa.DataType, values: pa.DataType) -> None:
    """Without a key the row has no value; a key may name a value that is null; values may be there that no key names."""
    words = pa.array(["s", None, "Cafe\u0301", "x" * 129, "", "unused"], values)
    numbers = [0, 2, None, 1, 3, 4, 0, 2]
    for field in ("source", "sku", "kind", "reason"):
        column = pa.DictionaryArray.from_arrays(pa.array(numbers, keys), words)
        texts = pa.array([None if at is None else words[at].as_py() for at in numbers], values)
        assert of_columns(batch_with(field, column)) == of_columns(batch_with(field, texts))
        assert of_columns(batch_with(field, column.slice(2, 4))) == of_columns(
            batch_with(field, texts.slice(2, 4))
        )
