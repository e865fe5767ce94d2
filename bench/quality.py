"""Decision quality in one command and one table: worlds, forecasts over the lead time, calibration, with the anchors beside.

    worlds       the frozen ones, as shipped and with inputs learned from the days 0 to 119: best F1 and false alarms per
                 SKU-month of `score.py`, and how far the chance was from what came true (`worlds.py`)
    generated    worlds of lead times 3 and 14 that no line was chosen on (`make_worlds.py` with another seed)
    forecasts    pinball loss over the lead time, on panels of real demand (`panels.py`)

`python bench/quality.py FOLDER` needs the frozen worlds and online_retail_ledger.parquet there; without a folder only what
can be made from the demo's data is measured.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

import panels
import record
import worlds
from dynamic import dynamic_policy
from make_worlds import Spec, make
from score import FIRST_DAY, World, best, calibration, days_of_cover, score, static_minimum

PUBLISHED = {"cj": (0.71, 0.200), "or": (0.64, 0.436)}
"""Best F1, and false alarms at a recall of .8 or more, of the dynamic policy that was published with the frozen worlds."""
SEED, SKUS = 2027, 400
Row = tuple[str, str, str, str]
"""What, who, figures, remark."""


def specs(data: Path | None) -> list[Spec]:
    """The generated worlds: two lead times, other lateness, periodic review, packs, shrinkage."""
    kinds: list[dict[str, Any]] = [
        {"lead": 3},
        {"lead": 14},
        {"lead": 3, "review": 7, "lateness": "mild", "pack": 6},
        {"lead": 14, "review": 3, "lateness": "heavy"},
        {"lead": 7, "lateness": "mild", "shrinkage": 0.02},
    ]
    sources = ("cj", "or") if data is not None else ("cj",)
    return [Spec(demand=source, seed=SEED, skus=SKUS, **kind) for source in sources for kind in kinds]


def one_world(folder: Path, name: str, values: dict[str, object], figures: dict[str, Any]) -> Iterator[Row]:
    """Rows of one world: Lowtide as shipped and with learned inputs, then the anchors."""
    world = World.read(folder, name)
    lines, shape = list(worlds.movements(folder, name)), world.on_hand.shape
    for learn in (False, True):
        told, inputs = lines, None
        if learn:
            with tempfile.TemporaryDirectory() as work:
                told, inputs = worlds.learned(lines, values, Path(work), quiet=True)
        said = worlds.run(told, values, shape, inputs)
        shipped = score(world, said.levels > 0, 0.0)
        tenths = calibration(world, said.chance, said.horizon)
        gap = max(abs(one.said - one.came) for one in tenths)
        who = "Lowtide, learned inputs" if learn else "Lowtide, as shipped"
        figures[f"{name}, {who}"] = asdict(shipped) | {"gap": gap, "horizon": said.horizon} | {
            "tenths": [asdict(one) for one in tenths]
        }  # fmt: skip
        yield (
            name, who, f"F1 {shipped.f1:.3f}, false alarms {shipped.false_alarms:.3f}, recall {shipped.recall:.3f}",
            f"largest gap {gap:.3f}, {said.horizon} days",
        )  # fmt: skip
    anchors = {
        "static minimum": static_minimum(world),
        "days of cover": days_of_cover(world),
        "quick dynamic policy": dynamic_policy(world, folder, said.cover),
    }
    for who, scores in anchors.items():
        top, calm = best(scores)
        calm_alarms = f"{calm.false_alarms:.3f}" if calm else "recall .8 not reached"
        figures[f"{name}, {who}"] = {"best": asdict(top), "calm": asdict(calm) if calm else None}
        yield name, who, f"F1 {top.f1:.3f} (best line)", f"false alarms at recall .8: {calm_alarms}"
    if name in PUBLISHED:
        f1, alarms = PUBLISHED[name]
        yield name, "published dynamic policy", f"F1 {f1:.2f}", f"false alarms at recall .8: {alarms:.3f}"


def forecasts(data: Path | None, items: int, figures: dict[str, Any]) -> Iterator[Row]:
    """Rows of the panels: Lowtide and the anchors."""
    for name, panel in panels.panels(data, items, SEED).items():
        judged = panels.judge(name, panel)
        for method in dict.fromkeys(one.method for one in judged):
            two = [one for one in judged if one.method == method]
            figures[f"{name}, {method}"] = [asdict(one) for one in two]
            losses = " and ".join(f"{one.loss:.4f}" for one in two)
            exceeded = " and ".join(f"{one.exceeded:.3f}" for one in two)
            yield f"{name}: {panels.PANELS[name]}", method, f"loss {losses}", f"exceeded {exceeded}"


def main() -> None:
    """Measure and print the table; `--record` writes a record file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", help="of the frozen worlds and Online Retail")
    parser.add_argument("--items", type=int, default=600, help="items of a panel")
    parser.add_argument("--record", action="store_true", help="write bench/records/<date>-quality.json")
    asked = parser.parse_args()
    figures: dict[str, Any] = {"worlds": {}, "forecasts": {}}
    table = Table("what", "who", "figures", "beside", title=f"Decisions from day {FIRST_DAY} on")
    with tempfile.TemporaryDirectory() as made:
        places: list[tuple[Path, str, dict[str, object]]] = []
        if asked.folder is not None:
            places = [(asked.folder, name, {}) for name in PUBLISHED]
        for spec in specs(asked.folder):
            name = make(spec, asked.folder or Path(), Path(made))
            terms: dict[str, object] = {"lead_time": f"{spec.lead} d", "review_period": f"{spec.review} d"}
            places.append((Path(made), name, terms))
        for folder, name, terms in places:
            for row in one_world(folder, name, terms, figures["worlds"]):
                table.add_row(*row)
            table.add_section()
    for row in forecasts(asked.folder, asked.items, figures["forecasts"]):
        table.add_row(*row)
    Console(width=150).print(table)
    if asked.record:
        print(record.write("quality", figures))


if __name__ == "__main__":
    main()
