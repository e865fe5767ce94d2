"""What the routes of figures and lists read from an address: columns with values, a period, the form of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response

from lowtide.api.sheet import sheet
from lowtide.errors import SettingsError, WarehouseError
from lowtide.service import Context
from lowtide.service.answer import Away
from lowtide.service.period import Period

Form = Annotated[Literal["json", "csv"], Query(description="json, or csv for a spreadsheet.")]
Raw = Annotated[
    bool,
    Query(description="CSV for a program: no apostrophe before a text that a spreadsheet would compute."),
]
PeriodName = Annotated[
    Literal["", "week", "month", "quarter", "half", "year", "two_years"],
    Query(description="Ends today. Left out: `from` and `to`, else a month."),
]
From = Annotated[str, Query(alias="from", max_length=10, description="First day, as 2026-11-01.")]
To = Annotated[str, Query(max_length=10, description="Last day, as 2026-11-30.")]
Values = Annotated[list[str] | None, Query(max_length=200)]
"""Values of a column; several stand in several fields."""
_LONGEST = 200
CSV: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {}}}}


def fields(request: Request) -> Mapping[str, list[str]]:
    """The fields of the address, each with its values."""
    names = request.query_params.keys()
    found = {name: [text[:1_000] for text in request.query_params.getlist(name)] for name in names}
    if any("\0" in text for values in found.values() for text in values):
        raise SettingsError("a field has a NUL character", "Leave it out.")
    return found


def columns(request: Request, names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The columns that an address narrows by."""
    asked = fields(request)
    return {name: tuple(dict.fromkeys(asked[name]))[:_LONGEST] for name in names if asked.get(name)}


def period(request: Request, here: Context) -> Period:
    """The period of an address, in the zone of the people file. Raises SettingsError."""
    clock: datetime = here.moment()
    return Period.of(fields(request), clock, here.book().zone.key)


def answered(found: Mapping[str, Any], away: Away | None, *, told: bool = False) -> dict[str, Any]:
    """An answer of the warehouse. While it is away, and nothing was `told` without it, raises WarehouseError: HTTP 503."""
    if away is not None and not told:
        raise WarehouseError(away.message, away.hint)
    return dict(found)


def as_form(form: str, name: str, found: dict[str, Any], rows: str, raw: bool) -> dict[str, Any] | Response:
    """The answer, or the list `rows` of it as a CSV file."""
    return found if form == "json" else sheet(name, found[rows], raw=raw)
