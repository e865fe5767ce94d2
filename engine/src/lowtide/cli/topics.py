"""`lowtide heartbeat` and `lowtide repartition`: put records into a topic."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Annotated

import typer

from lowtide.errors import SettingsError
from lowtide.kafka.address import parse
from lowtide.operation.screen import Screen, echo
from lowtide.rows import moment


def heartbeat(
    topic: Annotated[str, typer.Argument(metavar="TOPIC", help="kafka://host:port/topic")],
    source: Annotated[str, typer.Option(help="Source that the records name.")] = "lowtide",
    at: Annotated[
        str, typer.Option("--at", metavar="TIME", help="Event time, RFC 3339 with a zone; else now.")
    ] = "",
    every: Annotated[
        float | None, typer.Option(metavar="SECONDS", min=0.1, help="Again and again, until stopped.")
    ] = None,
) -> None:
    """Put a heartbeat into every partition of a topic, so that what is due fires where nothing moves.

    Examples:

        lowtide heartbeat kafka://127.0.0.1:9092/sales

        lowtide heartbeat kafka://127.0.0.1:9092/sales --every 60
    """
    from lowtide.kafka import copy

    address = parse(topic)
    if at and every:
        raise SettingsError("one time again and again", "Give `--at` or `--every`.")
    while True:
        now = int((moment(at).timestamp() if at else time.time()) * 1000)
        count = copy.heartbeat(address, source, now)
        echo(
            f"{datetime.fromtimestamp(now / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC: a heartbeat in each of {count} partitions"
        )
        if every is None:
            return
        time.sleep(every)


def repartition(
    from_: Annotated[
        str, typer.Argument(metavar="FROM", help="kafka://host:port/topic, read to its present end")
    ],
    to: Annotated[str, typer.Argument(metavar="TO", help="kafka://host:port/topic")],
    partitions: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Make TO with so many partitions; else it is there."),
    ] = None,
) -> None:
    """Copy a topic with each record keyed by its location, so that a position is in one partition.

    Example:

        lowtide repartition kafka://127.0.0.1:9092/sales kafka://127.0.0.1:9092/sales-by-location --partitions 8
    """
    from lowtide.kafka import copy

    console = Screen(stderr=True)
    with console.status("copying"):
        result = copy.repartition(parse(from_), parse(to), partitions)
    spread = ", ".join(f"{number}: {count:,}" for number, count in sorted(result.partitions.items()))
    echo(f"{result.records:,} records, by partition {spread or 'none'}")
    if result.unkeyed:
        echo(f"{result.unkeyed:,} of them have no location that can be read: they are in partition 0")
