"""Bytes come out of a file in chunks, decompressed, until the file ends or cannot be read any further.

A damaged file does not stop the run: everything before the damage has been handed on, and `Damage` says where it
starts. gzip and zstd are decompressed in small pieces, so that little is lost before the damage, and so that a few
bytes that claim to be gigabytes never become more than some megabytes at a time.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, Protocol

import zstandard

from lowtide.sources.block import Progress

CHUNK = 1 << 20
COMPRESSIONS = {".gz": "gz", ".zst": "zst"}
"""Compressions by the end of the file's name."""
_GZIP_PIECE = 4096
_ZSTD_PIECE = 512
_CAREFUL_PIECE = 32
_MUCH = CHUNK // 4
_WIDEST_WINDOW = 1 << 27
_BOM = b"\xef\xbb\xbf"


class Damage(Exception):
    """The rest of a file cannot be read; the text says at which byte and what to do."""


class _Decoder(Protocol):
    def decompress(self, data: bytes, /) -> bytes: ...

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...


def chunks(file: BinaryIO, compression: str, progress: Progress | None = None) -> Iterator[bytes]:
    """Give a file's bytes in chunks of about a MiB, without byte order mark; raise `Damage` where they end.

    `compression` is `gz`, `zst` or empty.
    """
    raw = _raw(file, progress)
    plain = raw if not compression else _gathered(_decompressed(raw, compression))
    head = b""
    for chunk in plain:
        head += chunk
        if len(head) >= len(_BOM):
            yield head.removeprefix(_BOM)
            yield from plain
            return
    if head:
        yield head.removeprefix(_BOM)


def _raw(file: BinaryIO, progress: Progress | None) -> Iterator[bytes]:
    read = 0
    read_some = getattr(file, "read1", file.read)  # from a pipe: what has arrived so far
    while True:
        try:
            chunk = read_some(CHUNK)
        except OSError as error:
            raise Damage(
                f"reading stops at byte {read:,} ({error.strerror}): check the disk, or copy it again"
            ) from None
        if not chunk:
            return
        read += len(chunk)
        if progress:
            progress(read)
        yield chunk


def _gathered(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Join small pieces to chunks; on damage, hand on the pieces before it first."""
    pending: list[bytes] = []
    size = 0
    try:
        for piece in pieces:
            pending.append(piece)
            size += len(piece)
            if size >= CHUNK:
                yield b"".join(pending)
                pending, size = [], 0
    except Damage:
        if pending:
            yield b"".join(pending)
        raise
    if pending:
        yield b"".join(pending)


def _decompressed(raw: Iterator[bytes], compression: str) -> Iterator[bytes]:
    name, size = ("gzip", _GZIP_PIECE) if compression == "gz" else ("zstd", _ZSTD_PIECE)
    decoder: _Decoder | None = None
    position = members = 0
    step = size
    for chunk in raw:
        at = 0
        while at < len(chunk):
            piece = chunk[at : at + step]
            at += step
            position += len(piece)
            given = 0
            while piece:
                if decoder is None:
                    if members and not piece.strip(b"\0"):
                        break
                    decoder = _decoder(compression)
                try:
                    data = decoder.decompress(piece)
                except (zlib.error, zstandard.ZstdError):
                    what = "is not a" if not members and position <= size else "is damaged in its"
                    raise Damage(
                        f"the file {what} {name} stream near byte {position - len(piece):,}: "
                        "copy it again from where it came, or rename it if it is not compressed"
                    ) from None
                given += len(data)
                yield data
                piece = b""
                if decoder.eof:
                    piece, decoder, members = decoder.unused_data, None, members + 1
            step = _CAREFUL_PIECE if given > _MUCH else min(2 * step, size)
    if decoder is not None:
        raise Damage(f"the {name} stream ends early, at byte {position:,}: copy it again from where it came")


def _decoder(compression: str) -> _Decoder:
    if compression == "gz":
        return zlib.decompressobj(wbits=31)
    zstd: Any = zstandard.ZstdDecompressor(max_window_size=_WIDEST_WINDOW).decompressobj()
    decoder: _Decoder = zstd
    return decoder
