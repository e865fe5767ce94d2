"""The start of a position's projection, and its open alerts."""

from __future__ import annotations

from datetime import date

import pytest

from lowtide.explain.position import HORIZON_DAYS, LEARNED_DAYS, open_alerts, projection, start
from lowtide.words import Language
from tests.explain.entries import SUPPLY, entry
from tests.explain.entries import projection as detail

STOCK = {
    "on_hand": "20", "available": "20", "on_order": "0", "in_transit": "0", "last_event_time": "2026-11-22T12:00:00.000Z",
}  # fmt: skip
EN, ZH = Language("en"), Language("zh")


def days(*demand: int, first: int = 1) -> list[dict[str, str]]:
    """Demand of one day after the other in November."""
    return [{"day": f"2026-11-{first + day:02d}", "demand": str(units)} for day, units in enumerate(demand)]


def test_the_newest_entry_with_a_projection_is_the_start() -> None:
    old = entry(trip_level="1", available="9")
    new = entry(available="20", detail=detail(supply=[SUPPLY]))
    last = entry(entry="NOTED", detail={})
    begin = start(STOCK, [old, new, last], [])
    assert begin.supply == [SUPPLY] and begin.trip_level == "25.000" and begin.today == date(2026, 11, 22)
    assert begin.sentence(EN).endswith("the ledger entry of 22 Nov 2026 09:30 UTC.")
    assert [day.number for day in projection(STOCK, begin)] == [*range(1, 9)]


def test_stock_that_has_moved_since_is_drawn_as_it_is_now_and_said_so() -> None:
    begin = start({**STOCK, "available": "100"}, [entry(available="20")], [])
    assert begin.sentence(EN).endswith("with the stock and supply of now. Since the alert: +80 available.")
    assert begin.sentence(ZH).endswith("预警以来：可用 +80。")
    assert projection({**STOCK, "available": "100"}, begin)[0].expected == pytest.approx(97)


def test_the_supply_that_is_drawn_is_that_of_now() -> None:
    """Of two orders in the entry one has come and one is smaller; a third was placed since, and has a chance of its own."""
    lateness = [[0, 0.885], [5, 0.91375], [12, 1.0]]
    told = entry(detail=detail(supply=[SUPPLY, {**SUPPLY, "ref": "PO2"}], lateness=lateness))
    orders = [
        {"ref": "PO2", "outstanding": "4", "due": SUPPLY["due"]},
        {"ref": "PO3", "outstanding": "36", "due": "2026-11-24T08:00:00.000Z"},
    ]
    smaller, new = start({**STOCK, "on_order": "40"}, [told], [], orders).supply
    assert smaller == {**SUPPLY, "ref": "PO2", "remaining": "4"}
    assert (new["remaining"], new["arrived_by"]) == ("36", [0, 0, *[0.885] * 5, 0.91375])


def test_days_are_those_of_the_position() -> None:
    """At 17:00 UTC it is the next day in Shanghai: an order that is due in the morning there is due today."""
    lateness = [[0, 0.885], [5, 1.0]]
    told = entry(detail=detail(as_of="2026-11-22T17:00:00.000Z", lateness=lateness))
    orders = [{"ref": "PO3", "outstanding": "36", "due": "2026-11-23T02:00:00.000Z"}]
    there, here = (start(STOCK, [told], [], orders, zone) for zone in ("Asia/Shanghai", "UTC"))
    assert (there.today, there.supply[0]["arrived_by"][0]) == (date(2026, 11, 23), 0.885)
    assert (here.today, here.supply[0]["arrived_by"][:2]) == (date(2026, 11, 22), [0, 0.885])


def test_without_an_entry_the_mean_demand_stands_in() -> None:
    begin = start(STOCK, [], days(4, 0, 2, first=20))
    assert begin.demand["rate_per_day"] == 2 and len(begin.demand["exposure"]) == HORIZON_DAYS
    assert begin.demand["dispersion"] == pytest.approx(8 / 3 / 2), "variance over mean"
    assert begin.sentence(EN) == (
        "No alert has left an estimate here: the mean demand of the last 3 days stands in."
    )
    undated = start({**STOCK, "on_order": "5"}, [], days(4, 0, 2, first=20))
    assert undated.sentence(EN).endswith("its open supply has no dates in the warehouse and is left out.")


def test_days_without_a_row_sold_nothing_and_old_days_do_not_count() -> None:
    assert start(STOCK, [], days(14)).demand["rate_per_day"] == pytest.approx(14 / 22)
    late = {**STOCK, "last_event_time": "2026-12-31T12:00:00.000Z"}
    begin = start(late, [], days(14))
    assert (begin.demand["rate_per_day"], begin.demand["evidence"]) == (0, None)
    assert begin.values == {"days": LEARNED_DAYS}
    assert projection(late, begin)[-1].p_out == 0


def test_what_people_do_does_not_open_or_end_an_alert() -> None:
    opened, cleared = entry(), entry(seq=2, entry="CLEARED")
    closed = entry(seq=0, entry="CLOSED", p_stockout=None)
    other = entry(alert_id="01KAMTESTTESTTESTTESTTEST1")
    assert open_alerts([opened, cleared, closed]) == []
    assert open_alerts([opened, entry(seq=0, entry="ACKNOWLEDGED", p_stockout=None), other]) == [
        opened,
        other,
    ]
