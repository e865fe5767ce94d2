"""A few bytes that stand for gigabytes take neither memory nor disk, and a body that breaks off is not a shorter body."""

from __future__ import annotations

import asyncio
import gzip
import os
import zlib

import lz4.frame
import pytest
import zstandard

from lowtide.warehouse.http.body import Body
from lowtide.warehouse.http.encoding import chosen
from lowtide.warehouse.http.errors import QueryError
from lowtide.warehouse.http.unpacking import FREE, PIECE, RATIO, Unpacker

PACK = {
    "gzip": gzip.compress, "deflate": zlib.compress, "lz4": lz4.frame.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}  # fmt: skip
DATA = os.urandom(200_000) + b"x" * 3_000_000 + b"abc" * 1000


def unpacked(name: str, body: bytes, step: int) -> bytes:
    unpacker = Unpacker(name)
    pieces = [piece for at in range(0, len(body), step) for piece in unpacker.unpack(body[at : at + step])]
    unpacker.end()
    return b"".join(pieces)


@pytest.mark.parametrize("name", PACK)
@pytest.mark.parametrize("step", [1000, 1 << 16, 1 << 30])
def test_what_was_packed_comes_back_also_in_several_frames(name: str, step: int) -> None:
    body = PACK[name](DATA)
    assert unpacked(name, body, step) == DATA
    assert unpacked(name, body * 3, step) == DATA * 3


@pytest.mark.parametrize("name", PACK)
@pytest.mark.parametrize(
    "spoil", [lambda body: body[:-3], lambda body: body + b"behind", lambda body: b"\0" + body]
)
def test_a_broken_body_is_an_error(name: str, spoil: object) -> None:
    with pytest.raises(QueryError, match="cannot be decompressed") as caught:
        unpacked(name, spoil(PACK[name](DATA)), 1 << 16)  # type: ignore[operator]
    assert caught.value.status == 400


@pytest.mark.parametrize("name", PACK)
@pytest.mark.parametrize("frames", [1, 8])
def test_a_bomb_is_refused_before_it_is_unpacked(name: str, frames: int) -> None:
    bomb = PACK[name](b"\0" * (8 * FREE // frames)) * frames
    unpacker, size, largest = Unpacker(name), 0, 0
    try:
        for piece in unpacker.unpack(bomb):
            size, largest = size + len(piece), max(largest, len(piece))
    except QueryError as error:
        assert error.status == 413 and size <= max(FREE, RATIO * len(bomb)) + 8 * PIECE
    else:
        assert name == "lz4" and size <= 256 * len(bomb), "lz4 does not pack more than that"
    assert largest <= 8 * PIECE


def test_a_frame_may_not_ask_for_any_memory() -> None:
    made = zstandard.ZstdCompressionParameters(window_log=27)
    with pytest.raises(QueryError, match="memory"):
        unpacked("zstd", zstandard.ZstdCompressor(compression_params=made).compress(DATA * 20), 1 << 16)


def test_nothing_is_unpacked_before_it_is_read() -> None:
    """A reader's statement ends after 256 KB: what follows stays packed."""
    bomb = gzip.compress(b"SELECT 1 " + b" " * FREE)

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": bomb, "more_body": False}

    async def read() -> tuple[int, bool]:
        body = Body(receive, "gzip")  # type: ignore[arg-type]
        return len(await body.upto(256 << 10)), body.ended

    size, ended = asyncio.run(read())
    assert size <= (256 << 10) + PIECE and not ended


@pytest.mark.parametrize("name", ["compress", "br", "x-br", "gzip, br"])
def test_an_encoding_that_is_not_known_is_named(name: str) -> None:
    with pytest.raises(QueryError, match="use gzip") as refused:
        Unpacker(name)
    assert refused.value.status == 415


def test_an_answer_is_never_in_br() -> None:
    """Whatever packages this machine has: code for it was never run by any test."""
    assert chosen("br") is None and chosen("br, gzip") == "gzip"
