"""A dated folder in the state takes what is damaged, so that nothing of it is ever deleted.

STATE/set-aside/20261128T101500Z/epochs/part-0.sqlite3    the paths are those in the state
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from lowtide.state.durable import make_folder, sync_folder, unwritable

FOLDER = "set-aside"


class Aside:
    """Where the damaged files of one start go. The folder is made when the first file comes."""

    def __init__(self, state: Path) -> None:
        self._state = state
        self._folder: Path | None = None

    @property
    def used(self) -> bool:
        """Whether a file has come."""
        return self._folder is not None

    @property
    def folder(self) -> Path:
        """The folder; it is made here."""
        if self._folder is None:
            stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
            names = (f"{stamp}-{number}" if number else stamp for number in count())
            free = (self._state / FOLDER / name for name in names)
            self._folder = next(folder for folder in free if not folder.exists())
            make_folder(self._folder)
        return self._folder

    def place_for(self, path: Path) -> Path:
        """Where a file or folder of the state goes. Raises JobError if the disk does not take it."""
        try:
            place = self.folder / path.relative_to(self._state)
            make_folder(place.parent)
        except OSError as error:
            raise unwritable(self._state, error) from error
        return place

    def take(self, *paths: Path) -> None:
        """Moves files or folders of the state here. Raises JobError if the disk does not take them."""
        for path in paths:
            place = self.place_for(path)
            try:
                path.rename(place)
                sync_folder(place.parent)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise unwritable(self._state, error) from error
