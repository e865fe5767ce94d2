"""`lowtide calibration`: whether the chances can be believed, by tenths, with an interval of each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from lowtide.cli.options import LangOption, WarehouseOption, language_of
from lowtide.errors import SettingsError
from lowtide.operation.screen import Listing, Screen
from lowtide.rows import Row, as_json
from lowtide.warehouse import open_warehouse, queries
from lowtide.warehouse.placeholders import DIMENSIONS
from lowtide.words import Language

if TYPE_CHECKING:
    from lowtide.explain.draw import Signs

GROUPS = 10
"""Groups that a person is shown; a script gets all."""
BAR = 26
"""Columns of the terminal for 0 to 100 %."""


def calibration(
    by: Annotated[
        str | None,
        typer.Option(
            "--by", metavar="B", help="For each `category`, `supplier`, `department` or `location`."
        ),
    ] = None,
    openings: Annotated[
        bool,
        typer.Option("--openings", help="Only alerts at their opening, instead of the days of the sample."),
    ] = False,
    pipeline: Annotated[
        str | None, typer.Option(metavar="P", help="Which pipeline, if the warehouse has several.")
    ] = None,
    json_: Annotated[
        bool,
        typer.Option(
            "--json", help="One JSON object a line: from, to, positions, days, said, came_true, low, high."
        ),
    ] = False,
    warehouse: WarehouseOption = "embedded:",
    lang: LangOption = None,
) -> None:
    """Show whether the chances can be believed: what was said, against what came true, by tenths.

    Examples:

        lowtide calibration

        lowtide calibration --by category

        lowtide calibration --json | jq 'select(.said < .low or .said > .high)'
    """
    from lowtide.report import Scope

    tell = language_of(lang)
    if by is not None and by not in DIMENSIONS:
        raise SettingsError(
            f"`--by {by}` is not known", f"Say one of {', '.join(f'`{one}`' for one in DIMENSIONS)}."
        )
    days: list[Row] = []
    opened: list[Row] = []
    with open_warehouse(warehouse) as store:
        scope = Scope.resolve(store, pipeline=pipeline)
        dimension, name = by or "all", scope.pipeline if scope else ""
        if not openings:
            days = queries.calibration(store, by=dimension, pipeline=name)
        if openings or not (json_ or by):
            opened = queries.calibration(store, by=dimension, openings=True, pipeline=name)
    if json_:
        for row in opened if openings else days:
            print(as_json(_record(row, by)))
    else:
        show(days, opened, by, Screen(), tell)


def _record(row: Row, by: str | None) -> Row:
    group = {} if by is None else {"group": row["value"]}
    return group | {name: cell for name, cell in row.items() if name not in ("value", "decile")}


def show(days: Sequence[Row], opened: Sequence[Row], by: str | None, console: Screen, tell: Language) -> None:
    """Both kinds of rows as tables, each under its name, and what p means above them."""
    from lowtide.explain.draw import ASCII, UNICODE, speaks_unicode

    signs = UNICODE if speaks_unicode(console.encoding) else ASCII
    if not days and not opened:
        console.print(tell.say("calibration.nothing"))
        return
    console.print(tell.say("calibration.means"))
    for rows, name, count in ((days, "days_series", "days"), (opened, "openings", "alerts")):
        if not rows:
            continue
        console.print()
        console.print(Text(tell.say(f"calibration.{name}"), style="bold"))
        console.print(_table(_first(rows), by, count, tell, signs))
        groups = len({row["value"] for row in rows})
        if groups > GROUPS:
            console.print(tell.say("calibration.groups", shown=GROUPS, all=tell.number(groups)))
        elif by is None and rows is days:
            console.print(_verdict(rows, tell))
    console.print()
    marks = {"middle": signs.middle, "band": signs.band, "said": signs.trip}
    console.print(Text(tell.say("calibration.signs", **marks), style="dim"))
    if days:
        judged = tell.count(sum(row["days"] for row in days), "position_day")
        console.print(Text(tell.say("calibration.scope", days=judged), style="dim"))


def _first(rows: Sequence[Row]) -> list[Row]:
    """The rows of the first groups; the groups with the most days come first."""
    groups = [list(group) for _, group in groupby(rows, key=lambda row: row["value"])]
    return [row for group in groups[:GROUPS] for row in group]


def _table(rows: Sequence[Row], by: str | None, count: str, tell: Language, signs: Signs) -> Listing:
    shown = Listing(box=None, header_style="bold", pad_edge=False)
    if by is not None:
        shown.add_column(tell.say(f"col.value_of_{by}"), no_wrap=True, max_width=24)
    for head in ("p", "said", "share", "interval"):
        shown.add_column(tell.say(f"col.{head}"), justify="right", no_wrap=True)
    shown.add_column(tell.say("calibration.bar"), no_wrap=True, width=BAR)
    for head in ("positions", "position_days" if count == "days" else "judged"):
        shown.add_column(tell.say(f"col.{head}"), justify="right", no_wrap=True)
    before = None
    for row in rows:
        group = (
            [] if by is None else [(row["value"] or tell.say("unsorted")) if row["value"] != before else ""]
        )
        before = row["value"]
        shown.add_row(*(Text(cell) for cell in (*group, *_cells(row, count, tell, signs))))
    return shown


def _cells(row: Row, count: str, tell: Language, signs: Signs) -> list[str]:
    return [
        f"{row['from']:.1f}–{row['to']:.1f}", tell.share(row["said"]), tell.share(row["came_true"]),
        f"{tell.share(row['low'], 0)} – {tell.share(row['high'], 0)}", bar(row, signs),
        tell.number(row["positions"]), tell.number(row[count]),
    ]  # fmt: skip


def bar(row: Row, signs: Signs) -> str:
    """What was said, what came true and its interval, on a line from 0 to 100 %."""

    def column(share: float) -> int:
        return min(BAR - 1, int(share * BAR))

    cells = [" "] * BAR
    for place in range(column(row["low"]), column(row["high"]) + 1):
        cells[place] = signs.band
    cells[column(row["said"])] = signs.trip
    cells[column(row["came_true"])] = signs.middle
    return "".join(cells)


def _verdict(rows: Sequence[Row], tell: Language) -> str:
    """In how many tenths what was said lies in the interval, and where it is farthest from what came true."""
    inside = sum(row["low"] <= row["said"] <= row["high"] for row in rows)
    worst = max(rows, key=lambda row: abs(row["said"] - row["came_true"]))
    gap = abs(worst["said"] - worst["came_true"])
    return tell.say(
        "calibration.verdict", inside=inside, all=len(rows), gap=tell.say("points", n=tell.number(100 * gap, 1)),
        said=tell.share(worst["said"]), share=tell.share(worst["came_true"]),
    )  # fmt: skip
