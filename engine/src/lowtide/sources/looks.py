"""What a file looks like from its first bytes, where its name says something else."""

from __future__ import annotations

_MAGIC = (
    (b"PK\x03\x04", "an Excel workbook: let its name end in `.xlsx`"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook: let its name end in `.xls`"),
    (b"\x1f\x8b", "a gzip stream: let its name end in `.gz`"),
    (b"\x28\xb5\x2f\xfd", "a zstd stream: let its name end in `.zst`"),
    (b"ARROW1", "an Arrow or Feather file: write it as Parquet"),
    (b"PAR1", "a Parquet file: let its name end in `.parquet`"),
    (b"%PDF", "a PDF document: export the movements as CSV"),
)


def other_kind(head: bytes) -> str | None:
    """What a file is that was taken for text, and what to do about it; None if nothing speaks against text.

    >>> other_kind(b"PK\\x03\\x04...")
    'an Excel workbook: let its name end in `.xlsx`'
    """
    for magic, what in _MAGIC:
        if head.startswith(magic):
            return what
    start = head.lstrip()[:64].lower()
    if start.startswith((b"<?xml", b"<!doctype", b"<html", b"<soap", b"<poslog")):
        return "XML or HTML: begin a map for it with `lowtide map guess FILE`, or export CSV or JSON lines"
    return None
