"""Run every bench behind the table of targets, one after another, each with a record, and say how long each took.

    python bench/suite.py                     all of them, for an idle machine of two cores: under half an hour
    python bench/suite.py --small             small sizes and no record: do they all run? some minutes
    python bench/suite.py --only kafka core   these

A bench that fails does not stop the others; the suite then ends with 1 and names it. Records are files in
`bench/records`, one for each bench; the time that each took is in the record `suite`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import record

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Step:
    """One bench: its arguments in the suite, and those of a small run."""

    name: str
    arguments: str = ""
    small: str = ""

    @property
    def script(self) -> Path:
        """The file of the bench."""
        return HERE / ("peers/run.py" if self.name == "peers" else f"{self.name.replace('-', '_')}.py")

    def command(self, small: bool) -> list[str]:
        """What is run. Only whole runs are recorded."""
        arguments = self.small.split() if small else [*self.arguments.split(), "--record"]
        return [sys.executable, str(self.script), *arguments]


STEPS = (
    Step("quick", small="--positions 5000 --movements 50000 --rounds 1"),
    Step("core", small="--positions 5000 --movements 50000 --rounds 1"),
    Step("kafka", small="--movements 50000 --rounds 1"),
    Step("run-warehouse", small="--positions 5000 --movements 200000 --rounds 1"),
    Step("workers", small="--positions 20000 --movements 200000 --rounds 1"),
    Step("latency", small="--backlog 20000 --seconds 5"),
    Step("memory", small="--positions 20000"),
    Step("restart", small="--positions 20000 --rounds 1"),
    Step("checkpoint", "--positions 10000000 --rounds 2", "--positions 20000 --seconds 0.3 --rounds 2"),
    Step("growth", "--large", "--sizes 5000 20000"),
    Step("peers", small="--positions 2000 --movements 20000 --rounds 1"),
)


def run(step: Step, small: bool) -> dict[str, Any]:
    """Runs a bench; minutes, the load of the machine before it, and its exit code."""
    print(f"\n== {step.name}", flush=True)
    load, began = os.getloadavg()[0], time.monotonic()
    done = subprocess.run(step.command(small), check=False)
    minutes = (time.monotonic() - began) / 60
    print(f"-- {step.name}: {minutes:.1f} min", flush=True)
    return {"minutes": round(minutes, 2), "load_before": round(load, 1), "exit_code": done.returncode}


def main() -> None:
    """Run and print; whole runs write a record of each bench and of the suite."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--small", action="store_true", help="small sizes, no records")
    parser.add_argument("--only", nargs="*", default=[], metavar="BENCH", help="these")
    asked = parser.parse_args()
    if unknown := set(asked.only) - {step.name for step in STEPS}:
        parser.error(f"there is no bench {', '.join(sorted(unknown))}")
    chosen = [step for step in STEPS if not asked.only or step.name in asked.only]
    done = {step.name: run(step, asked.small) for step in chosen}
    print(f"\n{'bench':<16}{'minutes':>8}{'load before':>13}")
    for name, figures in done.items():
        failed = f"   FAILED with {figures['exit_code']}" if figures["exit_code"] else ""
        print(f"{name:<16}{figures['minutes']:>8.1f}{figures['load_before']:>13.1f}{failed}")
    print(f"{'in all':<16}{sum(figures['minutes'] for figures in done.values()):>8.1f}")
    if not asked.small:
        print(record.write("suite", {"benches": done}))
    sys.exit(any(figures["exit_code"] for figures in done.values()))


if __name__ == "__main__":
    main()
