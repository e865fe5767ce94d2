"""A chain keeps its people and teams in a spreadsheet; days of its own come from a calendar that somebody published."""

from __future__ import annotations

from datetime import date

import pytest

from lowtide.errors import PeopleError
from lowtide.people import Book, holiday_file
from tests.people.shop import at

FILE = "time_zone: Asia/Shanghai\npeople: people.csv\nteams: teams.csv\nroutes: [{to: buyers}]\n"
HEAD = "person,name,lead,contacts,digest,budget\n"
PEOPLE = HEAD + "an,安,bo,console;mail:an@example.com,09:00;17:30,4\n007,,,console,,\nbo,,,console,,\n"
TEAMS = "team,rotate,every,from,lead,members\nbuyers,an;bo,1d,2026-11-30,bo,007\n"


@pytest.fixture
def written(tmp_path):
    def write(people: str = PEOPLE, teams: str = TEAMS, file: str = FILE):
        (tmp_path / "people.csv").write_text(people, "utf-8")
        (tmp_path / "teams.csv").write_text(teams, "utf-8")
        (tmp_path / "people.yaml").write_text(file, "utf-8")
        return tmp_path / "people.yaml"

    return write


def test_a_row_is_a_person_or_a_team(written):
    shop = Book.load(written())
    an = shop.people["an"]
    assert (an.name, an.contacts, an.digest, an.budget) == (
        "安",
        ("console", "mail:an@example.com"),
        (540, 1050),
        4,
    )
    assert shop.people["007"].name == "007", "a number keeps its zeros"
    assert shop.on_duty("buyers", {}, at("2026-12-01 10:00")).person == "bo"
    assert Book.of_document(shop.document) == shop, "the lists are in the version"


def test_a_list_may_be_longer_than_a_yaml_file_may_be(written):
    rows = "".join(f"p{number},,bo,console,,\n" for number in range(5_000))
    shop = Book.load(written(PEOPLE + rows))
    assert len(shop.people) == 5_003


@pytest.mark.parametrize(
    ("people", "teams", "why"),
    [
        (
            PEOPLE.replace(",bo,console;", ",bob,console;"),
            TEAMS,
            "people.csv:2: there is no person `bob`",
        ),
        (
            PEOPLE.replace("budget", "bugdet"),
            TEAMS,
            "people.csv:2: unknown word `bugdet`: did you mean `budget`?",
        ),
        (PEOPLE.replace("09:00;", "9;"), TEAMS, "people.csv:2: `digest`: write a time of day"),
        (PEOPLE + "an,,,console,,\n", TEAMS, "people.csv:5: `an` is in "),
        (PEOPLE + ",x,,console,,\n", TEAMS, "people.csv:5: column `person` is empty"),
        (PEOPLE.replace("person,", "who,"), TEAMS, "has no column `person`"),
        (PEOPLE, TEAMS.replace("an;bo", "an;cy"), "teams.csv:2: there is no person `cy`"),
        (PEOPLE, TEAMS.replace("1d", "1m"), "teams.csv:2: `every`: write how long a turn lasts"),
    ],
)
def test_a_mistake_in_a_list_names_its_row(written, people, teams, why):
    with pytest.raises(PeopleError) as caught:
        Book.load(written(people, teams))
    assert why in caught.value.message


def test_a_list_that_is_missing_is_told(written):
    with pytest.raises(PeopleError, match=r"there is no list of people .*none\.csv"):
        Book.load(written(file=FILE.replace("people.csv", "none.csv")))


ICS = """BEGIN:VCALENDAR
BEGIN:VEVENT
DTSTART;VALUE=DATE:20270206
DTEND;VALUE=DATE:20270209
SUMMARY:春节 休
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20270130
SUMMARY:春节
  补班
END:VEVENT
END:VCALENDAR
"""


def test_days_of_a_published_calendar(tmp_path):
    path = tmp_path / "days.ics"
    path.write_text(ICS, "utf-8")
    assert holiday_file.days(path) == {
        date(2027, 2, 6): False, date(2027, 2, 7): False, date(2027, 2, 8): False, date(2027, 1, 30): True,
    }  # fmt: skip


def test_days_of_a_list(tmp_path):
    path = tmp_path / "days.yaml"
    path.write_text("holidays: [2026-12-24, 2026-12-31]\nworkdays: [2026-12-06]\n")
    assert holiday_file.days(path) == {
        date(2026, 12, 24): False,
        date(2026, 12, 31): False,
        date(2026, 12, 6): True,
    }


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("holidays: 2026-12-24\n", "a list of days"),
        ("holiday: []\n", "`holidays:` and `workdays:`"),
        ("holidays: [24.12.2026]\n", "write days such as 2026-10-01"),
        ("holidays: [\n", "line"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT\n", "no DTSTART of a whole day"),
        (
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nDTSTART:20260101\nDTEND:20270101\nEND:VEVENT\n",
            "at most 60 days",
        ),
    ],
)
def test_a_file_of_days_that_cannot_be_read_says_why(tmp_path, text, why):
    path = tmp_path / "days"
    path.write_text(text)
    with pytest.raises(ValueError, match=why):
        holiday_file.days(path)
