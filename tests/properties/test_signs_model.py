"""Every sign opens and ends as a plain second model says, which was written from docs/alerts.md, with the same numbers.

The fear: the core looks at a position only when something can have changed, and one of these times is forgotten.
`python -m tests.properties.test_signs_model 600` draws other logs for ten minutes (`make signs-fuzz`).
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter

import pytest

from tests.model.signs.near import TooNear
from tests.properties.sign_values import FAMILIES, differences, drawn

QUICK = {"papers": 20, "weeks": 8, "lots": 8, "orders": 8, "tills": 2}
"""Logs of each family in `make test`."""


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
def test_core_and_plain_model_tell_the_same(family):
    judged = Counter()
    for seed in range(QUICK[family.__name__]):
        records, policy = drawn(family, seed)
        try:
            wrong, entries = differences(records, policy)
        except TooNear as left_out:
            judged[type(left_out).__name__] += 1
            continue
        assert not wrong, (seed, wrong[:5])
        judged["logs"] += 1
        judged["entries"] += entries
    assert judged["logs"] >= QUICK[family.__name__] // 2 and judged["entries"] >= 10, judged


def fuzz(seconds: float) -> Counter:
    """Other logs until the time is over; a log that differs is told by its family and seed."""
    judged, ends = Counter(), time.monotonic() + seconds
    seeds = random.Random()
    while time.monotonic() < ends:
        for family in FAMILIES:
            seed = seeds.randrange(2**40)
            records, policy = drawn(family, seed)
            try:
                wrong, entries = differences(records, policy)
            except TooNear as left_out:
                judged[f"{family.__name__} {type(left_out).__name__}"] += 1
                continue
            judged[f"{family.__name__} logs"] += 1
            judged["entries"] += entries
            if wrong:
                judged["differ"] += 1
                print(family.__name__, seed, policy.look_for, *wrong[:3], sep="\n  ", flush=True)
    return judged


if __name__ == "__main__":
    found = fuzz(float(sys.argv[1]))
    print(*(f"{name}: {number}" for name, number in sorted(found.items())), sep="\n")
    sys.exit(1 if found["differ"] else 0)
