"""The segments of one set become loops in one another, and some of them are its rows.

A row has the columns of its set's header, of the loops around its own, and its own. The nearest holds where two have
one column.

    850   header ─ PO1 …                       856   header ─ HL S ─ HL O ─ HL I (row)
    855   header ─ PO1 ─ ACK (row)             DESADV  header ─ CPS ─ CPS ─ LIN (row)
"""

from __future__ import annotations

from dataclasses import dataclass

from lowtide.readers.edi.columns import Columns, Level
from lowtide.readers.edi.segments import Segment

_DEEPEST = 32


@dataclass(frozen=True)
class Shape:
    """Which segments of a set begin loops, and which loops are rows."""

    item: str = ""
    """The segment that begins an item. Without it the loops of the tree are the rows: those of level I, or with SN1."""
    part: str = ""
    """The segment that begins a row within an item; an item without one is a row itself."""
    tree: str = ""
    """The segment with a number of its own and that of its parent (HL, CPS) that stands around items."""
    around: str = ""
    """A segment that ends the items before it and stands around those after it (LOC in SLSRPT)."""
    end: tuple[str, ...] = ("CTT",)
    """The segments after which there are no more items."""


class Loop:
    """One loop: the loop around it, and its segments without those of loops within it."""

    __slots__ = ("_columns", "_envelope", "depth", "parent", "segments")

    def __init__(self, parent: Loop | None, envelope: Columns | None = None) -> None:
        self.parent = parent
        self.depth: int = 0 if parent is None else parent.depth + 1
        self.segments: list[Segment] = []
        self._envelope = envelope or {}
        self._columns: Columns | None = None

    def columns(self, level: Level) -> Columns:
        """The columns of the loop with those around it, which its rows share: they are not changed."""
        if self._columns is None:
            self._columns = self.row(level)
        return self._columns

    def around(self, level: Level) -> Columns:
        """The columns around the loop; those around the header of a set are those of its envelopes."""
        return self._envelope if self.parent is None else self.parent.columns(level)

    def row(self, level: Level) -> Columns:
        """The columns of the loop with those around it, for one row alone."""
        return self.around(level) | level(self.segments)


def row_loops(segments: list[Segment], shape: Shape, envelope: Columns) -> list[Loop]:
    """The loops of a set that are rows, in order; a set without one is its header as a row.

    `segments` begins with the one that opens the set and does not have the one that closes it; `envelope` has the columns
    around the set.
    """
    walk = _Walk(shape, envelope)
    take, begin, end = walk.take, {shape.tree, shape.item, shape.part, shape.around}, shape.end
    loop = walk.header.segments
    for segment in segments:
        name = segment.elements[0]
        if name in begin:
            loop = take(segment)
        elif name in end:
            break
        else:
            loop.append(segment)
    walk.end_item()
    return walk.rows or [walk.header]


class _Walk:
    """The way through the segments of one set."""

    def __init__(self, shape: Shape, envelope: Columns) -> None:
        self.header = Loop(None, envelope)
        self.rows: list[Loop] = []
        self._shape = shape
        self._tree: dict[str, Loop] = {}
        self._place = self.header
        """The loop in which an item begins."""
        self._item: Loop | None = None
        self._loop = self.header
        """The loop that takes the next segment."""

    def take(self, segment: Segment) -> list[Segment]:
        """A segment that may begin a loop; the list that takes those after it."""
        name, shape = segment.elements[0], self._shape
        if name == shape.tree:
            self._branch(segment)
        elif name == shape.item:
            self.end_item()
            self._item = self._loop = Loop(self._place)
        elif name == shape.part and self._item is not None:
            self._loop = Loop(self._item)
            self.rows.append(self._loop)
        elif name == shape.around:
            self.end_item()
            self._place = self._loop = Loop(self.header)
        self._loop.segments.append(segment)
        return self._loop.segments

    def end_item(self) -> None:
        """An item without parts is a row; so is a loop of the tree that holds an item."""
        item = self._item
        if item is not None and self._is_row(item):
            self.rows.append(item)
        self._item = None

    def _is_row(self, item: Loop) -> bool:
        if self._shape.item:
            return not (self.rows and self.rows[-1].parent is item)
        first = item.segments[0].elements
        return first[3:4] == ["I"] or any(segment.elements[0] == "SN1" for segment in item.segments)

    def _branch(self, segment: Segment) -> None:
        self.end_item()
        own, parent = [*segment.elements[1:3], "", ""][:2]
        around = self._tree.get(parent, self.header)
        loop = Loop(around if around.depth < _DEEPEST else self.header)
        self._tree[own] = self._place = self._loop = loop
        if not self._shape.item:
            self._item = loop
