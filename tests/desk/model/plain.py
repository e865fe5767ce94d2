"""Who is told what, when and why: the rules of the desk in plain dictionaries, written without its code.

Each person has the messages of the last hour. Each alert has an owner, a severity, what each person was told about it,
and how long its ladder has run. `step(now, entries)` applies entries and says which messages go at that second;
`next` says when something is due again. A message counts as told in the second in which it is decided, because here
every target accepts at once. Times are seconds since 1970 UTC.

It leaves out digests, reviews, catching up, deadlines to resolve, and the message that all have ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

HOUR, DAY = 3600, 86_400
RANK = {"watch": 0, "warning": 1, "critical": 2}
WAIT, INTERVAL, CRITICAL_INTERVAL, FLOOD_EVERY, CRITICAL_LANE = 30, 900, 60, 600, 12


@dataclass(frozen=True)
class Hours:
    """A calendar: open each day of `days` (0: Monday) from `start` to `end` seconds after midnight UTC."""

    days: frozenset[int] = frozenset(range(7))
    start: int = 0
    end: int = DAY

    def shifts(self, after: int) -> Iterator[tuple[int, int]]:
        """The shifts that end after a second, for ten days."""
        for day in range(after // DAY, after // DAY + 10):
            if (day + 3) % 7 in self.days and day * DAY + self.end > after:
                yield day * DAY + self.start, day * DAY + self.end

    def is_open(self, at: int) -> bool:
        """Whether a second belongs to a shift."""
        return any(start <= at < end for start, end in self.shifts(at))

    def worked(self, start: int, end: int) -> int:
        """Seconds of business time between two seconds."""
        return sum(max(0, min(end, last) - max(start, first)) for first, last in self.shifts(start))

    def due(self, start: int, seconds: int) -> int:
        """The second at which so much business time has passed."""
        for first, last in self.shifts(start):
            begin = max(first, start)
            if seconds <= last - begin:
                return begin + seconds
            seconds -= last - begin
        raise AssertionError("no shift for ten days")


ALWAYS = Hours()
DIGEST_ONLY = (("digest", 0),)
"""The steps of a ladder that pushes nothing."""


@dataclass(frozen=True)
class Person:
    """A person of the file. `quiet` is a time of day as (from, to) seconds; it may pass midnight."""

    lead: str | None = None
    quiet: tuple[int, int] | None = None
    budget: int = 6
    hours: Hours = ALWAYS

    def is_quiet(self, at: int) -> bool:
        """Whether the quiet hours hold at a second."""
        if not self.quiet:
            return False
        (start, end), time = self.quiet, at % DAY
        return start <= time < end if start < end else time >= start or time < end


@dataclass(frozen=True)
class Team:
    """A team with one member, so that schedules do not matter here."""

    member: str
    lead: str


@dataclass(frozen=True)
class Route:
    """Which alerts go to which team, and which of their columns make a group."""

    match: tuple[tuple[str, str], ...]
    to: str
    group_by: tuple[str, ...]

    def weight(self) -> int:
        """A type ranks above everything else that the histories use."""
        return sum({"type": 8, "sku": 4, "supplier": 1, "location": 2}[key] for key, _ in self.match)


@dataclass(frozen=True)
class Ladder:
    """The steps of a severity as (who, after seconds), and the time between reminders after the last."""

    steps: tuple[tuple[str, int], ...] = ()
    hours: Hours = ALWAYS
    repeat: int | None = None


@dataclass(frozen=True)
class Book:
    """One version of the file."""

    people: dict[str, Person]
    teams: dict[str, Team]
    routes: tuple[Route, ...]
    ladders: dict[str, Ladder]
    inhibit: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    """(type of the source, type that it mutes, columns that must be equal)."""


@dataclass(frozen=True, repr=False)
class Entry:
    """What happens: an entry of the core, of a person, or a silence. `kind` decides which fields count."""

    kind: str
    alert: str = ""
    type: str = ""
    severity: str = ""
    location: str = ""
    sku: str = ""
    supplier: str = ""
    worth: float | None = None
    person: str = ""
    until: int = 0
    match: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        given = (
            f"{one.name}={getattr(self, one.name)!r}"
            for one in fields(self)
            if getattr(self, one.name) != one.default
        )
        return f"Entry({', '.join(given)})"


@dataclass
class Alert:
    """What the model knows about an open alert."""

    first: Entry
    severity: str
    worth: float | None
    person: str
    team: str
    group: tuple[object, ...]
    route: Route
    ready: int = 0
    """When its own wait has ended."""
    quiet: bool = False
    """Something muted it at the last step."""
    acked: bool = False
    seq: int = 1
    round: int = 1
    """Number of the entry that began the round."""
    told: int = -1
    """Rank of the severity of which its owner was told; -1: the owner was not told."""
    ran: int | None = None
    """Seconds of the ladder so far; None: it does not run, because the owner was not told in this round."""
    done: int = 0
    """Steps and reminders of the round that have acted."""


@dataclass(frozen=True)
class Told:
    """One message."""

    at: int
    person: str
    reason: str
    alerts: frozenset[str]
    counted: int


@dataclass
class Group:
    """An open group, and when it was last told."""

    told_at: int | None = None


@dataclass(frozen=True)
class Unit:
    """A candidate for one message."""

    reason: str
    alerts: tuple[str, ...]
    critical: bool
    due: int
    group: tuple[object, ...] | None = None


class Plain:
    """The model. It starts at `now` with a book and nothing open."""

    def __init__(self, book: Book, now: int) -> None:
        self.book, self.now = book, now
        self.alerts: dict[str, Alert] = {}
        self.groups: dict[tuple[object, ...], Group] = {}
        self.silences: dict[str, Entry] = {}
        self.snoozes: dict[tuple[str, str, str], tuple[int, int]] = {}
        """Place → until when, and the rank of the severity then: what is graver is told."""
        self.pushes: dict[str, list[int]] = {}
        self.flooded: dict[str, int] = {}
        self.held: dict[str, set[str]] = {}
        self.steps: dict[str, list[tuple[str, int, str]]] = {}
        """Person → (alert, end of the minute, STEP or REMINDER) of what waits for a slot."""
        self.escalated: list[tuple[str, int, int, str, int]] = []
        """(alert, round, number of the step, who hears it, second)."""

    # What happens

    def step(self, now: int, entries: Iterable[Entry] = (), book: Book | None = None) -> list[Told]:
        """Lets time pass, applies entries, and gives the messages of this second."""
        self._run(now)
        self.book = book or self.book
        for entry in entries:
            self._apply(entry)
        self._close()
        self._unmute()
        self._climb()
        told: list[Told] = []
        for person in sorted(self.book.people):
            told += self._speak(person)
        return told

    def _run(self, now: int) -> None:
        """The ladder of an alert runs in business time while nothing mutes the alert."""
        for key, alert in self.alerts.items():
            if alert.ran is not None and not alert.acked and not self.muted(key):
                alert.ran += self.book.ladders[alert.severity].hours.worked(self.now, now)
        self.now = now
        self.silences = {key: one for key, one in self.silences.items() if one.until > now}
        self.snoozes = {key: one for key, one in self.snoozes.items() if one[0] > now}

    def _unmute(self) -> None:
        """An alert that may be told again waits as if it were new."""
        for key, alert in self.alerts.items():
            was, alert.quiet = alert.quiet, bool(self.muted(key))
            if was and not alert.quiet and alert.told < 0:
                alert.ready = max(alert.ready, self.now + self._wait(alert))

    @staticmethod
    def _wait(alert: Alert) -> int:
        return 0 if alert.severity == "critical" else WAIT

    def _apply(self, entry: Entry) -> None:
        if entry.kind == "OPENED":
            self._open(entry)
        elif entry.kind == "SILENCE":
            self.silences[entry.alert] = entry
        elif entry.kind == "UNSILENCE":
            self.silences.pop(entry.alert, None)
        elif entry.alert in self.alerts:
            self._change(self.alerts[entry.alert], entry)

    def _open(self, entry: Entry) -> None:
        fits = [
            route
            for route in self.book.routes
            if all(getattr(entry, key) == value for key, value in route.match)
        ]
        route = max(enumerate(fits), key=lambda one: (one[1].weight(), one[0]))[1]
        person = self.book.teams[route.to].member
        alert = Alert(entry, entry.severity, entry.worth, person, route.to, (), route)
        self.alerts[entry.alert] = alert
        self._join(alert)

    def _join(self, alert: Alert) -> None:
        values = tuple(getattr(alert.first, key) for key in alert.route.group_by)
        alert.group = (alert.person, alert.route, values)
        self.groups.setdefault(alert.group, Group())
        alert.ready = self.now + self._wait(alert)

    def _change(self, alert: Alert, entry: Entry) -> None:
        if entry.kind in ("CLEARED", "EXPIRED"):
            self._end(entry.alert)
        elif entry.kind == "WORSENED":
            self._worsen(alert, entry)
            if RANK[alert.severity] > self.snoozes.get(self._place(alert), (0, 9))[1]:
                del self.snoozes[self._place(alert)]
            self._forget(entry.alert)
        elif entry.kind == "REVISED":
            alert.seq, alert.worth = alert.seq + 1, entry.worth
        elif entry.kind == "SNOOZED":
            self.snoozes[self._place(alert)] = (entry.until, RANK[alert.severity])
        elif entry.kind in ("ACKNOWLEDGED", "ASSIGNED"):
            self._take(alert, entry)

    def _worsen(self, alert: Alert, entry: Entry) -> None:
        """A new round. Whoever was told hears at once; what was never told waits as if it were new, but not longer."""
        was_told_of = bool(self.book.ladders[alert.severity].steps != DIGEST_ONLY)
        alert.seq, alert.worth, alert.severity = alert.seq + 1, entry.worth, entry.severity
        alert.round, alert.ran, alert.done = alert.seq, None, 0
        fresh = self.now + (0 if alert.told >= 0 else self._wait(alert))
        alert.ready = min(alert.ready, fresh) if was_told_of else fresh

    def _take(self, alert: Alert, entry: Entry) -> None:
        if entry.kind == "ACKNOWLEDGED":
            alert.acked = True
            self._forget(entry.alert)
        if entry.person != alert.person:
            alert.person, alert.told = entry.person, -1
            self._join(alert)

    def _end(self, key: str) -> None:
        del self.alerts[key]
        self._forget(key)

    def _close(self) -> None:
        """A group without a member is closed. What ends and opens in one second leaves it open."""
        open_groups = {alert.group for alert in self.alerts.values()}
        self.groups = {group: state for group, state in self.groups.items() if group in open_groups}

    def _forget(self, key: str) -> None:
        for person, waiting in self.steps.items():
            self.steps[person] = [one for one in waiting if one[0] != key]

    @staticmethod
    def _place(alert: Alert) -> tuple[str, str, str]:
        return alert.first.location, alert.first.sku, alert.first.type

    # What holds a message back

    def muted(self, key: str) -> str:
        """Why an alert is not told now, as INHIBITED, SILENCED, SNOOZED; empty: nothing mutes it."""
        alert = self.alerts[key]
        for when, mutes, equal in self.book.inhibit:
            if alert.first.type == mutes and any(
                other.first.type == when
                and all(getattr(other.first, one) == getattr(alert.first, one) for one in equal)
                for other in self.alerts.values()
            ):
                return "INHIBITED"
        facts = {"severity": alert.severity}
        for silence in self.silences.values():
            if all(facts.get(name, getattr(alert.first, name)) == value for name, value in silence.match):
                return "SILENCED"
        _, rank = self.snoozes.get(self._place(alert), (0, -1))
        return "SNOOZED" if RANK[alert.severity] <= rank else ""

    def untold(self, person: str) -> dict[tuple[object, ...], list[str]]:
        """The members of each group of a person that should be told: not told yet, or worse than told."""
        found: dict[tuple[object, ...], list[str]] = {}
        for key, alert in sorted(self.alerts.items()):
            steps = self.book.ladders[alert.severity].steps
            if alert.person != person or alert.acked or self.muted(key) or steps == DIGEST_ONLY:
                continue
            if alert.told < RANK[alert.severity]:
                found.setdefault(alert.group, []).append(key)
        return found

    # The ladder

    def _climb(self) -> None:
        for key, alert in sorted(self.alerts.items()):
            while not alert.acked and not self.muted(key) and (due := self._next_step(alert)) is not None:
                assert alert.ran is not None
                if alert.ran < due:
                    break
                self._act(key, alert)

    def _next_step(self, alert: Alert) -> int | None:
        """The seconds of business time after which the next step or reminder acts. The step at 0 is the message itself."""
        ladder = self.book.ladders[alert.severity]
        later = [after for who, after in ladder.steps if after]
        if alert.ran is None:
            return None
        if alert.done < len(later):
            return later[alert.done]
        return later[-1] + ladder.repeat * (alert.done - len(later) + 1) if ladder.repeat and later else None

    def _act(self, key: str, alert: Alert) -> None:
        later = [
            (number, who)
            for number, (who, after) in enumerate(self.book.ladders[alert.severity].steps, 1)
            if after
        ]
        if alert.done < len(later):
            number, who = later[alert.done]
            receiver = self._receiver(who, alert)
            self.escalated.append((key, alert.round, number, receiver, self.now))
        else:
            receiver = alert.person
        alert.done += 1
        reason = "STEP" if alert.done <= len(later) else "REMINDER"
        self.steps.setdefault(receiver, []).append((key, -(-self.now // 60) * 60, reason))

    def _receiver(self, who: str, alert: Alert) -> str:
        lead = self.book.teams[alert.team].lead
        return {"owner": alert.person, "lead": lead, "manager": self.book.people[lead].lead or lead}[who]

    # Messages

    def _units(self, person: str) -> list[Unit]:
        units = []
        for group, keys in self.untold(person).items():
            last = self.groups[group].told_at
            critical = any(self.alerts[key].severity == "critical" for key in keys)
            worse = any(self.alerts[key].told >= 0 for key in keys)
            first = last is None
            due = min(self._due(self.alerts[key], last) for key in keys)
            reason = "FIRST" if first else "WORSENED" if worse else "NEW_IN_GROUP"
            units.append(Unit(reason, tuple(keys), critical, due, group))
        waiting = [one for one in self.steps.get(person, []) if not self.muted(one[0])]
        for due, reason in sorted({(due, reason) for _, due, reason in waiting}):
            keys = sorted({key for key, *rest in waiting if rest == [due, reason]})
            critical = any(self.alerts[key].severity == "critical" for key in keys)
            units.append(Unit(reason, tuple(keys), critical, due))
        return units

    @staticmethod
    def _due(alert: Alert, last: int | None) -> int:
        """When an alert may be told: after its wait, and not before the interval since the last message of its group."""
        if last is None or alert.told >= 0:
            return alert.ready
        return max(alert.ready, last + (CRITICAL_INTERVAL if alert.severity == "critical" else INTERVAL))

    def _order(self, unit: Unit) -> tuple[bool, float, int, str]:
        known = [self.alerts[key].worth for key in unit.alerts if self.alerts[key].worth is not None]
        return (not known, -sum(one for one in known if one is not None), unit.due, min(unit.alerts))

    def window(self, person: str) -> int:
        """The messages that a person got in the last sixty minutes."""
        return sum(at > self.now - HOUR for at in self.pushes.get(person, []))

    def _speak(self, person: str) -> list[Told]:
        told: list[Told] = []
        units = sorted((unit for unit in self._units(person) if unit.due <= self.now), key=self._order)
        quiet = [unit for unit in units if self._is_held(person, unit)]
        if quiet:
            self.held.setdefault(person, set()).update(key for unit in quiet for key in unit.alerts)
        elif self.held.get(person) and not self.book.people[person].is_quiet(self.now):
            told += self._end_of_quiet(person, units)
            units = sorted((one for one in self._units(person) if one.due <= self.now), key=self._order)
        flood = []
        for unit in (one for one in units if one not in quiet):
            room = max(self.book.people[person].budget, CRITICAL_LANE if unit.critical else 0)
            if self.window(person) < room:
                told.append(self._send(person, unit.reason, [unit]))
            elif unit.critical:
                flood.append(unit)
        if flood and self.now >= self.flooded.get(person, -FLOOD_EVERY) + FLOOD_EVERY:
            self.flooded[person] = self.now
            told.append(self._send(person, "FLOOD", flood))
        return told

    def _is_held(self, person: str, unit: Unit) -> bool:
        spared = unit.critical and any(
            self.book.ladders["critical"].hours.is_open(self.now)
            for key in unit.alerts
            if self.alerts[key].severity == "critical"
        )
        return self.book.people[person].is_quiet(self.now) and not spared

    def _end_of_quiet(self, person: str, units: list[Unit]) -> list[Told]:
        """One message for all that was held and may still be told: the dearest ten. The others wait for an interval.

        Without a slot of the budget, or for a single step, each competes as always.
        """
        kept = self.held.pop(person)
        held = [unit for unit in units if kept & set(unit.alerts)]
        room = max(
            self.book.people[person].budget, CRITICAL_LANE if any(unit.critical for unit in held) else 0
        )
        if not held or (len(held) == 1 and held[0].group is None) or self.window(person) >= room:
            return []
        told = self._send(person, "QUIET_END", held, most=10 if len(held) > 1 else None)
        for key in {key for unit in held for key in unit.alerts} - told.alerts:
            critical = self.alerts[key].severity == "critical"
            self.alerts[key].ready = self.now + (CRITICAL_INTERVAL if critical else INTERVAL)
        return [told]

    def _send(self, person: str, reason: str, units: list[Unit], most: int | None = None) -> Told:
        keys = sorted(
            {key for unit in units for key in unit.alerts},
            key=lambda key: self._order(Unit("", (key,), False, 0)),
        )
        named = keys[:most]
        for key in named:
            alert = self.alerts[key]
            if person == alert.person:
                alert.told = RANK[alert.severity]
                alert.ran = alert.ran or 0
        for unit in units:
            if unit.group is not None and set(unit.alerts) & set(named):
                self.groups[unit.group].told_at = self.now
            if unit.group is None:
                same = (unit.due, unit.reason)
                self.steps[person] = [
                    one for one in self.steps[person] if one[1:] != same or one[0] not in named
                ]
        if reason != "FLOOD":
            self.pushes.setdefault(person, []).append(self.now)
        return Told(self.now, person, reason, frozenset(named), len(keys))

    # The clock

    def next(self) -> int | None:
        """The next second at which something may be due, after now."""
        times = [silence.until for silence in self.silences.values()] + [
            until for until, _ in self.snoozes.values()
        ]
        for person, facts in self.book.people.items():
            times += [unit.due for unit in self._units(person)]
            times += [at + HOUR for at in self.pushes.get(person, [])]
            times += [self.flooded[person] + FLOOD_EVERY] if person in self.flooded else []
            if facts.quiet:
                times += [self.now // DAY * DAY + edge + day * DAY for edge in facts.quiet for day in (0, 1)]
        for key, alert in self.alerts.items():
            if not alert.acked and not self.muted(key) and (due := self._next_step(alert)) is not None:
                assert alert.ran is not None
                times.append(self.book.ladders[alert.severity].hours.due(self.now, due - alert.ran))
        return min((at for at in times if at > self.now), default=None)
