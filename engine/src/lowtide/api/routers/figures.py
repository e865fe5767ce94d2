"""Figures: the heat map, trends, key figures, signs, suppliers and calibration; each as JSON or as a sheet."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path, Query, Request, Response

from lowtide.api.asked import CSV, Form, From, PeriodName, Raw, To, Values, answered, as_form, columns, period
from lowtide.api.depends import Here, Viewer, router
from lowtide.service import calibration as calibrations
from lowtide.service import heatmap as maps
from lowtide.service import kpi as figures
from lowtide.service import signs as lists
from lowtide.service import suppliers as files
from lowtide.service import trends as courses

ROUTER = router("figures")
_NARROW = ("type", "severity", "location", "category", "department", "supplier", "region")
Person = Annotated[str, Path(max_length=200, description="Key of a person in the people file.")]


@ROUTER.get("/heatmap", responses=CSV, response_model=None)
def heatmap(
    request: Request, here: Here, caller: Viewer, measure: maps.Measure = "loss",
    now: Annotated[int, Query(ge=0, le=1, description="1: what is open now; 0: what opened in a period.")] = 1,
    period_: Annotated[PeriodName, Query(alias="period")] = "", from_: From = "", to: To = "", type: Values = None,
    severity: Values = None, location: Values = None, category: Values = None, department: Values = None,
    supplier: Values = None, region: Values = None, format: Form = "json", raw: Raw = False,
) -> dict[str, Any] | Response:  # fmt: skip
    """Stores by categories: at most 30 by 20 lines, the others together."""
    over = None if now else period(request, here)
    found = maps.heatmap(here, caller, measure, over, columns(request, _NARROW))
    answer = answered(found.to_dict(), found.away)
    if format == "json":
        return answer
    named = [
        {
            "location": found.rows[cell.row].value,
            "category": found.columns[cell.column].value,
            **cell.to_dict(),
        }
        for cell in found.cells
    ]
    rows = [{key: value for key, value in row.items() if key not in ("row", "column")} for row in named]
    return as_form(format, "heatmap", {"cells": rows}, "cells", raw)


@ROUTER.get("/trends", responses=CSV, response_model=None)
def trends(
    request: Request, here: Here, caller: Viewer, period_: Annotated[PeriodName, Query(alias="period")] = "",
    from_: From = "", to: To = "", type: Values = None, location: Values = None, category: Values = None,
    department: Values = None, supplier: Values = None, region: Values = None, format: Form = "json", raw: Raw = False,
) -> dict[str, Any] | Response:  # fmt: skip
    """Alerts and stock by day; of more than 91 days by week."""
    found = courses.trends(here, caller, period(request, here), columns(request, _NARROW))
    return as_form(format, "trends", answered(found.to_dict(), found.away), "steps", raw)


@ROUTER.get("/kpi", responses=CSV, response_model=None)
def kpi(
    request: Request, here: Here, caller: Viewer, by: figures.By = "team",
    period_: Annotated[PeriodName, Query(alias="period")] = "", from_: From = "", to: To = "", format: Form = "json",
    raw: Raw = False,
) -> dict[str, Any] | Response:  # fmt: skip
    """The key figures of a period beside the one before, and by team, department, supplier, region, category or location."""
    found = figures.kpi(here, caller, period(request, here), by)
    return as_form(format, "kpi", answered(found.to_dict(), found.away), "rows", raw)


@ROUTER.get("/kpi/people/{person}")
def of_person(
    request: Request, here: Here, caller: Viewer, person: Person,
    period_: Annotated[PeriodName, Query(alias="period")] = "", from_: From = "", to: To = "",
) -> dict[str, Any]:  # fmt: skip
    """How much a person heard and how the person answered: for that person and the leads above."""
    found = figures.person_figures(here, caller, person, period(request, here))
    return answered(found.to_dict(), found.away)


@ROUTER.get("/signs", responses=CSV, response_model=None)
def signs(
    here: Here, caller: Viewer, location: Annotated[str, Query(max_length=200, description="Empty: all.")] = "",
    list: Annotated[
        Literal["feeds", "counts", "sums", "at_rest", "slips", "holes"], Query(description="Which list a sheet has.")
    ] = "counts",
    format: Form = "json", raw: Raw = False,
) -> dict[str, Any] | Response:  # fmt: skip
    """The open signs: silent feeds, what to count first, stock that does not move, suppliers that slip, missing records."""
    found = lists.signs(here, caller, location)
    return as_form(format, list, answered(found.to_dict(), found.away), list, raw)


@ROUTER.get("/suppliers", responses=CSV, response_model=None)
def suppliers(
    here: Here, caller: Viewer, format: Form = "json", raw: Raw = False
) -> dict[str, Any] | Response:
    """All suppliers: how late they come, what is on order and overdue, when the next order day closes."""
    found = files.suppliers(here, caller)
    return as_form(format, "suppliers", answered(found.to_dict(), found.away), "suppliers", raw)


@ROUTER.get("/suppliers/{key}")
def supplier(here: Here, caller: Viewer, key: Annotated[str, Path(max_length=200)]) -> dict[str, Any]:
    """One supplier with its open orders, alerts and proposals."""
    found = files.supplier(here, caller, key)
    return answered(found.to_dict(), found.away, told=bool(found.alerts))


@ROUTER.get("/calibration", responses=CSV, response_model=None)
def calibration(
    here: Here, caller: Viewer, by: calibrations.By = "all", openings: Annotated[int, Query(ge=0, le=1)] = 0,
    format: Form = "json", raw: Raw = False,
) -> dict[str, Any] | Response:  # fmt: skip
    """What was said against what came true, by tenths of the scale."""
    found = calibrations.calibration(here, caller, by, bool(openings))
    answer = answered(found.to_dict(), found.away)
    if format == "json":
        return answer
    rows = [{"value": curve.value, **tenth.to_dict()} for curve in found.curves for tenth in curve.tenths]
    return as_form(format, "calibration", {"tenths": rows}, "tenths", raw)
