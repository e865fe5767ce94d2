"""The truth of the generator, computed again from its records by the documented rules, in separate code."""

import csv
import io
import json
from collections import Counter, defaultdict
from decimal import Decimal

import pyarrow.parquet as pq
import pytest
import typer
from typer.testing import CliRunner

from lowtide.cli.generate import generate
from lowtide.runner.logs import open_sources
from lowtide.samples.lateness import LATE_CHANCE, LATE_DAYS
from lowtide.samples.shop import DAY, START_MS
from lowtide.samples.spoiled import CODES
from lowtide.samples.synthetic import Synthetic
from tests.model import wire

SIGN = {
    "sale": -1,
    "return": 1,
    "void": 1,
    "receipt": 1,
    "transfer_out": -1,
    "transfer_in": 1,
    "adjustment": 1,
}


@pytest.fixture(scope="module")
def log():
    return Synthetic(positions=250, days=40, seed=5)


@pytest.fixture(scope="module")
def records(log):
    return [wire.read(line) for line in b"".join(log.lines()).splitlines()]


@pytest.fixture(scope="module")
def truth(log):
    return log.truth()


def test_the_same_seed_gives_the_same_bytes(log):
    again = b"".join(Synthetic(positions=250, days=40, seed=5).lines())
    assert b"".join(log.lines()) == again
    assert b"".join(Synthetic(positions=250, days=40, seed=6).lines()) != again
    spec = "synthetic://?positions=250&days=40&seed=5"
    for size in (0, 1, 7, 4096):
        assert b"".join(block.bytes for block in open_sources([spec], size)) == again


def test_exactly_the_bad_records_are_rejected_for_the_reason_said(records, truth):
    rejected = [(at, one.reason) for at, one in enumerate(records) if isinstance(one, wire.Reject)]
    bad = [(row["offset"], row["reason"]) for row in truth.bad.to_pylist()]
    assert rejected == bad
    assert len(records) == truth.records
    assert 0.001 < len(bad) / len(records) < 0.004


def test_every_reject_code_appears():
    bad = Synthetic(positions=400, days=40, seed=1).truth().bad
    assert set(bad["reason"].to_pylist()) == set(CODES["jsonl"])


def test_true_stock_is_what_the_records_add_up_to(records, truth):
    """Duplicates once, the last count by event time, everything later on top: at each day's end."""
    moves = defaultdict(list)
    seen = set()
    for arrival, one in enumerate(records):
        if isinstance(one, wire.Reject) or (one.source, one.id) in seen:
            continue
        seen.add((one.source, one.id))
        if one.kind in SIGN or one.kind == "count":
            moves[one.position].append((one.event_time, arrival, one.kind, one.quantity))
    for row in truth.positions.to_pylist():
        day = (row["day"].toordinal() - 719_163) * DAY
        if (day - START_MS) // DAY % 9 not in (0, 3):
            continue
        until = [m for m in sorted(moves[row["location"], row["sku"]]) if m[0] < day + DAY]
        counted = max((m for m in until if m[2] == "count"), default=(-1, -1, "", 0))
        stock = counted[3] + sum(SIGN[m[2]] * m[3] for m in until if m[0] > counted[0] and m[2] in SIGN)
        assert row["on_hand"] * 1000 == stock
        assert 0 <= row["shelf"] <= row["on_hand"]
        assert row["stockout"] == (row["lost"] > 0)


def test_shares_are_as_documented(records, truth):
    good = [one for one in records if isinstance(one, wire.Record)]
    kinds = Counter(one.kind for one in good)
    assert set(kinds) == set(wire.KINDS)
    assert len(good) - len({(one.source, one.id) for one in good}) == truth.twice
    assert 0.005 < truth.twice / len(good) < 0.015
    clock, late, beyond = 0, 0, 0
    for one in good:
        clock = max(clock, one.event_time)
        late += clock - one.event_time > 3_600_000
        beyond += clock - one.event_time > 72 * 3_600_000
    assert late > truth.late * 0.7
    assert beyond > 0
    out = truth.positions["stockout"].to_pylist()
    assert 0.002 < sum(out) / len(out) < 0.2


def test_deliveries_are_late_by_the_quartiles_said():
    done = {}
    for one in (wire.read(line) for line in b"".join(Synthetic(400, 120, 2).lines()).splitlines()):
        if isinstance(one, wire.Record) and one.kind in ("order", "receipt"):
            done.setdefault(one.ref, {}).setdefault(one.kind, one)
    both = [(d["order"], d["receipt"]) for d in done.values() if len(d) == 2]
    late = sorted(
        (got.event_time - asked.due) // DAY + 1 for asked, got in both if got.event_time > asked.due
    )
    assert 0.08 < len(late) / len(both) < 0.13
    assert LATE_CHANCE[1:4] == (0.25, 0.5, 0.75)
    assert LATE_DAYS[1:4] == (5, 12, 25)
    # The longest are not over by the end of the log, so the quartiles seen lie a little lower.
    assert 3 <= late[len(late) // 4] <= 7
    assert 8 <= late[len(late) // 2] <= 14
    halved = sum(got.quantity * 2 <= asked.quantity for asked, got in both) / len(both)
    assert 0.02 < halved < 0.06


def run(*arguments):
    app = typer.Typer()
    app.command()(generate)
    return CliRunner().invoke(app, [str(one) for one in arguments])


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_generate_writes_movements_and_truth(tmp_path, form):
    done = run("--positions", 30, "--days", 10, "--seed", 3, "--format", form, "--out", tmp_path)
    assert done.exit_code == 0, done.output
    blocks = list(open_sources([str(tmp_path / f"movements.{form}")]))
    truth = Synthetic(30, 10, 3, file_kind=form).truth()
    assert sum(block.records for block in blocks) == truth.records
    assert not [block for block in blocks if block.kind == "unreadable"]
    assert pq.read_table(tmp_path / "truth.parquet").equals(truth.positions)
    assert pq.read_table(tmp_path / "truth-bad.parquet").equals(truth.bad)
    assert pq.read_table(tmp_path / "catalogue.parquet").num_rows > 0


def test_csv_holds_what_json_holds(tmp_path):
    run("--positions", 30, "--days", 5, "--format", "csv", "--out", tmp_path)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "movements.csv").read_text())))
    log = Synthetic(30, 5, 0, file_kind="csv")
    lines = [json.loads(line) for line in b"".join(log.lines()).splitlines()]
    assert [{k: v for k, v in row.items() if v} for row in rows] == lines


def test_generate_refuses_parquet_on_standard_output():
    assert run("--format", "parquet").exception.exit_code == 2


@pytest.mark.parametrize(("form", "size"), [("jsonl", 7), ("csv", 7), ("csv", 4096), ("parquet", 4096)])
def test_the_engine_finds_what_is_true(tmp_path, form, size):
    """Stock, duplicates and rejects, whatever form the same movements come in."""
    core = pytest.importorskip("lowtide.core")
    replay = pytest.importorskip("lowtide.runner.replay")
    run("--positions", 60, "--days", 20, "--seed", 3, "--format", form, "--out", tmp_path)
    truth = Synthetic(60, 20, 3, file_kind=form).truth()
    blocks = open_sources([str(tmp_path / f"movements.{form}")], size)
    done = replay.replay_blocks(core.Job.of(partition="truth"), blocks)
    last = truth.positions.slice(truth.positions.num_rows - 60).to_pylist()
    expected = {(row["location"], row["sku"]): row["on_hand"] for row in last}
    assert {(row["location"], row["sku"]): Decimal(row["on_hand"]) for row in done.positions} == expected
    assert [
        {"offset": row["offset"], "reason": row["reason"]} for row in done.rejects
    ] == truth.bad.to_pylist()
    assert (done.counts["records"], done.counts["duplicates"]) == (truth.records, truth.twice)
