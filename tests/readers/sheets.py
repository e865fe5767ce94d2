"""Spreadsheets written by hand, so that the tests say each byte of them and need no library that writes."""

from __future__ import annotations

import datetime
import io
import struct
import zipfile
from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    "</Types>"
)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/>'
    '<numFmt numFmtId="165" formatCode="hh:mm:ss"/></numFmts>'
    '<fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="164" applyNumberFormat="1"/>'
    '<xf numFmtId="165" applyNumberFormat="1"/>'
    "</cellXfs></styleSheet>"
)
DATE_STYLE, TIME_STYLE = 1, 2


class Number(NamedTuple):
    """A number cell with its text in the file and its style."""

    text: str
    style: int = 0


class Formula(NamedTuple):
    """A cell that holds an error, as a formula leaves it."""

    error: str


Cell = str | int | bool | Number | Formula | datetime.datetime | None


def xlsx(*sheets: tuple[str, Sequence[Sequence[Cell]]], more: dict[str, bytes] | None = None) -> bytes:
    """A workbook of sheets with inline texts; `more` are further members of the archive."""
    names = "".join(
        f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, (name, _) in enumerate(sheets, 1)
    )
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELATION}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, len(sheets) + 1)
    )
    styles = f'<Relationship Id="rId900" Type="{_RELATION}/styles" Target="styles.xml"/>'
    members = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" '
        f'Type="{_RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATION}"><sheets>{names}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">{relations}{styles}</Relationships>',
        "xl/styles.xml": _STYLES,
    }
    for number, (_, rows) in enumerate(sheets, 1):
        members[f"xl/worksheets/sheet{number}.xml"] = _sheet(rows)
    return archive({name: text.encode() for name, text in members.items()} | (more or {}))


def archive(members: dict[str, bytes]) -> bytes:
    """A zip file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in members.items():
            zipped.writestr(name, data)
    return out.getvalue()


def far_corner() -> bytes:
    """A small workbook with the first and the last cell that a sheet can have."""
    cell = '<c r="{0}" t="inlineStr"><is><t>x</t></is></c>'
    rows = f'<row r="1">{cell.format("A1")}</row><row r="1048576">{cell.format("XFD1048576")}</row>'
    sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    with zipfile.ZipFile(io.BytesIO(xlsx(("S", [])))) as zipped:
        members = {name: zipped.read(name) for name in zipped.namelist()}
    return archive(members | {"xl/worksheets/sheet1.xml": sheet.encode()})


def ods(name: str, rows: Sequence[Sequence[Cell]]) -> bytes:
    """An OpenDocument spreadsheet of one sheet."""
    body = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
    office = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{office}:office:1.0" '
        f'xmlns:table="{office}:table:1.0" xmlns:text="{office}:text:1.0" office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="{escape(name)}">{body}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<manifest:manifest xmlns:manifest="{office}:manifest:1.0" manifest:version="1.2">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    return archive(
        {
            "mimetype": kind.encode(),
            "content.xml": content.encode(),
            "META-INF/manifest.xml": manifest.encode(),
        }
    )


_BIFF_ERRORS = {"#NULL!": 0, "#DIV/0!": 7, "#VALUE!": 15, "#REF!": 23, "#NAME?": 29, "#NUM!": 36, "#N/A": 42}


def xls(rows: Sequence[Sequence[str | float | Formula]], as_formula: bool = False) -> bytes:
    """A workbook of one sheet as programs of the nineties wrote it (BIFF5): texts, numbers and failed formulas.

    A failed formula is written as the formula's result, or as a cell that holds the error alone.
    """
    sheet = _record(0x0809, struct.pack("<HHHH", 0x0500, 0x0010, 0, 1993))
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                text = cell.encode("cp1252")
                sheet += _record(0x0204, struct.pack("<HHHH", at, column, 0, len(text)) + text)
            elif isinstance(cell, Formula) and as_formula:
                result = struct.pack("<BBBBBBH", 2, 0, _BIFF_ERRORS[cell.error], 0, 0, 0, 0xFFFF)
                sheet += _record(
                    0x0006, struct.pack("<HHH", at, column, 0) + result + struct.pack("<HIH", 0, 0, 0)
                )
            elif isinstance(cell, Formula):
                sheet += _record(0x0205, struct.pack("<HHHBB", at, column, 0, _BIFF_ERRORS[cell.error], 1))
            else:
                sheet += _record(0x0203, struct.pack("<HHHd", at, column, 0, cell))
    sheet += _record(0x000A, b"")
    start = _record(0x0809, struct.pack("<HHHH", 0x0500, 0x0005, 0, 1993))
    start += _record(0x0042, struct.pack("<H", 1252))
    bound = struct.pack("<IHB", 0, 0, 1) + b"S"
    length = len(start) + len(_record(0x0085, bound)) + len(_record(0x000A, b""))
    start += _record(0x0085, struct.pack("<IHB", length, 0, 1) + b"S") + _record(0x000A, b"")
    return _container(start + sheet)


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _container(stream: bytes) -> bytes:
    """A compound file (the container of .xls) with one stream called Book, padded to 4,096 bytes."""
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(stream) // 512
    free, end, fat_sector = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    assert sectors + 2 <= 128, "one sector of the table of sectors is enough for a test"
    table = [*range(1, sectors), end, end, fat_sector]
    fat = struct.pack("<128I", *(table + [free] * (128 - len(table))))
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIIII", 0, 1, sectors, 0, 4096, end, 0, end, 0, sectors + 1)
    header += struct.pack("<108I", *([free] * 108))
    directory = _entry("Root Entry", 5, 1, end, 0) + _entry("Book", 2, free, 0, len(stream))
    directory += _entry("", 0, free, 0, 0) * 2
    return header + stream + directory + fat


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = (name + "\0").encode("utf-16-le") if name else b""
    free = 0xFFFFFFFF
    return text.ljust(64, b"\0") + struct.pack(
        "<HBBIII16xI8x8xIII", len(text), kind, 1, free, free, child, 0, start, size, 0
    )


def _sheet(rows: Sequence[Sequence[Cell]]) -> str:
    lines = (
        f'<row r="{at}">{"".join(_xlsx_cell(cell, at, column) for column, cell in enumerate(row))}</row>'
        for at, row in enumerate(rows, 1)
    )
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def _xlsx_cell(cell: Cell, row: int, column: int) -> str:
    place = f'r="{chr(65 + column)}{row}"'
    match cell:
        case None:
            return ""
        case bool():
            return f'<c {place} t="b"><v>{int(cell)}</v></c>'
        case Number():
            return f'<c {place} s="{cell.style}"><v>{cell.text}</v></c>'
        case Formula():
            return f'<c {place} t="e"><f>1/0</f><v>{cell.error}</v></c>'
        case int():
            return f"<c {place}><v>{cell}</v></c>"
        case datetime.datetime():
            since = cell - datetime.datetime(1899, 12, 30)
            return f'<c {place} s="{DATE_STYLE}"><v>{since / datetime.timedelta(days=1)!r}</v></c>'
        case _:
            return f'<c {place} t="inlineStr"><is><t>{escape(cell)}</t></is></c>'


def _ods_cell(cell: Cell) -> str:
    match cell:
        case None:
            return "<table:table-cell/>"
        case bool():
            return (
                f'<table:table-cell office:value-type="boolean" office:boolean-value="{str(cell).lower()}"/>'
            )
        case Number(text=text):
            return f'<table:table-cell office:value-type="float" office:value="{text}"/>'
        case Formula(error=error):
            return f'<table:table-cell office:value-type="string"><text:p>{error}</text:p></table:table-cell>'
        case int():
            return f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
        case datetime.datetime():
            return f'<table:table-cell office:value-type="date" office:date-value="{cell.isoformat()}"/>'
        case _:
            text = f"<text:p>{escape(cell)}</text:p>"
            return f'<table:table-cell office:value-type="string">{text}</table:table-cell>'
