"""The days of a back-test: whole days in UTC, both included, as those of a report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from lowtide.errors import SettingsError


@dataclass(frozen=True)
class Period:
    """From the first to the last day; None: from where the history begins, or to where it ends.

    >>> Period(date(2026, 11, 1), date(2026, 11, 30)).end
    1796083200000
    """

    first: date | None = None
    last: date | None = None

    def __post_init__(self) -> None:
        if self.first is not None and self.last is not None and self.first > self.last:
            raise SettingsError(
                f"the period ends ({self.last}) before it begins ({self.first})",
                "Exchange `--from` and `--to`.",
            )

    @property
    def start(self) -> int | None:
        """The first midnight, in ms since 1970 UTC."""
        return None if self.first is None else _midnight(self.first)

    @property
    def end(self) -> int | None:
        """The midnight after the last day, in ms since 1970 UTC: not part of the period."""
        return None if self.last is None else _midnight(self.last + timedelta(days=1))

    def within(self, since: int, clock: int) -> Period:
        """The days of it that a history from `since` to `clock` (ms since 1970 UTC) has: both ends are known."""
        return Period(self.first or _day(since), self.last or max(_day(clock), self.first or date.min))

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            name: None if day is None else day.isoformat()
            for name, day in (("first", self.first), ("last", self.last))
        }

    @classmethod
    def of_dict(cls, values: dict[str, Any]) -> Period:
        """The period that `to_dict` gave."""
        return cls(
            *(
                None if values[name] is None else date.fromisoformat(values[name])
                for name in ("first", "last")
            )
        )


def _midnight(day: date) -> int:
    return round(datetime.combine(day, time(), UTC).timestamp() * 1000)


def _day(ms: int) -> date:
    return datetime.fromtimestamp(ms / 1000, UTC).date()
