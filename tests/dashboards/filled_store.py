"""A small shop in the store: sixty days with faults, a catalogue, two runs, and people who looked after some alerts."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

from lowtide.actions import act
from lowtide.core import Job, Log
from lowtide.runner.replay import Replay
from lowtide.samples.synthetic import Synthetic
from lowtide.warehouse import Warehouse, Writer, queries
from tests.warehouse.batches import CALIBRATION_DAY, batch

LOCATIONS = ["L'Été", "上海"]
"""Names that a quote or an encoding could break: the first two locations of the log are called so."""
CATEGORIES = ["FLUID MILK", "CHEESE", "L'eau"]


def fill(warehouse: Warehouse) -> None:
    """Run the log, tell what the SKUs are, and act on the first three open alerts."""
    runner = Replay(Log(Job.of(None, partition="synthetic"), [], 1))
    log = Synthetic(positions=40, days=60, seed=7)
    skus: set[str] = set()
    names: dict[str, str] = {}
    with Writer(warehouse) as writer:
        writer.run_started("still running")
        run = writer.run_started("synthetic", workers=1)
        for rows in (*(runner.apply(block) for block in log.blocks()), runner.finish()):
            for table, batches in rows.items():
                for block in batches:
                    writer.write(table, _renamed(block, names))
                    skus |= set(block.column("sku").to_pylist()) if "sku" in block.schema.names else set()
        writer.reference("catalogue", _catalogue(sorted(skus)))
        writer.run_finished(run, "finished", runner.log.partition.counts())
    _midnights(warehouse)
    _desk(warehouse, *_people(warehouse))


def _midnights(warehouse: Warehouse) -> None:
    """What was said about one SKU of the catalogue in the first month of the log, as a sample of positions would have it."""
    (known,) = warehouse.rows("SELECT min(day) AS first FROM lowtide.demand_day FINAL")
    (item,) = warehouse.rows("SELECT min(sku) AS sku FROM lowtide.catalogue FINAL")
    days = [known["first"] + timedelta(days=number) for number in range(30)]
    said = [
        {
            "location": "sampled", "sku": item["sku"], "day": day, "p_stockout": number / 30,
            "midnight": datetime.combine(day, time(), UTC),
        }
        for number, day in enumerate(days)
    ]  # fmt: skip
    with Writer(warehouse) as writer:
        writer.write("calibration_day", batch(CALIBRATION_DAY, *said))


def _renamed(block: pa.RecordBatch, names: dict[str, str]) -> pa.RecordBatch:
    if "location" not in block.schema.names:
        return block
    at = block.schema.names.index("location")
    for place in block.column(at).unique().to_pylist():
        names.setdefault(place, LOCATIONS[len(names)] if len(names) < len(LOCATIONS) else place)
    renamed = pa.array([names[place] for place in block.column(at).to_pylist()], block.schema.field(at).type)
    return block.set_column(at, block.schema.field(at), renamed)


def _catalogue(skus: list[str]) -> pa.Table:
    known = [(n, sku) for n, sku in enumerate(skus) if n % 7]
    return pa.table({
        "sku": [sku for _, sku in known],
        "category": [CATEGORIES[n % 3] for n, _ in known],
        "department": [f"D{n % 2}" for n, _ in known],
        "supplier": [f"S{n % 4}" for n, _ in known],
        "unit_price": pa.array([Decimal(n + 1) for n, _ in known], pa.decimal128(18, 3)),
    })  # fmt: skip


def _desk(warehouse: Warehouse, second: dict[str, Any], third: dict[str, Any]) -> None:
    """Eight calls of one person in an hour, one message that nobody took, and deadlines of the two alerts that ana had."""
    calls = [_message(f"N{n}", second["opened_at"] + timedelta(minutes=n)) for n in range(8)]
    dead = [
        _message("D", second["opened_at"], target, "dead") for target in ("wecom-ana", "mail:ana@example.com")
    ]
    writer = Writer(warehouse)
    writer.insert_rows("notification", [*calls, *dead])
    writer.insert_rows("deadline", [_deadline(one, hours) for one, hours in ((second, 4), (third, 1))])


def _message(name: str, at: datetime, target: str = "wecom-ana", state: str = "sent") -> dict[str, Any]:
    at = at.replace(minute=at.minute % 10)
    return {
        "notification_id": name, "target": target, "person": "ana", "contact": 0, "reason": "FIRST", "state": state,
        "because": "", "severity": "critical", "alerts": [], "seqs": [], "counted": 1, "worth": None, "grp": "g",
        "about": "[]", "step": 0, "decided_at": at, "due_at": at, "sent_at": at if state == "sent" else None, "tries": 1,
        "code": "0", "people_version": "p", "pipeline": "lowtide", "version": 1,
    }  # fmt: skip


def _deadline(alert: dict[str, Any], hours: int) -> dict[str, Any]:
    at = alert["opened_at"] + timedelta(minutes=5)
    return {
        "pipeline": "lowtide", "alert_id": alert["alert_id"], "round": 1, "kind": "acknowledge", "person": "ana",
        "team": "buyers", "severity": "critical", "told_at": at, "due": at + timedelta(hours=hours), "confirmed": True,
        "people_version": "p", "decided_at": at,
    }  # fmt: skip


def _people(warehouse: Warehouse) -> tuple[dict[str, Any], dict[str, Any]]:
    first, second, third = queries.alerts(warehouse, limit=3)
    later = timedelta(minutes=30)
    act(warehouse, first["alert_id"], "assign", "ana", owner="ben", at=first["opened_at"] + later)
    act(warehouse, second["alert_id"], "ack", "ana", at=second["opened_at"] + later)
    act(warehouse, second["alert_id"], "resolve", "ana", at=second["opened_at"] + 2 * later)
    act(warehouse, second["alert_id"], "close", "ana", feedback="right", at=second["opened_at"] + 3 * later)
    act(warehouse, third["alert_id"], "note", "ana", comment="Truck seen?", at=third["opened_at"] + later)
    return second, third
