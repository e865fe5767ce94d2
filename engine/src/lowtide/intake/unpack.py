"""Bodies that were compressed, unpacked in pieces, so that a few bytes that claim to be gigabytes stay small."""

from __future__ import annotations

from io import BytesIO

from lowtide.intake.refusal import Refusal
from lowtide.sources.stream import Damage, chunks

MAX_UNPACKED = 256 << 20
"""Bytes that a body may have when it is unpacked."""
_COMPRESSIONS = {"": "", "identity": "", "gzip": "gz", "x-gzip": "gz", "zstd": "zst"}


def unpacked(data: bytes, encoding: str, most: int = MAX_UNPACKED) -> bytes:
    """The bytes of a body with this `Content-Encoding`. Raises Refusal."""
    name = encoding.strip().lower()
    if name not in _COMPRESSIONS:
        raise Refusal(
            "unknown_compression",
            f"the body is compressed with `{encoding}`; use gzip, zstd, or send it plain",
        )
    if not (compression := _COMPRESSIONS[name]):
        if len(data) > most:
            raise _too_large(most)
        return data
    pieces, size = [], 0
    try:
        for piece in chunks(BytesIO(data), compression):
            pieces.append(piece)
            size += len(piece)
            if size > most:
                raise _too_large(most)
    except Damage as damage:
        raise Refusal("bad_request", str(damage).replace("the file", "the body")) from None
    return b"".join(pieces)


def _too_large(most: int) -> Refusal:
    return Refusal("too_large", f"the body is more than {most >> 20} MiB when it is unpacked")
