"""Which rules a guessed map needs: one for rows of one kind, several where signs, days, directions or places differ."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lowtide.map.guess.columns import QUANTITIES, Columns
from lowtide.map.guess.draft import quoted
from lowtide.map.guess.kinds import Kinds
from lowtide.map.guess.numbers import Marks, value_of
from lowtide.words.exports import CUSTOMER_PLACES, LOSS_PLACES, SUPPLIER_PLACES

_MOSTLY = 0.9
_NEGATED = ("sale", "return", "transfer_out", "transfer_in", "receipt", "reserve", "hold")
_CUSTOMERS, _SUPPLIERS, _NOWHERE = map(re.compile, (CUSTOMER_PLACES, SUPPLIER_PLACES, LOSS_PLACES))
UNKNOWN = "?"
"""Stands for the kind of a rule whose kind nobody knows."""


@dataclass(frozen=True)
class PlannedRule:
    """A rule to be written: the rows that it takes, and what is special about it."""

    values: tuple[str, ...] = ()
    """The texts of the kind column; empty: all rows."""
    kind: str | None = None
    """The kind of all rows; None: by the column."""
    place: str | None = None
    """The column of the location; None: the usual one."""
    quantity: str | None = None
    """The column of the quantity; None: the usual one."""
    tests: tuple[tuple[str, str], ...] = ()
    """Further conditions: column and test, such as `{gt: 0}`."""
    sign: str = ""
    suffix: str = ""
    """What makes the id of one of several movements of a row different, such as `out`."""


class Plan:
    """The rules for these columns and kinds, with these marks of numbers; `is_day`: the times have no time of day."""

    def __init__(self, columns: Columns, kinds: Kinds, marks: Marks, is_day: bool) -> None:
        self._columns, self._kinds, self._marks, self._is_day = columns, kinds, marks, is_day

    def rules(self) -> list[PlannedRule]:
        """The rules, in the order in which they are written."""
        columns, kinds = self._columns, self._kinds
        way_in, way_out = columns.get("quantity_in"), columns.get("quantity_out")
        if way_in and way_out and columns.get(*QUANTITIES) is None:
            constant = kinds.column is None
            return [
                PlannedRule((), kind if constant else None, None, column, ((column, "{gt: 0}"),), suffix=way)
                for way, kind, column in (("in", "receipt", way_in), ("out", "sale", way_out))
            ]
        if kinds.constant == "transfer":
            return self._transfers(())
        if kinds.values is None:
            sign = "negate" if self._is_negative(None, kinds.constant) else ""
            return [PlannedRule(kind=kinds.constant, sign=sign)]
        return self._by_value(kinds.values)

    def _by_value(self, values: dict[str, str | None]) -> list[PlannedRule]:
        """One rule for the texts of the kind column that are alike in sign, and counts apart where days have no hours."""
        groups: dict[tuple[str, bool], list[str]] = {}
        transfers = tuple(text for text, kind in values.items() if kind == "transfer")
        for text, kind in values.items():
            if kind != "transfer":
                sign = "negate" if self._is_negative(text, kind) else ""
                groups.setdefault((sign, kind == "count" and self._is_day), []).append(text)
        if len(groups) == 1 and not transfers:
            (sign, _), _ = groups.popitem()
            return [PlannedRule(sign=sign)]
        rules = [
            PlannedRule(tuple(texts), "count" if counts else None, sign=sign)
            for (sign, counts), texts in groups.items()
        ]
        return rules + (self._transfers(transfers) if transfers else [])

    def _transfers(self, values: tuple[str, ...]) -> list[PlannedRule]:
        """A transfer is two movements: where it leaves and where it arrives. Without both places the sign may tell."""
        columns = self._columns
        leave, arrive = columns.get("from_location"), columns.get("to_location")
        if bool(leave) != bool(arrive):
            leave, arrive = leave or columns.get("location"), arrive or columns.get("location")
        if leave and arrive:
            return self._between(values, leave, arrive)
        quantity = columns.get(*QUANTITIES)
        if (
            quantity
            and self._marks.decimal == "."
            and not self._marks.thousands
            and self._has_both_signs(values)
        ):
            return [
                PlannedRule(values, "transfer_out", tests=((quantity, "{lt: 0}"),), sign="negate"),
                PlannedRule(values, "transfer_in", tests=((quantity, "{gt: 0}"),)),
            ]
        return [PlannedRule(values, UNKNOWN)]

    def _between(self, values: tuple[str, ...], leave: str, arrive: str) -> list[PlannedRule]:
        """Rows from place to place. Customers, suppliers and losses are not places of ours."""
        rules = []
        outside: dict[str, list[str]] = {leave: [], arrive: []}
        for pattern, sold, came in (
            (_CUSTOMERS, "sale", "return"), (_SUPPLIERS, "adjustment", "receipt"), (_NOWHERE, "adjustment", "adjustment"),
        ):  # fmt: skip
            for column, other, kind in ((arrive, leave, sold), (leave, arrive, came)):
                places = [text for text in self._columns.values(column) if pattern.search(text)]
                places = [text for text in places if text not in outside[column]]
                if places:
                    outside[column] += places
                    sign = "negate" if kind == "adjustment" and column == arrive else ""
                    rules.append(
                        PlannedRule(values, kind, other, tests=((column, _any_of(places)),), sign=sign)
                    )
        inside = tuple((column, f"{{not: {_any_of(texts)}}}") for column, texts in outside.items() if texts)
        return [
            *rules,
            PlannedRule(values, "transfer_out", leave, tests=inside, suffix="out"),
            PlannedRule(values, "transfer_in", arrive, tests=inside, suffix="in"),
        ]

    def _is_negative(self, text: str | None, kind: str | None) -> bool:
        """Whether nearly all quantities of a kind are negative that must not be."""
        numbers = self._numbers(() if text is None else (text,))
        return (
            kind in _NEGATED
            and bool(numbers)
            and sum(number < 0 for number in numbers) >= _MOSTLY * len(numbers)
        )

    def _has_both_signs(self, values: tuple[str, ...]) -> bool:
        numbers = self._numbers(values)
        return min(numbers, default=0.0) < 0 < max(numbers, default=0.0)

    def _numbers(self, values: tuple[str, ...]) -> list[float]:
        column, kind = self._columns.get(*QUANTITIES), self._kinds.column
        if column is None:
            return []
        rows = [row for row in self._columns.rows if not values or row.get(kind or "", "").strip() in values]
        return [value_of(row.get(column, ""), self._marks) for row in rows if row.get(column, "").strip()]


def _any_of(texts: list[str]) -> str:
    return f"[{', '.join(map(quoted, texts))}]"
