"""Every alert lives a legal life: it opens once, ends at most once, and its entries are true."""

import re
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from lowtide.ledger import TYPES
from tests.model.instant import HOUR, instant
from tests.model.quantity import thousandths
from tests.properties.engine import ENDS, alerts, replay
from tests.properties.logs import MONDAY, busy, joined, line, lines, movement, written

quick = settings(max_examples=120, deadline=None, derandomize=True)
POLICIES = [
    None,
    "defaults: {flap_count: 2, flap_hold: 36h}\n",
    "defaults: {dwell: 6h, clear_after: 3h}\n",
    "defaults: {lead_time: 2d, review_period: 1d, grace: 1h, watch: 0.4, warning: 0.55, critical: 0.8}\n",
    "defaults: {revise_over: 0.01, returns: hold}\n",
    "defaults: {reorder_point: 30, unplanned: alert}\n",
]
RANK = {"watch": 1, "warning": 2, "critical": 3}
LINES = {"watch": 0.4, "warning": 0.55, "critical": 0.8}
"""Of all these policies: those that do not set them look eight days ahead."""
SUCCESSIONS = {
    ("projected_stockout", "out_of_stock"),
    ("below_reorder_point", "projected_stockout"),
    ("slipping_supply", "overdue_supply"),
    ("slow_moving", "dead_stock"),
    ("sales_drought", "phantom_stock"),
    ("sales_drought", "level_shift"),
}
CONSTANT = ("type", "location", "sku", "opened_at", "episode", "policy_version")
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
QUANTITY = re.compile(r"(?!-0$)-?(0|[1-9]\d*)(\.\d{0,2}[1-9])?")


def lived(moves, policy):
    found = replay(written(moves), policy)
    return found, alerts(found)


@quick
@given(busy(), st.sampled_from(POLICIES))
def test_a_legal_life(moves, policy):
    for life in lived(moves, policy)[1].values():
        names = [entry["entry"] for entry in life]
        assert [entry["seq"] for entry in life] == list(range(1, len(life) + 1))
        assert names[0] == "OPENED"
        assert "OPENED" not in names[1:]
        assert not set(names[:-1]) & set(ENDS)
        assert names.count("FLAPPING") <= 1
        assert all(len({entry[name] for entry in life}) == 1 for name in CONSTANT)
        assert life[0]["event_time"] == life[0]["opened_at"]
        assert all(one["event_time"] <= two["event_time"] for one, two in pairwise(life))


@quick
@given(busy(), st.sampled_from(POLICIES))
def test_severity_moves_as_the_entry_says(moves, policy):
    for life in lived(moves, policy)[1].values():
        for one, two in pairwise(life):
            change = RANK[two["severity"]] - RANK[one["severity"]]
            if two["entry"] in ("WORSENED", "EASED"):
                assert (change > 0) == (two["entry"] == "WORSENED")
                assert change
            elif two["entry"] not in ENDS:
                assert change == 0


@quick
@given(busy(), st.sampled_from(POLICIES))
def test_one_open_episode_of_a_type(moves, policy):
    episodes = {}
    for life in lived(moves, policy)[1].values():
        episodes.setdefault((life[0]["location"], life[0]["sku"], life[0]["type"]), []).append(life)
    for lives in episodes.values():
        lives.sort(key=lambda life: life[0]["episode"])
        assert [life[0]["episode"] for life in lives] == list(range(1, len(lives) + 1))
        for one, two in pairwise(lives):
            assert one[-1]["entry"] in ENDS
            assert one[-1]["event_time"] <= two[0]["event_time"]


@quick
@given(st.one_of(busy().map(written), lines().map(joined)), st.sampled_from(POLICIES))
def test_ledger_is_in_canonical_order(data, policy):
    keys = [
        tuple(e[k] for k in ("event_time", "location", "sku", "alert_id", "seq"))
        for e in replay(data, policy).ledger
    ]
    assert keys == sorted(keys)
    assert len(keys) == len(set(keys))


@quick
@given(busy(), st.sampled_from(POLICIES))
def test_an_entry_is_well_formed(moves, policy):
    for entry in lived(moves, policy)[0].ledger:
        assert entry["type"] in TYPES
        assert entry["severity"] in RANK
        assert all(TIME.fullmatch(entry[name]) for name in ("event_time", "opened_at"))
        for name in (
            "on_hand",
            "available",
            "on_order",
            "in_transit",
            "demand_per_day",
            "trip_level",
            "exit_level",
        ):
            assert entry[name] is None or QUANTITY.fullmatch(entry[name]), (name, entry[name])
        assert re.fullmatch(f"[{CROCKFORD}]{{26}}", entry["alert_id"])
        opened = 0
        for letter in entry["alert_id"][:10]:
            opened = opened * 32 + CROCKFORD.index(letter)
        assert opened in (instant(entry["opened_at"]), instant(entry["opened_at"]) << 2)
        assert isinstance(entry["detail"], dict)
        days = [entry[f"stockout_p{chance}"] or 999 for chance in (10, 50, 90)]
        assert days == sorted(days)


@quick
@given(busy(), st.sampled_from(POLICIES))
def test_condition_is_true_at_the_opening(moves, policy):
    for life in lived(moves, policy)[1].values():
        first = life[0]
        available, on_hand = thousandths(first["available"]), thousandths(first["on_hand"])
        if first["type"] == "negative_stock":
            assert on_hand < 0
        elif first["type"] == "out_of_stock":
            assert available <= 0
            assert first["severity"] == "critical"
            assert thousandths(first["demand_per_day"]) > 0
        elif first["type"] == "projected_stockout":
            assert available > 0
        for entry in life:
            assert {line: entry["detail"]["lines"][line] for line in LINES} == LINES
            if first["type"] == "projected_stockout" and entry["entry"] in ("OPENED", "WORSENED"):
                over = [name for name, line in LINES.items() if entry["p_stockout"] >= line]
                assert over[-1:] == [entry["severity"]]


def test_out_of_stock_names_the_demand_it_opened_for():
    """Sold out on the first day: the entry must not say that nothing is expected to sell."""
    moves = [movement(1, "count", 0, 5000, MONDAY), movement(2, "sale", 0, 5000, MONDAY + HOUR)]
    (first,) = replay(written(moves)).ledger
    assert (first["type"], first["entry"]) == ("out_of_stock", "OPENED")
    assert thousandths(first["demand_per_day"]) > 0


@quick
@given(busy(), st.sampled_from([None, *POLICIES[3:]]))
def test_condition_is_gone_at_the_end(moves, policy):
    for life in lived(moves, policy)[1].values():
        last = life[-1]
        if last["entry"] == "CLEARED" and last["type"] == "negative_stock":
            assert thousandths(last["on_hand"]) >= 0
        elif last["entry"] == "CLEARED" and last["type"] == "out_of_stock":
            assert thousandths(last["available"]) > 0
        elif last["entry"] == "CLEARED" and last["type"] == "projected_stockout":
            assert last["p_stockout"] < LINES["watch"] * 0.5


@quick
@given(busy(), st.sampled_from(POLICIES))
def test_superseded_and_supersedes_name_each_other(moves, policy):
    found = replay(written(moves), policy)
    ended = {e["alert_id"]: e for e in found.ledger if e["entry"] == "SUPERSEDED"}
    heirs = {e["supersedes"]: e for e in found.ledger if e["entry"] == "OPENED" and e["supersedes"]}
    assert ended.keys() == heirs.keys()
    for alert_id, heir in heirs.items():
        old = ended[alert_id]
        assert (old["type"], heir["type"]) in SUCCESSIONS
        assert all(old[name] == heir[name] for name in ("event_time", "location", "sku"))


@quick
@given(busy())
def test_a_touch_without_change_is_silent(moves):
    """An order cancelled that was never placed, a release of nothing held: touched, unchanged."""
    rows = []
    for number, move in enumerate(moves):
        rows.append(line(move, 2))
        if "sku" in move:
            touch = {**move, "id": f"touch-{number}", "kind": "order", "ref": "never", "quantity": 0}
            rows.append(line(touch, 2))
    found, touched = replay(written(moves)), replay(joined(rows))
    assert touched.ledger == found.ledger
