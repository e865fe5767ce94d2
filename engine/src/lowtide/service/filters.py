"""What a person narrows the queue to: whose, and columns with their values, by the words of the page's address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from lowtide.errors import SettingsError
from lowtide.ledger import SEVERITIES, TYPES
from lowtide.service.answer import Answer

Scope = Literal["mine", "team", "all"]
Sort = Literal["loss", "due", "opened"]
STATES = ("new", "acknowledged", "in_progress", "resolved")
"""States of an alert that is in the queue."""
COLUMNS = (
    "severity",
    "type",
    "location",
    "category",
    "department",
    "supplier",
    "region",
    "sku",
    "owner",
    "state",
    "because",
)
"""The columns of a filter, by their names in an address."""
_KNOWN: Mapping[str, tuple[str, ...]] = {"severity": SEVERITIES, "type": TYPES, "state": STATES}
_LONGEST = 200
"""Characters of a text, and values of one column."""


@dataclass(frozen=True)
class Filter(Answer):
    """What the queue shows. An empty tuple: any value."""

    scope: Scope = "mine"
    """mine: the caller has it; team: a team of the caller has or follows it; all."""
    sort: Sort = "loss"
    """loss: the dearest first, not known last; due: the earliest deadline first; opened: the newest first."""
    severity: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    location: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    department: tuple[str, ...] = ()
    supplier: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    sku: tuple[str, ...] = ()
    owner: tuple[str, ...] = ()
    """Keys of persons who hear of it now."""
    state: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    """Why it is not pushed, such as OVER_BUDGET (below the cut) or SNOOZED."""
    overdue: bool = False
    """Only alerts whose deadline has passed."""
    text: str = ""
    """A part of the SKU, its name, the location or its name, or the beginning of the alert's id."""

    @classmethod
    def of(cls, query: Mapping[str, Sequence[str]], scope: Scope = "mine") -> Filter:
        """The filter of an address; `scope` holds where it has none. Raises SettingsError, which names the field."""
        found = cls(
            scope=_one(query, "scope", get_args(Scope), scope), sort=_one(query, "sort", get_args(Sort), "loss"),
            overdue=_one(query, "overdue", ("0", "1"), "0") == "1", text=_text(query),
        )  # fmt: skip
        values: dict[str, Any] = {column: _values(query, column) for column in COLUMNS}
        return replace(found, **values)

    def query(self) -> dict[str, list[str]]:
        """The address of this filter, without what is usual."""
        found: dict[str, list[str]] = {"scope": [self.scope]}
        found |= {} if self.sort == "loss" else {"sort": [self.sort]}
        found |= {column: list(getattr(self, column)) for column in COLUMNS if getattr(self, column)}
        found |= {"overdue": ["1"]} if self.overdue else {}
        return found | ({"q": [self.text]} if self.text else {})

    def without(self, column: str) -> Filter:
        """This filter without one column, for a link that takes it away."""
        empty: dict[str, Any] = {"overdue": False, "text": ""}
        return replace(self, **{column: empty.get(column, ())})

    @property
    def is_narrow(self) -> bool:
        """Whether anything but the scope narrows it."""
        return self.overdue or bool(self.text) or any(getattr(self, column) for column in COLUMNS)


def _one(query: Mapping[str, Sequence[str]], name: str, known: tuple[str, ...], usual: str) -> Any:
    value = next((text for text in query.get(name, ()) if text), usual)
    if value not in known:
        raise SettingsError(f"`{name}`: there is no `{value}`", f"Write one of {', '.join(known)}.")
    return value


def _values(query: Mapping[str, Sequence[str]], column: str) -> tuple[str, ...]:
    """The values of a column, each once; several stand in several fields, so that a value may hold a comma."""
    values = tuple(dict.fromkeys(text for text in query.get(column, ()) if text))
    known = _KNOWN.get(column)
    for value in values:
        if known and value not in known:
            raise SettingsError(f"`{column}`: there is no `{value}`", f"Write one of {', '.join(known)}.")
    if len(values) > _LONGEST:
        raise SettingsError(f"`{column}`: {len(values)} values are too many", f"Give at most {_LONGEST}.")
    return values


def _text(query: Mapping[str, Sequence[str]]) -> str:
    text = next((text.strip() for text in query.get("q", ()) if text.strip()), "")
    if len(text) > _LONGEST:
        raise SettingsError(f"`q`: {len(text)} characters are too many", f"Give at most {_LONGEST}.")
    return text
