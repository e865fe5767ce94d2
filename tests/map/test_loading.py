"""A map is read strictly: every mistake at its line and column, all of them at once, and nothing outside its folder."""

from __future__ import annotations

from pathlib import Path

import orjson
import pyarrow as pa
import pytest

from lowtide.catalogue import load_catalogue, load_locations
from lowtide.errors import MapError
from lowtide.map import load_map, map_schema

GOOD = """\
lowtide_map: 1
read: {format: csv}
zone: Europe/Berlin
source: till
movements:
  - id: "{doc}#{line}"
    kind: sale
    sku: "{sku}"
    location: 0330
    quantity: {from: "{qty}", decimal: ",", unit: "{unit}", units: {pcs: 1, box: 24}}
    event_time: {from: "{day}", format: "%d.%m.%Y", at: "9:05"}
"""


def written(folder: Path, text: str, name: str = "map.yaml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def compiled(folder: Path, text: str, **files: pa.RecordBatch) -> dict:
    return orjson.loads(load_map(written(folder, text), **files).document)


def mistakes(folder: Path, text: str, **files: pa.RecordBatch) -> list[str]:
    """The mistakes of a map, without the name of the file."""
    with pytest.raises(MapError) as caught:
        load_map(written(folder, text), **files)
    return [line.removeprefix(f"{folder / 'map.yaml'}:") for line in caught.value.message.splitlines()]


def test_a_map_is_compiled_to_what_the_core_executes(tmp_path):
    (rule,) = compiled(tmp_path, GOOD)["movements"]
    hole = {"optional": False}
    assert rule["when"] is None
    assert rule["fields"] == {
        "id": {"parts": [{"hole": "doc", **hole}, {"text": "#"}, {"hole": "line", **hole}]},
        "source": {"parts": [{"text": "till"}]},
        "kind": {"parts": [{"text": "sale"}]},
        "sku": {"parts": [{"hole": "sku", **hole}]},
        "location": {"parts": [{"text": "0330"}]},
        "quantity": {
            "parts": [{"hole": "qty", **hole}], "decimal": ",", "units": {"pcs": "1", "box": "24"},
            "unit": {"parts": [{"hole": "unit", **hole}]},
        },
        "event_time": {"parts": [{"hole": "day", **hole}], "format": "%d.%m.%Y", "at": "09:05"},
    }  # fmt: skip


def test_comments_and_another_way_of_writing_are_the_same_map(tmp_path):
    other = GOOD.replace("kind: sale", 'kind: {from: "sale", trim: true}  # a comment')
    assert compiled(tmp_path, other) == compiled(tmp_path, GOOD)


def test_all_mistakes_are_said_at_once_each_with_its_line_and_column(tmp_path):
    text = """\
lowtide_map: 1
read: {format: csv, delimter: ";"}
zone: Europe/Nowhere
skip:
  - {a: [x], b: {gtt: 3}}
movements:
  - id: "{doc#{line}"
    kind: sell
    sku: "{sku}"
    quantity: {from: "{q}", format: iso}
    event_time: {from: "{d}", format: "%d.%m.%Y"}
  - id: {hash: [a], from: "{b}"}
    kind: {from: "{k}", map: {a: sale, b: ordr}}
    sku: x
    locaton: y
    quantity: abc
    event_time: "{t}"
"""
    places = [line.split(": ")[0] for line in mistakes(tmp_path, text)]
    assert places == ["2:21", "3:1", "5:18", "7:5", "8:5", "10:29", "11:5", "13:40", "15:5", "16:5"]
    said = "\n".join(mistakes(tmp_path, text))
    for piece in ("did you mean `delimiter`?", "did you mean `gt`?", "`{` stands alone", "unknown kind `sell`",
                  "`format` is not a step of a number", "write `at: HH:MM`", "did you mean `order`?",
                  "did you mean `location`?"):  # fmt: skip
        assert piece in said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: sale", "kind: order", "`ref` is missing: `order` needs one"),
        ("source: till\n", "", "`source` is missing"),
        ("  - id", "  - when: {}\n    id", "a condition is a mapping of columns"),
        ("{pcs: 1, box: 24}", "{pcs: 0}", "pieces in a unit are more than 0"),
        (', unit: "{unit}"', "", "`units` needs `unit`"),
        ("format: csv", "format: x12", "`decimal`"),
        ('at: "9:05"', 'at: "25:00"', "write a time of day, such as 12:00"),
        ("%d.%m.%Y", "%d.%m", "a year, a month and a day"),
        ("%d.%m.%Y", "%d.%m.%Y %Q", "`%Q` is not known"),
        ("lowtide_map: 1", "lowtide_map: 2", "the version of the language of maps"),
        ("{format: csv}", "{format: csv, sheet: 2}", "`sheet` does not belong to csv"),
        ('"{doc}#{line}"', "{hash: [doc], occurrence: true}\n    id: x", "stands twice"),
    ],
)  # fmt: skip
def test_a_mistake_says_what_would_be_right(tmp_path, old, new, said):
    assert old in GOOD
    if said == "`decimal`":
        assert load_map(written(tmp_path, GOOD.replace(old, new))).reading.format == "x12"
        return
    assert any(said in line for line in mistakes(tmp_path, GOOD.replace(old, new)))


@pytest.mark.parametrize("form", ["poslog", "x12", "edifact"])
def test_a_standard_without_zones_needs_one_before_anything_is_read(tmp_path, form):
    text = GOOD.replace("format: csv", f"format: {form}").replace("zone: Europe/Berlin\n", "")
    assert any("`zone` is missing" in line for line in mistakes(tmp_path, text))


def test_texts_stay_as_they_are_written_and_nfc_makes_equal_letters_equal(tmp_path):
    text = GOOD.replace("location: 0330", "location: {from: '{ort}', map: {007: no, Cafe\u0301: 0330}}")
    field = compiled(tmp_path, text)["movements"][0]["fields"]["location"]
    assert field["map"] == {"007": "no", "Café": "0330"}


def test_a_look_up_file_stands_beside_the_map_and_nowhere_else(tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("from,to\na,b\n")
    folder = tmp_path / "maps"
    folder.mkdir()
    (folder / "shops.csv").write_text("from,to\n中心店,330\n", "utf-8")
    (folder / "link.csv").symlink_to(secret)
    (folder / "head.csv").write_text("a,b\n")
    text = GOOD.replace("location: 0330", "location: {from: '{ort}', map_file: FILE}")
    field = compiled(folder, text.replace("FILE", "shops.csv"))["movements"][0]["fields"]["location"]
    assert field["map"] == {"中心店": "330"}
    for name, said in (
        (secret, "must stand in the folder"), ("../secret.csv", "must stand in the folder"),
        ("link.csv", "is a link out of the folder"), ("none.csv", "there is no file"), ("head.csv", "must be `from,to`"),
    ):  # fmt: skip
        assert any(said in line for line in mistakes(folder, text.replace("FILE", str(name)))), name


def test_a_changed_look_up_is_another_map(tmp_path):
    text = GOOD.replace("location: 0330", "location: {from: '{ort}', map_file: shops.csv}")
    documents = []
    for line in ("a,330", "a,331"):
        (tmp_path / "shops.csv").write_text(f"from,to\n{line}\n")
        documents.append(load_map(written(tmp_path, text)).document)
    assert documents[0] != documents[1]


def test_places_units_and_zones_come_from_the_files_of_the_shop(tmp_path):
    (tmp_path / "locations.csv").write_text(
        "location,time_zone,alias_till\n330,Europe/Paris,Mitte\n331,,Ost\n"
    )
    (tmp_path / "catalogue.csv").write_text("sku,unit,unit_factor:BOX\n1,EA,24\n2,KG,\n")
    files = {
        "locations": load_locations(tmp_path / "locations.csv"),
        "catalogue": load_catalogue(tmp_path / "catalogue.csv"),
    }
    text = (
        GOOD.replace("zone: Europe/Berlin", "zone: locations")
        .replace("location: 0330", "location: {from: '{ort}', map_file: locations.alias_till, else: keep}")
        .replace("{pcs: 1, box: 24}", "catalogue")
        + "expect: {sku: known, location: known, quantity: {max: 100}, event_time: {within: 30d}}\n"
    )
    document = compiled(tmp_path, text, **files)
    fields = document["movements"][0]["fields"]
    assert document["zones"] == {"330": "Europe/Paris"}
    assert (
        fields["location"]["map"] == {"Mitte": "330", "Ost": "331"} and fields["location"]["else"] == "keep"
    )
    assert fields["quantity"]["units_by_sku"] == {"BOX": {"1": "24"}, "EA": {"1": "1"}, "KG": {"2": "1"}}
    assert document["expect"] == {
        "on": "warn", "quantity": {"max": "100"}, "kind": None, "sku": ["1", "2"], "location": ["330", "331"],
        "event_time_within_ms": 30 * 86_400_000,
    }  # fmt: skip
    said = "\n".join(mistakes(tmp_path, text))
    assert said.count("`--locations F`") == 2 and said.count("`--catalogue F`") == 2


def test_a_stock_list_needs_neither_id_nor_kind_nor_time(tmp_path):
    text = "lowtide_map: 1\nread: {format: csv}\nsource: s\nsnapshot: {of: location}\nmovements:\n" + (
        "  - {sku: '{a}', location: '{b}', quantity: '{c}'}\n"
    )
    document = compiled(tmp_path, text)
    assert document["snapshot"] == {
        "of": "location",
        "absent": "zero",
        "as": "count",
        "max_absent": 0.3,
        "time": "arrival",
    }
    assert document["movements"][0]["fields"]["kind"] == {"parts": [{"text": "count"}]}


def test_a_name_is_found_in_a_folder_and_never_leads_out_of_it(tmp_path):
    written(tmp_path, GOOD, "till.yaml")
    (tmp_path / "web").mkdir()
    written(tmp_path / "web", GOOD)
    assert load_map("till", maps=tmp_path).name == "till" and load_map("web", maps=tmp_path).name == "web"
    for name in ("..", "Till", "none", "a" * 65):
        with pytest.raises(MapError):
            load_map(name, maps=tmp_path)
    (tmp_path / "till").mkdir()
    written(tmp_path / "till", GOOD)
    with pytest.raises(MapError, match="keep one"):
        load_map("till", maps=tmp_path)


def test_the_schema_takes_what_the_loader_takes_and_names_every_key():
    schema = map_schema()
    assert set(schema["properties"]) >= {
        "lowtide_map",
        "read",
        "zone",
        "skip",
        "movements",
        "snapshot",
        "expect",
        "verify",
    }
    assert schema["properties"]["lowtide_map"]["const"] == 1
    value = schema["$defs"]["Value"]["properties"]
    assert set(value) >= {"from", "map", "else", "units", "base64_scale", "hash", "at"}
    assert all("description" in field for field in value.values() if "$ref" not in field)
