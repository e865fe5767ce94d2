"""`lowtide people`: check the file of people, ask it who is on duty and who owns an alert, put it in force."""

from __future__ import annotations

import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import orjson
import typer

from lowtide.actions import ActionResult
from lowtide.cli.files import print_document
from lowtide.cli.help import App
from lowtide.cli.options import ActorOption, LangOption, LocationsOption, WarehouseOption, language_of
from lowtide.cli.people_duty import book_of, called, duty
from lowtide.cli.people_show import show
from lowtide.cli.people_simulate import export, simulate_
from lowtide.desk import handover, people_versions
from lowtide.desk.handover import Handover
from lowtide.errors import LowtideError
from lowtide.operation.screen import echo
from lowtide.people import Book
from lowtide.people.coverage import Coverage, coverage, unconfirmed
from lowtide.people.schema import people_schema
from lowtide.warehouse import Warehouse, open_warehouse
from lowtide.words import Language

_MOST_TEAMS = 20
_MOST_IDS = 5

app = App("Check the file of people, ask who is on duty and who owns an alert, put it in force.")
app.command()(duty)
app.command()(show)
app.command("simulate")(simulate_)
app.command()(export)

File = Annotated[Path, typer.Argument(metavar="F", help="File of people (YAML).")]


@app.command()
def check(
    file: File,
    locations: LocationsOption = None,
    json_: Annotated[bool, typer.Option("--json", help="The summary as one JSON object.")] = False,
    lang: LangOption = None,
) -> None:
    """Check a file of people: all that is wrong, with line and column; else a summary with the next 14 days.

    Example:

        lowtide people check people.yaml
    """
    tell, now = language_of(lang), datetime.now(UTC)
    book = book_of(file, locations)
    covered, open_years = coverage(book, now), unconfirmed(book, now)
    if json_:
        summary = {
            "version": book.version, "people": len(book.people), "teams": [one.to_dict() for one in covered],
            "routes": len(book.routes), "targets": len(book.targets),
            "missing_files": [{"target": name, "path": str(path)} for name, path in _missing(book, file.parent)],
            "unconfirmed": [{"calendar": name, "year": year} for name, year in open_years],
        }  # fmt: skip
        sys.stdout.buffer.write(orjson.dumps(summary, option=orjson.OPT_APPEND_NEWLINE))
        return
    counts = {
        "people": tell.count(len(book.people), "people.person"), "teams": tell.count(len(covered), "people.team"),
        "routes": tell.count(len(book.routes), "people.route"),
    }  # fmt: skip
    echo(tell.say("people.good", file=file, version=book.version, **counts))
    for line in _coverage(book, covered, tell):
        echo(line)
    for target, path in _missing(book, file.parent):
        echo(tell.say("people.no_file", target=target, path=path))
    for name, year in open_years:
        echo(tell.say("people.unconfirmed", calendar=name, year=year))


def _missing(book: Book, folder: Path) -> list[tuple[str, Path]]:
    """The files of targets that are not there. Another machine may have them, so that is not a mistake."""
    named = (
        (name, folder / path)
        for name, target in book.targets.items()
        for path in (target.url_file, *target.secret_files, target.password_file, target.ca_file)
        if path
    )
    return [(name, path) for name, path in named if not path.exists()]


def _coverage(book: Book, covered: list[Coverage], tell: Language) -> list[str]:
    """A line a team; of many teams those with a gap first, and how many there are beside."""
    here = Language(tell.lang, zone=book.zone.key)
    order = sorted(covered, key=lambda one: (not one.fallback, one.open_hours))[:_MOST_TEAMS]
    lines = []
    for one in order if len(covered) > _MOST_TEAMS else covered:
        name = called(book, one.now.person, here)
        row = here.word("people.row", one.now.row)
        lines.append(here.say("people.covered", team=one.team, person=name, row=row, hours=one.open_hours))
        for start, end in one.fallback:
            span = {"start": here.instant(start), "end": here.instant(end)}
            lines.append(here.say("people.gap", team=one.team, **span))
    if len(covered) > _MOST_TEAMS:
        lines.append(here.say("people.more", n=len(covered) - _MOST_TEAMS))
    return lines


@app.command()
def schema() -> None:
    """Print the JSON Schema of a file of people, for editors.

    Example:

        lowtide people schema > people.schema.json
    """
    print_document(people_schema())


@app.command()
def apply(
    file: File,
    as_: ActorOption = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be done, and write nothing.")
    ] = False,
    locations: LocationsOption = None,
    json_: Annotated[bool, typer.Option("--json", help="What was done as one JSON object.")] = False,
    warehouse: WarehouseOption = "embedded:",
    lang: LangOption = None,
) -> None:
    """Put a file of people in force: the desk goes on with it, and what it wrote before names the version before.

    Open alerts of persons whom the file no longer names go to those who are on duty for them: it writes ASSIGNED entries.

    Example:

        lowtide people apply people.yaml --as wang
    """
    tell, now, actor = language_of(lang), datetime.now(UTC), as_ or getpass.getuser()
    book = book_of(file, locations)
    with open_warehouse(warehouse, create=True) as opened:
        before = people_versions.in_force(opened)
        stored = not dry_run and people_versions.store(opened, book, applied_by=actor, now=now)
        leaving = handover.handovers(opened, book, now)
        failed = [] if dry_run else _hand_over(opened, leaving, actor)
    if json_:
        done = {
            "version": book.version, "before": before.version if before else None, "stored": stored, "dry_run": dry_run,
            "reassigned": [one.to_dict() for one in leaving],
        }  # fmt: skip
        sys.stdout.buffer.write(orjson.dumps(done, option=orjson.OPT_APPEND_NEWLINE))
    else:
        is_same = before is not None and before.version == book.version
        key = "people.same" if is_same else "people.would_apply" if dry_run else "people.applied"
        last = before.version if before else tell.say("people.nothing")
        echo(tell.say(key, version=book.version, before=last))
        for line in _reassigned(leaving, tell, dry_run):
            echo(line)
    for error in failed[1:]:
        echo(f"error: {error}", err=True)
    if failed:
        raise failed[0]


def _hand_over(warehouse: Warehouse, leaving: list[Handover], actor: str) -> list[LowtideError]:
    """The alerts that could not be given to somebody else."""
    results = handover.hand_over(warehouse, leaving, actor)
    return [result for result in results if not isinstance(result, ActionResult)]


def _reassigned(leaving: list[Handover], tell: Language, dry_run: bool) -> list[str]:
    """A line for each pair of persons: how many alerts go from one to the other, and which."""
    pairs: dict[tuple[str, str], list[str]] = {}
    for one in leaving:
        pairs.setdefault((one.alert.owner, one.to), []).append(one.alert.alert_id)
    key = "people.would_reassign" if dry_run else "people.reassigned"
    lines = []
    for (old, new), ids in sorted(pairs.items()):
        shown = ", ".join(ids[:_MOST_IDS]) + (", …" if len(ids) > _MOST_IDS else "")
        lines.append(tell.say(key, alerts=tell.count(len(ids), "people.alert"), old=old, new=new, ids=shown))
    return lines
