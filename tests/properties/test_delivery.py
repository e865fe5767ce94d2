"""The delivery of a log does not change the result: twice, in blocks of any size, over any number of key groups,
with or without its neighbours, cut short and continued."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.model.instant import MINUTE
from tests.model.wire import KINDS
from tests.properties.engine import canonical, replay
from tests.properties.logs import COMPOSED, MONDAY, busy, joined, line, lines, movement, records, written

quick = settings(max_examples=60, deadline=None, derandomize=True)
ALERT = "defaults: {unplanned: alert}\n"
"""Under it nothing asks whether anybody in the log plans anything."""
REMEMBER = "dedup_window: 3650d\n"
"""Under it an id is never forgotten. By default one that is a week behind the clock is new again."""
NO_VOIDS = tuple(kind for kind in KINDS if kind != "void")
any_log = st.one_of(lines(), busy().map(lambda moves: [line(move, 2) for move in moves]))


def same(one, other) -> None:
    assert one.ledger == other.ledger
    assert canonical(one)["positions"] == canonical(other)["positions"]
    assert canonical(one)["demand_days"] == canonical(other)["demand_days"]


@quick
@given(any_log)
def test_every_record_delivered_twice(rows):
    once = replay(joined(rows), REMEMBER)
    twice = replay(joined(row for row in rows for _ in range(2)), REMEMBER)
    same(once, twice)
    assert twice.counts["accepted"] == once.counts["accepted"]
    assert twice.counts["duplicates"] == 2 * once.counts["duplicates"] + once.counts["accepted"]
    assert twice.counts["rejects"] == 2 * once.counts["rejects"]


@quick
@given(lines(steps=st.integers(0, 5 * MINUTE)))
def test_whole_log_delivered_twice(rows):
    once = replay(joined(rows))
    twice = replay(joined(rows) + joined(rows))
    same(once, twice)


@quick
@given(
    records(kinds=NO_VOIDS), st.integers(0, 20_000), st.sampled_from(["sale", "count", "order", "heartbeat"])
)
def test_first_one_wins_whatever_the_later_one_says(moves, quantity, kind):
    """Of voids the second of one record is a duplicate, and so its id is not taken."""
    liar = {"kind": kind, "quantity": quantity, "ref": "PO2"}
    rows = [
        line(version, 2)
        for move in moves
        for version in (move, {**move, "sku": "A", "location": "330", **liar})
    ]
    same(replay(written(moves)), replay(joined(rows)))


@quick
@given(any_log, st.integers(1, 40), st.sampled_from([1, 2, 3, 16]))
def test_blocks_and_groups(rows, block_records, groups):
    data = joined(rows)
    whole, split = (
        canonical(replay(data)),
        canonical(replay(data, block_records=block_records, groups=groups)),
    )
    assert split == whole


@quick
@given(any_log)
def test_last_newline_does_not_matter(rows):
    data = joined(rows)
    assert canonical(replay(data)) == canonical(replay(data[:-1]))


def without(moves, keep):
    """Other positions' records as heartbeats: the clock moves the same way."""
    for move in moves:
        if move.get("sku") in (None, keep[1]) and move.get("location") in (None, keep[0]):
            yield move
        else:
            yield {name: move[name] for name in ("id", "source", "event_time")} | {"kind": "heartbeat"}


def of(found, keep):
    return [entry for entry in found.ledger if (entry["location"], entry["sku"]) == keep]


def places(moves):
    return {(move["location"], move["sku"]) for move in moves if "sku" in move}


@quick
@given(st.one_of(records(), busy()))
def test_neighbours_do_not_show(moves):
    full = replay(written(moves), ALERT)
    for keep in places(moves):
        assert replay(written(without(moves, keep)), ALERT).ledger == of(full, keep)


def shows_a_plan(move) -> bool:
    return move["kind"] in ("order", "shipment", "receipt", "transfer_in") and move["quantity"] > 0


@quick
@given(st.one_of(records(repeats=False), busy()))
def test_neighbours_show_by_the_time_of_the_first_plan_of_the_log_and_by_nothing_else(moves):
    """One order of one unit somewhere else, in the place of the first record that plans anything, says all that they say."""
    full = replay(written(moves))
    first = next((number for number, move in enumerate(moves) if shows_a_plan(move)), None)
    for keep in places(moves):
        rest = list(without(moves, keep))
        if first is not None and rest[first]["kind"] == "heartbeat":
            rest[first] |= {"kind": "order", "location": "L", "sku": "Z", "quantity": 1, "ref": "PO"}
        assert of(replay(written(rest)), keep) == of(full, keep)


@quick
@given(busy())
def test_neighbours_do_not_show_where_the_position_is_planned_from_the_start(moves):
    orders = [movement(10**5 + place, "order", place, 1000, MONDAY, ref="first") for place in (0, 1)]
    full = replay(written([*orders, *moves]))
    for place, order in zip(COMPOSED, orders, strict=False):
        assert replay(written([order, *without(moves, place)])).ledger == of(full, place)


@quick
@given(st.one_of(records(), busy()), st.data())
def test_ledger_is_append_only(moves, data):
    """Entries up to the middle of the log are unchanged at its end."""
    cut = data.draw(st.integers(1, len(moves)))
    early, full = replay(written(moves[:cut])).ledger, replay(written(moves)).ledger
    said = {(entry["alert_id"], entry["seq"]): json.dumps(entry, sort_keys=True) for entry in full}
    assert [said.get((e["alert_id"], e["seq"])) for e in early] == [
        json.dumps(e, sort_keys=True) for e in early
    ]


@quick
@given(st.one_of(records(), busy()))
def test_being_in_the_sample_for_calibration_does_not_show(moves):
    """Its midnights are looked at, and say nothing that would not have been said."""

    def said(sample: int) -> list:
        found = replay(written(moves), f"calibration_sample: {sample}\n{ALERT}")
        return [
            {name: value for name, value in entry.items() if name != "policy_version"}
            for entry in found.ledger
        ]

    assert said(1) == said(0)
