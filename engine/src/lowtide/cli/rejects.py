"""`lowtide rejects`: list records that could not be used, and send them again."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import orjson
import typer

from lowtide import rejects
from lowtide.cli.help import App
from lowtide.cli.options import LangOption, WarehouseOption, language_of
from lowtide.errors import InputError, SettingsError
from lowtide.kafka import dead_letters
from lowtide.kafka.address import parse
from lowtide.kafka.dead_letters import Reject
from lowtide.operation.screen import Listing, Screen, tabbed
from lowtide.rejects import RejectFilter
from lowtide.rows import Row, line, moment
from lowtide.runner.logs import is_topic
from lowtide.warehouse import open_warehouse
from lowtide.words import Language

app = App("Records that could not be used: list them, send them again.")
COLUMNS = ("partition", "offset", "file", "line", "reason", "field", "message", "record")
_SHOWN = 60
_FEW = 20

Reasons = Annotated[
    list[str] | None, typer.Option("--reason", metavar="R", help="Only this reason; may be given again.")
]
Partition = Annotated[
    str | None, typer.Option(metavar="P", help="Only of this log, such as `sales/3` or `sales.jsonl`.")
]
WAREHOUSE = "warehouse"


@app.command("ls")
def ls(
    reason: Reasons = None,
    partition: Partition = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="T", help="Only records that state a time from T on, or none that can be read."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(metavar="N", min=1, help=f"At most this many; else {_FEW}, with --json all.")
    ] = None,
    counts: Annotated[bool, typer.Option("--counts", help="Only how many there are of each reason.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a line, records in full.")] = False,
    warehouse: WarehouseOption = "embedded:",
    lang: LangOption = None,
) -> None:
    """List rejects, newest first.

    Examples:

        lowtide rejects ls --reason bad_time --partition sales/3

        lowtide rejects ls --counts

        lowtide rejects ls --json | jq -r .record
    """
    language = language_of(lang)
    only = RejectFilter(tuple(reason or ()), partition, None if since is None else moment(since))
    with open_warehouse(warehouse) as opened:
        if json_ and not counts:
            for row in rejects.as_rows(rejects.stored(opened, only, newest=True, limit=limit)):
                sys.stdout.buffer.write(line(row))
            return
        totals = rejects.counts(opened, only)
        few = [] if counts else list(rejects.stored(opened, only, newest=True, limit=limit or _FEW))
    if counts:
        _show_counts(totals, json_)
    else:
        _show(few, totals, language)


@app.command("retry")
def retry(
    to: Annotated[
        str,
        typer.Argument(
            metavar="TO", help="kafka://host:port/topic that they came from, a new `.jsonl` file, or `-`"
        ),
    ],
    from_: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="F",
            help="`warehouse`, kafka://host:port/dead-letters, or JSON lines as of `ls --json`: a file or `-`.",
        ),
    ] = WAREHOUSE,
    reason: Reasons = None,
    partition: Partition = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be sent.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="Say it as one JSON object.")] = False,
    warehouse: WarehouseOption = "embedded:",
    lang: LangOption = None,
) -> None:
    """Send rejected records again, after their fault was corrected. Sent twice, a record counts once.

    Examples:

        lowtide rejects retry kafka://127.0.0.1:9092/sales --reason clock_ahead

        lowtide rejects retry mended.jsonl --reason unknown_kind && sed -i s/sell/sale/ mended.jsonl

        lowtide rejects ls --json | sed s/sell/sale/g | lowtide rejects retry kafka://127.0.0.1:9092/sales --from -
    """
    language = language_of(lang)
    only = RejectFilter(tuple(reason or ()), partition)
    with _target(to, dry_run) as target, _source(from_, only, warehouse) as chosen:
        result = rejects.retry(chosen, target, dry=dry_run)
    out = sys.stderr if to == "-" else sys.stdout
    if json_:
        answer = {
            "to": to,
            "dry_run": dry_run,
            "sent": result.sent,
            "left": dict(sorted(result.left.items())),
        }
        out.write(orjson.dumps(answer).decode() + "\n")
        return
    place = language.say("rejects.standard_output") if to == "-" else to
    out.write(
        language.say("rejects.would_send" if dry_run else "rejects.sent", n=f"{result.sent:,}", to=place)
        + "\n"
    )
    for why, count in sorted(result.left.items()):
        out.write(language.say("rejects.left", n=f"{count:,}", why=why) + "\n")


@contextmanager
def _source(from_: str, only: RejectFilter, warehouse: str) -> Iterator[Iterator[Reject]]:
    if from_ == WAREHOUSE:
        with open_warehouse(warehouse) as opened:
            yield rejects.stored(opened, only)
    elif is_topic(from_):
        yield iter(rejects.gathered(dead_letters.read(parse(from_)), only))
    elif from_ == "-":
        yield iter(rejects.gathered(rejects.from_lines(sys.stdin.buffer, "-"), only))
    else:
        with _opened(Path(from_)) as file:
            yield iter(rejects.gathered(rejects.from_lines(file, from_), only))


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise InputError(
            f"`{path}` cannot be read: {error.strerror}",
            "Give `warehouse`, kafka://host:port/topic, or a file of `lowtide rejects ls --json`.",
        ) from error


@contextmanager
def _target(to: str, dry: bool) -> Iterator[rejects.Target]:
    if is_topic(to):
        yield rejects.ToTopic(parse(to))
    elif to == "-" or (dry and to.endswith(".jsonl")):
        yield rejects.ToLines(sys.stdout.buffer)
    elif to.endswith(".jsonl"):
        with _new(Path(to)) as file:
            yield rejects.ToLines(file)
    else:
        raise SettingsError(
            f"records cannot be sent to `{to}`",
            "Give kafka://host:port/topic, a file that ends in `.jsonl`, or `-`.",
        )


@contextmanager
def _new(path: Path) -> Iterator[BinaryIO]:
    try:
        file = path.open("xb")
    except FileExistsError:
        raise SettingsError(
            f"`{path}` is there already",
            "It may hold corrected records, so it stays as it is: give another name.",
        ) from None
    except OSError as error:
        raise SettingsError(
            f"`{path}` cannot be written: {error.strerror}", "Give a file in a folder that is there."
        ) from error
    try:
        with file:
            yield file
    except BaseException:
        path.unlink()
        raise


def _show(few: list[Reject], totals: list[Row], language: Language) -> None:
    if not sys.stdout.isatty():
        tabbed(COLUMNS)
        for reject in few:
            tabbed(_cells(reject))
        return
    console = Screen()
    if not totals:
        console.print(language.say("rejects.none"))
        return
    total = sum(row["records"] for row in totals)
    reasons = ", ".join(f"{language.word('reject', row['reason'])} {row['records']:,}" for row in totals)
    console.print(language.say("rejects.total", n=f"{total:,}", reasons=reasons) + "\n")
    table = Listing(box=None, header_style="bold", pad_edge=False, expand=True)
    for name in COLUMNS:
        table.add_column(
            language.say(f"rejects.{name}"),
            justify="right" if name == "offset" else "left",
            no_wrap=True,
            ratio=1 if name in ("message", "record") else None,
        )
    for reject in few:
        table.add_row(*_cells(reject))
    console.print(table)
    if total > len(few):
        console.print("\n" + language.say("rejects.newest", shown=f"{len(few):,}", all=f"{total:,}"))


def _show_counts(totals: list[Row], json_: bool) -> None:
    if json_:
        for row in totals:
            sys.stdout.buffer.write(line(row))
        return
    tabbed(("reason", "records", "partitions"))
    for row in totals:
        tabbed(str(value) for value in row.values())


def _cells(reject: Reject) -> list[str]:
    return [
        reject.partition,
        str(reject.offset),
        reject.file or "",
        "" if reject.line is None else str(reject.line),
        reject.reason,
        reject.field or "",
        reject.message,
        reject.record[:_SHOWN].decode("utf-8", "backslashreplace"),
    ]
