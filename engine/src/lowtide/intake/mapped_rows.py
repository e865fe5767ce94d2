"""What the core made of a part of a document becomes rows for the journal: the bytes, the places they take, their time.

A row of the journal is one line of JSON with all its columns, so that another map can be tried on it. Where a map makes
ids of columns and counts equal ones, the core writes the count into the row (`_occurrence`), because the rows are put in
another order and a frame does not hold the whole document.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

if TYPE_CHECKING:
    from lowtide.core import MappedRows


Movement = dict[str, Any]
"""A movement in our own JSON form."""


class Row(NamedTuple):
    """One line of a document on its way into the journal."""

    data: bytes
    """One line of JSON without its end."""
    places: int
    """Movements that come of it, at least one place."""
    time: int | None
    """Event time of its first movement in ms since 1970."""
    is_reject: bool
    """Whether something of it cannot be used."""


def rows_of(mapped: MappedRows, ndjson: bytes) -> list[Row]:
    """The rows of a part of a document; `ndjson` has them as the journal keeps them, a line each."""
    lines = [line.rstrip(b"\r") for line in ndjson.split(b"\n") if line.strip()]
    movements = Counter(mapped.movement_rows)
    rejects = {reject[0] for reject in mapped.rejects}
    return [
        Row(line, max(1, movements[number]), time, number in rejects)
        for number, (line, time) in enumerate(zip(lines, mapped.times, strict=True))
    ]


def movements_of(mapped: MappedRows) -> list[list[Movement]]:
    """The movements of each row of a part of a document."""
    movements: list[list[Movement]] = [[] for _ in range(mapped.rows)]
    texts = [text for text in mapped.movements.split(b"\n") if text]
    for number, text in zip(mapped.movement_rows, texts, strict=True):
        movements[number].append(orjson.loads(text))
    return movements


def codes_of(mapped: MappedRows) -> Counter[str]:
    """How many rows of a part are `good` or `skipped`, or rejects of a code."""
    return Counter(reject[2] for reject in mapped.rejects) + Counter(good=mapped.good, skipped=mapped.skipped)


def with_key(row: bytes, name: str, value: object) -> bytes:
    """A line of JSON with one more key at its end.

    >>> with_key(b'{"a":1}', "_line", 7)
    b'{"a":1,"_line":7}'
    """
    end = row.rstrip()[:-1].rstrip()
    comma = b"" if end.endswith(b"{") else b","
    return b"".join((end, comma, orjson.dumps(name), b":", orjson.dumps(value), b"}"))
