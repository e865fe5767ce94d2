"""Compare the ledger of a peer with that of the plain loop."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

Line = tuple[str, ...]
SHARED = ("negative_stock", "overdue_supply")
"""The kinds whose definition does not need an estimate of demand."""


def read(path: Path) -> list[Line]:
    """The entries: time, location, SKU, kind, entry, severity."""
    return [tuple(line.split("\t")) for line in path.read_text().splitlines()]


def difference(theirs: list[Line], plain: list[Line], kinds: Collection[str] | None = None) -> str | None:
    """The first entry that differs at a position, in their order there; None if the ledgers are equal.

    With `kinds`, only entries of these kinds count.
    """
    one, two = (_by_position(entries, kinds) for entries in (theirs, plain))
    for where in sorted(one.keys() | two.keys()):
        if (found := one.get(where, [])) != (expected := two.get(where, [])):
            return f"position {' '.join(where)}: {len(found)} entries, {found[:2]}, not {len(expected)}, {expected[:2]}"
    return None


def overlap(ours: list[Line], plain: list[Line], kind: str) -> dict[str, int]:
    """At how many positions an alert of a kind was opened: by both, by Lowtide only, by the plain loop only."""
    mine, theirs = (
        {entry[1:3] for entry in entries if entry[3:5] == (kind, "OPENED")} for entries in (ours, plain)
    )
    return {"both": len(mine & theirs), "lowtide_only": len(mine - theirs), "plain_only": len(theirs - mine)}


def _by_position(entries: Iterable[Line], kinds: Collection[str] | None) -> dict[Line, list[Line]]:
    found: dict[Line, list[Line]] = {}
    for entry in entries:
        if kinds is None or entry[3] in kinds:
            found.setdefault(entry[1:3], []).append(entry)
    return found
