"""Which column says what: its name by the list of words, and its cells must look like it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from lowtide.map.guess.header_words import exact_roles, roles
from lowtide.map.guess.kind_words import kind_of
from lowtide.map.guess.numbers import is_number, share_of_numbers
from lowtide.map.guess.times import hour_form, time_form
from lowtide.words.exports import BARCODE_WORDS, CODE_WORDS

Row = dict[str, str]
QUANTITIES = ("quantity", "quantity_sold", "quantity_received", "quantity_counted", "quantity_ordered")
_MOST, _HALF = 0.9, 0.5
"""Shares of cells that are numbers, by which a column of quantities is told: by its cells, by its name."""
_CODE, _BARCODE = re.compile(CODE_WORDS), re.compile(BARCODE_WORDS)
_ROLES = (
    "time", "quantity_in", "quantity_out", *QUANTITIES, "sku", "from_location", "to_location", "location", "kind",
    "document", "line", "row_id", "unit", "time_of_day", "due", "expiry", "ref", "status", "name",
    "location_name", "counterparty", "reason",
)  # fmt: skip
"""The roles in the order in which columns are given to them."""


@dataclass
class Columns:
    """The columns of a sample by role, and the cells of each."""

    rows: list[Row]
    by_role: dict[str, str] = field(default_factory=dict)
    points: dict[str, int] = field(default_factory=dict)
    """How well the name of a role's column fits: 100 is a word of the list; under 50 only its cells speak for it."""

    def cells(self, column: str) -> list[str]:
        """The cells of a column; empty where a row does not have it."""
        return [row.get(column, "") for row in self.rows]

    def get(self, *names: str) -> str | None:
        """The column of the first of these roles that has one."""
        return next((self.by_role[name] for name in names if name in self.by_role), None)

    def values(self, column: str) -> list[str]:
        """The different texts of a column, the most frequent first."""
        counts: dict[str, int] = {}
        for cell in self.cells(column):
            text = cell.strip()
            counts[text] = counts.get(text, 0) + bool(text)
        return sorted((text for text in counts if text), key=lambda text: (-counts[text], text))


_SAME = ((*QUANTITIES, "quantity_in", "quantity_out"), ("location", "location_name"), ("time",), ("kind",))
"""Roles of which a row needs one."""


def chosen(columns: Columns, given: Mapping[str, str]) -> Columns:
    """The same columns with those that a person chose by role; an empty text: no column has the role."""
    for role, name in given.items():
        others = next((roles for roles in _SAME if role in roles), (role,))
        for other in [one for one, has in columns.by_role.items() if one in others or (name and has == name)]:
            columns.by_role.pop(other)
            columns.points.pop(other, None)
        if name:
            columns.by_role[role], columns.points[role] = name, 100
    return columns


def columns_of(names: Sequence[str], rows: list[Row]) -> Columns:
    """Gives each role its best column. Every column has one role at most."""
    columns = Columns(rows)
    offers: list[tuple[int, int, int, str, str]] = []
    for place, name in enumerate(names):
        cells = columns.cells(name)
        if not any(cell.strip() for cell in cells):
            continue
        for role, points in _roles_of(name).items():
            if role in _ROLES and _fits(role, cells, points):
                full = sum(bool(cell.strip()) for cell in cells)
                points = points + _bonus(role, name, cells) - 9 * (len(cells) - full) // len(cells)
                offers.append((points, -_ROLES.index(role), -place, role, name))
    taken: set[str] = set()
    for points, _, _, role, name in sorted(offers, reverse=True):
        if role in columns.by_role or name in taken or (role in QUANTITIES and columns.get(*QUANTITIES)):
            continue
        if points < 100 and _is_money(name):
            continue
        columns.by_role[role], columns.points[role] = name, points
        taken.add(name)
    _by_cells(columns, [name for name in names if name not in taken])
    return columns


def _roles_of(name: str) -> dict[str, int]:
    """The roles of a column. Of a path the last names count, and `^` means the document around the row."""
    plain = name.removeprefix("^")
    points_by_role = roles(plain)
    parts = plain.split(".")
    if len(parts) > 1:
        for at in range(1, len(parts)):
            for role, points in roles(" ".join(parts[at:])).items():
                points_by_role[role] = max(points_by_role.get(role, 0), points - 2 * at)
    if name.startswith("^"):
        points_by_role = {
            ("document" if role == "row_id" else role): points - 1 for role, points in points_by_role.items()
        }
        for role in ("line", "sku", "name", "unit", *QUANTITIES):
            points_by_role.pop(role, None)
    return points_by_role


def _is_money(name: str) -> bool:
    points_by_role = roles(name)
    return points_by_role.get("money", 0) >= max(
        (points for role, points in points_by_role.items() if role != "money"), default=0
    )


def _bonus(role: str, name: str, cells: list[str]) -> int:
    """A few points for the better one of two columns with the same role."""
    full = [cell.strip() for cell in cells if cell.strip()]
    points = 2 if len(exact_roles(name)) == 1 else 0  # no other role wants it
    if role == "sku" and _BARCODE.search(name):
        points -= 5  # the article number of the shop itself comes first
    elif role in ("location", "sku") and _CODE.search(name):
        points += 3
    if role == "time" and (form := time_form(full[:50])) is not None and form.has_hour:
        points += 4
    if role == "kind" and sum(kind_of(text) is not None for text in set(full)) * 2 >= len(set(full)):
        points += 5
    return points


_CHECKS: dict[str, Callable[[list[str]], bool]] = {
    "time": lambda cells: time_form(cells) is not None,
    "due": lambda cells: time_form(cells) is not None,
    "expiry": lambda cells: time_form(cells) is not None,
    "time_of_day": lambda cells: hour_form(cells) is not None,
    "line": lambda cells: all(len(cell) <= 12 and cell.replace(".", "").isdigit() for cell in cells),
    "kind": lambda cells: len(set(cells)) <= max(12, len(cells) // 5) and not _are_moments(cells),
    "unit": lambda cells: len(set(cells)) <= 20 and all(len(cell) <= 20 for cell in cells),
    "status": lambda cells: len(set(cells)) <= 12,
    "location": lambda cells: len(set(cells)) <= max(30, len(cells) // 2) and not _are_moments(cells),
    "document": lambda cells: not _are_moments(cells) and _with_digits(cells) * 2 > len(cells),
    "sku": lambda cells: not _are_moments(cells),
    "row_id": lambda cells: len(set(cells)) == len(cells),
}


def _with_digits(cells: list[str]) -> int:
    """How many cells hold a digit: numbers of documents do, names of goods mostly do not."""
    return sum(any(character.isdigit() for character in cell) for cell in cells)


def _fits(role: str, cells: list[str], points: int) -> bool:
    full = [cell.strip() for cell in cells if cell.strip()]
    if role in (*QUANTITIES, "quantity_in", "quantity_out"):
        return share_of_numbers(full) >= (_MOST if points < 100 else _HALF) and not _are_moments(full)
    check = _CHECKS.get(role)
    return check is None or check(full)


def _are_moments(cells: list[str]) -> bool:
    form = time_form(cells[:100])
    return (
        form is not None and form.format not in ("excel", "%Y%m%d") and not all(map(is_number, cells[:100]))
    )


def _by_cells(columns: Columns, rest: list[str]) -> None:
    """Kind, time and quantity by their cells alone, where no name says it."""
    rest = [name for name in rest if any(cell.strip() for cell in columns.cells(name))]
    if columns.get("kind") is None:
        kinds = [name for name in rest if _say_kinds(columns.values(name))]
        if len(kinds) == 1:
            columns.by_role["kind"], columns.points["kind"] = kinds[0], 10
            rest.remove(kinds[0])
    if columns.get("time") is None:
        times = [
            name for name in rest if _are_moments([cell for cell in columns.cells(name) if cell.strip()])
        ]
        if len(times) == 1:
            columns.by_role["time"], columns.points["time"] = times[0], 10
    if columns.get(*QUANTITIES, "quantity_in", "quantity_out") is None:
        numbers = [
            name for name in rest if not _is_named(name) and share_of_numbers(columns.cells(name)) >= _MOST
        ]
        if len(numbers) == 1:
            columns.by_role["quantity"], columns.points["quantity"] = numbers[0], 10


def _say_kinds(texts: list[str]) -> bool:
    """Whether the texts of a column say different things that happened, and hardly anything else."""
    kinds = [kind_of(text) for text in texts if not text.isdigit()]
    return 2 <= len(texts) <= 20 and len(set(kinds) - {None}) >= 2 and kinds.count(None) * 2 <= len(texts)


def _is_named(name: str) -> bool:
    return max(_roles_of(name).values(), default=0) >= 100
