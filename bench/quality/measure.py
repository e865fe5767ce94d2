"""Give every world of the benchmark to every engine, judge the answers, and keep the figures: a row for each of them."""

from __future__ import annotations

import hashlib
import math
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import faults
import hidden
import panels
import stockouts
from make_worlds import Spec, make
from task import Answer, Task, ask

PARTS = ("stockouts", "faults", "hidden", "forecasts")
SEED = 2027
LOSSES: tuple[dict[str, Any], ...] = ({"loss": 0.0006}, {"loss": 0.002})
LEARNED = "Lowtide, learned inputs"
"""This engine learns about stock-outs alone, so the other parts leave it out."""
LOOKING = "Lowtide, looking for signs"
"""Of stock-outs it says what Lowtide says as shipped, so that part leaves it out."""
NOTHING = "opened nothing"
Row = tuple[str, str, str, str]
"""What, who, figures, remark."""


@dataclass
class Bench:
    """One measurement: the engines, the sizes, and where the worlds lie."""

    engines: dict[str, str]
    work: Path
    frozen: Path | None = None
    small: bool = False
    with_statsforecast: bool = False
    panel_items: int = 600
    figures: dict[str, Any] = field(default_factory=dict)
    """What goes into the record, by part."""

    def part(self, name: str) -> Iterator[Row]:
        """Measure one part."""
        self.figures[name] = {}
        yield from getattr(self, name)()

    def ask(self, who: str, folder: Path, task: Task) -> Answer:
        """The answer of an engine to a task."""
        print(f"{task.name}: {who}", file=sys.stderr, flush=True)
        return ask(self.engines[who], folder, task)

    def note(self, part: str, what: str, value: Any) -> None:
        """Keep figures for the record."""
        self.figures[part][what] = without_nan(value)

    def tell_digest(self, part: str, name: str, folder: Path) -> None:
        """Tell and keep the first sixteen digits of the SHA-256 of a world's events."""
        found = hashlib.sha256((folder / "events.jsonl").read_bytes()).hexdigest()[:16]
        print(f"{name}: events {found}", file=sys.stderr, flush=True)
        self.note(part, f"{name}, digest", found)

    def stockouts(self) -> Iterator[Row]:
        """Worlds in which stock runs out."""
        places = [stockouts.Place(self.frozen, name) for name in stockouts.PUBLISHED] if self.frozen else []
        places += stockouts.generated(self._specs(), self.frozen, self.work)
        for place in places:
            world = place.world()
            task, folder = place.task(world), self.work / f"task-{place.name}"
            place.write(task, folder)
            self.tell_digest("stockouts", place.name, folder)
            for who in self.engines:
                if who == LOOKING:
                    continue
                judged = stockouts.judge(world, self.ask(who, folder, task))
                self.note("stockouts", f"{place.name}, {who}", asdict(judged) | {"gap": judged.gap})
                one = judged.score
                gap = f"largest gap of the chance {judged.gap:.3f}" if judged.tenths else "gave no chance"
                told = f"F1 {one.f1:.3f}, false alarms {one.false_alarms:.3f}, recall {one.recall:.3f}"
                yield place.name, who, told, gap
            for who, (top, calm) in stockouts.anchors(place, world).items():
                alarms = f"{calm.false_alarms:.3f}" if calm else "not reached"
                self.note(
                    "stockouts", f"{place.name}, {who}", {"best": asdict(top), "calm": calm and asdict(calm)}
                )
                yield place.name, f"{who} *", f"F1 {top.f1:.3f}", f"false alarms at recall .8: {alarms}"
            if place.name in stockouts.PUBLISHED:
                f1, fewest = stockouts.PUBLISHED[place.name]
                yield (
                    place.name,
                    "published dynamic policy *",
                    f"F1 {f1:.2f}",
                    f"false alarms at recall .8: {fewest:.3f}",
                )

    def faults(self) -> Iterator[Row]:
        """Real sales with faults."""
        for half, panel in faults.panels(20 if self.small else 700, SEED).items():
            folder = self.work / f"task-faults-{half}"
            panel.write(folder)
            self.tell_digest("faults", half, folder)
            for who in self.engines:
                if who == LEARNED:
                    continue
                answer = self.ask(who, folder, panel.task)
                seen, alarms = faults.seen(panel, answer), faults.false_alarms(panel, answer)
                self.note(
                    "faults",
                    f"{half}, {who}",
                    {"seen": [asdict(one) for one in seen], "false alarms": alarms},
                )
                told = ", ".join(
                    f"{one.fault} {one.recall:.2f} ({one.by_chance:.2f}; {days(one.delay)})" for one in seen
                )
                each = ", ".join(f"{kind} {value:.3f}" for kind, value in alarms.items() if value)
                yield panel.task.name, who, told, f"false alarms {sum(alarms.values()):.3f}: {each or 'none'}"

    def hidden(self) -> Iterator[Row]:
        """Shops with hidden losses."""
        for loss in LOSSES[:1] if self.small else LOSSES:
            spec = Spec(seed=SEED, skus=100 if self.small else 1500, count_days=84, **loss)
            place = stockouts.Place(self.work, make(spec, Path(), self.work), spec.lead, spec.review)
            world, truth = place.world(), hidden.Hidden.read(self.work, place.name)
            task, folder = place.task(world), self.work / f"task-{place.name}"
            place.write(task, folder)
            self.tell_digest("hidden", place.name, folder)
            for who in self.engines:
                if who == LEARNED:
                    continue
                one = hidden.judge(truth, self.ask(who, folder, task))
                self.note("hidden", f"{place.name}, {who}", asdict(one))
                told = (
                    f"right {one.right:.2f} of {one.opened}, {one.times_chance:.1f} times chance"
                    if one.opened
                    else NOTHING
                )
                found = (
                    f"{one.found:.2f} of {one.long_runs} runs of 14 days or more found ({days(one.delay)})"
                )
                top = f"top of the ranking {one.top:.1f} times chance; " if one.top == one.top else ""
                yield place.name, who, told, f"{found}; {top}{one.a_month:.3f} a SKU-month"

    def forecasts(self) -> Iterator[Row]:
        """Panels of real demand."""
        for name, panel in panels.panels(self.frozen, 20 if self.small else self.panel_items, SEED).items():
            judged = panels.judge(name, panel, self.with_statsforecast)
            for method in dict.fromkeys(one.method for one in judged):
                two = [one for one in judged if one.method == method]
                self.note("forecasts", f"{name}, {method}", [asdict(one) for one in two])
                losses = " and ".join(f"{one.loss:.4f}" for one in two)
                exceeded = " and ".join(f"{one.exceeded:.3f}" for one in two)
                yield f"{name}: {panels.PANELS[name]}", method, f"loss {losses}", f"exceeded {exceeded}"

    def _specs(self) -> list[Spec]:
        """Two lead times, other lateness, periodic review, packs, shrinkage; no line of Lowtide was chosen on them."""
        kinds: list[dict[str, Any]] = [
            {"lead": 3},
            {"lead": 14},
            {"lead": 3, "review": 7, "lateness": "mild", "pack": 6},
            {"lead": 14, "review": 3, "lateness": "heavy"},
            {"lead": 7, "lateness": "mild", "shrinkage": 0.02},
        ]
        if self.small:
            return [Spec(demand="synthetic", seed=SEED, skus=20, **kinds[0])]
        sources = ("cj", "or") if self.frozen is not None else ("cj",)
        return [Spec(demand=source, seed=SEED, skus=400, **kind) for source in sources for kind in kinds]


def days(delay: float) -> str:
    """A delay in days, or a dash where nothing was caught."""
    return "–" if math.isnan(delay) else f"{delay:.0f} d"


def without_nan(value: Any) -> Any:
    """The same value for a file of JSON, where what is not a number is null."""
    if isinstance(value, dict):
        return {name: without_nan(one) for name, one in value.items()}
    if isinstance(value, list):
        return [without_nan(one) for one in value]
    return None if isinstance(value, float) and math.isnan(value) else value
