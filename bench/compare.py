"""Lay the records of this run beside the last ones that are committed: each figure, and its change in percent.

A record of this run is a file in bench/records that Git does not know or that was changed. A list of times counts as its
median. Figures of two machines, or of a machine under load, cannot be compared: both machines are named. Where two records
are of runs of different sizes, a warning says so.
"""

from __future__ import annotations

import json
import re
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from record import RECORDS

_NAME = re.compile(r"\d{4}-\d\d-\d\d-(.+)\.json")
_ABOUT = ("date", "machine", "command")
_SIZES = ("records", "positions", "movements", "partitions", "sales", "orders", "seconds")
"""What says how large a run was: figures of runs of two sizes cannot be compared."""


def figures(record: Any, path: str = "") -> Iterator[tuple[str, float]]:
    """Each number of a record by its path; a list of numbers as its median."""
    if isinstance(record, dict):
        for name, value in record.items():
            yield from figures(value, f"{path}.{name}" if path else name)
    elif isinstance(record, list) and record and all(_is_number(value) for value in record):
        yield path, statistics.median(record)
    elif _is_number(record):
        yield path, record


def table(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    """A line for each figure of the new record."""
    before = dict(figures(old))
    for path, value in figures(new):
        if path not in before:
            yield f"  {path:<44}{'–':>16}{value:>16,.10g}"
        else:
            was = before[path]
            change = f"{100 * (value - was) / was:+.1f} %" if was else ("" if value == was else "from 0")
            yield f"  {path:<44}{was:>16,.10g}{value:>16,.10g}{change:>12}"


def sizes(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    """A warning for each size in which two records differ."""
    for name in _SIZES:
        if old.get(name) != new.get(name) and name in old and name in new:
            yield f"  WARNING: {name} {old[name]:,} and {new[name]:,}: figures of two sizes cannot be compared"


def fresh() -> list[Path]:
    """The records of this run, oldest first."""
    status = _git("status", "--porcelain", "--untracked-files=all", "--", str(RECORDS))
    return sorted(RECORDS / Path(line[3:]).name for line in status.splitlines() if line[:2].strip() != "D")


def committed(name: str) -> dict[str, Any] | None:
    """The newest committed record of a bench."""
    files = _git("ls-tree", "--name-only", "HEAD", "./").splitlines()
    same = sorted(file for file in files if (found := _NAME.fullmatch(Path(file).name)) and found[1] == name)
    if not same:
        return None
    record: dict[str, Any] = json.loads(_git("show", f"HEAD:./{Path(same[-1]).name}"))
    return record


def main() -> None:
    """Print a table for each record of this run."""
    if not (records := fresh()):
        raise SystemExit("every record in bench/records is committed: run a bench with --record first")
    for path in records:
        if (found := _NAME.fullmatch(path.name)) is None:
            continue
        new = json.loads(path.read_text())
        old = committed(found[1])
        print(f"\n{found[1]}: {new['date']}, {new['machine']}")
        if old is None:
            print("  no record of it is committed")
            old = {}
        else:
            print(f"  beside: {old['date']}, {old['machine']}")
            print(*sizes(old, new), sep="\n")
        lines = table({key: old[key] for key in old if key not in _ABOUT}, new)
        print(*lines, sep="\n")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _git(*arguments: str) -> str:
    command = ["git", *arguments]
    return subprocess.run(command, cwd=RECORDS, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    main()
