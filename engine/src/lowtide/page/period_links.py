"""The links that choose a period, and the sentence that says what it is compared with."""

from __future__ import annotations

from lowtide.page.ask import Ask
from lowtide.service.period import DAYS, Period
from lowtide.words import Language

Choice = tuple[str, str, bool]
"""The value in the address, its word, and whether it holds now."""


def period_of(ask: Ask) -> Period:
    """The period that the address names, on the desk's clock. Raises SettingsError."""
    return Period.of(ask.query, ask.context.moment(), str(ask.context.book().zone))


def periods(tell: Language, current: str, *, now: bool = False) -> list[Choice]:
    """The periods from a week to two years; with `now` also what is open now, whose value is empty."""
    first = [("", tell.say("view.period.now"), current == "")] if now else []
    return [*first, *((name, tell.say(f"view.period.{name}"), name == current) for name in DAYS)]


def choices(tell: Language, prefix: str, names: tuple[str, ...], current: str) -> list[Choice]:
    """The values of another choice, with the words `PREFIX.NAME`."""
    return [(name, tell.say(f"{prefix}.{name}"), name == current) for name in names]


def compared(period: Period, comparable: bool, tell: Language) -> str:
    """What the figures of a period are compared with."""
    if not comparable:
        return tell.say("view.not_compared")
    before = period.before
    return tell.say(
        "view.compared", days=tell.count(before.days, "day"), period=tell.period(before.first, before.last)
    )
