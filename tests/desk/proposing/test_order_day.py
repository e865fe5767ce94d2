"""An order day: proposals an hour before the cut-off, gathered into one order a supplier and location, each once."""

from __future__ import annotations

from pathlib import Path

from lowtide.desk.proposing import answering, exporting
from lowtide.desk.proposing.decider import Decider
from lowtide.desk.proposing.shelf import Arrived
from lowtide.propose import ref
from tests.desk.proposing.world import Life, RowShelf, milk, ms

MONDAY = "2026-11-30"


def test_an_hour_before_the_cut_off_every_position_in_need_gets_a_line_of_one_order(tmp_path: Path) -> None:
    shelf = RowShelf([milk(), milk(sku="1002"), milk(sku="1003", available="900"), milk(location="331")])
    life = Life(tmp_path, shelf).until(f"{MONDAY} 13:59")
    assert life.rows() == []
    life.until(f"{MONDAY} 14:01")
    rows = life.rows()
    assert [(row["location"], row["sku"], row["state"]) for row in rows] == [
        ("330", "1001", "proposed"), ("330", "1002", "proposed"), ("331", "1001", "proposed"),
    ]  # fmt: skip
    assert len({row["list_id"] for row in rows}) == 2
    assert {row["cut_off_at"] for row in rows} == {ms(f"{MONDAY} 15:00")}
    assert {row["event_time"] for row in rows} == {ms(f"{MONDAY} 14:00")}
    assert all(row["owner"] == "chen" and row["team"] == "buyers" and row["holder"] == "chen" for row in rows)
    assert all(
        float(row["quantity"]) % 12 == 0 and row["cost"] == 4.0 * float(row["quantity"]) for row in rows
    )
    life.close()


def test_what_nobody_decides_is_told_at_once_and_to_the_lead_half_an_hour_before_the_cut_off(
    tmp_path: Path,
) -> None:
    life = Life(tmp_path, RowShelf([milk()])).until(f"{MONDAY} 14:59")
    told = [(row["to"], row["reason"]) for row in life.messages]
    assert told == [("chen", "REMINDER"), ("wang", "STEP")]
    assert "提醒：1 个建议单等您处理" in life.messages[0]["title"]
    assert "1 proposal wait" in life.messages[1]["title"]
    (line,) = life.messages[0]["lines"]
    assert "Dairy Co" in line and "人民路店" in line and "截止 15:00" in line
    life.close()


def test_what_was_approved_in_time_is_reminded_to_be_exported_and_confirmed(tmp_path: Path) -> None:
    shelf = RowShelf([milk()])
    life = Life(tmp_path, shelf).until(f"{MONDAY} 14:05")
    assert life.approve("chen").entry == "APPROVED"
    row = life.one("approved")
    assert row["due_at"] == ms(f"{MONDAY} 16:05")
    life.until(f"{MONDAY} 16:10")
    assert [(one["to"], one["reason"]) for one in life.messages] == [
        ("chen", "REMINDER"),
        ("chen", "REMINDER"),
    ]
    shelf.came.append(Arrived("330", "1001", row["ref"], ms(f"{MONDAY} 16:20"), row["quantity"]))
    shelf.changed = True
    life.until(f"{MONDAY} 16:30")
    assert life.one("confirmed")["order_ref"] == row["ref"]
    assert life.kinds() == ["PROPOSED", "APPROVED", "CONFIRMED"]
    life.close()


def test_an_order_that_carries_the_number_of_the_whole_list_confirms_all_its_lines(tmp_path: Path) -> None:
    shelf = RowShelf([milk(), milk(sku="1002")])
    life = Life(tmp_path, shelf).until(f"{MONDAY} 14:05")
    number = ref(life.rows()[0]["list_id"])
    shelf.came += [Arrived("330", sku, number, ms(f"{MONDAY} 14:06"), "24") for sku in ("1001", "1002")]
    shelf.changed = True
    life.until(f"{MONDAY} 14:20")
    assert {row["state"] for row in life.rows()} == {"confirmed"}
    life.close()


def test_a_desk_that_starts_late_plans_the_day_that_is_open_once_and_none_that_has_passed(
    tmp_path: Path,
) -> None:
    life = Life(tmp_path, RowShelf([milk()]))
    life.clock.set(ms(f"{MONDAY} 14:40"))
    life.drive.run(-1)
    assert life.planner.once(ms(f"{MONDAY} 14:40")) is not None
    assert life.planner.once(ms(f"{MONDAY} 14:41")) is not None
    assert life.kinds() == ["PROPOSED"]
    life.close()


def test_the_same_rows_give_the_same_entries_byte_for_byte(tmp_path: Path) -> None:
    entries = []
    for name in ("one", "two"):
        life = Life(tmp_path / name, RowShelf([milk(), milk(sku="1002")])).until(f"{MONDAY} 14:59")
        entries.append(life.shipped())
        life.close()
    assert entries[0] and entries[0] == entries[1]


def test_nobody_decides_before_the_cut_off_so_the_next_order_day_has_it(tmp_path: Path) -> None:
    life = Life(tmp_path, RowShelf([milk()])).until(f"{MONDAY} 15:30")
    states = {row["state"]: row for row in life.rows()}
    assert states["superseded"]["superseded_by"] == states["proposed"]["proposal_id"]
    assert states["proposed"]["cut_off_at"] == ms("2026-12-03 15:00")
    life.close()


def test_a_line_that_is_exported_later_than_the_others_is_reminded_of_too(tmp_path: Path) -> None:
    """One call a list and stage was made for good: what came to the stage after it could wait for ever."""
    life = Life(tmp_path, RowShelf([milk(), milk(sku="1002")])).until(f"{MONDAY} 14:05")
    orders = [answering.Order(row["proposal_id"], row["version"]) for row in life.rows()]
    chen = Decider("chen", "chen")
    answering.approve(life.store, life.office.book, orders, chen, life.clock.now(), {})
    minute = "done_at / 60000 * 60000 AS done_at"
    done = f"SELECT step, {minute} FROM proposal_call WHERE state = 'exported' AND done_at > 0 ORDER BY 2"
    for order in orders:  # the first on Monday, the other one on Thursday, after the call of Thursday 11:05
        with life.store.transaction() as tx:
            exporting.note(tx, life.office.book, [order.proposal_id], chen, life.clock.now(), to="csv")
        life.until("2026-12-03 15:00")
    assert [(row["step"], row["done_at"]) for row in life.rows(done)] == [(1, ms("2026-12-03 11:05"))]
    life.until("2026-12-08 12:30")
    assert [(row["step"], row["done_at"]) for row in life.rows(done)] == [
        (1, ms("2026-12-03 11:05")), (2, ms("2026-12-07 17:05")), (3, ms("2026-12-08 12:00")),
    ]  # fmt: skip
    assert [(one["to"], one["reason"]) for one in life.messages][-3:] == [
        ("chen", "REMINDER"), ("wang", "STEP"), ("chen", "REMINDER"),
    ]  # fmt: skip
    life.close()


def test_an_order_day_waits_for_positions_whose_source_is_read_from_behind(tmp_path: Path) -> None:
    """The day counted as planned, so what was caught up a minute later was on no order."""
    life = Life(tmp_path, RowShelf([milk()])).until(f"{MONDAY} 13:59")
    with life.store.transaction() as tx:
        tx.execute("INSERT OR REPLACE INTO partition VALUES (?, ?)", "shop\x1flog/0", "CATCHING_UP")
    life.planner.once(ms(f"{MONDAY} 14:00"))
    assert life.rows() == []
    with life.store.transaction() as tx:
        tx.execute("INSERT OR REPLACE INTO partition VALUES (?, ?)", "shop\x1flog/0", "")
    assert life.planner.once(ms(f"{MONDAY} 14:02")) == ms(f"{MONDAY} 14:05")
    life.planner.once(ms(f"{MONDAY} 14:05"))
    assert [row["state"] for row in life.rows()] == ["proposed"]
    life.close()


def test_a_supplier_that_cannot_be_used_is_named_once(tmp_path: Path) -> None:
    shelf, said = RowShelf([milk()]), list[tuple[str, str]]()
    life = Life(tmp_path, shelf)
    life.planner._say = lambda event, row: said.append((event, str(row.get("supplier"))))
    shelf.refused["V009"] = "the calendar `office` is closed on all days of `order_days`: `sat,sun`"
    life.until(f"{MONDAY} 14:30")
    assert said.count(("supplier_refused", "V009")) == 1
    assert [row["state"] for row in life.rows()] == ["proposed"]
    life.close()
