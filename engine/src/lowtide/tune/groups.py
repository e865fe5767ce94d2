"""Groups of SKUs that get values of their own: categories, and where one has few cases, several of one department.

A case is a real stockout, or a push that foretells one. A category with few cases says nothing about lines. Those of a
department are judged together, and what is then still too small is judged as one group of all that is left. Without a
catalogue all SKUs are one group.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from lowtide.desk.history.episodes import FORETELLING, Episode
from lowtide.tune.alerts import Alert
from lowtide.tune.figures import Part

LEAST_CASES = 12
"""A group that is judged alone has at least this many cases in each part of the time."""
Case = tuple[str, int]
"""The SKU, and the time in ms since 1970 UTC."""
ALL = "all"
REST = "others"


@dataclass(frozen=True)
class Groups:
    """Which group each SKU belongs to, and which categories a group has."""

    categories: Mapping[str, tuple[str, ...]]
    """The categories of each group, sorted; of `all` none."""
    departments: Mapping[str, str]
    """The department of each group; empty where it has several or none."""
    _of_sku: Mapping[str, str] = field(repr=False)
    _else: str = ALL

    def of_sku(self, sku: str) -> str:
        """The group of a SKU."""
        return self._of_sku.get(sku, self._else)

    def match(self, group: str) -> dict[str, list[str]]:
        """What a layer for this group matches on."""
        return {"category": list(self.categories[group]) or ["*"]}


def cases(real: Iterable[Episode], alerts: Iterable[Alert]) -> list[Case]:
    """The cases of some time: real stockouts, and pushes of the policy now that foretell one."""
    pushed = [
        (one.sku, one.pushed_at) for one in alerts if one.type in FORETELLING and one.pushed_at is not None
    ]
    return [*((one.sku, one.opened_at) for one in real), *pushed]


def groups(catalogue: pa.RecordBatch | None, found: Sequence[Case], parts: Sequence[Part]) -> Groups:
    """The groups of a catalogue, by how many cases each category has in each part."""
    if catalogue is None:
        return Groups({ALL: ()}, {ALL: ""}, {})
    columns = [catalogue.column(name).to_pylist() for name in ("sku", "category", "department")]
    category = {sku: name or "" for sku, name, _ in zip(*columns, strict=True)}
    department: dict[str, set[str]] = {"": set()}
    for _, name, one in zip(*columns, strict=True):
        department.setdefault(name or "", set()).add(one or "")
    own = {name: next(iter(several)) if len(several) == 1 else "" for name, several in department.items()}
    counts = [
        Counter(category.get(sku, "") for sku, at in found if start <= at < end) for start, end in parts
    ]

    def is_enough(names: Sequence[str]) -> bool:
        return all(sum(count[name] for name in names) >= LEAST_CASES for count in counts)

    alone = {name: (name,) for name in sorted(own) if name and is_enough([name])}
    small: dict[str, list[str]] = {}
    for name in sorted(own):
        if name not in alone:
            small.setdefault(own[name], []).append(name)
    pooled = {of: tuple(names) for of, names in sorted(small.items()) if of and is_enough(names)}
    rest = tuple(sorted(name for of, names in small.items() if of not in pooled for name in names))
    made = {**alone, **{_other(of, alone): names for of, names in pooled.items()}}
    if rest:
        made[_other(REST, made)] = rest
    of_category = {name: group for group, names in made.items() for name in names}
    departments = {
        group: next(iter(several)) if len(several := {own[name] for name in names}) == 1 else ""
        for group, names in made.items()
    }
    of_sku = {sku: of_category[name] for sku, name in category.items()}
    return Groups(made, departments, of_sku, of_category.get("", ALL))


def _other(name: str, taken: Mapping[str, object]) -> str:
    """A name that is not taken: that of a department may be that of a category too."""
    return name if name not in taken else f"{name}, {REST}"
