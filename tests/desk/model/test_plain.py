"""The plain model itself does what the worked cases of the rules say: a wrong model would judge wrongly."""

from __future__ import annotations

from tests.desk.model.plain import (
    ALWAYS,
    DAY,
    HOUR,
    Book,
    Entry,
    Hours,
    Ladder,
    Person,
    Plain,
    Route,
    Team,
    Told,
)

START = 20_787 * DAY  # Monday 2026-11-30
LADDERS = {
    "critical": Ladder(
        (("owner", 0), ("owner", 900), ("lead", 1800), ("manager", 2 * HOUR)), ALWAYS, 2 * HOUR
    ),
    "warning": Ladder((("owner", 0), ("lead", 4 * HOUR))),
    "watch": Ladder((("digest", 0),)),
}
PEOPLE = {"ann": Person("bob"), "bob": Person("cat"), "cat": Person()}
ONE_EACH = Route((), "buyers", ("sku",))


def book(people: dict[str, Person] | None = None, **more: object) -> Book:
    return Book(people or PEOPLE, {"buyers": Team("ann", "bob")}, (ONE_EACH,), LADDERS, **more)  # type: ignore[arg-type]


def opened(
    key: str, worth: float | None = 1.0, severity: str = "warning", kind: str = "projected_stockout"
) -> Entry:
    return Entry("OPENED", key, kind, severity, "L1", key, "V1", worth)


def played(plain: Plain, until: int) -> list[Told]:
    """Everything that is told until a second."""
    told: list[Told] = []
    while (at := plain.next()) is not None and at <= until:
        told += plain.step(at)
    return told


def test_the_dearest_go_first_and_a_slot_comes_free_when_a_message_leaves_the_window() -> None:
    plain = Plain(book(), START)
    plain.pushes["ann"] = [START + 10 * 60, START + 40 * 60, START + 55 * 60]
    now = START + HOUR - 30
    worths = {"a": 700, "b": 650, "c": 300, "d": 120, "e": 80}
    told = plain.step(now, [opened(key, worth) for key, worth in worths.items()])
    told += plain.step(now + 30, [opened("x", 900, "critical")])
    assert [sorted(one.alerts) for one in told] == [["x"], ["a"], ["b"]]
    assert plain.window("ann") == 6
    after = played(plain, now + 30 + 11 * 60)
    assert [(one.at, sorted(one.alerts)) for one in after] == [(START + 70 * 60, ["c"])]
    assert [sorted(one.alerts) for one in plain.step(now + 30 + 12 * 60, [opened("y", 40, "critical")])] == [
        ["y"]
    ]
    assert plain.window("ann") == 7


def test_a_warning_that_clears_within_the_wait_is_not_told() -> None:
    plain = Plain(book(), START)
    assert plain.step(START, [opened("a")]) == []
    assert plain.step(START + 29, [Entry("CLEARED", "a")]) == []
    assert played(plain, START + DAY) == []


def test_the_lead_hears_four_hours_after_the_message_and_never_after_an_answer() -> None:
    plain = Plain(book(), START)
    plain.step(START, [opened("a"), opened("b")])
    told = played(plain, START + HOUR)
    plain.step(START + HOUR, [Entry("ACKNOWLEDGED", "b", person="ann")])
    told += played(plain, START + DAY)
    assert [(one.at - START, one.person, one.reason) for one in told] == [
        (30, "ann", "FIRST"), (30, "ann", "FIRST"), (60 + 4 * HOUR, "bob", "STEP"),
    ]  # fmt: skip
    assert plain.escalated == [("a", 1, 2, "bob", START + 30 + 4 * HOUR)]


def test_what_lies_below_the_cut_has_no_ladder() -> None:
    plain = Plain(book(), START)
    plain.step(START, [opened(f"a{n:02}", float(n)) for n in range(41)])
    hour = played(plain, START + HOUR)
    assert len(hour) == 6
    later = played(plain, START + 4 * HOUR + 60)
    assert {key for key, *_ in plain.escalated} == {key for one in hour for key in one.alerts}
    assert all(one.reason in ("FIRST", "STEP") for one in later)


def test_a_night_is_one_message_at_the_end_of_the_quiet_hours() -> None:
    people = {
        **PEOPLE,
        "ann": Person("bob", quiet=(21 * HOUR, 8 * HOUR), hours=Hours(start=8 * HOUR, end=20 * HOUR)),
    }
    plain = Plain(book(people), START)
    plain.step(START, [opened(f"a{n:03}", float(n)) for n in range(252)])
    plain.step(START + HOUR, [Entry("CLEARED", f"a{n:03}") for n in range(40)])
    told = played(plain, START + 8 * HOUR)
    assert [(one.at - START, one.reason, len(one.alerts), one.counted) for one in told] == [
        (8 * HOUR, "QUIET_END", 10, 212)
    ]
    assert len(played(plain, START + 9 * HOUR - 1)) == 5


def test_an_alert_of_the_warehouse_mutes_the_shops_and_lets_them_speak_when_it_ends() -> None:
    plain = Plain(book(inhibit=(("out_of_stock", "projected_stockout", ("location",)),)), START)
    told = plain.step(START, [opened("dc", 5.0, "critical", "out_of_stock"), opened("s1"), opened("s2")])
    told += played(plain, START + HOUR)
    assert {key for one in told for key in one.alerts} == {"dc"}
    assert plain.step(START + HOUR, [Entry("CLEARED", "dc")]) == []
    ended = played(plain, START + HOUR + 30)
    assert {key for one in ended for key in one.alerts} == {"s1", "s2"}


def test_a_silence_stops_the_clock_of_the_ladder() -> None:
    plain = Plain(book(), START)
    plain.step(START, [opened("a")])
    played(plain, START + HOUR)
    plain.step(START + HOUR, [Entry("SILENCE", "s", until=START + 3 * HOUR, match=(("sku", "a"),))])
    assert [one.at - START for one in played(plain, START + DAY)] == [60 + 6 * HOUR]


def test_more_than_twelve_critical_messages_become_a_flood_every_ten_minutes() -> None:
    plain = Plain(book(), START)
    told = plain.step(START, [opened(f"a{n:02}", 1.0, "critical") for n in range(20)])
    assert [(one.reason, len(one.alerts)) for one in told] == [*[("FIRST", 1)] * 12, ("FLOOD", 8)]
    assert plain.step(START + 60, [opened("later", 1.0, "critical")]) == []
    assert [(one.at - START, one.reason) for one in played(plain, START + 601)] == [(600, "FLOOD")]
