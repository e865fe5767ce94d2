"""How the desk itself stands, for the banners: what could not be delivered, what is away, which data are old."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from lowtide.desk.store import Transaction
from lowtide.service.caller import Caller
from lowtide.service.context import Context


@dataclass(frozen=True)
class Condition:
    """Everything that a reader should know before believing a page. Times are milliseconds since 1970 UTC."""

    dead: int
    """Messages that nobody got."""
    refused: int
    """Rows that the warehouse refuses."""
    stale_at: int | None
    """The newest clock of the data, if every partition is so far behind that its alerts are not pushed."""
    away: str
    """Why the warehouse cannot be reached; empty: it can."""
    standby: str
    """The holder of the desk that is at work instead of this one; empty: this one is at work."""
    in_units: bool
    """The catalogue has no prices, so a worth is in units."""
    silent: tuple[tuple[str, str], ...]
    """Feeds that are silent: the location by name, and the feed as it stands in the place of a SKU; the newest last."""
    seq: int
    """Number of the last change: from there on `/live` tells what is new."""

    def to_dict(self) -> dict[str, Any]:
        """Names of the fields."""
        return asdict(self)


def condition(context: Context, caller: Caller) -> Condition:
    """How the desk stands now, from desk.db alone."""
    del caller  # everybody may know
    with context.store.read() as rows:
        return Condition(
            dead=rows.value("SELECT count(DISTINCT notification_id) FROM outbox WHERE state = 'dead'") or 0,
            refused=rows.value("SELECT count(*) FROM ship_refused") or 0,
            stale_at=_stale_at(rows),
            away=context.away() or "", standby=context.standby() or "",
            in_units=rows.meta("worth_in_units") == "1", silent=_silent(rows),
            seq=rows.value("SELECT seq FROM sqlite_sequence WHERE name = 'change'") or 0,
        )  # fmt: skip


def _silent(rows: Transaction) -> tuple[tuple[str, str], ...]:
    found = rows.rows(
        "SELECT location, location_name, sku FROM alert WHERE type = 'silent_feed' AND status = 'open' AND state != 'closed'"
        " ORDER BY opened_at, alert_id"
    )
    return tuple((row["location_name"] or row["location"], row["sku"]) for row in found)


def _stale_at(rows: Transaction) -> int | None:
    standings = [row["standing"] for row in rows.rows("SELECT standing FROM partition")]
    if not standings or any(one != "STALE" for one in standings):
        return None
    newest: int | None = rows.value("SELECT max(clock) FROM feed")
    return newest
