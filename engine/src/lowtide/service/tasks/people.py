"""In a child: what a changed file of people would have done to a period, beside the file in force.

Arguments: `entries` (a file of entries, JSON lines), `before`, `after` (documents of versions), `start`, `end`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson

from lowtide.desk.history.simulated import difference
from lowtide.desk.history.simulation import simulate
from lowtide.people import Book


def work(asked: Mapping[str, Any], tell: Callable[[Mapping[str, Any]], None]) -> dict[str, Any]:
    """The difference as JSON."""
    with Path(asked["entries"]).open("rb") as file:
        entries = [orjson.loads(line) for line in file]
    made = []
    for number, name in enumerate(("before", "after")):
        book = Book.of_document(asked[name])

        def told(done: int, of: int, number: int = number) -> None:
            tell({"done": number * of + done, "of": 2 * of})

        made.append(simulate(entries, book, asked["start"], asked["end"], progress=told))
    return difference(made[0], made[1])
