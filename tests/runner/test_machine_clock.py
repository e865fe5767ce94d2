"""The clock of the machine decides nothing: not the ledger, not the positions, whatever year it shows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import orjson
import pytest

COLUMNS = "alert_id, seq, entry, severity, event_time, opened_at, on_hand, available, detail"


@pytest.fixture(scope="module")
def faketime() -> str:
    """The program of libfaketime, which shows a process and its children another clock."""
    found = shutil.which("faketime")
    if found is None:
        warnings.warn(
            "THE CLOCK OF THE MACHINE IS NOT TESTED: faketime is missing (Debian: apt install faketime)",
            stacklevel=1,
        )
        pytest.skip("faketime is missing")
    return found


def lowtide(*arguments: object, clock: tuple[str, str] | None = None) -> list[dict]:
    """What a command says, line by line, at a time of the machine: (faketime, when)."""
    command = [*(clock or ()), sys.executable, "-m", "lowtide", *map(str, arguments)]
    env = {
        **os.environ,
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    done = subprocess.run(command, capture_output=True, timeout=120, check=False, env=env)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return [orjson.loads(line) for line in done.stdout.splitlines() if line.startswith(b"{")]


def test_another_year_on_the_machine_changes_no_entry(faketime: str, tmp_path: Path) -> None:
    source = "synthetic://?positions=30&days=40&seed=3"
    want = lowtide("replay", source, "--json")
    assert len(want) > 20
    assert lowtide("replay", source, "--json", clock=(faketime, "1999-12-31 23:59:50")) == want
    store = tmp_path / "store"
    lowtide("run", source, "--warehouse", store, "--json", clock=(faketime, "2044-02-29 12:00:00"))
    query = f"SELECT {COLUMNS} FROM ledger FINAL ORDER BY alert_id, seq"
    rows = lowtide("sql", query, "--warehouse", store, "--format", "JSONEachRow")
    ours = sorted(want, key=lambda row: (row["alert_id"], row["seq"]))
    assert [(row["alert_id"], row["seq"], row["entry"], row["severity"]) for row in rows] == [
        (row["alert_id"], row["seq"], row["entry"], row["severity"]) for row in ours
    ]
    assert [orjson.loads(row["detail"]) for row in rows] == [row["detail"] for row in ours]
    (run,) = lowtide("sql", "SELECT toYear(started_at) AS year, status FROM run FINAL", "--warehouse", store,
                     "--format", "JSONEachRow")  # fmt: skip
    assert run == {"year": 2044, "status": "finished"}, "the run did see that clock"
