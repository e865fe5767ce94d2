"""`lowtide topic`: make a first topic, and fill it from files."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated

import orjson
import typer

from lowtide.cli.help import App
from lowtide.cli.options import LangOption, LocationsOption, MapOption, MapsOption, language_of
from lowtide.errors import BrokerError, SettingsError
from lowtide.kafka.address import parse
from lowtide.operation.screen import Screen, echo
from lowtide.settings import load_settings
from lowtide.strict.duration import milliseconds
from lowtide.words import Language

app = App("A first topic: make it, and fill it from files.")
COMPRESSIONS = ("producer", "zstd", "lz4", "snappy", "gzip", "none")
_SAFE_COPIES = 3
"""With so many copies a message counts as written when two brokers have it."""
Topic = Annotated[str, typer.Argument(metavar="TOPIC", help="kafka://host:port/topic")]
Json = Annotated[bool, typer.Option("--json", help="Say it as one JSON object.")]


@app.command()
def create(
    topic: Topic,
    partitions: Annotated[
        int,
        typer.Option(
            metavar="N",
            min=1,
            help="Parts of the topic that are read side by side: as many as the run will ever have workers. A later change "
            "moves positions to other partitions.",
        ),
    ] = 8,
    replication: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            help="Brokers that keep each message: 3 in production, 1 where there is one broker; else as the broker is set.",
        ),
    ] = None,
    retention: Annotated[
        str,
        typer.Option(
            metavar="TIME",
            help="How long messages stay, such as `90d`, or `forever`: a new run needs all of them, and a run that was "
            "away needs what came meanwhile.",
        ),
    ] = "forever",
    compression: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="How the broker keeps messages: `zstd`, `lz4`, `snappy`, `gzip`, `none`, or `producer`: as they were sent.",
        ),
    ] = "zstd",
    json_: Json = False,
    lang: LangOption = None,
) -> None:
    """Make a topic for movements. A topic that is there already is left alone: exit code 4.

    Examples:

        lowtide topic create kafka://127.0.0.1:9092/sales --partitions 8

        lowtide topic create kafka://broker:9092/sales --partitions 16 --replication 3 --retention 400d
    """
    from lowtide.kafka.producer import create_topic

    language, address = language_of(lang), parse(topic)
    if compression not in COMPRESSIONS:
        raise SettingsError(f"not a compression: `{compression}`", f"There are {', '.join(COMPRESSIONS)}.")
    kept_ms = -1 if retention == "forever" else _milliseconds(retention)
    settings = {"retention.ms": str(kept_ms), "compression.type": compression, "cleanup.policy": "delete"}
    if replication is not None and replication >= _SAFE_COPIES:
        settings["min.insync.replicas"] = "2"
    if not create_topic(address, partitions, replication or -1, settings):
        raise BrokerError(
            f"topic `{address.topic}` cannot be created: it is there already",
            "Use it, or give another name. `kafka-topics.sh --describe` shows how it is set.",
        )
    made = {
        "topic": address.topic, "partitions": partitions, "replication": replication, "retention": retention,
        "compression": compression,
    }  # fmt: skip
    if json_:
        sys.stdout.buffer.write(orjson.dumps(made, option=orjson.OPT_APPEND_NEWLINE))
        return
    echo(language.say("topic.created", topic=address.topic, n=language.count(partitions, "partition")))
    echo(language.say("topic.next", address=topic))


@app.command()
def load(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE…",
            help="Files as `lowtide run` reads them, in this order; the last word is the topic.",
        ),
    ],
    map_: MapOption = None,
    maps: MapsOption = None,
    locations: LocationsOption = None,
    json_: Json = False,
    lang: LangOption = None,
) -> None:
    """Send the records of files to a topic, each keyed by its location, so that a position stays in one partition.

    Records keep the order of the files. Doing it twice does no harm: a run reads each record once.

    Examples:

        lowtide topic load sales.jsonl.gz counts.csv kafka://127.0.0.1:9092/sales

        lowtide topic load outbound.csv kafka://127.0.0.1:9092/sales --map kingdee-sal-outstock --locations places.csv
    """
    from lowtide.kafka.copy import send_keyed
    from lowtide.runner.topic_load import records

    language = language_of(lang)
    if len(files) < 2 or not files[-1].startswith("kafka://"):
        raise SettingsError("there is no topic", "Give files, then `kafka://host:port/topic`.")
    *specs, topic = files
    settings = load_settings(map=map_, maps=maps, locations=locations)
    console = Screen(stderr=True)
    with console.status(language.say("topic.loading", n=0)) as status:
        progress = _progress(language, status.update) if console.is_terminal and not json_ else None
        result = send_keyed(((record, 0) for record in records(specs, settings)), parse(topic), progress)
    spread = {str(number): count for number, count in sorted(result.partitions.items())}
    if json_:
        told = {
            "topic": parse(topic).topic,
            "records": result.records,
            "unkeyed": result.unkeyed,
            "partitions": spread,
        }
        sys.stdout.buffer.write(orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE))
        return
    shown = ", ".join(f"{number}: {language.number(count)}" for number, count in spread.items())
    echo(language.say("topic.loaded", records=language.count(result.records, "record"), spread=shown or "–"))
    if result.unkeyed:
        echo(language.say("topic.unkeyed", records=language.count(result.unkeyed, "record")))


def _progress(language: Language, show: Callable[[str], None]) -> Callable[[int], None]:
    return lambda count: show(language.say("topic.loading", n=language.number(count)))


def _milliseconds(text: str) -> int:
    try:
        return milliseconds(text)
    except ValueError as error:
        raise SettingsError(f"`--retention {text}`: {error}", "Or write `forever`.") from None
