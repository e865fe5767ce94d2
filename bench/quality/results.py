"""Write the tables of results in README.md from the records of this benchmark: of each figure the newest.

python bench/quality/results.py            print the tables
python bench/quality/results.py --write    put them into README.md
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
README, RECORDS = HERE / "README.md", HERE.parent / "records"
BEGIN, END = "<!-- results -->", "<!-- end of results -->"
DIGEST = "digest"
FAULTS = ("spike", "triple", "quarter", "empty")
Figures = dict[str, dict[str, Any]]
"""By part, then by `world, who`."""


def newest(records: Path) -> tuple[Figures, list[dict[str, Any]]]:
    """The newest figures of each part, and the records that they come from."""
    figures: Figures = {}
    told = []
    for file in sorted(records.glob("*-quality*.json")):
        record = json.loads(file.read_text("utf-8"))
        told.append({name: record.pop(name) for name in ("date", "machine", "command")})
        for part, values in record.items():
            figures.setdefault(part, {}).update(values)
    return figures, told


def tables(figures: Figures, told: list[dict[str, Any]]) -> str:
    """Everything between the marks."""
    lines = [BEGIN, "## Results", ""]
    lines += [f"{one['date']}, {one['machine']}: `{one['command']}`  " for one in told]
    for part in (stockouts, faults, hidden, forecasts):
        if figures.get(part.__name__):
            lines += ["", *part(figures[part.__name__])]
    return "\n".join([*lines, "", digests(figures), END])


def row(*cells: object) -> str:
    """One row of a table."""
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def head(*cells: str) -> list[str]:
    """The head of a table."""
    return [row(*cells), "|" + "---|" * len(cells)]


def shown(value: float | None, digits: int = 2) -> str:
    """A figure as `.62`; a dash where the figure is missing."""
    if value is None:
        return "–"
    text = f"{value:.{digits}f}"
    return text[1:] if text.startswith("0.") else text


def split(values: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """World, who and figures, world by world; digests are left out."""
    parts = [(*name.partition(", ")[::2], one) for name, one in values.items()]
    worlds = list(dict.fromkeys(world for world, _, _ in parts))
    for world, who, one in sorted(parts, key=lambda part: worlds.index(part[0])):
        if who != DIGEST:
            yield world, who, one


def digests(figures: Figures) -> str:
    """By which events another measurement can be told to be of the same worlds."""
    found = [
        f"{name.partition(', ')[0]} `{one}`"
        for values in figures.values()
        for name, one in values.items()
        if name.endswith(f", {DIGEST}")
    ]
    return f"Events (the first 16 digits of the SHA-256 of `events.jsonl`): {', '.join(found)}."


def stockouts(values: dict[str, Any]) -> Iterator[str]:
    """Stock-outs."""
    yield from head("stockouts: world", "who", "F1", "false alarms", "recall", "largest gap of the chance")
    for world, who, one in split(values):
        swept = "best" in one
        score = one["best"] if swept else one["score"]
        cells = [shown(score[name]) for name in ("f1", "false_alarms", "recall")]
        yield row(world, f"{who} *" if swept else who, *cells, shown(one.get("gap")))


def faults(values: dict[str, Any]) -> Iterator[str]:
    """Faults on real sales."""
    yield from head("faults: half", "who", *FAULTS, "false alarms")
    for half, who, one in split(values):
        seen = {each["fault"]: each for each in one["seen"]}
        cells = []
        for fault in FAULTS:
            recall, chance, delay = (seen[fault][name] for name in ("recall", "by_chance", "delay"))
            cells.append(f"{shown(recall)} ({shown(chance)}; {days(delay)})")
        yield row(half, who, *cells, shown(sum(one["false alarms"].values()), 3))


def hidden(values: dict[str, Any]) -> Iterator[str]:
    """Hidden losses."""
    names = ("openings", "right", "times chance", "top of the ranking", "long runs found", "after")
    yield from head("hidden: world", "who", *names)
    for world, who, one in split(values):
        times, found = shown(one["times_chance"], 1), f"{shown(one['found'])} of {one['long_runs']}"
        top = shown(one.get("top"), 1)
        yield row(world, who, one["opened"], shown(one["right"]), times, top, found, days(one["delay"]))


def forecasts(values: dict[str, Any]) -> Iterator[str]:
    """Quantiles of the demand over eight days."""
    yield from head("forecasts: panel", "method", "loss at .95", "at .99", "exceeded at .95", "at .99")
    for panel, method, two in split(values):
        yield row(panel, method, *(shown(one[name], 3) for name in ("loss", "exceeded") for one in two))


def days(delay: float | None) -> str:
    """A median delay in days."""
    return "–" if delay is None else f"{delay:.0f} d"


def written(readme: str, found: str) -> str:
    """README.md with other tables between its marks."""
    before, _, rest = readme.partition(BEGIN)
    return before + found + rest.partition(END)[2]


if __name__ == "__main__":
    text = tables(*newest(RECORDS))
    if "--write" in sys.argv[1:]:
        README.write_text(written(README.read_text("utf-8"), text), "utf-8")
    else:
        print(text)
