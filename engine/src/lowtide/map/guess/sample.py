"""The first rows of a sample, whatever it is: text in any encoding, a workbook, JSON, Parquet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from lowtide.errors import InputError, SettingsError
from lowtide.map.guess.draft import Reason, reason
from lowtide.map.guess.encodings import encoding_of
from lowtide.map.guess.table import Table, table_of, table_of_records
from lowtide.map.guess.tree import records_of, tree_of
from lowtide.readers import BadDocument, Reading, rows_of
from lowtide.rows import plain
from lowtide.sources.header import NEEDED
from lowtide.sources.stream import COMPRESSIONS, Damage, chunks

Row = dict[str, str]
MOST_ROWS = 1000
_MOST_TEXT = 8 << 20
_STANDARDS = (
    ("ISA", "x12", "X12"), ("UNA", "edifact", "EDIFACT"), ("UNB", "edifact", "EDIFACT"),
)  # fmt: skip
_HINT = "`lowtide map guess` reads CSV, xlsx, xls, ods, JSON, JSON lines and Parquet."


@dataclass
class Sample:
    """The first rows of a sample by column, and how they were read."""

    name: str
    format: str
    columns: list[str]
    rows: list[Row]
    read: list[tuple[str, str, Reason]] = field(default_factory=list)
    """Lines of `read:`: key, value, why."""
    titles: tuple[str, ...] = ()
    delimiter: str = ","
    own: bool = False
    """Whether its rows are movements already."""
    shipped: str = ""
    """The shipped map that reads such documents."""
    what: str = ""
    """The name of the standard."""
    note: Reason | None = None
    """What stands in the way of a map, if something does."""


def read_sample(path: Path) -> Sample:
    """The first rows of a file. Raises InputError if it cannot be opened, SettingsError if nothing reads it."""
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as error:
        raise InputError(f"`{path}` cannot be opened: {error.strerror}") from error
    if not head:
        raise SettingsError(f"`{path}` is empty", _HINT)
    if head.startswith(b"PAR1"):
        return _parquet(path)
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _workbook(path)
    return _text(path)


def _parquet(path: Path) -> Sample:
    try:
        with pq.ParquetFile(path) as file:
            batch = next(file.iter_batches(MOST_ROWS), None)
    except (pa.ArrowException, OSError) as error:
        raise SettingsError(f"`{path}` is not a Parquet file that can be read: {error}", _HINT) from error
    records: list[Any] = [] if batch is None else [plain(row) for row in batch.to_pylist()]
    tree = tree_of(records)
    sample = Sample(path.name, "parquet", tree.columns, tree.rows, note=tree.note)
    sample.own = _is_own(sample.columns)
    return sample


def _workbook(path: Path) -> Sample:
    reading = Reading(format="xlsx", header=0)
    try:
        lines = [
            orjson.loads(line)
            for line in islice(_lines(rows_of(path, reading, name=path.name)), MOST_ROWS + 20)
        ]
    except BadDocument as error:
        raise SettingsError(f"`{path}` cannot be read: {error}", _HINT) from error
    records = [
        (line["_line"], [str(cell) for name, cell in line.items() if not name.startswith("_")])
        for line in lines
        if "_reject" not in line
    ]
    table = table_of_records(records)
    if table is None:
        raise SettingsError(f"`{path}` holds no table with two columns on its first sheet", _HINT)
    sample = _of_table(path, "xlsx", table)
    if table.header != 1:
        sample.read.append(("header", str(table.header), reason("header")))
    return sample


def _lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        yield from piece.splitlines()


def _text(path: Path) -> Sample:
    data = _beginning(path)
    encoding = encoding_of(data)
    if encoding is None:
        raise SettingsError(f"`{path}` does not look like text, a workbook or Parquet", _HINT)
    why = (
        []
        if encoding.why is None or encoding.name == "utf-8"
        else [("encoding", encoding.name, encoding.why)]
    )
    start = encoding.text.lstrip("\ufeff \r\n\t")
    for mark, shipped, what in _STANDARDS:
        if start.startswith(mark) and not start[3:4].isalnum() and "\n" not in start[:4]:
            return Sample(path.name, shipped, [], [], shipped=shipped, what=what)
    if start.startswith("<"):
        shipped, what = ("poslog", "POSLog") if "poslog" in start[:2000].lower() else ("", "XML")
        return Sample(path.name, "xml", [], [], shipped=shipped, what=what)
    if start.startswith(("{", "[")):
        return _json(path, start, why)
    table = table_of(encoding.text, MOST_ROWS)
    if table is None:
        raise SettingsError(f"`{path}` holds no table: no line of it has two names of columns", _HINT)
    sample = _of_table(path, "csv", table)
    sample.read = why
    delimiter = {"\t": "tab"}.get(table.delimiter, f'"{table.delimiter}"')
    sample.read.append(("delimiter", delimiter, reason("delimiter", columns=len(table.columns))))
    sample.read.append(
        (
            "header",
            str(table.header),
            reason("header" if table.header else "no_header"),
        )
    )
    sample.delimiter = table.delimiter
    return sample


def _beginning(path: Path) -> bytes:
    """The beginning of a file, unpacked, whole lines where there are some. JSON is read on, because only its end tells."""
    compression = COMPRESSIONS.get(path.suffix.lower(), "")
    data = b""
    try:
        with path.open("rb") as file:
            mark = file.read(4)
            file.seek(0)
            for chunk in chunks(file, compression):
                data += chunk
                most = 8 * _MOST_TEXT if data.lstrip()[:1] in (b"[", b"{") else _MOST_TEXT
                if len(data) >= most:
                    return data[: data.rfind(b"\n") + 1] or data
    except Damage as damage:
        if not data:
            raise SettingsError(f"`{path}`: {damage}", _HINT) from None
    return b"\xef\xbb\xbf" + data if mark.startswith(b"\xef\xbb\xbf") else data


def _json(path: Path, text: str, why: list[tuple[str, str, Reason]]) -> Sample:
    records = records_of(text, MOST_ROWS)
    if records is None:
        raise SettingsError(f"`{path}` begins like JSON and cannot be read as JSON or JSON lines", _HINT)
    first = next((record for record in records if isinstance(record, dict)), {})
    for shipped, what, is_it in (
        ("epcis", "EPCIS", "epcisBody" in first),
        (
            "debezium",
            "a Debezium topic",
            {"op", "after"} <= first.keys() or {"schema", "payload"} <= first.keys(),
        ),
        ("cloudevents", "CloudEvents", "specversion" in first),
    ):
        if is_it:
            return Sample(path.name, shipped, [], [], shipped=shipped, what=what)
    tree = tree_of(records)
    sample = Sample(path.name, "json", tree.columns, tree.rows, why, note=tree.note)
    if tree.each is not None:
        sample.read.append(("each", tree.each, reason("each")))
    sample.own = tree.each is None and _is_own(tree.columns)
    return sample


def _of_table(path: Path, form: str, table: Table) -> Sample:
    sample = Sample(path.name, form, table.columns, table.rows[:MOST_ROWS], titles=table.titles)
    sample.own = _is_own(table.columns)
    return sample


def _is_own(columns: list[str]) -> bool:
    names = {name.strip().lower() for name in columns}
    return names.issuperset(NEEDED)
