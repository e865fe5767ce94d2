"""All mistakes of a file are reported together: file, line, column, what would be correct."""

from __future__ import annotations

import hashlib

import pytest

from lowtide.errors import PeopleError
from lowtide.people import Book, mark
from tests.people.shop import LOCATIONS, PEOPLE, folder

TOP = "time_zone: UTC\npeople:\n  an: {contacts: console}\n  bo: {contacts: console}\n"
END = "routes: [{to: an}]\n"

FAULTS = {
    # text: (line, column, part of the sentence)
    TOP + "rotues: []\n": (5, 1, "unknown word `rotues`: did you mean `routes`?"),
    "time_zone: UTC\npeople: {an: {contacs: console}}\n": (2, 15, "did you mean `contacts`?"),
    "time_zone: UTC\npeople: {an: {lang: cn, contacts: console}}\n": (
        2,
        15,
        "unknown word `cn`: use one of en, zh",
    ),
    "people: {an: {contacts: console}}\n": (1, 1, "`time_zone` is missing"),
    "time_zone: Mars/Olympus\npeople: {an: {contacts: console}}\n": (1, 1, "name of a time zone"),
    "time_zone: UTC\n": (1, 1, "`people` is missing"),
    "time_zone: UTC\npeople: {}\n": (2, 1, "names nobody"),
    "time_zone: UTC\npeople: {an: {}}\n": (2, 10, "`an` has no contact"),
    "time_zone: UTC\npeople: {an: {contacts: wecom}}\n": (2, 15, "there is no target `wecom`"),
    "time_zone: UTC\npeople: {an: {contacts: mail:here}}\n": (2, 15, "write an address"),
    "time_zone: UTC\npeople: {an: {contacts: 'fax:1'}}\n": (2, 15, "mail:ADDRESS, file:PATH or console"),
    "time_zone: UTC\npeople: {'a b': {contacts: console}}\n": (2, 10, "letters, digits"),
    "time_zone: UTC\npeople: {an: {contacts: console, lead: bob}}\n": (2, 34, "there is no person `bob`"),
    "time_zone: UTC\npeople: {an: {contacts: console, deputy: an}}\n": (2, 34, "cannot be the deputy"),
    "time_zone: UTC\npeople: {an: {contacts: console, calendar: ofice}}\n": (
        2,
        34,
        "there is no calendar `ofice`",
    ),
    "time_zone: UTC\npeople: {an: {contacts: console, quiet: 21-8}}\n": (2, 34, "time of day"),
    "time_zone: UTC\npeople: {an: {contacts: console, digest: [25:00]}}\n": (2, 34, "time of day"),
    "time_zone: UTC\npeople: {an: {contacts: console, budget: 90}}\n": (2, 34, "less than or equal to 60"),
    "time_zone: UTC\npeople: {an: {contacts: console, budget: some}}\n": (2, 34, "valid integer"),
    "time_zone: UTC\npeople: {an: {contacts: console, lead: bo}, bo: {contacts: console, lead: an}}\n"
    + END: (2, 34, "leads form a circle: an → bo → an"),
    TOP: (1, 1, "`routes` is missing"),
    TOP + "routes: [{match: {sku: a}, to: an}]\n": (5, 1, "no last resort"),
    TOP + "routes: [{to: cy}]\n": (5, 11, "there is no team `cy`"),
    TOP + "routes: [{to: an, follow: [cy]}]\n": (5, 19, "there is no team `cy`"),
    TOP + "routes: [{to: an}, {to: bo}]\n": (5, 20, "route 2 matches what route 1 matches"),
    TOP + "routes: [{match: {type: out_of_stok}, to: an}, {to: bo}]\n": (
        5,
        19,
        "did you mean `out_of_stock`?",
    ),
    TOP + "routes: [{match: {sevrity: watch}, to: an}, {to: bo}]\n": (5, 19, "unknown word `sevrity`"),
    TOP + "routes: [{match: {severity: watch}, to: an}, {to: bo}]\n": (5, 19, "unknown word `severity`"),
    TOP + "routes: [{match: {region: east}, to: an}, {to: bo}]\n": (5, 19, "`--locations F`"),
    TOP + END + "teams: {t: {members: [cy]}}\n": (6, 13, "there is no person `cy`"),
    TOP + END + "teams: {t: {}}\n": (6, 9, "team `t` has a gap: it has no `members`"),
    TOP + END + "teams: {t: {rotate: [an, bo]}}\n": (6, 9, "`from: 2026-11-30`"),
    TOP + END + "teams: {t: {rotate: [an], from: monday}}\n": (6, 27, "a day such as 2026-12-07"),
    TOP + END + "teams: {t: {rotate: [an], every: 1m, from: 2026-11-30}}\n": (6, 27, "such as 1w or 1d"),
    TOP + END + "teams: {an: {members: bo}}\n": (6, 9, "`an` is a person and a team"),
    TOP + END + "teams: {t: {members: an, lead: cy}}\n": (6, 26, "there is no person `cy`"),
    TOP + END + "teams: {t: {members: an, fallback: cy}}\n": (6, 26, "there is no person `cy`"),
    TOP + END + "teams: {'t-{shop}': {members: an}}\n": (6, 9, "one `{location}` only"),
    TOP + END + "teams: {'t-{location}': {members: locations.manager, fallback: an}}\n": (
        6,
        9,
        "name the file with",
    ),
    TOP + END + "calendars: {c: {work: {mon-fry: 09:00-18:00}}}\n": (6, 17, "write weekdays"),
    TOP + END + "calendars: {c: {work: {mon: 9-18}}}\n": (6, 17, "time of day"),
    TOP + END + "calendars: {c: {work: {}}}\n": (6, 17, "no day has hours"),
    TOP + END + "calendars: {c: {holidays: CN}}\n": (6, 13, "has holidays and no `work`"),
    TOP + END + "calendars: {c: {holidays: XX, work: {mon: 09:00-18:00}}}\n": (
        6,
        17,
        "such as CN, FR or DE-BY",
    ),
    TOP + END + "calendars: {c: {holidays_file: no.ics, work: {mon: 09:00-18:00}}}\n": (
        6,
        17,
        "cannot be read",
    ),
    TOP + END + "absences: [{person: cy, from: 2026-12-01, to: 2026-12-02}]\n": (
        6,
        13,
        "there is no person `cy`",
    ),
    TOP + END + "absences: [{person: an, from: 2026-12-03, to: 2026-12-02}]\n": (
        6,
        43,
        "`to` is before `from`",
    ),
    TOP + END + "absences: [{person: an, from: 2026-12-03, to: 3.12.2026}]\n": (
        6,
        43,
        "a day such as 2026-12-07",
    ),
    TOP + END + "absences: [{person: an, from: 2026-12-03}]\n": (6, 12, "`to` is missing"),
    TOP + END + "overrides: [{team: t, person: an, from: 2026-12-01, to: 2026-12-02}]\n": (
        6,
        14,
        "there is no team `t`",
    ),
    TOP
    + END
    + "overrides: [{team: an, person: bo, from: 2026-12-01, to: 2026-12-03}, {team: an, person: an, from: 2026-12-03, "
    "to: 2026-12-05}]\n": (6, 71, "overrides of `an` overlap"),
    TOP + END + "targets: {r: {kind: wecm}}\n": (6, 15, "unknown word `wecm`: did you mean `wecom`?"),
    TOP + END + "targets: {r: {kind: wecom}}\n": (6, 11, "needs `url_file`"),
    TOP + END + "targets: {r: {kind: wecom, url: 'https://x'}}\n": (
        6,
        28,
        "has no `url`: it has kind, personal, url_file",
    ),
    TOP + END + "targets: {r: {kind: webhook, url: 'https://x/', secret_file: s, allow: [10.0.0.0/40]}}\n": (
        6,
        65,
        "networks",
    ),
    TOP + END + "targets: {r: {kind: webhook, secret_file: s}}\n": (6, 11, "either `url` or `url_file`"),
    TOP + END + "targets: {r: {kind: webhook, url: 'ftp://x', secret_file: s}}\n": (
        6,
        30,
        "https://erp.example.com/lowtide",
    ),
    TOP + END + "targets: {r: {kind: dingtalk, url_file: u, secret_file: [a, b, c]}}\n": (
        6,
        44,
        "at most 2 keys",
    ),
    TOP + END + "targets: {console: {kind: console}}\n": (6, 11, "is not `console`"),
    TOP + END + "ladders: {critical: {steps: [boss 1h]}}\n": (6, 22, "write a step such as `owner 0m`"),
    TOP + END + "ladders: {critical: {steps: [lead]}}\n": (6, 22, "write a step such as `owner 0m`"),
    TOP + END + "ladders: {critical: {steps: [owner 5m, owner 0m]}}\n": (6, 22, "must rise"),
    TOP + END + "ladders: {critical: {steps: [owner 0m, digest]}}\n": (6, 22, "`digest` stands alone"),
    TOP + END + "ladders: {critical: {steps: [lead 1h]}}\n": (6, 22, "team `an` has no `lead`"),
    TOP + END + "ladders: {critical: {ack: 30}}\n": (6, 22, "write a duration with its unit"),
    TOP + END + "ladders: {critical: {repeat: 5s}}\n": (6, 22, "at least 1m"),
    TOP + END + "ladders: {critical: {calendar: ofice}}\n": (6, 22, "there is no calendar `ofice`"),
    TOP + END + "ladders: {high: {}}\n": (6, 11, "unknown word `high`: use one of critical, warning, watch"),
    TOP + END + "inhibit: [{when: {type: x}, mutes: {sku: 1}, equal: [sku]}]\n": (
        6,
        19,
        "there is no type `x`",
    ),
    TOP + END + "inhibit: [{when: {}, mutes: {sku: 1}, equal: [sku]}]\n": (6, 12, "`when` is empty"),
    TOP + END + "inhibit: [{when: {sku: 1}, mutes: {sku: 1}, equal: []}]\n": (6, 45, "at least 1 item"),
    TOP + END + "reviews: [{to: cy, every: week}]\n": (6, 12, "there is no person `cy`"),
    TOP + END + "reviews: [{to: an, every: year}]\n": (6, 20, "unknown word `year`"),
    TOP + END + "checklists: nowhere/\n": (6, 1, "there is no folder"),
    TOP + END + "public_url: stock.example.com\n": (6, 1, "https://stock.example.com"),
    TOP + END + f"public_url: https://{'x' * 50}.com\n": (6, 1, "chats would cut its links"),
    TOP + END + "stages: {export: 3}\n": (6, 10, "a duration with its unit"),
    "- a\n": (1, 1, "the file of people is a mapping"),
    "people: {an: 3}\n": (1, 10, "valid dictionary"),
    "people: [an]\n": (1, 1, "valid dictionary"),
    "people: {an: {}, an: {}}\n": (1, 18, "`an` stands twice"),
    "people:\n\tan: {}\n": (2, 1, "not YAML"),
}


@pytest.mark.parametrize("text", FAULTS)
def test_a_mistake_has_its_place_and_its_remedy(text, tmp_path):
    line, column, part = FAULTS[text]
    with pytest.raises(PeopleError) as caught:
        Book.read(text, "people.yaml", tmp_path)
    found = [one for one in caught.value.message.splitlines() if part in one]
    assert found and found[0].startswith(f"people.yaml:{line}:{column}: "), caught.value.message
    assert caught.value.exit_code == 2


def test_all_mistakes_are_reported_together_in_order(tmp_path):
    text = PEOPLE.replace("lead: wang, rotate", "lead: wnag, rotate").replace("to: chasers", "to: chaser")
    text = text.replace("calendar: shop, repeat", "calendar: shopp, repeat")
    with pytest.raises(PeopleError) as caught:
        Book.load(folder(tmp_path, text))
    lines = caught.value.message.splitlines()
    places = [int(line.split(":")[1]) for line in lines]
    assert len(lines) == 3 and places == sorted(places)
    assert all(word in caught.value.message for word in ("`wang`?", "`chasers`?", "`shop`?"))


def test_a_person_with_the_mark_of_another_is_refused(monkeypatch):
    assert mark("chen").hex() == "3abd72ec"
    monkeypatch.setattr("lowtide.people.checks.persons.mark", lambda key: hashlib.md5(b"").digest()[:4])
    with pytest.raises(PeopleError, match="`bo` and `an` have the same mark"):
        Book.read(TOP + END)


def test_a_personal_target_reaches_one_person():
    text = (
        TOP.replace("console", "robot")
        + END
        + "targets: {robot: {kind: file, path: out.jsonl, personal: true}}\n"
    )
    with pytest.raises(PeopleError, match="personal and a contact of an and bo"):
        Book.read(text)
    assert Book.read(text.replace(", personal: true", "")).targets["robot"].path


def test_a_gap_over_holidays_or_an_absence_needs_a_fallback():
    office = 'calendars: {o: {holidays: CN, work: {mon-fri: "09:00-18:00"}}}\n'
    team = "teams: {t: {members: [an], calendar: o}}\n"
    with pytest.raises(PeopleError, match="has a gap: holidays or absences"):
        Book.read(TOP + END + office + team)
    away = "absences: [{person: an, from: 2026-12-01, to: 2026-12-20}]\n"
    with pytest.raises(PeopleError, match="has a gap"):
        Book.read(TOP + END + away + "teams: {t: {members: [an]}}\n")
    for good in (
        team.replace("calendar", "fallback: bo, calendar"),
        team.replace("calendar", "lead: bo, calendar"),
    ):
        assert Book.read(TOP + END + office + good).teams["t"].calendar == "o"
    assert Book.read(TOP + END + away + "teams: {t: {members: [an, bo]}}\n").teams["t"].members == (
        "an",
        "bo",
    )


@pytest.mark.parametrize(
    ("cell", "other", "why"),
    [
        ("sun; li", "sun; lee", "the manager `lee` of `330` in the locations file is not a person"),
        (",qian,", ",qain,", "the manager `qain` of `华东`"),
        (",qian,", ",,", "no row with a manager for the region `华东`"),
        ("mon-fri 08:00-20:00; sat 09:00-18:00", "8 to 8", "the `hours` of `330` in the locations file: "),
        ("22:00-06:00", "", "the locations file has no `hours` for `331`"),
        ("330,People's Square,华东", "330,People's Square,华北", "for the region `华北`"),
    ],
)
def test_what_is_wrong_in_the_locations_file_is_told(tmp_path, cell, other, why):
    path = folder(tmp_path)
    (tmp_path / "locations.csv").write_text(LOCATIONS.replace(cell, other), "utf-8")
    with pytest.raises(PeopleError) as caught:
        Book.load(path)
    assert why in caught.value.message


def test_a_region_or_a_location_that_no_place_has_is_a_mistake(tmp_path):
    text = PEOPLE.replace("{region: 华东}", "{region: 华南}").replace('"DC*"', '"XC*"')
    with pytest.raises(PeopleError) as caught:
        Book.load(folder(tmp_path, text))
    assert "there is no region `华南`: use one of 华东" in caught.value.message
    assert "there is no location `XC*`" in caught.value.message


def test_a_checklist_of_an_unknown_type_is_a_mistake(tmp_path):
    path = folder(tmp_path)
    (tmp_path / "checklists/overdue.zh.md").write_text("x")
    with pytest.raises(PeopleError, match=r"overdue\.zh\.md: a checklist is named TYPE\.LANG\.md"):
        Book.load(path)


def test_a_file_that_is_not_there_says_where_to_begin(tmp_path):
    with pytest.raises(PeopleError, match="there is no file of people"):
        Book.load(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"currency: \xa3\n")
    with pytest.raises(PeopleError, match="cannot be read"):
        Book.load(tmp_path / "latin.yaml")


@pytest.mark.parametrize(
    "url",
    [
        "javascript://x/", "https://chen:hunter2@stock.example.com", "https://stock.example.com/)[a](b", "https://a.example/<b>",
        "https://a.exa\\nmple", "https://a.example/?q", "https://a.example/#x", "https://", "//a.example",
        "https://a b.example", "https://a.example:x", "https://a.example/`x`", "https://a.example\\\\@b.example",
    ],
)  # fmt: skip
def test_an_address_that_a_chat_could_read_as_something_else_is_refused(url: str) -> None:
    with pytest.raises(PeopleError, match=r":6:1: `public_url`: write an address"):
        Book.read(TOP + END + f'public_url: "{url}"\n')


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8080",
        "http://[::1]:8080",
        "https://stock.example.com/desk/",
        "http://kc_1:80",
        "https://库存.example",
    ],
)
def test_an_address_of_any_usual_form_is_taken(url: str) -> None:
    assert Book.read(TOP + END + f'public_url: "{url}"\n').public_url == url.rstrip("/")


def test_the_last_day_of_all_is_a_mistake_and_not_a_crash() -> None:
    with pytest.raises(PeopleError, match="write a day such as"):
        Book.read(TOP + END + "absences: [{person: an, from: 2026-12-01, to: 9999-12-31}]\n")
