"""A whole log under the signs."""

import json
from dataclasses import dataclass, field

from tests.model.log import Log
from tests.model.signs.shelf import Shelf
from tests.model.signs.silence import Silences
from tests.model.signs.values import Values
from tests.model.wire import Record


@dataclass
class SignLog(Log):
    """The model of a log, with the rhythm of its feeds beside the positions."""

    silences: Silences | None = None

    def take(self, record: Record) -> None:
        if self.silences is not None:
            clock = max(self.clock, record.event_time)
            self.silences.record(clock, record.kind, record.location, record.source)
        super().take(record)


@dataclass
class Told:
    """One entry of an alert."""

    when: int
    type: str
    position: tuple[str, str]
    entry: str
    severity: str
    cause: tuple[str, str] | None
    numbers: dict = field(default_factory=dict)


def entries(records: list[dict], values: Values) -> list[Told]:
    """What the model tells of these records in this order of arrival."""
    told: list[tuple] = []
    silences = (
        Silences(values.silent_records, values.silent_least) if "silent_feed" in values.look_for else None
    )
    log = SignLog(
        values.stock,
        watch=lambda position: Shelf(values, position, told, silences=silences),
        silences=silences,
    )
    for offset, record in enumerate(records):
        log.line(offset, json.dumps(record, ensure_ascii=False).encode())
    log.finish()
    of_feeds = [
        Told(when, "silent_feed", (location, f"source:{source}"), entry, "critical", None)
        for when, entry, location, source in (silences.feeds.told if silences else [])
    ]
    return [Told(*one) for one in told] + of_feeds
