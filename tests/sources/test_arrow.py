"""Columns of a sender: whatever a stream claims, it is rows, or one reject with its bytes and what is wrong."""

from __future__ import annotations

import struct
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lowtide.core import Job, decode
from lowtide.readers import BadDocument
from lowtide.sources.arrow import TooLarge, batches, checked
from lowtide.sources.parquet import parquet_blocks
from tests.sources.spoiled_arrow import movements, outcome, spoiled, stream


def refused(data: bytes) -> str:
    """The reason of the only reject that a message becomes; its bytes are kept, and the log goes on behind it."""
    partition = Job.of().partition(1)
    try:
        rows, fault = list(batches(data)), ""
    except BadDocument as error:
        rows, fault = [], str(error)
    partition.arrow(rows, fault, data, 7, -1)
    (reject,) = partition.rejects().to_pylist()
    assert (reject["reason"], reject["offset"], reject["record"]) == ("bad_message", 7, data[:65_536])
    partition.arrow([movements()], "", b"", 9, -1)
    assert partition.counts()["accepted"] == 3
    return str(reject["message"])


def pair(length: int, at: int = 0) -> bytes:
    """A length and a null count, or a place and a length, as the metadata of a batch hold them."""
    return struct.pack("<qq", at, length)


@pytest.mark.parametrize(
    "offsets", [(0, 1, 1 << 28, 1 << 29), (0, 5, 2, 3), (-9, 1, 2, 3), (0, 1, 2, 1 << 30)]
)
def test_offsets_that_lead_out_of_their_buffer(offsets: tuple[int, ...]) -> None:
    good = stream(movements())
    bad = good.replace(struct.pack("<4i", 0, 1, 2, 3), struct.pack("<4i", *offsets), 1)
    assert bad != good
    assert "offset" in refused(bad)


def test_buffers_that_are_shorter_than_their_rows() -> None:
    """This one was a segmentation fault: a column of three rows whose buffer has no bytes."""
    good = stream(movements(13, quantity=pa.array(range(13), pa.int64())))
    length = struct.pack("<q", 13 * 8)
    assert good.count(length) == 1
    for shorter in (0, 8, 13 * 8 - 1):
        assert "buffer" in refused(good.replace(length, struct.pack("<q", shorter))).lower()


def test_places_of_buffers_behind_the_message() -> None:
    good = stream(movements())
    at = good.index(struct.pack("<qq", 16, 3))
    assert refused(good[:at] + struct.pack("<qq", 1 << 40, 3) + good[at + 16 :])


def test_more_rows_than_there_are_values() -> None:
    good = stream(movements())
    rows = struct.pack("<qq", 3, 0)
    assert good.count(rows) == 7
    assert refused(good.replace(rows, struct.pack("<qq", 30, 0)))
    assert refused(good.replace(rows, struct.pack("<qq", 1 << 60, 0)))
    assert refused(good.replace(rows, struct.pack("<qq", -3, 0)))


def test_a_billion_rows_of_nothing() -> None:
    message = refused(stream(pa.RecordBatch.from_arrays([pa.nulls((1 << 31) - 1)], ["id"])))
    assert "claims to have 2,147,483,647 rows" in message
    runs = pa.RunEndEncodedArray.from_arrays(pa.array([(1 << 23) - 1], pa.int32()), pa.array(["x"]))
    lists = pa.FixedSizeListArray.from_arrays(pa.nulls(1 << 26), 1 << 26)
    for heavy in (runs, lists):
        assert "more than 128 MiB" in refused(stream(pa.RecordBatch.from_arrays([heavy], ["reason"])))


def test_text_that_is_not_utf8_and_nulls_that_are_not_there() -> None:
    good = stream(movements(sku=["é1", "é2", "é3"]))
    assert "UTF8" in refused(good.replace("é2".encode(), b"\xc3\xc32"))
    nulls = stream(movements(sku=pa.array(["a", None, "b"])))
    wrong = nulls.replace(struct.pack("<qq", 3, 1), struct.pack("<qq", 3, 2))
    assert wrong != nulls
    assert "null" in refused(wrong)
    schema = pa.schema([pa.field("id", pa.utf8(), nullable=False)])
    batch = pa.RecordBatch.from_arrays([pa.array(["1", None])], schema=schema)
    assert "non-nullable" in refused(stream(batch))


def test_keys_and_children_that_are_not_there() -> None:
    keys = pa.array([0, 1, 7], pa.int8())
    wrong = pa.DictionaryArray.from_arrays(keys, pa.array(["a", "b"]), safe=False)
    with pytest.raises(pa.ArrowInvalid):
        checked(movements(sku=wrong))
    good = stream(movements(sku=pa.array(["a", "b", "a"]).dictionary_encode()))
    at = good.rindex(b"\0\0\0\0\1\0\0\0\0\0\0\0")
    assert refused(good[:at] + b"\0\0\0\0\x09" + good[at + 5 :])
    lists = stream(movements(reason=pa.array([["a", "b"], [], ["c"]])))
    moved = lists.replace(struct.pack("<4i", 0, 2, 2, 3), struct.pack("<4i", 0, 2, 2, 9))
    assert moved != lists
    assert refused(moved)


def test_a_dictionary_does_not_make_gigabytes_of_a_few_bytes() -> None:
    keys = pa.array([0] * 5000, pa.int16())
    for values, what in [
        (pa.array(["x" * 100_000]), "longer than"),
        (pa.array(["x" * 60_000]), "more than 128 MiB"),
        (pa.array([b"x" * 60_000]), "more than 128 MiB"),
        (pa.array([[1, 2]]), "lists or structures"),
    ]:
        texts = pa.DictionaryArray.from_arrays(keys, values)
        assert what in refused(stream(pa.RecordBatch.from_arrays([texts], ["reason"])))


def test_dictionaries_that_are_put_together_again_and_again() -> None:
    words = ["x" * 60_000 + str(number) for number in range(100)]
    parts = [
        movements(1, sku=pa.DictionaryArray.from_arrays(pa.array([0], pa.int8()), pa.array(words[:many])))
        for many in range(1, 101)
    ]
    with pytest.raises(TooLarge, match="256 MiB"):
        list(batches(stream(*parts, deltas=True)))
    few = stream(*parts[:3], deltas=True)
    assert sum(batch.num_rows for batch in batches(few)) == 3


@pytest.mark.parametrize("compression", ["lz4", "zstd"])
def test_good_columns_of_every_encoding_are_rows(compression: str) -> None:
    texts = pa.array(["A", "B", "A"])
    for sku in (
        texts, texts.dictionary_encode(), texts.cast(pa.large_string()), texts.cast(pa.string_view()),
        texts.cast(pa.binary()), texts.cast(pa.binary_view()), texts.cast(pa.binary()).dictionary_encode(),
    ):  # fmt: skip
        partition = Job.of().partition(1)
        rows = list(batches(stream(movements(sku=sku), compression=compression)))
        partition.arrow(rows, "", b"", 7, -1)
        assert partition.counts()["accepted"] == 3, sku.type
    nulls = pa.array(["A", None, "B"]).dictionary_encode()
    partition = Job.of().partition(1)
    partition.arrow([movements(sku=nulls)], "", b"", 7, -1)
    assert partition.counts()["reject.missing_field"] == 1


def test_a_message_of_two_batches_is_one_message() -> None:
    partition = Job.of().partition(1)
    rows = list(batches(stream(movements(2), movements(3, id=["a", "b", "c"]))))
    assert len(rows) == 2
    partition.arrow(rows, "", b"", 7, -1)
    assert (partition.counts()["accepted"], partition.offset, partition.next_message) == (5, 12, 8)
    partition.arrow(rows, "", b"", 7, -1)
    assert partition.counts()["records"] == 5, "a message that comes again is passed over"


def test_spoiled_streams_are_rows_or_rejects() -> None:
    partition = Job.of().partition(1)
    found = {outcome(partition, spoiled(seed), seed << 24) for seed in range(1500)}
    assert found == {"rows", "reject"}


def test_a_parquet_file_with_text_that_is_not_utf8_loses_one_row(tmp_path: Path) -> None:
    path = tmp_path / "sales.parquet"
    pq.write_table(pa.Table.from_batches([movements(sku=["é1", "é2", "é3"])]), path, compression="none")
    data = path.read_bytes()
    assert data.count("é2".encode()) == 1
    path.write_bytes(data.replace("é2".encode(), b"\xc3\xc32"))
    partition = Job.of().partition(1)
    for block in parquet_blocks(path):
        decode(partition, block)
    (reject,) = partition.rejects().to_pylist()
    assert (reject["reason"], reject["field"]) == ("not_utf8", "sku")
    assert partition.counts()["accepted"] == 2


def test_a_batch_of_a_file_that_cannot_be_imported_is_one_reject() -> None:
    partition = Job.of().partition(1)
    schema = pa.schema([pa.field("id", pa.utf8(), nullable=False)])
    partition.columns(pa.RecordBatch.from_arrays([pa.array(["1", None])], schema=schema))
    (reject,) = partition.rejects().to_pylist()
    assert reject["reason"] == "unreadable_file" and "non-nullable" in reject["message"]
