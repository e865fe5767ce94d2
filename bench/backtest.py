"""How long does a back-test of the demo's year take, with two policies, from the command to the page?

    python bench/backtest.py .lowtide/demo

DIR has the files of the demo; they are made there if they are missing (`pip install 'lowtide[demo]'`). The policy of the
demo stands beside one that exempts fewer slow sellers and chases deliveries a day later. It prints wall clock and processor
time of the command with its children, and the memory of the largest of them.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import record
from lowtide.samples.journey import POLICY, journey

CHANGED = {"low_turnover_units: 12": "low_turnover_units: 6", "grace: 24h": "grace: 48h"}


def backtest(folder: Path, data: Path) -> dict[str, Any]:
    """The figures of one back-test, which writes its page into `folder`."""
    made = journey(data)
    if made is None:
        sys.exit("The real sales are not installed: pip install 'lowtide[demo]'")
    text = POLICY.read_text("utf-8")
    for old, new in CHANGED.items():
        if old not in text:
            sys.exit(f"the policy of the demo has no `{old}`")
        text = text.replace(old, new)
    policy, changed, page = folder / "policy.yaml", folder / "changed.yaml", folder / "page.html"
    policy.write_text(POLICY.read_text("utf-8"), "utf-8")
    changed.write_text(text, "utf-8")
    command = [
        sys.executable, "-m", "lowtide", "backtest", str(made.movements), "--policy", str(policy), "--policy", str(changed),
        "--catalogue", str(made.catalogue), "--suppliers", str(made.suppliers), "--pipeline", "demo",
        "--html", str(page), "--json",
    ]  # fmt: skip
    load, began, before = os.getloadavg()[0], time.monotonic(), os.times()
    done = subprocess.run(command, check=True, capture_output=True)
    seconds, after = time.monotonic() - began, os.times()
    document = json.loads(done.stdout)
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return {
        "records": document["history"]["records"], "wall_s": round(seconds, 1), "cpu_s": round(cpu, 1),
        "load_before": round(load, 1),
        "largest_process_mb": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024),
        "page_kb": round(page.stat().st_size / 1024), "alerts": [one["alerts"] for one in document["policies"]],
        "stockouts": document["truth"]["stockouts"], "changes": document["changes"]["counts"],
    }  # fmt: skip


def main() -> None:
    """Measure and print; `--record` writes a record file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, metavar="DIR", nargs="?", default=Path(".lowtide/demo"))
    parser.add_argument("--record", action="store_true", help="write bench/records/<date>-backtest.json")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = backtest(Path(folder), asked.data)
    print(json.dumps(figures, indent=1))
    if asked.record:
        print(record.write("backtest", figures))


if __name__ == "__main__":
    main()
