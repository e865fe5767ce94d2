"""ABC and XYZ classes, computed by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from lowtide.learning.classes import Classes, Cuts, classes_of
from tests.inputs.shop import at, beat, movement, shop

WEEKS = 8
Week = list[float]
"""Units of a week each, sold on its Thursday."""


def classes(
    sold: dict[str, Week], tmp_path: Path, items: str = "", cuts: Cuts | None = None, weeks: int = WEEKS
) -> Classes:
    """The classes of SKUs that are counted on the first day at more than they sell."""
    catalogue = None
    if items:
        catalogue = tmp_path / "items.csv"
        catalogue.write_text(items, encoding="utf-8")
    lines = [(at(0, 0.1), movement("count", sku, 10_000, at(0, 0.1), "0")) for sku in sold]
    for sku, units in sold.items():
        for week, quantity in enumerate(units):
            when = at(7 * week + 3, 12)
            lines += [(when, movement("sale", sku, quantity, when, str(week)))] if quantity else []
    lines += [(at(day, 23.99), beat(day)) for day in range(7 * weeks)]
    return classes_of(shop([line for _, line in sorted(lines)], catalogue).history, cuts)


def pairs(found: Classes) -> dict[str, str]:
    return {row["sku"]: row["abc"] + row["xyz"] for row in found.rows.to_pylist()}


def test_the_first_eighty_percent_of_the_value_are_a_and_the_next_fifteen_b(tmp_path):
    """Values: p 480, q 320, r 150, s 49, t 1 of 1,000. What begins at a limit is behind it: r at 80 %, s at 95 %."""
    even = {"p": 60, "q": 40, "r": 30, "s": 49 / 4, "t": 1 / 4}
    items = "sku,unit_price\np,1\nq,1\nr,0.625\ns,0.5\nt,0.5\n"
    found = classes({sku: [units] * WEEKS for sku, units in even.items()}, tmp_path, items)
    assert pairs(found) == {"p": "AX", "q": "AX", "r": "BX", "s": "CX", "t": "CX"}
    assert found.shares == pytest.approx({"A": 0.8, "B": 0.15, "C": 0.05})
    assert (found.by, found.sold, found.unpriced, found.positions) == (
        "value",
        5,
        0,
        {"AX": 2, "BX": 1, "CX": 2},
    )
    wide = classes({sku: [units] * WEEKS for sku, units in even.items()}, tmp_path, items, Cuts(a=48, b=80))
    assert pairs(wide) == {"p": "AX", "q": "BX", "r": "CX", "s": "CX", "t": "CX"}


def test_of_equal_value_the_sku_that_comes_first_is_better(tmp_path):
    found = classes({sku: [5] * WEEKS for sku in "edcba"}, tmp_path)
    assert {sku: pair[0] for sku, pair in pairs(found).items()} == {
        "a": "A",
        "b": "A",
        "c": "A",
        "d": "A",
        "e": "B",
    }


def test_without_prices_units_count_and_it_says_so(tmp_path):
    sold = {"bread": [90] * WEEKS, "ring": [10] * WEEKS}
    assert pairs(classes(sold, tmp_path)) == {"bread": "AX", "ring": "BX"}
    assert classes(sold, tmp_path).by == "units"
    priced = classes(sold, tmp_path, "sku,unit_price\nbread,1\nring,200\n")
    assert pairs(priced) == {"bread": "CX", "ring": "AX"}, "90 against 2,000 a week"


def test_a_cost_stands_for_a_price_and_what_has_neither_counts_at_the_mean_of_its_location(tmp_path):
    """10 at 8 and 30 at 4 make 5 a unit: 9 of the unknown one are 45 a week, of 80 + 120 + 45."""
    sold = {"dear": [10] * WEEKS, "cheap": [30] * WEEKS, "unknown": [9] * WEEKS}
    found = classes(sold, tmp_path, "sku,unit_price,unit_cost\ndear,8,2\ncheap,,4\n")
    assert pairs(found) == {"cheap": "AX", "dear": "AX", "unknown": "BX"}
    assert (found.unpriced, found.sold) == (1, 3)
    assert found.shares == pytest.approx({"A": 200 / 245, "B": 45 / 245})


def test_xyz_is_the_spread_of_weekly_demand_over_its_mean(tmp_path):
    """Means are 10. Deviations: 4.9, 5, 9.9 and 10: what is at a limit is behind it."""
    sold = {
        "x": [5.1, 14.9] * 4,
        "y": [5, 15] * 4,
        "y most": [0.1, 19.9] * 4,
        "z": [0, 20] * 4,
        "once": [0, 0, 0, 80, 0, 0, 0, 0],
        "never": [0] * WEEKS,
    }
    found = classes(sold, tmp_path)
    spread = {"x": "X", "y": "Y", "y most": "Y", "z": "Z", "once": "Z", "never": "Z"}
    assert {sku: pair[1] for sku, pair in pairs(found).items()} == spread
    assert pairs(found)["never"] == "CZ"
    tight = classes(sold, tmp_path, cuts=Cuts(x=0.48, y=0.6))
    assert [pairs(tight)[sku][1] for sku in ("x", "y", "y most")] == ["Y", "Y", "Z"]


def test_weeks_without_stock_do_not_make_demand_uneven(tmp_path):
    """It sells 10 a week. Its shelf is empty for weeks 3 and 4 and for the second half of week 5, in which it sells 5."""
    lines = [(at(0, 0.1), movement("count", "milk", 20, at(0, 0.1), "0"))]
    for week, units in [(0, 10), (1, 10), (4, 5), (5, 10), (6, 10), (7, 10)]:
        when = at(7 * week + 3, 12)
        lines.append((when, movement("sale", "milk", units, when, str(week))))
    for day, units in [(28, 5), (35, 100)]:
        lines.append((at(day, 0), movement("receipt", "milk", units, at(day, 0), str(day))))
    lines += [(at(day, 23.99), beat(day)) for day in range(7 * WEEKS)]
    history = shop([line for _, line in sorted(lines)]).history
    assert pairs(classes_of(history)) == {"milk": "AX"}
    history.out = history.out.slice(0, 0)
    assert pairs(classes_of(history)) == {"milk": "AY"}, "as if nobody had wanted any"


def test_weeks_before_a_position_began_do_not_count(tmp_path):
    lines = [(at(0, 0.1), movement("count", "old", 1000, at(0, 0.1), "0"))]
    for sku, first in (("old", 0), ("new", 4), ("too new", 5)):
        for week in range(first, WEEKS):
            when = at(7 * week + (0 if week == first else 3), 12)
            lines.append((when, movement("sale", sku, 10, when, str(week))))
    lines += [(at(day, 23.99), beat(day)) for day in range(7 * WEEKS)]
    found = pairs(classes_of(shop([line for _, line in sorted(lines)]).history))
    assert found == {"old": "AX", "new": "AX", "too new": "BZ"}, (
        "four weeks say how even it sells, three do not"
    )


def test_only_the_last_year_counts(tmp_path):
    """Fifty-eight weeks: what sold well before the last 365 days is C now."""
    sold = {"then": [500.0] * 5 + [0.0] * 53, "now": [10.0] * 58}
    assert pairs(classes(sold, tmp_path, weeks=58)) == {"now": "AX", "then": "CZ"}


def test_each_location_has_its_own_ranking(tmp_path):
    """The best seller of a corner shop is A there, however little that is beside the city."""
    lines = []
    for place, scale in (("city", 100), ("corner", 1)):
        for sku, units in (("milk", 90), ("salt", 10)):
            for week in range(WEEKS):
                when = at(7 * week + 3, 12)
                record = movement("sale", sku, units * scale, when, f"{place}{week}", location=place)
                lines.append((when, record))
    lines += [(at(day, 23.99), beat(day)) for day in range(7 * WEEKS)]
    rows = classes_of(shop([line for _, line in sorted(lines)]).history).rows.to_pylist()
    assert [(row["location"], row["sku"], row["abc"]) for row in rows] == [
        ("city", "milk", "A"), ("city", "salt", "B"), ("corner", "milk", "A"), ("corner", "salt", "B"),
    ]  # fmt: skip


def test_amounts_beyond_reason_are_classed_too(tmp_path):
    """A record may say a trillion units, and a catalogue any price."""
    found = classes({"a": [1e12] * WEEKS, "b": [1.0] * WEEKS}, tmp_path, "sku,unit_price\na,1e12\nb,1e12\n")
    assert pairs(found)["a"][0] == "A" and pairs(found)["b"][0] == "C"
