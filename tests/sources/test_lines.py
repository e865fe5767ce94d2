"""A block boundary must not change the bytes, the number of lines, or which lines are too long."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lowtide.sources.csv_lines import csv_blocks
from lowtide.sources.lines import clamp, line_blocks
from lowtide.sources.stream import Damage

SIZES = [0, 1, 7, 4096]


def pieces(data: bytes, size: int):
    return (data[at : at + size] for at in range(0, len(data), size))


def clamped(data: bytes, keep: int) -> bytes:
    return b"\n".join(line[:keep] for line in data.split(b"\n"))


@given(
    st.binary(max_size=300).map(lambda b: b.replace(b"\x00", b"\n")), st.integers(1, 40), st.integers(1, 20)
)
def test_clamp_cuts_each_line_and_nothing_else(data, size, keep):
    assert b"".join(clamp(pieces(data, size), keep)) == clamped(data, keep)


@given(
    st.lists(st.sampled_from([b"", b"a", b"\r", b"12345678", b"123456789", b"x" * 40]), max_size=40),
    st.booleans(),
    st.integers(1, 50),
    st.sampled_from(SIZES),
)
def test_blocks_are_whole_lines_of_the_size_asked_for(lines, ended, chunk, size):
    data = b"\n".join(lines) + (b"\n" if ended and lines else b"")
    blocks = list(line_blocks(pieces(data, chunk), size, max_record_bytes=8))
    expected = clamped(data, 9)
    if expected and not expected.endswith(b"\n"):
        expected += b"\n"
    assert b"".join(block.bytes for block in blocks) == expected
    assert all(block.bytes.count(b"\n") == block.records for block in blocks)
    if size:
        assert all(block.records == size for block in blocks[:-1])
    else:
        assert len(blocks) <= 1


def test_a_hundred_megabytes_without_a_line_end_stay_small():
    """The bug: one missing line end used all memory of the machine."""

    def endless():
        yield b'{"good":1}\n'
        for _ in range(100):
            yield b"x" * (1 << 20)
        yield b'tail\n{"good":2}\n'

    largest, seen = 0, []
    for chunk in clamp(endless(), 65_537):
        largest = max(largest, len(chunk))
        seen.append(chunk)
    assert b"".join(seen) == b'{"good":1}\n' + b"x" * 65_537 + b'\n{"good":2}\n'
    assert largest <= 65_560


@pytest.mark.parametrize("size", SIZES)
def test_damage_comes_after_all_good_lines(size):
    def breaking():
        yield b"1\n2\n3\n4\n5\n6\n7\n8\n9\nhal"
        raise Damage("stops here")

    blocks = list(line_blocks(breaking(), size))
    assert b"".join(block.bytes for block in blocks[:-1]) == b"1\n2\n3\n4\n5\n6\n7\n8\n9\n"
    assert blocks[-1].unreadable == ("unreadable_file", "stops here", b"hal")


CSV = b'1,plain\r\n2,"two\nlines"\n3,"a ""quoted"" word"\n\n4,last'


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("chunk", [1, 5, 1000])
def test_csv_records_may_hold_line_ends(size, chunk):
    rows = list(csv_blocks(pieces(CSV, chunk), size))
    assert b"".join(row.bytes for row in rows) == CSV + b"\n"
    assert sum(row.records for row in rows) == 5
    if size == 1:
        assert rows[1].bytes == b'2,"two\nlines"\n'


@pytest.mark.parametrize("chunk", [1, 7, 100_000])
@pytest.mark.parametrize("size", SIZES)
def test_one_stray_quote_costs_one_line(size, chunk):
    data = b'1,a\n2,5" pipe\n' + b"".join(b"%d,b\n" % n for n in range(3, 100)) + b"end,c\n"
    blocks = list(csv_blocks(pieces(data, chunk), size, max_record_bytes=64))
    rejected = [block.unreadable for block in blocks if block.kind == "unreadable"]
    assert [(one.reason, one.record) for one in rejected] == [("bad_row", b'2,5" pipe')]
    text = b"".join(block.bytes for block in blocks if block.kind == "csv")
    assert text == data.replace(b'2,5" pipe\n', b"")


@pytest.mark.parametrize("chunk", [1, 7, 100_000])
def test_a_quote_open_at_the_end_of_the_file_costs_one_line(chunk):
    blocks = list(csv_blocks(pieces(b'1\n"2\n3', chunk), 4096))
    assert [block.kind for block in blocks] == ["csv", "unreadable", "csv"]
    assert (blocks[0].data, blocks[2].data) == (b"1\n", b"3\n")


@pytest.mark.parametrize("chunk", [3, 100_000])
def test_a_csv_row_that_is_too_long_is_cut_and_set_aside(chunk):
    data = b"1\n" + b"x" * 5000 + b"\n2\n" + b'"' + b"y" * 5000
    blocks = list(csv_blocks(pieces(data, chunk), 4096, max_record_bytes=64))
    aside = [block.unreadable for block in blocks if block.kind == "unreadable"]
    assert [(one.reason, one.record) for one in aside] == [
        ("too_long", b"x" * 65),
        ("too_long", b'"' + b"y" * 64),
    ]
    assert b"".join(block.bytes for block in blocks if block.kind == "csv") == b"1\n2\n"


@given(st.text(alphabet='a,"\n', max_size=120), st.integers(1, 30), st.sampled_from([1, 7, 4096]))
def test_csv_does_not_depend_on_chunks_or_blocks(text, chunk, size):
    def flat(blocks):
        found = []
        for block in blocks:
            if block.kind == "csv" and found and found[-1][0] == "csv":
                found[-1] = ("csv", found[-1][1] + block.bytes, found[-1][2] + block.records)
            else:
                found.append((block.kind, block.data, block.records))
        return found

    data = text.encode()
    whole = flat(csv_blocks(pieces(data, 1000), 0, max_record_bytes=10))
    assert flat(csv_blocks(pieces(data, chunk), size, max_record_bytes=10)) == whole


def test_an_empty_stream_has_no_blocks():
    assert list(line_blocks(iter(()))) == list(csv_blocks(iter(()))) == []
    assert io.BytesIO().read() == b""
