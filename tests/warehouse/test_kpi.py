"""Every key figure against plain Python over the same few alerts, delivered once and twice."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from lowtide.actions import actions_of, fold
from lowtide.warehouse import Warehouse, Writer

from .batches import NOON, POSITION, at, batch
from .lives import RANK, Life, hours, minutes, quantile, ratio, write

OUT: dict[str, Any] = {"reason": "superseded_by_out_of_stock"}
CLOCK = at(days=30)
ANA, BEN = {"owner": "ana"}, {"owner": "ben"}
LIVES = [
    Life(1, [(0, "OPENED", "watch", {"p_stockout": 0.41}), (5, "WORSENED", "critical", {}), (9, "EASED", "watch", {}),
             (30, "SUPERSEDED", "critical", OUT)],
         [(1, "ACKNOWLEDGED", "ana", ANA), (2, "STARTED", "ana", ANA), (40, "RESOLVED", "ana", {}),
          (41, "CLOSED", "ana", {"feedback": "right"})], sku="A"),
    Life(2, [(30, "OPENED", "critical", {"supersedes": Life(1, []).alert_id}), (50, "CLEARED", "critical", {})],
         [(31, "ACKNOWLEDGED", "ben", BEN)], sku="A", type="out_of_stock"),
    Life(3, [(0, "OPENED", "watch", {"p_stockout": None}), (340, "SUPERSEDED", "watch", OUT)], sku="B"),
    Life(4, [(2, "OPENED", "warning", {"p_stockout": 0.6}), (3, "REVISED", "warning", {}), (4, "CLEARED", "warning", {})],
         [(2.5, "ACKNOWLEDGED", "ana", ANA), (3, "NOTED", "eve", {"comment": "no"}), (4, "RESOLVED", "ana", {}),
          (5, "CLOSED", "ana", {"feedback": "false"}), (6, "REOPENED", "ben", {})], sku="C"),
    Life(5, [(3, "OPENED", "critical", {}), (8, "CLEARED", "critical", {})], sku="D", type="out_of_stock"),
    Life(6, [(700, "OPENED", "watch", {})], sku="E"),
    Life(7, [(100, "OPENED", "watch", {})], [(101, "ACKNOWLEDGED", "ana", ANA), (102, "ASSIGNED", "ana", BEN),
         (110, "RESOLVED", "ben", {}), (111, "CLOSED", "ben", {"feedback": "unnecessary"})], sku="F"),
    Life(8, [(50, "OPENED", "watch", {}), (52, "CLEARED", "watch", {})],
         [(53, "CLOSED", "eve", {"feedback": "false"})], sku="G", type="negative_stock"),
    Life(9, [(20, "OPENED", "watch", {}), (21, "FLAPPING", "watch", {}), (90, "EXPIRED", "watch", {})], sku="H"),
    Life(10, [(9 * 24, "OPENED", "watch", {})], [(10 * 24, "NOTED", "eve", {"comment": "look"})], sku="I"),
    Life(11, [(60, "OPENED", "watch", {}), (70, "CLEARED", "watch", {})],
         [(61, "ACKNOWLEDGED", "ana", ANA), (62, "RESOLVED", "ana", {}), (63, "REOPENED", "ben", {}),
          (71, "CLOSED", "ben", {"feedback": "right"})], sku="J"),
]  # fmt: skip


def fill(warehouse: Warehouse, *, twice: bool = False) -> Warehouse:
    write(warehouse, LIVES, twice=twice)
    with Writer(warehouse) as writer:
        places = [{"sku": life.sku or "?", "last_event_time": NOON} for life in LIVES]
        writer.write("position", batch(POSITION, *places, {"sku": "quiet", "last_event_time": CLOCK}))
    return warehouse


@pytest.fixture(params=[False, True], ids=["once", "twice"])
def filled(request: pytest.FixtureRequest, warehouse: Warehouse) -> Warehouse:
    return fill(warehouse, twice=request.param)


def ask(warehouse: Warehouse, view: str, order: str = "ALL") -> list[dict[str, Any]]:
    return warehouse.rows(f"SELECT * FROM {warehouse.database}.{view} ORDER BY {order}")


def test_history_tells_each_life(filled: Warehouse) -> None:
    found = {row["alert_id"]: row for row in ask(filled, "alert_history")}
    assert len(found) == len(LIVES)
    for life in LIVES:
        row = found[life.alert_id]
        entries = Counter(entry for _, entry, _, _ in life.engine)
        said = life.engine[0][3].get("p_stockout", 0.728808)
        true = life.came_true(CLOCK)
        want = {
            "opened_at": life.opened, "closed_at": life.closed, "status": life.status,
            "open_hours": hours(life.opened, life.closed or CLOCK), "first_severity": life.engine[0][2],
            "worst_severity": max((severity for _, _, severity, _ in life.engine), key=RANK.index),
            "severity": life.engine[-1][2], "entries": len(life.engine), "worsened": entries["WORSENED"],
            "eased": entries["EASED"], "revised": entries["REVISED"], "flapping": int("FLAPPING" in entries),
            "p_at_opening": said, "state": life.state, "owner": life.owner,
            "acknowledged_at": life.when("ACKNOWLEDGED"), "resolved_at": life.resolved, "feedback": life.feedback,
            "minutes_to_acknowledge": minutes(life.opened, life.when("ACKNOWLEDGED")),
            "minutes_to_resolve": minutes(life.opened, life.resolved), "came_true": None if true is None else int(true),
            "warning_lead_hours": hours(life.opened, life.closed) if true and life.closed else None,
            "reopened": int(any(entry == "REOPENED" for _, entry, _, _ in life.people)),
        }  # fmt: skip
        assert {name: row[name] for name in want} == want, life.number


def test_current_has_what_people_made_of_it(filled: Warehouse) -> None:
    found = {row["alert_id"]: row for row in ask(filled, "alert_current")}
    for life in LIVES:
        row = found[life.alert_id]
        comments = [more["comment"] for *_, more in life.steps if more.get("comment")]
        assert (row["state"], row["owner"], row["feedback"]) == (life.state, life.owner, life.feedback)
        assert row["started_at"] == life.when("STARTED")
        assert row["last_comment"] == (comments[-1] if comments else "")
        assert row["entry"] == life.engine[-1][1], "people's entries are none of the engine's"
    opened = {row["alert_id"] for row in ask(filled, "alert_open")}
    assert opened == {life.alert_id for life in LIVES if life.status == "open" and life.state != "closed"}


def test_a_retry_that_comes_late_undoes_nothing(warehouse: Warehouse) -> None:
    """Two processes did one action, one of them by a clock a day ahead: it counts once, at the earlier time."""
    fill(warehouse)
    before = ask(warehouse, "alert_current"), ask(warehouse, "kpi_month")
    done = ask(warehouse, "ledger FINAL", "action_id, event_time")
    again = [{**row, "event_time": row["event_time"] + timedelta(days=1)} for row in done if row["action_id"]]
    warehouse.insert_rows("ledger", tuple(again[0]), [tuple(row.values()) for row in again])
    assert (ask(warehouse, "alert_current"), ask(warehouse, "kpi_month")) == before
    for life in LIVES:
        (row,) = warehouse.rows(
            "SELECT state, owner, feedback FROM lowtide.alert_current WHERE alert_id = {id:String}",
            {"id": life.alert_id},
        )
        standing = fold(actions_of(warehouse, life.alert_id))
        assert row == {"state": standing.state, "owner": standing.owner, "feedback": standing.feedback}


def test_the_months_figures(filled: Warehouse) -> None:
    months = {(life.opened.year, life.opened.month) for life in LIVES}
    rows = ask(filled, "kpi_month", "month")
    assert len(rows) == len(months) == 2
    for row in rows:
        lives = [
            one
            for one in LIVES
            if (one.opened.year, one.opened.month) == (row["month"].year, row["month"].month)
        ]
        ack = [value for one in lives if (value := minutes(one.opened, one.when("ACKNOWLEDGED"))) is not None]
        done = [value for one in lives if (value := minutes(one.opened, one.resolved)) is not None]
        again = [one for one in lives if any(entry == "REOPENED" for _, entry, _, _ in one.people)]
        rated = [one.feedback for one in lives if one.feedback]
        judged = [true for one in lives if (true := one.came_true(CLOCK)) is not None]
        false = [
            one
            for one in lives
            if one.feedback == "false" or (not one.feedback and one.came_true(CLOCK) is False)
        ]
        out = [one for one in lives if one.type == "out_of_stock"]
        missed = [one for one in out if not one.engine[0][3].get("supersedes")]
        lead = [hours(one.opened, one.closed) for one in lives if one.came_true(CLOCK) and one.closed]
        positions = len({one.sku for one in LIVES}) + 1
        last = min(
            (row["month"].replace(day=28) + timedelta(days=4)).replace(day=1),
            CLOCK.date() + timedelta(days=1),
        )
        days = (last - row["month"]).days
        ended = [one for one in lives if one.resolved or one.status != "open" or one.state == "closed"]
        want = {
            "alerts": len(lives), "acknowledged": len(ack), "response_rate": len(ack) / len(lives),
            "mtta_minutes_median": quantile(ack, 0.5), "mtta_minutes_p90": quantile(ack, 0.9),
            "mttr_minutes_median": quantile(done, 0.5), "mttr_minutes_p90": quantile(done, 0.9),
            "resolution_rate": len(ended) / len(lives), "reopen_rate": ratio(len(again), len(again) + len(done)),
            "rated": len(rated), "rated_share": len(rated) / len(lives),
            "precision": ratio(rated.count("right"), len(rated)), "judged": len(judged), "came_true": sum(judged),
            "false_alarms": len(false),
            "false_alarms_per_1000_positions_day": len(false) * 1000 / (positions * days),
            "warning_lead_hours_median": quantile(lead, 0.5), "stockouts": len(out), "missed_stockouts": len(missed),
            "missed_share": ratio(len(missed), len(out)),
        }  # fmt: skip
        got = {name: row[name] for name in want}
        assert got == pytest.approx(want, nan_ok=False), row["month"]


def test_nothing_there_is_no_row_and_no_error(warehouse: Warehouse) -> None:
    for view in (
        "alert_current", "alert_open", "alert_history", "alert_action", "kpi_month", "alarm_load_hour", "alarm_load",
        "alarm_flood", "alarm_stale", "alarm_chattering", "missed_stockout", "pipeline_clock",
    ):  # fmt: skip
        assert ask(warehouse, view) == [], view


def test_stale_is_open_for_a_day_and_nobody_did_more_than_write(filled: Warehouse) -> None:
    want = [
        (life.alert_id, hours(life.opened, CLOCK)) for life in LIVES
        if life.status == "open" and CLOCK - life.opened > timedelta(hours=24)
        and not [entry for _, entry, _, _ in life.people if entry != "NOTED"]
    ]  # fmt: skip
    assert [(row["alert_id"], row["hours_open"]) for row in ask(filled, "alarm_stale", "alert_id")] == want
    assert len(want) == 1


def test_missed_are_the_stockouts_nobody_was_warned_of(filled: Warehouse) -> None:
    assert [row["alert_id"] for row in ask(filled, "missed_stockout")] == [LIVES[4].alert_id]


def opening(number: int, at_hours: float, owner: str = "", **more: Any) -> Life:
    people = [(at_hours + 1, "ASSIGNED", "ana", {"owner": owner})] if owner else []
    return Life(number, [(at_hours, "OPENED", "watch", more)], people)


@pytest.mark.parametrize("twice", [False, True])
def test_load_is_counted_by_owner_and_hour(warehouse: Warehouse, twice: bool) -> None:
    counts = {("ana", 0): 6, ("ana", 1): 7, ("ana", 5): 13, ("", 2): 12}
    lives = [
        opening(100 * hour + number + (50 if owner else 0), hour + number / 100, owner)
        for (owner, hour), count in counts.items()
        for number in range(count)
    ]
    write(warehouse, lives, twice=twice)
    level = {6: "acceptable", 7: "high", 12: "high", 13: "overload"}
    got = {
        (row["owner"], row["hour"]): (row["alarms"], row["level"])
        for row in ask(warehouse, "alarm_load_hour")
    }
    assert got == {(owner, at(hours=hour)): (count, level[count]) for (owner, hour), count in counts.items()}
    nobody, ana = ask(warehouse, "alarm_load", "owner")
    assert (nobody["hours"], nobody["alarms"], nobody["share_high"]) == (1, 12, 1)
    assert (ana["hours"], ana["alarms"], ana["alarms_per_hour"]) == (6, 26, pytest.approx(26 / 6))
    shares = [ana[f"share_{name}"] for name in ("acceptable", "high", "overload")]
    assert shares == pytest.approx([4 / 6, 1 / 6, 1 / 6])


def test_a_flood_is_more_than_ten_in_ten_minutes_as_long_as_it_lasts(warehouse: Warehouse) -> None:
    """Eleven alarms, then twelve in the next ten minutes, are one flood. Ten are not a flood. A pause makes two floods."""
    tens = {0: 11, 1: 12, 2: 10, 4: 11}
    lives = [
        opening(100 * ten + number, (ten * 10 + number / 2) / 60)
        for ten, count in tens.items()
        for number in range(count)
    ]
    write(warehouse, lives, twice=True)
    got = [(row["from"], row["until"], row["alarms"]) for row in ask(warehouse, "alarm_flood", "`from`")]
    assert got == [(NOON, at(minutes=20), 23), (at(minutes=40), at(minutes=50), 11)]


def test_chattering_is_four_openings_in_seven_days_or_a_mark(warehouse: Warehouse) -> None:
    def often(sku: str, *days: float) -> list[Life]:
        first = 1000 * (ord(sku) - 64)
        return [Life(first + n, [(24 * day, "OPENED", "watch", {}), (24 * day + 1, "CLEARED", "watch", {})], sku=sku)
                for n, day in enumerate(days)]  # fmt: skip

    marked = Life(9000, [(0, "OPENED", "watch", {}), (1, "FLAPPING", "watch", {})], sku="Z")
    write(warehouse, [*often("A", 0, 2, 4, 6.9), *often("B", 0, 2, 4, 7), *often("C", 0, 10, 11, 12, 13, 30), marked],
          twice=True)  # fmt: skip
    got = {
        row["sku"]: (row["openings"], row["most_in_7_days"], row["flapping"])
        for row in ask(warehouse, "alarm_chattering")
    }
    assert got == {"A": (4, 4, 0), "C": (6, 4, 0), "Z": (1, 1, 1)}
