"""A log that names its inputs gives the same however it is delivered, and each set holds from its record on."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import orjson
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lowtide.core import Inputs, Job, Log, decode
from lowtide.errors import PolicyError, SettingsError
from lowtide.inputs import inputs_record
from lowtide.ledger import POSITION_COLUMNS
from lowtide.policy import read_policy_text
from lowtide.rows import json_rows, ledger_key, ledger_rows
from lowtide.runner.replay import Replayed, replay_blocks
from lowtide.sources.lines import line_blocks
from tests.model.instant import HOUR
from tests.properties.engine import canonical
from tests.properties.logs import COMPOSED, MONDAY, busy, joined, line, movement

quick = settings(max_examples=30, deadline=None, derandomize=True)
FIRST = date(2026, 11, 23)
LEARNED, FORETOLD, HIGH, EMPTY = "aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc", "dddddddddddd"
WEEK = [1.0] * 96 + [2.0] * 72


def document(**parts) -> bytes:
    return orjson.dumps({"version": 1, **parts})


def forecast(place: tuple[str, str]) -> pa.RecordBatch:
    days = [FIRST + timedelta(days=number) for number in range(30)]
    return pa.RecordBatch.from_pydict(
        {
            "location": [place[0]] * 30,
            "sku": [place[1]] * 30,
            "day": pa.array(days, pa.date32()),
            "mean": [6.0] * 30,
            "variance": [9.0] * 30,
        }
    )


SETS = {
    LEARNED: (
        document(
            profiles={"weekend": WEEK},
            seasons={"winter": [1.0] * 40 + [2.0] * 13},
            layers=[
                {
                    "name": "all",
                    "match": {},
                    "set": {"prior_rate": 3.0, "prior_days": 14, "season": "winter"},
                },
                {
                    "name": "A",
                    "match": {"sku": ["A"]},
                    "set": {"profile": "weekend", "horizon": 3, "watch": 0.1},
                },
            ],
            drivers=[{"name": "fair", "match": {}, "from": "2026-11-25", "to": "2026-11-27", "factor": 3.0}],
        ),
        None,
        None,
    ),
    FORETOLD: (
        document(layers=[{"name": "late", "match": {}, "set": {"lateness": [[0, 0.5], [3, 1]], "calm": 4}}]),
        forecast(COMPOSED[0]),
        None,
    ),
    HIGH: (document(layers=[{"name": "high", "match": {}, "set": {"watch": 0.7}}]), None, None),
    EMPTY: (document(), None, None),
}


def job(policy: str | None = None, start: str = "") -> Job:
    """A job that knows all sets, and starts with one of them or with none."""
    plain = Job.of(None if policy is None else read_policy_text(policy, "policy"), partition="lines")
    config = orjson.loads(plain.config) | {"inputs": start}
    return replace(plain, config=orjson.dumps(config), inputs=Inputs(SETS))


def replayed(
    rows: list[bytes], policy: str | None = None, start: str = "", block: int = 4096, groups: int = 1
):
    return replay_blocks(job(policy, start), line_blocks(iter([joined(rows)]), block), groups)


@st.composite
def logs(draw) -> list[bytes]:
    """A busy shop in which inputs come into force at some places: one set, another one, one that says nothing."""
    rows = [line(move, 2) for move in draw(busy(days=8))]
    for number, version in enumerate(draw(st.lists(st.sampled_from([LEARNED, FORETOLD, EMPTY]), max_size=3))):
        rows.insert(draw(st.integers(0, len(rows))), inputs_record(version, str(number)))
    return rows


def same(one: Replayed, other: Replayed) -> None:
    mine, theirs = canonical(one), canonical(other)
    for table in ("ledger", "positions", "demand_days"):
        assert mine[table] == theirs[table]


@quick
@given(logs(), st.integers(1, 40), st.sampled_from([2, 3, 16]))
def test_blocks_and_groups_do_not_show(rows, block, groups):
    same(replayed(rows), replayed(rows, block=block, groups=groups))


@quick
@given(logs())
def test_delivered_twice(rows):
    twice = [row for row in rows for _ in range(2)]
    same(replayed(rows), replayed(twice))


@quick
@given(logs(), st.data())
def test_a_log_that_was_killed_goes_on_under_the_inputs_that_it_had(tmp_path_factory, rows, data):
    cut = data.draw(st.integers(0, len(rows)))
    folder = tmp_path_factory.mktemp("killed")
    whole = replayed(rows, start=LEARNED)
    ledger, positions = killed_and_resumed(job(start=LEARNED), rows[:cut], rows[cut:], folder)
    assert sorted(ledger, key=ledger_key) == whole.ledger
    assert positions == whole.positions


def killed_and_resumed(of: Job, before: list[bytes], after: list[bytes], folder: Path) -> tuple[list, list]:
    """Ledger and final positions of a log that is saved after `before`, thrown away, and read on from what was saved."""
    log, ledger = Log(of, [], 2), []

    def go(rows: list[bytes], last: bool) -> None:
        routed = (
            [decode(log.partition, block) for block in line_blocks(iter([joined(rows)]), 5)] if rows else []
        )
        for number, block in [pair for pairs in routed for pair in pairs] + (
            log.partition.finish() if last else []
        ):
            log.group(number).apply(block)
        for group in log.groups.values():
            ledger.extend(ledger_rows(group.take()["ledger"]))

    go(before, last=False)
    log.partition.save(True, str(folder / "log"))
    log.partition = of.restored_partition(2, [(folder / "log").read_bytes()])
    for number, group in list(log.groups.items()):
        group.save(True, str(folder / f"group-{number}"))
        log.groups[number] = of.restored_group([(folder / f"group-{number}").read_bytes()])
    go(after, last=True)
    rows = [row for group in log.groups.values() for row in json_rows(group.positions(), POSITION_COLUMNS)]
    return ledger, sorted(rows, key=lambda row: (row["location"], row["sku"]))


@quick
@given(busy(days=8), st.data())
def test_a_set_holds_from_its_record_on_and_not_before(moves, data):
    cut = data.draw(st.integers(0, len(moves)))
    rows = [line(move, 2) for move in moves]
    named = replayed([*rows[:cut], inputs_record(LEARNED, "x"), *rows[cut:]])
    before = [key(entry) for entry in replayed(rows[:cut]).ledger]
    assert [key(entry) for entry in named.ledger if entry["inputs_version"] == ""] == before
    later = [entry for entry in named.ledger if entry["inputs_version"] == LEARNED]
    assert len(before) + len(later) == len(named.ledger)
    first = replayed([inputs_record(LEARNED, "x"), *rows])
    same(first, replayed(rows, start=LEARNED))


def key(entry: dict) -> str:
    return json.dumps(entry, sort_keys=True)


SOLD = [
    movement(1, "count", 0, 9000, MONDAY),
    movement(2, "sale", 0, 5000, MONDAY + HOUR),
    movement(3, "sale", 0, 4000, MONDAY + 2 * HOUR),
]


def test_inputs_stand_above_the_defaults_of_the_policy_and_below_its_layers():
    rows = [line(move, 2) for move in SOLD]

    def used(policy: str | None) -> tuple:
        detail = replayed(rows, policy, start=LEARNED).ledger[-1]["detail"]
        return detail["horizon_days"], detail["lines"]["watch"], detail["demand"]["season"]

    assert used(None) == (3, 0.1, "winter")
    assert used("defaults: {horizon: 20, watch: 0.3, season: null}\n") == (3, 0.1, "winter")
    assert used("layers: [{match: {location: 330}, set: {horizon: 5, watch: 0.2, season: null}}]\n") == (
        5,
        0.2,
        None,
    )


def test_a_hash_that_is_not_there_ends_the_log_before_its_record():
    rows = [line(SOLD[0], 2), inputs_record("0123456789ab", "x"), *(line(move, 2) for move in SOLD[1:])]
    log = Log(job(), [], 1)
    with pytest.raises(SettingsError, match=f"`0123456789ab`, and there are {', '.join(SETS)}") as caught:
        for block in line_blocks(iter([joined(rows)]), 1):
            for number, routed in decode(log.partition, block):
                log.group(number).apply(routed)
    assert caught.value.exit_code == 2 and "--inputs DIR" in caught.value.hint
    assert log.partition.counts()["accepted"] == 1
    with pytest.raises(SettingsError, match="there are none"):
        replay_blocks(Job.of(), line_blocks(iter([joined(rows)]), 4096))
    with pytest.raises(SettingsError):
        replayed(rows[:1], start="0123456789ab")


LAYER = "layers: [{match: {sku: A}, set: {warning: 0.6}}]\n"


def test_inputs_that_do_not_fit_the_policy_are_a_bad_policy_and_those_in_force_stay():
    rows = [inputs_record(FORETOLD, "x"), inputs_record(HIGH, "y"), *(line(move, 2) for move in SOLD)]
    found = replayed(rows, LAYER)
    (reject,) = found.rejects
    assert (reject["offset"], reject["reason"], reject["field"]) == (1, "bad_policy", "ref")
    assert "lines must rise" in reject["message"] and "lowtide inputs apply" in reject["message"]
    assert {entry["inputs_version"] for entry in found.ledger} == {FORETOLD}
    with pytest.raises(PolicyError, match="lines must rise"):
        replayed(rows[:1], LAYER, start=HIGH)


def test_a_policy_that_does_not_fit_the_inputs_in_force_is_a_bad_policy():
    policy = Job.of(read_policy_text(LAYER, "policy")).policy_document
    record = {"id": "p", "source": "s", "kind": "policy", "event_time": MONDAY, "ref": policy}
    rows = [inputs_record(HIGH, "x"), orjson.dumps(record), *(line(move, 2) for move in SOLD)]
    found = replayed(rows)
    assert [(row["offset"], row["reason"]) for row in found.rejects] == [(1, "bad_policy")]
    assert {entry["policy_version"] for entry in found.ledger} == {Job.of().policy_version}
    again = [rows[0], inputs_record(EMPTY, "z"), *rows[1:]]
    assert replayed(again).rejects == [], "under inputs that say nothing it fits"
