"""What would have become of a period: who heard what and what nobody heard, and two of them beside each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Load:
    """What one person would have got."""

    person: str
    hours: float
    """Hours of the person's calendar within the period."""
    pushes: int
    most: int
    """Pushes within the worst 60 minutes."""
    digests: int
    owned: int
    """Alerts that were the person's."""
    worth: float
    """Expected loss of the alerts that a push named."""

    @property
    def an_hour(self) -> float | None:
        """Pushes an hour of the calendar; None: the calendar has no hour within the period."""
        return round(self.pushes / self.hours, 3) if self.hours else None

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {**self.__dict__, "an_hour": self.an_hour}


@dataclass(frozen=True)
class Untold:
    """An alert that would have deserved a push and was in no message."""

    alert_id: str
    type: str
    severity: str
    location: str
    sku: str
    name: str
    owner: str
    opened_at: int
    worth: float | None

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return dict(self.__dict__)


@dataclass(frozen=True)
class Simulation:
    """One file of people over one period."""

    version: str
    start: int
    end: int
    loads: tuple[Load, ...]
    alerts: int
    """Alerts that were a warning or critical within the period."""
    told: int
    worth: float
    """Their expected loss, each at its greatest."""
    worth_told: float
    untold: tuple[Untold, ...]
    """Those that no message named, dearest first."""
    owners: Mapping[str, str] = field(repr=False)

    @property
    def pushes(self) -> int:
        """Messages to all persons, without digests."""
        return sum(load.pushes for load in self.loads)

    @property
    def hours(self) -> float:
        """Hours of the calendars of those who owned an alert or got a push."""
        return sum(load.hours for load in self.loads)

    def to_dict(self, samples: int = 20) -> dict[str, Any]:
        """As JSON, with the dearest untold alerts."""
        return {
            "version": self.version, "from": self.start, "to": self.end, "pushes": self.pushes,
            "owner_hours": round(self.hours, 2),
            "pushes_an_owner_hour": round(self.pushes / self.hours, 4) if self.hours else None,
            "alerts": self.alerts, "told": self.told, "worth": round(self.worth, 2),
            "worth_told": round(self.worth_told, 2), "untold": len(self.untold),
            "worth_untold": round(sum(one.worth or 0.0 for one in self.untold), 2),
            "people": [load.to_dict() for load in self.loads],
            "untold_first": [one.to_dict() for one in self.untold[:samples]],
        }  # fmt: skip


def difference(before: Simulation, after: Simulation, samples: int = 20) -> dict[str, Any]:
    """Two files over the same period, as JSON: figures of both, and the alerts that change hands or that nobody hears of."""
    both = before.owners.keys() & after.owners.keys()
    moved = sorted(one for one in both if after.owners[one] != before.owners[one])
    heard = {one.alert_id for one in before.untold}
    lost = [one for one in after.untold if one.alert_id not in heard]
    silent = {one.alert_id for one in after.untold}
    gained = [one for one in before.untold if one.alert_id not in silent]
    hands: Counter[tuple[str, str]] = Counter(
        (before.owners.get(one, ""), after.owners[one]) for one in moved
    )
    return {
        "before": before.to_dict(samples), "after": after.to_dict(samples), "changed_owner": len(moved),
        "changes_of_owner": [
            {"from": old, "to": new, "alerts": count} for (old, new), count in sorted(hands.items(), key=lambda one: -one[1])
        ],
        "changed_first": moved[:samples],
        "told_no_more": len(lost), "told_no_more_first": [one.to_dict() for one in lost[:samples]],
        "told_now": len(gained), "told_now_first": [one.to_dict() for one in gained[:samples]],
    }  # fmt: skip
