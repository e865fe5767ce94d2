"""Model and engine side by side: a test that is run with each of `RUNS` judges both."""

from __future__ import annotations

import json
from decimal import Decimal

from lowtide.core import Job, Log, decode
from lowtide.policy import read_policy_text
from lowtide.rows import json_rows
from lowtide.sources.lines import line_blocks
from tests.model import outcome
from tests.model.instant import instant
from tests.model.outcome import Outcome
from tests.model.policy import Policy


def engine(records: list[dict], policy: Policy | None = None) -> Outcome:
    """Replay records in this order of arrival through the core, three records a block over two key groups."""
    data = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()
    text = policy.yaml() if policy else None
    rules = None if text is None else read_policy_text(text, "policy")
    log = Log(Job.of(rules, partition="log"), [], 2)
    days: dict[tuple[str, str, str, str], int] = {}
    routed = [decode(log.partition, block) for block in line_blocks(iter([data]), 3)]
    for number, block in [*(one for blocks in routed for one in blocks), *log.partition.finish()]:
        log.group(number).apply(block)
    for group in log.groups.values():
        for row in json_rows(group.take()["demand_day"], ("location", "sku", "day", "part", "demand")):
            days[row["location"], row["sku"], str(row["day"]), row["part"]] = _milli(row["demand"])
    demand: dict[tuple[str, str, str], int] = {}
    for (location, sku, day, _), units in days.items():
        demand[location, sku, day] = demand.get((location, sku, day), 0) + units
    found = {(row["location"], row["sku"]): row for row in _positions(log)}
    counts = log.partition.counts()
    return Outcome(
        positions={key: _columns(row) for key, row in found.items()},
        demand={key: units for key, units in demand.items() if units},
        supply={key: [_supply(one) for one in row["supply"]] for key, row in found.items()},
        counters={
            **{name: counts[name] for name in ("accepted", "duplicates", "rejects")},
            **{
                name: sum(_milli(row[name]) for row in found.values())
                for name in ("over_released", "over_received")
            },
            "void_unmatched": counts["void_unmatched"],
            "void_of_what": counts["void_of_what"],
        },
    )


RUNS = [outcome.run, engine]


def _positions(log: Log) -> list[dict]:
    names = [
        (group, *name)
        for group in log.groups.values()
        for at in range(len(group))
        if (name := group.name(at)) is not None
    ]
    return [json.loads(group.position(location, sku) or "{}") for group, location, sku in names]


def _columns(row: dict) -> dict:
    amounts = {name: _milli(row[name]) for name in outcome.COLUMNS}
    return amounts | {"last_event_time": instant(row["last_event_time"])}


def _supply(one: dict) -> tuple:
    return one["ref"], _milli(one["remaining"]), _milli(one["in_transit"]), instant(one["due"])


def _milli(amount: str | Decimal) -> int:
    return int(Decimal(str(amount)) * 1000)
