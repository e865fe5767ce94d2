"""`desk explain` says what was written down: why a message came, what its targets answered, why an alert is quiet."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lowtide.desk.explanation import explain, people_of
from lowtide.desk.reasons import Reason
from lowtide.desk.store import Store
from lowtide.errors import SettingsError
from lowtide.people import Book
from lowtide.words import Language
from lowtide.words.tables import TEXT
from tests.page.desk import ALERTS, MESSAGE, NOW, insert, opened

PEOPLE = """
time_zone: Asia/Shanghai
people: {chen: {name: Chen Chen, contacts: [console]}}
teams: {buyers: {members: [chen], fallback: chen}}
routes:
  - {match: {type: overdue_supply}, to: buyers, group_by: [supplier]}
  - {to: buyers}
"""
BOOK = Book.read(PEOPLE, "people.yaml", Path())
ROUTE = next(route for route in BOOK.routes if route.match).id
WHY = [
    {"stage": "route", "reason": "ROUTED", "route": ROUTE, "person": "chen"},
    {"stage": "group", "reason": "FIRST", "opened": NOW, "ordinal": 2},
    {"stage": "due", "reason": "WAITING", "due": NOW, "at": NOW},
    {"stage": "group", "reason": "CATCH_UP", "groups": 12, "nudges": 3},
    {"stage": "group", "reason": "ALL_ENDED", "opened": NOW},
    {"stage": "ladder", "reason": "STEP", "due": NOW},
    {"stage": "budget", "reason": "", "sent": 2, "budget": 6},
    {"stage": "budget", "reason": "", "sent": 2, "budget": None},
    {"stage": "something new", "reason": "STEP", "more": 1},
]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """The message of three alerts went to a robot that refused it, then to mail; one of its alerts is silenced."""
    store = opened(tmp_path)
    content = {
        "told": [[one, 1] for one in ALERTS[:3]], "counted": 5, "worth": 321.5, "about": [["supplier", "V002"]],
        "people_version": "49d0794a9d5a", "why": WHY,
    }  # fmt: skip
    with store.transaction() as tx:
        tx.execute(
            "UPDATE outbox SET content = ?, target = 'wecom-chen', state = 'dead', because = 'bad key', tries = 2, "
            "sent_at = NULL",
            json.dumps(content),
        )
        row = dict(tx.row("SELECT * FROM outbox") or {})
        insert(tx, "outbox", row | {"target": "mail:chen@example.com", "state": "sent", "contact": 1, "because": "",
                                    "tries": 1,
                                    "sent_at": NOW + 60_000})  # fmt: skip
        for number, (outcome, code) in enumerate((("wait", "45009"), ("dead", "93000")), 1):
            insert(tx, "attempt", {"n": number, "notification_id": MESSAGE, "target": "wecom-chen", "try": number, "at": NOW,
                                   "outcome": outcome, "code": code, "detail": "refused"})  # fmt: skip
        insert(tx, "routed", {"alert_id": ALERTS[0], "person": "chen", "team": "buyers", "route": ROUTE,
                              "because": "SILENCED", "because_of": "3F9A", "told_at": NOW})  # fmt: skip
        insert(tx, "routed", {"alert_id": ALERTS[1], "person": "chen", "because": ""})
    return store


def said(store: Store, id_: str, lang: str = "en") -> list[str]:
    with store.read() as rows:
        return explain(rows, id_, BOOK).sentences(Language(lang, "¥", "Asia/Shanghai"))  # type: ignore[arg-type]


def test_a_message_is_explained_stage_by_stage_and_try_by_try(store: Store) -> None:
    text = "\n".join(said(store, MESSAGE[:5].lower()))
    store.close()
    for part in (
        f"{MESSAGE} to Chen Chen: the first message about this group",
        "It tells 3 alerts and counts 5 alerts, worth ¥321.50.",
        "The route `type: overdue_supply → buyers` gives it to Chen Chen.",
        "Budget: 2 of 6 messages in the 60 minutes before it.", "Budget: no limit; 2 messages",
        "Group number 2 of its kind, open since 30 Nov 2026 09:00 Asia/Shanghai",
        "One message for 12 groups and 3 reminders",
        "Due 30 Nov 2026 09:00 Asia/Shanghai: a step of the ladder",
        "wecom-chen: refused for good, because bad key (after 2 tries)",
        "wait 45009 refused", "dead 93000 refused",
        "mail:chen@example.com: sent 30 Nov 2026 09:01 Asia/Shanghai",
        "By version 49d0794a9d5a of the people file.",
    ):  # fmt: skip
        assert part in text, part


def test_an_alert_says_why_it_is_quiet_and_what_the_reason_is(store: Store) -> None:
    quiet, waits, unknown = (said(store, alert) for alert in ALERTS[:3])
    with store.transaction() as tx:
        tx.execute("UPDATE routed SET told_at = ? WHERE alert_id = ?", NOW, ALERTS[1])
    pushed = said(store, ALERTS[1])
    store.close()
    assert any("a silence holds (3F9A)" in line for line in quiet) and any(
        "was told" in line for line in quiet
    )
    assert any("by the route `type: overdue_supply → buyers` of team `buyers`" in line for line in quiet)
    assert any("was pushed as it stands" in line for line in pushed)
    assert any("no target has taken a message about it" in line for line in waits), "it is only decided"
    assert unknown == [], "nothing is invented about an alert that was not routed yet"


def test_without_a_people_file_it_goes_by_the_people_of_the_last_decision(store: Store) -> None:
    with store.transaction() as tx:
        assert people_of(tx) is None
        tx.set_meta("people", BOOK.document)
        assert people_of(tx) == BOOK
        assert explain(tx, MESSAGE, None).sentences(Language("en"))[0].startswith(f"{MESSAGE} to chen:")
    store.close()


def test_it_speaks_chinese_and_json(store: Store) -> None:
    assert any("该组的第一条消息" in line for line in said(store, MESSAGE, "zh"))
    with store.read() as rows:
        document = explain(rows, MESSAGE, BOOK).to_dict()
    store.close()
    assert document["id"] == MESSAGE and len(document["messages"]) == 2 and len(document["tries"]) == 2
    assert (
        document["messages"][0]["decided_at"].tzinfo is not None
        and document["messages"][0]["sent_at"] is None
    )


@pytest.mark.parametrize(
    ("id_", "words"), [("zzz", "no message or alert"), ("", "no message or alert"), ("01KH", "more than one")]
)
def test_what_is_not_one_message_is_an_error(store: Store, id_: str, words: str) -> None:
    with store.read() as rows, pytest.raises(SettingsError, match=words):
        explain(rows, id_, BOOK)
    store.close()


def test_every_reason_has_its_words() -> None:
    assert {f"because.{reason}" for reason in Reason} == {key for key in TEXT if key.startswith("because.")}
