"""What the tests of decisions share: a desk at nine in the morning in Shanghai, and rows for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lowtide.desk.decide.moment import MINUTE
from lowtide.desk.history.script import Script
from lowtide.notify.answer import Outcome
from lowtide.notify.message import Message
from lowtide.people import Book
from tests.desk.decide.histories import START
from tests.desk.decide.world import World, accepts

PEOPLE = """
time_zone: Asia/Shanghai
calendars: {office: {work: {mon-fri: "09:00-18:00"}}}
people:
  wang: {name: Wang, calendar: office, contacts: [console]}
  chen: {name: Chen, lead: wang, calendar: office, contacts: [console, "file:told.jsonl"], budget: 2}
  li: {name: Li, lead: wang, calendar: office, contacts: [console]}
teams: {buyers: {lead: wang, members: [chen], fallback: wang}}
routes: [{to: buyers, group_by: [sku]}]
ladders:
  critical: {ack: 30m, resolve: 4h, steps: [owner 0m, lead 30m]}
  warning: {ack: 4h, resolve: 2d, steps: [owner 0m, lead 4h]}
"""
Make = Callable[..., World]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Make]:
    """Make a desk that lives through rows until so many minutes after nine."""
    worlds: list[World] = []

    def make(
        rows: list[dict[str, Any]],
        minutes: float,
        answers: Callable[..., Outcome] = accepts,
        text: str = PEOPLE,
    ) -> World:
        world = World(tmp_path / str(len(worlds)), Book.read(text), answers=answers)
        worlds.append(world)
        world.live(Script.of(rows), at(minutes))
        return world

    yield make
    for world in worlds:
        world.close()


def at(minutes: float) -> int:
    """So many minutes after nine, in milliseconds since 1970 UTC."""
    return START + round(minutes * MINUTE)


def opened(name: str, minutes: float, severity: str = "critical", **more: Any) -> dict[str, Any]:
    """An alert opens."""
    return {
        "event_time": at(minutes), "opened_at": at(minutes), "entry": "OPENED", "alert_id": name, "seq": 1,
        "type": "out_of_stock", "severity": severity, "location": "330", "sku": name, "supplier": "V1",
        "worth": 10.0, **more,
    }  # fmt: skip


def later(row: dict[str, Any], minutes: float, entry: str, **more: Any) -> dict[str, Any]:
    """The next entry of an alert."""
    return row | {"event_time": at(minutes), "entry": entry, "seq": row["seq"] + 1, **more}


def acted(name: str, minutes: float, entry: str, person: str, **more: Any) -> dict[str, Any]:
    """A person does something about an alert, and becomes its owner."""
    return {
        "event_time": at(minutes), "entry": entry, "alert_id": name, "action_id": f"{entry}-{name}", "actor": person,
        "owner": person, **more,
    }  # fmt: skip


def reasons(world: World) -> list[tuple[str, str]]:
    """Who was told, and why, in order."""
    return [(message.person, message.reason) for _, message in world.told]


def refuses(message: Message, target: str, now: int) -> Outcome:
    """The target that refuses everything for good."""
    return Outcome.DEAD
