"""An alert asks at once, numbers that move make a new proposal, and what only waited for the alert ends with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from lowtide.desk.proposing.shelf import Arrived
from lowtide.propose import AutoApprove, Donor, Lane, Overdue
from lowtide.rows import moment
from tests.desk.proposing.world import Life as AnyLife
from tests.desk.proposing.world import RowShelf, alert, milk, ms

DAY = "2026-12-01"
"""A Tuesday: the next order day is Thursday, so an order comes on Friday."""


class Life(AnyLife):
    """A desk that begins on that day."""

    def __init__(self, folder: Path, shelf: RowShelf, rows: Sequence[dict[str, Any]] = ()) -> None:
        super().__init__(folder, shelf, rows, since=f"{DAY} 09:00")


def test_a_warning_asks_at_once_and_a_watch_does_not(tmp_path: Path) -> None:
    rows = [alert("WATCH", f"{DAY} 09:30", severity="watch"), alert("WARN", f"{DAY} 10:00", sku="1002")]
    life = Life(tmp_path, RowShelf([milk(), milk(sku="1002")]), rows).until(f"{DAY} 10:02")
    orders = [row for row in life.rows() if row["kind"] == "order"]
    assert [(row["sku"], row["alert_id"], row["event_time"]) for row in orders] == [
        ("1002", "WARN", ms(f"{DAY} 10:00"))
    ]
    assert "late" in orders[0]["marks"]
    life.close()


def test_where_the_order_alone_is_late_the_nearest_shop_with_excess_is_proposed_too(tmp_path: Path) -> None:
    shelf = RowShelf([milk()])
    giver = milk(location="331", available="400", mean=1.0)
    shelf.givers["330", "1001"] = [
        Donor(giver.position, giver.terms, Lane("331", "330", hours=3.0, pack=6_000))
    ]
    life = Life(tmp_path, shelf, [alert("A", f"{DAY} 10:00")]).until(f"{DAY} 10:02")
    kinds = {row["kind"]: row for row in life.rows()}
    assert set(kinds) == {"order", "transfer"}
    assert kinds["transfer"]["from_location"] == "331" and float(kinds["transfer"]["quantity"]) % 6 == 0
    assert kinds["transfer"]["alert_id"] == "A"
    life.close()


def test_numbers_that_move_make_a_new_proposal_that_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    shelf = RowShelf([milk()])
    life = Life(tmp_path, shelf, [alert("A", f"{DAY} 10:00")]).until(f"{DAY} 10:01")
    old = life.one()
    shelf.put(milk(available="5", mean=10.2))
    life.until(f"{DAY} 10:10")
    assert [row["proposal_id"] for row in life.rows()] == [old["proposal_id"]]
    shelf.put(milk(available="-40"))
    life.until(f"{DAY} 10:20")
    new = life.one()
    assert life.one("superseded")["superseded_by"] == new["proposal_id"]
    assert float(new["quantity"]) > float(old["quantity"])
    (entry,) = [row for row in life.shipped() if row["proposal_id"] == new["proposal_id"]]
    assert (entry["supersedes"], entry["event_time"]) == (old["proposal_id"], life.shipped()[0]["event_time"])
    shelf.put(milk(available="900"))
    life.until(f"{DAY} 10:30")
    assert life.one("withdrawn")["reason"] == "need_gone"
    life.close()


def test_no_proposal_while_an_approved_one_waits_for_its_order(tmp_path: Path) -> None:
    shelf = RowShelf([milk()])
    rows = [alert("A", f"{DAY} 10:00"), alert("A", f"{DAY} 11:00", "WORSENED", 2, severity="critical")]
    life = Life(tmp_path, shelf, rows).until(f"{DAY} 10:01")
    assert life.approve("chen").entry == "APPROVED"
    shelf.put(milk(available="-60"))
    life.until(f"{DAY} 11:30")
    assert [row["kind"] for row in life.rows()] == ["order"]
    assert life.kinds().count("PROPOSED") == 1
    life.close()


def test_what_waits_is_closed_with_its_alert_and_what_was_approved_is_not(tmp_path: Path) -> None:
    rows = [alert("A", f"{DAY} 10:00"), alert("B", f"{DAY} 10:00", sku="1002")]
    rows += [alert(one["alert_id"], f"{DAY} 10:30", "CLEARED", 2, sku=one["sku"]) for one in rows]
    shelf = RowShelf([milk()])
    life = Life(tmp_path, shelf, rows).until(f"{DAY} 10:01")
    life.approve("chen")
    shelf.known.append(milk(sku="1002"))
    life.until(f"{DAY} 10:31")
    assert {row["sku"]: row["state"] for row in life.rows()} == {"1001": "approved"}
    shelf2 = RowShelf([milk(sku="1002")])
    other = Life(tmp_path / "two", shelf2, rows).until(f"{DAY} 10:31")
    assert {row["sku"]: row["state"] for row in other.rows()} == {"1002": "closed"}
    life.close()
    other.close()


def test_negative_stock_is_counted_and_a_count_confirms_it(tmp_path: Path) -> None:
    shelf = RowShelf([milk(available="-3")])
    life = Life(tmp_path, shelf, [alert("N", f"{DAY} 10:00", type="negative_stock")]).until(f"{DAY} 10:01")
    row = life.one()
    assert (row["kind"], row["quantity"], row["supplier"]) == ("count", "-3", "")
    shelf.counts.append(Arrived("330", "1001", "count-7", ms(f"{DAY} 10:20"), "4"))
    shelf.changed = True
    life.until(f"{DAY} 10:30")
    assert life.one("confirmed")["order_ref"] == "count-7"
    life.close()


def test_overdue_orders_of_a_supplier_are_one_chase_that_ends_when_nothing_is_overdue(tmp_path: Path) -> None:
    shelf = RowShelf([milk(), milk(sku="1002")])
    due = moment("2026-11-28T00:00:00Z")
    shelf.late["shop", "V002"] = [
        Overdue("330", sku, number, 24_000, due) for sku, number in (("1001", "PO-1"), ("1002", "PO-2"))
    ]
    rows = [
        alert("L1", f"{DAY} 10:00", type="overdue_supply"), alert("L2", f"{DAY} 10:00", type="overdue_supply", sku="1002"),
    ]  # fmt: skip
    life = Life(tmp_path, shelf, rows).until(f"{DAY} 10:01")
    row = life.one()
    assert (row["kind"], row["supplier"], row["location"], row["quantity"]) == ("chase", "V002", "", "48")
    shelf.late.clear()
    shelf.changed = True
    life.until(f"{DAY} 10:10")
    assert life.one("withdrawn")["reason"] == "need_gone"
    life.close()


def test_the_policy_may_approve_by_itself_what_is_cheap_and_probable(tmp_path: Path) -> None:
    cheap = replace(milk(), terms=replace(milk().terms, auto_approve=AutoApprove(up_to=10_000, p_over=0.5)))
    dear = replace(
        milk(sku="1002"), terms=replace(milk().terms, auto_approve=AutoApprove(up_to=10, p_over=0.5))
    )
    life = AnyLife(tmp_path, RowShelf([cheap, dear])).until("2026-11-30 14:01")
    assert {row["sku"]: (row["state"], row["decided_by"]) for row in life.rows()} == {
        "1001": ("approved", "desk"), "1002": ("proposed", ""),
    }  # fmt: skip
    life.close()


def test_what_an_order_day_found_waiting_stays_on_its_list_when_the_alert_ends(tmp_path: Path) -> None:
    """It was closed with its alert after the order day had come, and a position in need was on no list."""
    day = "2026-12-03"
    rows = [alert("A", f"{day} 10:00"), alert("A", f"{day} 14:20", "CLEARED", 2)]
    life = AnyLife(tmp_path, RowShelf([milk()]), rows, since=f"{day} 09:00").until(f"{day} 14:40")
    assert [(row["state"], row["alert_id"]) for row in life.rows()] == [("proposed", "A")]
    life.close()
