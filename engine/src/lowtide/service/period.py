"""The days that a figure is about, and the same number of days before them, in the zone of the people file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from lowtide.errors import SettingsError
from lowtide.service.answer import Answer

DAYS: Mapping[str, int] = {"week": 7, "month": 28, "quarter": 91, "half": 182, "year": 364, "two_years": 728}
"""Whole weeks, so that two periods have the same weekdays."""
USUAL = "month"
_EARLIEST, _LATEST = date(1950, 1, 1), date(2199, 12, 31)


@dataclass(frozen=True)
class Period(Answer):
    """From the start of `first` to the end of `last`, both days included."""

    name: str
    """week, month, quarter, half, year or two_years; `days`: named by its days."""
    first: date
    last: date
    zone: str

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> Period:
        """As many days, just before."""
        return Period(
            self.name, self.first - timedelta(days=self.days), self.first - timedelta(days=1), self.zone
        )

    @property
    def start(self) -> datetime:
        """The first moment."""
        return datetime(self.first.year, self.first.month, self.first.day, tzinfo=ZoneInfo(self.zone))

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        after = self.last + timedelta(days=1)
        return datetime(after.year, after.month, after.day, tzinfo=ZoneInfo(self.zone))

    @classmethod
    def of(cls, query: Mapping[str, Sequence[str]], clock: datetime, zone: str) -> Period:
        """`period=month`, or `from=2026-11-01` and `to=2026-11-30`; a named one ends with the day of `clock`.

        Raises SettingsError, which names the field.
        """
        first, last = (_day(query, name) for name in ("from", "to"))
        today = clock.astimezone(ZoneInfo(zone)).date()
        if first or last:
            last = last or today
            first = first or last
            if first > last:
                raise SettingsError(
                    f"`from`: {first} is after `to`: {last}", "Give the earlier day as `from`."
                )
            if (last - first).days >= DAYS["two_years"] + 31:
                raise SettingsError("`from`: more than two years before `to`", "Give at most two years.")
            return cls("days", first, last, zone)
        name = next((text for text in query.get("period", ()) if text), USUAL)
        if name not in DAYS:
            raise SettingsError(f"`period`: there is no `{name}`", f"Write one of {', '.join(DAYS)}.")
        return cls(name, today - timedelta(days=DAYS[name] - 1), today, zone)


def _day(query: Mapping[str, Sequence[str]], name: str) -> date | None:
    text = next((text for text in query.get(name, ()) if text), "")
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise SettingsError(f"`{name}`: `{text}` is not a day", f"Write `{name}=2026-11-30`.") from None
    if not _EARLIEST <= day <= _LATEST:  # the days before and after a period are days too
        raise SettingsError(
            f"`{name}`: `{text}` is too far away", f"Write a day from {_EARLIEST} to {_LATEST}."
        )
    return day
