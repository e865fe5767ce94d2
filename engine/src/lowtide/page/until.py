"""Until when a snooze of a button lasts: an hour, or the next working morning of the person."""

from __future__ import annotations

from datetime import datetime, timedelta

from lowtide.errors import SettingsError
from lowtide.page.ask import Ask
from lowtide.page.view import next_morning


def of(ask: Ask, verb: str) -> int:
    """The end of `snooze-hour`, `snooze-morning` or `snooze` with the field `until` (a local time of the page), in ms."""
    here = datetime.fromtimestamp(ask.context.now() / 1000, ask.context.book().zone)
    if verb == "snooze-morning":
        return round(morning(ask).timestamp() * 1000)
    if verb == "snooze-hour":
        return round((here + timedelta(hours=1)).replace(second=0, microsecond=0).timestamp() * 1000)
    try:
        asked = datetime.fromisoformat(ask.first("until"))
        return round((asked if asked.tzinfo else asked.replace(tzinfo=here.tzinfo)).timestamp() * 1000)
    except (ValueError, OverflowError):  # the first day of all has no time of the earth
        raise SettingsError("`until` is not a time", "Write one such as 2026-12-01T09:00.") from None


def morning(ask: Ask) -> datetime:
    """The first working minute of the person's next working day; nine o'clock where a day begins at midnight."""
    book = ask.context.book()
    here = datetime.fromtimestamp(ask.context.now() / 1000, book.zone)
    nine = next_morning(here)
    if ask.caller.person not in book.people:
        return nine
    calendar = book.person_calendar(ask.caller.person or "")
    midnight = nine.replace(hour=0)
    first = calendar.next_open(nine if calendar.is_open(midnight) else midnight)
    return nine if first is None else first.astimezone(here.tzinfo)


def morning_text(ask: Ask) -> str:
    """That morning as a button says it: `Tue 09:00`."""
    at = morning(ask)
    return f"{ask.language.say(f'weekday.{at.weekday()}')} {at:%H:%M}"
