"""`lowtide people simulate` and `export`: what a file would have done to a period, and the file in force."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from lowtide.cli.files import write_whole
from lowtide.cli.options import LangOption, LocationsOption, WarehouseOption, language_of
from lowtide.cli.people_duty import book_in_force, book_of, called
from lowtide.desk import people_versions
from lowtide.desk.clock import aware
from lowtide.desk.history.simulated import difference
from lowtide.desk.history.simulation import simulate
from lowtide.errors import PeopleError, SettingsError
from lowtide.operation.screen import Listing, Screen, echo
from lowtide.people import Book
from lowtide.people.source import Source
from lowtide.people.written import text_of
from lowtide.rows import moment
from lowtide.warehouse import Warehouse, desk_record, desk_rows, open_warehouse, rule_changes
from lowtide.words import Language

FromOption = Annotated[
    str, typer.Option("--from", metavar="TIME", help="Begin here, RFC 3339; else 7 days before the end.")
]
ToOption = Annotated[
    str, typer.Option("--to", metavar="TIME", help="End here, RFC 3339; else with the last entry.")
]


def simulate_(
    people: Annotated[
        Path | None,
        typer.Option("--people", metavar="F", help="File of people to try; else the version in force."),
    ] = None,
    from_: FromOption = "",
    to: ToOption = "",
    locations: LocationsOption = None,
    json_: Annotated[bool, typer.Option("--json", help="All figures as one JSON object.")] = False,
    warehouse: WarehouseOption = "embedded:",
    lang: LangOption = None,
) -> None:
    """Live through a period of the ledger with a file of people: who would have been told what. Nothing is stored or sent.

    With `--people` the file stands beside the version in force: messages, who gets what, the worth of what nobody hears of.

    Examples:

        lowtide people simulate --people changed.yaml

        lowtide people simulate --from 2026-11-01T00:00:00Z --to 2026-12-01T00:00:00Z --json
    """
    language = language_of(lang)
    with open_warehouse(warehouse) as opened:
        there = people_versions.in_force(opened)
        book = book_of(people, locations) if people is not None else book_in_force(opened)
        start, end = period(opened, from_, to)
        entries = [row for rows in desk_rows.entries_between(opened, start, end) for row in rows]
    if people is None or there is None:
        alone = simulate(entries, book, start, end).to_dict()
        found: dict[str, Any] = {"after": alone}
    else:
        found = difference(simulate(entries, there.book(), start, end), simulate(entries, book, start, end))
    if json_:
        sys.stdout.buffer.write(orjson.dumps(found, option=orjson.OPT_APPEND_NEWLINE))
        return
    _show(found, book, Language(language.lang, book.currency, book.zone.key))


def period(warehouse: Warehouse, from_: str, to: str) -> tuple[int, int]:
    """The period that was asked for, in ms since 1970; without an end up to the last entry. Raises SettingsError."""
    end = round(moment(to).timestamp() * 1000) if to else desk_record.log_clock(warehouse) + 1
    start = (
        round(moment(from_).timestamp() * 1000)
        if from_
        else end - round(timedelta(days=7).total_seconds() * 1000)
    )
    if start >= end:
        raise SettingsError("the period ends before it begins", "Give `--from` an earlier time than `--to`.")
    return start, end


def export(
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="F", help="Write it to this file, and not to standard output."),
    ] = None,
    warehouse: WarehouseOption = "embedded:",
) -> None:
    """Print the file of people in force, also where it was changed on the page.

    Lists of people that came from a table are written out. `lowtide people apply` puts a file in force.

    Example:

        lowtide people export --out people.yaml
    """
    with open_warehouse(warehouse) as opened:
        there = people_versions.in_force(opened)
        if there is None:
            raise PeopleError(
                "no file of people is in force in this warehouse",
                "Put one in force with `lowtide people apply F`.",
            )
        text = _text(opened, Source.of(there.document), there.version)
    if out is None:
        sys.stdout.buffer.write(text.encode())
    else:
        write_whole(out, text.encode())


def _text(warehouse: Warehouse, source: Source, version: str) -> str:
    """The text of a change that made this version, with its comments; else the version written anew."""
    from lowtide.people.loading import read_over

    for row in rule_changes.changes(warehouse, "people", "applied", 20):
        try:
            if Book.of(read_over(row["document"], "people.yaml", source)).version == version:
                return str(row["document"])
        except PeopleError:  # it was made over other lists
            continue
    return text_of(source)


def _show(found: dict[str, Any], book: Book, tell: Language) -> None:
    after, before = found["after"], found.get("before")
    span = {"start": tell.instant(aware(after["from"])), "end": tell.instant(aware(after["to"]))}
    echo(tell.say("simulate.period", **span, alerts=tell.count(after["alerts"], "people.alert_told")))
    heads = ("person", "hours", "pushes", "an_hour", "most", "digests", "owned", "worth")
    table = Listing(*(tell.say(f"simulate.head.{head}") for head in heads), box=None, pad_edge=False)
    old = {load["person"]: load for load in before["people"]} if before else {}
    new = {load["person"]: load for load in after["people"]}
    for person in sorted({*old, *new}):
        table.add_row(
            called(book, person, tell), *_cells(old.get(person), new.get(person), bool(before), tell)
        )
    Screen(soft_wrap=not sys.stdout.isatty()).print(table)
    for key in ("pushes_an_owner_hour", "worth_told", "worth_untold"):
        echo(tell.say(f"simulate.{key}", value=_beside(before, after, key, tell)))
    if before:
        for change in found["changes_of_owner"]:
            names = {way: called(book, change[way], tell) if change[way] else "–" for way in ("from", "to")}
            echo(tell.say("simulate.moves", **names, alerts=tell.count(change["alerts"], "people.alert")))
        echo(tell.say("simulate.no_more", alerts=tell.count(found["told_no_more"], "people.alert")))
    for one in (found["told_no_more_first"] if before else after["untold_first"])[:5]:
        what = {"type": tell.word("type", one["type"]), "name": one["name"] or one["sku"]}
        worth = "–" if one["worth"] is None else tell.money(one["worth"])
        echo(tell.say("simulate.untold", id=one["alert_id"], location=one["location"], worth=worth, **what))


def _cells(old: dict[str, Any] | None, new: dict[str, Any] | None, both: bool, tell: Language) -> list[str]:
    cells = []
    for key, digits in (
        ("hours", 0),
        ("pushes", 0),
        ("an_hour", 2),
        ("most", 0),
        ("digests", 0),
        ("owned", 0),
        ("worth", 0),
    ):
        texts = [
            "–" if one is None or one[key] is None else tell.number(one[key], digits)
            for one in ((old, new) if both else (new,))
        ]
        cells.append(texts[0] if len(set(texts)) == 1 else " → ".join(texts))
    return cells


def _beside(before: dict[str, Any] | None, after: dict[str, Any], key: str, tell: Language) -> str:
    digits = 2 if key.startswith("pushes") else 0
    texts = ["–" if one[key] is None else tell.number(one[key], digits) for one in (before, after) if one]
    return " → ".join(texts)
