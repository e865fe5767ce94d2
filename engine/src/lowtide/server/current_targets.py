"""The targets of the people in force: they are made anew when another version of the people file comes into force."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from lowtide.errors import SettingsError
from lowtide.notify.target import Target
from lowtide.notify.targets import Targets
from lowtide.operation.log import logger
from lowtide.people import Book


class CurrentTargets(Mapping[str, Target]):
    """The targets of a book, by contact. Any thread may ask.

    Raises SettingsError at the start if a contact of the book cannot be used. A later version with such a contact is
    logged, and the targets of the version before stay.
    """

    def __init__(self, book: Book, folder: Path) -> None:
        self._folder = folder
        self._book: Callable[[], Book] = lambda: book
        self._lock = threading.Lock()
        self._version, self._targets = book.version, self._made(book)
        self._old: list[Targets] = []

    def follow(self, book: Callable[[], Book]) -> None:
        """From now on the book in force is what `book` gives."""
        self._book = book

    def __getitem__(self, name: str) -> Target:
        return self._now()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())

    def close(self) -> None:
        """Close all targets, also those of versions before."""
        for targets in (*self._old, self._targets):
            targets.close()

    def _now(self) -> Targets:
        book = self._book()
        with self._lock:
            if book.version != self._version:
                self._version = book.version
                try:
                    targets = self._made(book)
                except SettingsError as error:
                    logger("desk").error("targets_refused", version=book.version, why=error.message)
                else:
                    self._old.append(self._targets)  # a message may be on its way through one of them
                    self._targets = targets
            return self._targets

    def _made(self, book: Book) -> Targets:
        """The targets, each contact of a person tried once. Raises SettingsError."""
        targets = Targets(book.targets, self._folder)
        for contact in {contact for person in book.people.values() for contact in person.contacts}:
            targets[contact]
        return targets
