"""Alerts: the queue, one alert with its entries, its explanation and its chart, and what a text may mean."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query, Request, Response

from lowtide.api.asked import CSV, Form, Raw, Values, answered, as_form, fields
from lowtide.api.depends import Here, Tell, Viewer, router
from lowtide.service import alert, queue
from lowtide.service.filters import Filter, Scope, Sort

ROUTER = router("alerts")
AlertId = Annotated[str, Path(max_length=64, description="An alert, or the beginning of its id.")]
Cursor = Annotated[str | None, Query(max_length=2_000)]
Limit = Annotated[int, Query(ge=1, le=queue.WINDOW)]


@ROUTER.get("/alerts", responses=CSV, response_model=None)
def alerts(
    request: Request, here: Here, caller: Viewer, scope: Scope = "all", sort: Sort = "loss", severity: Values = None,
    type: Values = None, location: Values = None, category: Values = None, department: Values = None,
    supplier: Values = None, region: Values = None, sku: Values = None, owner: Values = None, state: Values = None,
    because: Values = None, overdue: Annotated[int, Query(ge=0, le=1)] = 0,
    q: Annotated[str, Query(max_length=200)] = "", cursor: Cursor = None, limit: Limit = queue.WINDOW, format: Form = "json",
    raw: Raw = False,
) -> dict[str, Any] | Response:  # fmt: skip
    """The open alerts of `scope` in windows of at most 100; `next_cursor` names the next one."""
    wanted = Filter.of(fields(request), scope="all")
    found = queue.queue(here, caller, wanted, cursor, limit).to_dict()
    return as_form(format, "alerts", found, "rows", raw)


@ROUTER.get("/groups")
def groups(
    request: Request, here: Here, caller: Viewer, scope: Scope = "all", cursor: Cursor = None
) -> dict[str, Any]:
    """The groups of two or more alerts in a window of the queue: what they share, how many, and their worth."""
    found = queue.queue(here, caller, Filter.of(fields(request), scope="all"), cursor)
    return {"groups": [one.to_dict() for one in found.groups.values()], "next_cursor": found.next_cursor}


@ROUTER.get("/lookup")
def lookup(
    here: Here,
    caller: Viewer,
    q: Annotated[str, Query(max_length=200)],
    limit: Annotated[int, Query(ge=1, le=50)] = 12,
) -> dict[str, Any]:
    """What a text may mean: alerts, positions, places, suppliers, proposals, persons, messages."""
    return {"hits": [one.to_dict() for one in queue.lookup(here, caller, q, limit)]}


@ROUTER.get("/alerts/{alert_id}")
def one(here: Here, caller: Viewer, tell: Tell, alert_id: AlertId) -> dict[str, Any]:
    """One alert: its standing, the verbs that are legal, its sentences, chart, entries, history and related alerts."""
    return alert.alert(here, caller, alert_id, tell).to_dict()


@ROUTER.get("/alerts/{alert_id}/entries")
def entries(here: Here, caller: Viewer, alert_id: AlertId) -> dict[str, Any]:
    """The engine's entries, and what people and the desk did."""
    return {
        "entries": [entry.to_dict() for entry in alert.entries(here, caller, alert_id)],
        "events": [event.to_dict() for event in alert.events(here, caller, alert_id)],
    }


@ROUTER.get("/alerts/{alert_id}/explain")
def explain(here: Here, caller: Viewer, tell: Tell, alert_id: AlertId) -> dict[str, Any]:
    """Why it is there, with every number computed again, as `lowtide explain --json` gives it."""
    return alert.explain(here, caller, alert_id, tell)


@ROUTER.get("/alerts/{alert_id}/projection")
def projection(here: Here, caller: Viewer, tell: Tell, alert_id: AlertId) -> dict[str, Any]:
    """Where the stock of its position is heading, as it stands now; null if the warehouse has not seen the position."""
    found = alert.chart(here, caller, alert_id, tell)
    return {"projection": found and answered(found.to_dict(), None)}
