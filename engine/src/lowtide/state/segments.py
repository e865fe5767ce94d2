"""The state of a part is a chain of segments: a complete one, and then one with the changes of each epoch since.

When a chain is long, or its changes are as large as the complete segment, a background thread folds it into one complete
segment; the flow does not wait. The folded segments stay for some more epochs, so that a state whose newest files are
damaged can go back to an older epoch.
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from lowtide.core import STATE_FORMATS, intact
from lowtide.errors import StateError, StateVersionError
from lowtide.state.durable import inaccessible, make_folder, sync_folder, unwritable
from lowtide.state.manifest import Manifest, Segment

LONGEST = 30
"""A chain is folded at this many segments, so that a manifest stays below 2 KB."""
KEPT = 8
"""Folded segments are kept for this many epochs."""
Save = Callable[[bool, str], tuple[int, str]]
"""Writes the state, or what changed in it, to a new file. Returns its length and checksum."""
Fold = Callable[[list[bytes]], Save]
"""Takes segments, and returns a function that saves the state in them."""
_folders = ThreadPoolExecutor(max_workers=1, thread_name_prefix="fold")


class Chain:
    """The segments of one part of the state, in a separate folder."""

    def __init__(self, folder: Path, log: str, part: str, fold: Fold) -> None:
        self.folder = folder
        self.log, self.part = log, part
        self.written = 0
        """Bytes written so far, including segments that were folded."""
        self._fold = fold
        self._segments: list[Segment] = []
        self._number = 0
        self._folding: tuple[int, Future[Segment]] | None = None
        self._retired: deque[list[Segment]] = deque()

    @property
    def segments(self) -> int:
        """The number of segments now."""
        return len(self._segments)

    def restore(self, manifest: Manifest) -> list[bytes]:
        """The segments of a manifest, as `read_segment` reads them."""
        self._segments = list(manifest.segments)
        self._number = max((int(one.name.split("-")[0]) for one in self._segments), default=0)
        return [read_segment(self.folder, segment) for segment in self._segments]

    def save(self, save: Save, next_: int, bookmark: dict[str, Any] | None = None) -> bytes:
        """Lets `save` write a segment that survives a power cut. Returns the bytes of the manifest."""
        self._retired.append(self._take_folded())
        if len(self._retired) > KEPT:
            for old in self._retired.popleft():
                (self.folder / old.name).unlink(missing_ok=True)
        segment = self._write(save, whole=not self._segments)
        self._segments.append(segment)
        if self._folding is None and self._is_long():
            segments = list(self._segments)
            self._folding = (len(segments), _folders.submit(self._folded, segments))
        return Manifest(self.log, self.part, next_, tuple(self._segments), bookmark or {}).to_json()

    def _is_long(self) -> bool:
        changes = sum(one.length for one in self._segments[1:])
        return len(self._segments) >= LONGEST or (
            len(self._segments) >= 4 and changes > self._segments[0].length
        )

    def _folded(self, segments: list[Segment]) -> Segment:
        return self._write(self._fold([read_segment(self.folder, one) for one in segments]), whole=True)

    def _take_folded(self) -> list[Segment]:
        """Replaces segments by the folded one, and returns the replaced ones. If folding failed, it is tried again."""
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
        try:
            make_folder(self.folder)
            length, checksum = save(whole, str(path))
            sync_folder(self.folder)
        except OSError as error:
            path.unlink(missing_ok=True)
            raise unwritable(self.folder, error) from error
        self.written += length
        return Segment(name, length, checksum)


def read_segment(folder: Path, segment: Segment) -> bytes:
    """The bytes of a segment.

    Raises StateError, which names the file, if it is gone or differs from what was written, StateVersionError if another
    version of this program wrote it, and StateAccessError if it cannot be read now.
    """
    path = folder / segment.name
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise StateError(f"`{path}` of the state cannot be read: {error.strerror}") from error
    except OSError as error:
        raise inaccessible(path, error) from error
    if len(data) != segment.length or data[-8:].hex() != segment.checksum or not intact(data):
        raise StateError(f"`{path}` of the state is damaged: it is not what was written")
    if data[:4] not in STATE_FORMATS:
        found = data[:4].decode("ascii", "backslashreplace")
        raise StateVersionError(f"`{path}` of the state has format {found}, which this version cannot read")
    return data
