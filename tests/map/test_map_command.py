"""`lowtide map` as it is typed: exit codes, sums that close, notes, and JSON for programs."""

from __future__ import annotations

import json

import pytest

MAP = """\
lowtide_map: 1
about: What a till writes.
read: {format: csv, delimiter: ";"}
zone: Europe/Berlin
source: till
skip:
  - {Art: [Summe]}
movements:
  - id: "{Bon}#{Pos}"
    kind: {from: "{Art}", map: {Verkauf: sale, Retoure: return}}
    sku: "{Artikel}"
    location: Filiale
    quantity: {from: "{Menge}", decimal: ","}
    event_time: {from: "{Zeit}", format: "%d.%m.%Y %H:%M"}
"""
SALES = """\
Bon;Pos;Art;Artikel;Menge;Zeit;Filiale
1;1;Verkauf;4711;2;22.11.2026 09:15;330
1;2;Verkauf;4712;1,5;22.11.2026 09:15;330
2;1;Retoure;4711;1;22.11.2026 10:00;330
3;1;Verkauf;4711;1,5x;22.11.2026 10:05;330
4;1;Fund;4711;1;22.11.2026 10:05;330
;;Summe;;6;;
"""


@pytest.fixture
def typed(typed, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "map.yaml").write_text(MAP)
    (tmp_path / "sales.csv").write_text(SALES)
    return typed


def test_a_sample_is_said_row_by_row_and_in_sums(typed):
    said = typed("map", "check", "map.yaml", "sales.csv", "--rows", 2)
    assert said.code == 1
    first, second, sums, *rest = said.out.splitlines()
    assert json.loads(first)["id"] == "1#1" and json.loads(second)["quantity"] == "1.5"
    assert sums == "6 rows = 3 that became 3 movements + 1 skipped + 2 rejected"
    assert 'sales.csv:5: Menge "1,5x" is not a number (bad_quantity)' in rest
    assert any(line.startswith("sales.csv:6: ") and line.endswith("(unknown_kind)") for line in rest)
    notes = [line for line in rest if line.startswith("! ")]
    assert any("no stock is known" in note for note in notes) and any("`Filiale`" in note for note in notes)


def test_programs_get_one_object_whose_sums_close(typed):
    said = typed("map", "check", "map.yaml", "sales.csv", "--json", "--rows", 0)
    report = json.loads(said.out)
    assert said.code == 1 and report["rows"] == report["good"] + report["skipped"] + report["rejected"] == 6
    assert report["by_kind"] == {"return": 1, "sale": 2} and report["units"] == {"return": "1", "sale": "3.5"}
    assert report["by_code"] == {"bad_quantity": 1, "unknown_kind": 1} and report["by_skip"] == [1, 0]
    assert report["first"] == [] and report["unused_columns"] == ["Filiale"] and len(report["hash"]) == 32


def test_a_good_sample_ends_with_0_and_a_wrong_map_with_2(typed, tmp_path):
    (tmp_path / "sales.csv").write_text(SALES.split("3;1")[0])
    assert typed("map", "check", "map.yaml", "sales.csv").code == 0
    assert "is good: 1 rule" in typed("map", "check", "map.yaml").out
    (tmp_path / "map.yaml").write_text(MAP.replace("Menge", "Mege"))
    said = typed("map", "check", "map.yaml", "sales.csv")
    assert said.code == 2 and "lacks `Mege`, which the map names: did you mean `Menge`?" in said.err
    (tmp_path / "map.yaml").write_text(MAP.replace("kind:", "knd:"))
    said = typed("map", "check", "map.yaml", "sales.csv")
    assert said.code == 2 and "map.yaml:10:5: unknown word `knd`: did you mean `kind`?" in said.err
    assert typed("map", "check", "map.yaml", "none.csv").code in (2, 3)


def test_a_document_that_cannot_be_read_is_one_reject(typed, tmp_path):
    (tmp_path / "sales.csv").write_bytes("Bon;Größe\n1;2\n".encode("cp1252"))
    report = json.loads(typed("map", "check", "map.yaml", "sales.csv", "--json").out)
    assert report["by_code"] == {"bad_encoding": 1} and report["rows"] == report["rejected"] == 1


def test_a_quote_that_is_not_closed_costs_its_line_and_later_lines_keep_their_numbers(typed, tmp_path):
    lines = SALES.splitlines(keepends=True)
    (tmp_path / "sales.csv").write_text("".join([*lines[:2], '1;9;"Verkauf;x\n', *lines[2:]]))
    report = json.loads(typed("map", "check", "map.yaml", "sales.csv", "--json").out)
    assert report["rows"] == report["good"] + report["skipped"] + report["rejected"]
    assert [reject["line"] for reject in report["rejects"]] == [3, 6, 7]
    assert report["by_code"]["bad_row"] == 1


def test_debezium_asks_for_its_key_and_its_image_before(typed, tmp_path):
    (tmp_path / "map.yaml").write_text(
        "lowtide_map: 1\nread: {format: debezium}\nzone: UTC\nsource: db\nmovements:\n"
        "  - {when: {before.state: {not: [done]}}, id: '{after.id}', kind: sale, sku: '{after.sku}',"
        " location: '{after.shop}', quantity: '{after.qty}', event_time: {from: '{after.at}', format: epoch_ms}}\n"
    )
    after = {"id": 1, "sku": "a", "shop": "330", "qty": "2", "at": 1795339800000, "state": "done"}
    (tmp_path / "topic.jsonl").write_text(json.dumps({"op": "c", "before": None, "after": after}) + "\n")
    said = typed("map", "check", "map.yaml", "topic.jsonl")
    assert said.code == 0 and "`message.key.columns`" in said.out and "REPLICA IDENTITY FULL" in said.out


def test_what_is_guessed_is_written_and_what_is_open_is_said(typed, tmp_path):
    (tmp_path / "map.yaml").unlink()
    said = typed("map", "guess", "sales.csv", "--out", "map.yaml")
    assert said.code == 0 and not said.out and "not found" in said.err and "the zone of the times" in said.err
    assert typed("map", "check", "map.yaml", "sales.csv").code == 1, "without a zone every row is rejected"
    said = typed("map", "guess", "sales.csv", "--zone", "Europe/Berlin", "--source", "till")
    assert said.out.startswith("# Guessed by") and "zone: Europe/Berlin" in said.out
    assert typed("map", "guess", "sales.csv", "--zone", "Nowhere").code == 2
    (tmp_path / "own.csv").write_text("id,source,kind,sku,location,quantity,event_time\n")
    said = typed("map", "guess", "own.csv")
    assert said.code == 0 and "holds movements already" in said.err


def test_maps_are_listed_shown_and_have_a_schema(typed, tmp_path):
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps/till.yaml").write_text(MAP + "unconfirmed: true\n")
    (tmp_path / "maps/broken.yaml").write_text("a: [")
    listed = [json.loads(line) for line in typed("map", "ls", "--maps", "maps", "--json").out.splitlines()]
    own = {entry["name"]: entry for entry in listed if entry["where"] == "maps"}
    assert own["till"] == {
        "name": "till", "format": "csv", "about": "What a till writes.", "unconfirmed": True, "where": "maps",
    }  # fmt: skip
    assert own["broken"]["format"] == "" and "unconfirmed" in typed("map", "ls", "--maps", "maps").out
    assert typed("map", "show", "till", "--maps", "maps").out.startswith("lowtide_map: 1")
    assert json.loads(typed("map", "schema").out)["title"] == "Lowtide map"
    assert typed("map", "show", "none").code == 2


def test_the_reader_chooses_the_language(typed):
    said = typed("map", "check", "map.yaml", "sales.csv", "--lang", "zh")
    assert "6 行 = 3 行（成为 3 笔变动）+ 跳过 1 行 + 拒收 2 行" in said.out


def test_a_terminal_is_asked_and_a_wrong_answer_is_asked_again(typed, tmp_path, monkeypatch):
    answers = iter(["Mars", "Europe/Berlin", "till"])
    monkeypatch.setattr("lowtide.cli.map_guess._is_terminal", lambda: True)
    monkeypatch.setattr("typer.prompt", lambda text, **_: next(answers))
    said = typed("map", "guess", "sales.csv")
    assert "not a time zone: `Mars`" in said.err and next(answers, None) is None
    assert "zone: Europe/Berlin" in said.out and "source: till" in said.out
