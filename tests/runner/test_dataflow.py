"""The dataflow that others may start runs under Bytewax itself and ends well: rows are stored, the run is finished."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from lowtide.runner.replay import replay_lines
from lowtide.samples.synthetic import Synthetic
from tests.launcher import python

ROOT = Path(__file__).parents[2]


def test_the_dataflow_of_files_ends_well_under_another_driver(tmp_path: Path) -> None:
    """A warehouse that a worker thread had opened hung or crashed when it was closed."""
    log = b"".join(Synthetic(30, 10, 3).lines())
    (tmp_path / "sales.jsonl").write_bytes(log)
    store = str(tmp_path / "store")
    environment = {
        **os.environ,
        "LOWTIDE_SOURCES": str(tmp_path / "sales.jsonl"),
        "LOWTIDE_WAREHOUSE": store,
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    command = [sys.executable, "-m", "bytewax.run", "dataflows.files", "-w", "2"]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    reference = replay_lines(log)
    query = "SELECT status, (SELECT count() FROM ledger FINAL) AS entries FROM run FINAL"
    answer = subprocess.run(
        [*python(), "-m", "lowtide", "sql", query, "--warehouse", store, "--format", "TSV"],
        capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120, check=True,
    )  # fmt: skip
    status, entries = answer.stdout.split()
    assert status == "finished"
    assert int(entries) == len(reference.ledger) > 0
