"""The door of the room: a document and its format choose the reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from lowtide.readers.reading import BadDocument, Reading
from lowtide.readers.rows import chunks

Reader = Callable[[Path | bytes, Reading, str], Iterator[bytes]]
FORMATS = ("xlsx", "x12", "edifact", "epcis", "poslog", "xml")
"""The formats that this room reads; `xlsx` stands for every spreadsheet."""


def rows_of(source: Path | bytes, reading: Reading, *, name: str) -> Iterator[bytes]:
    """The rows of a document as chunks of whole lines of JSON, each at most 1 MiB.

    `name` is the document's name in messages. Raises BadDocument where the document as a whole cannot be read: with the
    first chunk, never after it. OSError is raised where the file itself cannot be read.
    """
    return chunks(_reader(reading.format, name)(source, reading, name))


def _reader(format: str, name: str) -> Reader:
    """A reader is imported when a document needs it: the child of a spreadsheet starts without the others."""
    match format:
        case "xlsx":
            from lowtide.readers.workbook import workbook_rows

            return workbook_rows
        case "x12":
            from lowtide.readers.edi import x12_rows

            return x12_rows
        case "edifact":
            from lowtide.readers.edi import edifact_rows

            return edifact_rows
        case "epcis":
            from lowtide.readers.epcis import epcis_rows

            return epcis_rows
        case "poslog":
            from lowtide.readers.xml import poslog_rows

            return poslog_rows
        case "xml":
            from lowtide.readers.xml import record_rows

            return record_rows
    raise BadDocument(f"`{name}`: documents of the format `{format}` are not read by this room")
