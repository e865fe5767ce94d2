"""Documents that a map reads: rows in order of event time, each frame read with its own map, the sums close."""

from __future__ import annotations

import io
from pathlib import Path

import orjson
import pyarrow as pa
import pytest

from lowtide.core import Job
from lowtide.intake.journal import JournalFolder, frames
from lowtide.runner.logs import open_logs
from lowtide.runner.maps import Maps
from lowtide.runner.replay import replay_blocks

from .documents import TIME, movement
from .http_client import client

CSV = "text/csv"
SHOP = """
lowtide_map: 1
name: shop
read: {format: csv, encoding: gb18030, delimiter: ";", fill_down: [单据]}
zone: Europe/Berlin
source: erp
skip:
  - {单据: [合计]}
movements:
  - id: {hash: [单据, 货品, 时间], occurrence: true}
    kind: {from: "{类型}", map: {入: receipt, 出: sale}}
    sku: "{货品}"
    location: "330"
    quantity: {from: "{数量}", decimal: ",", FACTOR}
    event_time: {from: "{时间}", format: "%d.%m.%Y %H:%M"}
"""
ROWS = """单据;货品;类型;数量;时间
A;9001;入;10,5;22.11.2026 12:00
;9001;出;1;22.11.2026 11:00
;9001;出;1;22.11.2026 11:00
B;9001;盘盈;1;22.11.2026 10:00
合计;;;12;
C;9001;入;x;22.11.2026 09:00
""".encode("gb18030")


def maps(folder: Path, factor: str = "times: 1", name: str = "shop") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.yaml").write_text(
        SHOP.replace("FACTOR", factor).replace("name: shop", f"name: {name}"), "utf-8"
    )
    return folder


def replayed(path: Path, most: int = 4096, trial: Maps | None = None):
    (feed,) = open_logs([f"journal:{path}"], most, maps=trial).values()
    return replay_blocks(Job.of(partition="journal/0"), feed)


def test_a_csv_document_is_journalled_as_rows_in_order_of_event_time(tmp_path: Path) -> None:
    with client(tmp_path / "j", maps=maps(tmp_path / "maps")) as intake:
        told = intake.post(ROWS, "/movements/shop", CSV).json
        assert (told["records"], told["good"], told["skipped"], told["rejected"], told["places"]) == (
            6,
            3,
            1,
            2,
            6,
        )
        assert [(reject["record"], reject["line"], reject["code"]) for reject in told["rejects"]] == [
            (4, 5, "unknown_kind"), (6, 7, "bad_quantity"),
        ]  # fmt: skip
        rows = [orjson.loads(row) for row in intake.rows]
        assert [row["_line"] for row in rows][:2] == [3, 4] or rows[0]["_line"] in (3, 5, 7)
        assert all(row["单据"] for row in rows), "what `fill_down` carries stands in every row"
    for most in (1, 4096):
        done = replayed(tmp_path / "j", most)
        assert done.counts["accepted"] == 3 and done.counts["rejects"] == 2 and done.counts["late"] == 0
        assert done.positions[0]["on_hand"] == "8.5"


def test_two_equal_lines_are_two_sales_and_the_document_again_is_duplicates(tmp_path: Path) -> None:
    with client(tmp_path / "j", maps=maps(tmp_path / "maps")) as intake:
        for _ in range(2):
            intake.post(ROWS, "/movements/shop", CSV)
    done = replayed(tmp_path / "j")
    assert (done.counts["accepted"], done.counts["duplicates"], done.counts["rejects"]) == (3, 3, 4)
    assert done.positions[0]["on_hand"] == "8.5"


def test_a_frame_is_read_with_the_map_that_it_was_taken_with(tmp_path: Path) -> None:
    with client(tmp_path / "j", maps=maps(tmp_path / "maps")) as intake:
        intake.post(ROWS, "/movements/shop", CSV)
        maps(tmp_path / "maps", "times: 100")
        other = ROWS.replace(b"9001", b"9002")
        assert intake.post(other, "/movements/shop", CSV).json["good"] == 3
        intake.post(orjson.dumps(movement(1, sku="9003")))
    assert len({frame.map for frame in frames(JournalFolder(tmp_path / "j"))}) == 3
    stock = {row["sku"]: row["on_hand"] for row in replayed(tmp_path / "j").positions}
    assert stock == {"9001": "8.5", "9002": "850", "9003": "1"}


def test_replay_with_a_map_is_a_trial_that_counts_anew(tmp_path: Path) -> None:
    folder = maps(tmp_path / "maps")
    with client(tmp_path / "j", maps=folder) as intake:
        intake.post(ROWS, "/movements/shop", CSV)
        intake.post(orjson.dumps(movement(1, sku="9003")))
    maps(folder, "times: 10", "trial")
    done = replayed(tmp_path / "j", trial=Maps("trial", folder))
    assert {row["sku"]: row["on_hand"] for row in done.positions} == {"9001": "85", "9003": "1"}


def test_a_frame_whose_map_is_missing_ends_the_run(tmp_path: Path, typed) -> None:
    with client(tmp_path / "j", maps=maps(tmp_path / "maps")) as intake:
        intake.post(ROWS, "/movements/shop", CSV)
    for file in (tmp_path / "j" / "maps").iterdir():
        file.unlink()
    said = typed("replay", f"journal:{tmp_path / 'j'}")
    assert said.code == 3 and "names the map" in said.err


def test_a_missing_column_is_a_mistake_of_the_whole_document(tmp_path: Path) -> None:
    with client(tmp_path / "j", maps=maps(tmp_path / "maps")) as intake:
        refused = intake.post(ROWS.replace("数量".encode("gb18030"), b"qty"), "/movements/shop", CSV)
        assert (refused.status, refused.json["error"]) == (400, "bad_document") and "数量" in refused.json[
            "message"
        ]
        assert intake.post("中".encode("gb18030") + b"\xff\xff\n", "/movements/shop", CSV).status in (
            200,
            400,
        )
        assert intake.post(b"{}", "/movements/shop").json["error"] == "unknown_type"


def test_strict_and_sources_hold_for_mapped_documents(tmp_path: Path) -> None:
    with client(tmp_path / "j", maps=maps(tmp_path / "maps")) as intake:
        assert intake.post(ROWS, "/movements/shop?strict=1", CSV).status == 422
        assert intake.rows == []


@pytest.mark.parametrize("type_", [CSV, "application/vnd.apache.arrow.stream"])
def test_tables_with_our_own_columns_need_no_map(tmp_path: Path, type_: str) -> None:
    rows = [movement(1), movement(2, quantity="2")]
    if type_ == CSV:
        lines = [",".join(rows[0]).title(), *(",".join(map(str, row.values())) for row in rows)]
        body = "\n".join(lines).encode()
    else:
        table, sink = pa.Table.from_pylist(rows), io.BytesIO()
        with pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table)
        body = sink.getvalue()
    with client(tmp_path / "j") as intake:
        assert intake.post(body, type_=type_).json["good"] == 2
    done = replayed(tmp_path / "j")
    assert done.positions[0]["on_hand"] == "3" and done.positions[0]["last_event_time"].startswith(TIME[:19])


def test_json_with_a_list_and_a_stock_list(tmp_path: Path) -> None:
    folder = tmp_path / "maps"
    folder.mkdir()
    (folder / "orders.yaml").write_text(
        "lowtide_map: 1\nname: orders\nread: {format: json, each: lines}\nsource: web\nmovements:\n"
        '  - {id: "{^id}/{n}", kind: sale, sku: "{sku}", location: "330", quantity: "{qty}", event_time: "{^at}"}\n'
    )
    (folder / "stock.yaml").write_text(
        "lowtide_map: 1\nname: stock\nread: {format: json}\nsource: erp\n"
        "snapshot: {of: location, absent: zero, as: count, max_absent: 0.5}\nmovements:\n"
        '  - {sku: "{sku}", location: "330", quantity: "{qty}"}\n'
    )
    order = {
        "id": "o1",
        "at": TIME,
        "lines": [{"n": 1, "sku": "A", "qty": 2}, {"n": 2, "sku": "B", "qty": 1}],
    }
    with client(tmp_path / "j", maps=folder) as intake:
        told = intake.post(orjson.dumps([order, {**order, "id": "o2"}]), "/movements/orders").json
        assert (told["records"], told["good"], told["places"]) == (4, 4, 4)
        first = intake.post(
            orjson.dumps([{"sku": "A", "qty": 5}, {"sku": "B", "qty": 3}]), "/movements/stock"
        ).json
        assert (first["records"], first["good"], first["zeros"]) == (2, 2, 0)
        second = intake.post(orjson.dumps([{"sku": "A", "qty": 4}]), "/movements/stock").json
        assert (second["good"], second["zeros"], second["places"]) == (1, 1, 2)
        again = intake.post(orjson.dumps([{"sku": "C", "qty": 4}]), "/movements/stock")
        assert (again.status, again.json["error"]) == (422, "snapshot_refused")
    stock = {row["sku"]: row["on_hand"] for row in replayed(tmp_path / "j").positions}
    assert stock == {"A": "4", "B": "0"}
