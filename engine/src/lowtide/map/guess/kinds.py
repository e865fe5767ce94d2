"""What the rows of a sample are: by a column that says it, by the name of the quantity, or by a title."""

from __future__ import annotations

from typing import NamedTuple

from lowtide.map.guess.columns import Columns
from lowtide.map.guess.draft import Reason, reason
from lowtide.map.guess.header_words import HINTS, plain
from lowtide.map.guess.kind_words import TOTALS, UNDONE, WAITING, kind_of

TOTAL_LINES = reason("totals")
_COLONS = ":\uff1a "


class Kinds(NamedTuple):
    """The kinds of the rows: of all alike (`constant`), or by the texts of a column."""

    column: str | None = None
    values: dict[str, str | None] | None = None
    """By text of the column: the kind, `transfer` where it does not say which way, None where nobody knows."""
    constant: str | None = None
    why: Reason | None = None
    is_two_ways: bool = False
    """Whether one column says what came in, and one what went out."""
    is_hint: bool = False
    """Whether only a name speaks for the constant."""

    @property
    def all(self) -> list[str]:
        """The kinds that were recognised."""
        known = [kind for kind in (self.values or {}).values() if kind]
        return list(dict.fromkeys([*known, *([self.constant] if self.constant else [])]))


def kinds_of(columns: Columns, titles: tuple[str, ...], name: str, answer: str | None = None) -> Kinds:
    """The kinds of the rows. `answer` is what a person said; it is not asked where a column says it."""
    column = columns.get("kind")
    if column is not None:
        texts = [text for text in columns.values(column) if plain(text) not in TOTALS]
        values = {text: kind_of(text) for text in texts}
        if any(values.values()) and len(values) <= 40:
            return Kinds(column, values)
    if answer is not None:
        return Kinds(constant=answer, why=reason("you_said"))
    if columns.get("quantity_in") and columns.get("quantity_out"):
        return Kinds(is_two_ways=True)
    for title in (*titles, name):
        kind = kind_of(title)
        if kind is not None and kind not in ("hold", "release"):
            return Kinds(
                constant=kind, why=reason("kind_title", title=title.strip(), kind=kind), is_hint=True
            )
    for role, kind in HINTS.items():
        if columns.get(role) is not None:
            return Kinds(
                constant=kind, why=reason("kind_column", column=columns.get(role), kind=kind), is_hint=True
            )
    if columns.get("from_location") and columns.get("to_location"):
        return Kinds(constant="transfer", why=reason("kind_places"))
    return Kinds()


class Skip(NamedTuple):
    """Rows to pass over: those with one of these texts in a column, and why."""

    column: str
    texts: list[str]
    why: Reason


def skipped_rows(columns: Columns, names: list[str], kinds: Kinds) -> list[Skip]:
    """Rows to pass over: lines of totals, documents that moved nothing, rows without an article."""
    totals = [
        (name, [text for text in columns.values(name) if plain(text.strip(_COLONS)) in TOTALS])
        for name in names
    ]
    skips = [Skip(name, sorted(texts), TOTAL_LINES) for name, texts in totals if texts][:1]
    status = columns.get("status")
    if status is not None:
        undone = UNDONE if kinds.all == ["order"] else UNDONE | WAITING
        texts = sorted(text for text in columns.values(status) if plain(text) in undone)
        skips += [Skip(status, texts, reason("undone"))] if texts else []
    sku = columns.get("sku")
    if kinds.column is not None and kinds.values is not None and sku is not None:
        full = {row.get(kinds.column, "").strip() for row in columns.rows if row.get(sku, "").strip()}
        texts = sorted(text for text in kinds.values if text not in full)
        skips += (
            [Skip(kinds.column, texts, reason("no_article"))]
            if texts and len(texts) < len(kinds.values)
            else []
        )
    return skips
