"""`lowtide people duty`: who is on duty in each team."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from lowtide.catalogue import load_locations
from lowtide.cli.options import LangOption, LocationsOption, WarehouseOption, language_of
from lowtide.desk import people_versions
from lowtide.errors import PeopleError, SettingsError
from lowtide.operation.screen import Listing, Screen
from lowtide.people import Book
from lowtide.people.coverage import teams_of
from lowtide.rows import as_json, instant, moment
from lowtide.settings import load_settings
from lowtide.warehouse import Warehouse, open_warehouse
from lowtide.words import Language

InForceOption = Annotated[
    Path | None,
    typer.Option(
        "--people", metavar="F", help="File of people; without it the version in force in the warehouse."
    ),
]
AtOption = Annotated[
    str, typer.Option("--at", metavar="TIME", help="At which time, RFC 3339 with a zone; else now.")
]


def book_of(file: Path, locations: str | None) -> Book:
    """The book of a file, over the locations of the option, else of the settings. Raises PeopleError."""
    path = locations or load_settings().locations
    return Book.load(file, load_locations(path) if path else None)


def book_in_force(warehouse: Warehouse) -> Book:
    """The book that is in force. Raises PeopleError if nobody has applied one."""
    there = people_versions.in_force(warehouse)
    if there is None:
        raise PeopleError(
            "no file of people is in force in this warehouse",
            "Name one with `--people F`, or put one in force with `lowtide people apply F`.",
        )
    return there.book()


def called(book: Book, person: str, tell: Language) -> str:
    """A person with the name that others use, if it is not the key."""
    name = book.people[person].name if person in book.people else person
    return person if name == person else tell.named(person, name)


def duty(
    people: InForceOption = None,
    at: AtOption = "",
    team: Annotated[str, typer.Option("--team", metavar="T", help="Only this team.")] = "",
    locations: LocationsOption = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a team.")] = False,
    warehouse: WarehouseOption = "embedded:",
    lang: LangOption = None,
) -> None:
    """Say who is on duty in each team, and which row of the schedule says so.

    Examples:

        lowtide people duty --people people.yaml

        lowtide people duty --at 2026-12-24T18:00:00+08:00 --team dairy-buyers
    """
    tell, when = language_of(lang), moment(at) if at else datetime.now(UTC)
    if people is not None:
        book = book_of(people, locations)
    else:
        with open_warehouse(warehouse) as opened:
            book = book_in_force(opened)
    names = [name for name, _ in teams_of(book)]
    if team and team not in names:
        raise SettingsError(f"there is no team `{team}`", f"There are {', '.join(names[:20])}.")
    rows = [_row(book, name, facts, when) for name, facts in teams_of(book) if team in ("", name)]
    if json_:
        for row in rows:
            print(as_json(row))
        return
    _draw(rows, book, tell)


def _row(book: Book, name: str, facts: dict[str, str], at: datetime) -> dict[str, str | None]:
    found = book.on_duty(name, facts, at)
    return {
        "team": name, "person": found.person, "name": book.people[found.person].name, "row": found.row,
        "lead": book.lead_of(name, facts), "at": instant(at),
    }  # fmt: skip


def _draw(rows: list[dict[str, str | None]], book: Book, tell: Language) -> None:
    heads = [tell.say(f"people.head.{name}") for name in ("team", "person", "row", "lead")]
    table = Listing(*heads, box=None, pad_edge=False)
    for row in rows:
        lead = row["lead"]
        cells = (
            row["team"], called(book, str(row["person"]), tell), tell.word("people.row", str(row["row"])),
            called(book, lead, tell) if lead else "–",
        )  # fmt: skip
        table.add_row(*(Text(str(cell)) for cell in cells))
    Screen().print(table)
