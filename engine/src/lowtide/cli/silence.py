"""`lowtide silence`: keep known noise quiet for a while, with a reason and an end."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from lowtide.cli.help import App
from lowtide.cli.options import ActorOption, LangOption, WarehouseOption, language_of
from lowtide.desk import silences
from lowtide.desk.silences import Preview, Silence
from lowtide.errors import SettingsError
from lowtide.operation.screen import Listing, echo, screen
from lowtide.rows import as_json, moment
from lowtide.strict import duration
from lowtide.warehouse import open_warehouse
from lowtide.words import Language

app = App("Keep known noise quiet for a while, with a reason and an end.")

UntilOption = Annotated[
    str, typer.Option("--until", metavar="TIME", help="When it ends, RFC 3339 with a zone.")
]
ForOption = Annotated[
    str, typer.Option("--for", metavar="TIME", help="How long it lasts from now, such as 2h or 3d.")
]


def length(text: str, option: str) -> timedelta:
    """A length of time as somebody types it. Raises SettingsError."""
    try:
        return timedelta(milliseconds=duration.milliseconds(text))
    except ValueError as error:
        raise SettingsError(f"`{option} {text}`: {error}", f"For instance `{option} 2h`.") from None


def end_of(until: str, for_: str, start: datetime) -> datetime:
    """The end that somebody gave: a time, or a length from `start`. Raises SettingsError unless it is one of them."""
    if bool(until) == bool(for_):
        raise SettingsError("until when?", "Give one of `--until 2026-12-04T18:00:00+08:00` and `--for 2h`.")
    return moment(until) if until else start + length(for_, "--for")


@app.command("add")
def add(
    match: Annotated[
        list[str],
        typer.Argument(
            metavar="COLUMN=VALUE…",
            help="What to silence: type, severity, sku, category, supplier, abc, department, region, location. All must "
            "match; several values of one column are written `a,b`, and `*` stands for any characters.",
        ),
    ],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; others read it.")] = "",
    until: UntilOption = "",
    for_: ForOption = "",
    start: Annotated[
        str, typer.Option("--start", metavar="TIME", help="When it begins, RFC 3339 with a zone; else now.")
    ] = "",
    idle: Annotated[
        str,
        typer.Option(
            "--ends-when-idle",
            metavar="TIME",
            help="End it early when no open alert has matched for so long, such as 2h.",
        ),
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what it would hit, and write nothing.")
    ] = False,
    as_: ActorOption = "",
    json_: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    warehouse: WarehouseOption = "embedded:",
    lang: LangOption = None,
) -> None:
    """Send nothing about some alerts for at most 30 days. They stay open and listed, and their deadlines wait.

    It says how many open alerts it hits now, and how many alerts of the last 30 days it would have hit. A desk knows it
    within seconds, wherever the desk runs.

    Examples:

        lowtide silence add supplier=V002 type=overdue_supply --reason 'strike until Friday' --for 4d

        lowtide silence add location=33* --reason 'stocktake' --for 1d --ends-when-idle 2h

        lowtide silence add category=DAIRY --dry-run
    """
    language, now = language_of(lang), datetime.now(UTC)
    matchers = silences.matchers_of(match)
    begin = moment(start) if start else now
    idle_s = round(length(idle, "--ends-when-idle").total_seconds()) if idle else None
    made = None
    if not dry_run:
        made = silences.draft(
            matchers, author=as_ or getpass.getuser(), reason=reason, start=begin, end=end_of(until, for_, begin),
            idle_s=idle_s, now=now,
        )  # fmt: skip
    with open_warehouse(warehouse) as opened:
        hits = silences.preview(opened, matchers, now)
        if made is not None:
            silences.write(opened, made)
    if json_:
        hit = {"open_now": hits.open, "worth": hits.worth, "opened": hits.opened, "days": hits.days}
        print(as_json({**(made.to_dict() if made else {"matchers": matchers}), **hit}))
        return
    echo(_preview(hits, language))
    echo(language.say("silence.none") if made is None else _made(made, language))


def _preview(hits: Preview, tell: Language) -> str:
    worth = tell.say("silence.worth", worth=tell.money(hits.worth)) if hits.worth is not None else ""
    now = tell.say("silence.hits", alerts=tell.count(hits.open, "alert"), worth=worth)
    if hits.until is None:
        return now
    before = tell.say(
        "silence.hit", alerts=tell.count(hits.opened, "alert"), days=hits.days, day=tell.date_of(hits.until)
    )
    return f"{now}\n{before}"


def _made(made: Silence, tell: Language) -> str:
    return tell.say(
        "silence.made", id=made.silence_id, start=tell.instant(made.start), end=tell.instant(made.end)
    )


@app.command("ls")
def ls(
    all_: Annotated[bool, typer.Option("--all", help="Show those that have ended, too.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    warehouse: WarehouseOption = "embedded:",
    lang: LangOption = None,
) -> None:
    """Show the silences: what they match, until when, who made them and why.

    Example:

        lowtide silence ls
    """
    language, now = language_of(lang), datetime.now(UTC)
    with open_warehouse(warehouse) as opened:
        rows = silences.silences(opened, now, ended=all_)
    if json_:
        for row in rows:
            print(as_json({**row.to_dict(), "in_force": row.is_in_force(now)}))
        return
    if not rows:
        echo(language.say("silence.empty"))
        return
    heads = ("id", "matchers", "start", "end", "author", "reason", "state")
    table = Listing(box=None, pad_edge=False)
    for head in heads:
        table.add_column(language.say(f"silence.{head}"), overflow="fold")
    for row in rows:
        table.add_row(*_cells(row, now, language))
    screen().print(table)


def _cells(row: Silence, now: datetime, tell: Language) -> list[str]:
    matchers = " ".join(f"{name}={','.join(values)}" for name, values in row.matchers.items())
    state = "over" if row.end <= now else "later" if row.start > now else "in_force"
    said = tell.say(f"silence.{state}")
    if row.ended_by:
        said = tell.say("silence.ended_by", name=row.ended_by)
    return [
        row.silence_id,
        matchers,
        tell.instant(row.start),
        tell.instant(row.end),
        row.author,
        row.reason,
        said,
    ]


@app.command("end")
def end(
    silence: Annotated[
        list[str], typer.Argument(metavar="SILENCE_ID…", help="One or more, or the start of an id.")
    ],
    as_: ActorOption = "",
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    warehouse: WarehouseOption = "embedded:",
    lang: LangOption = None,
) -> None:
    """End silences now. What they kept quiet and is still open is told as if it were new.

    Example:

        lowtide silence end 3F9A
    """
    language, now = language_of(lang), datetime.now(UTC)
    with open_warehouse(warehouse) as opened:
        for one in silence:
            ended = silences.end(opened, one, as_ or getpass.getuser(), now)
            said = language.say("silence.ended", id=ended.silence_id)
            if json_:
                print(as_json(ended.to_dict()))
            else:
                echo(said)
