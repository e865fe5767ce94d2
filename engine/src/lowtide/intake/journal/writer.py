"""The one writer of a journal: documents of many senders are written together, and one sync serves all that wait.

    >>> with Journal.open(folder) as journal:                                        # doctest: +SKIP
    ...     journal.append(Document(document_hash(data), list(bodies_of(rows)))).first
    0

A document is in the journal as a whole or not at all: if the disk does not take a part of it, that part is cut off again and
`JournalWriteError` is raised; the next document is tried anew. Nobody reads a frame before it is synced.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from lowtide.errors import JournalInUseError, JournalWriteError
from lowtide.intake.journal.disk import Disk
from lowtide.intake.journal.document import Document
from lowtide.intake.journal.folder import LOG, JournalFolder
from lowtide.intake.journal.frame import LAST_ROWS, NO_MAP, ROWS
from lowtide.intake.journal.known import KnownFiles
from lowtide.intake.journal.recovery import recovered

FILE_BYTES = 256 << 20
MAX_WAITING = 64 << 20
"""Bytes that may wait for the disk."""
_BATCH_BYTES = 16 << 20


class Receipt(NamedTuple):
    """Where a document stands."""

    first: int
    places: int
    arrival: int
    """When it was accepted, ms since 1970."""

    @property
    def log(self) -> str:
        """The log in which it stands."""
        return LOG


class _Waiting(NamedTuple):
    documents: Sequence[Document]
    size: int
    receipt: Future[Receipt]


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


class Journal:
    """A journal that is open for writing. Every method may be called from any thread."""

    def __init__(self, folder: JournalFolder, disk: Disk, lock: int, clock: Callable[[], int]) -> None:
        self.folder = folder
        self._disk = disk
        self._lock_handle = lock
        self._clock = clock
        self._files = KnownFiles(folder)
        self._queue: deque[_Waiting] = deque()
        self._bytes_waiting = 0
        self._closing = False
        self._ready = threading.Condition()
        self.failure: str | None = None
        """Why the last document could not be written; None: it was."""
        self.synced: Callable[[float], None] = lambda seconds: None
        """Called after each sync with the seconds that it took."""
        self._thread = threading.Thread(target=self._work, name="lowtide-journal", daemon=True)
        self._thread.start()

    @classmethod
    def open(cls, path: Path, *, file_bytes: int = FILE_BYTES, clock: Callable[[], int] = _now_ms) -> Journal:
        """Open a journal for writing, or make an empty one. A torn end is cut off.

        Raises JournalInUseError if another process writes it, InputError if it is damaged, JournalWriteError.
        """
        folder = JournalFolder(path)
        try:
            folder.make(clock())
            lock = _locked(folder)
        except OSError as error:
            raise JournalWriteError.of(path, error) from error
        try:
            place = recovered(folder)
            disk = Disk(folder, place, file_bytes, clock)
        except BaseException as error:
            os.close(lock)
            if isinstance(error, OSError):
                raise JournalWriteError.of(path, error) from error
            raise
        return cls(folder, disk, lock, clock)

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def now(self) -> int:
        """The time by its clock, ms since 1970."""
        return self._clock()

    @property
    def next(self) -> int:
        """The place after the last row that is synced."""
        return self._disk.synced.next

    @property
    def bytes_waiting(self) -> int:
        """Bytes of documents that are not synced yet."""
        return self._bytes_waiting

    def submit(self, *documents: Document) -> Future[Receipt]:
        """Write a document, or several one behind the other, all or nothing.

        The future has their receipt when all of them are synced, or JournalWriteError.
        """
        receipt: Future[Receipt] = Future()
        waiting = _Waiting(documents, sum(document.size for document in documents), receipt)
        with self._ready:
            if self._closing:
                receipt.set_exception(JournalWriteError("the journal is closed", ""))
                return receipt
            self._queue.append(waiting)
            self._bytes_waiting += waiting.size
            self._ready.notify()
        return receipt

    def append(self, document: Document) -> Receipt:
        """Write a document and wait until it is synced. Raises JournalWriteError."""
        return self.submit(document).result()

    def known(self, document: bytes, map_: bytes = NO_MAP) -> bool:
        """Whether a file of this hash is in the journal as a whole, taken with the map of that hash.

        The first call reads the end of the journal.
        """
        return self._files.holds(document, map_)

    def look_again(self) -> None:
        """After a failure: see whether the disk takes bytes now, also if nobody sends a document."""
        if self.failure is None:
            return
        try:
            self._disk.try_room()
            self.failure = None
        except OSError as error:
            self.failure = error.strerror or str(error)

    def close(self) -> None:
        """Write what waits, and let another process write the journal."""
        with self._ready:
            if self._closing:
                return
            self._closing = True
            self._ready.notify()
        self._thread.join()
        self._disk.close()
        with suppress(OSError):
            os.close(self._lock_handle)

    def _work(self) -> None:
        while True:
            with self._ready:
                while not self._queue and not self._closing:
                    self._ready.wait()
                if not self._queue:
                    return
                batch: list[_Waiting] = []
                size = 0
                while self._queue and (not batch or size + self._queue[0].size <= _BATCH_BYTES):
                    batch.append(self._queue.popleft())
                    size += batch[-1].size
            try:
                self._commit(batch)
            finally:
                with self._ready:
                    self._bytes_waiting -= size

    def _commit(self, batch: list[_Waiting]) -> None:
        """Write a batch and sync it once; give each its receipt or error."""
        receipts: list[tuple[_Waiting, Receipt]] = []
        try:
            self._disk.begin()
        except OSError as error:
            self._refuse(batch, error)
            return
        for waiting in batch:
            try:
                receipts.append((waiting, self._write(waiting.documents)))
            except OSError as error:
                self._refuse([waiting], error)
            except Exception as error:
                waiting.receipt.set_exception(error)
        started = time.monotonic()
        try:
            if receipts:
                self._disk.sync()
        except OSError as error:
            self._refuse([waiting for waiting, _ in receipts], error)
            return
        self.synced(time.monotonic() - started)
        documents = [document for waiting, _ in receipts for document in waiting.documents]
        files = [(one.hash, one.map_hash) for one in documents if one.is_file and one.is_last]
        if files:
            self._files.add(files, self.next)
        for waiting, receipt in receipts:
            waiting.receipt.set_result(receipt)
        if receipts:
            self.failure = None

    def _write(self, documents: Sequence[Document]) -> Receipt:
        arrival = self._clock()
        for document in documents:
            if document.map is not None:
                self._disk.keep_map(document.map_hash, document.map)
        first = self._disk.next
        with self._disk.whole():
            for document in documents:
                self._write_frames(document, arrival)
        return Receipt(first, self._disk.next - first, arrival)

    def _write_frames(self, document: Document, arrival: int) -> None:
        last, map_ = len(document.bodies) - 1, document.map_hash
        for number, body in enumerate(document.bodies):
            is_last = document.is_last and number == last
            kind = document.kind if is_last or document.kind != LAST_ROWS else ROWS
            self._disk.write(body, arrival, kind, map_, document.hash)

    def _refuse(self, batch: list[_Waiting], error: OSError) -> None:
        self.failure = error.strerror or str(error)
        for waiting in batch:
            waiting.receipt.set_exception(JournalWriteError.of(self.folder.path, error))


def _locked(folder: JournalFolder) -> int:
    """A handle that holds the lock. Raises JournalInUseError or OSError."""
    handle = os.open(folder.path / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid = os.pread(handle, 32, 0).decode("ascii", "replace").strip()
        os.close(handle)
        raise JournalInUseError(f"the journal in `{folder}` is in use: process {pid} writes it") from None
    except OSError:
        os.close(handle)
        raise
    with suppress(OSError):  # on a full disk the lock has no name of its holder
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
    return handle
