"""A record that changes what holds for a log, a policy or inputs: its times, and its way into every partition."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from lowtide.intake import door
from lowtide.kafka.address import parse
from lowtide.rows import moment

TopicArgument = Annotated[
    str,
    typer.Argument(
        metavar="TOPIC",
        help="kafka://host:port/topic, journal:DIR, or http://HOST:PORT of `lowtide intake`; `-` writes the record here.",
    ),
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
    """Write a record into every partition of a topic, or into a journal; in how many. With `-` to standard output, and None.

    The token for an intake stands in LOWTIDE_INTAKE_TOKEN.
    """
    if topic == "-":
        sys.stdout.buffer.write(record + b"\n")
        return None
    if door.is_door(topic):
        door.put(topic, record + b"\n", os.environ.get("LOWTIDE_INTAKE_TOKEN"))
        return 1
    from lowtide.kafka.copy import to_each_partition

    return to_each_partition(parse(topic), record)
