"""The folder of a journal: what lies in it, and its name and id.

JOURNAL/journal.json                format, name, id, created
JOURNAL/lock                        locked by the kernel as long as a writer lives
JOURNAL/synced                      how much is safe on disk (`frame.py`)
JOURNAL/00000000000000000000.ltj    frames; named by its first place
JOURNAL/maps/HASH.json              compiled maps that frames name
JOURNAL/readers/NAME.json           how far a run has stored what it read
JOURNAL/files-ID                    files of folders that are in it (`known.py`)
JOURNAL/snapshots/MAP-LOCATION.json the last stock list of a location
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from io import FileIO
from pathlib import Path

import orjson

from lowtide.errors import InputError
from lowtide.intake.journal.frame import (
    FILE_HEADER,
    FRAME_HEADER,
    MAGIC,
    SYNCED_SIZE,
    VERSION,
    Frame,
    Synced,
    frame_length,
    read_frame,
)
from lowtide.operation.durable import make_folder, replace

LOG = "journal/0"
"""The name of the log in every table."""
SUFFIX = ".ltj"
_CHUNK = 4 << 20


def damaged(path: Path, at: int, what: str) -> InputError:
    """The error for a journal that is not what was written."""
    return InputError(
        f"the journal is damaged: `{path}` at byte {at:,}: {what}",
        "`lowtide journal verify` names every such place. Put back a copy of that file, and start again.",
    )


@dataclass(frozen=True)
class Identity:
    """What tells a journal from another one in the same folder."""

    format: int
    name: str
    id: str
    created: int
    """ms since 1970."""


class JournalFolder:
    """A journal on disk, for readers and for its writer."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __str__(self) -> str:
        return str(self.path)

    @property
    def maps(self) -> Path:
        """Where compiled maps are kept."""
        return self.path / "maps"

    def identity(self) -> Identity:
        """Its name and id. Raises InputError if there is not a journal that this version can read."""
        try:
            identity = Identity(**orjson.loads((self.path / "journal.json").read_bytes()))
        except FileNotFoundError:
            hint = "Give the folder of `lowtide intake --journal`."
            raise InputError(f"there is no journal in `{self.path}`", hint) from None
        except (OSError, ValueError, TypeError) as error:
            raise InputError(f"`{self.path / 'journal.json'}` cannot be read: {error}") from None
        if identity.format != 1:
            raise InputError(
                f"the journal in `{self.path}` has format {identity.format}; this version reads format 1",
                "Use the version of `lowtide` that wrote it.",
            )
        return identity

    def make(self, now: int) -> Identity:
        """Make an empty journal unless there is one. Raises OSError or InputError."""
        if not (self.path / "journal.json").exists():
            if any(self.files()):
                raise InputError(
                    f"`{self.path}` holds files of a journal and no `journal.json`",
                    "Put back the whole folder from a copy, or give an empty one.",
                )
            make_folder(self.path)
            identity = Identity(1, "journal", secrets.token_hex(8), now)
            replace(
                self.path / "journal.json", orjson.dumps(asdict(identity), option=orjson.OPT_APPEND_NEWLINE)
            )
        for name in ("maps", "readers", "snapshots"):
            make_folder(self.path / name)
        return self.identity()

    def files(self) -> list[tuple[int, Path]]:
        """Its files of frames with their first places, in order."""
        found = [
            (int(path.stem), path)
            for path in self.path.glob(f"*{SUFFIX}")
            if path.stem.isdigit() and path.stem.isascii()
        ]
        return sorted(found)

    def file(self, first: int) -> Path:
        """The file that begins with place `first`."""
        return self.path / f"{first:020d}{SUFFIX}"

    def synced(self) -> Synced | None:
        """How much is safe on disk. None: nobody has said it."""
        for _ in range(3):  # the writer may be writing it just now
            try:
                handle = os.open(self.path / "synced", os.O_RDONLY)
            except FileNotFoundError:
                return None
            try:
                mark = Synced.of_bytes(os.pread(handle, SYNCED_SIZE + 1, 0))
            finally:
                os.close(handle)
            if mark is not None:
                return mark
            time.sleep(0.001)
        return None

    def map_document(self, hash_: bytes) -> bytes:
        """The compiled map that a frame names. Raises InputError if it is missing."""
        path = self.maps / f"{hash_.hex()}.json"
        try:
            return path.read_bytes()
        except OSError as error:
            raise InputError(
                f"the journal names the map {hash_.hex()}, and `{path}` cannot be read: {error.strerror}",
                "Put that file back from a copy of the journal: without it the rows have no meaning.",
            ) from None


def check_header(path: Path, data: bytes) -> int:
    """The first place of a file of frames, from its header. Raises InputError."""
    if len(data) < FILE_HEADER.size:
        raise damaged(path, len(data), "its header is not whole")
    magic, version, _, first, _ = FILE_HEADER.unpack_from(data)
    if magic != MAGIC or version != VERSION:
        raise damaged(path, 0, "it is not a file of a journal of version 1")
    return int(first)


class Placed:
    """A frame, and where it lies."""

    __slots__ = ("at", "end", "frame")

    def __init__(self, frame: Frame, at: int, end: int) -> None:
        self.frame, self.at, self.end = frame, at, end


class Torn(Exception):
    """The bytes from `at` on are not a whole frame."""

    def __init__(self, at: int, is_last: bool) -> None:
        super().__init__(at)
        self.at = at
        self.is_last = is_last
        """Whether they may be a last frame that was not written to its end."""


def frames_of(path: Path, start: int = FILE_HEADER.size, bound: int | None = None) -> Iterator[Placed]:
    """The frames of a file from byte `start` to byte `bound` (None: its end). Raises Torn or OSError."""
    with path.open("rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size if bound is None else bound
        file.seek(start)
        data, base, at = b"", start, 0
        while base + at < size:
            length = frame_length(data, at)
            if length is None or at + length > len(data):
                if length is not None and base + at + length > size:
                    raise Torn(base + at, is_last=True)
                if length is None and len(data) - at >= FRAME_HEADER:
                    raise Torn(base + at, is_last=_only_zeros(file, base + at, size))
                more = file.read(min(max(_CHUNK, length or 0), size - base - len(data)))
                if not more:
                    raise Torn(base + at, is_last=True)
                data, base, at = data[at:] + more, base + at, 0
                continue
            frame = read_frame(data, at, length)
            if frame is None:
                raise Torn(base + at, is_last=base + at + length == size)
            yield Placed(frame, base + at, base + at + length)
            at += length


def _only_zeros(file: FileIO, at: int, size: int) -> bool:
    """Whether a file has only zeros from `at` on: what a power cut may leave of bytes that were never synced."""
    file.seek(at)
    while at < size:
        data = file.read(min(_CHUNK, size - at))
        if data.strip(b"\0"):
            return False
        at += max(1, len(data))
    return True
