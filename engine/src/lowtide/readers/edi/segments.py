"""Text becomes segments, by the delimiters that each interchange states at its start.

ISA*00*          *…*>~        X12: the sign after ISA, the last element, and the sign after it
UNA:+.? '                     EDIFACT: component, element, decimal sign, release character, (unused), end of a segment
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import repeat
from typing import NamedTuple

MOST_SEGMENT = 64 << 10
"""A segment is at most so many characters; without this limit a document without ends would be one."""
_ISA_ELEMENTS = 16
_ISA_MOST = 400
_OPENING_MOST = 512
"""More characters than any opening of an interchange needs."""
_BLANK = " \t\r\n\0\x1a"
_BLANKS = re.compile(f"[{_BLANK}]*")


class Delimiters(NamedTuple):
    """The signs between the parts of one interchange."""

    element: str
    component: str
    segment: str
    release: str = ""
    """The sign that makes the next one a plain character; empty in X12."""
    decimal: str = "."


class Segment(NamedTuple):
    """A segment: its number in the document from 1, its text as it came, its elements (the name is the first)."""

    number: int
    text: str
    elements: list[str]
    delimiters: Delimiters


_SEGMENT = partial(tuple.__new__, Segment)
"""A segment of its four parts; a call of the class itself takes most of the time of cutting."""


class BrokenSegments(Exception):
    """The text does not go on as segments. The message is a sentence without its subject."""

    def __init__(self, message: str, number: int, rest: str) -> None:
        super().__init__(message)
        self.message = message
        self.number = number
        self.rest = rest


Opening = Callable[[str], tuple[Delimiters, int] | None]
"""Finds the delimiters at the start of an interchange, and how many characters they take that are not a segment. None: more
text is needed. Raises ValueError with a sentence."""


def x12_opening(text: str) -> tuple[Delimiters, int] | None:
    """The delimiters of an interchange of X12. The elements of ISA may be shorter than their fixed widths.

    >>> x12_opening("ISA*00**00**ZZ*A*ZZ*B*261122*1630*U*00401*1*0*P*>~GS*SH")[0][:3]
    ('*', '>', '~')
    """
    if len(text) < 4:
        if not "ISA".startswith(text[:3]):
            raise ValueError("does not begin with ISA")
        return None
    if not text.startswith("ISA") or text[3].isalnum() or text[3] in _BLANK:
        raise ValueError("does not begin with ISA")
    element, at = text[3], 3
    for _ in range(_ISA_ELEMENTS - 1):
        at = text.find(element, at + 1, _ISA_MOST)
        if at < 0:
            if len(text) < _ISA_MOST:
                return None
            raise ValueError(f"has an ISA without its {_ISA_ELEMENTS} elements")
    if len(text) < at + 3:
        return None
    component, segment = text[at + 1], text[at + 2]
    if segment.isalnum() or segment == element:
        raise ValueError("has an ISA without the sign that ends segments")
    return Delimiters(element, component, segment), 0


_UNA = 9


def edifact_opening(text: str) -> tuple[Delimiters, int] | None:
    """The delimiters of an interchange of EDIFACT: those of UNA, else the usual ones."""
    if len(text) < _UNA:
        if not ("UNA".startswith(text[:3]) or "UNB".startswith(text[:3])):
            raise ValueError("begins neither with UNA nor with UNB")
        return None
    if text.startswith("UNB"):
        return Delimiters("+", ":", "'", "?"), 0
    if not text.startswith("UNA"):
        raise ValueError("begins neither with UNA nor with UNB")
    component, element, decimal, release, _, segment = list(text[3:_UNA])
    release = release.strip()
    signs = [component, element, segment, *release]
    if len(set(signs)) < len(signs) or any(sign.isalnum() for sign in signs):
        raise ValueError("has a UNA whose signs cannot be told apart")
    return Delimiters(element, component, segment, release, decimal), _UNA


def segments(text: Iterator[str], opening: Opening, last: str) -> Iterator[Segment]:
    """All segments of a document. `last` is the segment that ends an interchange: after it another may open.

    Raises BrokenSegments where the text does not open an interchange, or ends within a segment.
    """
    cutter = _Cutter(opening, last)
    for piece in text:
        yield from cutter.take(piece)
    cutter.finish()


class _Cutter:
    """Cuts text as it comes. An interchange is cut up to its end and no further, because the next has its own delimiters."""

    def __init__(self, opening: Opening, last: str) -> None:
        self._opening = opening
        self._last = last
        self._rest = ""
        self._number = 1
        self._delimiters: Delimiters | None = None
        self._end = re.compile("")
        """Finds where the last segment of the interchange may begin."""

    def take(self, piece: str) -> Iterator[Segment]:
        text, at, seen = self._rest + piece, 0, 0
        while True:
            if self._delimiters is None:
                at = _BLANKS.match(text, at).end()  # type: ignore[union-attr]
                taken = self._open(text[at : at + _OPENING_MOST])
                if taken is None:
                    break
                at = seen = at + taken
            delimiters = self._delimiters
            assert delimiters is not None
            hit = self._end.search(text, seen)
            end = text.find(delimiters.segment, hit.end() - 1) if hit else -1
            stop = end + 1 if end >= 0 else len(text)
            whole, left = _cut(text[at:stop], delimiters)
            at, seen = stop - len(left), stop - 1
            yield from self._segments(whole, delimiters)
            if whole and whole[-1].lstrip(_BLANK).startswith(self._last):
                self._delimiters = None
            elif stop == len(text):
                break
        self._rest = text[at:]
        if self._delimiters is not None and len(self._rest) > MOST_SEGMENT:
            raise BrokenSegments(
                f"has a segment of more than {MOST_SEGMENT >> 10} KiB", self._number, self._rest
            )

    def finish(self) -> None:
        """The document has ended."""
        rest = self._rest.strip(_BLANK)
        if rest and self._delimiters is None:
            raise BrokenSegments("has text where an interchange should begin", self._number, rest)
        if rest:
            raise BrokenSegments("ends within a segment", self._number, rest)

    def _open(self, text: str) -> int | None:
        """Takes the delimiters at the start of a text; the number of characters that are not a segment."""
        if not text:
            return None
        try:
            opened = self._opening(text)
        except ValueError as error:
            raise BrokenSegments(str(error), self._number, text) from None
        if opened is None:
            return None
        self._delimiters, taken = opened
        element, segment = re.escape(self._delimiters.element), re.escape(self._delimiters.segment)
        self._end = re.compile(f"{segment}[{_BLANK}]*{self._last}(?:{element}|{segment})")
        return taken

    def _segments(self, whole: list[str], delimiters: Delimiters) -> list[Segment]:
        texts = [text for each in whole if (text := each.strip(_BLANK))]
        element, release = delimiters.element, delimiters.release
        elements = [
            _released(text, element, release) if release and release in text else text.split(element)
            for text in texts
        ]
        number = self._number
        self._number += len(texts)
        numbers = range(number, self._number)
        return list(map(_SEGMENT, zip(numbers, texts, elements, repeat(delimiters), strict=False)))


def _cut(rest: str, delimiters: Delimiters) -> tuple[list[str], str]:
    """The whole segments at the start of a text, and what is left of it."""
    if delimiters.release and delimiters.release in rest:
        whole = _released(rest, delimiters.segment, delimiters.release)
    else:
        whole = rest.split(delimiters.segment)
    left = whole.pop()
    return whole, left


def _released(text: str, sign: str, release: str) -> list[str]:
    """A text cut at a sign, except where the release character stands before it; the release characters stay."""
    parts, start, at = [], 0, 0
    pattern = re.compile(f"[{re.escape(sign)}{re.escape(release)}]")
    while (hit := pattern.search(text, at)) is not None:
        if hit.group() == release:
            at = hit.end() + 1
            continue
        parts.append(text[start : hit.start()])
        start = at = hit.end()
    parts.append(text[start:])
    return parts


def components(element: str, delimiters: Delimiters) -> list[str]:
    """The components of an element as plain text, without release characters."""
    release = delimiters.release
    if not release or release not in element:
        return element.split(delimiters.component)
    pattern = re.compile(f"{re.escape(release)}(.)", re.DOTALL)
    return [pattern.sub(r"\1", part) for part in _released(element, delimiters.component, release)]
