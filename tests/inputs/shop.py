"""A small history whose truth is known: who sells how much on which day, what is ordered, and when it comes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import orjson

from lowtide.catalogue import load_catalogue
from lowtide.core import Job
from lowtide.inputs import Effect, Price
from lowtide.learning.findings import Finding, Learned
from lowtide.learning.history import History, history_of
from lowtide.learning.learn import Material, learn
from lowtide.learning.records import replayed, watchful
from lowtide.policy import load_policy
from lowtide.sources.lines import line_blocks

START = date(2026, 1, 5)
"""A Monday."""
Weight = Callable[[int, date], float]


def at(day: int, hour: float) -> str:
    moment = datetime(START.year, START.month, START.day, tzinfo=UTC) + timedelta(days=day, hours=hour)
    return moment.isoformat().replace("+00:00", "Z")


def movement(kind: str, sku: str, quantity: float, when: str, number: str, **more: object) -> bytes:
    record = {"id": f"{kind}-{sku}-{number}", "source": "shop", "kind": kind, "sku": sku, "location": "s1",
              "quantity": f"{quantity:g}", "event_time": when, **more}  # fmt: skip
    return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)


def beat(day: int) -> bytes:
    when = at(day, 23.99)
    return orjson.dumps(
        {"id": f"beat-{day}", "source": "shop", "kind": "heartbeat", "event_time": when},
        option=orjson.OPT_APPEND_NEWLINE,
    )


def sales(
    skus: Iterable[str], days: int, weight: Weight, rates: tuple[float, float] = (2.0, 8.0), seed: int = 1
) -> list[bytes]:
    """Each SKU is counted once at so much that it never runs out, and sells Poisson demand by `weight(sku number, day)`."""
    rng = np.random.default_rng(seed)
    lines: list[tuple[str, bytes]] = []
    for number, sku in enumerate(skus):
        rate = rng.uniform(*rates)
        lines.append((at(0, 0.1), movement("count", sku, 100_000, at(0, 0.1), "0")))
        for day in range(days):
            units = int(rng.poisson(rate * weight(number, START + timedelta(days=day))))
            if units:
                lines.append((at(day, 12), movement("sale", sku, units, at(day, 12), str(day))))
    lines += [(at(day, 23.99), beat(day)) for day in range(days)]
    return [line for _, line in sorted(lines, key=lambda one: one[0])]


@dataclass
class Shop:
    """A history as it is learned from."""

    history: History
    job: Job
    lines: list[bytes]

    def learn(
        self,
        effects: list[Effect] | None = None,
        prices: list[Price] | None = None,
        forecast: Path | None = None,
    ) -> Learned:
        policy = load_policy(None)
        material = Material(
            self.history, policy, self.job, self.job.catalogue, effects or [], prices or [], forecast
        )
        return learn(material)


def shop(lines: list[bytes], catalogue: Path | None = None) -> Shop:
    """Replay lines as `lowtide learn` does."""
    job = Job.of(watchful(load_policy(None)), load_catalogue(catalogue) if catalogue else None)
    records = replayed(job, {"shop": line_blocks(iter([b"".join(lines)]), 4096)})
    return Shop(history_of(records, job), job, lines)


def finding(learned: Learned, key: str, name: str = "") -> Finding:
    return next(one for one in learned.findings if one.key == key and one.name == name)


SKUS = [f"k{number:03}" for number in range(60)]
