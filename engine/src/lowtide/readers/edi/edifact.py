"""EDIFACT: orders, their answers, despatch and receipt advices, inventory and sales reports become rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from lowtide.readers.edi.columns import Columns, edifact_columns, edifact_level
from lowtide.readers.edi.dates import x12_iso
from lowtide.readers.edi.interchange import Dialect, Interchanges, Names
from lowtide.readers.edi.loops import Loop, Shape, row_loops
from lowtide.readers.edi.segments import BrokenSegments, Segment, components, edifact_opening, segments
from lowtide.readers.reading import BadDocument, Reading
from lowtide.readers.source import pieces, text

_END = ("UNS", "CNT")
SETS = {
    "ORDERS": Shape(item="LIN", end=_END),
    "ORDRSP": Shape(item="LIN", end=_END),
    "DESADV": Shape(item="LIN", tree="CPS", end=_END),
    "RECADV": Shape(item="LIN", tree="CPS", end=_END),
    "INVRPT": Shape(item="LIN", end=_END),
    "SLSRPT": Shape(item="LIN", around="LOC", end=_END),
}
_ENCODINGS = {
    "UNOA": "ascii", "UNOB": "ascii", "UNOC": "iso8859-1", "UNOD": "iso8859-2", "UNOE": "iso8859-5", "UNOF": "iso8859-7",
    "UNOG": "iso8859-3", "UNOH": "iso8859-4", "UNOI": "iso8859-6", "UNOJ": "iso8859-8", "UNOK": "iso8859-9",
    "UNOW": "utf-8", "UNOY": "utf-8",
}  # fmt: skip
_HEAD_BYTES = 4096


def edifact_rows(source: Path | bytes, reading: Reading, name: str) -> Iterator[bytes]:
    """The lines of the rows of a document of EDIFACT. Raises BadDocument where it does not begin with an interchange."""
    encoding = reading.encoding or _encoding(source)
    parts = segments(text(source, encoding), edifact_opening, "UNZ")
    try:
        yield from Interchanges(_EDIFACT).lines(parts)
    except BrokenSegments as broken:
        raise BadDocument(f"`{name}` {broken.message}: it is not EDIFACT") from None


def _encoding(source: Path | bytes) -> str:
    """That of the syntax that the first UNB names (`UNOC` is ISO 8859-1)."""
    head = next(pieces(source), b"")[:_HEAD_BYTES]
    at = head.find(b"UNO")
    return _ENCODINGS.get(head[at : at + 4].decode("ascii", "replace"), "utf-8") if at >= 0 else "utf-8"


def _sender(unb: Segment) -> Columns:
    columns = edifact_level([unb])
    columns.pop("UNB06", None)  # a password
    columns.pop("UNB06.2", None)
    names = (("sender", "UNB02"), ("receiver", "UNB03"), ("interchange", "UNB05"))
    named = {column: columns[key] for column, key in names if key in columns} | columns
    if "UNB04" in columns:
        named["sent"] = x12_iso(columns["UNB04"], columns.get("UNB04.2", ""))
    return named


def _group(ung: Segment) -> Columns:
    return edifact_columns([ung])


def _kind(unh: Segment) -> str:
    return components(unh.elements[2], unh.delimiters)[0].strip() if len(unh.elements) > 2 else ""


def _rows(kind: str, parts: list[Segment], envelope: Columns) -> list[tuple[int, Columns]] | None:
    shape = SETS.get(kind)
    if shape is None:
        return None
    return [
        (loop.segments[0].number, _named(row))
        for loop in row_loops(parts, shape, envelope)
        for row in _quantities(loop)
    ]


def _named(columns: Columns) -> Columns:
    """Adds `issued`, `item` and `item.qualifier`: what every message has, by one name."""
    if "DTM.137.iso" in columns:
        columns["issued"] = columns["DTM.137.iso"]
    key = "LIN03" if "LIN03" in columns else "PIA02"
    if key in columns:
        columns["item"] = columns[key]
        if f"{key}.2" in columns:
            columns["item.qualifier"] = columns[f"{key}.2"]
    return columns


def _quantities(loop: Loop) -> list[Columns]:
    """An item for several places, or with several quantities of one qualifier, is one row for each.

    `QTY+21:30 LOC+7+A QTY+11:10 LOC+7+B QTY+11:20` are two rows; both have the QTY 21.
    """
    own = loop.segments
    starts = _starts(own) if own[0].elements[0] == "LIN" else []
    if len(starts) < 2:
        return [loop.row(edifact_columns)]
    around = loop.around(edifact_columns)
    ends = [*starts[1:], len(own)]
    return [
        around | edifact_columns([*own[start:end], *own[: starts[0]]])
        for start, end in zip(starts, ends, strict=True)
    ]


def _starts(own: list[Segment]) -> list[int]:
    """Where the rows of an item begin.

    Some messages write the place before its quantities, others after them: then the last of all is a place.
    """
    names = [segment.elements[0] for segment in own]
    if names.count("QTY") < 2 and names.count("LOC") < 2:
        return []
    order = [(at, name, _qualifier(own[at])) for at, name in enumerate(names) if name in ("QTY", "LOC")]
    if _most_often(order, "LOC") > 1:
        first, after = ("QTY", "LOC") if order[-1][1] == "LOC" else ("LOC", "QTY")
        before = [after, *(name for _, name, _ in order)]
        return [
            at for (at, name, _), last in zip(order, before, strict=False) if name == first and last == after
        ]
    starts: list[int] = []
    taken: set[str] = set()
    if _most_often(order, "QTY") > 1:
        for at, name, qualifier in order:
            if name == "QTY" and (not starts or qualifier in taken):
                starts.append(at)
                taken = set()
            taken.add(qualifier)
    return starts


def _most_often(order: list[tuple[int, str, str]], name: str) -> int:
    """How often one qualifier of a segment comes in an item, at most."""
    return max(Counter(qualifier for _, each, qualifier in order if each == name).values(), default=0)


def _qualifier(segment: Segment) -> str:
    return components(segment.elements[1], segment.delimiters)[0] if len(segment.elements) > 1 else ""


_EDIFACT = Dialect(
    "EDIFACT", Names(("UNB", "UNZ"), ("UNG", "UNE"), ("UNH", "UNT")), _sender, _group, (5, 5, 1), _kind, _rows
)
