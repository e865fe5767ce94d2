"""Figures that cost a second are kept and told with their age, and counted anew beside the one who reads.

What was counted less than a minute ago, or since which desk.db has read nothing new, is told as it is. What is older is told
too, for up to fifteen minutes, while a thread counts it anew. What is older still, or was never counted, is counted first.
What is about more than a quarter is counted at most every fifteen minutes, and told for up to a day. So is what reads all
positions (`SLOW`); that is kept in desk.db too, and is there after a start. Of several who ask for the same figures at once,
one counts them; threads count one after another.
"""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar

from lowtide.errors import LowtideError
from lowtide.service.context import Context

T = TypeVar("T")
_MOST = 200


@dataclass(frozen=True)
class Pace:
    """How long figures are told."""

    fresh_s: float
    """So many seconds nobody counts them anew."""
    stale_s: float
    """After so many seconds they are not told any more, but counted first."""
    is_lasting: bool = False
    """Whether they are kept in desk.db: then they are what JSON can say, and only their age counts."""


QUICK, LONG, SLOW = Pace(60, 900), Pace(900, 86_400), Pace(900, 86_400, is_lasting=True)


def pace_of(days: int) -> Pace:
    """How long the figures of so many days are told: of more than a quarter, the last minutes change little."""
    return QUICK if days <= 91 else LONG


@dataclass
class _Kept:
    value: Any
    as_of: int
    """The desk's clock when it was counted."""
    counted: float
    """The wall clock then, in seconds since 1970."""
    stamp: int
    """How far desk.db had read the ledger; of lasting figures -1."""
    is_renewed: bool = False
    """A thread is counting it anew."""

    def age(self) -> float:
        """Seconds; a wall clock that was put back makes it very old."""
        age = time.time() - self.counted
        return age if age >= 0 else float("inf")


_kept: OrderedDict[Hashable, _Kept] = OrderedDict()
_counting: dict[Hashable, threading.Lock] = {}
_guard = threading.Lock()
_turn = threading.Lock()


def kept(context: Context, key: Hashable, count: Callable[[], T], pace: Pace = QUICK) -> tuple[T, int]:
    """The value that `count` gives, or gave, and when that was. Raises what `count` raises when it is counted first."""
    one = _told(context, key, count, pace)
    if one is None:
        with _guard:
            turn = _counting.setdefault(_full(context, key), threading.Lock())
        with turn:  # whoever waited here finds what the first one counted
            one = _told(context, key, count, pace) or _count(context, key, count, pace)
    return one.value, one.as_of


def forget() -> None:
    """Count everything anew, except what desk.db keeps: for tests, and after a change of the catalogue."""
    with _guard:
        _kept.clear()


def _full(context: Context, key: Hashable) -> Hashable:
    return context.store.path, key


def _told(context: Context, key: Hashable, count: Callable[[], T], pace: Pace) -> _Kept | None:
    """What is kept and young enough; a thread begins to count it anew if it is no longer fresh."""
    full = _full(context, key)
    stamp = -1 if pace.is_lasting else _stamp(context)
    with _guard:
        one = _kept.get(full)
    if one is None and pace.is_lasting:
        one = _of_store(context, key)
        with _guard:
            one = _kept.setdefault(full, one) if one else None
    if one is None or one.age() >= pace.stale_s:
        return None
    is_old = one.age() >= pace.fresh_s and (pace.is_lasting or one.stamp != stamp)
    with _guard:
        begins, one.is_renewed = is_old and not one.is_renewed, one.is_renewed or is_old
    if begins:
        threading.Thread(target=_renew, args=(context, key, count, pace, one), daemon=True).start()
    return one


def _count(context: Context, key: Hashable, count: Callable[[], T], pace: Pace) -> _Kept:
    stamp, as_of = -1 if pace.is_lasting else _stamp(context), context.now()
    one = _Kept(count(), as_of, time.time(), stamp)
    if pace.is_lasting:
        _to_store(context, key, one)
    full = _full(context, key)
    with _guard:
        _kept[full] = one
        _kept.move_to_end(full)
        while len(_kept) > _MOST:
            gone, _ = _kept.popitem(last=False)
            _counting.pop(gone, None)
    return one


def _renew(context: Context, key: Hashable, count: Callable[[], T], pace: Pace, one: _Kept) -> None:
    try:
        with _turn:
            _count(context, key, count, pace)
    except LowtideError:  # the warehouse is away: what is kept is told until it is too old
        one.is_renewed = False


def _of_store(context: Context, key: Hashable) -> _Kept | None:
    with context.store.read() as rows:
        row = rows.row("SELECT * FROM kept WHERE key = ?", repr(key))
    return None if row is None else _Kept(json.loads(row["value"]), row["as_of"], row["counted"], -1)


def _to_store(context: Context, key: Hashable, one: _Kept) -> None:
    text = json.dumps(one.value, ensure_ascii=False, separators=(",", ":"))
    with context.store.transaction() as rows:
        rows.execute(
            "INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)", repr(key), one.as_of, one.counted, text
        )
        rows.execute("DELETE FROM kept WHERE counted < ?", one.counted - SLOW.stale_s)


def _stamp(context: Context) -> int:
    """A number that grows with each block of the ledger that desk.db has read."""
    with context.store.read() as rows:
        return int(rows.value("SELECT sum(block) FROM cursor") or 0)
