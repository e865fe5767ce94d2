"""The frames of a journal, in order, from a place on, as far as they are safe on disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lowtide.errors import InputError
from lowtide.intake.journal.folder import JournalFolder, Placed, Torn, check_header, damaged, frames_of
from lowtide.intake.journal.frame import FILE_HEADER, Frame


class JournalReader:
    """Reads one journal; `frames` may be called again and again, and goes on where it stopped."""

    def __init__(self, folder: JournalFolder, next_: int | None = None) -> None:
        """From place `next_` on (None: from the first that is there). Raises InputError if that place is not there."""
        self.folder = folder
        self.next = next_ or 0
        """The place after the last frame that was given."""
        self._file: tuple[int, Path] | None = None
        self._at = FILE_HEADER.size
        if next_ is not None:
            self._find(next_)
        elif files := folder.files():
            self._open(files[0])

    def _find(self, next_: int) -> None:
        """Stand before the first frame that begins at `next_`. Raises InputError."""
        older = [file for file in self.folder.files() if file[0] <= next_]
        if not older:
            if next_ == 0 and not self.folder.files():
                return
            raise InputError(
                f"the journal in `{self.folder}` does not hold place {next_:,}: its files were removed",
                "Start with an empty state folder: it reads what the journal holds now.",
            )
        self._open(older[-1])
        for placed in self._frames_here(self._bound()):
            if placed.frame.first >= next_:
                return
            if placed.frame.first < next_ < placed.frame.next:
                raise damaged(older[-1][1], placed.at, f"no frame begins at place {next_:,}")
            self._at = placed.end
            self.next = placed.frame.next
        self.next = next_

    def frames(self) -> Iterator[Frame]:
        """The frames that are safe at this moment and were not given yet. Raises InputError at damage."""
        while True:
            if self._file is None:
                files = self.folder.files()
                if not files:
                    return
                self._open(files[0])
            assert self._file is not None
            # Asked once a file: what is written meanwhile, perhaps already in the next file, is for the next call.
            bound = self._bound()
            for placed in self._frames_here(bound):
                if placed.frame.first != self.next:
                    raise damaged(self._file[1], placed.at, f"place {self.next:,} is missing")
                self._at, self.next = placed.end, placed.frame.next
                yield placed.frame
            newer = [file for file in self.folder.files() if file[0] > self._file[0]]
            if not newer or bound is not None:
                return
            if newer[0][0] != self.next:
                path = self.folder.file(self.next)
                raise InputError(
                    f"the journal has lost `{path}`", "Put that file back from a copy of the journal."
                )
            self._open(newer[0])

    def _frames_here(self, bound: int | None) -> Iterator[Placed]:
        """Frames of the present file up to byte `bound`."""
        assert self._file is not None
        path = self._file[1]
        try:
            yield from frames_of(path, self._at, bound)
        except Torn as torn:
            has_newer = any(first > self._file[0] for first, _ in self.folder.files())
            if bound is not None or has_newer or not torn.is_last:
                raise damaged(path, torn.at, "the checksum of a frame is wrong") from None
        except OSError as error:
            raise InputError(f"`{path}` cannot be read: {error.strerror}") from error

    def _bound(self) -> int | None:
        """How many bytes of the present file are safe; None: all of it."""
        assert self._file is not None
        mark = self.folder.synced()
        if mark is None or mark.first > self._file[0]:
            return None
        return mark.length if mark.first == self._file[0] else FILE_HEADER.size

    def _open(self, file: tuple[int, Path]) -> None:
        try:
            with file[1].open("rb") as opened:
                first = check_header(file[1], opened.read(FILE_HEADER.size))
        except OSError as error:
            raise InputError(f"`{file[1]}` cannot be read: {error.strerror}") from error
        if first != file[0]:
            raise damaged(file[1], 8, f"it begins with place {first:,}")
        self._file, self._at, self.next = file, FILE_HEADER.size, first


def frames(folder: JournalFolder, next_: int | None = None) -> Iterator[Frame]:
    """The frames that are safe now, from place `next_` on (None: from the first). Raises InputError."""
    yield from JournalReader(folder, next_).frames()
