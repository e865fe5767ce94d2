"""A stream of movements like a shop's, made from a seed: mostly sales, with orders and their receipts.

Every position starts with a count. Then come sales in the order of event time and a delivery for each order.
One record in a thousand comes twice. Everybody who compares uses the same stream.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import numpy as np

START_MS = 1_767_571_200_000  # 2026-01-05T00:00:00Z, a Monday
DAY_MS = 86_400_000


def lines(positions: int, movements: int, seed: int = 1, days: int = 14) -> Iterator[bytes]:
    """Yield NDJSON lines: a count for each position, then `movements` records spread over `days`."""
    random = np.random.default_rng(seed)
    places = max(1, positions // 5_000)
    names = [(f"{100 + at % places}", f"{1_000_000 + at // places}") for at in range(positions)]
    for at, (location, sku) in enumerate(names):
        yield line(
            f"c{at}", "count", sku, location, 60 + at % 90, START_MS - 3_600_000 + at * 3_600_000 // positions
        )
    weight = 1 / np.arange(1, positions + 1) ** 0.5
    which = random.permutation(positions)[
        np.searchsorted(np.cumsum(weight) / weight.sum(), random.random(movements)).clip(0, positions - 1)
    ]
    kind = random.random(movements)
    quantity = random.geometric(0.6, movements)
    ordered: deque[tuple[int, int]] = deque()
    for number in range(movements):
        location, sku = names[which[number]]
        at = START_MS + number * days * DAY_MS // movements
        if kind[number] < 0.004:
            due = at + DAY_MS * int(2 + 6 * random.random())
            ordered.append((number, int(which[number])))
            yield line(f"o{number}", "order", sku, location, 40, at, f'"ref":"PO{number}","due":{due},')
        elif kind[number] < 0.008 and ordered:
            order, where = ordered.popleft()
            location, sku = names[where]
            yield line(f"r{number}", "receipt", sku, location, 40, at, f'"ref":"PO{order}",')
        elif kind[number] < 0.012:
            yield line(f"a{number}", "adjustment", sku, location, -1, at)
        else:
            sale = line(f"t{number}", "sale", sku, location, int(quantity[number]), at)
            yield sale
            if kind[number] > 0.999:
                yield sale


def line(id: str, kind: str, sku: str, location: str, quantity: int, at: int, more: str = "") -> bytes:
    """One record; `at` is its event time in milliseconds, `more` stands before it as it is."""
    moment = np.datetime64(at, "ms")
    return (
        f'{{"id":"{id}","source":"till-{location}","kind":"{kind}","sku":"{sku}","location":"{location}",'
        f'"quantity":"{quantity}",{more}"event_time":"{moment}Z"}}\n'
    ).encode()


if __name__ == "__main__":
    import sys

    sys.stdout.buffer.writelines(lines(3, 10))
