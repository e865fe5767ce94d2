"""`lowtide report`: the period in one page, or its headline figures here and now."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer
from rich.cells import cell_len
from rich.padding import Padding
from rich.text import Text

from lowtide.cli.files import write_whole
from lowtide.cli.options import LangOption, WarehouseOption, day_of, language_of
from lowtide.errors import SettingsError
from lowtide.operation.screen import Screen, echo
from lowtide.warehouse import open_warehouse
from lowtide.words import Language

if TYPE_CHECKING:
    from lowtide.report import Answers

_COLOUR = {"better": "green", "worse": "red"}


def report(
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write one self-contained page with charts.")
    ] = None,
    lang: LangOption = None,
    from_: Annotated[
        str, typer.Option("--from", metavar="DAY", help="First day, e.g. 2026-11-01 (UTC); else by `--days`.")
    ] = "",
    to: Annotated[
        str, typer.Option("--to", metavar="DAY", help="Last day, included; else the day of the log's clock.")
    ] = "",
    days: Annotated[int | None, typer.Option(min=1, help="Number of days; 28 without it.")] = None,
    pipeline: Annotated[
        str | None, typer.Option(metavar="P", help="Which pipeline, if the warehouse has several.")
    ] = None,
    location: Annotated[str | None, typer.Option(metavar="L", help="Only this location.")] = None,
    category: Annotated[str | None, typer.Option(metavar="C", help="Only this category.")] = None,
    currency: Annotated[
        str, typer.Option(metavar="C", help="What the prices of the catalogue are in, e.g. `EUR` or `¥`.")
    ] = "",
    json_: Annotated[bool, typer.Option("--json", help="All figures as one JSON object.")] = False,
    warehouse: WarehouseOption = "embedded:",
) -> None:
    """Tell how stock and alerts are doing, and what to do next: here, or as one page to read, send and print.

    Examples:

        lowtide report

        lowtide report --html november.html --from 2026-11-01 --to 2026-11-30 --currency EUR

        lowtide report --html 门店330.html --lang zh --location 330

        lowtide report --json | jq .figures.precision
    """
    from lowtide.report import Scope, ask, page

    one = language_of(lang).lang
    first, last = day_of("--from", from_), day_of("--to", to)
    if html is not None and (html.is_dir() or not html.parent.is_dir()):
        raise SettingsError(f"`{html}` cannot be written", "Give a file in a folder that exists.")
    with open_warehouse(warehouse) as opened:
        scope = Scope.resolve(
            opened, pipeline=pipeline, location=location, category=category, first=first, last=last, days=days
        )
        answers = ask(opened, scope) if scope else None
    if html is not None:
        write_whole(html, page(answers, one, currency).encode())
        echo(f"{html}: open it in a browser, send it, print it", err=True)
    if json_:
        print(orjson.dumps(answers.to_dict() if answers else {}, option=orjson.OPT_INDENT_2).decode())
    elif html is None:
        show(answers, Language(one, currency), Screen())


def show(answers: Answers | None, tell: Language, console: Screen) -> None:
    """The headline figures and the next steps, for a terminal."""
    from lowtide.report.advice import advice
    from lowtide.report.headline import cards, was

    if answers is None:
        console.print(tell.say("page.empty_text"))
        return
    scope = answers.scope
    console.print(Text(f"{tell.say('page.title')}  {tell.period(scope.first, scope.last)}", style="bold"))
    wide = max(cell_len(card.label) for card in cards(answers, tell)) + 2
    for card, figure in zip(cards(answers, tell), answers.figures, strict=True):
        value = f"{card.value} {card.unit}".strip() or tell.say("none")
        line = Text(card.label + " " * (wide - cell_len(card.label))).append(value, "bold")
        if card.change:
            line.append("  ").append(f"{card.arrow} {card.change}".strip(), _COLOUR.get(card.verdict, ""))
            before = was(figure, answers, tell)
            line.append(f" · {before}" if before and card.verdict != "same" else "", "dim")
        console.print(line)
        console.print(Padding(Text(card.detail, "dim"), (0, 0, 0, wide)))
    console.print()
    console.print(Text(tell.say("next"), style="bold"))
    for number, step in enumerate(advice(answers, tell), 1):
        console.print(f"{number}. {step.text}")
        if step.command:
            console.print(f"     {step.command}", style="cyan")
