"""Where files go after they were read: `done` and `failed`, folders inside the watched one. No file is ever overwritten."""

from __future__ import annotations

import os
from collections.abc import Iterator
from errno import ELOOP
from itertools import count
from pathlib import Path

DONE = "done"
FAILED = "failed"
DUPLICATE = ".duplicate"
ERRORS = ".errors.csv"
_LONGEST = 220
"""Bytes of a name, so that the longest ending fits into the 255 that a file system takes."""


class Places:
    """The folders beside the files of a watched folder. They are inside it, so a move is a rename on one file system."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def done(self, name: str) -> Path:
        """A free place for a file that is in the journal. Raises OSError."""
        return self._free(DONE, name)

    def duplicate(self, name: str) -> Path:
        """A free place for a file whose bytes were in the journal before. Raises OSError."""
        return self._free(DONE, name, DUPLICATE)

    def failed(self, name: str) -> Path:
        """A free place for a file that cannot be read. Raises OSError."""
        return self._free(FAILED, name)

    def clean(self) -> None:
        """Remove tables of bad rows that a crash left half written. Raises OSError."""
        for kind in (DONE, FAILED):
            if (self.folder / kind).is_symlink():
                continue
            for draft in (self.folder / kind).glob(f".*{ERRORS}.part"):
                draft.unlink()

    def _free(self, kind: str, name: str, ending: str = "") -> Path:
        folder = self.folder / kind
        folder.mkdir(exist_ok=True)
        if folder.is_symlink():
            raise OSError(ELOOP, f"`{folder}` is a link: files are not moved through it")
        return next(
            place
            for place in _numbered(folder, name, ending)
            if not place.is_symlink() and not place.exists() and not errors_of(place).exists()
        )


def errors_of(place: Path) -> Path:
    """Where the table of a file's bad rows lies.

    >>> errors_of(Path("done/orders.csv")).name
    'orders.csv.errors.csv'
    """
    return place.with_name(place.name + ERRORS)


def _numbered(folder: Path, name: str, ending: str) -> Iterator[Path]:
    name = os.fsdecode(os.fsencode(name)[:_LONGEST])
    yield folder / f"{name}{ending}"
    for number in count(2):
        yield folder / f"{name}.{number}{ending}"
