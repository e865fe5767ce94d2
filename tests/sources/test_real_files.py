"""Files as programs write them: each gives the right stock, or one reject that says what it looks like, before any row."""

from __future__ import annotations

import gzip
import json

import pyarrow as pa
import pytest

from lowtide.core import Job
from lowtide.errors import SettingsError
from lowtide.policy import read_policy_text
from lowtide.runner.logs import open_logs
from lowtide.runner.order import Sorting
from lowtide.runner.replay import Replayed, replay_blocks
from lowtide.sources.block import Block, Messages

HEADER = "id,source,kind,sku,location,quantity,event_time"
ROWS = ("1,till,receipt,9001,330,10,2026-11-22T08:00:00Z", "2,till,sale,9001,330,2,2026-11-22T09:00:00Z")
TABLE = "\n".join((HEADER, *ROWS)) + "\n"


@pytest.fixture
def read(tmp_path):
    """Replays one file with these bytes, sorted as an export is and as it stands: both must give the same."""

    def replay(
        name: str, data: bytes, policy: str = "version: 1\n", time_format: str | None = None, **options
    ) -> Replayed:
        path = tmp_path / name
        path.write_bytes(data)
        job = Job.of(read_policy_text(policy, "policy"), partition="log", time_format=time_format)
        found = []
        for order in ("event", "arrival"):
            logs = open_logs([str(path)], order=order, sorting=Sorting(job, tmp_path), **options)
            (feed,) = logs.values()
            found.append(replay_blocks(job, feed))
        assert found[0].positions == found[1].positions
        rejects = [[(row["line"], row["reason"], row["message"]) for row in one.rejects] for one in found]
        assert sorted(rejects[0]) == sorted(rejects[1])
        return found[1]

    return replay


def stock(found: Replayed) -> dict[tuple[str, str], str]:
    return {(row["location"], row["sku"]): row["on_hand"] for row in found.positions}


def the_reject(found: Replayed) -> str:
    """The sentence of the one reject of a file of which nothing was read."""
    (row,) = found.rejects
    assert (row["reason"], found.counts["accepted"]) == ("unreadable_file", 0)
    return row["message"]


EIGHT = {("330", "9001"): "8"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_a_table_of_any_delimiter_line_end_and_encoding(read, delimiter, end, encoding):
    text = TABLE.replace(",", delimiter).replace("\n", end)
    data = text.encode(encoding)
    found = read("a.csv", b"\xfe\xff" + data if encoding == "utf-16-be" else data)
    assert (stock(found), found.rejects) == (EIGHT, [])


def test_a_carriage_return_behind_the_header_and_line_feeds_behind_the_rows(read):
    found = read("a.csv", TABLE.replace("\n", "\r", 1).encode())
    assert (stock(found), found.rejects) == (EIGHT, [])


def test_a_semicolon_goes_with_decimal_commas(read):
    found = read("a.csv", TABLE.replace(",", ";").replace(";2;", ";2,5;").encode())
    assert (stock(found), found.rejects) == ({("330", "9001"): "7.5"}, [])


def test_the_header_may_be_in_capitals_and_stand_below_a_title(read):
    title = "Movements of November\n\n"
    bad = ROWS[1].replace("sale", "gift") + "\n"
    found = read(
        "a.csv", (title + TABLE.replace(HEADER, HEADER.title()) + bad.replace("2,", "3,", 1)).encode()
    )
    assert stock(found) == EIGHT
    assert [(row["line"], row["reason"]) for row in found.rejects] == [(6, "unknown_kind")]


@pytest.mark.parametrize("columns", [HEADER + ",ref,reason", HEADER + ",,"])
def test_spreadsheets_leave_out_empty_cells_at_the_end_or_add_some(read, columns):
    rows = f"{columns}\n{ROWS[0]}\n{ROWS[1]},,,,\n"
    found = read("a.csv", rows.encode())
    assert (stock(found), found.rejects) == (EIGHT, [])


def test_a_chinese_export_is_read_with_its_encoding_and_never_by_half_without(read):
    table = f"{HEADER},reason\n{ROWS[0]},\n{ROWS[1]},破损\n".encode("gb18030")
    found = read("a.csv", table, encoding="gb18030")
    assert (stock(found), found.rejects) == (EIGHT, [])
    sentence = the_reject(read("a.csv", table))
    assert "line 3 is not UTF-8" in sentence
    assert "GB18030" in sentence
    assert "iconv -f GB18030" in sentence
    assert "--encoding gb18030" in sentence


def test_a_western_export_is_told_from_a_chinese_one(read):
    table = f"{HEADER},reason\n{ROWS[0]},cassé à Orléans\n".encode("cp1252")
    assert "Windows-1252" in the_reject(read("a.csv", table))
    assert stock(read("a.csv", table, encoding="cp1252")) == {("330", "9001"): "10"}


def test_the_wrong_encoding_is_one_reject(read):
    assert "utf-16" in the_reject(read("a.csv", b"\xff\xfei\x00d\x00" + b"\x00\xd8\x00\x00", encoding="auto"))
    assert "utf-16 (" in the_reject(read("a.csv", TABLE.encode(), encoding="utf-16"))


def test_the_setting_is_for_the_files_that_are_not_utf8(read):
    """One of the files of four shops is from a Chinese Windows: its setting does not change the names of the others."""
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "gb18030"):
        found = read("a.csv", TABLE.replace("9001", "香蕉").encode(encoding), encoding="gb18030")
        assert (stock(found), found.rejects) == ({("330", "香蕉"): "8"}, [])
    found = read("a.csv", TABLE.encode("utf-16-le"), encoding="utf-16-le")
    assert (stock(found), found.rejects) == (EIGHT, [])


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_a_large_file_with_the_wrong_encoding_is_not_read_by_half(read, name):
    """The byte that does not fit is in a later chunk than the first rows."""
    line = TABLE if name == "a.csv" else json.dumps(movements()[0]) + "\n"
    blank = b" " * 100 + b"\n"
    data = line.encode() + blank * 12_000 + b"\xff\xff\n"
    sentence = the_reject(read(name, data, encoding="gb18030"))
    assert sentence.startswith(f"line {12_001 + line.count(chr(10)):,} is not gb18030")


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.csv", b"PK\x03\x04rest", "Excel workbook"),
        ("a.jsonl", b"PK\x03\x04rest", "Excel workbook"),
        ("a.csv", gzip.compress(TABLE.encode()), "`.gz`"),
        ("a.csv", b"PAR1rest", "`.parquet`"),
        ("a.csv", b"<?xml version='1.0'?><a/>", "XML"),
        ("a.jsonl", TABLE.encode(), "`.csv`"),
        ("a.csv", b"date,article,qty\n22/11/2026,9001,2\n", "`id`, `source`"),
        ("a.csv", TABLE.replace("kind", "type").encode(), "lacks `kind`"),
        ("a.csv", TABLE.replace(",", ";").replace("source", "shop").encode(), "separated by semicolons"),
        ("a.json", b'[{"id": "1"},', "not complete"),
    ],
)
def test_a_file_that_is_something_else_is_one_reject(read, name, data, says):
    assert says in the_reject(read(name, data))


def movements(**more) -> list[dict]:
    names = HEADER.split(",")
    return [dict(zip(names, row.split(","), strict=True)) | more for row in ROWS]


@pytest.mark.parametrize("indent", [None, 0, 2])
def test_a_document_is_an_array_or_one_object(read, indent):
    found = read("a.json", json.dumps(movements(), indent=indent).encode())
    assert (stock(found), found.rejects) == (EIGHT, [])
    found = read("a.json", json.dumps(movements()[0], indent=indent).encode())
    assert (stock(found), found.rejects) == ({("330", "9001"): "10"}, [])
    lines = "".join(json.dumps(one) + "\n" for one in movements())
    assert stock(read("a.json", lines.encode())) == EIGHT
    assert stock(read("a.jsonl", lines.replace("\n", "\r").encode())) == EIGHT


def test_a_fault_in_a_document_names_the_place_of_its_record(read):
    bad = [*movements(), {"id": "3"}]
    found = read("a.json", json.dumps(bad, indent=1).encode())
    assert stock(found) == EIGHT
    assert [(row["file"], row["line"], row["reason"]) for row in found.rejects] == [
        ("a.json", 3, "missing_field")
    ]


def test_whole_numbers_are_ids_and_false_is_nothing(read):
    first, second = movements()
    numbers = {"id": 5726128734520, "sku": 9001, "location": 330, "quantity": 10}
    lines = [
        first | numbers,
        second | {"id": 5726128734521, "sku": 9001, "ref": False, "counterparty": False},
    ]
    found = read("a.jsonl", "".join(json.dumps(one) + "\n" for one in lines).encode())
    assert (stock(found), found.rejects) == (EIGHT, [])
    for wrong in (1.5, 1e30, 10**18):
        found = read("a.jsonl", json.dumps(first | {"id": wrong}).encode())
        assert [row["reason"] for row in found.rejects] == ["wrong_type"]


def test_floats_within_a_billionth_of_a_thousandth_are_it(read):
    amounts = ("0.30000000000000004", "0.8999999999999999", "0.0004", "+5", ".5", "5.", "1e3")
    lines = [json.dumps(movements()[0] | {"id": amount, "quantity": amount}) + "\n" for amount in amounts]
    found = read("a.jsonl", "".join(lines).encode())
    assert stock(found) == {("330", "9001"): "1011.7"}
    assert [(row["line"], row["reason"]) for row in found.rejects] == [(3, "bad_quantity")]


TIMES = {
    "2026-11-22T08:00:00.000+0800": "",
    "2026-11-22T08:00:00+08": "",
    "2026-11-22T08:00+08:00": "",
    "2026-11-22 08:00": "",
    "1795334400": "looks like seconds: write milliseconds",
    "22/11/2026 08:00": "is written day first: set `time_format`",
}


def test_times_as_programs_write_them(read):
    lines = [
        json.dumps(movements()[0] | {"id": time, "quantity": 1, "event_time": time}) + "\n" for time in TIMES
    ]
    found = read("a.jsonl", "".join(lines).encode(), "version: 1\nnaive_zone: Asia/Shanghai\n")
    assert [(row["on_hand"], row["last_event_time"]) for row in found.positions] == [
        ("4", "2026-11-22T00:00:00.000Z")
    ]
    wrong = [says for says in TIMES.values() if says]
    assert [says in row["message"] for says, row in zip(wrong, found.rejects, strict=True)] == [True, True]


@pytest.mark.parametrize("form", ["DD/MM/YYYY HH:mm", "%d/%m/%Y %H:%M"])
def test_times_day_first_are_read_where_the_source_says_so(read, form):
    table = TABLE.replace("2026-11-22T08:00:00Z", "22/11/2026 08:00").replace(
        "2026-11-22T09:00:00Z", "22/11/2026 9:00"
    )
    found = read("a.csv", table.encode(), "version: 1\nnaive_zone: UTC\n", time_format=form)
    assert (stock(found), found.rejects) == (EIGHT, [])
    assert found.positions[0]["last_event_time"] == "2026-11-22T09:00:00.000Z"
    with pytest.raises(SettingsError, match="not a format of times"):
        Job.of(time_format="DD/MM/YYYY hh:mm")


def test_each_store_has_its_own_local_time(read):
    policy = (
        "version: 1\nnaive_zone: position\ndefaults: {time_zone: America/New_York}\n"
        'layers: [{name: west, match: {location: "LA*"}, set: {time_zone: America/Los_Angeles}}]\n'
    )
    time = "2026-11-21T21:30:00"
    lines = [
        json.dumps(movements()[0] | {"id": to, "location": to, "event_time": time}) for to in ("LA-1", "NY-1")
    ]
    found = read("a.jsonl", "\n".join(lines).encode(), policy)
    assert {row["location"]: row["last_event_time"] for row in found.positions} == {
        "LA-1": "2026-11-22T05:30:00.000Z",
        "NY-1": "2026-11-22T02:30:00.000Z",
    }


CHANGE = {"before": None, "after": movements()[0], "op": "c", "source": {}}
ENVELOPES = [
    {"specversion": "1.0", "type": "t", "source": "/dc", "id": "e", "data": movements()[0]},
    {"schema": {"type": "struct"}, "payload": movements()[0]},
    CHANGE,
    {"schema": {}, "payload": CHANGE},
]


@pytest.mark.parametrize("record", ENVELOPES, ids=["CloudEvents", "Connect", "Debezium", "both"])
def test_a_movement_is_taken_out_of_its_envelope(read, record):
    found = read("a.jsonl", json.dumps(record).encode())
    assert (stock(found), found.rejects) == ({("330", "9001"): "10"}, [])
    export = read("a.json", json.dumps([record, movements()[1]]).encode())
    assert (stock(export), export.rejects) == (EIGHT, [])


@pytest.mark.parametrize(
    ("record", "reason", "said"),
    [
        ({"type": "ObjectEvent", "eventTime": "x", "action": "OBSERVE"}, "missing_field", "--map epcis"),
        (CHANGE | {"op": "u"}, "change_of_the_past", "only `c` and `r`"),
        (
            {"specversion": "1.0", "data": {"id": "1"}},
            "missing_field",
            "a CloudEvent: the movement is in `data`",
        ),
        ({"specversion": "1.0", "data": "text"}, "not_an_object", "`data`"),
    ],
)
def test_an_envelope_that_cannot_be_opened_is_named(read, record, reason, said):
    (reject,) = read("a.jsonl", json.dumps(record).encode()).rejects
    assert reject["reason"] == reason and said in reject["message"]


def test_the_frame_of_a_schema_registry_is_passed_over_before_json():
    """Five bytes stand before the JSON of one, before Avro in the other; a tombstone between them is passed over."""
    movement = json.dumps(movements()[0]).encode()
    values = [b"\0\0\0\0\x07" + movement, b"", b"\0\0\0\0\x07\x02\x06abc", movement]
    offsets = [pa.array(numbers, pa.int64()) for numbers in (map(len, values), range(4), [-1] * 4)]
    found = replay_blocks(Job.of(), [Block("messages", Messages(b"".join(values), *offsets, "auto"), 4)])
    assert stock(found) == {("330", "9001"): "10"}
    said = {row["offset"]: (row["reason"], row["file"], row["message"]) for row in found.rejects}
    assert {offset: row[:2] for offset, row in said.items()} == {2: ("not_json", None)}
    assert "Avro or Protobuf" in said[2][2]


def test_a_topic_that_names_an_envelope_takes_no_other_message():
    values = [json.dumps(value).encode() for value in (ENVELOPES[1], movements()[1], ENVELOPES[0])] + [
        b"null"
    ]
    offsets = [pa.array(numbers, pa.int64()) for numbers in (map(len, values), range(4), [-1] * 4)]
    found = replay_blocks(Job.of(), [Block("messages", Messages(b"".join(values), *offsets, "connect"), 4)])
    assert stock(found) == {("330", "9001"): "10"}
    assert [(row["offset"], row["reason"]) for row in found.rejects] == [
        (1, "bad_message"),
        (2, "bad_message"),
    ]
