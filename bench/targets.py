"""The table of targets of `bench/README.md`, and the table of the peers, from the newest records.

    python bench/targets.py            print both
    python bench/targets.py --write    write both into bench/README.md, between their marks

A figure has the date of its record, and its size where that is not the size of the target. A figure that misses what it
must reach is bold. Without a record the cell says so.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from record import RECORDS

README = RECORDS.parent / "README.md"
MISSING = "not measured yet on this tree"
Record = dict[str, Any]


@dataclass(frozen=True)
class Figure:
    """A number of a record: how it is written, and the least or the most that it must be."""

    value: float
    text: str
    least: float | None = None
    most: float | None = None

    def __str__(self) -> str:
        missed = (self.least is not None and self.value < self.least) or (
            self.most is not None and self.value > self.most
        )
        return f"**{self.text}**" if missed else self.text


@dataclass(frozen=True)
class Target:
    """One row: what is measured, by which bench, what it must and should reach, and its limit."""

    work: str
    bench: str
    must: str
    goal: str
    limit: str
    figures: Callable[[Record], list[Figure]]
    size: str = ""
    """The size of a run that the target means, in words of the record; other sizes are told."""


def millions(per_s: float, least: float) -> Figure:
    """Records a second, in millions."""
    return Figure(per_s / 1e6, f"{per_s / 1e6:.2f}", least=least)


def direct(way: Record) -> Record:
    """The speeds of the direct way to the messages of a topic; older records have only one way."""
    found: Record = way.get("direct", way)
    return found


def of_core(*cases: tuple[str, float]) -> Callable[[Record], list[Figure]]:
    """Speeds of cases of the core, each with the least that it must be."""
    return lambda record: [millions(record["cases"][name]["per_s"], least) for name, least in cases]


def largest(record: Record) -> Record:
    """Growth at the largest size of a record."""
    found: Record = record["sizes"][max(record["sizes"], key=int)]
    return found


def longest(record: Record) -> list[Figure]:
    """The longest call while growing, at midnight, at a publish mark, in milliseconds."""
    at = largest(record)
    longest_of = lambda *phases: max(max(at[phase]["longest_ms"].values()) for phase in phases)  # noqa: E731
    values = (longest_of("positions", "ids"), longest_of("midnight"), longest_of("mark"))
    return [Figure(value, f"{value:,.1f}", most=5) for value in values]


def kept_speed(record: Record) -> list[Figure]:
    """The speed of sales at the largest size, as a share of that at the smallest."""
    small = record["sizes"][min(record["sizes"], key=int)]
    share = small["ids"]["ns_a_record"] / largest(record)["ids"]["ns_a_record"]
    return [Figure(share, f"{share:.0%}", least=0.6)]


def bytes_of_an_id(record: Record) -> list[Figure]:
    """Bytes that an id and what it did add, from the growth of memory while positions sell."""
    at = largest(record)
    size = int(max(record["sizes"], key=int))
    each = (at["bytes_with_ids"] - at["bytes_a_position"]) * size / at["sold"]
    return [Figure(each, f"{each:.0f}", most=28)]


TARGETS = (
    Target(
        "JSON lines in memory to rows, shop / calm / tight, M/s", "core", "2 / 2.5 / 1.2", "3 / 3.5 / 2", "3.8 (shop)",
        of_core(("json shop", 2), ("json calm", 2.5), ("json tight", 1.2)), "100,000 positions",
    ),
    Target(
        "the same as a multiple of the plain Python loop, shop", "quick", "20", "30", "–",
        lambda record: [Figure(record["ratio"], f"{record['ratio']:.1f}", least=20)], "100,000 positions",
    ),
    Target(
        "Arrow in memory to rows, UTF-8 / dictionary, shop, M/s", "core", "2.2 / 2.5", "3.5 / 4.5", "–",
        of_core(("arrow utf-8 shop", 2.2), ("arrow dictionary shop", 2.5)), "100,000 positions",
    ),
    Target(
        "a topic, one record a message, M/s by CPU of the process", "kafka", "0.9", "1.5", "3.4 (client alone)",
        lambda record: [millions(direct(record["one-a-message"])["per_cpu_s"], 0.9)],
    ),
    Target(
        "`lowtide run` of a file into the embedded warehouse, M/s by CPU, start excluded", "run-warehouse", "0.5", "1", "–",
        lambda record: [millions(record["per_s"]["folder"], 0.5)], "100,000 positions",
    ),
    Target(
        "longest call while growing / at midnight / at a publish mark, ms", "growth", "5", "2", "–", longest,
        "10,000,000 positions",
    ),
    Target(
        "speed at 10 M positions against 100,000", "growth", "60 %", "75 %", "–", kept_speed, "10,000,000 positions",
    ),
    Target(
        "bytes a position: row, index, what few have", "memory", "155", "140", "–",
        lambda record: [Figure(record["state_added"], f"{record['state_added']:.0f}", most=155)], "10,000,000 positions",
    ),
    Target(
        "bytes an id in the window, with what it did", "growth", "28", "22", "–", bytes_of_an_id, "10,000,000 positions",
    ),
    Target(
        "checkpoint of 2 % each 10 s: share of the time / pause in ms", "checkpoint", "1 % / 10", "0.5 % / 5", "–",
        lambda record: [
            Figure(record["cost"], f"{record['cost']:.1%}", most=0.01),
            Figure(record["pause_ms"], f"{record['pause_ms']:,}", most=10),
        ],
        "10,000,000 positions",
    ),
    Target(
        "record in Kafka to alert in the warehouse at half load, p99, ms", "latency", "300", "100", "–",
        lambda record: [Figure(record["p99_ms"], f"{record['p99_ms']:,}", most=300)],
    ),
    Target(
        "1 to 2 workers by wall clock, a topic / one file", "workers", "1.6 / 1.3 ×", "1.85 / 1.45 ×", "–",
        lambda record: [
            Figure(found := record["sources"][name]["2 workers"]["speedup"], f"{found:.2f}", least=least)
            for name, least in (("topic", 1.6), ("file", 1.3))
        ],
        "100,000 positions",
    ),
)  # fmt: skip


def newest(bench: str) -> Record | None:
    """The newest record of a bench."""
    files = sorted(
        path for path in RECORDS.glob("*.json") if re.fullmatch(rf"[\d-]{{10}}-{bench}", path.stem)
    )
    return json.loads(files[-1].read_text()) if files else None


def size_of(record: Record) -> str:
    """How many positions a record is of, in words, or nothing."""
    positions = max(map(int, record["sizes"])) if "sizes" in record else record.get("positions")
    return f"{positions:,} positions" if positions else ""


def measured(target: Target) -> str:
    """The cell of a target."""
    record = newest(target.bench)
    if record is None:
        return MISSING
    try:
        figures = " / ".join(map(str, target.figures(record)))
    except KeyError:
        return MISSING
    size = size_of(record)
    about = record["date"] if not target.size or size == target.size else f"{record['date']}, {size}"
    return f"{figures} ({about})"


def targets() -> str:
    """The table of targets."""
    rows = ["| work | command | measured | must | goal | limit of this job |", "|---|---|---|---|---|---|"]
    for one in TARGETS:
        command = f"`bench/{one.bench.replace('-', '_')}.py`"
        rows.append(f"| {one.work} | {command} | {measured(one)} | {one.must} | {one.goal} | {one.limit} |")
    return "\n".join([*rows, "", paper()])


def paper() -> str:
    """What a hundred million positions would take, which nobody measured."""
    record = newest("growth")
    if record is None or "paper" not in record:
        return "What a hundred million positions would take is not known yet: `growth.py --large` tells it on paper."
    told = record["paper"]
    small, large = told["from"]
    return (
        f"A hundred million positions were not measured. On paper they take {told['gb_for_100_m']:g} GB: each position more "
        f"took {told['bytes_more_a_position']} B between {small:,} and {large:,} positions (`growth.py`, {record['date']})."
    )


def peers() -> str:
    """The table of the peers, fastest first."""
    record = newest("peers")
    if record is None:
        return MISSING
    rows = [
        f"{record['date']}, {record['machine']}: {record['records']:,} records, {record['positions']:,} positions, "
        f"median of {record['rounds']}, load of the last 15 minutes {record['load']}.",
        "",
        "| peer | CPU time, multiple of the plain loop | M/s by CPU | ledger |",
        "|---|---|---|---|",
    ]
    for name, one in sorted(record["peers"].items(), key=lambda item: -item[1]["multiple"]):
        speed = one["per_cpu_s"] / 1e6
        rows.append(f"| {name} | {one['multiple']:.3g} | {speed:.3f} | {one['ledger']} |")
    rows += [f"| {name} | – | – | skipped: {why} |" for name, why in record["skipped"].items()]
    return "\n".join(rows)


def marked(text: str, name: str, table: str) -> str:
    """The text with a table between the marks of its name."""
    start, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    if text.count(start) != 1 or text.count(end) != 1:
        raise SystemExit(f"{README} must have `{start}` and `{end}` once")
    head, tail = text.partition(start)[0], text.partition(end)[2]
    return f"{head}{start}\n{table}\n{end}{tail}"


def written(text: str) -> str:
    """The README with both tables as the records are now."""
    return marked(marked(text, "targets", targets()), "peers", peers())


def main() -> None:
    """Print the tables, or write them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="write both tables into bench/README.md")
    asked = parser.parse_args()
    print(targets(), "\n\n", peers(), sep="")
    if asked.write:
        README.write_text(written(README.read_text()))


if __name__ == "__main__":
    main()
