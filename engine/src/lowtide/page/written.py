"""How values are written on a page: times as elements, amounts with their unit, a person by name.

A template has one of these as `w`; what it returns is escaped or markup of ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from lowtide.words import Language

_DAY_MIN = 1440.0


@dataclass(frozen=True)
class Written:
    """Writes values for one reader."""

    tell: Language
    now: int
    """The desk's clock: milliseconds since 1970 UTC. A time of today is written without its date."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Names of persons by key."""
    in_units: bool = False
    """The catalogue has no prices, so a worth is in units."""

    def time(self, at: int | datetime | str | None) -> Markup:
        """A moment in the reader's zone; its date only where it is not today."""
        if at is None:
            return _dash()
        moment = at if isinstance(at, datetime) else _moment(at)
        here, today = moment.astimezone(self._zone), _moment(self.now).astimezone(self._zone)
        clock = f"{here:%H:%M}"
        text = clock if here.date() == today.date() else f"{self._day(here, today)} {clock}"
        return Markup('<time datetime="{}" title="{}">{}</time>').format(
            f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", self.tell.instant(moment), text
        )

    def day(self, at: int | datetime | str | None) -> Markup:
        """The day of a moment in the reader's zone."""
        if at is None:
            return _dash()
        moment = at if isinstance(at, datetime) else _moment(at)
        here = moment.astimezone(self._zone)
        text = self._day(here, _moment(self.now).astimezone(self._zone))
        return Markup('<time datetime="{}">{}</time>').format(f"{here:%Y-%m-%d}", text)

    def is_past(self, at: int | None) -> bool:
        """Whether a moment lies on an earlier day of the reader."""
        if at is None:
            return False
        return _moment(at).astimezone(self._zone).date() < _moment(self.now).astimezone(self._zone).date()

    def ago(self, at: int | None) -> str:
        """How long ago a moment was: `3.2 h`; or how long until it is."""
        return "–" if at is None else self.length(abs(self.now - at))

    def length(self, ms: float | None) -> str:
        """A length of time, given in milliseconds."""
        return "–" if ms is None else self.tell.duration(ms / 60_000)

    def money(self, value: float | Decimal | str | None) -> str:
        """An amount in the currency of the book."""
        return "–" if value is None else self.tell.money(_number(value))

    def worth(self, value: float | Decimal | str | None) -> str:
        """An expected loss: money, or units where the catalogue has no prices; `not known` for None."""
        if value is None:
            return self.tell.say("frame.worth_unknown")
        if self.in_units:
            return self.tell.say("units_of", n=self.tell.number(_number(value), 1))
        return self.tell.money(_number(value))

    def units(self, value: float | Decimal | str | None) -> str:
        """Units of stock."""
        return "–" if value in (None, "") else self.tell.units(_number(value or 0))

    def rate(self, value: float | Decimal | str | None) -> str:
        """Units a day: one decimal, two below one a day."""
        if value in (None, ""):
            return "–"
        number = float(value or 0)
        return self.tell.units(round(number, 1 if number >= 1 else 2))

    def chance(self, share: float | None) -> str:
        """A chance or a share of one in whole per cent; `<1%` and `>99%` where rounding would lie."""
        if share is None:
            return "–"
        if 0 < share < 0.01:
            return "<1%"
        return ">99%" if 0.99 < share < 1 else self.tell.share(share, 0)

    def person(self, key: str | None) -> str:
        """The name of a person; the key itself where nobody has it any more."""
        return self.names.get(key, key) if key else self.tell.say("nobody")

    def typed(self, text: str) -> Markup:
        """Backticks around what one types become code; everything else is escaped."""
        return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.tell.zone)

    def _day(self, here: datetime, today: datetime) -> str:
        if here.year == today.year:
            return self.tell.tick(here.date())
        return self.tell.date_of(here)


def _moment(at: int | str) -> datetime:
    if isinstance(at, int):
        return datetime.fromtimestamp(at / 1000, UTC)
    found = datetime.fromisoformat(at)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _number(value: float | Decimal | str) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _dash() -> Markup:
    return Markup("–")
