"""Blocks of the engine joined to one answer.

The engine hands out an answer in blocks of some 65,000 rows, each written as if it were alone, with its header. In
formats whose only frame is a header at the top, the answer is the first block and the others without it. Other
formats (Arrow, Parquet, JSON, …) are made whole before the first byte leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from lowtide.warehouse.http.faults import fault
from lowtide.warehouse.http.native import varint

Cut = Callable[[bytes], int]
"""How long the header of a block is."""


def _nothing(_: bytes) -> int:
    return 0


def _lines(count: int) -> Cut:
    """Header lines; no name in them has a line break that is not escaped."""

    def cut(block: bytes) -> int:
        at = 0
        for _ in range(count):
            at = block.find(b"\n", at) + 1
        return at

    return cut


def _csv_lines(count: int) -> Cut:
    """Header lines whose quoted names may have line breaks."""

    def cut(block: bytes) -> int:
        at, left, inside = 0, count, False
        while left and at < len(block):
            inside ^= block[at] == 0x22
            left -= block[at] == 0x0A and not inside
            at += 1
        return at

    return cut


def _binary(strings: int) -> Cut:
    """A number of columns, and so many names and types, each behind its length."""

    def cut(block: bytes) -> int:
        columns, at = varint(block, 0)
        for _ in range(columns * strings):
            length, at = varint(block, at)
            at += length
        return at

    return cut


def _family(names: str, lines: Callable[[int], Cut]) -> dict[str, Cut]:
    found: dict[str, Cut] = {}
    for name in names.split():
        found |= {name: _nothing, f"{name}WithNames": lines(1), f"{name}WithNamesAndTypes": lines(2)}
    return found


CUTS: dict[str, Cut] = {
    "Native": _nothing, "JSONEachRow": _nothing, "JSONLines": _nothing, "NDJSON": _nothing, "LineAsString": _nothing,
    "JSONStringsEachRow": _nothing, "TSKV": _nothing, "RawBLOB": _nothing,
    **_family("TabSeparated TSV TabSeparatedRaw TSVRaw JSONCompactEachRow JSONCompactStringsEachRow", _lines),
    **_family("CSV", _csv_lines), **_family("RowBinary", _binary),
}  # fmt: skip


def streamable(verb: str, fmt: str) -> bool:
    """Whether the answer to a statement, in a format, may leave block by block."""
    return verb in ("SELECT", "WITH", "FROM") and fmt in CUTS


def joined(result: Any, fmt: str) -> Generator[bytes]:
    """The pieces of an answer, in order. Raises Fault where the engine stops with an error."""
    cut = CUTS[fmt]
    first = True
    try:
        while (block := _fetched(result)) is not None:
            data = bytes(block.bytes())
            yield data if first else data[cut(data) :]
            first = False
    finally:
        # A handle whose stream is left open answers its next statement with nothing.
        result.cancel()


def _fetched(result: Any) -> Any:
    try:
        return result.fetch()
    except RuntimeError as error:
        raise fault(str(error)) from error
