"""The start of a position's projection, and its open alerts."""

from __future__ import annotations

from datetime import date

import pytest

from lowtide.explain.ordering import arrival_days
from lowtide.explain.position import horizon_of, open_alerts, projection, start
from lowtide.explain.targets import targets
from lowtide.words import Language
from tests.explain.entries import DEMAND, LATENESS, SUPPLY, entry, judged
from tests.explain.entries import projection as detail
from tests.model.estimate import Estimator
from tests.model.ordering import Ordering

STOCK = {
    "on_hand": "20", "available": "20", "on_order": "0", "in_transit": "0", "last_event_time": "2026-11-22T12:00:00.000Z",
}  # fmt: skip
EN, ZH = Language("en"), Language("zh")


def days(*demand: int, first: int = 1) -> list[dict[str, str]]:
    """Demand of one day after the other in November."""
    return [{"day": f"2026-11-{first + day:02d}", "demand": str(units)} for day, units in enumerate(demand)]


TERMS = {
    "lead_time_days": 7.0, "review_period_days": 1.0, "lead_time_sd_days": 2.0, "service_level": 0.95, "lateness": LATENESS,
}  # fmt: skip


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
    assert begin.sentence(ZH).endswith("告警以来：可用 +80。")
    assert projection({**STOCK, "available": "100"}, begin)[0].expected == pytest.approx(97)


def test_the_supply_that_is_drawn_is_that_of_now() -> None:
    """Of two orders in the entry one has come and one is smaller; a third was placed since, and has chances of its own."""
    told = entry(detail=detail(supply=[SUPPLY, {**SUPPLY, "ref": "PO2"}]))
    orders = [
        {"ref": "PO2", "outstanding": "4", "due": SUPPLY["due"]},
        {"ref": "PO3", "outstanding": "36", "due": "2026-11-24T08:00:00.000Z"},
    ]
    smaller, new = start({**STOCK, "on_order": "40"}, [told], [], orders).supply
    assert smaller == {**SUPPLY, "ref": "PO2", "remaining": "4"}
    assert (new["remaining"], new["arrives"]) == ("36", arrival_days(2, LATENESS, 8))


def test_the_order_that_is_expected_is_drawn_on_its_day() -> None:
    told = judged(20, DEMAND, [], Ordering(point=14, quantity=30, lead=3))
    begin = start(STOCK, [told], [], [])
    assert [order["ref"] for order in begin.supply] == [None]
    days = projection(STOCK, begin, ZH)
    assert days[4].arrivals == ("+30 预计订货 88 %",), (
        "17 after today, 14 after tomorrow: due three days later"
    )
    full = start({**STOCK, "available": "60"}, [told], [], [])
    assert full.supply == [], "the stock of now does not fall to 14 within the horizon"


def test_days_are_those_of_the_position() -> None:
    """At 17:00 UTC it is the next day in Shanghai: an order that is due in the morning there is due today."""
    told = entry(detail=detail(as_of="2026-11-22T17:00:00.000Z"))
    orders = [{"ref": "PO3", "outstanding": "36", "due": "2026-11-23T02:00:00.000Z"}]
    there, here = (start(STOCK, [told], [], orders, zone) for zone in ("Asia/Shanghai", "UTC"))
    assert (there.today, there.supply[0]["arrives"][0]) == (date(2026, 11, 23), 0.885)
    assert (here.today, here.supply[0]["arrives"][:2]) == (date(2026, 11, 22), [0, 0.885])


def test_without_an_entry_the_stored_days_are_learned_from() -> None:
    """The 20th and 21st have closed; the 22nd, the day of the last record, has not."""
    begin = start(STOCK, [], days(4, 0, 9, first=20), terms=TERMS)
    plain = Estimator()
    for day, units in enumerate((4.0, 0.0)):
        plain.close(day, units)
    assert begin.demand["rate_per_day"] == pytest.approx(plain.rate) and len(begin.demand["exposure"]) == 8
    assert (begin.demand["phi"], begin.demand["kappa"]) == pytest.approx((plain.phi, plain.kappa))
    assert begin.sentence(EN) == (
        "No alert has left an estimate here: it is learned from the 2 days of demand that the warehouse has since "
        "20 November 2026, each as a whole day in stock."
    )
    assert "自 2026年11月20日 起的 2 天" in begin.sentence(ZH)


def test_without_an_entry_open_supply_counts_by_the_lateness_of_the_policy() -> None:
    orders = [{"ref": "PO3", "outstanding": "36", "due": "2026-11-24T02:00:00.000Z"}]
    stock = {**STOCK, "on_order": "36"}
    begin = start(stock, [], days(4, 0, first=20), orders, terms=TERMS)
    assert begin.supply[0]["arrives"] == arrival_days(2, LATENESS, 8)
    undated = start(stock, [], days(4, 0, first=20), orders)
    assert undated.supply == [] and undated.sentence(EN).endswith("and is left out.")
    unknown = start(stock, [], [], orders)
    assert "no whole day of demand is known" in unknown.sentence(EN) and unknown.demand["rate_per_day"] == 0
    assert projection(stock, unknown)[-1].p_out == 0


@pytest.mark.parametrize(
    ("terms", "horizon"),
    [
        ({}, 8), ({"lead_time_days": 2.0}, 7), ({"lead_time_days": 14.0, "review_period_days": 7.0}, 21),
        ({"lead_time_days": 3.5, "horizon": "lead"}, 4), ({"lead_time_days": 3.0, "horizon": "lead+review"}, 4),
        ({"horizon": "2 lead"}, 14), ({"horizon": 30.0}, 30), ({"horizon": 1000}, 365), ({"horizon": None}, 8),
    ],
)  # fmt: skip
def test_the_horizon_is_that_of_the_policy(terms, horizon) -> None:
    assert horizon_of(terms) == horizon


def test_targets_are_computed_where_the_row_does_not_have_them() -> None:
    told = judged(20, DEMAND, [SUPPLY], Ordering(point=30, quantity=40, lead=2))
    orders = [
        {"ref": "PO0", "outstanding": "5", "due": "2026-11-20T08:00:00.000Z"},
        {"ref": "PO1", "outstanding": "15", "due": "2026-11-25T08:00:00.000Z"},
        {"ref": "PO2", "outstanding": "10", "due": "2026-11-25T17:00:00.000Z"},
    ]
    stock = {**STOCK, "on_order": "30"}
    aims = targets(stock, start(stock, [told], [], orders), orders, TERMS)
    assert aims.sentences(EN)[0].startswith("Safety stock 15.1: k 1.645 × σ 9.2")
    assert [(p.day, p.discrete, p.cumulative) for p in aims.promises] == [
        (None, 20, 20), (date(2026, 11, 25), 25, 45),
    ]  # fmt: skip
    assert aims.overdue == 5
    there = targets(stock, start(stock, [told], [], orders), orders, TERMS, "Asia/Shanghai")
    assert [p.day for p in there.promises] == [None, date(2026, 11, 25), date(2026, 11, 26)]
    assert aims.to_dict()["safety_stock"] == "15.075" and aims.to_dict()["reorder_point"] == "39.075"
    filled = targets(stock, start(stock, [told], []), [], {**TERMS, "service": "fill"})
    assert "demand served from stock, with orders of 40" in filled.sentences(EN)[0]


def test_targets_of_the_row_hold() -> None:
    row = {**STOCK, "safety_stock": "12.5", "reorder_point": "36.5"}
    aims = targets(row, start(row, [entry()], []), [], TERMS)
    assert aims.sentences(EN) == [
        "Safety stock 12.5 and reorder point 36.5, for 95.0 % of order cycles without a stockout."
    ]
    assert aims.to_dict()["reorder_point"] == "36.5"
    unknown = targets(STOCK, start(STOCK, [], []), [], {})
    assert unknown.sentences(EN) == [] and unknown.to_dict()["safety_stock"] is None
    assert unknown.promises[0].cumulative == 20


def test_what_people_do_does_not_open_or_end_an_alert() -> None:
    opened, cleared = entry(), entry(seq=2, entry="CLEARED")
    closed = entry(seq=0, entry="CLOSED", p_stockout=None)
    other = entry(alert_id="01KAMTESTTESTTESTTESTTEST1")
    assert open_alerts([opened, cleared, closed]) == []
    assert open_alerts([opened, entry(seq=0, entry="ACKNOWLEDGED", p_stockout=None), other]) == [
        opened,
        other,
    ]
