"""Three streams of movements from a seed: calm, shop and tight. Every bench that compares speeds takes one of them.

calm    a count of each position, then only sales of stock that lasts: no alert opens
shop    the stream of `movements.py`: sales, orders, receipts, adjustments; few alerts
tight   stock near zero, 2 % of the records twice, 2 % of them late, receipts now and then: many alerts
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

import movements
from movements import DAY_MS, START_MS, line

HOUR_MS = 3_600_000
RECORDS_A_BLOCK = 4096
Lines = Iterator[bytes]


def calm(positions: int, sales: int, seed: int = 1, days: int = 14) -> Lines:
    """A count of 120 for each position, more where more is sold, then `sales` that follow Zipf's law.

    The sales of a position have equal distances, because by chance one of many positions has a spike of sales.
    """
    random = np.random.default_rng(seed)
    names = _names(positions)
    share = _shares(positions, 0.5)
    for at, (location, sku) in enumerate(names):
        stock = max(120, int(share[at] * sales * 40))
        yield line(f"c{at}", "count", sku, location, stock, _before(at, positions))
    sold = random.multinomial(sales, share)
    which = np.repeat(np.arange(positions), sold)
    nth = np.arange(sales) - np.repeat(np.cumsum(sold) - sold, sold)
    which = which[np.argsort((nth + random.random(positions)[which]) / sold[which], kind="stable")]
    for number in range(sales):
        location, sku = names[which[number]]
        yield line(f"t{number}", "sale", sku, location, 1, START_MS + number * days * DAY_MS // sales)


def tight(positions: int, moves: int, seed: int = 1, days: int = 14) -> Lines:
    """A count of 0 to 35 for each position, then `moves` sales and receipts around stock zero.

    A position gets 20 as soon as its stock, which the generator follows, is below -1. One move in fifty is written
    twice, and one in fifty has an event time up to six hours before its place in the stream.
    """
    random = np.random.default_rng(seed)
    names = _names(positions)
    stock = random.integers(0, 36, positions)
    for at, (location, sku) in enumerate(names):
        yield line(f"c{at}", "count", sku, location, int(stock[at]), _before(at, positions))
    which = random.choice(positions, moves, p=random.permutation(_shares(positions, 0.8)))
    luck = random.random(moves)
    late = random.integers(1, 6 * HOUR_MS, moves)
    for number in range(moves):
        where = which[number]
        location, sku = names[where]
        at = START_MS + number * days * DAY_MS // moves
        if luck[number] < 0.02:
            at -= int(late[number])
        if stock[where] < -1:
            record = line(f"r{number}", "receipt", sku, location, 20, at)
            stock[where] += 20
        else:
            record = line(f"t{number}", "sale", sku, location, 1, at)
            stock[where] -= 1
        yield record
        if luck[number] > 0.98:
            yield record


MIXES: dict[str, Callable[[int, int, int], Lines]] = {"calm": calm, "shop": movements.lines, "tight": tight}


def blocks(mix: str, positions: int, moves: int, seed: int = 1) -> list[bytes]:
    """The stream of a mix as NDJSON blocks of some 4,096 lines."""
    lines = list(MIXES[mix](positions, moves, seed))
    return [b"".join(lines[at : at + RECORDS_A_BLOCK]) for at in range(0, len(lines), RECORDS_A_BLOCK)]


def _names(positions: int) -> list[tuple[str, str]]:
    places = max(1, positions // 5_000)
    return [(f"{100 + at % places}", f"{1_000_000 + at // places}") for at in range(positions)]


def _shares(positions: int, exponent: float) -> np.ndarray:
    weight = 1 / np.arange(1, positions + 1) ** exponent
    return weight / weight.sum()


def _before(at: int, positions: int) -> int:
    return START_MS - HOUR_MS + at * HOUR_MS // positions


if __name__ == "__main__":
    import sys

    for name, lines in MIXES.items():
        print(name, flush=True)
        sys.stdout.buffer.writelines(lines(3, 5, 1))
        sys.stdout.flush()
