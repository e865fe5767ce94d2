"""The desk as the page sees it: which link is whose, what its message told, and an answer to it.

    door.claim(token, now)          -> a link that is good, one that has ended, or None
    door.group(claim)               -> what the message told, as it stands
    door.reader(claim, …)           -> in which words, and whether this link may answer
    door.answer(claim, request)     -> what became of an answer

Only this module of the page knows the links, the file of people and desk.db.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from lowtide.actions import ActionResult
from lowtide.desk import worth
from lowtide.desk.answers import answer
from lowtide.desk.store import Store
from lowtide.errors import LowtideError
from lowtide.notify import link
from lowtide.page.group import Group
from lowtide.page.view import Reader, next_morning
from lowtide.people import Book, Person
from lowtide.secret import Secret
from lowtide.web.reader import language
from lowtide.words import Language

Verb = Literal["ack", "snooze-hour", "snooze-morning", "note"]
VERBS: tuple[Verb, ...] = ("ack", "snooze-hour", "snooze-morning", "note")
"""What the buttons of the page do."""
_NOBODY = bytes(4)
"""The mark of a link that names nobody: it came from a group chat."""
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Claim:
    """A link whose signature is good. `notification` is the beginning of the id of its message."""

    notification: str
    mark: bytes
    expires: datetime
    has_ended: bool
    token: str


@dataclass(frozen=True)
class Request:
    """An answer as the form sends it. `seen` names the group as the page showed it."""

    verb: Verb
    alert_ids: tuple[str, ...]
    comment: str
    seen: str


@dataclass(frozen=True)
class Door:
    """The desk behind the page. Any thread may call every method."""

    store: Store
    book: Callable[[], Book]
    """The people in force."""
    keys: tuple[Secret[bytes], ...]
    """Keys of links, the newest first."""
    now: Callable[[], int]
    """The desk's clock: milliseconds since 1970 UTC."""

    def claim(self, token: str) -> Claim | None:
        """What a token claims; None if it is not whole or no key of ours signed it."""
        now = datetime.fromtimestamp(self.now() / 1000, UTC)
        claim = link.read(self.keys, token, datetime.fromtimestamp(0, UTC))
        if claim is None:
            return None
        return Claim(beginning(claim.notification), claim.person, claim.expires, claim.expires <= now, token)

    def group(self, claim: Claim) -> Group | None:
        """What the message of a link told; None if desk.db has nothing of it."""
        with self.store.read() as rows:
            return Group.read(rows, claim.notification)

    def person(self, claim: Claim) -> Person | None:
        """The person whom a link names; None: it names nobody, or somebody who has left."""
        people = self.book().people.values()
        return next((one for one in people if link.mark(one.key) == claim.mark), None)

    def reader(self, claim: Claim, asked: str | None, accept: str) -> Reader:
        """In which words a page is written for a link, and whether it may answer."""
        book, person = self.book(), self.person(claim)
        lang = language(asked, person.lang if person else None, accept)
        here = datetime.fromtimestamp(self.now() / 1000, book.zone)
        door: Literal["open", "group_chat", "left"] = "open"
        if person is None:
            door = "group_chat" if claim.mark == _NOBODY else "left"
        return Reader(
            Language(lang, book.currency, str(book.zone)), person.name if person else "", door, claim.expires,
            self._morning(person, here), self._in_units(),
        )  # fmt: skip

    def _in_units(self) -> bool:
        with self.store.read() as rows:
            return worth.is_in_units(rows)

    def names(self) -> dict[str, str]:
        """The name of each person by key."""
        return {key: person.name for key, person in self.book().people.items()}

    def answer(self, claim: Claim, group: Group, request: Request) -> Sequence[ActionResult | LowtideError]:
        """Do what a button says to the alerts that are chosen and that the message told; for each what became of it.

        The same request again is a retry and changes nothing. Raises ValueError if the link names nobody.
        """
        person = self.person(claim)
        if person is None:
            raise ValueError("a link without a person cannot answer")
        chosen = group.chosen(request.alert_ids)
        until = self._until(request.verb, person)
        key = _key(claim, request, until)
        verb = request.verb.partition("-")[0]
        end = None if until is None else round(until.timestamp() * 1000)
        return answer(
            self.store, verb, chosen, person.key, key, comment=request.comment, until=end, now=self.now()
        )

    def _until(self, verb: Verb, person: Person) -> datetime | None:
        """When a snooze ends, at a whole minute: two presses of a button mean the same."""
        here = datetime.fromtimestamp(self.now() / 1000, self.book().zone)
        if verb == "snooze-hour":
            return (here + timedelta(hours=1)).replace(second=0, microsecond=0)
        return self._morning(person, here) if verb == "snooze-morning" else None

    def _morning(self, person: Person | None, here: datetime) -> datetime:
        """The first working minute of the next working day of a person, at nine o'clock if the day begins at midnight."""
        nine = next_morning(here)
        if person is None:
            return nine
        calendar = self.book().person_calendar(person.key)
        midnight = nine.replace(hour=0)
        first = calendar.next_open(nine if calendar.is_open(midnight) else midnight)
        return nine if first is None else first.astimezone(here.tzinfo)


def beginning(notification: bytes) -> str:
    """The first 12 characters of the id whose hash begins with these 8 bytes: they are 60 of its 64 bits.

    >>> beginning(link.start("0123456789ABCDEFGHJK"))
    '0123456789AB'
    """
    bits = int.from_bytes(notification, "big") >> 4
    return "".join(_CROCKFORD[bits >> shift & 31] for shift in range(55, -1, -5))


def _key(claim: Claim, request: Request, until: datetime | None) -> str:
    """The caller's name for an answer: the same link, button, state of the page, comment and time give the same."""
    parts = (claim.token, request.verb, request.seen, request.comment, str(until or ""))
    return f"link:{hashlib.sha256(chr(31).join(parts).encode()).hexdigest()[:32]}"
