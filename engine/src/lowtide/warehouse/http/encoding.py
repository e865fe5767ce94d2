"""Compression of HTTP bodies: of answers as the client accepts it, of requests as the client used it.

Of what the client accepts the cheapest is taken: lz4, zstd, then gzip and deflate; br where Python's package is installed.
"""

from __future__ import annotations

import gzip
import importlib
import importlib.util
import zlib
from collections.abc import Callable
from typing import Any, Protocol

import lz4.frame
import zstandard

from lowtide.warehouse.http.errors import QueryError

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


class _Brotli:
    def __init__(self) -> None:
        self._packer = importlib.import_module("brotli").Compressor(quality=1)

    def pack(self, data: bytes) -> bytes:
        return bytes(self._packer.process(data) + self._packer.flush())

    def end(self) -> bytes:
        return bytes(self._packer.finish())


def has_brotli() -> bool:
    """Whether `br` is available here."""
    return importlib.util.find_spec("brotli") is not None


def chosen(accept: str) -> str | None:
    """The compression for an answer, of those that an `Accept-Encoding` header allows; None: plain."""
    offered = set()
    for entry in accept.lower().split(","):
        name, _, weight = entry.strip().partition(";")
        if weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            offered.add(name.strip())
    known = ("lz4", "zstd", "gzip", "deflate", *(("br",) if "br" in offered and has_brotli() else ()))
    return next((name for name in known if name in offered), None)


def packer(name: str) -> Packer:
    """A fresh compressor."""
    if name == "br":
        return _Brotli()
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


class Unpacker:
    """Decompresses a body piece by piece. A body that ends too early is an error, not a shorter body."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._fed = False
        self._one: Any
        if name in ("gzip", "x-gzip"):
            self._one = zlib.decompressobj(31)
        elif name == "deflate":
            self._one = zlib.decompressobj(15)
        elif name == "zstd":
            self._one = zstandard.ZstdDecompressor().decompressobj(read_across_frames=True)
        elif name == "lz4":
            self._one = lz4.frame.LZ4FrameDecompressor()
        elif name == "br" and has_brotli():
            self._one = importlib.import_module("brotli").Decompressor()
        elif name in ("", "identity"):
            self._one = None
        else:
            raise QueryError(
                48, f"the body is compressed with `{name}`; use gzip, deflate, lz4 or zstd", status=415
            )

    def unpack(self, data: bytes) -> bytes:
        """The plain bytes of the next piece."""
        if self._one is None or not data:
            return data
        self._fed = True
        try:
            if self._name == "br":
                return bytes(self._one.process(data))
            if self._name in ("gzip", "x-gzip") and self._one.eof:
                self._one = zlib.decompressobj(31)
            plain = bytes(self._one.decompress(data))
            while self._name in ("gzip", "x-gzip") and self._one.eof and self._one.unused_data:
                rest, self._one = self._one.unused_data, zlib.decompressobj(31)
                plain += self._one.decompress(rest)
        except (zlib.error, RuntimeError, EOFError, zstandard.ZstdError, ValueError) as error:
            raise self._broken(error) from error
        return plain

    def end(self) -> None:
        """Say that the body is at its end."""
        done = getattr(self._one, "eof", True)
        if self._name == "br" and self._one is not None:
            done = self._one.is_finished()
        if self._fed and not done and self._name != "zstd":
            raise self._broken("it ends in the middle")

    def _broken(self, why: object) -> QueryError:
        return QueryError(354, f"the body cannot be decompressed as `{self._name}`: {why}", status=400)
