"""For whom the alerts would have been, and how many an hour of work that is: by the routes of a file of people.

Routes alone decide here, at the time at which an alert opens. `lowtide people simulate` says how a desk would have put them
together to messages, with groups, budget and quiet hours.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from lowtide.desk.clock import aware
from lowtide.desk.decide.case import facts
from lowtide.desk.history.episodes import Episode
from lowtide.desk.history.simulation import TOLD, most_in_an_hour, owner_hours
from lowtide.people import Book
from lowtide.rows import Row

if TYPE_CHECKING:
    from lowtide.desk.store import Row as StoreRow


@dataclass(frozen=True)
class Load:
    """What one owner would have got in the period."""

    person: str
    hours: float
    """Hours of the person's calendar within the period."""
    alerts: int
    pushes: int
    """Those of them that are pushed: they were a warning or critical. A group of them may be one message."""
    most: int
    """The most pushes within 60 minutes."""
    loss: float
    """Expected loss of the alerts, each at its greatest."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        an_hour = round(self.pushes / self.hours, 4) if self.hours else None
        return {**self.__dict__, "pushes_an_hour": an_hour}


def owners(book: Book, found: Sequence[Episode], first: Mapping[str, Row]) -> dict[str, str]:
    """The owner of each alert by its id; `first` has its first entry, as the desk reads it."""
    return {
        one.alert_id: book.assign(facts(cast("StoreRow", first[one.alert_id])), aware(one.opened_at)).person
        for one in found
    }


def loads(book: Book, found: Sequence[Episode], owned: Mapping[str, str], start: int, end: int) -> list[Load]:
    """What each owner would have got of the alerts that opened in the period, most pushes first."""
    alerts: Counter[str] = Counter()
    loss: dict[str, float] = defaultdict(float)
    pushed: dict[str, list[int]] = defaultdict(list)
    for one in found:
        if one.opened_at < start:
            continue
        person = owned[one.alert_id]
        alerts[person] += 1
        loss[person] += one.loss or 0.0
        if one.severity in TOLD:
            pushed[person].append(one.opened_at)
    made = [
        Load(
            person, owner_hours(book, person, start, end), count, len(pushed[person]), most_in_an_hour(pushed[person]),
            round(loss[person], 2),
        )
        for person, count in alerts.items()
    ]  # fmt: skip
    return sorted(made, key=lambda one: (-one.pushes, one.person))
