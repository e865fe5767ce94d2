"""`lowtide run` leaves in the warehouse what `lowtide replay` prints, however it was run and how often.

Each run has a process of its own: the embedded engine allows one store path in a process.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from lowtide.core import Job
from lowtide.runner.logs import open_sources
from lowtide.runner.replay import Replayed, replay_blocks
from lowtide.settings import Settings
from tests.launcher import python

SCRIPT = """
import base64, json, sys
from datetime import UTC
from lowtide.rows import plain
from lowtide.runner.run import run
from lowtide.settings import load_settings
from lowtide.warehouse import open_warehouse

runs, tables = json.loads(sys.argv[1]), {}
for sources, options in runs:
    run(sources, load_settings(**options))
def cell(value):
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if hasattr(value, "tzinfo") and value.tzinfo is None:
        value = value.replace(tzinfo=UTC)
    return plain(value)
with open_warehouse(runs[0][1]["warehouse"]) as opened:
    for table in (
        "ledger", "position", "demand_day", "stock_count", "supply_event", "calibration_day", "reject", "run",
        "policy_version",
    ):
        found = opened.rows(f"SELECT * FROM lowtide.{table} FINAL")
        rows = [{name: cell(value) for name, value in row.items()} for row in found]
        tables[table] = sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))
print("TABLES" + json.dumps(tables))
"""
DATA = ("ledger", "position", "demand_day", "stock_count", "supply_event", "calibration_day", "reject")


def tables(*runs: tuple[list[Path], dict]) -> dict[str, list[dict]]:
    """All tables after these runs, in one process."""
    plan = json.dumps([[list(map(str, sources)), options] for sources, options in runs], default=str)
    command = [*python(), "-c", SCRIPT, plan]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=os.environ, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.split("TABLES", 1)[1])


@pytest.fixture(scope="module")
def replayed(log) -> Replayed:
    job = Job.of(partition=log.name)
    return replay_blocks(job, open_sources([str(log)], 4096))


@pytest.fixture(scope="module")
def once(log, tmp_path_factory) -> dict[str, list[dict]]:
    store = tmp_path_factory.mktemp("once") / "store"
    return tables(([log], {"warehouse": store, "block_records": 100, "workers": 2}))


def same(stored: list[dict], told: list[dict], columns: tuple[str, ...] = ()) -> None:
    """The rows are the same, column by column; `columns` are compared, or all that were told."""
    names = columns or tuple(told[0] if told else ())

    def key(row: dict) -> str:
        return json.dumps([row[name] for name in names], sort_keys=True)

    assert sorted(map(key, stored)) == sorted(map(key, told))


def test_the_warehouse_holds_what_replay_tells(once, replayed, log):
    ledger = [{**row, "detail": json.loads(row["detail"])} for row in once["ledger"]]
    assert len(ledger) > 20
    same(ledger, replayed.ledger)
    same(once["position"], replayed.positions)
    same(once["demand_day"], replayed.demand_days)
    same(once["reject"], replayed.rejects, ("partition", "offset", "reason", "field", "message"))
    counts = ("offset", "location", "sku", "source", "id")
    same(once["stock_count"], replayed.stock_counts, counts)
    assert {row["kind"] for row in replayed.supply_events} >= {"order", "receipt"}
    same(once["supply_event"], replayed.supply_events)
    same(once["calibration_day"], replayed.calibration_days)
    for table in DATA:
        there = once[table] or table == "calibration_day"
        assert there and {(row["pipeline"], row["partition"]) for row in once[table]} <= {
            ("lowtide", log.name)
        }


def test_the_run_is_recorded_with_its_counts(once, replayed):
    (run,) = once["run"]
    assert run["status"] == "finished" and run["workers"] == 2 and run["ended_at"] >= run["started_at"]
    assert run["source"] == "movements.jsonl"
    for name in ("records", "accepted", "duplicates", "late", "very_late", "rejects"):
        assert run[name] == replayed.counts[name], name
    (policy,) = once["policy_version"]
    assert policy["version"] == run["policy_version"] and policy["first_run"] == run["run_id"]
    assert json.loads(policy["policy"])["version"] == policy["version"]


@pytest.mark.parametrize("workers", [1, 3])
def test_workers_and_blocks_do_not_show(once, log, tmp_path, workers):
    other = tables(([log], {"warehouse": tmp_path / "store", "block_records": 33, "workers": workers}))
    for table in DATA:
        assert other[table] == once[table], table


def test_a_log_that_is_run_twice_leaves_the_same_rows(once, log, tmp_path):
    one = ([log], {"warehouse": tmp_path / "store", "block_records": 100})
    twice = tables(one, one)
    for table in DATA:
        assert twice[table] == once[table], table
    assert len(twice["run"]) == 2 and len(twice["policy_version"]) == 1


def test_the_summary_is_quiet_when_nobody_looks(process, log, tmp_path):
    said = process("run", log, "--warehouse", tmp_path / "store")
    assert said.code == 0 and said.err == "" and "\x1b" not in said.out
    first, second, silent, third, fourth, record, last = said.out.splitlines()
    assert re.fullmatch(
        r"\d+ positions? without reorder alerts: nobody plans them, .* `unplanned: alert` .*", silent
    )
    assert re.fullmatch(r"[\d,]+ records in [\d.]+ s \([\d,]+/s\), 40 positions", first)
    assert re.fullmatch(r"[\d,]+ accepted · [\d,]+ duplicates · .* · [\d,]+ ledger entries", second)
    assert (
        third.startswith("rejects: ") and "not_json 1" in third and last.startswith("next: `lowtide alerts`")
    )
    assert fourth.startswith(f"the first reject, `{log.name}` line ") and record.startswith("  ")
    alerts = process("alerts", "--all", "--warehouse", tmp_path / "store")
    assert alerts.code == 0 and alerts.out.startswith("severity\ttype\t") and "\x1b" not in alerts.out


def test_the_summary_is_one_object_for_programs(typed, log):
    said = typed("run", log, "--warehouse", "none", "--json", "--workers", 2)
    summary = json.loads(said.out)
    assert said.code == 0 and said.err == ""
    assert summary["positions"] == 40 and summary["counts"]["reject.not_json"] == 1
    assert summary["source"] == "movements.jsonl" and summary["run_id"] is None
    assert summary["rows"]["ledger"] == summary["entries"] > 20
    assert set(summary) == {
        "source", "counts", "positions", "silent", "entries", "seconds", "policy_version", "run_id", "rows", "shared",
        "order", "first_reject", "unreadable_files", "map_changed", "status", "unknown_skus", "damaged_skus",
        "damaged_in_catalogue",
    }  # fmt: skip


def test_rejects_within_the_limit_stop_nothing(typed, log):
    for options in ([], ["--max-rejects", 4]):
        assert typed("run", log, "--warehouse", "none", *options).code == 0


@pytest.mark.parametrize(
    "options", [[], ["--block-records", "50"], ["--workers", "3", "--block-records", "7"]]
)
def test_too_many_rejects_stop_a_run_with_1(typed, log, options):
    """The four rejects may be in the first block or the last, and the flow may be ahead of its decoder."""
    said = typed("run", log, "--warehouse", "none", "--max-rejects", 3, *options)
    assert said.code == 1 and "more than 3 rejects" in said.err and not said.out


def test_a_setting_from_the_file_holds_for_a_run(typed, log, tmp_path):
    (tmp_path / "lowtide.yaml").write_text("warehouse: none\npipeline: from-the-file\n")
    assert typed("run", log).code == 0
    assert not (tmp_path / ".lowtide").exists()
    assert str(Settings.model_fields["warehouse"].default) == "embedded:"
