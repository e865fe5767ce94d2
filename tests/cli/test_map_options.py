"""Files of others through `lowtide replay` and `lowtide run`: right stock, sums that close, a state that knows its maps."""

from __future__ import annotations

import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.readers.sheets import far_corner, ods, xlsx

MAP = """
lowtide_map: 1
name: lager
read: {format: csv, encoding: gb18030}
zone: Europe/Berlin
source: erp
skip:
  - {单号: [合计]}
movements:
  - when: {类型: {not: [调拨]}}
    id: "{单号}#{行}"
    kind: {from: "{类型}", map: {销售: sale, 收货: receipt}}
    sku: "{物料}"
    location: "{仓库}"
    quantity: {from: "{数量}", decimal: ",", thousands: "."}
    event_time: {from: "{日期}", format: "%d.%m.%Y %H:%M"}
  - when: {类型: [调拨]}
    id: "{单号}#{行}#out"
    kind: transfer_out
    sku: "{物料}"
    location: "{仓库}"
    quantity: {from: "{数量}", decimal: ","}
    event_time: {from: "{日期}", format: "%d.%m.%Y %H:%M"}
    ref: "{单号}"
  - when: {类型: [调拨]}
    id: "{单号}#{行}#in"
    kind: transfer_in
    sku: "{物料}"
    location: "{目的}"
    quantity: {from: "{数量}", decimal: ","}
    event_time: {from: "{日期}", format: "%d.%m.%Y %H:%M"}
    ref: "{单号}"
"""
HEADER = "单号;行;类型;仓库;目的;物料;数量;日期\n"
ROWS = (
    "A1;1;收货;330;;007;1.010,5;21.11.2026 08:00\n"
    "A1;2;销售;330;;007;10,5;22.11.2026 10:30\n"
    "A2;1;调拨;330;331;007;400;22.11.2026 11:00\n"
    "合计;;;;;;1.421;\n"
    "A3;1;盘盈;330;;007;1;22.11.2026 12:00\n"
)
STOCK = {"330/007": "600", "331/007": "400"}


@pytest.fixture
def shop(tmp_path):
    """A map, and the export that it reads."""
    (tmp_path / "lager.yaml").write_text(MAP)
    (tmp_path / "a.csv").write_bytes((HEADER + ROWS).encode("gb18030"))
    return tmp_path


def lines(path) -> list[dict]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def stock(path) -> dict[str, str]:
    return {f"{row['location']}/{row['sku']}": row["on_hand"] for row in lines(path)}


def replayed(typed, folder, *arguments):
    """What a replay said, its stock and its rejects."""
    said = typed("replay", *arguments, "--positions", "p.jsonl", "--rejects", "r.jsonl")
    assert said.code == 0, said.err
    return said.err, stock(folder / "p.jsonl"), lines(folder / "r.jsonl")


def summary(typed, *arguments):
    said = typed("run", *arguments, "--warehouse", "none", "--json")
    assert said.code == 0, said.err
    told = json.loads(said.out)
    counts = told["counts"]
    if "rows" in counts:
        assert counts["rows"] == counts["mapped"] + counts["skipped"] + counts["rejected_rows"]
    return told


def test_an_export_of_others_gives_stock_and_sums_that_close(typed, shop):
    told, found, rejects = replayed(typed, shop, "a.csv", "--map", "lager.yaml")
    assert found == STOCK
    assert "rows: 5 read with a map = 3 mapped + 1 skipped as the map says + 1 rejected" in told
    (reject,) = rejects
    assert (reject["reason"], reject["file"], reject["line"]) == ("unknown_kind", "a.csv", 6)
    assert "盘盈" in reject["message"] and reject["record"].startswith("A3;1;盘盈")


def test_the_file_twice_is_duplicates(typed, shop):
    (shop / "b.csv").write_bytes((shop / "a.csv").read_bytes())
    told = summary(typed, "a.csv", "b.csv", "--map", "lager.yaml")
    counts = told["counts"]
    assert (counts["accepted"], counts["duplicates"]) == (4, 4)
    assert (counts["rows"], counts["skipped"], counts["rejected_rows"]) == (10, 2, 2)


@pytest.mark.parametrize("options", [[], ["--block-records", 1], ["--block-records", 7], ["--workers", 2]])
def test_blocks_and_workers_do_not_show(typed, shop, options):
    (shop / "b.csv").write_bytes((shop / "a.csv").read_bytes())
    told = summary(typed, "a.csv", "b.csv", "--map", "lager.yaml", *options)
    assert told["counts"]["accepted"] == 4 and told["positions"] == 2
    assert (told["first_reject"]["line"], told["entries"]) == (
        6,
        summary(typed, "a.csv", "--map", "lager.yaml")["entries"],
    )


FORMS = {
    "semicolon.txt": (HEADER + ROWS, "gb18030", "gb18030", "auto", 1),
    "utf16.tsv": ((HEADER + ROWS).replace(";", "\t"), "utf-16", "utf-16", "tab", 1),
    "title.dat": ("导出\n\n" + HEADER + ROWS, "utf-8-sig", "utf-8", "auto", 3),
    "bars.csv": ((HEADER + ROWS).replace(";", "|").replace("\n", "\r\n"), "gbk", "gb18030", "auto", 1),
    "old mac.csv": ((HEADER + ROWS).replace("\n", "\r"), "gbk", "gb18030", "auto", 1),
}


@pytest.mark.parametrize("name", FORMS)
def test_delimiters_line_ends_and_lines_above_the_header(typed, shop, name):
    text, codec, encoding, delimiter, header = FORMS[name]
    read = f"{{format: csv, encoding: {encoding}, delimiter: {delimiter}, header: {header}}}"
    (shop / "lager.yaml").write_text(MAP.replace("{format: csv, encoding: gb18030}", read))
    (shop / name).write_bytes(text.encode(codec))
    _, found, rejects = replayed(typed, shop, name, "--map", "lager.yaml")
    assert found == STOCK and len(rejects) == 1


@pytest.mark.parametrize(
    ("encoding", "codec", "word"),
    [("big5", "cp950", "倉庫碁"), ("shift_jis", "cp932", "倉庫①"), ("windows-1252", "cp1252", "Größe €")],
)
def test_encodings_of_windows(typed, shop, encoding, codec, word):
    text = (HEADER + ROWS.splitlines(keepends=True)[0]).replace("单号", word)
    for number, name in enumerate(("行", "类型", "仓库", "目的", "物料", "数量", "日期", "收货")):
        text = text.replace(name, f"x{number}")
    map_ = MAP.replace("单号", word).replace("gb18030", encoding)
    for number, name in enumerate(("行", "类型", "仓库", "目的", "物料", "数量", "日期", "收货")):
        map_ = map_.replace(name, f"x{number}")
    (shop / "lager.yaml").write_text(map_)
    (shop / "a.csv").write_bytes(text.encode(codec))
    _, found, rejects = replayed(typed, shop, "a.csv", "--map", "lager.yaml")
    assert (found, rejects) == ({"330/007": "1010.5"}, [])


def test_a_file_in_another_encoding_is_one_reject_before_any_row(typed, shop):
    (shop / "lager.yaml").write_text(MAP.replace("gb18030", "utf-8"))
    said = typed("replay", "a.csv", "--map", "lager.yaml", "--rejects", "r.jsonl")
    (reject,) = lines(shop / "r.jsonl")
    assert (said.code, reject["reason"]) == (1, "bad_encoding")
    assert "`encoding: gb18030`" in reject["message"]


@pytest.mark.parametrize("command", ["run", "replay"])
def test_a_column_that_the_header_lacks_is_2_before_anything_is_read(typed, shop, command):
    (shop / "b.csv").write_bytes((HEADER.replace("数量", "件数") + ROWS).encode("gb18030"))
    said = typed(command, "a.csv", "b.csv", "--map", "lager.yaml")
    assert said.code == 2 and "`b.csv`" in said.err and "`数量`" in said.err and not said.out


def test_each_source_names_its_own_map(typed, shop):
    maps = shop / "maps"
    maps.mkdir()
    (shop / "lager.yaml").rename(maps / "lager.yaml")
    (maps / "other.yaml").write_text(MAP.replace("name: lager", "name: other").replace("单号", "Nr"))
    (shop / "b.csv").write_bytes((HEADER + ROWS).replace("单号", "Nr").replace("A", "B").encode("gb18030"))
    (shop / "odd?map=lager.csv").write_text(
        "id,source,kind,sku,location,quantity,event_time\n1,t,count,x,330,5,2026-11-22T10:00:00Z\n"
    )
    sources = ["a.csv?map=lager", "b.csv?map=other", "odd?map=lager.csv"]
    _, found, _ = replayed(typed, shop, *sources, "--maps", maps)
    assert found == {"330/007": "1200", "331/007": "800", "330/x": "5"}
    said = typed("replay", "a.csv?map=../lager.yaml", "--maps", maps)
    assert said.code == 2 and "name of a map" in said.err
    assert typed("replay", "a.csv?map=nobody", "--maps", maps).code == 2


JSON_MAP = """
lowtide_map: 1
name: orders
read: {format: json, each: lines}
source: web
movements:
  - id: "{^id}/{n}"
    kind: sale
    sku: "{item.sku}"
    location: "{^shop}"
    quantity: "{qty}"
    event_time: "{^at}"
"""


def order(number: int, count: int = 2) -> dict:
    items = [{"n": n, "item": {"sku": f"s{n}"}, "qty": n + 1} for n in range(count)]
    return {"id": f"o{number}", "shop": "330", "at": f"2026-11-22T10:0{number}:00Z", "lines": items}


@pytest.mark.parametrize("form", ["document", "pretty", "lines", "gz"])
def test_json_as_one_document_or_as_lines(typed, shop, form):
    (shop / "orders.yaml").write_text(JSON_MAP)
    orders = [order(number) for number in range(3)]
    text = {
        "document": json.dumps(orders),
        "pretty": json.dumps(orders, indent=2),
        "lines": "".join(json.dumps(one) + "\n" for one in orders),
        "gz": json.dumps(orders),
    }[form].encode()
    name = "orders.json.gz" if form == "gz" else "orders.txt"
    (shop / name).write_bytes(gzip.compress(text) if form == "gz" else text)
    told, found, rejects = replayed(typed, shop, name, "--map", "orders.yaml")
    assert (found, rejects) == ({"330/s0": "-3", "330/s1": "-6"}, [])
    assert "rows: 6 read" in told


def test_a_record_with_a_long_list_is_read_however_long(typed, shop):
    (shop / "orders.yaml").write_text(JSON_MAP)
    (shop / "orders.json").write_text(json.dumps(order(1, 3000)))
    told, found, _ = replayed(typed, shop, "orders.json", "--map", "orders.yaml")
    assert len(found) == 3000 and "rows: 3,000 read" in told


def test_columns_keep_their_types(typed, shop):
    (shop / "orders.yaml").write_text(
        JSON_MAP.replace("{format: json, each: lines}", "{format: parquet}").replace("^", "")
    )
    rows = [{**one, "shop": one["shop"]} for one in ({**order(1), **line} for line in order(1)["lines"])]
    pq.write_table(
        pa.Table.from_pylist([{k: v for k, v in row.items() if k != "lines"} for row in rows]), shop / "o.pq"
    )
    _, found, _ = replayed(typed, shop, "o.pq", "--map", "orders.yaml")
    assert found == {"330/s0": "-1", "330/s1": "-2"}
    (shop / "orders.yaml").write_text((shop / "orders.yaml").read_text().replace("{qty}", "{amount}"))
    assert typed("replay", "o.pq", "--map", "orders.yaml").code == 2


def test_a_map_that_changes_goes_on_from_here_and_the_state_knows_both(typed, shop):
    run = ("--map", "lager.yaml", "--state", "state")
    assert summary(typed, "a.csv", *run)["map_changed"] == {}
    assert summary(typed, "a.csv", *run)["counts"]["records"] == 0
    (shop / "lager.yaml").write_text(MAP.replace("收货: receipt", "收货: receipt, 盘盈: adjustment"))
    told = summary(typed, "a.csv", *run)
    assert told["map_changed"] == {"a.csv": 6}
    assert (told["counts"]["accepted"], told["counts"]["duplicates"]) == (1, 4), "what was a reject comes in"
    assert len(list((shop / "state" / "maps").iterdir())) == 2
    said = typed("replay", "a.csv", "--maps", "state")
    assert said.code == 2 and "several maps" in said.err
    assert summary(typed, "a.csv", *run)["map_changed"] == {}


def test_a_state_replays_with_its_map(typed, shop):
    summary(typed, "a.csv", "--map", "lager.yaml", "--state", "state")
    (shop / "lager.yaml").unlink()
    _, found, rejects = replayed(typed, shop, "a.csv", "--maps", "state")
    assert found == STOCK and len(rejects) == 1
    for file in (shop / "state" / "maps").iterdir():
        file.unlink()
    said = typed("replay", "a.csv", "--maps", "state")
    assert said.code == 1 and "is gone" in said.err


def test_what_is_no_movement_file_names_the_way_to_a_map(typed, shop):
    (shop / "till.csv").write_text("Nr;Menge\n1;2\n")
    said = typed("replay", "till.csv")
    assert said.code == 1 and "`lowtide map guess till.csv`" in said.err
    (shop / "till.dat").write_text("Nr;Menge\n1;2\n")
    said = typed("replay", "till.dat")
    assert said.code == 3 and "`lowtide map guess till.dat`" in said.err


SHEET = [
    ["ID", "Source", "Kind", "SKU", "Location", "Quantity", "Event_Time", "Note"],
    ["1", "till", "count", "007", "330", "5", "2026-11-22T10:00:00Z", "first"],
    ["2", "till", "sale", "007", "330", 2, "2026-11-22T11:00:00Z", ""],
    ["3", "till", "sold", "007", "330", "2", "2026-11-22T12:00:00Z", ""],
]


@pytest.mark.parametrize("name", ["m.xlsx", "m.ods", "m.tsv"])
def test_a_spreadsheet_of_movements_needs_no_map(typed, shop, name):
    data = {
        "m.xlsx": lambda: xlsx(("Movements", SHEET)),
        "m.ods": lambda: ods("Movements", SHEET),
        "m.tsv": lambda: "".join("\t".join(map(str, row)) + "\n" for row in SHEET).encode(),
    }[name]()
    (shop / name).write_bytes(data)
    _, found, (reject,) = replayed(typed, shop, name)
    assert found == {"330/007": "3"}
    assert (reject["reason"], reject["file"], reject["line"]) == ("unknown_kind", name, 4)


def test_a_spreadsheet_of_others_is_read_with_a_map_and_a_damaged_one_is_one_reject(typed, shop):
    (shop / "lager.yaml").write_text(MAP.replace("{format: csv, encoding: gb18030}", "{format: xlsx}"))
    rows = [line.split(";") for line in (HEADER + ROWS).splitlines()]
    (shop / "a.xlsx").write_bytes(xlsx(("Lager", rows)))
    (shop / "b.xlsx").write_bytes(far_corner()[:600])
    _, found, rejects = replayed(typed, shop, "a.xlsx", "b.xlsx", "--map", "lager.yaml")
    assert found == STOCK
    said = {(reject["file"], reject["reason"]) for reject in rejects}
    assert said == {("a.xlsx", "unknown_kind"), ("b.xlsx", "bad_document")}
    (shop / "c.xlsx").write_bytes(xlsx(("Lager", [["x", "y"], ["1", "2"]])))
    assert typed("replay", "c.xlsx", "--map", "lager.yaml").code == 2
    said = typed("replay", "c.xlsx")
    assert said.code == 1 and "`lowtide map guess c.xlsx`" in said.err
