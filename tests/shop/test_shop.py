"""Files that are put into the folder of a shop become alerts and a message; whatever ends it, it goes on where it was."""

from __future__ import annotations

import json
import random
import subprocess
import time
from pathlib import Path

from lowtide.intake.journal import JournalFolder
from lowtide.intake.journal.readers import readers
from tests.launcher import python

from .process import ShopProcess, furnish, put

ROWS = 3_806
"""Of the three files."""
OPTIONS = ("--clock", "log", "--zone", "Asia/Shanghai", "--lang", "zh")


def alerts(folder: Path) -> dict[str, str]:
    """The open alerts as another command sees them: beside the shop, or after it."""
    done = subprocess.run(
        [*python(), "-m", "lowtide", "alerts", "--json", "--warehouse", str(folder / ".lowtide/warehouse")],
        capture_output=True, check=False,
    )  # fmt: skip
    rows = map(json.loads, done.stdout.splitlines())
    return {f"{row['type']} {row['location']} {row['sku']}": row["alert_id"] for row in rows}


def ledger(folder: Path) -> str:
    """All entries that the engine computed."""
    return subprocess.run(
        [
            *python(), "-m", "lowtide", "sql", "--warehouse", str(folder / ".lowtide/warehouse"),
            "SELECT alert_id, seq, entry, type, location, sku, event_time, available, p_stockout FROM ledger FINAL "
            "WHERE action_id = '' ORDER BY ALL",
        ],
        capture_output=True, check=True, text=True,
    ).stdout  # fmt: skip


def test_files_become_alerts_and_a_message_and_kills_change_nothing(tmp_path: Path) -> None:
    whole, broken = tmp_path / "a" / "shop", tmp_path / "b" / "shop"
    exports = furnish(whole)
    with ShopProcess(whole, *OPTIONS) as shop:
        assert shop.address
        for map_, file in exports.items():
            put(whole, map_, file)
        (message, *_) = shop.wait_for(shop.messages)
        assert "伊利纯牛奶 250ml" in "".join(message["lines"])
        assert message["at"] > "2026-11", "the clock of the log has reached what it tells"
        found = alerts(whole)
        assert "out_of_stock 中心店 00104" in found, "another command asks the store beside the shop"
        assert (
            not list((whole / "in/sales").glob("*.csv")) and (whole / "in/sales/done/销售出库.csv").exists()
        )
        assert shop.stop() == 0
    assert "已结束" in shop.said[-1]
    assert ledger(broken_by_kills(broken)) == ledger(whole), "and opens it by itself after its end"


def broken_by_kills(folder: Path) -> Path:
    """The same shop, killed while it starts, takes its files, and runs over them; then left in peace."""
    for map_, file in furnish(folder).items():
        put(folder, map_, file)
    draw = random.Random(11)
    for _ in range(2):
        with ShopProcess(folder, *OPTIONS) as shop:
            assert shop.address
            time.sleep(draw.uniform(0, 3.5))
            shop.kill()
    with ShopProcess(folder, *OPTIONS) as shop:
        journal = JournalFolder(folder / ".lowtide/journal")
        shop.wait_for(lambda: shop.address and any(place.next >= ROWS for place in readers(journal)))
        assert shop.stop() == 0
    return folder


def test_a_map_that_comes_later_or_is_mended_is_used_without_a_restart(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    exports = furnish(folder)
    good = (folder / "maps/counts.yaml").read_text("utf-8")
    (folder / "maps/counts.yaml").write_text(good.replace("kind: count", "kind: cuont"), "utf-8")
    with ShopProcess(folder, *OPTIONS) as shop:
        assert shop.address
        put(folder, "counts", exports["counts"])
        shop.wait_for(lambda: "inbox_waits" in "".join(shop.said))
        (folder / "maps/counts.yaml").write_text(good, "utf-8")
        shop.wait_for((folder / "in/counts/done/库存盘点.csv").exists)
        (folder / "maps/late.yaml").write_text(good, "utf-8")
        shop.wait_for((folder / "in/late").is_dir)


def test_a_part_that_cannot_start_ends_the_shop_with_its_error(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    furnish(folder)
    with ShopProcess(folder, *OPTIONS) as shop:
        assert shop.address
        with ShopProcess(folder, *OPTIONS) as second:
            assert second.process.wait(30) != 0
        assert "journal" in "".join(second.said)
        assert shop.stop() == 0
    (folder / "people.yaml").write_text("people: {a: {nmae: A}}\n", "utf-8")
    with ShopProcess(folder, *OPTIONS) as shop:
        assert shop.process.wait(30) == 2
    assert "people.yaml:1:" in "".join(shop.said)
