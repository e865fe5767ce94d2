"""Every figure of a week that can be told by hand: `story` says what happens, and here stands what must come out."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from lowtide.backtest import Backtest, Period
from lowtide.backtest.kept import bytes_of
from tests.backtest.conftest import told
from tests.backtest.story import SOLD_ON, text


def test_alerts_are_added_gone_and_moved_by_known_times(result: Backtest) -> None:
    changes = result.document["changes"]
    assert changes["counts"] == {
        "same": 2, "added": 2, "gone": 1, "moved": 2, "earlier": 1, "later": 1, "graver": 0, "milder": 0,
    }  # fmt: skip
    assert {(row["sku"], row["type"], row["opened_at"]) for row in changes["added"]} == {
        ("salt", "below_reorder_point", text(4, 12)), ("salt", "out_of_stock", text(4, 19)),
    }  # fmt: skip
    (gone,) = changes["gone"]
    assert (gone["sku"], gone["type"], gone["opened_at"]) == ("coffee", "below_reorder_point", text(1, 15))
    tea, milk = sorted(changes["moved"], key=lambda row: row["later_hours"])
    assert (tea["sku"], tea["opened_at_before"], tea["opened_at"]) == ("tea", text(0, 15), text(0, 12))
    assert tea["later_hours"] == -3.0
    assert (milk["sku"], milk["opened_at_before"], milk["opened_at"]) == ("milk", text(3, 12), text(4, 12))
    assert milk["later_hours"] == 24.0 and milk["type"] == "overdue_supply"


def test_real_stockouts_are_the_same_for_both_also_where_a_policy_knows_nothing_of_them(
    result: Backtest,
) -> None:
    """The first policy has switched salt off altogether, and still it has missed that salt ran out."""
    rows = result.document["stockouts"]
    assert [(row["sku"], row["began_at"]) for row in rows] == [
        (sku, text(day, 19)) for sku, day in SOLD_ON.items()
    ]
    assert [row["lead_hours"] for row in rows] == [[4.0, 7.0], [4.0, None], [None, 7.0]]
    assert [row["told_while_empty"] for row in rows] == [[False, False], [False, True], [False, False]]


def test_what_each_policy_saw_of_them(result: Backtest) -> None:
    before, after = (one["stockouts"] for one in result.document["policies"])
    same = {"stockouts": 3, "foretold": 2, "missed": 1, "warnings": 2, "warnings_met": 2, "share_met": 1.0}
    assert before == {
        **same, "told_while_empty": 0, "never_told": 1, "lead_hours": {"p10": 4.0, "median": 4.0, "p90": 4.0},
    }  # fmt: skip
    assert after == {
        **same, "told_while_empty": 1, "never_told": 0, "lead_hours": {"p10": 7.0, "median": 7.0, "p90": 7.0},
    }  # fmt: skip


def test_alerts_by_type_and_the_load_of_each_owner(result: Backtest) -> None:
    before, after = result.document["policies"]
    kinds = ("below_reorder_point", "out_of_stock", "overdue_supply")
    assert [(row["type"], row["alerts"]) for row in before["by_type"]] == list(
        zip(kinds, (2, 2, 1), strict=True)
    )
    assert [(row["type"], row["alerts"]) for row in after["by_type"]] == list(
        zip(kinds, (2, 3, 1), strict=True)
    )
    assert [row["critical"] for row in after["by_type"]] == [0, 3, 0]
    assert [(one["person"], one["hours"], one["alerts"], one["most"]) for one in after["owners"]] == [
        ("wang", 108.0, 5, 1), ("chen", 216.0, 1, 1),
    ]  # fmt: skip
    assert after["owners"][0]["pushes_an_hour"] == round(5 / 108, 4)


def test_a_period_counts_what_opened_in_it_and_compares_what_was_open(tmp_path: Path) -> None:
    """Tea ran out on the day before: its alerts are still open, so one has moved, but it opened outside."""
    document = told(tmp_path, Period(date(2026, 3, 3), date(2026, 3, 5))).document
    before, after = document["policies"]
    assert (before["alerts"], after["alerts"]) == (3, 1)  # coffee twice and milk, coffee once
    assert [row["sku"] for row in document["stockouts"]] == ["coffee"]
    moved, gone = document["changes"]["moved"], document["changes"]["gone"]
    assert [(row["sku"], row["later_hours"]) for row in moved] == [("tea", -3.0)]
    assert {(row["sku"], row["type"]) for row in gone} == {
        ("coffee", "below_reorder_point"), ("milk", "overdue_supply"),
    }  # fmt: skip
    assert document["history"]["records"] is None and document["period"]["last"] == "2026-03-05"


def test_a_second_run_changes_no_byte(result: Backtest, tmp_path: Path) -> None:
    again, first = dict(told(tmp_path).document), dict(result.document)
    again["history"] |= {"sources": first["history"]["sources"]}
    assert bytes_of(again) == bytes_of(first)


def test_the_period_ends_with_the_clock_of_the_log_and_not_with_the_last_movement(result: Backtest) -> None:
    """A heartbeat came two days later: an alert that only time opens behind the last sale must count."""
    document = result.document
    assert document["history"]["last"] == text(8)
    assert document["period"] == {"first": "2026-03-02", "last": "2026-03-10"}
