"""Failed formulas in an xls file: its container (a compound file) is opened, and the records of one sheet are walked.

container  512 bytes of header · sectors; a table (FAT) names the sector after each, a directory the first of each stream
stream     records: type u16, length u16, data. BOUNDSHEET names where a sheet begins; BOOLERR and FORMULA hold errors
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

Place = tuple[int, int]

_NAMES = tuple(name.encode("utf-16-le") for name in ("Workbook", "Book"))
_NO_SECTOR = 0xFFFFFFF0
"""Numbers from here on are not sectors."""
_EOF, _BOUNDSHEET, _BOOLERR, _BOF = 0x0A, 0x85, 0x0205, 0x0809
_FORMULAS = frozenset([0x0006, 0x0206, 0x0406])
_TEXTS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


class UnreadableContainer(Exception):
    """The file is not a whole compound file with a workbook."""


def biff_errors(data: bytes, sheet: int) -> dict[Place, str]:
    """Row and column (from 0) of each failed formula of a sheet (from 0), and what the cell shows.

    Raises UnreadableContainer.
    """
    try:
        stream = _workbook(data)
        starts = [
            struct.unpack_from("<I", stream, at)[0]
            for kind, at, _ in _records(stream, 0)
            if kind == _BOUNDSHEET
        ]
        return dict(_errors(stream, starts[sheet])) if sheet < len(starts) else {}
    except struct.error:
        raise UnreadableContainer("a record is cut off") from None


def _errors(stream: bytes, start: int) -> Iterator[tuple[Place, str]]:
    for kind, at, length in _records(stream, start):
        if kind == _BOOLERR and length >= 8:
            row, column, _, code, is_error = struct.unpack_from("<HHHBB", stream, at)
            if is_error:
                yield (row, column), _TEXTS.get(code, "#VALUE!")
        elif kind in _FORMULAS and length >= 14:
            row, column, _, what, code, rest = struct.unpack_from("<HHHBxBxxxH", stream, at)
            if what == 2 and rest == 0xFFFF:
                yield (row, column), _TEXTS.get(code, "#VALUE!")


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Type, place and length of the data of each record up to the end of the part that begins here."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, at + 4, length
        at += 4 + length


def _workbook(data: bytes) -> bytes:
    """The stream of the workbook."""
    shift, small_shift = struct.unpack_from("<HH", data, 30)
    directory, _, limit, small_table = struct.unpack_from("<IIII", data, 48)
    if not 7 <= shift <= 16 or not 2 <= small_shift <= shift:
        raise UnreadableContainer("the sizes of its sectors are wrong")
    size = 1 << shift
    table = _table(data, size)
    entries = _chain(data, table, directory, size, size)
    root, found = None, None
    for at in range(0, len(entries) - 127, 128):
        length = struct.unpack_from("<H", entries, at + 64)[0]
        name = entries[at : at + max(0, min(length, 64) - 2)]
        start, bytes_ = struct.unpack_from("<II", entries, at + 116)
        if entries[at + 66] == 5:
            root = start
        elif name in _NAMES and (found is None or name == _NAMES[0]):
            found = (start, bytes_)
    if found is None:
        raise UnreadableContainer("it does not hold a workbook")
    start, length = found
    if length >= limit or root is None:
        return _chain(data, table, start, size, size)[:length]
    small = _numbers(_chain(data, table, small_table, size, size))
    pool = _chain(data, table, root, size, size)
    return _chain(pool, small, start, 1 << small_shift, 0)[:length]


def _table(data: bytes, size: int) -> list[int]:
    """The sector after each sector."""
    sectors = list(struct.unpack_from("<109I", data, 76))
    following, count = struct.unpack_from("<II", data, 68)
    for _ in range(min(count, len(data) // size)):
        if following >= _NO_SECTOR:
            break
        numbers = struct.unpack_from(f"<{size // 4}I", data, (following + 1) * size)
        sectors += numbers[:-1]
        following = numbers[-1]
    table: list[int] = []
    for sector in sectors:
        if sector < _NO_SECTOR and len(table) * size <= len(data) * 4:
            table += _numbers(data[(sector + 1) * size : (sector + 2) * size])
    return table


def _chain(data: bytes, table: list[int], sector: int, size: int, before: int) -> bytes:
    """The bytes of a chain of sectors; `before` bytes stand before the first sector."""
    parts: list[bytes] = []
    for _ in range(len(data) // size + 1):
        if sector >= len(table):
            return b"".join(parts)
        start = before + sector * size
        parts.append(data[start : start + size])
        sector = table[sector]
    raise UnreadableContainer("its sectors stand in a circle")


def _numbers(data: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]))
