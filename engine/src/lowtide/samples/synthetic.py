"""Movements like those of real shops: sometimes twice, late or broken; together with the truth about them.

    Synthetic(positions=100, days=30, seed=7).lines()    JSON lines as bytes, one piece per day, in arrival order
    Synthetic(positions=100, days=30, seed=7).truth()    the real stock, the bad records and their reject codes

The same arguments give the same bytes. A share of 1 % of the records comes twice, 1 % of the sales come late
(most by hours, up to 72 h; one in twenty of them later still), and 0.2 % are copies of good records with one
thing wrong. Shops and their habits are in `shop.py`. `python -m lowtide.samples.synthetic` prints ten.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lowtide.samples.records import Arrivals, RecordWriter
from lowtide.samples.shop import CODE, DAY, HOUR, START_MS, Closing, Events, Ints, Shop
from lowtide.samples.spoiled import CODES, FileKind
from lowtide.sources.block import Block
from lowtide.sources.lines import line_blocks

TWICE_SHARE, LATE_SALE_SHARE, VERY_LATE_SHARE, BAD_SHARE = 0.01, 0.01, 0.05, 0.002
LATE_WINDOW = 72 * HOUR
TRUTH_SCHEMA = pa.schema(
    [
        ("day", pa.date32()),
        ("location", pa.utf8()),
        ("sku", pa.utf8()),
        *((name, pa.decimal128(18, 3)) for name in ("on_hand", "shelf", "demand", "lost")),
        ("stockout", pa.bool_()),
    ]
)
BAD_SCHEMA = pa.schema([("offset", pa.int64()), ("reason", pa.utf8())])


@dataclass(frozen=True)
class Day:
    """The records that arrived in a day, and the truth at its end."""

    arrivals: Arrivals
    closing: Closing
    bad: tuple[tuple[int, str], ...]
    """Offset in the whole log and reject code of each bad record of this day."""


@dataclass(frozen=True)
class Truth:
    """The expected result: stock by position and day, bad records, and how many records came twice or late."""

    positions: pa.Table
    """`TRUTH_SCHEMA`: `on_hand` by the records, `shelf` really, `demand`, `lost` of it, `stockout`."""
    bad: pa.Table
    records: int
    twice: int
    late: int


class Synthetic(RecordWriter):
    """A log of movements from a seed. Every method starts at its first record."""

    def __init__(
        self, positions: int = 100, days: int = 30, seed: int = 0, file_kind: FileKind = "jsonl"
    ) -> None:
        super().__init__(positions, seed, file_kind)
        self.length = days
        self.twice = self.late = 0

    def days(self) -> Iterator[Day]:
        """Give the log day by day. Memory holds only the records of one day and those that are late."""
        shop = Shop(self.positions, self.seed)
        codes = CODES[self.file_kind]
        numbers, offset = 0, 0
        waiting: tuple[Ints, ...] | None = None
        self.twice = self.late = 0
        for day in range(self.length):
            events, closing = shop.day(day)
            draw = np.random.default_rng([self.seed, 3, day])
            records = self._arriving(draw, events, numbers, len(codes))
            numbers += 2 * len(events.kind)
            if waiting is not None:
                records = tuple(np.concatenate(pair) for pair in zip(waiting, records, strict=True))
            order = np.argsort(records[0], kind="stable")
            records = tuple(column[order] for column in records)
            end = (
                np.searchsorted(records[0], START_MS + (day + 1) * DAY)
                if day + 1 < self.length
                else len(order)
            )
            waiting = tuple(column[end:] for column in records)
            _, number, spoiled, *columns = (column[:end] for column in records)
            bad = np.flatnonzero(spoiled)
            rejects = tuple((offset + int(index), codes[int(spoiled[index]) - 1]) for index in bad)
            offset += len(number)
            yield Day(Arrivals(number, Events(*columns), spoiled), closing, rejects)

    def _arriving(self, draw: np.random.Generator, events: Events, base: int, codes: int) -> tuple[Ints, ...]:
        """Order a day's events, number them, and add delays, duplicates and spoiled copies."""
        order = np.argsort(events.time, kind="stable")
        rank = np.empty(len(order), dtype=np.int64)
        rank[order] = np.arange(len(order))
        void = events.kind == CODE["void"]
        ref = events.ref.copy()
        ref[void] = base + rank[events.ref[void]]
        columns = [
            c[order] for c in (events.kind, events.position, events.quantity, events.time, ref, events.due)
        ]
        n = len(order)
        arrival = columns[3] + draw.integers(0, 2000, n)
        sale = columns[0] == CODE["sale"]
        late = sale & (draw.random(n) < LATE_SALE_SHARE)
        delay = (draw.random(n) ** 2 * LATE_WINDOW).astype(np.int64)
        very = draw.random(n) < VERY_LATE_SHARE
        delay[very] = LATE_WINDOW + HOUR + (draw.random(int(very.sum())) * 48 * HOUR).astype(np.int64)
        arrival[late] += delay[late]
        able = columns[0] != CODE["heartbeat"]
        twice = np.flatnonzero(able & (draw.random(n) < TWICE_SHARE))
        bad = np.flatnonzero(able & (draw.random(n) < BAD_SHARE))
        self.late += int(late.sum())
        self.twice += len(twice)
        again = arrival[twice] + 1000 + (draw.random(len(twice)) ** 2 * 6 * HOUR).astype(np.int64)
        every = np.concatenate([np.arange(n), twice, bad])
        number = base + every
        number[n + len(twice) :] += n
        spoiled = np.zeros(len(every), dtype=np.int64)
        spoiled[n + len(twice) :] = draw.integers(1, codes + 1, len(bad))
        return (
            np.concatenate([arrival, again, arrival[bad] + 1]),
            number,
            spoiled,
            *(c[every] for c in columns),
        )

    def lines(self) -> Iterator[bytes]:
        """Give the log as JSON lines, a day at a time."""
        for day in self.days():
            yield self.render(day.arrivals)

    def blocks(self, block_records: int = 4096) -> Iterator[Block]:
        """Give the log as `lines` blocks, as a file of it would."""
        return line_blocks(self.lines(), block_records)

    def truth_of(self, day: Day) -> pa.Table:
        """Give the truth at the end of a day for all positions, in `TRUTH_SCHEMA`."""
        locations, skus = self.names
        closing = day.closing
        date = np.datetime64(START_MS + closing.day * DAY, "ms").astype("datetime64[D]")
        amounts = (closing.book, closing.shelf, closing.demand, closing.lost)
        columns = [
            pa.array(np.full(self.positions, date)),
            pa.array(locations),
            pa.array(skus),
            *(_thousandths(amount) for amount in amounts),
            pa.array(closing.lost > 0),
        ]
        return pa.table(columns, schema=TRUTH_SCHEMA)

    def truth(self) -> Truth:
        """Run the whole log once and give the truth about it."""
        tables: list[pa.Table] = []
        bad: list[tuple[int, str]] = []
        records = 0
        for day in self.days():
            tables.append(self.truth_of(day))
            bad += day.bad
            records += len(day.arrivals.number)
        return Truth(pa.concat_tables(tables), bad_table(bad), records, self.twice, self.late)


def bad_table(bad: list[tuple[int, str]]) -> pa.Table:
    """Bad records, as offsets in the log and reject codes, in `BAD_SCHEMA`."""
    return pa.table([[offset for offset, _ in bad], [reason for _, reason in bad]], schema=BAD_SCHEMA)


def _thousandths(amounts: Ints) -> pa.Array:
    """Decimals of 128 bits are two words, the low one and the sign."""
    words = np.column_stack([amounts, amounts >> 63]).astype("<i8")
    return pa.Array.from_buffers(pa.decimal128(18, 3), len(amounts), [None, pa.py_buffer(words.tobytes())])


if __name__ == "__main__":
    first = b"".join(Synthetic(positions=10, days=2, seed=7).lines()).decode("utf-8", "replace").splitlines()
    print("\n".join(first[:: max(1, len(first) // 10)][:10]))
