"""When digests and reviews go: at a person's times on working days, and in the first working minute after a period."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lowtide.desk.decide import digest, forget, review
from lowtide.desk.decide.identity import notification
from lowtide.desk.decide.moment import ms_of, utc
from lowtide.desk.history.script import Script
from lowtide.people import Book
from tests.desk.decide.conftest import PEOPLE, Make, at, later, opened
from tests.desk.decide.world import World

ZONE = ZoneInfo("Asia/Shanghai")
TEXT = """
time_zone: Asia/Shanghai
calendars: {office: {holidays: CN, work: {mon-fri: "09:00-18:00"}}}
people: {chen: {name: Chen, contacts: [room], calendar: office, digest: ["09:00", "17:30"]}}
targets: {room: {kind: KIND, url_file: room.url}}
routes: [{to: chen}]
reviews: [{to: [chen], every: month}, {to: [chen], every: week}]
"""


def local(text: str) -> int:
    return ms_of(datetime.fromisoformat(text).replace(tzinfo=ZONE))


def shown(ms: int | None) -> str:
    assert ms is not None
    return f"{utc(ms).astimezone(ZONE):%a %Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-30T08:59", "Mon 2026-11-30 09:00"),
        ("2026-11-30T09:00", "Mon 2026-11-30 17:30"),
        ("2026-11-27T17:30", "Mon 2026-11-30 09:00"),
        ("2026-09-30T17:30", "Thu 2026-10-08 09:00"),
    ],
)
def test_the_next_digest(now: str, due: str) -> None:
    book = Book.read(TEXT.replace("KIND", "wecom"))
    assert shown(digest._next(book, "chen", local(now))) == due


def test_a_digest_for_feishu_is_off_by_at_most_four_minutes() -> None:
    book = Book.read(TEXT.replace("KIND", "feishu"))
    found = digest._next(book, "chen", local("2026-11-30T08:00"))
    assert found is not None
    assert abs(found - local("2026-11-30T09:00")) <= 4 * 60_000
    assert found == digest._next(book, "chen", local("2026-11-30T08:30")), "the same on each day"


@pytest.mark.parametrize(
    ("every", "now", "due"),
    [
        ("week", "2026-11-28T12:00", "Mon 2026-11-30 09:00"),
        ("week", "2026-11-30T09:00", "Mon 2026-12-07 09:00"),
        ("month", "2026-09-15T12:00", "Thu 2026-10-08 09:00"),  # after the National Day
        ("month", "2026-10-08T09:00", "Mon 2026-11-02 09:00"),
    ],
)
def test_the_next_review(every: str, now: str, due: str) -> None:
    book = Book.read(TEXT.replace("KIND", "wecom"))
    assert shown(review._next(book, every, "chen", local(now))) == due


def test_a_review_is_of_the_last_whole_period() -> None:
    book = Book.read(TEXT.replace("KIND", "wecom"))
    month = review.period(book, "chen", "month", local("2026-10-08T09:00"))
    week = review.period(book, "chen", "week", local("2026-11-30T09:00"))
    assert [shown(one) for one in month] == ["Tue 2026-09-01 00:00", "Thu 2026-10-01 00:00"]
    assert [shown(one) for one in week] == ["Mon 2026-11-23 00:00", "Mon 2026-11-30 00:00"]


def test_a_review_is_sent_with_its_period(tmp_path: Path) -> None:
    text = PEOPLE + "reviews: [{to: [wang], every: week}]\n"
    world = World(tmp_path, Book.read(text))
    try:
        world.live(Script.of([opened("a", 0, "warning")]), at(8 * 24 * 60))
        assert [(shown(when), one.person) for when, one in world.told if one.reason == "REVIEW"] == [
            ("Mon 2026-12-07 09:00", "wang")
        ]
    finally:
        world.close()


def test_nothing_to_say_is_no_digest(tmp_path: Path) -> None:
    text = PEOPLE.replace("contacts: [console], budget: 2}", "contacts: [console], digest: ['17:30']}")
    text = text.replace(
        'contacts: [console, "file:told.jsonl"], budget: 2', "contacts: [console], digest: ['17:30']"
    )
    world = World(tmp_path, Book.read(text))
    try:
        a = opened("a", 0, "warning")
        world.live(Script.of([a, later(a, 5, "CLEARED")]), at(3 * 24 * 60))
        assert [one.reason for _, one in world.told] == ["FIRST"]
    finally:
        world.close()


def test_what_the_mirror_forgot_is_forgotten(desk: Make) -> None:
    a = opened("a", 0)
    world = desk([a, later(a, 5, "CLEARED"), opened("b", 6)], 20)
    with world.store.transaction() as tx:
        tx.execute("DELETE FROM alert WHERE alert_id = 'a'")
        forget(tx)
    assert [row["alert_id"] for row in world.rows("SELECT alert_id FROM routed")] == ["b"]
    assert len(world.rows("SELECT * FROM grp")) == 1


def test_the_identity_of_a_message_does_not_depend_on_the_order_of_its_alerts() -> None:
    told = [("b", 2), ("a", 1)]
    assert notification("chen", "g", 1, "FIRST", told) == notification("chen", "g", 1, "FIRST", told[::-1])
    assert notification("chen", "g", 2, "FIRST", told) != notification("chen", "g", 1, "FIRST", told)
    assert len(notification("chen", "g", 1, "FIRST", told)) == 20
