"""X12: purchase orders, acknowledgements, ship notices, receipts, product activity and inventory become rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lowtide.readers.edi.columns import Columns, x12_columns
from lowtide.readers.edi.dates import x12_iso
from lowtide.readers.edi.interchange import Dialect, Interchanges, Names
from lowtide.readers.edi.loops import Loop, Shape, row_loops
from lowtide.readers.edi.segments import BrokenSegments, Segment, segments, x12_opening
from lowtide.readers.reading import BadDocument, Reading
from lowtide.readers.source import text

SETS = {
    "846": Shape(item="LIN", part="QTY"),
    "850": Shape(item="PO1"),
    "852": Shape(item="LIN", part="ZA"),
    "855": Shape(item="PO1", part="ACK"),
    "856": Shape(tree="HL"),
    "860": Shape(item="POC"),
    "861": Shape(item="RCD"),
}

_ISSUED = {
    "846": (("BIA04", "BIA05"),),
    "850": (("BEG05", ""),),
    "852": (("XQ03", ""), ("XQ02", "")),
    "855": (("BAK04", ""),),
    "856": (("BSN03", "BSN04"),),
    "860": (("BCH06", ""),),
    "861": (("BRA02", "BRA05"),),
}
"""The elements with the date and the time of a set; the first of them that is there."""
_ITEMS = tuple(
    (f"{segment}.{qualifier}", qualifier)
    for qualifier in ("BP", "IN", "SK", "UP", "EN", "UK", "VN")
    for segment in ("LIN", "PO1", "POC", "ACK")
)
"""Where an item number may stand: the buyer's own before the common ones before the vendor's."""


def x12_rows(source: Path | bytes, reading: Reading, name: str) -> Iterator[bytes]:
    """The lines of the rows of a document of X12. Raises BadDocument where it does not begin with an interchange."""
    parts = segments(text(source, reading.encoding or "utf-8"), x12_opening, "IEA")
    try:
        yield from Interchanges(_X12).lines(parts)
    except BrokenSegments as broken:
        raise BadDocument(f"`{name}` {broken.message}: it is not X12") from None


def _sender(isa: Segment) -> Columns:
    """Not the first four elements: two of them may be passwords."""
    values = {
        f"ISA{at:02}": element.strip() for at, element in enumerate(isa.elements[5:17], 5) if element.strip()
    }
    names = (("sender", "ISA06"), ("receiver", "ISA08"), ("interchange", "ISA13"))
    return {column: values[key] for column, key in names if key in values} | values


def _group(gs: Segment) -> Columns:
    values = {
        f"GS{at:02}": element.strip() for at, element in enumerate(gs.elements[1:9], 1) if element.strip()
    }
    return {"sent": x12_iso(values["GS04"], values.get("GS05", ""))} | values if "GS04" in values else values


def _kind(st: Segment) -> str:
    return st.elements[1].strip() if len(st.elements) > 1 else ""


def _rows(kind: str, parts: list[Segment], envelope: Columns) -> list[tuple[int, Columns]] | None:
    shape = SETS.get(kind)
    if shape is None:
        return None
    return [
        (loop.segments[0].number, _named(kind, row))
        for loop in row_loops(parts, shape, envelope)
        for row in _stores(loop)
    ]


def _named(kind: str, columns: Columns) -> Columns:
    """Adds `issued`, `item` and `item.qualifier`: what every set has, by one name."""
    for date, time in _ISSUED[kind]:
        if date in columns:
            columns["issued"] = x12_iso(columns[date], columns.get(time, ""))
            break
    for key, qualifier in _ITEMS:
        if key in columns:
            columns["item"] = columns[key]
            columns["item.qualifier"] = qualifier
            break
    return columns


def _stores(loop: Loop) -> list[Columns]:
    """A loop with SDQ is one row for each store that it names: `SDQ*EA*92*0330*12*0331*6`."""
    columns = loop.row(x12_columns)
    rows = []
    for segment in loop.segments:
        if segment.elements[0] != "SDQ":
            continue
        unit, qualifier, *pairs = [element.strip() for element in segment.elements[1:23]] + [""] * 2
        for store, quantity in zip(pairs[::2], pairs[1::2], strict=False):
            if store or quantity:
                values = {
                    "SDQ.unit": unit,
                    "SDQ.qualifier": qualifier,
                    "SDQ.store": store,
                    "SDQ.quantity": quantity,
                }
                rows.append(columns | {key: value for key, value in values.items() if value})
    return rows or [columns]


_X12 = Dialect(
    "X12", Names(("ISA", "IEA"), ("GS", "GE"), ("ST", "SE")), _sender, _group, (13, 6, 2), _kind, _rows
)
