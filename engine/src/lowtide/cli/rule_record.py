"""A record that changes what holds for a log, a policy or inputs: its times, and its way into every partition."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from lowtide.kafka.address import parse
from lowtide.rows import moment

TopicArgument = Annotated[
    str, typer.Argument(metavar="TOPIC", help="kafka://host:port/topic; `-` writes the record here.")
]
AtOption = Annotated[
    str,
    typer.Option("--at", metavar="TIME", help="Event time of the record; else one that moves no clock."),
]
_ANY_TIME = "2000-01-01T00:00:00Z"


def times(at: str) -> tuple[str, str]:
    """The place of a use, which makes its record a new one, and the event time of the record; `at` is what was typed."""
    return at or datetime.now(UTC).isoformat(timespec="milliseconds"), moment(
        at
    ).isoformat() if at else _ANY_TIME


def put(record: bytes, topic: str) -> int | None:
    """Write a record into every partition of a topic; in how many. With `-` to standard output, and None."""
    if topic == "-":
        sys.stdout.buffer.write(record + b"\n")
        return None
    from lowtide.kafka.copy import to_each_partition

    return to_each_partition(parse(topic), record)
