"""Which sources are put in order of event time, and how: a log is read as it stands, an export is sorted.

    one file of JSON lines, standard input, a topic, a generator     a log
    every other finite source: CSV, Parquet, a folder, several       an export

An export is read once. If it fits in memory, or is not in order, its records are kept: in memory, then in sorted runs on
disk. If it is larger and each of its files is in order, nothing is kept: the files are read once more and merged. Either way
the order is (event time, place of the file among the sources, line), and an offset is the place in it. A record without a
readable event time, and a policy record without a time of its own, have the time of the record before them in their file.
"""

from __future__ import annotations

import stat
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lowtide.core import Job, Sorter, mapping_of
from lowtide.errors import JobError
from lowtide.sources import Block, Feed, Item, Progress, fingerprints, read, size_of
from lowtide.sources.encoding import AUTO
from lowtide.sources.feed import ResumePoint
from lowtide.sources.lines import MAX_RECORD_BYTES
from lowtide.sources.row_map import maps_of

OrderName = Literal["arrival", "event"]

MEMORY_BYTES = 256 << 20
"""What records may take in memory while they are sorted."""
_BLOCK_RECORDS = 4096
_SIGN_OF_LIFE_S = 0.5


@dataclass(frozen=True)
class Sorting:
    """How records are sorted: by the zones of a policy and a catalogue, in so much memory, with runs in a folder."""

    job: Job
    folder: Path | None = None
    """None: the folder for temporary files."""
    memory_bytes: int | None = None
    """None: `MEMORY_BYTES`."""
    through: Callable[[Iterable[Block]], Iterator[Block]] = iter
    """What happens to the blocks of a file before they are sorted: nothing, or `steady`."""

    def sorter(self, rereadable: bool) -> Sorter:
        """A new sorter, for files that can or cannot be read twice."""
        folder = str(self.folder or tempfile.gettempdir())
        memory = self.memory_bytes or MEMORY_BYTES
        return Sorter(self.job.config, self.job.catalogue, folder, memory, rereadable)


def is_export(specs: list[str], items: list[Item]) -> bool:
    """Whether the sources are an export: everything but a single file of lines, standard input, or a generator."""
    if len(specs) != 1 or len(items) != 1:
        return True
    in_folder = items[0].path is not None and Path(specs[0]).is_dir()
    return in_folder or not items[0].is_log


class Export(Feed):
    """The records of files in order of event time, as `sorted` blocks."""

    order: OrderName = "event"

    def __init__(
        self,
        items: list[Item],
        sorting: Sorting,
        block_records: int = _BLOCK_RECORDS,
        *,
        max_record_bytes: int = MAX_RECORD_BYTES,
        encoding: str = AUTO,
        progress: Progress | None = None,
    ) -> None:
        super().__init__((), fingerprints(items))
        self.maps = maps_of(items)
        self.sorting = sorting
        self._items = items
        self._block_records = block_records or _BLOCK_RECORDS
        self._max_record_bytes = max_record_bytes
        self._encoding = encoding
        self._bytes = sum(size_of(item) for item in items)
        self._progress = progress

    def begin(self, at: ResumePoint | None = None, wait: bool = True) -> Iterator[Block | None]:
        """All blocks from the first on. Without `wait`, gives None from time to time while the files are read."""
        blocks = self._in_order(rereadable=all(_can_be_read_twice(item) for item in self._items))
        return (block for block in blocks if not (wait and block is None))

    def _in_order(self, rereadable: bool) -> Iterator[Block | None]:
        sorter = self.sorting.sorter(rereadable)
        try:
            yield from self._taken(sorter)
            if not sorter.lost:
                sorter.finish()
                yield from self._sorted(sorter)
        except OSError as error:
            raise JobError(
                f"the sources cannot be put in order of event time: {error}",
                "Look for room on the disk of the state folder, or of TMPDIR where the run has no state, and run it again.",
            ) from error
        if sorter.lost:
            yield from self._in_order(rereadable=False)

    def _taken(self, sorter: Sorter) -> Iterator[None]:
        """Read all files into the sorter; half of the progress."""
        seen, before = time.monotonic(), 0
        for item in self._items:
            sorter.file(item.name)
            for block in self._read(item, self._half(before)):
                _take(sorter, block)
                if sorter.lost:
                    return
                if time.monotonic() - seen > _SIGN_OF_LIFE_S:
                    seen = time.monotonic()
                    yield None
            before += size_of(item)

    def _read(self, item: Item, progress: Progress | None = None) -> Iterator[Block]:
        size, most = self._block_records, self._max_record_bytes
        blocks = read([item], size, max_record_bytes=most, encoding=self._encoding, progress=progress)
        return self.sorting.through(blocks)

    def _sorted(self, sorter: Sorter) -> Iterator[Block]:
        """The records in their order; the other half of the progress."""
        files: dict[int, Iterator[Block]] = {}
        while True:
            if (block := sorter.block(self._block_records)) is not None:
                yield Block("sorted", *block)
            elif (number := sorter.needs) is not None:
                if number not in files:
                    files[number] = self._read(self._items[number])
                if (part := next(files[number], None)) is not None:
                    _take(sorter, part)
                else:
                    sorter.end_file()
            else:
                break
        self._report(self._bytes)

    def _half(self, before: int) -> Progress:
        return lambda done: self._report((before + done) // 2)

    def _report(self, done: int) -> None:
        if self._progress is not None:
            self._progress(done)


def _can_be_read_twice(item: Item) -> bool:
    if item.path is None:
        return item.kind != "stdin"
    try:
        return not stat.S_ISFIFO(item.path.stat().st_mode)
    except OSError:
        return True


def _take(sorter: Sorter, block: Block) -> None:
    match block.kind:
        case "map":
            sorter.map(mapping_of(block.map))
        case "lines":
            sorter.lines(block.bytes)
        case "csv":
            sorter.csv(block.bytes)
        case "csv_header":
            sorter.csv_header(*block.header.for_core)
        case "columns":
            sorter.columns(block.batch)
        case "unreadable":
            sorter.unreadable(*block.unreadable)
