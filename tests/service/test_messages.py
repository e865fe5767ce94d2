"""The messages as the desk keeps them: who may read which, what waits, and what the person saw."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from lowtide.desk.store import Store
from lowtide.errors import SettingsError
from lowtide.people import Book
from lowtide.service import Caller, Context, Role, message_text
from lowtide.service.messages import message, messages, retry
from lowtide.service.people import people
from lowtide.service.recipient import recipient
from lowtide.service.refusal import Missing, NotAllowed
from lowtide.settings import Settings
from lowtide.words import Language
from tests.page.desk import MESSAGE, NOW, fill, insert

PEOPLE = """
time_zone: Asia/Shanghai
calendars: {office: {work: {mon-fri: "09:00-18:00"}}}
people:
  zhao: {name: 赵敏, calendar: office, contacts: [console]}
  chen: {name: 陈晨, calendar: office, lead: zhao, contacts: ["mail:chen@example.com"]}
  li: {name: Li Na, calendar: office, contacts: [console]}
absences: [{person: li, from: 2026-11-30, to: 2026-12-02, deputy: chen}]
teams: {buyers: {rotate: [chen, li], every: 1w, from: 2026-11-30, lead: zhao, fallback: zhao, calendar: office}}
routes: [{match: {type: overdue_supply}, to: buyers}, {to: zhao}]
"""
ADMIN, LEAD = Caller("root", Role.ADMIN, None, "session"), Caller("zhao", Role.OPERATOR, "zhao", "session")
CHEN, LI = Caller("chen", Role.OPERATOR, "chen", "session"), Caller("li", Role.OPERATOR, "li", "session")


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    book = Book.read(PEOPLE)
    with Store.open(tmp_path / "desk.db") as store:
        fill(store)
        yield Context(store, None, lambda: book, lambda: NOW, Settings())  # type: ignore[arg-type]


def dead(context: Context) -> None:
    with context.store.transaction() as tx:
        tx.execute("UPDATE outbox SET state = 'dead', because = 'bad key', give_up_at = ?", NOW)


def test_a_person_reads_the_own_messages_and_a_lead_those_of_the_persons_below(context: Context) -> None:
    counts = [messages(context, one).counts["sent"] for one in (ADMIN, LEAD, CHEN, LI)]
    assert counts == [0, 1, 1, 0], "the role of an admin opens nobody's messages"
    with pytest.raises(NotAllowed, match="shown to that person"):
        message(context, ADMIN, MESSAGE, Language("en"))
    (found,) = messages(context, CHEN).messages
    assert (found.notification_id, found.person_name, found.alerts, found.worth) == (
        MESSAGE,
        "陈晨",
        3,
        321.5,
    )
    with pytest.raises(NotAllowed, match="shown to that person"):
        message(context, LI, MESSAGE, Language("en"))
    assert "陈晨" in message(context, CHEN, MESSAGE, Language("zh"))[0]


def test_a_window_ends_with_a_cursor_and_a_foreign_cursor_is_refused(context: Context) -> None:
    with context.store.transaction() as tx:
        for number in range(120):
            content = json.dumps({"counted": 1})
            insert(tx, "outbox", {"notification_id": f"N{number:03}", "target": "console", "person": "chen", "state": "sent",
                                  "decided_at": NOW - number, "content": content, "reason": "FIRST"})  # fmt: skip
    first = messages(context, LEAD)
    second = messages(context, LEAD, cursor=first.next_cursor)
    ids = [one.notification_id for one in (*first.messages, *second.messages)]
    assert len(first.messages) == 100 and len(ids) == len(set(ids)) == 121 and second.next_cursor is None
    with pytest.raises(SettingsError, match="cursor"):
        messages(context, LEAD, cursor="x")


def test_a_dead_message_is_sent_again_once_and_not_by_strangers(context: Context) -> None:
    with pytest.raises(Missing):
        retry(context, ADMIN, "NOBODY")
    dead(context)
    assert messages(context, CHEN, "dead").messages[0].may_retry
    with pytest.raises(NotAllowed):
        retry(context, LI, MESSAGE)
    assert retry(context, CHEN, MESSAGE) == 1
    assert [messages(context, CHEN, box).counts[box] for box in ("dead", "waiting")] == [0, 1]


def test_what_no_target_took_is_an_admins_too_with_its_address(context: Context) -> None:
    """Somebody must mend the target; the person reads the same without the addresses."""
    dead(context)
    with context.store.transaction() as tx:
        tx.execute(
            "UPDATE outbox SET target = 'mail:chen@example.com', because = '<chen@example.com> is unknown'"
        )
        insert(tx, "attempt", {"notification_id": MESSAGE, "target": "mail:chen@example.com", "try": 1, "at": NOW,
                               "outcome": "refused", "code": "550", "detail": "<chen@example.com> is unknown"})  # fmt: skip
    (found,) = messages(context, ADMIN, "dead").messages
    assert found.target == "mail" and "chen@example.com" in found.because
    assert [one.because for one in messages(context, CHEN, "dead").messages] == ["<…> is unknown"]
    assert messages(context, ADMIN, "dead", "chen").counts["dead"] == 1
    assert "chen@example.com" in " ".join(message(context, ADMIN, MESSAGE, Language("en")))
    said = " ".join(message(context, CHEN, MESSAGE, Language("en")))
    assert "example.com" not in said and "mail" in said and "550" in said
    with pytest.raises(NotAllowed):
        messages(context, LI, "dead", "chen")
    assert messages(context, ADMIN, "sent", "chen").messages == ()


def test_what_the_person_saw_is_kept_without_the_link(context: Context) -> None:
    with context.store.transaction() as tx:
        body = json.dumps({"title": "[critical] 牛奶", "link": "https://x.example/a/Tok"}).encode()
        tx.execute("UPDATE outbox SET body = ?", body)
    assert [one.text for one in message_text.texts(context, MESSAGE)] == ["[critical] 牛奶"]


def test_the_page_of_people_says_who_is_on_duty_who_is_away_and_hides_the_load_of_others(
    context: Context,
) -> None:
    found = people(context, LI)
    rows = {row.person: row for row in found.persons}
    assert rows["li"].deputy == "chen" and rows["li"].absent_until is not None and not rows["li"].is_working
    assert rows["chen"].is_working and rows["chen"].open_alerts is None and rows["li"].open_alerts == 0
    assert [row.contacts for row in found.persons] == [()] * 3, "contacts are an admin's"
    assert {row.person: row.contacts for row in people(context, ADMIN).persons}["chen"] == ("mail",)
    team = next(one for one in found.teams if one.team == "buyers")
    assert (team.now.person, team.now.row, team.lead) == ("chen", "rotation", "zhao") and team.gaps == ()
    assert "li" in {one.person for one in team.next}
    assert {row.person: row.open_alerts for row in people(context, LEAD).persons} == {
        "zhao": 0,
        "chen": 0,
        "li": None,
    }
    assert [row.open_alerts for row in people(context, ADMIN).persons] == [None] * 3
    assert [row.pushed_hour for row in people(context, ADMIN).persons] == [None] * 3


def test_who_would_get_an_alert_follows_the_route_and_the_ladder(context: Context) -> None:
    found = recipient(context, CHEN, {"type": "overdue_supply", "location": "330"}, "warning")
    assert (found.team, found.person, found.lead, found.place) == ("buyers", "chen", "zhao", 1)
    assert [(one.who, one.person) for one in found.steps] == [("owner", "chen"), ("lead", "zhao")]
    assert recipient(context, CHEN, {"type": "out_of_stock"}).person == "zhao"
    with pytest.raises(SettingsError, match="`type`"):
        recipient(context, CHEN, {"type": "milk"})


def test_a_message_about_proposals_counts_proposals_and_shows_no_key_of_ours(context: Context) -> None:
    """The page showed `["18P01…", "proposed", "chen", 2]` of each list, and called 42 proposals 42 alerts."""
    keys = [["L1", "proposed", "chen", 2], ["L2", "proposed", "chen", 2]]
    content = json.dumps(
        {"counted": 5, "proposals": keys, "about": [["waits", json.dumps(key)] for key in keys]}
    )
    with context.store.transaction() as tx:
        insert(tx, "outbox", {"notification_id": "NP", "target": "console", "person": "chen", "state": "sent",
                              "decided_at": NOW + 1, "content": content, "reason": "STEP"})  # fmt: skip
    first, *others = messages(context, CHEN).messages
    assert (first.proposals, first.alerts, first.about) == (5, 0, ())
    assert [one.proposals for one in others] == [0]
