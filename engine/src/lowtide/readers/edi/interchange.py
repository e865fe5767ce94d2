"""Envelopes: the sets of a document one by one, and whether the counts on their ends are those of what came.

A set is used as a whole or not at all: where its end is missing, or counts other segments than came, it is one reject.
A group or an interchange that ends with a wrong count, or not at all, is one more reject: sets are missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast

from lowtide.readers.edi.columns import Columns
from lowtide.readers.edi.segments import BrokenSegments, Segment, components
from lowtide.readers.rows import ROWS_AT_ONCE, lines_of, reject


class Names(NamedTuple):
    """The segments of the envelopes, outermost first."""

    interchange: tuple[str, str]
    group: tuple[str, str]
    set: tuple[str, str]


@dataclass(frozen=True)
class Dialect:
    """What X12 and EDIFACT say in different segments."""

    name: str
    names: Names
    sender: Callable[[Segment], Columns]
    """The columns that an interchange gives to all its rows."""
    group: Callable[[Segment], Columns]
    """The columns that a group gives to all its rows."""
    reference: tuple[int, int, int]
    """The element with the number of an interchange, a group and a set at its start; at its end it is the second."""
    kind: Callable[[Segment], str]
    """The kind of a set: 856, DESADV."""
    rows: Callable[[str, list[Segment], Columns], list[tuple[int, Columns]] | None]
    """The rows of a set of a kind, with the number of the segment where each begins; None: nothing reads this kind.

    The last argument has the columns that stand first in each row.
    """


@dataclass
class _Envelope:
    opening: Segment
    reference: str
    columns: Columns = field(default_factory=dict)
    count: int = 0


class Interchanges:
    """Reads the segments of a document, one after another, and gives the lines of its rows."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._open: list[_Envelope | None] = [None, None]
        """The interchange and the group."""
        self._segments: list[Segment] = []
        """Those of the set that is open."""

    def lines(self, segments: Iterator[Segment]) -> Iterator[bytes]:
        """The lines of all rows and rejects. Raises BrokenSegments only where there is not even one segment."""
        first = True
        number = 1
        envelopes = frozenset(name for names in self._dialect.names for name in names)
        try:
            for segment in segments:
                first = False
                number = segment.number
                if self._segments and segment.elements[0] not in envelopes:
                    self._segments.append(segment)
                else:
                    yield from self._take(segment)
        except BrokenSegments as broken:
            if first:
                raise
            yield from self._end(broken.number)
            message = f"the document {broken.message}: what follows is not read"
            yield reject(broken.number, "bad_document", message, _raw(broken.rest))
        else:
            if first:
                raise BrokenSegments("does not hold a segment", number, "")
            yield from self._end(number)

    def _take(self, segment: Segment) -> Iterator[bytes]:
        name, names = segment.elements[0], self._dialect.names
        if name == names.set[0]:
            yield from self._cut_set()
            self._segments = [segment]
        elif name == names.set[1]:
            yield from self._close_set(segment)
        elif name == names.interchange[0]:
            yield from self._end(segment.number)
            reference = _element(segment, self._dialect.reference[0])
            self._open[0] = _Envelope(segment, reference, self._dialect.sender(segment))
        elif name == names.group[0]:
            yield from self._cut_set()
            yield from self._cut(1)
            reference = _element(segment, self._dialect.reference[1])
            self._open[1] = _Envelope(segment, reference, self._dialect.group(segment))
            self._count(0)
        elif name == names.group[1]:
            yield from self._close(1, segment)
        elif name == names.interchange[1]:
            yield from self._cut(1)
            yield from self._close(0, segment)
        else:
            message = f"segment {name[:20]} does not stand in a set"
            yield reject(segment.number, "unmappable", message, _raw(segment.text))

    def _close_set(self, end: Segment) -> Iterator[bytes]:
        segments, self._segments = self._segments, []
        if not segments:
            message = f"{end.elements[0]} ends a set that did not begin"
            yield reject(end.number, "bad_document", message, _raw(end.text))
            return
        self._count(1 if self._open[1] else 0)
        control = _element(segments[0], self._dialect.reference[2])
        problem = _difference(end, len(segments) + 1, "segments", control)
        kind = self._dialect.kind(segments[0])
        if problem:
            yield self._rejected(segments, "bad_document", f"set {kind} {control} {problem}")
            return
        columns = self._envelope_columns(kind, control)
        rows = cast("list[tuple[int, dict[str, Any]]] | None", self._dialect.rows(kind, segments, columns))
        if rows is None:
            message = f"sets of the kind {kind or 'without a name'} of {self._dialect.name} are not read"
            yield self._rejected(segments, "unmappable", message)
            return
        waiting: list[dict[str, Any]] = []
        for n, (number, row) in enumerate(rows, 1):
            row["_line"] = number
            row["n"] = str(n)
            waiting.append(row)
            if len(waiting) == ROWS_AT_ONCE:
                yield from lines_of(waiting)
                waiting = []
        yield from lines_of(waiting)

    def _envelope_columns(self, kind: str, control: str) -> Columns:
        """The first columns of the rows of a set; its number and that of its line come later."""
        columns = {"_line": "", "set": kind, "control": control, "n": ""}
        for envelope in self._open:
            if envelope is not None:
                columns.update(envelope.columns)
        return columns

    def _count(self, at: int) -> None:
        envelope = self._open[at]
        if envelope is not None:
            envelope.count += 1

    def _close(self, at: int, end: Segment) -> Iterator[bytes]:
        yield from self._cut_set()
        envelope, self._open[at] = self._open[at], None
        what = ("interchange", "group")[at]
        if envelope is None:
            problem: str | None = "ends, and did not begin"
            reference = _element(end, 2)
        else:
            reference = envelope.reference
            problem = _difference(end, envelope.count, "groups or sets", reference)
        if problem:
            yield reject(
                end.number,
                "bad_document",
                f"{what} {reference} {problem}: sets may be missing",
                _raw(end.text),
            )

    def _cut_set(self) -> Iterator[bytes]:
        segments, self._segments = self._segments, []
        if segments:
            self._count(1 if self._open[1] else 0)
            kind = self._dialect.kind(segments[0])
            yield self._rejected(segments, "bad_document", f"set {kind} does not end: no row of it is used")

    def _cut(self, at: int) -> Iterator[bytes]:
        envelope, self._open[at] = self._open[at], None
        if envelope is not None:
            what = ("interchange", "group")[at]
            message = f"{what} {envelope.reference} does not end: sets may be missing"
            yield reject(envelope.opening.number, "bad_document", message, _raw(envelope.opening.text))

    def _end(self, number: int) -> Iterator[bytes]:
        yield from self._cut_set()
        yield from self._cut(1)
        yield from self._cut(0)

    def _rejected(self, segments: list[Segment], code: str, message: str) -> bytes:
        sign = segments[0].delimiters.segment
        raw = _raw("".join(f"{segment.text}{sign}" for segment in segments))
        return reject(segments[0].number, code, message, raw)


def _difference(end: Segment, count: int, what: str, reference: str) -> str | None:
    """What the end of an envelope says against what came."""
    stated, named = _element(end, 1), _element(end, 2)
    if not stated.isascii() or not stated.isdecimal() or int(stated[:12]) != count:
        return f"says that it has {stated[:20] or 'no'} {what}, and {count} came"
    if named != reference and named.lstrip("0") != reference.lstrip("0"):
        return f"begins with the number {reference[:40]} and ends with {named[:40]}"
    return None


def _element(segment: Segment, at: int) -> str:
    """The first component of an element, without spaces around it."""
    if at >= len(segment.elements):
        return ""
    return components(segment.elements[at], segment.delimiters)[0].strip()


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
