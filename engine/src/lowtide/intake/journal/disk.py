"""The file that a journal's writer writes now: frames at its end, the sync, the mark of what is safe, the next file."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from errno import ENOSPC, ESTALE

from lowtide.intake.journal.document import Body
from lowtide.intake.journal.folder import JournalFolder
from lowtide.intake.journal.frame import FILE_HEADER, MAGIC, VERSION, Frame, Synced
from lowtide.operation.durable import replace

_DAY_MS = 86_400_000
_ROOM = 1 << 16
"""Bytes with which a disk that was full is tried."""


class Disk:
    """The end of a journal. Only the writer's thread calls it."""

    def __init__(
        self, folder: JournalFolder, end: Synced | None, file_bytes: int, clock: Callable[[], int]
    ) -> None:
        self._folder = folder
        self._file_bytes = file_bytes
        self._clock = clock
        self._handle = -1
        self._mark = os.open(folder.path / "synced", os.O_RDWR | os.O_CREAT, 0o644)
        self._maps = {path.stem for path in folder.maps.glob("*.json")}
        self._is_dirty = False
        """Whether bytes after the synced ones may lie in the file."""
        self._created = 0
        self._inode = (0, 0)
        """Device and inode of the file: by them it is known again under its name."""
        if end is None:
            end = self._new_file(0)
        else:
            self._open(end)
        self.synced = end
        self._length, self.next = end.length, end.next
        self._set_mark(end)

    def begin(self) -> None:
        """Before a batch: cut off what a failed batch left, and take the next file when it is time. Raises OSError."""
        self._must_be_there()
        if self._is_dirty:
            self._cut()
        day = self._clock() // _DAY_MS
        is_old = self._length >= self._file_bytes or day != self._created // _DAY_MS
        if is_old and self.next > self.synced.first:
            end = self._new_file(self.next)
            self._set_mark(end)
            self.synced, self._length = end, end.length

    @contextmanager
    def whole(self) -> Iterator[None]:
        """What is written inside is in the file as a whole or not at all."""
        length, next_ = self._length, self.next
        try:
            yield
        except BaseException:
            self._length, self.next = length, next_
            self._is_dirty = True
            with suppress(OSError):
                os.ftruncate(self._handle, length)
                self._is_dirty = length != self.synced.length
            raise

    def write(self, body: Body, arrival: int, kind: int, map_: bytes, document: bytes) -> None:
        """Write one frame at the end. Raises OSError."""
        frame = Frame(self.next, arrival, body.rows, body.places, kind, map_, document, body.data)
        self._is_dirty = True
        left = memoryview(frame.to_bytes())
        while left:
            done = os.pwrite(self._handle, left, self._length)
            self._length += done
            left = left[done:]
        self.next += body.places

    def sync(self) -> None:
        """Make what was written safe, and let readers have it. Raises OSError; then nothing of it is in the journal."""
        end = Synced(self.synced.first, self._length, self.next)
        try:
            os.fdatasync(self._handle)
            self._must_be_there()
            self._set_mark(end)
        except OSError:
            with suppress(OSError):
                self._cut()
            raise
        self.synced, self._is_dirty = end, False

    def keep_map(self, hash_: bytes, document: bytes) -> None:
        """Keep a compiled map before the first frame that names it. Raises OSError."""
        name = hash_.hex()
        if name not in self._maps:
            replace(self._folder.maps / f"{name}.json", document)
            self._maps.add(name)

    def try_room(self) -> None:
        """Write and sync some bytes beside the journal. Any thread may call it. Raises OSError if the disk refuses them."""
        self._must_be_there()
        path = self._folder.path / f".room-{threading.get_ident()}"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        try:
            if os.pwrite(handle, bytes(_ROOM), 0) != _ROOM:
                raise OSError(ENOSPC, "No space left on device")
            os.fdatasync(handle)
        finally:
            os.close(handle)
            path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the files."""
        os.close(self._handle)
        os.close(self._mark)

    def _cut(self) -> None:
        """Cut off what is not synced. The handle is a new one, because the old one may have lost the error of a write."""
        self._length, self.next, self._is_dirty = self.synced.length, self.synced.next, True
        self._must_be_there()
        self._open(self.synced)
        os.ftruncate(self._handle, self.synced.length)
        os.fdatasync(self._handle)
        self._is_dirty = False

    def _open(self, end: Synced) -> None:
        handle = os.open(self._folder.file(end.first), os.O_RDWR)
        if self._handle >= 0:
            os.close(self._handle)
        self._handle = handle
        status = os.fstat(handle)
        self._inode = status.st_dev, status.st_ino
        self._created = FILE_HEADER.unpack(os.pread(handle, FILE_HEADER.size, 0))[4]

    def _must_be_there(self) -> None:
        """Raises OSError if the folder has another file under that name, or none: then nobody would read what is written."""
        first = self.synced.first
        try:
            status = self._folder.file(first).stat()
        except FileNotFoundError:
            status = None
        if status is None or (status.st_dev, status.st_ino) != self._inode:
            name = self._folder.file(first).name
            raise OSError(
                ESTALE, f"`{name}` was removed or replaced while it was written; start intake again"
            )

    def _new_file(self, first: int) -> Synced:
        end = Synced(first, FILE_HEADER.size, first)
        # A reader may look at the folder at any time: the file appears with its header, never without it.
        replace(self._folder.file(first), FILE_HEADER.pack(MAGIC, VERSION, 0, first, self._clock()))
        self._open(end)
        return end

    def _set_mark(self, end: Synced) -> None:
        data = end.to_bytes()
        if os.pwrite(self._mark, data, 0) != len(data):
            raise OSError(ENOSPC, "the mark of what is safe cannot be written")
