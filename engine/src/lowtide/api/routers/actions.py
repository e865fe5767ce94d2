"""What people do about alerts: one, some, or all that a filter finds with the number that was seen."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path
from pydantic import Field

from lowtide.api.bodies import Body, Id, Ids, Ms, Text, Word
from lowtide.api.depends import Here, Key, Operator, router
from lowtide.errors import SettingsError
from lowtide.service import Caller, Context, Moved, actions, queue
from lowtide.service.actions import Acted, Order
from lowtide.service.filters import Filter

ROUTER = router("actions")


class Act(Body):
    """What is to be done to one alert."""

    verb: Word
    """ack, assign, start, resolve, close, reopen, note or snooze."""
    comment: Text = ""
    until: Ms | None = None
    """Of a snooze: when it ends."""
    owner: Word = ""
    """Of `assign`: who gets it."""
    feedback: Word = ""
    """Of `close`: right, false or unnecessary."""

    @property
    def order(self) -> Order:
        """As the service takes it."""
        return Order(self.verb, self.comment, self.until, self.owner, self.feedback)


class Bulk(Act):
    """What is to be done to several alerts: `ids`, or `filter` with `seen`."""

    ids: Ids | None = None
    filter: Annotated[dict[Word, list[Word]], Field(max_length=20)] | None = None
    """As in the address of GET /alerts: `{"scope": ["team"], "severity": ["critical"]}`."""
    seen: Annotated[int, Field(ge=0, le=actions.MOST)] | None = None
    """How many alerts the filter found when the person looked; if they are another number now, nothing is done (409)."""


@ROUTER.post("/alerts/{alert_id}/actions")
def act(
    here: Here, caller: Operator, key: Key, alert_id: Annotated[Id, Path()], order: Act
) -> dict[str, Any]:
    """Do something about one alert. 404, 403 and 409 say why it was not done."""
    done = actions.act(here, caller, order.order, [alert_id], key)
    (row,) = done.results
    if not row.done:
        raise actions.refusal(row)
    return row.to_dict()


@ROUTER.post("/actions")
def bulk(here: Here, caller: Operator, key: Key, order: Bulk) -> dict[str, Any]:
    """Do something about several alerts, in one transaction; for each what became of it."""
    return _bulk(here, caller, order, key).to_dict()


def _bulk(here: Context, caller: Caller, order: Bulk, key: str | None) -> Acted:
    if (order.ids is None) == (order.filter is None):
        raise SettingsError("which alerts?", "Give either `ids`, or `filter` with `seen`.")
    if order.ids is not None:
        return actions.act(here, caller, order.order, order.ids, key)
    if order.seen is None:
        raise SettingsError("`seen`: how many alerts did the filter find?", "Give the number that was shown.")
    found = queue.ids(here, caller, Filter.of(order.filter or {}, "all"), actions.MOST)
    if len(found) != order.seen:
        raise Moved(
            f"the filter finds {len(found)} alerts now, not {order.seen}", "Look again, then repeat it with the new number.",
            {"seen": order.seen, "now": len(found)},
        )  # fmt: skip
    return actions.act(here, caller, order.order, found, key)
