"""Histories that hypothesis draws: a people file, then entries, actions, silences and changes of the file."""

from __future__ import annotations

from dataclasses import dataclass, replace

import yaml
from hypothesis import strategies as st

from tests.desk.model.plain import ALWAYS, DAY, HOUR, Book, Entry, Hours, Ladder, Person, Route, Team

START = 20_787 * DAY + 10 * HOUR
"""Monday 2026-11-30 10:00 UTC."""
TYPES = ("negative_stock", "out_of_stock", "projected_stockout", "overdue_supply")
GAPS = (0, 1, 10, 29, 30, 31, 59, 60, 61, 600, 899, 900, 901, 3599, 3600, 3601, 4 * HOUR, 7 * HOUR)
DAYTIME = Hours(start=8 * HOUR, end=22 * HOUR)


@dataclass(frozen=True, repr=False)
class Moment:
    """What happens in one second. `book`: the file that is in force from here; None: it does not change."""

    at: int
    entries: tuple[Entry, ...]
    book: Book | None = None

    def __repr__(self) -> str:
        more = f", {self.book!r}" if self.book else ""
        return f"Moment(START + {self.at - START}, {self.entries!r}{more})"


@dataclass(frozen=True)
class History:
    """A file, and what happens after it was put in force at `START`."""

    book: Book
    moments: tuple[Moment, ...]


@st.composite
def books(draw: st.DrawFn) -> Book:
    """A file of four people and two teams."""
    budget = st.sampled_from((1, 2, 6))
    night = (22 * HOUR, 8 * HOUR) if draw(st.booleans()) else None
    hours = DAYTIME if night else ALWAYS
    people = {
        "ann": Person("bob", night, draw(budget), hours),
        "bob": Person("cat", budget=draw(budget)),
        "cat": Person(),
        "dan": Person("bob", budget=draw(budget)),
    }
    first, second = draw(st.permutations(("ann", "dan")))
    teams = {"buyers": Team(first, "bob"), "chasers": Team(second, "bob")}
    grouped = st.sampled_from((("sku", "location"), ("supplier",)))
    routes = (
        Route((("type", "overdue_supply"),), "chasers", ("supplier",)),
        Route((), "buyers", draw(grouped)),
    )
    shift = draw(st.sampled_from((ALWAYS, DAYTIME)))
    repeat = draw(st.sampled_from((None, 2 * HOUR)))
    ladders = {
        "critical": Ladder(
            (("owner", 0), ("owner", 900), ("lead", 1800), ("manager", 2 * HOUR)), shift, repeat
        ),
        "warning": Ladder((("owner", 0), ("lead", 4 * HOUR)), shift),
        "watch": Ladder((("digest", 0),)),
    }
    mute = (("negative_stock", "projected_stockout", ("location", "sku")),)
    return Book(people, teams, routes, ladders, mute if draw(st.booleans()) else ())


@st.composite
def histories(draw: st.DrawFn, most: int = 14) -> History:
    """A file and up to `most` moments. Each entry is one that the ledger could hold at that point."""
    first = book = draw(books())
    now, open_alerts = START, Open()
    moments = []
    for _ in range(draw(st.integers(1, most))):
        now += draw(st.sampled_from(GAPS))
        entries = tuple(open_alerts.entry(draw, now) for _ in range(draw(st.integers(1, 3))))
        changed = replace(book, teams=_swapped(book)) if draw(st.integers(0, 9)) == 0 else None
        moments.append(Moment(now, entries, changed))
        book = changed or book
    return History(first, tuple(moments))


def _swapped(book: Book) -> dict[str, Team]:
    """The two teams change their members: alerts that are open keep their owner."""
    buyers, chasers = book.teams["buyers"], book.teams["chasers"]
    return {
        "buyers": replace(buyers, member=chasers.member),
        "chasers": replace(chasers, member=buyers.member),
    }


class Open:
    """The alerts that are open while a history is drawn, so that each entry is possible."""

    def __init__(self) -> None:
        self.alerts: dict[str, Entry] = {}
        self.acked: set[str] = set()
        self.made = 0

    def entry(self, draw: st.DrawFn, now: int) -> Entry:
        """One more entry."""
        kinds = ["OPENED", "OPENED", "SILENCE"]
        if self.alerts:
            kinds += ["WORSENED", "REVISED", "CLEARED", "ACKNOWLEDGED", "ASSIGNED", "SNOOZED", "CLEARED"]
        kind = draw(st.sampled_from(kinds))
        return self._opened(draw) if kind == "OPENED" else self._other(draw, now, kind)

    def _opened(self, draw: st.DrawFn) -> Entry:
        self.made += 1
        key = f"A{self.made:04}"
        severity = draw(st.sampled_from(("watch", "warning", "warning", "critical")))
        place = draw(st.sampled_from(("L1", "L2"))), draw(st.sampled_from(("S1", "S2", "S3")))
        taken = {(one.type, one.location, one.sku) for one in self.alerts.values()}
        kind = next(
            (one for one in draw(st.permutations(TYPES)) if (one, *place) not in taken), "sales_spike"
        )
        worth = draw(st.sampled_from((None, 0.0, 5.0, 80.0, 300.0)))
        supplier = "V2" if place[1] == "S3" else "V1"
        self.alerts[key] = Entry("OPENED", key, kind, severity, *place, supplier, worth)
        return self.alerts[key]

    def _other(self, draw: st.DrawFn, now: int, kind: str) -> Entry:
        until = now + draw(st.sampled_from((600, HOUR, 5 * HOUR)))
        if kind == "SILENCE":
            match = draw(
                st.sampled_from(((("sku", "S1"),), (("location", "L2"),), (("severity", "critical"),)))
            )
            self.made += 1
            return Entry(kind, f"Z{self.made:04}", until=until, match=match)
        key = draw(st.sampled_from(sorted(self.alerts)))
        alert = self.alerts[key]
        return self._of_alert(draw, kind, alert, until)

    def _of_alert(self, draw: st.DrawFn, kind: str, alert: Entry, until: int) -> Entry:
        if kind == "CLEARED":
            del self.alerts[alert.alert]
        elif kind == "ASSIGNED" or (kind == "ACKNOWLEDGED" and alert.alert not in self.acked):
            self.acked |= {alert.alert} if kind == "ACKNOWLEDGED" else set()
            return Entry(kind, alert.alert, person=draw(st.sampled_from(("ann", "dan", "bob"))))
        elif kind == "WORSENED" and alert.severity != "critical":
            worse = {"watch": "warning", "warning": "critical"}[alert.severity]
            self.alerts[alert.alert] = replace(alert, severity=worse)
            return Entry(kind, alert.alert, severity=worse, worth=alert.worth)
        elif kind == "SNOOZED" and alert.alert not in self.acked:
            return Entry(kind, alert.alert, until=until, person="ann")
        elif kind != "CLEARED":
            worth = draw(st.sampled_from((None, 5.0, 90.0)))
            self.alerts[alert.alert] = replace(alert, worth=worth)
            return Entry("REVISED", alert.alert, worth=worth)
        return Entry(kind, alert.alert)


def people_yaml(book: Book) -> str:
    """The file, as a person would write it."""
    return yaml.safe_dump(
        {
            "time_zone": "UTC",
            "calendars": {"always": {}, "day": {"work": {"daily": "08:00-22:00"}}},
            "people": {key: _person(key, one) for key, one in book.people.items()},
            "teams": {
                key: {"lead": one.lead, "members": [one.member], "fallback": "cat", "calendar": "always"}
                for key, one in book.teams.items()
            },
            "routes": [
                {
                    **({"match": dict(one.match)} if one.match else {}),
                    "to": one.to,
                    "group_by": list(one.group_by),
                }
                for one in book.routes
            ],
            "ladders": {key: _ladder(one) for key, one in book.ladders.items()},
            "inhibit": [
                {"when": {"type": when}, "mutes": {"type": mutes}, "equal": list(equal)}
                for when, mutes, equal in book.inhibit
            ],
        },
        sort_keys=False,
    )


def _person(key: str, person: Person) -> dict[str, object]:
    facts: dict[str, object] = {
        "name": key.title(),
        "calendar": "always" if person.hours == ALWAYS else "day",
        "contacts": [f"file:{key}.jsonl"],
        "budget": person.budget,
    }
    if person.lead:
        facts["lead"] = person.lead
    if person.quiet:
        facts["quiet"] = "-".join(f"{edge // HOUR:02}:00" for edge in person.quiet)
    return facts


def _ladder(ladder: Ladder) -> dict[str, object]:
    steps = ["digest" if who == "digest" else f"{who} {after // 60}m" for who, after in ladder.steps]
    facts: dict[str, object] = {"steps": steps, "calendar": "always" if ladder.hours == ALWAYS else "day"}
    if ladder.repeat:
        facts["repeat"] = f"{ladder.repeat // 60}m"
    return facts
