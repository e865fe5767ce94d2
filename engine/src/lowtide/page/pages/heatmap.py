"""The heat map: stores by categories; a cell leads to its alerts in the queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from lowtide.page.ask import Answer, Ask, Html, Page
from lowtide.page.csv_table import Cell as Value
from lowtide.page.csv_table import csv_table
from lowtide.page.period_links import period_of, periods
from lowtide.report.charts.heatmap import level
from lowtide.service.heatmap import OTHERS, Cell, Heatmap, Line, heatmap
from lowtide.words import Language

_WORST = 12
"""Cells of the list; on a phone it stands in place of the map."""
_NARROWED = ("type", "severity", "supplier", "region")
"""Columns by which the address may narrow the map."""


def view(ask: Ask) -> Answer:
    """The map of what is open now, or of the alerts that opened in a period."""
    period = period_of(ask) if ask.first("period") or ask.first("from") else None
    wanted = {name: tuple(ask.all(name)) for name in _NARROWED if ask.first(name)}
    found = heatmap(
        ask.context, ask.caller, "count" if ask.first("measure") == "count" else "loss", period, wanted
    )
    shown = Shown(found, ask.language, wanted)
    if ask.first("format") == "csv":
        return csv_table("heatmap", *shown.table(), raw=ask.raw)
    return Html("heatmap", {
        "found": found, "shown": shown, "periods": periods(ask.language, period.name if period else "", now=True),
        "measures": [(one, ask.language.say(f"view.heat.by_{one}"), one == found.measure) for one in ("loss", "count")],
    })  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """The map in the words of a reader."""

    found: Heatmap
    tell: Language
    wanted: dict[str, tuple[str, ...]]

    @property
    def most(self) -> float:
        """The largest value of a cell that has lines of its own."""
        return max((self._value(cell) for cell in self.found.cells if self._is_own(cell)), default=0.0)

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return [self.name(line) for line in self.found.columns]

    def rows(self) -> list[dict[str, Any]]:
        """Each store with its cells, None where there is no alert."""
        cells = {(cell.row, cell.column): cell for cell in self.found.cells}
        wide = range(len(self.found.columns))
        return [
            {
                "name": self.name(line), "id": line.value if line.name and line.value != OTHERS else "",
                "href": self._queue(line, None), "total": self.value_of(line),
                "cells": [self._cell(cells.get((place, column))) for column in wide],
            }
            for place, line in enumerate(self.found.rows)
        ]  # fmt: skip

    def worst(self) -> list[dict[str, Any]]:
        """The cells with the most, for a phone and for who wants the list."""
        own = [cell for cell in self.found.cells if self._is_own(cell) and self._value(cell) > 0]
        own.sort(key=lambda cell: (-self._value(cell), cell.row, cell.column))
        return [made for cell in own[:_WORST] if (made := self._cell(cell))]

    def sentence(self) -> str:
        """Where the most is at stake; empty if nothing is."""
        stores = [line for line in self.found.rows if line.value != OTHERS]
        if not stores or not self._line_value(stores[0]):
            return ""
        top = max(stores, key=self._line_value)
        place = self.found.rows.index(top)
        inside = [cell for cell in self.found.cells if cell.row == place]
        category = max(inside, key=self._value, default=None)
        return self.tell.say(
            "view.heat.most", store=self.name(top), value=self.value_of(top),
            category=self.name(self.found.columns[category.column]) if category else "–",
        )  # fmt: skip

    def sum(self) -> str:
        """All alerts together."""
        loss = "–" if self.found.loss is None else self._money(self.found.loss)
        return self.tell.say("view.heat.all", alerts=self.tell.count(self.found.alerts, "alert"), loss=loss)

    def name(self, line: Line) -> str:
        """What a store or a category is called."""
        if line.value == OTHERS:
            return self.tell.say("view.others", n=self.tell.number(line.members))
        return line.name or line.value or self.tell.say("view.unnamed")

    def value_of(self, line: Line) -> str:
        """The sum of a line, with its unit."""
        return self.exact(self._line_value(line))

    def exact(self, value: float) -> str:
        """A value with its unit."""
        if self.found.measure == "count":
            return self.tell.count(round(value), "alert")
        return self._money(value)

    def table(self) -> tuple[list[str], list[list[Value]]]:
        """Heads and rows of the file: one row a cell."""
        heads = [
            "location",
            "location_name",
            "category",
            "category_name",
            "alerts",
            "critical",
            "expected_loss",
        ]
        lines: list[list[Value]] = []
        for cell in self.found.cells:
            store, category = self.found.rows[cell.row], self.found.columns[cell.column]
            lines.append([
                "" if store.value == OTHERS else store.value, self.name(store),
                "" if category.value == OTHERS else category.value, self.name(category),
                cell.alerts, cell.critical, cell.loss,
            ])  # fmt: skip
        return heads, lines

    def _cell(self, cell: Cell | None) -> dict[str, Any] | None:
        if cell is None:
            return None
        store, category = self.found.rows[cell.row], self.found.columns[cell.column]
        value = self._value(cell)
        alerts = self.tell.count(cell.alerts, "alert")
        return {
            "text": self._short(value), "level": level(value, self.most), "store": self.name(store),
            "category": self.name(category), "value": self.exact(value), "alerts": alerts, "critical": cell.critical,
            "href": self._queue(store, category),
            "title": self.tell.say(
                "view.heat.cell", store=self.name(store), category=self.name(category), value=self.exact(value),
                alerts=alerts,
            ),
        }  # fmt: skip

    def _queue(self, store: Line, category: Line | None) -> str:
        """The queue of a cell or of a store; the others have no address of their own."""
        if OTHERS in (store.value, category.value if category else ""):
            return ""
        query = {
            "scope": ["all"],
            "location": [store.value],
            **({"category": [category.value]} if category else {}),
        }
        return f"/queue?{urlencode({**query, **self.wanted}, doseq=True)}" if store.value else ""

    def _is_own(self, cell: Cell) -> bool:
        return OTHERS not in (self.found.rows[cell.row].value, self.found.columns[cell.column].value)

    def _value(self, cell: Cell) -> float:
        return float(cell.alerts if self.found.measure == "count" else cell.loss or 0)

    def _line_value(self, line: Line) -> float:
        return float(line.alerts if self.found.measure == "count" else line.loss or 0)

    def _short(self, value: float) -> str:
        if self.found.measure == "count" or value == 0 or value >= 100:
            return self.tell.short(round(value)) if value >= 10_000 else self.tell.number(value)
        return "<0.01" if 0 < value < 0.005 else self.tell.number(value, 1 if value >= 1 else 2)

    def _money(self, value: float) -> str:
        if self.found.in_units:
            return self.tell.say("units_of", n=self.tell.number(value, 1))
        return self.tell.money(value)


PAGES = (Page("/heatmap", "heatmap", view),)
