"""What has changed at a position since the last entry of its alert: `+36 on order, −3 available`."""

from __future__ import annotations

from lowtide.rows import Row
from lowtide.words.language import Language

FIGURES = ("on_hand", "available", "on_order", "in_transit")
"""The figures of a position that an alert shows, each with its change in `…_since`."""


def changes(row: Row, tell: Language) -> str:
    """The figures that are not those of the alert's entry, '' if all are. `row` is one of `queries.alerts`."""
    changed = ((name, row[f"{name}_since"]) for name in FIGURES)
    return tell.say("since.and").join(
        tell.say(f"since.{name}", n=f"{'+' if change > 0 else ''}{tell.units(change)}")
        for name, change in changed
        if change
    )


def since(row: Row, tell: Language) -> str:
    """The same as a sentence, '' if nothing has changed."""
    changed = changes(row, tell)
    return tell.say("since.alert", changes=changed) if changed else ""
