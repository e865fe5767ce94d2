"""Blocks of ClickHouse, joined to one answer.

chDB gives an answer in blocks of some 65,000 rows, each with a header, as if it were the only one. In
formats that have only a header around the rows, the answer is the first block, and the others without their header. Other
formats (Arrow, Parquet, JSON, …) are made whole before the first byte leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from lowtide.warehouse.http.errors import query_error
from lowtide.warehouse.http.native import varint

Cut = Callable[[bytes], int]
"""Gives the length of a block's header in bytes."""


def _nothing(_: bytes) -> int:
    return 0


def _lines(count: int) -> Cut:
    """So many header lines; line breaks in names are escaped."""

    def cut(block: bytes) -> int:
        at = 0
        for _ in range(count):
            at = block.find(b"\n", at) + 1
        return at

    return cut


def _csv_lines(count: int) -> Cut:
    """So many header lines, in which quoted names may have line breaks."""

    def cut(block: bytes) -> int:
        at, left, inside = 0, count, False
        while left and at < len(block):
            inside ^= block[at] == 0x22
            left -= block[at] == 0x0A and not inside
            at += 1
        return at

    return cut


def _binary(strings: int) -> Cut:
    """The number of columns, and for each column so many texts, each after its length."""

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
    """The pieces of an answer, in order. Raises QueryError if ClickHouse stops with an error."""
    cut = CUTS[fmt]
    first = True
    try:
        while (block := _fetched(result)) is not None:
            data = bytes(block.bytes())
            yield data if first else data[cut(data) :]
            first = False
    finally:
        # A handle whose stream is still open gives an empty answer to its next statement.
        result.cancel()


def _fetched(result: Any) -> Any:
    try:
        return result.fetch()
    except RuntimeError as error:
        raise query_error(str(error)) from error
