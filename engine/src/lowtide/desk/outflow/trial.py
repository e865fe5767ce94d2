"""A test message to one target: the whole way of a real one, for `lowtide desk test`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from lowtide.desk.reasons import Reason
from lowtide.errors import SettingsError
from lowtide.notify import targets
from lowtide.notify.answer import Answer
from lowtide.notify.message import Message
from lowtide.people import Book
from lowtide.words import Lang

_BUILT_IN = ("mail:", "file:")
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def try_target(book: Book, name: str, folder: Path, lang: Lang, now: datetime) -> Answer:
    """Send a TEST message and return the target's answer. Raises SettingsError if the target is not known or not usable."""
    settings = book.targets.get(name)
    if settings is None and name != "console" and not name.startswith(_BUILT_IN):
        raise SettingsError(f"the people file has no target `{name}`", _hint(book, name))
    target = targets.of_contact(name, book.targets, folder)
    try:
        message = Message(
            notification_id=_identity(name, now), reason=Reason.TEST, severity="", person="", person_name="", lang=lang,
            at=now.astimezone(book.zone), personal=target.personal, currency=book.currency, link=book.public_url,
        )  # fmt: skip
        return target.send(target.render(message), message.notification_id, now)
    finally:
        target.close()


def _hint(book: Book, name: str) -> str:
    """What can be tested in place of `name`: the contacts of the person of this name, else all targets and contacts."""
    if name in book.people and (contacts := book.people[name].contacts):
        return f"`{name}` is a person. Test a contact of this person: {_listed(contacts)}."
    contacts = tuple(
        sorted({*book.targets, *(one for person in book.people.values() for one in person.contacts)})
    )
    return f"It has {_listed(contacts) or 'no target and no contact'}; `--people` says which file is read."


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{one}`" for one in names)


def _identity(name: str, now: datetime) -> str:
    """20 characters: a hash of the target and the time, because every test is a message of its own."""
    number = (
        int.from_bytes(hashlib.sha256(f"test {name} {now.isoformat()}".encode()).digest()[:13], "big") >> 4
    )
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(95, -1, -5))
