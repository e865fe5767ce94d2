"""A stock list becomes counts: one for each article that it names, and zeros for those that only the last list named.

    list of 330, Monday   {A 5, B 3}     counts 5 and 3
    list of 330, Tuesday  {A 4}          count 4, and a count of 0 for B

A list has one time for all its rows, the latest that it mentions or its arrival, and a count's id is LOCATION/SKU@TIME: the
same list again is duplicates. An article on several lines (two shelves, two lots) has the sum of them.

    the list is not newer than the last one     counts, no zeros, and the last one stays
    a row of the list cannot be used            counts, no zeros: its article may be there after all
    more than `max_absent` is missing           refused as a whole: a cut-off export must not empty a shop
    `as: {decrease: sale, increase: receipt}`   differences to the last list, each with the reason `inferred`

All of this is a function of the list and of the last lists (`StockList`), which `memory.py` keeps in the journal's folder.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import orjson

from lowtide.intake.mapped_rows import with_key
from lowtide.words import Language

_ZERO = Decimal(0)
_SHOWN = 5


class Sentence(NamedTuple):
    """What a sender is told, in any language."""

    key: str
    values: Mapping[str, object]

    def in_language(self, language: Language) -> str:
        """The sentence as a reader of a language reads it."""
        return language.say(self.key, **self.values)

    def __str__(self) -> str:
        return self.in_language(Language("en"))


class SnapshotRefused(Exception):
    """A list that is not taken, with nothing of it."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


@dataclass(frozen=True)
class Terms:
    """The `snapshot:` of a map."""

    absent: str = "zero"
    decrease: str | None = None
    increase: str | None = None
    max_absent: float = 0.3
    time: str = "arrival"
    """`event_time` where the map has one; else `arrival`."""

    @classmethod
    def of(cls, document: bytes) -> Terms | None:
        """The terms in a compiled map; None where it does not read stock lists."""
        compiled = orjson.loads(document)["snapshot"]
        if compiled is None:
            return None
        as_ = compiled.get("as", "count")
        kinds = as_ if isinstance(as_, dict) else {}
        return cls(
            compiled.get("absent", cls.absent),
            kinds.get("decrease"),
            kinds.get("increase"),
            compiled.get("max_absent", cls.max_absent),
            compiled.get("time", cls.time),
        )


@dataclass(frozen=True)
class StockList:
    """The last list of a location."""

    time: int
    """ms since 1970."""
    source: str
    items: Mapping[str, Decimal] = field(default_factory=dict)
    """Quantity by SKU."""


class ListRow(NamedTuple):
    """A row of a list: its JSON as the reader gave it, and the movements that the map made of it."""

    data: bytes
    movements: Sequence[Mapping[str, Any]] = ()
    is_reject: bool = False


@dataclass(frozen=True)
class Taken:
    """What a list becomes."""

    rows: Sequence[bytes]
    """Lines for the journal: the rows of the list in their order, then what is missing from it."""
    time: int
    lists: Mapping[str, StockList]
    """The last list of each location, from now on."""
    counts: int
    zeros: int
    inferred: int
    sentences: Sequence[Sentence]
    """What its sender should know."""


def taken(terms: Terms, rows: Sequence[ListRow], arrival: int, last: Mapping[str, StockList]) -> Taken:
    """The rows for the journal, given the last list of each location. Raises SnapshotRefused."""
    mapped = [movement for row in rows for movement in row.movements]
    time = arrival
    if terms.time == "event_time" and mapped:
        time = max(_milliseconds(movement["event_time"]) for movement in mapped)
    lists = _lists(mapped, time)
    is_whole = not any(row.is_reject for row in rows)
    newer = {place for place in lists if place not in last or last[place].time < time}
    _refuse_short(terms, lists, {place: last[place] for place in newer if place in last}, is_whole)
    made = _Movements(terms, lists, time, {place: last[place] for place in newer if place in last})
    written = [line for number, row in enumerate(rows, start=1) for line in _lines(number, row, made)]
    zeros = [] if not is_whole or terms.absent != "zero" else list(made.absent())
    written += [
        orjson.dumps({"_line": number, "_absent": True, "_movement": movement})
        for number, movement in enumerate(zeros, start=len(rows) + 1)
    ]
    sentences = _sentences(is_whole, sorted(set(lists) - newer))
    kept = {place: _kept(lists[place], last.get(place), is_whole) for place in newer}
    return Taken(written, time, kept, made.counts, len(zeros), made.inferred, sentences)


def _lists(movements: Sequence[Mapping[str, Any]], time: int) -> dict[str, StockList]:
    items: dict[str, dict[str, Decimal]] = {}
    sources: dict[str, str] = {}
    for movement in movements:
        here = items.setdefault(movement["location"], {})
        here[movement["sku"]] = here.get(movement["sku"], _ZERO) + Decimal(movement["quantity"])
        sources.setdefault(movement["location"], movement["source"])
    return {place: StockList(time, sources[place], found) for place, found in items.items()}


def _refuse_short(
    terms: Terms, lists: Mapping[str, StockList], last: Mapping[str, StockList], is_whole: bool
) -> None:
    if terms.absent != "zero" or not is_whole:
        return
    for place, before in last.items():
        missing = [sku for sku in before.items if sku not in lists[place].items]
        if len(missing) > terms.max_absent * len(before.items):
            shown = ", ".join(missing[:_SHOWN]) + (" …" if len(missing) > _SHOWN else "")
            values = {"location": place, "missing": len(missing), "all": len(before.items), "examples": shown}
            raise SnapshotRefused(Sentence("list.short", {**values, "share": f"{terms.max_absent:g}"}))


class _Movements:
    """The movements of a list, and how many there are of each sort."""

    def __init__(
        self, terms: Terms, lists: Mapping[str, StockList], time: int, last: Mapping[str, StockList]
    ) -> None:
        self._terms, self._lists, self._time, self._last = terms, lists, time, last
        self.counts = self.inferred = 0

    def of(self, movement: Mapping[str, Any]) -> dict[str, Any]:
        """The movement in place of the one that the map made of a row."""
        place, sku = movement["location"], movement["sku"]
        after = self._lists[place].items[sku]
        before = self._last[place].items.get(sku, _ZERO) if place in self._last else None
        made = self._made(place, sku, movement["source"], before, after)
        return {**{key: movement[key] for key in _KEPT if key in movement}, **made}

    def absent(self) -> Iterator[dict[str, Any]]:
        """Movements for what the last list of each location had and this one lacks."""
        for place, before in self._last.items():
            for sku, quantity in before.items.items():
                if sku not in self._lists[place].items:
                    yield self._made(place, sku, self._lists[place].source, quantity, _ZERO)

    def _made(
        self, place: str, sku: str, source: str, before: Decimal | None, after: Decimal
    ) -> dict[str, Any]:
        kind, quantity, reason = "count", after, None
        change = _ZERO if before is None or self._terms.decrease is None else after - before
        guess = self._terms.decrease if change < 0 else self._terms.increase if change > 0 else None
        if guess is not None:
            kind, quantity, reason = guess, abs(change), "inferred"
            self.inferred += 1
        else:
            self.counts += 1
        movement = {
            "id": f"{place}/{sku}@{self._time}",
            "source": source,
            "kind": kind,
            "sku": sku,
            "location": place,
            "quantity": _text(quantity),
            "event_time": _instant(self._time),
        }
        return movement if reason is None else {**movement, "reason": reason}


_KEPT = ("unit_value", "counterparty")


def _lines(number: int, row: ListRow, made: _Movements) -> Iterator[bytes]:
    """A row of a list with the movement that stands for it; further movements of it have lines of their own."""
    if not row.movements:
        yield row.data
        return
    yield with_key(row.data, "_movement", made.of(row.movements[0]))
    for movement in row.movements[1:]:
        yield orjson.dumps({"_line": number, "_movement": made.of(movement)})


def _kept(new: StockList, last: StockList | None, is_whole: bool) -> StockList:
    """The list to compare the next one with. What an incomplete list lacks is not known to be gone."""
    if is_whole or last is None:
        return new
    return StockList(new.time, new.source, {**last.items, **new.items})


def _sentences(is_whole: bool, older: Sequence[str]) -> list[Sentence]:
    sentences = [] if is_whole else [Sentence("list.bad_rows", {})]
    if older:
        shown = ", ".join(older[:_SHOWN]) + (" …" if len(older) > _SHOWN else "")
        sentences.append(Sentence("list.older", {"locations": shown}))
    return sentences


def _milliseconds(text: str) -> int:
    at = datetime.fromisoformat(text)
    return round(at.timestamp() * 1000)


def _instant(ms: int) -> str:
    at = datetime.fromtimestamp(ms // 1000, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{ms % 1000:03d}Z"


def _text(quantity: Decimal) -> str:
    text = format(quantity, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
