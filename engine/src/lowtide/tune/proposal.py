"""What is proposed for one group of SKUs: the layer of the policy, and the figures that are its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lowtide.policy import Layer, Policy, Terms
from lowtide.policy.layers import in_order
from lowtide.policy.table import wire_name
from lowtide.policy.written import as_written
from lowtide.strict import matches
from lowtide.tune.changes import Change
from lowtide.tune.choosing import KEEP, NOW, Choice, Table
from lowtide.tune.feedback import Feedback, Rating
from lowtide.tune.figures import Figures, total
from lowtide.tune.groups import Groups


@dataclass(frozen=True)
class Proposal:
    """A layer for one group."""

    group: str
    name: str
    """The name of the layer."""
    match: Mapping[str, list[str]]
    kind: str
    """What changes beside the types that are switched off: the kind of the change, or empty."""
    values: Mapping[str, Any]
    """Without `off`."""
    was: Mapping[str, Any]
    """What these values are by the policy now; null: what is shipped for the horizon."""
    off: Sequence[str]
    """The types that are switched off here: those of the policy now, then those that people rate as not right."""
    ratings: Mapping[str, Rating] = field(repr=False)
    """How people rated the types that are switched off because of it."""
    before: Figures
    after: Figures

    @property
    def layer(self) -> Layer:
        """The layer of the policy."""
        return Layer(name=self.name, match=dict(self.match), set=Terms(**self.set))  # type: ignore[arg-type]

    @property
    def set(self) -> dict[str, Any]:
        """All values of the layer, by the names of the policy file."""
        return {**self.values, **({"off": list(self.off)} if self.off else {})}


def proposals(
    policy: Policy, groups: Groups, feedback: Feedback, changes: Sequence[Change], choice: Choice, table: Table,
    parts: Sequence[int],
) -> list[Proposal]:  # fmt: skip
    """One for each group that has a change, or a type that people rate as not right; by name."""
    by_name = {one.name: one for one in changes}
    taken = {layer.name for layer in policy.layers}
    made = []
    for group in sorted(groups.categories):
        change, rated = (
            by_name.get(choice.get(group, "")),
            [type_ for type_, of in feedback.off if of == group],
        )
        if change is None and not rated:
            continue
        usual = _in_force(policy, groups, group, "off")
        values = dict(change.values) if change else {}
        made.append(
            Proposal(
                group, _free(f"tuned: {group}", taken), groups.match(group), change.kind if change else "", values,
                {name: as_written(wire_name(name), _in_force(policy, groups, group, name)) for name in values},
                [*usual, *(type_ for type_ in rated if type_ not in usual)] if rated else [],
                {type_: feedback.of[type_, group] for type_ in rated},
                total(table[NOW][group][part] for part in parts),
                total(table[choice.get(group, KEEP)][group][part] for part in parts),
            )
        )  # fmt: skip
    return made


def _in_force(policy: Policy, groups: Groups, group: str, name: str) -> Any:
    """The value that the policy has for a group, as far as layers match on its category and department alone."""
    facts = {"category": next(iter(groups.categories[group]), ""), "department": groups.departments[group]}
    value = getattr(policy.defaults, name)
    for layer in in_order(policy.layers):
        is_known = layer.match.keys() <= facts.keys() and matches(layer.match, facts)  # type: ignore[arg-type]
        if is_known and name in layer.set.model_fields_set:
            value = getattr(layer.set, name)
    return value


def _free(name: str, taken: set[str]) -> str:
    """The name, with a number if a layer has it already."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} {number}"
    taken.add(free)
    return free
