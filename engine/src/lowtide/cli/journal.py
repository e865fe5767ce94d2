"""`lowtide journal`: what the journal of intake holds, whether it is whole, and the way out of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, BinaryIO

import orjson
import typer

from lowtide.cli.files import opened_to_write
from lowtide.cli.help import App
from lowtide.cli.options import LangOption, language_of
from lowtide.core import Job
from lowtide.intake.defaults import JOURNAL
from lowtide.intake.journal import JournalFolder
from lowtide.intake.journal.listing import FileListing, listings
from lowtide.intake.journal.readers import readers
from lowtide.operation.screen import Listing, Screen, echo

app = App("Look into the journal of `lowtide intake`, and take its rows elsewhere.")

JournalOption = Annotated[Path, typer.Option("--journal", metavar="DIR", help="Folder of the journal.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
From = Annotated[int | None, typer.Option("--from", metavar="N", min=0, help="First place to take.")]


@app.command()
def ls(journal: JournalOption = JOURNAL, json_: Json = False, lang: LangOption = None) -> None:
    """Show the files of a journal, its maps, and how far each run has stored it.

    Example:

        lowtide journal ls
    """
    folder = JournalFolder(journal)
    identity, files = folder.identity(), list(listings(folder))
    if json_:
        for file in files:
            _write(_row(file))
        for reader in readers(folder):
            _write({"reader": reader.name, "next": reader.next, "at": reader.at})
        return
    say = language_of(lang)
    first, next_ = (files[0].first, files[-1].next) if files else (0, 0)
    created = datetime.fromtimestamp(identity.created / 1000, UTC).isoformat(timespec="seconds")
    size = say.number(sum(file.bytes for file in files) / (1 << 20), 1)
    values = {"first": say.number(first), "next": say.number(next_), "size": size, "created": created}
    echo(say.say("journal.name", id=identity.id, **values))
    table = Listing("file", "first", "next", "rows", "documents", "maps", "bytes", box=None, pad_edge=False)
    for file in files:
        numbers = (file.first, file.next, file.rows, file.documents, len(file.maps), file.bytes)
        table.add_row(file.name, *(f"{number:,}" for number in numbers))
    Screen(soft_wrap=True).print(table)
    for reader in readers(folder):
        behind = say.number(max(0, next_ - reader.next))
        echo(say.say("journal.reader", name=reader.name, next=say.number(reader.next), behind=behind))


@app.command()
def verify(journal: JournalOption = JOURNAL, json_: Json = False, lang: LangOption = None) -> None:
    """Read every frame of a journal and check it: code 0 if it is whole, 1 if not, with each damaged place.

    Example:

        lowtide journal verify --journal backup/journal
    """
    files = list(listings(JournalFolder(journal)))
    if json_:
        for file in files:
            _write(_row(file))
    else:
        say = language_of(lang)
        for file in files:
            if file.damage:
                echo(say.say("journal.damaged", place=f"{file.name}: {file.damage}"))
        if files and not any(file.damage for file in files):
            frames, first, next_ = sum(file.frames for file in files), files[0].first, files[-1].next
            values = {"frames": say.number(frames), "files": say.number(len(files))}
            echo(say.say("journal.whole", first=say.number(first), next=say.number(next_), **values))
    if any(file.damage for file in files):
        raise typer.Exit(1)


@app.command()
def export(
    target: Annotated[Path, typer.Argument(metavar="F", help="File to write; `-`: standard output.")],
    journal: JournalOption = JOURNAL,
    from_: From = None,
    lang: LangOption = None,
) -> None:
    """Write the movements of a journal as JSON lines; what a map rejects or skips is left out.

    Example:

        lowtide journal export movements.jsonl
    """
    from lowtide.intake.movements import movements

    counts = [0, 0, 0, 0]
    with _output(target) as file:
        for frame in movements(JournalFolder(journal), from_, Job.of()):
            file.writelines(line + b"\n" for line in frame.movements)
            for at, count in enumerate((len(frame.movements), frame.rows, frame.skipped, frame.rejected)):
                counts[at] += count
    _say_counts(counts, lang)


@app.command()
def publish(
    topic: Annotated[str, typer.Argument(metavar="TOPIC", help="Topic, `kafka://host:port/topic`.")],
    journal: JournalOption = JOURNAL,
    from_: From = None,
    lang: LangOption = None,
) -> None:
    """Send the movements of a journal to a topic, keyed by location: the way out when a shop grows.

    Example:

        lowtide journal publish kafka://127.0.0.1:9092/sales
    """
    from lowtide.intake.movements import movements
    from lowtide.kafka.address import parse
    from lowtide.kafka.copy import send_keyed

    counts = [0, 0, 0, 0]

    def records() -> Iterator[tuple[bytes, int]]:
        for frame in movements(JournalFolder(journal), from_, Job.of()):
            for at, count in enumerate((len(frame.movements), frame.rows, frame.skipped, frame.rejected)):
                counts[at] += count
            yield from ((movement, frame.arrival) for movement in frame.movements)

    send_keyed(records(), parse(topic))
    _say_counts(counts, lang)


def _say_counts(counts: list[int], lang: str | None) -> None:
    say = language_of(lang)
    names = ("movements", "rows", "skipped", "rejected")
    values = {name: say.number(count) for name, count in zip(names, counts, strict=True)}
    echo(say.say("journal.exported", **values), err=True)


def _row(file: FileListing) -> dict[str, object]:
    return {
        "file": file.name, "first": file.first, "next": file.next, "frames": file.frames, "rows": file.rows,
        "documents": file.documents, "watermarks": file.watermarks, "bytes": file.bytes,
        "maps": sorted(file.maps), "damage": file.damage or None,
    }  # fmt: skip


def _write(row: dict[str, object]) -> None:
    sys.stdout.buffer.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))


@contextmanager
def _output(target: Path) -> Iterator[BinaryIO]:
    if str(target) == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with opened_to_write(target) as file:
        yield file
