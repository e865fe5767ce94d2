"""Numbers, money, times and sentences as a reader of English or of Chinese writes them.

>>> en, zh = Language("en", "EUR"), Language("zh")
>>> en.money(Decimal("4310.5")), zh.number(-1234.5, 1), en.share(0.9421), zh.short(120_000)
('4,311 EUR', '−1,234.5', '94.2%', '12万')
>>> Language("en", zone="Europe/Paris").instant("2026-11-22T08:30:00.000Z")
'22 Nov 2026 09:30 Europe/Paris'
>>> en.duration(200), zh.duration(200), en.day(date(2026, 11, 22)), zh.day(date(2026, 11, 22))
('3.3 h', '3.3 小时', '22 November 2026', '2026年11月22日')

The locale of the machine does not matter: the same page comes out everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from pathlib import PurePath
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from lowtide.ledger import FEED, WHOLE_LOCATION
from lowtide.rows import shortest
from lowtide.words.visible import visible

Lang = Literal["en", "zh"]
LANGUAGES: tuple[Lang, ...] = get_args(Lang)
"""The languages, in the order of the columns of each table."""

Number = int | float | Decimal
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_ANY_SIZE = Context(prec=400)
"""Digits of the largest float, and those behind the point."""
_SIGNS = "€$£¥₹₩₺₽฿"


@dataclass(frozen=True)
class Language:
    """One language, the currency of amounts ('' if it is not known), and the zone of times."""

    lang: Lang
    currency: str = ""
    zone: str = "UTC"
    """The time zone in which times are written."""

    def say(self, key: str, /, **values: object) -> str:
        """A sentence with its gaps filled. Raises KeyError if no table has the key, or a gap has no value.

        What fills a gap may come from outside: it stays on the line, and what is hidden in it is written out.
        """
        text = _tables()[key][LANGUAGES.index(self.lang)]
        return text.format(**{gap: _shown(value) for gap, value in values.items()}) if values else text

    def help(self, sentence: str) -> str:
        """A sentence of the help of a command, given in English; the sentence itself if there is no other."""
        if self.lang == "en":
            return sentence
        from lowtide.words.help import HELP

        return HELP.get(sentence, sentence)

    def refusal(self, message: str, hint: str = "") -> str:
        """Why something was refused and what to do, as whole sentences; an error is raised in English.

        >>> Language("zh").refusal("there is no proposal `P1`"), Language("en").refusal("it is closed", "Reopen it.")
        ('没有建议单 `P1`。', 'it is closed. Reopen it.')
        """
        said = [one.strip().rstrip(".。") for one in (message, hint) if one.strip()]
        if self.lang == "en":
            return " ".join(one if one.endswith("?") else f"{one}." for one in said)
        from lowtide.words.refusals import chinese

        known = [chinese(one, self.word) for one in said]
        if None in known:
            return self.say("refusal.english", text=Language("en").refusal(message, hint))
        ended = [str(one).rstrip("。") for one in known]
        return "".join(one if one.endswith("？") else f"{one}。" for one in ended)

    def because(self, text: str) -> str:
        """Why a message was not sent: the word for a reason, the sentence for what a target said, else the text itself.

        >>> Language("zh").because("QUIET"), Language("zh").because("given up: the robot is switched off")
        ('处于该人员的免打扰时段', '已放弃：机器人已停用')
        """
        if self.lang == "en" or self.has(f"because.{text}"):
            return self.word("because", text)
        from lowtide.words.refusals import chinese

        return chinese(text, self.word) or text

    def has(self, key: str) -> bool:
        """Whether a table has the key."""
        return key in _tables()

    def word(self, subject: str, key: str) -> str:
        """The word for a value of a column, as `word("severity", "watch")`; the value itself if it has no word."""
        name = f"{subject}.{key}"
        return self.say(name) if self.has(name) else visible(key)

    def named(self, key: str, name: str | None) -> str:
        """An id with its name, if it has one: `Banana (6901)`. A feed stands in the place of a SKU: `source till-7`."""
        if key == WHOLE_LOCATION:
            return self.say("feed.all")
        if key.startswith(FEED):
            return self.say("feed.one", source=visible(key.removeprefix(FEED)))
        return self.say("named", name=name, id=key) if name else visible(key)

    def count(self, number: int, noun: str) -> str:
        """A number and its noun, one or many: `count(1, "alert")` is `1 alert`."""
        return self.say(f"{noun}.{'one' if number == 1 else 'many'}", n=self.number(number))

    def number(self, value: Number, digits: int = 0) -> str:
        """Thousands apart, halves up, a real minus sign; `∞` and `?` for what a float holds that is not a number."""
        given = Decimal(str(value))
        if not given.is_finite():
            return "?" if given.is_nan() else "∞" if given > 0 else "−∞"
        exact = given.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, _ANY_SIZE)
        return f"{exact or abs(exact):,f}".replace("-", "−")

    def units(self, value: Number) -> str:
        """Units of stock, with as many decimals as there are, at most three."""
        return shortest(self.number(value, 3))

    def short(self, value: Number) -> str:
        """A round number on an axis."""
        steps: tuple[tuple[float, str], ...] = (
            ((1e8, "亿"), (1e4, "万")) if self.lang == "zh" else ((1e6, "m"), (1e3, "k"))
        )
        for size, name in steps:
            if float(value) >= size:
                return f"{float(value) / size:.4g}{name}"
        return f"{float(value):g}"

    def share(self, value: Number, digits: int = 1) -> str:
        """A share of one as per cent."""
        return f"{self.number(Decimal(str(value)) * 100, digits)}%"

    def chance(self, share: float) -> str:
        """A chance in per cent, with more digits where it is small: `72.9 %`, `0.012 %`."""
        value = 100 * share
        return f"{value:.1f} %" if value >= 0.1 or value == 0 else f"{value:.2g} %"

    def amount(self, value: Number) -> str:
        """An amount without its currency; cents only where they matter."""
        return self.number(value, 0 if abs(float(value)) >= 1000 else 2)

    def money(self, value: Number) -> str:
        """An amount with its currency, if that is known."""
        text = self.amount(value)
        if not self.currency:
            return text
        return f"{self.currency}{text}" if self.currency in _SIGNS else f"{text} {self.currency}"

    def duration(self, minutes: Number) -> str:
        """A length of time in its own unit: minutes, hours or days."""
        value = float(minutes)
        if value < 90:
            return self.say("minutes", n=self.number(value))
        if value < 48 * 60:
            return self.say("hours", n=shortest(self.number(value / 60, 1)))
        return self.say("days_long", n=shortest(self.number(value / 1440, 1)))

    def day(self, day: date, *, year: bool = True) -> str:
        """A date in full."""
        if self.lang == "zh":
            return f"{day.year}年{day.month}月{day.day}日" if year else f"{day.month}月{day.day}日"
        return f"{day.day} {_MONTHS[day.month - 1]}{f' {day.year}' if year else ''}"

    def tick(self, day: date) -> str:
        """A date under an axis."""
        return f"{day.month}/{day.day}" if self.lang == "zh" else f"{day.day} {_MONTHS[day.month - 1][:3]}"

    def instant(self, time: datetime | str, *, zone: bool = True) -> str:
        """A date and the time of day in the zone of the reader, with its name unless that stands elsewhere."""
        here = self._here(time)
        return f"{self._short_day(here)} {here:%H:%M}{f' {self.zone}' if zone else ''}"

    def date_of(self, time: datetime | str) -> str:
        """The date of a time in the zone of the reader."""
        return self._short_day(self._here(time))

    def _short_day(self, day: date) -> str:
        return self.day(day) if self.lang == "zh" else f"{day.day} {_MONTHS[day.month - 1][:3]} {day.year}"

    def _here(self, time: datetime | str) -> datetime:
        """A time in the zone of the reader; a time without a zone is in UTC."""
        instant = datetime.fromisoformat(time) if isinstance(time, str) else time
        known = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
        return known.astimezone(ZoneInfo(self.zone))

    def period(self, first: date, last: date) -> str:
        """Both days included."""
        if first == last:
            return self.day(first)
        gap = "–" if self.lang == "en" else "至"
        start = self.day(first, year=first.year != last.year)
        if self.lang == "zh":
            start, end = self.day(first), self.day(last, year=first.year != last.year)
            return f"{start}{gap}{end}"
        return f"{start} {gap} {self.day(last)}"


@cache
def _tables() -> dict[str, tuple[str, str]]:
    """All sentences; a help in English needs none of them."""
    from lowtide.words.tables import TEXT

    return TEXT


def _shown(value: object) -> object:
    """A value as a sentence shows it; numbers and dates are written by the sentence itself."""
    if isinstance(value, str):
        return visible(value)
    return visible(str(value)) if isinstance(value, PurePath | Exception) else value
