"""An Arrow stream of a sender is checked before it is read: what it claims may be too long, or not there."""

from __future__ import annotations

import io
import struct

import pyarrow as pa
import pytest

from lowtide.core import Job
from lowtide.intake.mapped import mapped_rows
from lowtide.intake.own_map import own_map
from lowtide.intake.refusal import Refusal
from lowtide.intake.rows import DocumentRows
from lowtide.sources import arrow


def table(rows: int = 3, **columns: object) -> pa.RecordBatch:
    texts = {"source": "t", "kind": "sale", "sku": "A", "location": "330", "quantity": "1"}
    plain = {name: [text] * rows for name, text in texts.items()} | {
        "id": [f"{number}" for number in range(rows)],
        "event_time": ["2026-11-22T09:30:00Z"] * rows,
    }
    return pa.RecordBatch.from_pydict(plain | columns)


def stream(batch: pa.RecordBatch, compression: str | None = None) -> bytes:
    file = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.ipc.new_stream(file, batch.schema, options=options) as writer:
        writer.write_batch(batch)
    return file.getvalue()


def read(data: bytes) -> DocumentRows:
    return mapped_rows(own_map("parquet"), data, "arrow", "the body", "", Job.of())


@pytest.mark.parametrize("compression", [None, "lz4", "zstd"])
def test_good_streams_are_read(compression: str | None) -> None:
    texts = pa.array(["A"] * 3000).dictionary_encode()
    rows = read(stream(table(3000, sku=texts), compression))
    assert (rows.good, rows.rejected) == (3000, 0)


def test_offsets_that_lead_out_of_the_stream_are_not_followed() -> None:
    good = stream(table())
    for offsets in ((0, 1, 1 << 28, 1 << 29), (0, 5, 2, 3), (-9, 1, 2, 3)):
        bad = good.replace(struct.pack("<4i", 0, 1, 2, 3), struct.pack("<4i", *offsets))
        assert bad != good
        with pytest.raises(Refusal) as refused:
            read(bad)
        assert refused.value.code == "bad_document"


@pytest.mark.parametrize("compression", ["lz4", "zstd"])
def test_buffers_that_claim_to_be_too_long_are_not_unpacked(compression: str, monkeypatch) -> None:
    monkeypatch.setattr(arrow, "MAX_UNPACKED", 1 << 20)
    bomb = stream(table(reason=["x" * (2 << 20), "", ""]), compression)
    assert len(bomb) < 20_000
    monkeypatch.setattr(pa.ipc, "open_stream", lambda data: pytest.fail("it was opened"))
    with pytest.raises(Refusal) as refused:
        read(bomb)
    assert refused.value.code == "too_large"


def test_a_dictionary_does_not_make_gigabytes_of_a_few_bytes() -> None:
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 5000, pa.int8()), pa.array(["x" * 100_000]))
    with pytest.raises(Refusal, match="longer than"):
        read(stream(table(5000, reason=texts)))


def test_no_bytes_are_a_mistake_of_ours() -> None:
    good = stream(table(), "zstd")
    for at in range(0, len(good), 23):
        for bad in (good[:at], good[:at] + b"\xff" + good[at + 1 :], good[:at] + bytes(4) + good[at + 4 :]):
            try:
                read(bad)
            except Refusal as refused:
                assert refused.code in ("bad_document", "too_large"), at
