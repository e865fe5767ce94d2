"""A rule of a map: when it holds for a row, and which movement it makes of it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from lowtide.map.condition import Compiled, condition
from lowtide.map.faults import instead, raise_any
from lowtide.map.value import (
    ID_STEPS,
    NUMBER_STEPS,
    TEXT_STEPS,
    TIME_STEPS,
    AnyValue,
    Strict,
    Value,
    number_faults,
    step_faults,
)
from lowtide.sources.movement import KINDS
from lowtide.strict import Path

MAPPED_KINDS = tuple(kind for kind in KINDS if kind not in ("policy", "inputs"))
"""The kinds that a map can make: the other two carry documents."""
NUMBERS = ("quantity", "unit_value")
TIMES = ("event_time", "due", "expiry")
VOIDABLE = tuple(kind for kind in MAPPED_KINDS if kind not in ("void", "count", "order", "heartbeat"))
_WITH_REF = ("order", "shipment", "void")


def _checked(value: Any) -> Any:
    condition(value)
    return value


Conditions = Annotated[
    dict[str, Any],
    AfterValidator(_checked),
    Field(examples=[{"state": ["done"]}, {"state": {"not": ["draft"]}, "quantity": {"gt": 0}}]),
]
"""`{column: [texts]}`, `{column: {not: [..]}}`, `{column: {gt: 0}}`, `present`, `absent`; several columns are joined by
*and*, `any: [..]` is *or*."""


class Rule(Strict):
    """A movement: its fields, each a text with holes or a value with steps."""

    when: Conditions | None = None
    """The rule holds for rows like this; without it for every row."""
    id: AnyValue | None = None
    """With the source it names the fact: the same id again is a duplicate."""
    source: AnyValue | None = None
    """Who sent it. Without it, the `source` of the map."""
    kind: AnyValue | None = None
    """What happened: sale, return, void, receipt, order, shipment, transfer_in, transfer_out, adjustment, count, hold,
    release, reserve, unreserve, heartbeat."""
    sku: AnyValue | None = None
    """Which article."""
    location: AnyValue | None = None
    """Where."""
    quantity: AnyValue | None = None
    """How many units."""
    event_time: AnyValue | None = None
    """When it happened."""
    ref: AnyValue | None = None
    """The number of the order, transfer, reservation or hold, or the id of what a void takes back."""
    due: AnyValue | None = None
    """When an order or a shipment is expected: a time or a date."""
    expiry: AnyValue | None = None
    """Until when what came can be sold, of a receipt or a transfer_in: a time or a date."""
    of: AnyValue | None = None
    """Of a void: the kind of what it takes back."""
    counterparty: AnyValue | None = None
    """The supplier or customer."""
    reason: AnyValue | None = None
    """Why, in a word."""
    unit_value: AnyValue | None = None
    """Money for a unit."""

    @model_validator(mode="after")
    def _steps_fit_fields(self) -> Rule:
        faults: list[tuple[Path, str]] = []
        for name, value in self.fields.items():
            path: Path = (name,)
            if name in NUMBERS:
                faults += step_faults(value, path, "a number", (*TEXT_STEPS, *NUMBER_STEPS))
                faults += number_faults(value, path)
            elif name in TIMES:
                faults += step_faults(value, path, "a time", (*TEXT_STEPS, *TIME_STEPS))
            elif name == "id":
                faults += step_faults(value, path, "an id", (*TEXT_STEPS, *ID_STEPS))
            else:
                faults += step_faults(value, path, "a text", TEXT_STEPS)
        faults += _kind_faults(self.kind, "kind", MAPPED_KINDS) + _kind_faults(self.of, "of", VOIDABLE)
        if self.event_time is not None and self.event_time.is_day and self.event_time.at is None:
            message = (
                "the times have no time of day: write `at: HH:MM`, or sales and counts of a day have no order"
            )
            faults.append((("event_time",), message))
        raise_any(faults)
        return self

    @property
    def fields(self) -> dict[str, Value]:
        """The values of the movement by field."""
        values = {name: getattr(self, name) for name in type(self).model_fields if name != "when"}
        return {name: value for name, value in values.items() if value is not None}

    @property
    def kinds(self) -> list[str]:
        """The kinds that the rule can make; empty if the texts of the rows decide."""
        if self.kind is None:
            return []
        if self.kind.constant is not None and self.kind.map is None:
            return [self.kind.constant]
        kinds = list((self.kind.map or {}).values())
        return list(dict.fromkeys([*kinds, *([self.kind.else_] if self.kind.else_ in MAPPED_KINDS else [])]))

    @property
    def condition(self) -> Compiled | None:
        """The compiled form of `when`."""
        return None if self.when is None else condition(self.when)

    def missing(self, source: bool, snapshot: bool) -> list[tuple[str, str]]:
        """Required fields that the rule does not have, with sentences. `source`: the map has one for all rules."""
        needed = [] if snapshot else ["id", "kind", "event_time"]
        if not source:
            needed.append("source")
        if not self.kinds or set(self.kinds) - {"heartbeat"} or self.kind is None:
            needed += ["sku", "location", "quantity"]
        lacks = [name for name in needed if getattr(self, name) is None]
        sentences = [(name, f"`{name}` is missing: every movement has one") for name in lacks]
        kinds = [f"`{kind}`" for kind in self.kinds if kind in _WITH_REF]
        if kinds and self.ref is None:
            verb = "needs" if len(kinds) == 1 else "need"
            sentences.append(("ref", f"`ref` is missing: {' and '.join(kinds)} {verb} one"))
        return sentences


def _kind_faults(value: Value | None, name: str, known: tuple[str, ...]) -> list[tuple[Path, str]]:
    if value is None:
        return []
    faults: list[tuple[Path, str]] = []
    if (
        value.constant is not None
        and value.map is None
        and value.map_file is None
        and value.constant not in known
    ):
        hole = f"; a column is written {{{value.constant}}}"
        faults.append(((name,), f"unknown kind `{value.constant}`: {instead(value.constant, known)}{hole}"))
    for text, kind in (value.map or {}).items():
        if kind not in known:
            faults.append(((name, "map", text), f"unknown kind `{kind}`: {instead(kind, known)}"))
    if value.else_ is not None and value.else_ not in (*known, "reject", "keep", "skip"):
        faults.append(((name, "else"), f"unknown kind `{value.else_}`: {instead(value.else_, known)}"))
    return faults
