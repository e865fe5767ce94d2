"""Spreadsheets: what a person sees in a cell is its text, and no file ends more than its own reading."""

from __future__ import annotations

import datetime
import io
import struct
import subprocess
import sys
import threading
import zipfile

import pytest

from lowtide.readers import BadDocument, archive
from lowtide.readers.cells import text_of
from tests.readers.documents import rows
from tests.readers.sheets import TIME_STYLE, Formula, Number, far_corner, ods, xls, xlsx
from tests.readers.sheets import archive as zipped

MIDNIGHT = datetime.datetime(2026, 11, 22)
MORNING = datetime.datetime(2026, 11, 22, 10, 30)
TABLE = [
    ["Stock of Monday"],
    [],
    ["SKU", "Qty", None, "Day", "When", "Ok"],
    ["00123", 5, "x", MIDNIGHT, MORNING, True],
    [],
    ["00124", Number("0.30000000000000004"), None, MORNING.replace(hour=0, minute=0), MIDNIGHT, False],
    [Number("6901234567892"), Number("-1.5E-3"), None, None, Number("46348.437511574", 1), None],
]
EXPECTED = [
    {
        "_line": 4,
        "SKU": "00123",
        "Qty": "5",
        "Day": "2026-11-22",
        "When": "2026-11-22 10:30:00",
        "Ok": "true",
    },
    {
        "_line": 6,
        "SKU": "00124",
        "Qty": "0.3",
        "Day": "2026-11-22",
        "When": "2026-11-22 00:00:00",
        "Ok": "false",
    },
    {
        "_line": 7,
        "SKU": "6901234567892",
        "Qty": "-0.0015",
        "Day": "",
        "When": "2026-11-22 10:30:01",
        "Ok": "",
    },
]


def test_cells_of_xlsx_are_what_a_person_sees() -> None:
    assert rows(xlsx(("Notes", [["?"]]), ("Bestand", TABLE)), "xlsx", sheet="Bestand", header=3) == EXPECTED


def test_cells_of_ods_are_the_same() -> None:
    table = [*TABLE[:6], ["6901234567892", "-0.0015", None, None, MORNING.replace(second=1), None]]
    assert rows(ods("S", table), "xlsx", header=3) == EXPECTED


def test_an_xls_of_the_nineties_is_read() -> None:
    assert rows(xls([["SKU", "Qty"], ["Grün", 1.5], ["00123", 2.0]]), "xlsx") == [
        {"_line": 2, "SKU": "Grün", "Qty": "1.5"},
        {"_line": 3, "SKU": "00123", "Qty": "2"},
    ]


def test_columns_by_number_and_columns_of_one_name() -> None:
    assert rows(xlsx(("S", [["a", None, "c"], ["d"]])), "xlsx", header=0) == [
        {"_line": 1, "c1": "a", "c2": "", "c3": "c"},
        {"_line": 2, "c1": "d", "c2": "", "c3": ""},
    ]
    assert rows(xlsx(("S", [["a", " a ", "b\n c"], ["1", "2", "3"]])), "xlsx") == [
        {"_line": 2, "a": "1", "a.2": "2", "b c": "3"}
    ]


@pytest.mark.parametrize(
    "make",
    [
        lambda table: xlsx(("S", [["other"]]), ("T", table)),
        lambda table: ods("S", table),
        lambda table: xls(table),
        lambda table: xls(table, as_formula=True),
    ],
)
def test_a_failed_formula_is_never_an_empty_cell(make: object) -> None:
    document = make([["SKU", "Qty"], ["00123", Formula("#DIV/0!")], ["00124", 1]])  # type: ignore[operator]
    made = rows(document, "xlsx", sheet=2 if b"xl/" in document else 1)
    assert [(row["_line"], row.get("_reject"), row.get("Qty")) for row in made] == [
        (2, "wrong_type", None),
        (3, None, "1"),
    ]
    assert made[0]["_message"] == "`Qty` holds the error #DIV/0! of a formula"


def test_a_failed_formula_of_libre_office_is_found_by_its_place() -> None:
    good = ods("S", [["a", "b", "c"], ["x", None, Formula("#DIV/0!")], ["y", None, "z"]])
    with zipfile.ZipFile(io.BytesIO(good)) as members:
        parts = {name: members.read(name) for name in members.namelist()}
    kind = b'office:value-type="string"><text:p>#DIV/0!'
    failed = b'office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#DIV/0!'
    space = (
        b'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" xmlns:table='
    )
    content = parts["content.xml"].replace(kind, failed).replace(b"xmlns:table=", space, 1)
    assert [row.get("_reject") for row in rows(zipped(parts | {"content.xml": content}), "xlsx")] == [
        "wrong_type",
        None,
    ]


@pytest.mark.parametrize(
    ("reading", "sentence"),
    [
        ({"sheet": 2}, "does not have a sheet 2"),
        ({"sheet": "T"}, "does not have a sheet `T`; its sheets are `S`"),
        ({"header": 9}, "header should be line 9"),
        ({"header": 2}, "line 2 is empty"),
    ],
)
def test_a_sheet_or_header_that_is_not_there_is_said(reading: dict[str, object], sentence: str) -> None:
    with pytest.raises(BadDocument, match=sentence):
        rows(xlsx(("S", [["a"], [], ["b"]])), "xlsx", **reading)


def test_a_small_file_that_takes_all_memory_ends_its_child_alone() -> None:
    document = far_corner()
    assert len(document) < 2000
    with pytest.raises(BadDocument, match="1 GiB"):
        rows(document, "xlsx")
    assert rows(xlsx(("S", [["a"], ["1"]])), "xlsx") == [{"_line": 2, "a": "1"}]


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (b"", "not a spreadsheet"),
        (b"SKU,Qty\n1,2\n", "not a spreadsheet"),
        (xlsx(("S", [["a"]]))[:-30], "end of the zip file is missing"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "."),
        (zipped({"x.xml": b""}), "."),
        (xlsx(("S", [["a"]]), more={f"m{n}": b"" for n in range(1001)}), "more than 1000 files"),
        (xlsx(("S", [["a"]]), more={"zeros": bytes(4 << 20)}), "more than 100 times"),
        (xlsx(("S", [["a"]]), more={"../evil": b""}), "leads out of it"),
        (xlsx(("S", [["a"]]), more={"/evil": b""}), "leads out of it"),
        (xlsx(("S", [["a"]]), more={"x/..\\evil": b""}), "leads out of it"),
    ],
)
def test_each_limit_of_an_archive_has_a_sentence(document: bytes, sentence: str) -> None:
    with pytest.raises(BadDocument, match=sentence):
        rows(document, "xlsx")


def test_an_archive_that_says_more_than_256_mib_is_not_unpacked() -> None:
    document = xlsx(("S", [["a"]]), more={"big": b"x"})
    at = document.rindex(b"big") - 46
    assert document[at : at + 4] == b"PK\x01\x02"
    large = document[: at + 24] + struct.pack("<I", archive.MOST_UNPACKED) + document[at + 28 :]
    with pytest.raises(BadDocument, match="256 MiB"):
        rows(large, "xlsx")


def test_an_archive_whose_directory_is_too_large_is_not_loaded() -> None:
    document = xlsx(("S", [["a"]]))
    at = document.rindex(b"PK\x05\x06")
    large = document[: at + 12] + struct.pack("<I", 5 << 20) + document[at + 16 :]
    with pytest.raises(BadDocument, match="directory"):
        rows(large, "xlsx")


def test_the_child_can_open_neither_files_nor_connections() -> None:
    code = """
import socket, sys
from lowtide.readers.confinement import confine
confine()
for what in (socket.socket, lambda: open(sys.argv[0] or "/"), lambda: bytearray(2 << 30)):
    try:
        what()
    except (OSError, MemoryError) as error:
        print(type(error).__name__)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["OSError", "OSError", "MemoryError"]


def test_readers_side_by_side_wait_for_one_another() -> None:
    document = xlsx(("S", [["a"], ["1"]]))
    made: list[object] = []
    threads = [threading.Thread(target=lambda: made.append(rows(document, "xlsx"))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [[{"_line": 2, "a": "1"}]] * 3


def test_a_row_that_is_too_long_is_one_reject() -> None:
    made = rows(xlsx(("S", [["a", "b", "c"], ["x" * 30_000] * 3, ["1", "2", "3"]])), "xlsx")
    assert [row.get("_reject") for row in made] == ["too_long", None]


def test_times_and_durations_as_text() -> None:
    assert text_of(datetime.timedelta(hours=25, seconds=3)) == "25:00:03"
    assert text_of(datetime.timedelta(seconds=-1.5)) == "-00:00:01.500"
    assert text_of(datetime.time(7, 5)) == "07:05:00"
    assert text_of(datetime.datetime(2026, 11, 22, 10, 29, 59, 999_998)) == "2026-11-22 10:30:00"
    assert text_of(datetime.datetime.max).startswith("9999-12-31 23:59:59")
    assert rows(xlsx(("S", [["t"], [Number("0.4375", TIME_STYLE)]])), "xlsx") == [
        {"_line": 2, "t": "10:30:00"}
    ]
