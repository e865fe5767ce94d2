"""Who has the duty of a team in the coming days: when it changes hands, and when only the fallback is left.

The schedule is looked at every full hour, and a change is then narrowed to the minute. One hour's answer is kept, because
a chain with a team for each of its shops asks the same many times.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock

from lowtide.people import Book
from lowtide.people.duty import Duty

HOUR = 3_600_000
_MINUTE = 60_000
CHANGE_DAYS, GAP_DAYS = 7, 14
_MOST_CHANGES = 5
_COARSE_H = 4
"""Hours between two looks; a turn that is shorter than this may be overlooked."""
_KEPT = 2_000


@dataclass(frozen=True)
class Turn:
    """From `at` on this person has the duty. Milliseconds since 1970 UTC."""

    at: int
    person: str
    row: str


@dataclass(frozen=True)
class Turns:
    """The next changes of the duty, and the spans that only the fallback covers."""

    changes: tuple[Turn, ...]
    gaps: tuple[tuple[int, int], ...]


_kept: OrderedDict[tuple[str, str, int], Turns] = OrderedDict()
_lock = Lock()


def schedule(book: Book, team: str, facts: dict[str, str], at: int) -> Turns:
    """The schedule of a team from `at` on; the same within one hour."""
    start = at - at % HOUR
    key = (book.version, team, start)
    with _lock:
        if key in _kept:
            return _since(_kept[key], at)
    found = _scan(book, team, facts, start)
    with _lock:
        _kept[key] = found
        while len(_kept) > _KEPT:
            _kept.popitem(last=False)
    return _since(found, at)


def _since(turns: Turns, at: int) -> Turns:
    """Without what lies before `at`."""
    return Turns(
        tuple(turn for turn in turns.changes if turn.at > at)[:_MOST_CHANGES],
        tuple((max(start, at), end) for start, end in turns.gaps if end > at),
    )


def _scan(book: Book, team: str, facts: dict[str, str], start: int) -> Turns:
    changes: list[Turn] = []
    gaps: list[tuple[int, int]] = []
    before, before_at = _duty(book, team, facts, start), start
    last = start + GAP_DAYS * 24 * HOUR
    gap = start if before.row == "fallback" else None
    for at in range(start + _COARSE_H * HOUR, last + 1, _COARSE_H * HOUR):
        now = _duty(book, team, facts, at)
        if now != before:
            turn = _narrowed(book, team, facts, before, before_at, at)
            if now.row == "fallback":
                gap = turn
            elif gap is not None:
                gaps.append((gap, turn))
                gap = None
            if now.person != before.person:
                changes.append(Turn(turn, now.person, now.row))
        before, before_at = now, at
    if gap is not None:
        gaps.append((gap, last))
    soon = start + CHANGE_DAYS * 24 * HOUR
    return Turns(tuple(turn for turn in changes if turn.at <= soon), tuple(gaps))


def _narrowed(book: Book, team: str, facts: dict[str, str], before: Duty, low: int, high: int) -> int:
    """The minute from which on it is not as before."""
    while high - low > _MINUTE:
        middle = low + (high - low) // (2 * _MINUTE) * _MINUTE
        if _duty(book, team, facts, middle) == before:
            low = middle
        else:
            high = middle
    return high


def _duty(book: Book, team: str, facts: dict[str, str], at: int) -> Duty:
    return book.on_duty(team, facts, datetime.fromtimestamp(at / 1000, UTC))
