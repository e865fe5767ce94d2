"""A messy file that somebody drops on the page becomes a map that fits it, and rows in a journal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lowtide.errors import SettingsError
from lowtide.intake.journal import JournalFolder, frames
from lowtide.service import Context, uploads
from lowtide.service.refusal import Missing, NotAllowed
from lowtide.warehouse import Warehouse
from lowtide.words import Language
from tests.readers.sheets import xlsx
from tests.warehouse.rules.shop import CHEN, WANG, ZHAO, shop

ZH = Language("zh")
EXTRA = [f"备用{n}" for n in range(21)]
HEADER = ["单据编号", "分录", "日期", "业务类型", "仓库", "物料编码", "物料名称", "实发数量", "单位", *EXTRA]
KINDS = ("销售出库", "销售退货", "采购入库", "赠品")


def rows() -> list[list[str]]:
    """Thirty columns, a title above the header, a total below, one cell that is not a number."""
    made = [["日用品店 出入库明细", *[""] * 29], HEADER]
    for n in range(40):
        made.append(
            [f"XS{n:04}", "1", f"2026/11/{n % 28 + 1}", KINDS[n % 4], "一号店", f"00{n % 5}", f"牛奶{n % 5}", str(n % 7 + 1),
             "件",
             *[""] * 21]
        )  # fmt: skip
    made[8][7] = "12,5x"
    made.append(["合计", *[""] * 29])
    return made


def csv() -> bytes:
    return "\r\n".join(
        ",".join(f'"{cell}"' if "," in cell else cell for cell in row) for row in rows()
    ).encode("gb18030")


def done(context: Context, one: Any) -> Any:
    while not one.is_over:
        one = uploads.wait(context, WANG, one.id, 1.0)
    assert one.state == "done", (one.error, one.hint)
    return one


def test_thirty_messy_columns_in_gbk_reach_the_journal(warehouse: Warehouse, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    with shop(tmp_path, warehouse, intake=f"journal:{journal}") as context:
        context.settings.maps = str(tmp_path / "maps")
        one = done(context, uploads.add(context, WANG, "出库 11月.csv", csv(), ZH))
        roles = {column["role"]: column["name"] for column in one.guess["columns"] if column["role"]}
        assert (roles["sku"], roles["quantity"], roles["location"]) == ("物料编码", "实发数量", "仓库")
        assert (
            "zone" in one.guess["open"]
            and one.guess["kinds"]["赠品"] is None
            and len(one.guess["columns"]) == 30
        )
        answers = {"zone": "Asia/Shanghai", "source": "shop", "kinds": {**one.guess["kinds"], "赠品": "skip"}}
        one = done(context, uploads.guess(context, WANG, one.id, answers, ZH))
        assert one.guess["open"] == [] and "encoding: gb18030" in one.map
        with pytest.raises(SettingsError, match="not checked"):
            uploads.send(context, WANG, one.id, "shop")
        one = done(context, uploads.check(context, WANG, one.id, None, ZH))
        assert one.check["rejected"] == 1 and one.check["rejects"][0]["line"] == 9
        assert one.check["by_kind"] == {"receipt": 9, "return": 10, "sale": 10} and one.check["skipped"] == 11
        with pytest.raises(SettingsError, match="not the name of a map"):
            uploads.send(context, WANG, one.id, "../x")
        one = uploads.send(context, WANG, one.id, "shop")
        one = done(context, one)
        assert (
            one.sent["good"] == one.check["good"] and one.sent["rejected"] == 1 and one.sent["map"] == "shop"
        )
        assert "name: shop" in (tmp_path / "maps" / "shop.yaml").read_text("utf-8")
        with pytest.raises(Missing):
            uploads.look(context, WANG, one.id)
        assert list((tmp_path / "desk" / "uploads").iterdir()) == []
    written = [line for frame in frames(JournalFolder(journal)) for line in frame.body.splitlines()]
    assert len(written) == one.sent["records"] and "牛奶".encode() in written[0]


def test_a_spreadsheet_goes_into_the_watched_folder_under_its_map(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    with shop(tmp_path, warehouse, inbox=tmp_path / "in") as context:
        context.settings.maps = str(tmp_path / "maps")
        one = done(
            context,
            uploads.add(context, WANG, "stock.xlsx", xlsx(("S", [row[:26] for row in rows()[1:]])), ZH),
        )
        answers = {"zone": "UTC", "columns": {"location": ""}, "location": "330", "kinds": {"赠品": "sale"}}
        one = done(context, uploads.guess(context, WANG, one.id, answers, ZH))
        assert 'location: "330"' in one.map and '"赠品": sale' in one.map.replace("赠品:", '"赠品":')
        one = done(context, uploads.check(context, WANG, one.id, None, ZH))
        assert set(one.check["by_location"]) == {"330"}
        one = uploads.send(context, WANG, one.id, "stock")
        (file,) = (tmp_path / "in" / "stock").iterdir()
        assert one.sent["file"] == str(file) and file.name.startswith("stock-") and file.suffix == ".xlsx"


def test_own_movements_need_no_map(warehouse: Warehouse, tmp_path: Path) -> None:
    line = b'{"id":"1","source":"t","kind":"sale","sku":"a","location":"b","quantity":2,"event_time":1795339800000}\n'
    with shop(tmp_path, warehouse, intake=f"journal:{tmp_path / 'journal'}") as context:
        one = done(context, uploads.add(context, WANG, "x.jsonl", line + b'{"id":"2"}\n', ZH))
        assert one.guess["own"] and one.map == ""
        one = done(context, uploads.check(context, WANG, one.id, None, ZH))
        assert (one.check["good"], one.check["rejected"]) == (1, 1)
        one = done(context, uploads.send(context, WANG, one.id))
        assert one.sent["good"] == 1


def test_what_is_not_allowed_or_not_a_table_is_said(warehouse: Warehouse, tmp_path: Path) -> None:
    with shop(tmp_path, warehouse) as context:
        with pytest.raises(NotAllowed):
            uploads.add(context, CHEN, "x.csv", b"a,b\n", ZH)
        with pytest.raises(SettingsError, match="nothing reads"):
            uploads.add(context, WANG, "x.exe", b"MZ", ZH)
        with pytest.raises(SettingsError, match="bytes; the page takes"):
            uploads.add(context, WANG, "x.csv", b"a" * (uploads.MOST_BYTES + 1), ZH)
        one = uploads.add(context, WANG, "bomb.xlsx", b"PK\x03\x04" + b"0" * 100, ZH)
        while not one.is_over:
            one = uploads.wait(context, WANG, one.id, 1.0)
        assert one.state == "failed" and one.error.startswith("`bomb.xlsx` cannot be read")
        with pytest.raises(Missing):
            uploads.look(context, ZHAO, one.id)
        uploads.remove(context, WANG, one.id)
        assert list((tmp_path / "desk" / "uploads").iterdir()) == []
        with pytest.raises(Missing):
            uploads.look(context, WANG, "../../etc")
