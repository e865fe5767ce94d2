"""The state of a part is a chain of segments: one that holds everything, then what changed in each epoch since.

When a chain is long, or what changed is as much as the whole, a thread in the background folds it into one segment
again; the flow does not wait. What was folded stays for some epochs more, so that a state whose newest files were
damaged can go back to an older epoch.
"""

from __future__ import annotations

import os
import secrets
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from lowtide.core import intact
from lowtide.errors import JobError
from lowtide.state.manifest import Manifest, Segment

LONGEST = 30
"""Segments of a chain before it is folded: a manifest stays below 2 KB."""
KEPT = 8
"""Epochs for which segments that were folded are kept."""
Save = Callable[[bool, str], tuple[int, str]]
"""Writes the state, whole or what changed of it, to a new file: its length and checksum."""
Fold = Callable[[list[bytes]], Save]
"""Segments in; what saves the state that they hold out."""
_folders = ThreadPoolExecutor(max_workers=1, thread_name_prefix="fold")


class Chain:
    """The segments of one part in its own folder."""

    def __init__(self, folder: Path, log: str, part: str, fold: Fold) -> None:
        self.folder = folder
        self.log, self.part = log, part
        self.written = 0
        """Bytes written so far, segments that were folded too."""
        self._fold = fold
        self._segments: list[Segment] = []
        self._number = 0
        self._folding: tuple[int, Future[Segment]] | None = None
        self._retired: deque[list[Segment]] = deque()

    @property
    def segments(self) -> int:
        """How many there are now."""
        return len(self._segments)

    def restore(self, manifest: Manifest) -> list[bytes]:
        """The segments of a manifest, checked. Raises JobError, naming the file that is damaged or missing."""
        self._segments = list(manifest.segments)
        self._number = max((int(one.name.split("-")[0]) for one in self._segments), default=0)
        return [read_segment(self.folder, segment) for segment in self._segments]

    def save(self, save: Save, next_: int, reading: dict[str, Any] | None = None) -> bytes:
        """Has a segment written that survives a power cut; the manifest's bytes."""
        self._retired.append(self._take_folded())
        if len(self._retired) > KEPT:
            for old in self._retired.popleft():
                (self.folder / old.name).unlink(missing_ok=True)
        segment = self._write(save, whole=not self._segments)
        self._segments.append(segment)
        if self._folding is None and self._is_long():
            held = list(self._segments)
            self._folding = (len(held), _folders.submit(self._folded, held))
        return Manifest(self.log, self.part, next_, tuple(self._segments), reading or {}).written()

    def _is_long(self) -> bool:
        changes = sum(one.length for one in self._segments[1:])
        return len(self._segments) >= LONGEST or (
            len(self._segments) >= 4 and changes > self._segments[0].length
        )

    def _folded(self, held: list[Segment]) -> Segment:
        return self._write(self._fold([read_segment(self.folder, one) for one in held]), whole=True)

    def _take_folded(self) -> list[Segment]:
        """Puts a folded segment in place of those that it holds, and gives those. One that failed is tried again."""
        if self._folding is None or not self._folding[1].done():
            return []
        count, future = self._folding
        self._folding = None
        if future.exception() is not None:
            return []
        folded, self._segments[:count] = self._segments[:count], [future.result()]
        return folded

    def _write(self, save: Save, whole: bool) -> Segment:
        self._number += 1
        name = f"{self._number:08d}-{secrets.token_hex(4)}"
        path = self.folder / name
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            length, checksum = save(whole, str(path))
            sync_folder(self.folder)
        except OSError as error:
            path.unlink(missing_ok=True)
            raise _unwritable(self.folder, error) from error
        self.written += length
        return Segment(name, length, checksum)


def _unwritable(folder: Path, error: OSError) -> JobError:
    return JobError(
        f"the state cannot be written to `{folder}`: {error.strerror or error}",
        "Nothing is lost: make room, or mend the folder, and run again; it goes on from the last checkpoint.",
    )


def write_durably(path: Path, data: bytes) -> None:
    """Writes a new file that is there, whole, when this returns, whatever happens to the machine."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("xb", buffering=0) as file:
            left = memoryview(data)
            while left:
                left = left[file.write(left) :]
            os.fsync(file.fileno())
        sync_folder(path.parent)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _unwritable(path.parent, error) from error


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_segment(folder: Path, segment: Segment) -> bytes:
    """A segment's bytes. Raises JobError, naming the file, if they are not those that were written."""
    path = folder / segment.name
    try:
        data = path.read_bytes()
    except OSError as error:
        raise JobError(f"`{path}` of the state cannot be read: {error.strerror}") from error
    if len(data) != segment.length or data[-8:].hex() != segment.checksum or not intact(data):
        raise JobError(f"`{path}` of the state is damaged: it is not what was written")
    return data
