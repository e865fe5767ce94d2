"""One alert as one line: what · where · chance · money · what to do · until when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation

from lowtide.notify.foreign import harmless
from lowtide.notify.message import Line, Message, Order, Section
from lowtide.words import Language

_OF_SALES = ("sales_spike", "sales_drought", "level_shift")
"""Alerts of which a line says what the item sells."""
_OF_STOCK = (
    "phantom_stock", "transfer_mismatch", "count_variance", "overstock", "slow_moving", "dead_stock", "expiring",
    "process_hole",
)  # fmt: skip
"""Alerts of which it says what there is."""


class Pen:
    """Writes the lines of one message in its language, currency and zone."""

    def __init__(self, message: Message) -> None:
        self.language = Language(message.lang, harmless(message.currency, 8))
        self._message = message
        self._is_over = message.reason == "ALL_ENDED"
        self._mixed = len({line.type for line in message.lines}) > 1 or bool(message.sections)

    def line(self, line: Line) -> str:
        """The line of one alert. Of one that has ended it says which it was, and nothing that is to be done."""
        parts = [
            named(self.language, line.sku, line.sku_name),
            named(self.language, line.location, line.location_name),
            self.language.word("type", harmless(line.type)) if self._mixed else "",
        ]
        if not self._is_over:
            parts += [
                self._standing(line),
                self.worth(line.worth, alone=True),
                self._todo(line),
                self._due(line),
            ]
        return " · ".join(filter(None, parts))

    def order(self, order: Order) -> str:
        """The line of a list of proposals: what, from where to where, how many lines, money, what to do until when."""
        say, kind = self.language.say, self.language.word("kind", harmless(order.kind))
        source = harmless(order.from_location) or named(self.language, order.supplier, order.supplier_name)
        parts = [
            kind,
            " → ".join(filter(None, [source, named(self.language, order.location, order.location_name)])),
            self.language.count(order.lines, "line"),
            "" if order.cost is None else say("message.order_cost", cost=self.language.money(order.cost)),
            "" if order.worth is None else say("message.order_avoids", worth=self.worth(order.worth)),
            say(f"message.order.{order.state}"),
            "" if order.cut_off is None or order.state not in ("proposed", "submitted")
            else say("message.order_until", time=self._time(order.cut_off)),
        ]  # fmt: skip
        return " · ".join(filter(None, parts))

    def rest(self, count: int, lines: Sequence[Line], shown: int, beyond: float | None) -> str:
        """What is counted and not shown: how many, and the sum of those whose worth is known. Empty: all are shown."""
        hidden = count - min(shown, len(lines))
        if hidden <= 0:
            return ""
        known = [worth for worth in (beyond, *(line.worth for line in lines[shown:])) if worth is not None]
        number = self.language.number(hidden)
        if not known or self._is_over:
            return self.language.say("message.rest", n=number)
        return self.language.say("message.rest_worth", n=number, worth=self.worth(sum(known)))

    def heading(self, section: Section) -> str:
        """The heading of a section: its name, how many, what they are worth."""
        key = f"message.section.{section.name}"
        name = self.language.say(key) if self.language.has(key) else harmless(section.name)
        if section.rows:
            return name
        n = self.language.number(section.count)
        if section.worth is None:
            return self.language.say("message.section", name=name, n=n)
        return self.language.say("message.section_worth", name=name, n=n, worth=self.worth(section.worth))

    def worth(self, worth: float | None, *, alone: bool = False) -> str:
        """An expected loss, in money or units; `alone` says also that it is a loss."""
        if worth is None:
            return self.language.say("message.worth_unknown")
        in_units = self._message.worth_in_units
        text = (
            self.language.say("units_of", n=self.language.units(round(worth, 1)))
            if in_units
            else self.language.money(worth)
        )
        return self.language.say("message.loss", worth=text) if alone else text

    def _standing(self, line: Line) -> str:
        say = self.language.say
        if line.type == "out_of_stock":
            return say("message.empty")
        if line.type == "negative_stock":
            return say("message.record", n=self._units(line.available))
        if line.type in _OF_SALES:
            return say("message.sells", n=self._units(line.demand_per_day))
        if line.type == "silent_feed":
            return say("message.quiet")
        if line.type in _OF_STOCK:
            return say("message.available", n=self._units(line.available))
        if line.p_stockout is not None:
            return self._chance(line.p_stockout, line.stockout_day)
        return (
            say("message.late")
            if line.type == "overdue_supply"
            else say("message.available", n=self._units(line.available))
        )

    def _chance(self, share: float, day: int | None) -> str:
        p = self.language.chance(share)
        if day is None:
            return self.language.say("message.chance", p=p)
        near = {1: "today", 2: "tomorrow"}
        when = self.language.say(near[day]) if day in near else self.language.say("in_days", n=day - 1)
        return self.language.say("message.chance_when", p=p, when=when)

    def _todo(self, line: Line) -> str:
        key = f"message.do.{line.type}"
        return self.language.say(key) if self.language.has(key) else ""

    def _due(self, line: Line) -> str:
        if line.due is None:
            return ""
        due = self.language.say("message.due", time=self._time(line.due))
        return due if line.due_confirmed else due + self.language.say("message.unconfirmed")

    def _time(self, time: datetime) -> str:
        here = time.astimezone(self._message.at.tzinfo)
        clock = f"{here:%H:%M}"
        same = here.date() == self._message.at.date()
        return clock if same else f"{self.language.day(here.date(), year=False)} {clock}"

    def _units(self, text: str) -> str:
        try:
            return self.language.units(Decimal(text))
        except InvalidOperation:
            return harmless(text)


def named(language: Language, key: str, name: str) -> str:
    """An id with its name, both made harmless."""
    return language.named(harmless(key), harmless(name) or None)
