"""Draw the newest records: the peers as bars to bench/out/peers.svg, growth as curves to bench/out/growth.svg.

A bar is the speed as a multiple of the plain loop. The axis is logarithmic, because the limit is far from the rest; each
bar has its number. The curves are those of `curves.py`.
"""

from __future__ import annotations

import json
from html import escape
from math import floor, log10
from pathlib import Path
from typing import Any

import curves
from record import RECORDS

OUT = RECORDS.parent / "out"
WIDTH, LEFT, RIGHT, BAR, STEP, TOP = 760, 130, 80, 20, 30, 56


def bars(record: dict[str, Any]) -> list[tuple[str, float]]:
    """Name and multiple of each peer, fastest first."""
    found = [(name, float(peer["multiple"])) for name, peer in record["peers"].items()]
    return sorted(found, key=lambda bar: -bar[1])


def svg(record: dict[str, Any]) -> str:
    """The picture. Bars begin at a power of ten that is below every multiple."""
    rows = bars(record)
    low = min(-1, floor(min(log10(value) for _, value in rows)))
    high = max(1, max(log10(value) for _, value in rows))
    scale = (WIDTH - LEFT - RIGHT) / (high - low)
    height = TOP + STEP * len(rows) + 10
    title = f"The plain job, {record['records']:,} records: CPU time, multiple of a plain Python loop"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        f'<text x="10" y="22" font-weight="bold">{escape(title)}</text>',
        f'<text x="10" y="40" fill="#555">{escape(record["date"])}, {escape(record["machine"])}; logarithmic axis</text>',
    ]
    for power in range(low, int(high) + 1):
        x = LEFT + scale * (power - low)
        parts.append(f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{height}" stroke="#ddd"/>')
    for number, (name, value) in enumerate(rows):
        y, width = TOP + STEP * number, max(1.0, scale * (log10(value) - low))
        colour = "#0b6e99" if name.startswith("lowtide") else "#9aa5ad"
        parts += [
            f'<text x="{LEFT - 8}" y="{y + 15}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="{LEFT}" y="{y}" width="{width:.1f}" height="{BAR}" fill="{colour}"/>',
            f'<text x="{LEFT + width + 6:.1f}" y="{y + 15}">{value:.3g} ×</text>',
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"


def main() -> None:
    """Draw what has a record."""
    OUT.mkdir(exist_ok=True)
    for name, draw, command in (("peers", svg, "peers/run.py"), ("growth", curves.svg, "growth.py --large")):
        records = sorted(RECORDS.glob(f"*-{name}.json"))
        if not records:
            print(f"there is no record of {name} yet: python bench/{command} --record")
            continue
        path: Path = OUT / f"{name}.svg"
        path.write_text(draw(json.loads(records[-1].read_text())))
        print(path)


if __name__ == "__main__":
    main()
