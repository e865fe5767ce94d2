"""What a desk needs, for `lowtide doctor`: the people file, the secrets of its targets, a folder to work in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lowtide.cli.finding import Finding, guarded
from lowtide.errors import LowtideError

if TYPE_CHECKING:
    from lowtide.people import Book


def examine_desk(people: Path | None, folder: Path) -> Iterator[Finding]:
    """Look at what the desk needs. Without a people file only at a folder that is there; nothing is sent or made."""
    if people is not None:
        yield from _people(people)
    if people is not None or folder.exists():
        yield _folder(folder)


def _people(people: Path) -> Iterator[Finding]:
    from lowtide.cli.people_duty import book_of

    try:
        book = book_of(people, None)
    except LowtideError as error:
        yield Finding("people", "fail", error.message, "hint", {"hint": error.hint})
        return
    yield Finding("people", "ok", f"{people}: {book.version}")
    bad = list(_bad_targets(book, people.parent))
    yield from bad
    if not bad:
        yield Finding("targets", "ok", ", ".join(_contacts(book)) or "no_contact")


def _bad_targets(book: Book, folder: Path) -> Iterator[Finding]:
    """The targets and contacts that cannot be used: a secret that is missing, cannot be read or is not one line."""
    from lowtide.notify.targets import of_contact

    def look(name: str) -> Finding:
        of_contact(name, book.targets, folder).close()
        return Finding("targets", "ok", name)

    for name in _contacts(book):
        finding = guarded("targets", lambda name=name: look(name))  # type: ignore[misc]
        if finding.verdict != "ok":
            yield finding


def _contacts(book: Book) -> list[str]:
    """The contacts of all persons, and targets that nobody uses."""
    used = {contact for person in book.people.values() for contact in person.contacts}
    return sorted({*used, *(name for name, one in book.targets.items() if one.kind != "mail")})


def _folder(folder: Path) -> Finding:
    """The folder of the desk and its file: this user must be able to write both."""
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    database = folder / "desk.db"
    if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
        return Finding("desk", "fail", str(folder), "desk_not_writable")
    if database.exists() and not os.access(database, os.R_OK | os.W_OK):
        return Finding("desk", "fail", str(database), "desk_not_writable")
    return Finding("desk", "ok", str(folder), "" if there == folder else "will_be_made")
