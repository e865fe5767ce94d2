"""Decompress the body of a request in bounded pieces, whatever its sender has packed into it.

A few bytes may stand for gigabytes. So nothing is unpacked before somebody asks for it, a piece has at most some
megabytes, and a body that grows far beyond what its sender sent is refused.

    gzip, deflate, lz4    the library stops after PIECE bytes
    zstd                  the library unpacks all it is given, so it is given little: a block of 4 bytes may hold 128 KB
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import Any

import lz4.frame
import zstandard

from lowtide.warehouse.http.errors import QueryError

PIECE = 1 << 20
"""Bytes of a piece."""
FREE = 64 << 20
"""A body of so many bytes may be any number of times as long as what was sent of it."""
RATIO = 250
"""A longer one may be at most so many times as long."""
MOST = 4 << 30
"""Bytes of a body, unpacked."""
_ZSTD_BYTES = 128
_ZSTD_WINDOW = 8 << 20
"""Memory that a zstd frame may ask for; RFC 8878 asks every program for so much."""
_WRONG = (zlib.error, RuntimeError, EOFError, zstandard.ZstdError, ValueError, MemoryError)


class Unpacker:
    """Decompresses a body. A body that ends too early is an error, not a shorter body; several in a row are one."""

    def __init__(self, name: str) -> None:
        self._name = name.removeprefix("x-")
        makers: dict[str, Callable[[], Any]] = {
            "gzip": lambda: zlib.decompressobj(31),
            "deflate": lambda: zlib.decompressobj(15),
            "zstd": lambda: zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj(),
            "lz4": lz4.frame.LZ4FrameDecompressor,
        }
        self._is_plain = self._name in ("", "identity")
        if self._name not in makers and not self._is_plain:
            raise QueryError(
                48, f"the body is compressed with `{name[:40]}`; use gzip, deflate, lz4 or zstd", status=415
            )
        self._make = makers.get(self._name, lambda: None)
        self._one: Any = None
        self._received = self._unpacked = 0

    def unpack(self, data: bytes) -> Iterator[bytes]:
        """The plain pieces of what came next. Raises QueryError."""
        self._received += len(data)
        pieces = iter((data,)) if self._is_plain else self._pieces(data)
        try:
            for piece in pieces:
                self._count(len(piece))
                if piece:
                    yield piece
        except _WRONG as error:
            raise self._broken(error) from error

    def end(self) -> None:
        """Say that the body is at its end. Raises QueryError."""
        if self._one is not None:
            raise self._broken("it ends in the middle")

    def _pieces(self, data: bytes) -> Iterator[bytes]:
        step = _ZSTD_BYTES if self._name == "zstd" else len(data)
        for at in range(0, len(data), step or 1):
            rest = data[at : at + step]
            while rest:
                self._one = self._one or self._make()
                yield from self._steps(self._one, rest)
                rest = self._rest()

    def _steps(self, one: Any, data: bytes) -> Iterator[bytes]:
        """The pieces of what one decompressor takes of the data."""
        if self._name == "zstd":
            yield bytes(one.decompress(data))
        elif self._name == "lz4":
            yield bytes(one.decompress(data, max_length=PIECE))
            while not one.eof and not one.needs_input:
                yield bytes(one.decompress(b"", max_length=PIECE))
        else:
            piece = one.decompress(data, PIECE)
            yield piece
            while not one.eof and (one.unconsumed_tail or len(piece) == PIECE):
                piece = one.decompress(one.unconsumed_tail, PIECE)
                yield piece

    def _rest(self) -> bytes:
        """What stands behind the end of a frame, for a fresh decompressor."""
        if not self._one.eof:
            return b""
        rest = bytes(self._one.unused_data or b"")
        self._one = None
        return rest

    def _count(self, size: int) -> None:
        self._unpacked += size
        if self._unpacked > MOST:
            raise QueryError(396, f"a body may have {MOST >> 30} GiB, unpacked: send it in parts", status=413)
        if self._unpacked > FREE and self._unpacked > RATIO * self._received:
            raise QueryError(
                396,
                f"the body is unpacked to more than {RATIO} times its size: send it in parts, or not compressed",
                status=413,
            )

    def _broken(self, why: object) -> QueryError:
        return QueryError(354, f"the body cannot be decompressed as `{self._name}`: {why}", status=400)
