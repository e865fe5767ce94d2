"""The order of arrival within the window does not show, and nothing comes from nowhere."""

import os
from collections import Counter, defaultdict

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.model import outcome
from tests.model.beside import RUNS
from tests.model.instant import DAY, HOUR
from tests.model.outcome import MONDAY, movement
from tests.model.policy import Policy
from tests.model.quantity import thousandths
from tests.model.shuffles import PROMISES, SHELF, SUPPLY, arrivals, logs

runs = pytest.mark.parametrize("run", RUNS)
checked = settings(
    max_examples=int(os.environ.get("LOWTIDE_EXAMPLES", "25")),
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
SIGNS = {"sale": -1, "transfer_out": -1} | dict.fromkeys(
    ("return", "receipt", "transfer_in", "adjustment"), 1
)
OFFSETS = {
    "hold": ("held", 1),
    "release": ("held", -1),
    "reserve": ("allocated", 1),
    "unreserve": ("allocated", -1),
}


def judge_shuffles(run, data, kinds) -> None:
    records, policy = data.draw(logs(kinds))
    in_order = run(records, policy)
    for _ in range(3):
        again = run(data.draw(arrivals(records, policy)), policy)
        assert again._replace(counters=quality(again)) == in_order._replace(counters=quality(in_order))


def quality(found) -> dict:
    """The counters without the copies that were delivered on top."""
    return {name: number for name, number in found.counters.items() if name != "duplicates"}


@runs
@checked
@given(st.data())
def test_any_order_gives_the_same(run, data):
    judge_shuffles(run, data, (*SHELF, *SUPPLY, *PROMISES, "heartbeat"))


@runs
@checked
@given(st.data())
def test_any_order_of_supply(run, data):
    judge_shuffles(run, data, SUPPLY)


@runs
@checked
@given(st.data())
def test_any_order_of_promises(run, data):
    judge_shuffles(run, data, (*PROMISES, "return", "sale"))


@runs
@checked
@given(st.data())
def test_any_order_of_counts(run, data):
    judge_shuffles(run, data, SHELF)


@runs
@checked
@given(st.data())
def test_what_any_order_gives_is_what_the_page_says(run, data):
    """The whole log at once: the sum over what holds, without clock and arrival."""
    records, policy = data.draw(logs((*SHELF, *PROMISES)))
    found = run(data.draw(arrivals(records, policy)), policy)
    changes, counts = whole(records, policy)
    clock = max(record["event_time"] for record in records)
    for key, row in found.positions.items():
        since, counted = max(counts[key], default=(-1, 0))
        assert row["on_hand"] == counted + sum(q for when, q in changes[key, "on_hand"] if when > since)
        for name in ("held", "allocated"):
            refs = [moves for (place, what, *_), moves in changes.items() if (place, what) == (key, name)]
            assert row[name] == sum(folded(moves, clock - policy.late_window) for moves in refs)


def whole(records, policy):
    """((position, what[, ref]) to [(event_time, change)], position to [(event_time, counted)])."""
    changes, counts = defaultdict(list), defaultdict(list)
    by_id = {(record["source"], record["id"]): record for record in records}
    for record in records:
        target = by_id.get((record["source"], record.get("ref"))) if record["kind"] == "void" else record
        key = (record["location"], record["sku"])
        if record["kind"] == "count":
            counts[key].append((record["event_time"], thousandths(record["quantity"])))
            continue
        guess = {"kind": record.get("of", "sale"), "quantity": "1"} if target is None else target
        size = abs(thousandths(record["quantity"])) * (-1 if record["kind"] == "void" else 1)
        for what, change in parts(guess, size, policy, known=target is not None):
            changes[(key, *what)].append((record["event_time"], change))
    return changes, counts


def parts(record, size, policy, known):
    kind, negative = record["kind"], record["quantity"].startswith("-")
    is_return = kind == "return" or (kind == "sale" and negative)
    if kind in SIGNS and (known or kind != "adjustment"):
        yield ("on_hand",), size * SIGNS[kind] * (-1 if negative else 1)
    if is_return and policy.returns == "hold" and known:
        yield ("held", None), size
    if kind in OFFSETS and known:
        name, sign = OFFSETS[kind]
        yield (name, record.get("ref")), size * sign


def folded(moves, since) -> int:
    """What the page says of a hold: older movements one by one, in before out, never under zero."""
    base = 0
    for when, change in sorted(moves, key=lambda move: (move[0], -move[1])):
        if when < since:
            base = max(0, base + change)
    return max(0, base + sum(change for when, change in moves if when >= since))


@runs
@checked
@given(st.data())
def test_promises_come_from_promises(run, data):
    """However late anything is: in less out, and what was released once too often."""
    records = anyhow(data, PROMISES)
    found, net = run(records), 0
    for record in records:
        net += OFFSETS[record["kind"]][1] * thousandths(record["quantity"])
    promised = sum(row["held"] + row["allocated"] for row in found.positions.values())
    assert promised == net + found.counters["over_released"]


@runs
@checked
@given(st.data())
def test_stock_is_the_signed_sum_of_effects(run, data):
    records = anyhow(data, tuple(kind for kind in SHELF if kind != "count"))
    expected = Counter()
    for record in records:
        expected[record["location"], record["sku"]] += SIGNS[record["kind"]] * thousandths(record["quantity"])
    assert {key: row["on_hand"] for key, row in run(records).positions.items()} == dict(expected)


def anyhow(data, kinds) -> list:
    """Without voids and copies, and in any order at all."""
    records, _ = data.draw(logs(kinds))
    return data.draw(st.permutations([record for record in records if record["kind"] != "void"]))


@checked
@given(st.data())
def test_stock_is_effects_and_variances(data):
    """With voids, counts, copies, and in any order at all; `absorbed` came after the count that had seen it."""
    records, policy = data.draw(logs(SHELF))
    lines = map(outcome.json.dumps, data.draw(st.permutations(records)))
    for position in outcome.log.run("\n".join(lines).encode(), policy).stock.values():
        assert position.on_hand == position.effects - position.absorbed + position.variances


@runs
@checked
@given(st.data())
def test_a_void_of_everything_leaves_nothing(run, data):
    """Each record voided in full at its own time, in any order within the window: nothing is left to see."""
    kinds = ("sale", "return", "receipt", "shipment", "transfer_in", "transfer_out", "adjustment", *PROMISES)
    records, policy = data.draw(logs(kinds))
    records = [record for record in records if record["kind"] != "void"]
    undone = [record | {"id": f"v-{record['id']}", "kind": "void", "ref": record["id"]} for record in records]
    for void in undone:
        void["quantity"] = void["quantity"].lstrip("-")
    found = run(data.draw(arrivals([*records, *undone], policy)), policy)
    for row in found.positions.values():
        assert not any(amount for name, amount in row.items() if name != "last_event_time")
    assert (found.demand, any(found.supply.values()), found.counters["void_unmatched"]) == ({}, False, 0)


@runs
@checked
@given(st.data())
def test_a_void_of_a_statement_changes_nothing(run, data):
    """Before or after its order or count: the last record pins the clock, which such a void may move."""
    records, policy = data.draw(logs(("count", "order", "sale", "receipt", "shipment"), most=12))
    last = max(record["event_time"] for record in records) + 1
    end = [movement(f"e{sku}", "adjustment", 0, last - MONDAY, sku=sku) for sku in "AB"]
    named = [record for record in records if record["kind"] in ("count", "order")]
    voids = [
        record
        | {"id": f"w-{record['id']}", "kind": "void", "ref": record["id"], "quantity": "2", "of": "receipt"}
        for record in named
    ]
    with_voids = run([*data.draw(arrivals([*records, *voids], policy)), *end], policy)
    without = run([*records, *end], policy)
    assert with_voids[:3] == without[:3]
    assert with_voids.counters["rejects"] + with_voids.counters["void_of_what"] >= len(named)


@runs
def test_the_promise_has_edges(run):
    """At the last moment that counts as within the window, and one millisecond after it."""
    policy = Policy(dedup_window=7 * DAY, late_window=72 * HOUR)
    sale, void = movement("s", "sale", 4, 0), movement("v", "void", 4, 4 * DAY, ref="s", of="receipt")
    edge, after = movement("h", "heartbeat", 0, 7 * DAY), movement("h", "heartbeat", 0, 7 * DAY + 1)
    assert run([sale, edge, void], policy).positions["L", "A"]["on_hand"] == 0
    assert run([sale, after, void], policy).positions["L", "A"]["on_hand"] == -8000
    void["event_time"] = MONDAY
    wait, over = movement("h", "heartbeat", 0, 3 * DAY), movement("h", "heartbeat", 0, 3 * DAY + 1)
    assert run([void, wait, sale], policy).positions["L", "A"]["on_hand"] == 0
    assert run([void, over, sale], policy).positions["L", "A"]["on_hand"] == -8000
    assert run([void, over, sale], policy).counters["void_unmatched"] == 1
