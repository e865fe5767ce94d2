"""What readers do once for many rows gives the same bytes as what they do for each."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import pytest

from lowtide.readers import Reading
from lowtide.readers.edi.columns import Level, edifact_columns, edifact_level, x12_columns, x12_level
from lowtide.readers.edi.segments import BrokenSegments, Opening, edifact_opening, segments, x12_opening
from lowtide.readers.epcis.events import EventReader
from lowtide.readers.epcis.plain import PlainEvents
from lowtide.readers.rows import line, lines_of
from tests.readers.digests import EVENTS, documents
from tests.readers.mutations import spoiled, spoiled_json


def test_events_on_the_short_way_and_on_the_long_way() -> None:
    good = orjson.dumps(EVENTS)
    reader = EventReader(Reading(format="epcis", ours=("9521141003*",)))
    short = PlainEvents(reader)
    for seed in range(0, 1200, 2):
        events = orjson.loads(spoiled_json(good, seed))
        numbered = list(enumerate(events, 1)) if isinstance(events, list) else [(1, events)]
        expected = b"".join(each for number, event in numbered for each in reader.lines(event, number))
        assert b"".join(short.pieces(numbered)) == expected, seed


def test_most_events_take_the_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = EventReader(Reading(format="epcis"))
    taken: list[int] = []

    def long_way(event: object, number: int) -> list[bytes]:
        taken.append(number)
        return []

    monkeypatch.setattr(reader, "lines", long_way)
    plain = [event for event in EVENTS if event["type"] == "ObjectEvent" and "errorDeclaration" not in event]
    assert b"".join(PlainEvents(reader).pieces(enumerate(plain))).count(b"\n") >= len(plain) - len(taken)
    assert len(taken) <= 1, "only the event with two transactions of one kind"


@pytest.mark.parametrize(
    ("format", "opening", "last", "kept", "level"),
    [
        ("x12", x12_opening, "IEA", x12_columns, x12_level),
        ("edifact", edifact_opening, "UNZ", edifact_columns, edifact_level),
    ],
)
def test_columns_of_segments_that_come_again(
    format: str, opening: Opening, last: str, kept: Level, level: Level
) -> None:
    for _, good, _ in (each for each in documents() if each[0] == format):
        for seed in range(100):
            try:
                parts = list(segments(iter([spoiled(good, seed).decode("latin-1")]), opening, last))
            except BrokenSegments:
                continue
            for at in range(len(parts)):
                loop = parts[at : at + 4]
                assert list(kept(loop).items()) == list(level(loop).items())


def _one_by_one(rows: list[dict[str, object]]) -> bytes:
    return b"".join(map(line, rows))


@pytest.mark.parametrize(
    "texts",
    [
        ['},{"_line":', '"},{"_line":1', '\\"},{"_line":2,"', "\\", "\n", ""],
        ["x" * 70_000, "y"],
        ["x" * 40_000, "y" * 40_000],
        ["half a character \udc80", "z"],
        [],
    ],
    ids=["signs", "too long", "long together", "no text", "no row"],
)
def test_rows_that_are_encoded_together(texts: list[str]) -> None:
    rows: list[dict[str, object]] = [{"_line": n, "a": text, text[:10]: "b"} for n, text in enumerate(texts)]
    together: Callable[[list[dict[str, object]]], list[bytes]] = lines_of
    assert b"".join(together(rows)) == _one_by_one(rows)
