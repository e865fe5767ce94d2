"""Choose at most one change for each group, so that the loss warned of is the greatest within a budget of pushes.

One price of a push holds for all groups. At a price each group takes the change that gains the most value less the price of
its pushes. A change is taken only if it loses in none of the parts of the time. Of all prices whose choice keeps the budget,
the one with the greatest value is taken; of equal ones that with the fewest pushes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lowtide.tune.figures import Figures, total

NOW = "now"
"""The policy as it is."""
KEEP = "keep"
"""The policy as it is, without the alerts that people rate as not right."""
MARGIN = 0.01
"""So much of the budget is left free when the changes are chosen: another time brings other pushes."""
_TINY = 1e-9
_LITTLE = 1e-6
"""A price so low that it decides only between changes of equal value."""

Table = Mapping[str, Mapping[str, Sequence[Figures]]]
"""The figures of each change, by group and part."""
Choice = Mapping[str, str]
"""The change of each group that has one."""


def choose(table: Table, groups: Sequence[str], parts: Sequence[int], budget: float) -> Choice:
    """The changes that these parts choose. `budget` is pushes in all of them together; nothing if none keeps it."""
    best: Choice = {}
    most = -1.0, 0
    for price in _prices(table, groups, parts):
        choice = {
            group: change for group in groups if (change := _best(table, group, parts, price)) is not None
        }
        whole = outcome(table, groups, choice, parts)
        rank = round(whole.value, 6), -whole.pushes
        if whole.pushes <= budget * (1 - MARGIN) and rank > most:
            best, most = choice, rank
    return best


def outcome(table: Table, groups: Sequence[str], choice: Choice, parts: Sequence[int]) -> Figures:
    """What a choice would have done in these parts."""
    return total(table[choice.get(group, KEEP)][group][part] for group in groups for part in parts)


def _best(table: Table, group: str, parts: Sequence[int], price: float) -> str | None:
    """The change with the greatest gain at a price of a push; None if none gains."""
    best, most = None, _TINY
    for change, figures in table.items():
        if change in (NOW, KEEP):
            continue
        gains = [
            _worth(figures[group][part], price) - _worth(table[KEEP][group][part], price) for part in parts
        ]
        if min(gains) >= -_TINY and sum(gains) > most:
            best, most = change, sum(gains)
    return best


def _worth(one: Figures, price: float) -> float:
    return one.value - price * one.pushes


def _prices(table: Table, groups: Sequence[str], parts: Sequence[int]) -> Iterator[float]:
    """Every price at which some group changes its mind, and those just beside it, lowest first."""
    found = {0.0, _LITTLE}
    for group in groups:
        before = total(table[KEEP][group][part] for part in parts)
        for figures in table.values():
            after = total(figures[group][part] for part in parts)
            if after.pushes != before.pushes:
                price = (after.value - before.value) / (after.pushes - before.pushes)
                if price > 0:
                    found |= {round(price * 0.999, 9), round(price * 1.001, 9)}
    yield from sorted(found)
