"""The panels of a dashboard, written as SQL with remarks: the language of those who read and change them.

    -- # Where                                           a heading
    -- ## Locations                                      a panel: its title
    -- What is open in each.                             what it means, behind its (i)
    --: table 12x10 short                                how it is drawn, its size, the unit of its numbers
    --: h = open, empty                                  columns with another unit
    SELECT location, … FROM heatmap WHERE {PART};        its query: {PART} and the like are of `variables`

Further settings: `bars = COLUMN` names the bars of a barchart, `across = COLUMN` the columns of a matrix, `stacked = no`
puts series beside each other, `link = URL` is where a click leads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files

from lowtide.dashboards.grafana.variables import NAMED

_PANEL = re.compile(
    r"-- ## (?P<title>.+)\n(?P<what>(?:-- .+\n)+)--: (?P<kind>\w+) (?P<width>\d+)x(?P<height>\d+)(?: (?P<unit>\S+))?\n"
    r"(?P<settings>(?:--: .+ = .+\n)*)(?P<sql>(?:(?!--).+\n)+)"
)


@dataclass(frozen=True)
class Panel:
    """One question and how its answer is drawn."""

    title: str
    what: str
    kind: str
    """stat (the column `shown`), table, timeseries (first column: time), barchart or matrix."""
    width: int
    height: int
    unit: str
    """Grafana's unit of the numbers."""
    sql: str
    units: Mapping[str, str] = field(default_factory=dict)
    """The unit of columns that have another one."""
    across: str = ""
    stacked: bool = True
    link: str = ""


@dataclass(frozen=True)
class Row:
    """Panels under a heading, from left to right."""

    title: str
    panels: Sequence[Panel]


def rows(name: str) -> tuple[Row, ...]:
    """The rows that `name.sql` describes."""
    text = files("lowtide.dashboards.grafana").joinpath(f"{name}.sql").read_text("utf-8")
    return tuple(_row(part) for part in re.split(r"^-- # ", text, flags=re.MULTILINE)[1:])


def _row(text: str) -> Row:
    title, _, panels = text.partition("\n")
    found = tuple(_panel(match) for match in _PANEL.finditer(panels))
    rest = _PANEL.sub("", panels).strip()
    if rest:
        raise ValueError(f"not a panel: {rest[:200]}")
    return Row(title, found)


def _panel(match: re.Match[str]) -> Panel:
    settings = dict(re.findall(r"--: (\S+) = (.+)\n", match["settings"]))
    across = settings.pop("bars", "") or settings.pop("across", "")
    stacked = settings.pop("stacked", "yes") == "yes"
    link = settings.pop("link", "")
    units = {column: unit for unit, columns in settings.items() for column in columns.split(", ")}
    return Panel(
        title=match["title"],
        what=_filled(" ".join(line.removeprefix("-- ") for line in match["what"].splitlines())),
        kind=match["kind"],
        width=int(match["width"]),
        height=int(match["height"]),
        unit=match["unit"] or "short",
        sql=_filled(match["sql"].strip().removesuffix(";")),
        units=units,
        across=across,
        stacked=stacked,
        link=link,
    )


def _filled(sql: str) -> str:
    return re.sub(r"(?<!\$)\{([A-Z_]+)\}", lambda name: NAMED[name[1]], sql)
