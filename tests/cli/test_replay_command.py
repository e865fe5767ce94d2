"""What `lowtide replay` writes is read by scripts: its columns, their order, their form."""

from __future__ import annotations

import base64
import gzip
import json
import re
import subprocess

import pytest

from tests.cli import console
from tests.launcher import python

LEDGER = [
    "alert_id", "seq", "entry", "type", "severity", "location", "sku", "event_time", "opened_at", "episode",
    "cause_source", "cause_id", "reason", "policy_version", "inputs_version", "on_hand", "available", "on_order",
    "in_transit", "demand_per_day", "p_stockout", "stockout_p10", "stockout_p50", "stockout_p90", "trip_level", "exit_level",
    "supersedes", "detail",
]  # fmt: skip
POSITION = [
    "location",
    "sku",
    "on_hand",
    "allocated",
    "held",
    "available",
    "on_order",
    "in_transit",
    "last_event_time",
]
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
QUANTITY = re.compile(r"-?\d+(\.\d{1,3})?")


def rows(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def test_an_entry_has_these_columns_in_this_form(typed, log):
    said = typed("replay", log, "--json")
    entries = rows(said.out)
    assert said.code == 0 and said.err.startswith("rejects: ") and len(entries) > 20
    for entry in entries:
        assert list(entry) == LEDGER
        assert TIME.fullmatch(entry["event_time"]) and TIME.fullmatch(entry["opened_at"])
        assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{26}", entry["alert_id"]) and isinstance(entry["detail"], dict)
        for name in ("on_hand", "available", "on_order", "in_transit", "trip_level", "exit_level"):
            assert entry[name] is None or QUANTITY.fullmatch(entry[name]), name
    assert entries == sorted(
        entries, key=lambda e: (e["event_time"], e["location"], e["sku"], e["alert_id"], e["seq"])
    )
    assert len({(entry["alert_id"], entry["seq"]) for entry in entries}) == len(entries)


def test_a_person_gets_one_line_an_entry(typed, log):
    people, program = typed("replay", log).out.splitlines(), rows(typed("replay", log, "--json").out)
    assert [line.split()[-1] for line in people] == [entry["alert_id"] for entry in program]
    assert [line.split()[1] for line in people] == [entry["entry"] for entry in program]
    assert "\x1b" not in "".join(people)


def test_positions_and_rejects_have_these_columns(typed, log, tmp_path):
    said = typed("replay", log, "--positions", "p.jsonl", "--rejects", "r.jsonl", "--json")
    assert said.code == 0
    positions, rejects = (rows((tmp_path / name).read_text()) for name in ("p.jsonl", "r.jsonl"))
    assert len(positions) == 40
    assert all(list(row) == POSITION and TIME.fullmatch(row["last_event_time"]) for row in positions)
    assert all(QUANTITY.fullmatch(row[name]) for row in positions for name in POSITION[2:8])
    assert [(row["location"], row["sku"]) for row in positions] == sorted(
        (row["location"], row["sku"]) for row in positions
    )
    mine = rejects[[row["reason"] for row in rejects].index("not_json") :][:3]
    assert [row["reason"] for row in mine] == ["not_json", "missing_field", "not_utf8"]
    assert [list(row) for row in mine[:2]] == [
        ["partition", "offset", "file", "line", "reason", "field", "message", "record"]
    ] * 2
    assert list(mine[2])[-3:] == ["field", "message", "record_base64"]
    assert base64.b64decode(mine[2]["record_base64"]) == b"\xff\xfe"
    assert mine[0]["partition"] == "movements.jsonl" and mine[0]["record"] == "not json"
    assert [row["offset"] for row in mine] == [900, 901, 902]
    assert [(row["file"], row["line"]) for row in mine] == [("movements.jsonl", at) for at in (901, 902, 903)]


def test_blocks_parts_and_packing_do_not_show(typed, log, tmp_path):
    whole = typed("replay", log, "--json").out
    for records in (1, 7, 0):
        assert typed("replay", log, "--json", "--block-records", records).out == whole
    lines = log.read_bytes().splitlines(keepends=True)
    (tmp_path / "year").mkdir()
    (tmp_path / "year/1.jsonl").write_bytes(b"".join(lines[:500]))
    with gzip.open(tmp_path / "year/2.jsonl.gz", "wb") as file:
        file.write(b"".join(lines[500:]))
    assert typed("replay", "year", "--json").out == whole
    assert typed("replay", "year/1.jsonl", "year/2.jsonl.gz", "--json").out == whole


def test_standard_input_is_a_source(process, typed, log):
    with log.open("rb") as file:
        command = [*python(), "-m", "lowtide", "replay", "-", "--json"]
        done = subprocess.run(command, stdin=file, capture_output=True, timeout=60, check=True)
    assert done.stdout.decode() == typed("replay", log, "--json").out
    assert done.stderr.startswith(b"rejects: ") and done.stderr.count(b"\n") == 3, (
        "no progress where nobody looks"
    )


def test_policy_catalogue_and_pipeline_change_the_answer(typed, log, tmp_path):
    before = rows(typed("replay", log, "--json").out)
    assert {entry["policy_version"] for entry in before} == {"ae8c168abf3d"}
    (tmp_path / "none.yaml").write_text(
        "defaults: {off: [negative_stock, out_of_stock, projected_stockout, below_reorder_point, overdue_supply, "
        "sales_spike]}\n"
    )
    assert typed("replay", log, "--json", "--policy", "none.yaml").out == ""
    other = rows(typed("replay", log, "--json", "--pipeline", "other").out)
    assert [row["event_time"] for row in other] == [row["event_time"] for row in before]
    assert not {row["alert_id"] for row in other} & {row["alert_id"] for row in before}


MOVEMENTS = "".join(
    f'{{"id":"{n}","source":"t","kind":"count","sku":"{sku}","location":"330","quantity":2,"event_time":"2026-11-22T09:0{n}:00Z"}}\n'
    for n, sku in enumerate(("0071", "6.901E+09", "milk", "tea"))
)


@pytest.mark.parametrize("command", [["replay"], ["run", "--warehouse", "none"]])
def test_skus_that_the_catalogue_does_not_have_are_told_with_what_a_spreadsheet_did(typed, tmp_path, command):
    (tmp_path / "few.jsonl").write_text(MOVEMENTS)
    (tmp_path / "items.csv").write_text("SKU;Name\n71;Salt\ntea;Tea\n9.3E+12;Rice\n")
    said = typed(*command, "few.jsonl", "--catalogue", "items.csv")
    told = said.out + said.err
    assert "not in the catalogue: 3 SKUs, such as `0071`, `6.901E+09`, `milk`" in told
    assert "of these, probably changed by a spreadsheet: 2 SKUs, such as `0071`, `6.901E+09`" in told
    assert "in the catalogue, probably changed by a spreadsheet: 1 SKU, such as `9.3E+12`" in told
    told = typed(*command, "few.jsonl", "--catalogue", "items.csv", "--lang", "zh")
    assert "不在商品目录中：3 个 SKU" in told.out + told.err
    if command[0] == "run":
        summary = json.loads(typed(*command, "few.jsonl", "--catalogue", "items.csv", "--json").out)
        assert summary["unknown_skus"] == {"count": 3, "first": ["0071", "6.901E+09", "milk"]}


def test_the_page_of_sources_shows_a_file_of_which_nothing_can_be_used(tmp_path):
    session = next(text for text in console.sessions("sources.md") if "till.csv" in text)
    (tmp_path / "till.csv").write_text("".join(session.splitlines(keepends=True)[1:3]))
    assert console.typed(session, tmp_path) == session


@pytest.mark.parametrize("command", ["replay", "run"])
def test_every_file_that_is_not_read_is_named(typed, tmp_path, command):
    """Of two shops of three nothing is read: their stock is missing."""
    header = "id,source,kind,sku,location,quantity,event_time"
    row = "{},till,{},9001,330,1,2026-11-22T08:00:00Z"
    good = "\n".join((header, row.format(1, "gift"), row.format(2, "receipt")))
    (tmp_path / "in").mkdir()
    for name, text in (("a", good), ("b", good.replace("9001", "香蕉")), ("c", "date;article\n")):
        (tmp_path / f"in/{name}.csv").write_bytes(text.encode("gb18030"))
    said = typed(command, tmp_path / "in", *(["--warehouse", "none"] if command == "run" else []))
    lines = (said.out + said.err).splitlines()
    assert said.code == 0
    (first,) = [line for line in lines if line.startswith("the first reject, `b.csv` line 1")]
    (other,) = [line for line in lines if line.startswith("not read from there on, `c.csv` line 1")]
    assert "gb18030" in first and "columns of movements" in other


def test_a_file_that_is_not_a_table_ends_with_a_sentence(typed, tmp_path):
    (tmp_path / "few.jsonl").write_text(MOVEMENTS)
    (tmp_path / "items.csv").write_bytes("sku,name\n71,食盐\n".encode("gbk"))
    said = typed("replay", "few.jsonl", "--catalogue", "items.csv")
    assert said.code == 2 and "iconv -f GB18030 -t UTF-8" in said.err and "Traceback" not in said.err


def test_a_layer_holds_for_the_places_of_a_region(typed, tmp_path):
    (tmp_path / "few.jsonl").write_text(MOVEMENTS)
    (tmp_path / "places.csv").write_text("location,region\n330,East\n331,West\n")
    (tmp_path / "east.yaml").write_text(
        "layers: [{name: east, match: {region: East}, set: {lead_time: 2d}}]\n"
    )
    assert typed("replay", "few.jsonl", "--policy", "east.yaml").code == 2
    assert typed("replay", "few.jsonl", "--policy", "east.yaml", "--locations", "places.csv").code == 0
    shown = typed("policy", "show", "east.yaml", "tea", "330", "--locations", "places.csv", "--json").out
    terms = {row["name"]: row for row in map(json.loads, shown.splitlines())}
    assert terms["lead_time_days"] == {"name": "lead_time_days", "value": 2.0, "layer": "east"}
    assert "is good" in typed("policy", "check", "east.yaml", "--locations", "places.csv").out


def test_too_many_rejects_stop_a_replay_and_never_else(typed, log):
    assert typed("replay", log).code == 0
    assert typed("replay", log, "--max-rejects", 4).code == 0
    said = typed("replay", log, "--max-rejects", 3)
    assert said.code == 1 and "more than 3 rejects" in said.err and "--rejects F" in said.err


def test_colour_is_for_terminals_that_want_it(process, log):
    for environment in ({"NO_COLOR": "1", "TERM": "xterm-256color"}, {"TERM": "xterm-256color"}):
        for arguments in (["settings"], ["replay", "none.jsonl"]):
            said = process(*arguments, **environment)
            assert said.out + said.err and "\x1b" not in said.out + said.err
