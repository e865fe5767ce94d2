"""`lowtide desk rebuild` and `review`: make desk.db again; print the figures of a week or month."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from typing import Annotated

import typer

from lowtide.cli.desk_options import DATABASE, FOLDER, DeskOption, PeopleOption
from lowtide.cli.options import LangOption, LocationsOption, WarehouseOption, language_of
from lowtide.errors import SettingsError
from lowtide.operation.screen import echo
from lowtide.rows import as_json
from lowtide.settings import load_settings
from lowtide.warehouse import open_warehouse


def rebuild(
    people: PeopleOption = None,
    locations: LocationsOption = None,
    folder: DeskOption = FOLDER,
    warehouse: WarehouseOption = "embedded:",
    json_: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    lang: LangOption = None,
) -> None:
    """Make desk.db again from the warehouse: what is open, what was told and when, which steps were taken.

    The desk must not run. What was not yet in the warehouse is lost: at most a second of it.

    Example:

        lowtide desk rebuild --people people.yaml
    """
    from lowtide.desk import rebuild as again
    from lowtide.desk.store import Store
    from lowtide.server.setup import people_in_force

    language, settings = language_of(lang), load_settings(locations=locations, warehouse=warehouse)
    with open_warehouse(warehouse) as opened:
        book = people_in_force(people, settings, opened, getpass.getuser()).book
        store = Store.open(folder / DATABASE)
        try:
            again.rebuild(store, opened, book, round(datetime.now(UTC).timestamp() * 1000))
            with store.read() as rows:
                open_ = rows.value("SELECT count(*) FROM alert WHERE status = 'open'")
                told = rows.value(
                    "SELECT count(*) FROM routed JOIN alert USING (alert_id) WHERE status = 'open' AND told_at IS NOT NULL"
                )
        finally:
            store.close()
    if json_:
        print(as_json({"open": open_, "told": told}))
    else:
        echo(language.say("desk.rebuilt", alerts=language.count(open_, "alert"), told=language.number(told)))


def review(
    month: Annotated[
        str,
        typer.Option(
            "--month", metavar="M", help="The month, such as 2026-10; without it the last whole one."
        ),
    ] = "",
    week: Annotated[
        str,
        typer.Option("--week", metavar="DAY", help="The week that holds this day, such as 2026-11-23."),
    ] = "",
    to: Annotated[
        str,
        typer.Option("--to", metavar="NAME", help="Only what this person sees: own teams and those below."),
    ] = "",
    people: PeopleOption = None,
    locations: LocationsOption = None,
    warehouse: WarehouseOption = "embedded:",
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    lang: LangOption = None,
) -> None:
    """Print the review of a week or month: figures, alerts rated false, what waited longest.

    Examples:

        lowtide desk review --month 2026-10

        lowtide desk review --week 2026-11-23 --to wang --people people.yaml
    """
    from lowtide.desk import review as reviews
    from lowtide.server.setup import people_in_force

    language = language_of(lang)
    settings = load_settings(locations=locations, warehouse=warehouse)
    with open_warehouse(warehouse) as opened:
        book = people_in_force(people, settings, opened, getpass.getuser()).book
        if to and to not in book.people:
            raise SettingsError(f"the people file has no person `{to}`", "`lowtide people check` lists them.")
        start, end = reviews.period(month, week, datetime.now(book.zone))
        sections = reviews.sections(opened, book, to, start, end, language.lang)
    if json_:
        for section in sections:
            print(as_json({"section": section.name, "count": section.count, "rows": section.rows}))
        return
    reviews.draw(sections, start, end, language)
