"""Days of a shop's own: a file in YAML (`holidays:`, `workdays:`) or in ICS, as calendars are published."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from lowtide import strict

_WORKS = re.compile(r"\u73ed|(?i:\bwork(ing)?[ -]?day\b)")
"""What the title of an event says if people work on that day; the first is the Chinese word for a shift."""
_ROOT = "days of your own are a mapping with `holidays:` and `workdays:`"
_LONGEST = 60


def days(path: Path) -> dict[date, bool]:
    """The days of a file: True for a working day, False for a holiday. Raises ValueError, OSError."""
    text = path.read_text(encoding="utf-8-sig")
    return _of_ics(text) if text.lstrip().startswith("BEGIN:VCALENDAR") else _of_yaml(text)


def _of_yaml(text: str) -> dict[date, bool]:
    try:
        value = strict.document(text, _ROOT, lambda path: len(path) > 1).value
    except strict.YamlFault as fault:
        raise ValueError(f"line {fault.place[0]}: {fault.message}") from None
    unknown = set(value) - {"holidays", "workdays"}
    if unknown or not all(isinstance(texts, list) for texts in value.values()):
        raise ValueError(f"{_ROOT}, each a list of days such as 2026-10-01")
    return {
        _day(text): name == "workdays" for name in ("holidays", "workdays") for text in value.get(name, ())
    }


def _day(text: Any) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise ValueError(f"write days such as 2026-10-01 (it is `{text}`)") from None


def _of_ics(text: str) -> dict[date, bool]:
    """The events of whole days; the day of DTEND is not part of its event."""
    found: dict[date, bool] = {}
    lines = re.sub(r"\r?\n[ \t]", "", text).splitlines()
    event: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        name = name.partition(";")[0].upper()
        if (name, value) == ("BEGIN", "VEVENT"):
            event = {}
        elif (name, value) == ("END", "VEVENT"):
            found |= _of_event(event)
        else:
            event[name] = value
    return found


def _of_event(event: dict[str, str]) -> dict[date, bool]:
    title = event.get("SUMMARY", "")
    try:
        first = date.fromisoformat(event["DTSTART"][:8])
        after = date.fromisoformat(event["DTEND"][:8]) if "DTEND" in event else first + timedelta(days=1)
    except (KeyError, ValueError):
        raise ValueError(f"the event `{title}` has no DTSTART of a whole day, such as 20261001") from None
    if not 0 < (after - first).days <= _LONGEST:
        raise ValueError(f"the event `{title}` lasts from {first} to {after}: at most {_LONGEST} days")
    works = _WORKS.search(title) is not None
    return {first + timedelta(days=number): works for number in range((after - first).days)}
