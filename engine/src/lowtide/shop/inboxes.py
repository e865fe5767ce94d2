"""The watched folders of a shop: `in/NAME` for each map, and `in` itself for movements in our own form.

A map that is put into `maps` gets its folder at once, and a map that is changed is read again: nobody restarts the shop.
A folder of `in` whose map is not there, or is wrong, is named once; its files stay where they are until the map is good.
"""

from __future__ import annotations

from pathlib import Path

from lowtide.errors import LowtideError
from lowtide.intake.folder import Inbox
from lowtide.intake.shelf import MapShelf
from lowtide.map import map_files, map_name
from lowtide.operation.log import logger
from lowtide.shop.places import Places

_NOT_MAPS = ("done", "failed")
"""Folders inside `in`, into which files in our own form are moved."""


class Inboxes:
    """What is watched at this moment. One thread asks."""

    def __init__(self, places: Places, shelf: MapShelf) -> None:
        self._places, self._shelf = places, shelf
        self._said: dict[str, str] = {}

    def __call__(self) -> list[Inbox]:
        """The folders now; those of new maps are made. Raises OSError where one cannot be made."""
        for path in map_files(self._places.maps):
            (self._places.inbox / map_name(path)).mkdir(exist_ok=True)
        folders = sorted(
            entry for entry in self._places.inbox.iterdir() if entry.is_dir() and not entry.is_symlink()
        )
        named = [
            inbox
            for folder in folders
            if not folder.name.startswith(".")
            and folder.name not in _NOT_MAPS
            and (inbox := self._inbox(folder))
        ]
        return [Inbox(self._places.inbox), *named]

    def _inbox(self, folder: Path) -> Inbox | None:
        try:
            inbox = Inbox(folder, self._shelf.map(folder.name))
        except (LowtideError, OSError) as error:
            why = error.message if isinstance(error, LowtideError) else str(error)
            if self._said.get(folder.name) != why:
                logger("shop").warning(
                    "inbox_waits", folder=f"{self._places.inbox.name}/{folder.name}", reason=why
                )
                self._said[folder.name] = why
            return None
        if self._said.pop(folder.name, None):
            logger("shop").info("inbox_goes_on", folder=f"{self._places.inbox.name}/{folder.name}")
        return inbox
