"""A task of the benchmark: the folder that an engine reads, and the alert lines that it writes.

    FOLDER/world.json      what is known of the world: see `Task`
    FOLDER/events.jsonl    movements in the order of event time, with a heartbeat at the end of each day
    FOLDER/items.csv       sku,from_day,reorder_point,order_quantity: the rule of the shop, where it has one

`ENGINE-COMMAND FOLDER` writes one JSON object on each line of its standard output:

    {"type":"sales_spike","location":"w","sku":"17","opened_at":"2026-06-01T12:00:00Z","ended_at":"2026-06-02T12:00:00Z"}
    {"type":"chance","location":"w","sku":"17","at":"2026-06-01T00:00:00Z","p":0.31,"days":7}
    {"type":"rank","location":"w","sku":"17","at":"2026-06-01T00:00:00Z","score":12.5}

Times are RFC 3339 or whole milliseconds since 1970. `ended_at` is missing or null while an alert is open. Lines of the other
two types are optional: what chance the engine gave at midnight that the stock runs out within so many days; and how high it
ranked the position at midnight in a list of shelves to look at (a score above 0; without a line it is not in the list).
"""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from events import DAY_MS

Grid = NDArray[np.float64]
NEVER = 1 << 30
ENGINES_NOTE = "Each line of the answer is an alert or a chance, as bench/quality/README.md says."


class AnswerError(Exception):
    """An engine did not end well, or a line of its answer cannot be read."""


@dataclass(frozen=True)
class Task:
    """What an engine is told of a world."""

    name: str
    start_ms: int
    """Day 0 begins here, in UTC."""
    days: int
    skus: list[str]
    decisions_from_day: int
    """Nothing that opens before the end of this day is judged."""
    lead_days: int | None = None
    """Promised days from an order to its receipt."""
    review_days: int | None = None
    """The shop looks at an item every so many days."""
    chance: bool = False
    """Whether `chance` lines are judged."""

    def write(self, folder: Path, events: Iterable[bytes], items: Iterable[str] = ()) -> None:
        """Write the folder that an engine reads."""
        folder.mkdir(parents=True, exist_ok=True)
        told = {name: value for name, value in asdict(self).items() if name != "skus"}
        (folder / "world.json").write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2))
        with (folder / "events.jsonl").open("wb") as out:
            out.writelines(events)
        rows = ["sku,from_day,reorder_point,order_quantity", *items, ""]
        (folder / "items.csv").write_text("\n".join(rows), "utf-8")


@dataclass(frozen=True)
class Alert:
    """One alert: the days of its opening and of its end are those at whose end it is there first, and not any more."""

    kind: str
    sku: int
    """The number of the SKU in the task."""
    opened: int
    ended: int


@dataclass
class Answer:
    """What an engine answered to a task."""

    alerts: list[Alert]
    chance: Grid
    """By SKU and day; 0 where it gave none."""
    rank: Grid
    """By SKU and day: the score in the list of shelves to look at; 0 where it is not in it."""
    horizon: int = 0
    """How many days its chances look ahead; 0: it gave none."""
    lines: int = field(default=0)

    def openings(self, kinds: Iterable[str]) -> NDArray[np.bool_]:
        """By SKU and day, whether an alert of one of these types opened."""
        found, wanted = np.zeros(self.chance.shape, bool), set(kinds)
        for alert in self.alerts:
            if alert.kind in wanted and alert.opened < found.shape[1]:
                found[alert.sku, alert.opened] = True
        return found

    def standing(self, kind: str) -> NDArray[np.bool_]:
        """By SKU and day, whether an alert of the type is open at the end of the day."""
        found = np.zeros(self.chance.shape, bool)
        for alert in self.alerts:
            if alert.kind == kind:
                found[alert.sku, alert.opened : alert.ended] = True
        return found


def ask(command: str, folder: Path, task: Task) -> Answer:
    """Run an engine on the folder and read its answer. Raises AnswerError."""
    out = folder / "answer.jsonl"
    with out.open("wb") as lines:
        done = subprocess.run([*shlex.split(command), str(folder)], stdout=lines, stderr=subprocess.PIPE)
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip()[-500:]
        raise AnswerError(f"`{command}` ended with {done.returncode} on {task.name}: {last}")
    with out.open("rb") as lines:
        return read(lines, task)


def read(lines: Iterable[bytes], task: Task) -> Answer:
    """Read alert lines. Raises AnswerError with the number of the line and what is wrong with it."""
    numbers = {sku: number for number, sku in enumerate(task.skus)}
    answer = Answer([], *(np.zeros((len(task.skus), task.days)) for _ in range(2)))
    for number, line in _filled(lines):
        try:
            fields = orjson.loads(line)
            sku, kind = numbers[fields["sku"]], fields["type"]
            if kind in ("chance", "rank"):
                day = _day(fields["at"], task)
                if not 0 <= day < task.days:
                    continue
                if kind == "chance":
                    answer.chance[sku, day], answer.horizon = float(fields["p"]), int(fields["days"])
                else:
                    answer.rank[sku, day] = float(fields["score"])
            else:
                ended = fields.get("ended_at")
                opened = max(_day(fields["opened_at"], task), 0)
                answer.alerts.append(
                    Alert(kind, sku, opened, NEVER if ended is None else max(_day(ended, task), opened))
                )
        except (KeyError, TypeError, ValueError) as error:
            what = f"{type(error).__name__}: {error}"
            raise AnswerError(
                f"line {number} of the answer to {task.name}: {what}. {ENGINES_NOTE}"
            ) from error
        answer.lines = number
    return answer


def _filled(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    return ((number, line) for number, line in enumerate(lines, 1) if line.strip())


def _day(moment: Any, task: Task) -> int:
    """The day at whose end a moment has passed: midnight itself belongs to the day that it ends."""
    if isinstance(moment, str):
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None:
            raise ValueError(f"`{moment}` has no zone")
        moment = round(at.timestamp() * 1000)
    if isinstance(moment, bool) or not isinstance(moment, int):
        raise TypeError(f"`{moment}` is not a time")
    return -(-(moment - task.start_ms) // DAY_MS) - 1
