"""Compression of answers, as the client accepts it; `unpacking` reads what clients have compressed.

Of what the client accepts the cheapest is taken: lz4, zstd, then gzip and deflate. br would need one more package.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from typing import Protocol

import lz4.frame
import zstandard

SMALL = 1024
"""Bytes of an answer below which compression costs more than it saves."""


class Packer(Protocol):
    """Compresses a body piece by piece."""

    def pack(self, data: bytes) -> bytes:
        """The next piece, compressed; some of it may come with a later one."""

    def end(self) -> bytes:
        """The end of the compressed body."""


class _Zlib:
    def __init__(self, wbits: int) -> None:
        self._packer = zlib.compressobj(3, zlib.DEFLATED, wbits)

    def pack(self, data: bytes) -> bytes:
        return self._packer.compress(data) + self._packer.flush(zlib.Z_SYNC_FLUSH)

    def end(self) -> bytes:
        return self._packer.flush()


class _Zstd:
    def __init__(self) -> None:
        self._packer = zstandard.ZstdCompressor(level=1).compressobj()

    def pack(self, data: bytes) -> bytes:
        return self._packer.compress(data) + self._packer.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)

    def end(self) -> bytes:
        return self._packer.flush()


class _Lz4:
    def __init__(self) -> None:
        self._packer = lz4.frame.LZ4FrameCompressor()
        self._begun = False

    def pack(self, data: bytes) -> bytes:
        begin = b"" if self._begun else bytes(self._packer.begin())
        self._begun = True
        return begin + bytes(self._packer.compress(data))

    def end(self) -> bytes:
        begin = b"" if self._begun else bytes(self._packer.begin())
        return begin + bytes(self._packer.flush())


def chosen(accept: str) -> str | None:
    """The compression for an answer, of those that an `Accept-Encoding` header allows; None: plain."""
    offered = set()
    for entry in accept.lower().split(","):
        name, _, weight = entry.strip().partition(";")
        if weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            offered.add(name.strip())
    return next((name for name in ("lz4", "zstd", "gzip", "deflate") if name in offered), None)


def packer(name: str) -> Packer:
    """A fresh compressor."""
    make: dict[str, Callable[[], Packer]] = {
        "lz4": _Lz4, "zstd": _Zstd, "gzip": lambda: _Zlib(31), "deflate": lambda: _Zlib(15),
    }  # fmt: skip
    return make[name]()


def packed(name: str, data: bytes) -> bytes:
    """A whole body, compressed."""
    if name == "gzip":
        return gzip.compress(data, 3)
    one = packer(name)
    return one.pack(data) + one.end()
