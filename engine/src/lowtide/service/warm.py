"""The usual figures are counted after a start and on every new day, so that the first visitor does not wait for them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

from lowtide.errors import LowtideError
from lowtide.service import heatmap, kpi, queue, stock_kept, suppliers, trends
from lowtide.service.caller import Caller, Role
from lowtide.service.context import Context
from lowtide.service.period import USUAL, Period

_ANYBODY = Caller("desk", Role.VIEWER, None)
"""Nobody in person: what is counted here is the same for all."""
_LOOK_S, _BEGIN_S = 60.0, 3.0
"""The desk itself comes first."""


def stay_warm(context: Context, stop: threading.Event) -> None:
    """Count the usual figures now and on every new day, until `stop`; while the warehouse is away, again each minute."""
    done = None
    stop.wait(_BEGIN_S)
    while not stop.is_set():
        today = context.moment().astimezone(context.book().zone).date()
        if today != done and _counted(context, stop):
            done = today
        stop.wait(_LOOK_S)


def _counted(context: Context, stop: threading.Event) -> bool:
    """Ask one after another; whether the warehouse answered all of them."""
    usual, *longer = (
        Period.of({"period": [name]}, context.moment(), str(context.book().zone))
        for name in (USUAL, "year", "two_years")
    )
    asks: tuple[Callable[[], object], ...] = (
        lambda: queue.choices(context, _ANYBODY),
        lambda: stock_kept.stock(context),
        lambda: stock_kept.calibration(context),
        lambda: stock_kept.sold(context, usual.zone, ()),
        *_of_period(context, usual),
        lambda: suppliers.suppliers(context, _ANYBODY),
        *(ask for period in longer for ask in _of_period(context, period)),
    )
    for ask in asks:
        if stop.is_set():
            return False
        with suppress(LowtideError):
            if getattr(ask(), "away", None) is None:
                continue
        return False
    return True


def _of_period(context: Context, period: Period) -> tuple[Callable[[], object], ...]:
    return (
        lambda: kpi.kpi(context, _ANYBODY, period),
        lambda: trends.trends(context, _ANYBODY, period),
        lambda: heatmap.heatmap(context, _ANYBODY, "loss", period),
    )
