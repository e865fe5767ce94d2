"""The files of watched folders that are in a journal as a whole, each with its map: a file that comes again is known.

    JOURNAL/files-ID    a record of 32 bytes for each file: XXH3-128 of (document hash, map hash), next u64, zero u64

A person who corrects a map gives the same file again, and it must be read with the new map: so both hashes count. Documents
of requests are not kept: nobody asks for them, and there are very many. `next` is the place of the journal up to which its
files stand here. After a crash, what stands in the journal behind the last record is read from there. In memory are the
last `MOST` files; one that came before them is taken again, and its movements are duplicates.
"""

from __future__ import annotations

import os
import struct
import threading
from collections.abc import Iterable
from contextlib import suppress
from itertools import islice

from lowtide.core import Digest
from lowtide.errors import InputError
from lowtide.intake.journal.folder import JournalFolder
from lowtide.intake.journal.frame import LAST_ROWS
from lowtide.intake.journal.reader import JournalReader
from lowtide.operation.durable import replace

MOST = 100_000
_RECORD = struct.Struct("<16sQQ")


class KnownFiles:
    """Files whose last frame is in the journal. Any thread may ask."""

    def __init__(self, folder: JournalFolder, most: int = MOST) -> None:
        self._folder = folder
        self._path = folder.path / f"files-{folder.identity().id}"
        self._most = most
        self._keys: dict[bytes, None] = {}
        self._is_read = False
        self._lock = threading.Lock()
        self._reading = threading.Lock()

    def holds(self, document: bytes, map_: bytes) -> bool:
        """Whether a document of this hash was taken with the map of that hash. The first call reads the journal's end."""
        with self._reading:
            if not self._is_read:
                before = self._read()
                with self._lock:
                    self._keys = before | self._keys
                    self._is_read = True
        with self._lock:
            return _key(document, map_) in self._keys

    def add(self, files: Iterable[tuple[bytes, bytes]], next_: int) -> None:
        """Files, as hashes of document and map, were synced; `next_` is the place behind them."""
        with self._lock:
            keys = [_key(*file) for file in files]
            self._keys.update(dict.fromkeys(keys))
            for key in list(islice(self._keys, max(0, len(self._keys) - self._most))):
                del self._keys[key]
            # It is only a shorter way to what the journal says: a disk that refuses it costs nobody a file.
            with suppress(OSError), self._path.open("ab", buffering=0) as file:
                whole = os.fstat(file.fileno()).st_size // _RECORD.size * _RECORD.size
                file.truncate(whole)
                file.write(b"".join(_RECORD.pack(key, next_, 0) for key in keys))

    def _read(self) -> dict[bytes, None]:
        """The files of the table, and what stands in the journal behind them."""
        data, mark = b"", self._folder.synced()
        end = 0 if mark is None else mark.next  # a copy of an older journal does not hold what came later
        with suppress(OSError):
            data = self._path.read_bytes()
        data = data[: len(data) // _RECORD.size * _RECORD.size]
        records = [record for record in _RECORD.iter_unpack(data) if record[1] <= end]
        if len(records) * _RECORD.size < len(data) or len(records) > 2 * self._most:
            with suppress(OSError):
                replace(self._path, b"".join(_RECORD.pack(*record) for record in records[-self._most :]))
        records = records[-self._most :]
        keys = {key: None for key, _, _ in records}
        later: dict[bytes, None] = {}
        for frame in self._reader(records[-1][1] if records else 0).frames():
            if frame.kind == LAST_ROWS:
                later[_key(frame.document, frame.map)] = None
                if len(later) > self._most:
                    del later[next(iter(later))]
        return keys | later

    def _reader(self, next_: int) -> JournalReader:
        """A reader from that place on, or from the first frame where the journal does not hold that place."""
        with suppress(InputError):
            return JournalReader(self._folder, next_)
        return JournalReader(self._folder)


def _key(document: bytes, map_: bytes) -> bytes:
    return Digest(document + map_).digest()
