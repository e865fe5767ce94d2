"""One replay of a log through the engine, its results in the model's shapes."""

from collections import defaultdict
from decimal import Decimal

from lowtide.runner.replay import Replayed, replay_lines
from tests.model import quantity
from tests.model.instant import instant
from tests.model.log import COLUMNS
from tests.model.policy import Policy

ENDS = ("CLEARED", "EXPIRED", "SUPERSEDED")
STILL = Policy(flap_count=1000)
"""A policy under which no position flaps: the model does not know flapping."""


def replay(data: bytes, policy: Policy | str | None = None, **options) -> Replayed:
    return replay_lines(data, policy=policy.yaml() if isinstance(policy, Policy) else policy, **options)


def table(found: Replayed) -> dict:
    return {(row["location"], row["sku"]): {name: row[name] for name in COLUMNS} for row in found.positions}


def last_times(found: Replayed) -> dict:
    return {(row["location"], row["sku"]): row["last_event_time"] for row in found.positions}


def demand(found: Replayed, part: str | None = None) -> dict:
    """{(location, sku, day): units} over both parts or one of them, days without demand left out.

    A very late void may take more from its part than the part holds: a day is read as at least 0.
    """
    total = defaultdict(int)
    for row in found.demand_days:
        if part in (None, row["part"]):
            total[row["location"], row["sku"], str(row["day"])] += int(Decimal(str(row["demand"])) * 1000)
    return {key: quantity.text(units) for key, units in total.items() if units}


def alerts(found: Replayed) -> dict[str, list]:
    """The entries of each alert, in the order of the ledger."""
    lives = defaultdict(list)
    for entry in found.ledger:
        lives[entry["alert_id"]].append(entry)
    return lives


def episodes(found: Replayed, *types: str) -> list:
    """(type, location, sku, opened_at, ended_at, cause), as the model gives them."""
    rows = []
    for first, *_, last in ([*life, life[-1]] for life in alerts(found).values()):
        if first["type"] in types:
            ended = instant(last["event_time"]) if last["entry"] in ENDS else 0
            cause = (first["cause_source"], first["cause_id"])
            opened = instant(first["opened_at"])
            rows.append((first["type"], first["location"], first["sku"], opened, ended, cause))
    return sorted(rows)


def days(found: Replayed) -> list[dict]:
    """Demand rows without the offset of the last record of the day, which a second delivery shifts."""
    return [{name: value for name, value in row.items() if name != "offset"} for row in found.demand_days]


def canonical(found: Replayed) -> dict:
    """Everything that a replay gives, independent of the order of the groups."""
    return {
        "ledger": found.ledger,
        "positions": sorted(found.positions, key=lambda row: (row["location"], row["sku"])),
        "rejects": found.rejects,
        "demand_days": sorted(days(found), key=str),
        "counts": found.counts,
    }
