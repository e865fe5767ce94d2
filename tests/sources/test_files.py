"""The content of a file never stops a run: each of these files was a real export."""

import gzip
import io
import os
import random
import sys
import tracemalloc
from itertools import pairwise

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from lowtide.errors import InputError
from lowtide.runner.logs import log_name, open_sources, total_bytes
from lowtide.sources import read, resolve

LINES = b"".join(b'{"id":"%d"}\n' % n for n in range(20_000))
SIZES = [0, 1, 7, 4096]
CHECKED = zstandard.ZstdCompressor(write_checksum=True)


def lines_of(blocks) -> bytes:
    return b"".join(block.bytes for block in blocks if block.kind == "lines")


def rejects_of(blocks):
    return [block.unreadable for block in blocks if block.kind == "unreadable"]


@pytest.fixture
def put(tmp_path):
    def write(name: str, data: bytes) -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return str(path)

    return write


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("a.jsonl", bytes),
        ("a.ndjson.gz", gzip.compress),
        ("a.json.zst", zstandard.compress),
        ("two.jsonl.gz", lambda d: gzip.compress(d[:1000]) + gzip.compress(d[1000:]) + b"\0" * 512),
        ("two.jsonl.zst", lambda d: zstandard.compress(d[:1000]) + zstandard.compress(d[1000:])),
    ],
)
def test_every_form_gives_the_same_lines(put, name, pack, size):
    blocks = list(open_sources([put(name, pack(LINES))], size))
    assert lines_of(blocks) == LINES
    assert not rejects_of(blocks)
    assert sum(block.records for block in blocks) == 20_000


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.jsonl.zst"])
def test_a_truncated_stream_delivers_what_was_good(put, name):
    packed = gzip.compress(LINES) if name.endswith("gz") else zstandard.compress(LINES * 20)
    blocks = list(open_sources([put(name, packed[: len(packed) * 2 // 3])], 7))
    assert blocks[-1].kind == "unreadable"
    good = lines_of(blocks)
    assert good.endswith(b"\n")
    assert len(good) > len(LINES) // 2
    assert (LINES * 20).startswith(good)
    (reject,) = rejects_of(blocks)
    assert reject.reason == "unreadable_file"
    assert f"{len(packed) * 2 // 3:,}" in reject.message
    assert "copy it again" in reject.message


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.jsonl.zst", "a.csv.gz"])
def test_a_corrupt_stream_ends_in_one_reject(put, name):
    text = b"id\n" + LINES if "csv" in name else LINES
    noise = random.Random(1).randbytes(200_000)
    packed = gzip.compress(text + noise) if name.endswith("gz") else CHECKED.compress(text + noise)
    bad = bytearray(packed)
    bad[-9_000:-8_000] = random.Random(2).randbytes(1000)
    (reject,) = rejects_of(open_sources([put(name, bytes(bad))]))[-1:]
    assert reject.reason == "unreadable_file"


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.jsonl.zst", "a.csv.gz", "a.parquet"])
def test_a_file_that_is_not_what_it_says(put, name):
    (reject,) = rejects_of(open_sources([put(name, LINES)]))
    assert reject.reason == "unreadable_file"
    assert "/" not in reject.message


def test_a_bomb_stays_small(put):
    """Forty kilobytes that unpack to forty megabytes and have no line end."""
    path = put("bomb.jsonl.gz", gzip.compress(b"x" * 40_000_000 + b"\nlast\n"))
    zst = put("bomb.jsonl.zst", zstandard.compress(b"x" * 40_000_000 + b"\nlast\n"))
    tracemalloc.start()
    blocks = list(open_sources([path, zst]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert lines_of(blocks) == (b"x" * 65_537 + b"\nlast\n") * 2
    assert peak < 24_000_000


def test_noise_is_lines_too(put):
    noise = random.Random(3).randbytes(300_000)
    expected = noise if noise.endswith(b"\n") else noise + b"\n"
    for size in SIZES:
        assert lines_of(open_sources([put("noise.jsonl", noise)], size)) == expected
    list(open_sources([put("noise.csv", noise), put("noise.parquet", noise)]))


@pytest.mark.parametrize("name", ["e.jsonl", "e.csv", "e.parquet", "e.jsonl.gz", "e.csv.zst"])
def test_an_empty_file_is_nothing(put, name):
    assert list(open_sources([put(name, b"")])) == []


def test_a_byte_order_mark_is_dropped_at_the_start_only(put):
    mark = b"\xef\xbb\xbf"
    assert (
        lines_of(open_sources([put("a.jsonl", mark + b'{"a":1}\r\n' + mark + b"\n")]))
        == b'{"a":1}\r\n' + mark + b"\n"
    )
    header = b"id,source,kind,event_time"
    first = next(iter(open_sources([put("a.csv", mark + header + b"\r\n1,a,sale,0\r\n")])))
    assert first.header.line == header
    assert list(open_sources([put("b.jsonl", mark)])) == []


def test_the_last_line_may_lack_its_end_and_the_next_file_starts_a_new_one(put):
    assert lines_of(open_sources([put("a.jsonl", b"1\n2"), put("b.jsonl", b"3")])) == b"1\n2\n3\n"


def test_a_folder_is_read_in_name_order_and_names_what_it_cannot_read(put, tmp_path):
    put("in/b.jsonl", b"3\n")
    put("in/a/z.jsonl", b"1\n")
    put("in/a.jsonl", b"2\n")
    put("in/notes.txt", b"hello")
    os.mkfifo(tmp_path / "in" / "pipe.jsonl")
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "gone.jsonl").symlink_to(tmp_path / "nowhere")
    blocks = list(open_sources([str(tmp_path / "in")]))
    assert lines_of(blocks) == b"1\n2\n3\n"
    rejects = rejects_of(blocks)
    assert {one.reason for one in rejects} == {"unreadable_file"}
    blocks = list(read(resolve(str(tmp_path / "in")), named=True))
    before = [file.bytes for file, block in pairwise(blocks) if block.kind == "unreadable"]
    assert before == [b"gone.jsonl", b"loop", b"notes.txt", b"pipe.jsonl"]


def test_what_is_not_there_stops_before_anything_starts(put, tmp_path):
    good = put("a.jsonl", b"1\n")
    for bad in (
        str(tmp_path / "no.jsonl"),
        put("a.txt", b""),
        "kafka://127.0.0.1:9092/sales",
        "ftp://x/y",
        "synthetic://?positions=-1",
        "synthetic://?seeds=1",
        "nul\0.jsonl",
    ):
        with pytest.raises(InputError) as error:
            open_sources([good, bad])
        assert error.value.exit_code == 3
        assert error.value.hint
    for specs in ([], ["-", "-"]):
        with pytest.raises(InputError):
            open_sources(specs)


def test_names_hold_no_paths(put):
    first, second = put("shop/a.jsonl", b""), put("shop/b.csv", b"")
    assert log_name([first]) == "a.jsonl"
    assert log_name([first, second]) == "a.jsonl+1"
    assert log_name([first.removesuffix("a.jsonl")]) == "shop"
    assert log_name(["-"]) == "stdin"
    assert log_name(["synthetic://?seed=3"]) == "synthetic"


def test_progress_ends_at_the_total(put):
    specs = [put("a.jsonl", LINES), put("b.jsonl.gz", gzip.compress(LINES)), put("c.parquet", parquet(50))]
    seen: list[int] = []
    list(open_sources(specs, progress=seen.append))
    assert seen == sorted(seen)
    assert seen[-1] == total_bytes(specs)
    assert total_bytes(["-"]) is None


def test_standard_input_is_lines(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"1\n2")))
    assert lines_of(open_sources(["-"])) == b"1\n2\n"


def parquet(rows: int, **options) -> bytes:
    sink = io.BytesIO()
    table = pa.table(
        {"id": [str(n) for n in range(rows)], "quantity": list(range(rows)), "other": [1.0] * rows}
    )
    pq.write_table(table, sink, **options)
    return sink.getvalue()


@pytest.mark.parametrize("size", SIZES)
def test_parquet_is_read_in_batches(put, size):
    blocks = list(open_sources([put("a.parquet", parquet(100, row_group_size=33))], size))
    assert all(block.kind == "columns" and block.records <= (size or 100) for block in blocks)
    batches = [block.batch for block in blocks]
    assert [value for batch in batches for value in batch.column("id").to_pylist()] == [
        str(n) for n in range(100)
    ]
    assert batches[0].schema.names == ["id", "quantity"]


def test_the_columns_of_a_parquet_may_be_in_capitals(put, tmp_path):
    pq.write_table(
        pa.table({"ID": ["1"], " Ref ": ["PO-1"], "Quantity": [2], "Colour": ["red"]}), tmp_path / "a.parquet"
    )
    (block,) = open_sources([str(tmp_path / "a.parquet")])
    assert block.batch.to_pydict() == {"id": ["1"], "ref": ["PO-1"], "quantity": [2]}


def test_a_truncated_parquet_is_one_reject(put):
    whole = parquet(1000)
    (reject,) = rejects_of(open_sources([put("a.parquet", whole[: len(whole) // 2])]))
    assert "copy it again" in reject.message


def test_a_parquet_with_a_damaged_page_ends_in_one_reject(put):
    whole = bytearray(parquet(5000, compression="snappy", row_group_size=1000))
    middle = len(whole) // 2
    whole[middle : middle + 300] = b"\xff" * 300
    *good, last = open_sources([put("a.parquet", bytes(whole))], 100)
    assert last.kind == "unreadable"
    assert all(block.kind == "columns" for block in good)


def test_a_parquet_without_known_columns_is_one_reject(put, tmp_path):
    pq.write_table(pa.table({"x": [1]}), tmp_path / "a.parquet")
    (reject,) = rejects_of(open_sources([str(tmp_path / "a.parquet")]))
    assert "`id`" in reject.message


def test_columns_come_in_types_the_core_knows(tmp_path):
    table = pa.table(
        {
            "id": pa.array(["a", None]).dictionary_encode(),
            "source": pa.array(["a", "b"], pa.large_utf8()),
            "kind": pa.array(["a", "b"], pa.string_view()),
            "sku": pa.array([b"a", b"b"], pa.large_binary()),
            "location": pa.array([[1], [2]]),
            "quantity": pa.array([1, 2]).cast(pa.decimal256(40, 3)),
            "event_time": pa.array([0, 1], pa.date32()),
            "due": pa.array([0, 1]).cast(pa.timestamp("us")),
            "unit_value": pa.array([1.5, 2], pa.float32()),
            "ref": pa.nulls(2),
            "reason": pa.array([True, False]),
        }
    )
    path = tmp_path / "a.parquet"
    pq.write_table(table, path)
    (block,) = open_sources([str(path)])
    kinds = {field.name: str(field.type) for field in block.batch.schema}
    assert kinds["due"] == "timestamp[us]"
    assert kinds["unit_value"] == "float"
    assert kinds["sku"] == "binary"
    assert {kinds[name] for name in kinds if name not in ("due", "unit_value", "sku")} == {"string"}
    assert block.batch.column("quantity").to_pylist() == ["1.000", "2.000"]
    assert block.batch.column("event_time").to_pylist()[0] == "1970-01-01"
