"""When a person leaves, nothing is lost in silence: open alerts of persons whom the file no longer names get new owners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lowtide.actions import ActionResult, act_many
from lowtide.errors import LowtideError
from lowtide.people import Book
from lowtide.warehouse import Warehouse
from lowtide.warehouse.alert_facts import AlertFacts, owned_alerts


@dataclass(frozen=True)
class Handover:
    """One alert that goes from a person whom the file does not name to the one whom its route names."""

    alert: AlertFacts
    to: str

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {"alert_id": self.alert.alert_id, "from": self.alert.owner, "to": self.to}


def handovers(warehouse: Warehouse, book: Book, at: datetime) -> list[Handover]:
    """The open alerts whose owner the book does not know, with the person who is on duty for each."""
    return [
        Handover(alert, book.assign(alert.facts, at).person)
        for alert in owned_alerts(warehouse)
        if alert.owner not in book.people
    ]


def hand_over(
    warehouse: Warehouse, alerts: Sequence[Handover], actor: str
) -> list[ActionResult | LowtideError]:
    """Write an ASSIGNED entry for each, by `actor`; the same again at once writes nothing new."""
    results: list[ActionResult | LowtideError] = []
    for person in sorted({one.to for one in alerts}):
        ids = [one.alert.alert_id for one in alerts if one.to == person]
        results += act_many(warehouse, ids, "assign", actor, owner=person)
    return results
