"""What must be true after a history: on a scripted clock equal decisions, on the wall clock nothing lost or twice."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import clickhouse_connect
import orjson

from tests.desk.battery.bells import LOST, Delivery, mark_of

DECISIONS = {
    "routed": "*", "grp": "*", "step": "*", "nudge": "*", "nudge_alert": "*", "push": "*", "silence": "*", "snooze": "*",
    "timer": "*", "proposal": "*", "proposal_entry": "*", "proposal_call": "*", "proposal_plan": "*", "nudge_list": "*",
    "outbox": "notification_id, target, person, reason, severity, state, because, decided_at, due_at, next_at, tries, "
    "contact, content, body, sent_at",
}  # fmt: skip
"""The tables of decisions in desk.db, and their columns."""
STEPS = {"critical": {2, 3, 4}, "warning": {2}}
"""Steps that are recorded for an alert that nobody answers: the first is the message itself."""
CONTACTS = 2
"""Contacts of each person in the file of `shop.people`."""
Tables = dict[str, list[str]]


def decisions(folder: Path) -> Tables:
    """Every row of the tables of decisions, sorted."""
    with sqlite3.connect(folder / "desk.db") as store:
        return {
            table: sorted(map(repr, store.execute(f"SELECT {columns} FROM {table}").fetchall()))
            for table, columns in DECISIONS.items()
        }


def recorded(port: int, database: str) -> Tables:
    """What a desk has written to the warehouse: its ledger entries and its messages, all columns."""
    asked = {
        "ledger": "SELECT * FROM ledger FINAL WHERE actor = 'desk' OR proposal_id != '' ORDER BY ALL",
        "notification": "SELECT * FROM notification FINAL ORDER BY ALL",
        "deadline": "SELECT * FROM deadline FINAL ORDER BY ALL",
    }
    with clickhouse_connect.get_client(
        host="127.0.0.1", port=port, database=database, compress=False
    ) as client:
        return {name: [repr(row) for row in client.query(sql).result_rows] for name, sql in asked.items()}


def on_their_way(folder: Path) -> Tables:
    """What a desk without a warehouse would have written to one."""
    with sqlite3.connect(folder / "desk.db") as store:
        rows = store.execute("SELECT table_name, row_id, row FROM ship").fetchall()
    return {"ship": sorted(map(repr, rows))}


def differences(want: Tables, got: Tables) -> list[str]:
    """The missing and the extra rows of each table; empty if the tables are equal."""
    found = []
    for table, rows in want.items():
        missing, extra = Counter(rows) - Counter(got[table]), Counter(got[table]) - Counter(rows)
        if missing or extra:
            found.append(f"{table}: {len(rows)} rows wanted, {len(got[table])} found")
            found += [f"  missing {row[:400]}" for row in list(missing)[:3]]
            found += [f"  extra   {row[:400]}" for row in list(extra)[:3]]
    return found


@dataclass
class Evidence:
    """What is left of a history on the wall clock."""

    messages: list[dict[str, Any]]
    """Rows of `notification`."""
    entries: list[dict[str, Any]]
    """The desk's rows of `ledger`."""
    open_alerts: list[dict[str, Any]]
    """Rows of `alert_open` with their state."""
    routed: list[dict[str, Any]]
    """Rows of `routed` in desk.db."""
    deliveries: list[Delivery]
    acked: dict[str, float]
    """Alert → when its acknowledgement was in the ledger, seconds since 1970."""


def evidence(
    folder: Path, port: int, database: str, deliveries: list[Delivery], acked: dict[str, float]
) -> Evidence:
    """Collects it."""
    with clickhouse_connect.get_client(
        host="127.0.0.1", port=port, database=database, compress=False
    ) as client:

        def ask(sql: str) -> list[dict[str, Any]]:
            return list(client.query(sql).named_results())

        messages = ask("SELECT * FROM notification FINAL")
        entries = ask("SELECT * FROM ledger FINAL WHERE entry IN ('ROUTED', 'ESCALATED')")
        open_alerts = ask("SELECT alert_id, severity, state, owner FROM alert_current WHERE status = 'open'")
    with sqlite3.connect(folder / "desk.db") as store:
        store.row_factory = sqlite3.Row
        routed = [dict(row) for row in store.execute("SELECT * FROM routed")]
    return Evidence(messages, entries, open_alerts, routed, deliveries, acked)


def wrong(seen: Evidence, *, kills: int, in_time: bool, extra_repeats: int, keeps_bodies: bool) -> list[str]:
    """Every invariant that does not hold. `in_time`: the desk met each answer of a person within three seconds."""
    return [
        *_lost(seen), *_repeats(seen, kills + extra_repeats), *(_unmarked(seen) if keeps_bodies else ()),
        *_owners(seen), *_steps(seen, in_time), *_listed(seen),
    ]  # fmt: skip


def repeats(seen: Evidence) -> int:
    """How often a message arrived again."""
    arrived = Counter((one.bell, one.message) for one in seen.deliveries if one.arrived)
    return sum(arrived.values()) - len(arrived)


def _lost(seen: Evidence) -> list[str]:
    arrived = {(one.bell, one.message) for one in seen.deliveries if one.arrived}
    refused = {(one.bell, one.message) for one in seen.deliveries if one.way == "dead"}
    found = []
    for row in seen.messages:
        key = (row["target"], mark_of(row["notification_id"]))
        if row["state"] in ("pending", "sending"):
            found.append(
                f"message {row['notification_id']} to {row['target']} never ended: {row['state']}, {row['tries']} tries"
            )
        elif row["state"] == "sent" and key not in arrived:
            found.append(f"message {row['notification_id']} is sent and did not arrive at {row['target']}")
        elif row["state"] == "dead" and key not in refused:
            found.append(
                f"message {row['notification_id']} is dead and {row['target']} did not refuse it: {row['because']}"
            )
    ids = {row["notification_id"] for row in seen.messages}
    ended = {row["notification_id"] for row in seen.messages if row["state"] in ("sent", "dropped")}
    contacts = Counter(row["notification_id"] for row in seen.messages if row["state"] == "dead")
    found += [
        f"message {one} has contacts that were not tried"
        for one in sorted(ids - ended)
        if contacts[one] < CONTACTS
    ]
    known = {mark_of(one) for one in ids}
    unknown = {one.message for one in seen.deliveries} - known
    return found + [f"a message arrived that is not in the record: {one}" for one in sorted(unknown)]


def _repeats(seen: Evidence, kills: int) -> list[str]:
    lost = sum(one.way in LOST for one in seen.deliveries)
    many = repeats(seen)
    return [f"{many} repeats with {kills} kills and {lost} lost answers"] if many > kills + lost else []


def _unmarked(seen: Evidence) -> list[str]:
    """A repeat has the first body; at a robot, which cannot tell, it is marked."""
    found, first = [], dict[tuple[str, str], Delivery]()
    for one in seen.deliveries:
        before = first.setdefault((one.bell, one.message), one)
        if one.bell == "hook" and one.body != before.body:
            found.append(f"message {one.message} has two bodies at the webhook")
        if one.bell != "hook" and before.arrived and one is not before and not one.mark:
            found.append(f"message {one.message} was repeated at {one.bell} without a mark")
    return found


def _owners(seen: Evidence) -> list[str]:
    routed = Counter(row["alert_id"] for row in seen.entries if row["entry"] == "ROUTED")
    found = [f"alert {key} was routed {count} times" for key, count in routed.items() if count > 1]
    found += [
        f"open alert {row['alert_id']} was not routed"
        for row in seen.open_alerts
        if not routed[row["alert_id"]]
    ]
    return found + [
        f"open alert {row['alert_id']} has no owner" for row in seen.open_alerts if not row["owner"]
    ]


def _steps(seen: Evidence, in_time: bool) -> list[str]:
    done: dict[str, Counter[tuple[int, int]]] = defaultdict(Counter)
    found = []
    for row in seen.entries:
        if row["entry"] == "ESCALATED":
            detail = orjson.loads(row["detail"])
            done[row["alert_id"]][detail["round"], detail["step"]] += 1
            late = row["decided_at"].timestamp() - seen.acked.get(row["alert_id"], float("inf"))
            if in_time and late > 3:
                found.append(f"alert {row['alert_id']}: step {detail['step']} {late:.1f} s after its answer")
    found += [
        f"alert {key}: a step twice: {steps}"
        for key, steps in done.items()
        if any(n > 1 for n in steps.values())
    ]
    told = {key for row in seen.messages if row["state"] == "sent" for key in row["alerts"]}
    for alert in seen.open_alerts:
        steps = done[alert["alert_id"]]
        last = max((round_ for round_, _ in steps), default=0)
        missing = STEPS[alert["severity"]] - {step for round_, step in steps if round_ == last}
        if alert["state"] == "new" and missing and alert["alert_id"] in told:
            found.append(
                f"alert {alert['alert_id']} ({alert['severity']}): steps {sorted(missing)} never came"
            )
    return found


def _listed(seen: Evidence) -> list[str]:
    rows = {row["alert_id"]: row for row in seen.routed}
    told = {key for row in seen.messages if row["state"] == "sent" for key in row["alerts"]}
    found = []
    for alert in seen.open_alerts:
        row = rows.get(alert["alert_id"])
        if row is None:
            found.append(f"open alert {alert['alert_id']} is not in desk.db")
        elif not row["because"] and alert["alert_id"] not in told:
            found.append(f"open alert {alert['alert_id']} was not told and has no reason")
    return found


def counted(deliveries: Iterable[Delivery]) -> Counter[str]:
    """How the receivers answered."""
    return Counter(one.way for one in deliveries)


def first_lines(found: Sequence[str], most: int = 5) -> list[str]:
    """The first lines of each sort, and how many are left out."""
    sorts: dict[str, list[str]] = defaultdict(list)
    for line in found:
        sorts[re.sub(r"\S*\d\S*", "#", line)[:40]].append(line)
    shown = [line for lines in sorts.values() for line in lines[:most]]
    return [*shown, *([f"… and {len(found) - len(shown)} more"] if len(found) > len(shown) else [])]
