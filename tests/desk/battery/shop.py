"""What happens in a shop of a history: alerts that open, get worse and end, and what people answer; all by a seed."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

STORES = 25
BUYERS = tuple(f"b{number}" for number in range(STORES))
KINDS = ("projected_stockout", "out_of_stock", "overdue_supply", "negative_stock")


@dataclass(frozen=True)
class Event:
    """One entry of the ledger, `after` seconds from the start of the history."""

    after: float
    alert: int
    seq: int
    entry: str
    severity: str
    actor: str = ""
    owner: str = ""

    def row(self, start: float) -> dict[str, Any]:
        """The columns of the ledger, with times as seconds since 1970; `start` is when the history began."""
        at = start + self.after
        base = {
            "pipeline": "shop", "partition": "log/0", "offset": self.alert, "alert_id": alert_id(self.alert),
            "type": KINDS[self.alert % len(KINDS)], "severity": self.severity, "location": f"store {self.alert % STORES}",
            "sku": sku_of(self.alert), "event_time": at, "seq": self.seq, "entry": self.entry, "episode": 1,
            "reason": "person" if self.actor else "p_over_line", "policy_version": "0123456789ab", "inputs_version": "",
            "on_hand": 3, "available": 3, "on_order": 0, "in_transit": 0, "demand_per_day": 2, "detail": DETAIL,
        }  # fmt: skip
        if self.actor:
            base |= {
                "actor": self.actor,
                "owner": self.owner,
                "action_id": f"{self.entry[:4]}{self.alert:022}",
                "detail": "{}",
            }
        return base


DETAIL = json.dumps(
    {
        "horizon_days": 4,
        "demand": {"rate_per_day": 3.0, "exposure": [0.5, 1.5, 2.5, 3.5]},
        "out_by": [0.1, 0.4, 0.7, 0.9],
        "supply": [],
    }
)


def sku_of(alert: int) -> str:
    """Two neighbours sell the same SKU."""
    return f"S{alert // 2:05}"


def alert_id(number: int) -> str:
    """An identity of 26 characters that sorts by number."""
    return f"01K{number:023d}"


@dataclass(frozen=True)
class Shop:
    """A history: its events in order, and the people file."""

    seed: int
    events: tuple[Event, ...]

    def rows(self, start: float) -> list[dict[str, Any]]:
        """All entries, in order of time. `opened_at` of each alert is the time of its first."""
        opened = {one.alert: start + one.after for one in reversed(self.events) if one.seq == 1}
        return [{**one.row(start), "opened_at": opened[one.alert]} for one in self.events]


def shop(seed: int, alerts: int, span_s: float) -> Shop:
    """So many alerts that open within a span, some in bursts. A third is critical, a fifth is answered, a third ends."""
    chance = random.Random(seed)
    events: list[Event] = []
    at = 0.0
    for number in range(alerts):
        if chance.random() < 0.6:
            at += chance.expovariate(alerts / span_s) / 0.6
        events += _life(chance, number, min(at, span_s), span_s)
    return Shop(seed, tuple(sorted(events, key=lambda one: (one.after, one.alert, one.seq, one.entry))))


def _life(chance: random.Random, number: int, at: float, span_s: float) -> Iterator[Event]:
    severity = chance.choice(("warning", "warning", "critical"))
    opened = Event(round(at, 3), number, 1, "OPENED", severity)
    yield opened
    later = sorted(round(at + chance.uniform(0.01, 0.5) * span_s, 3) for _ in range(3))
    seq = 1
    if severity == "warning" and chance.random() < 0.25:
        seq += 1
        yield replace(opened, after=later[0], seq=seq, entry="WORSENED", severity="critical")
    if chance.random() < 0.2:
        who = chance.choice(BUYERS)
        yield replace(opened, after=later[1], seq=0, entry="ACKNOWLEDGED", actor=who, owner=who)
    if chance.random() < 0.3:
        yield replace(opened, after=later[2], seq=seq + 1, entry="CLEARED")


ROBOTS = {
    "wecom": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7aaa-4bc4-97a0-{:012d}",
    "dingtalk": "https://oapi.dingtalk.com/robot/send?access_token=a1b2c3d4{:056d}",
    "feishu": "https://open.feishu.cn/open-apis/bot/v2/hook/0a1b2c3d-0000-4000-8000-{:012d}",
}
"""The addresses of robots; each ends with the number of its person."""


def people(folder: Path, hook: str, ladder_unit_s: float, kinds: Sequence[str] = tuple(ROBOTS)) -> Path:
    """A file of one buyer a store, their lead `bob` and his lead `cat`, with the files of secrets that it names.

    A buyer approves up to 100, and the owner of a place that gives is asked: b0 has the depot.

    All have the webhook and a robot of their own, of one of `kinds`, in turned order. A step that
    is a minute long takes `ladder_unit_s`.
    """
    unit, persons = ladder_unit_s, (*BUYERS, "bob", "cat")
    (folder / "secret").write_text("SECa1b2c3\n")
    targets = [f'  hook: {{kind: webhook, url: "{hook}", secret_file: secret, allow: [127.0.0.0/8]}}']
    contacts = {}
    for number, key in enumerate(persons):
        kind = kinds[number % len(kinds)]
        (folder / f"{kind}{number}").write_text(ROBOTS[kind].format(number) + "\n")
        secret = "" if kind == "wecom" else ", secret_file: secret"
        targets.append(f"  {kind}{number}: {{kind: {kind}, url_file: {kind}{number}{secret}}}")
        both = [f"{kind}{number}", "hook"]
        contacts[key] = ", ".join(both if number % 2 else reversed(both))

    def person(key: str, lead: str) -> str:
        above = f"lead: {lead}, " if lead else ""
        limit = "approve_up_to: 100, " if lead == "bob" else ""
        return f"  {key}: {{name: {key.title()}, {above}{limit}contacts: [{contacts[key]}], budget: 60}}"

    lines = [
        "time_zone: UTC",
        "donor: ask",
        "public_url: https://stock.example.com",
        "calendars: {always: {}}",
        "people:",
    ]
    lines += [person(key, "bob") for key in BUYERS]
    lines += [person("bob", "cat"), person("cat", ""), "teams:"]
    lines += [
        f"  team-{key}: {{lead: bob, members: [{key}], fallback: cat, calendar: always}}" for key in BUYERS
    ]
    lines += ["targets:", *targets, "routes:"]
    for number, key in enumerate(BUYERS):
        store = f'location: "store {number}"'
        lines.append(
            f"  - {{match: {{type: overdue_supply, {store}}}, to: team-{key}, group_by: [location]}}"
        )
        lines.append(f"  - {{match: {{{store}}}, to: team-{key}, group_by: [sku]}}")
    lines += [
        "  - {to: team-b0, group_by: [sku]}",
        "ladders:",
        f"  critical: {{ack: {30 * unit:g}s, steps: [owner 0m, owner {15 * unit:g}s, lead {30 * unit:g}s, "
        f"manager {60 * unit:g}s], calendar: always}}",
        f"  warning: {{ack: {60 * unit:g}s, steps: [owner 0m, lead {60 * unit:g}s], calendar: always}}",
        "  watch: {steps: [digest]}",
    ]
    path = folder / "people.yaml"
    path.write_text("\n".join(lines) + "\n")
    return path
