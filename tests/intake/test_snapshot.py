"""Stock lists: counts, zeros, refusals, and guesses from differences."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import orjson
import pytest

from lowtide.intake.snapshot import ListRow, SnapshotRefused, StockList, Taken, Terms, taken

MONDAY, TUESDAY = 1_795_420_800_000, 1_795_507_200_000
ALL = Terms(max_absent=1)


def row(sku: str, quantity: str, location: str = "330", at: int = MONDAY) -> ListRow:
    movement = {
        "id": "{location}/{sku}@{time}",
        "source": "u8",
        "kind": "count",
        "sku": sku,
        "location": location,
        "quantity": quantity,
        "event_time": "2026-11-23T08:00:00.000Z" if at == MONDAY else "2026-11-24T08:00:00.000Z",
    }
    return ListRow(orjson.dumps({"品": sku, "数": quantity, "_line": 2}), [movement])


BAD = ListRow(b'{"\xe5\x93\x81":"C","_line":9}', (), is_reject=True)


def movements(list_: Taken) -> list[tuple[str, str, str, str | None]]:
    """Id, kind, quantity, reason of each movement."""
    found = [orjson.loads(line).get("_movement") for line in list_.rows]
    return [(one["id"], one["kind"], one["quantity"], one.get("reason")) for one in found if one]


def monday(terms: Terms = ALL) -> Taken:
    return taken(terms, [row("A", "5"), row("B", "3")], MONDAY, {})


def test_what_a_list_lacks_is_a_count_of_zero() -> None:
    first = monday()
    assert movements(first) == [
        (f"330/A@{MONDAY}", "count", "5", None),
        (f"330/B@{MONDAY}", "count", "3", None),
    ]
    second = taken(ALL, [row("A", "4")], TUESDAY, first.lists)
    assert movements(second) == [
        (f"330/A@{TUESDAY}", "count", "4", None),
        (f"330/B@{TUESDAY}", "count", "0", None),
    ]
    zero: dict[str, Any] = orjson.loads(second.rows[1])
    assert zero["_movement"]["event_time"] == "2026-11-24T08:00:00.000Z"
    assert orjson.loads(first.rows[0])["品"] == "A", "another map can be tried on the columns"
    third = taken(ALL, [row("A", "4")], TUESDAY + 1, second.lists)
    assert len(movements(third)) == 1, "B is zero once"


def test_a_list_that_is_cut_off_is_refused() -> None:
    with pytest.raises(SnapshotRefused, match="lacks 1 of the 2 articles of the last one \\(B\\)"):
        taken(Terms(), [row("A", "4")], TUESDAY, monday().lists)
    assert movements(taken(Terms(absent="keep"), [row("A", "4")], TUESDAY, monday().lists))


def test_the_same_list_again_and_an_older_one_give_no_zeros() -> None:
    last = monday().lists
    for time in (MONDAY, MONDAY - 1):
        again = taken(Terms(), [row("A", "4")], time, last)
        assert [kind for _, kind, _, _ in movements(again)] == ["count"]
        assert again.lists == {}, "the newer list stays the last one"
        assert "not newer" in str(again.sentences[0])


def test_a_list_with_a_bad_row_gives_no_zeros() -> None:
    """The article of the bad row may be the one that seems to be missing."""
    list_ = taken(ALL, [row("A", "4"), BAD], TUESDAY, monday().lists)
    assert len(movements(list_)) == 1
    assert list_.rows[1] == BAD.data, "the map rejects it when the journal is read"
    assert list_.lists["330"].items == {"A": Decimal(4), "B": Decimal(3)}
    assert "cannot be used" in str(list_.sentences[0])


def test_differences_are_guessed_as_sales_and_receipts() -> None:
    terms = Terms(decrease="sale", increase="receipt", max_absent=1)
    first = monday(terms)
    assert [kind for _, kind, _, _ in movements(first)] == ["count", "count"]
    second = taken(terms, [row("A", "4"), row("C", "2")], TUESDAY, first.lists)
    assert movements(second) == [
        (f"330/A@{TUESDAY}", "sale", "1", "inferred"),
        (f"330/C@{TUESDAY}", "receipt", "2", "inferred"),
        (f"330/B@{TUESDAY}", "sale", "3", "inferred"),
    ]
    third = taken(terms, [row("A", "4"), row("C", "2")], TUESDAY + 1, second.lists)
    assert {kind for _, kind, _, _ in movements(third)} == {"count"}, "an unchanged stock is confirmed"


def test_an_article_on_two_shelves_has_the_sum() -> None:
    list_ = taken(ALL, [row("A", "5"), row("A", "2.5"), row("B", "3")], MONDAY, {})
    assert [quantity for _, _, quantity, _ in movements(list_)] == ["7.5", "7.5", "3"]
    assert len({id_ for id_, *_ in movements(list_)}) == 2, "the second is a duplicate of the first"


def test_one_time_for_all_rows_of_several_locations() -> None:
    terms = Terms(time="event_time", max_absent=1)
    list_ = taken(terms, [row("A", "5"), row("A", "1", "331", TUESDAY)], 0, {})
    assert [id_ for id_, *_ in movements(list_)] == [f"330/A@{TUESDAY}", f"331/A@{TUESDAY}"]
    only = taken(
        terms, [row("B", "1", "331", TUESDAY)], 0, {"330": StockList(MONDAY, "u8", {"A": Decimal(5)})}
    )
    assert len(movements(only)) == 1, "a list of 331 says nothing about 330"


def test_a_row_with_several_movements() -> None:
    """A wide list has a column for each location, and so a rule for each."""
    wide = ListRow(
        b'{"sku":"A","330":"5","331":"6","_line":2}',
        [*row("A", "5").movements, *row("A", "6", "331").movements],
    )
    list_ = taken(ALL, [wide], MONDAY, {})
    assert [(id_, quantity) for id_, _, quantity, _ in movements(list_)] == [
        (f"330/A@{MONDAY}", "5"),
        (f"331/A@{MONDAY}", "6"),
    ]
