"""A map is tried on a sample: what its rows become, in sums, and which of them cannot be used and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import pyarrow as pa

from lowtide.core import mapping_of
from lowtide.intake.reading import Part, UnreadableDocument, mapped
from lowtide.map import Map
from lowtide.readers import BadDocument

_TELLING = {
    "no_stock": {"count", "receipt", "transfer_in"}, "no_supply": {"order", "shipment"}, "no_demand": {"sale"},
}  # fmt: skip
"""What is not known without any of these kinds, by the key of its sentence."""
_LOOKED_AT = 200
"""Rows whose columns are looked at, for those that the map does not use."""


class Complaint(NamedTuple):
    """A row that cannot be used, or that is not as expected: its line, code (empty for a warning), field, sentence."""

    line: int
    code: str
    field: str
    column: str
    message: str

    def to_dict(self) -> dict[str, object]:
        """As it stands in JSON."""
        return {key: value for key, value in self._asdict().items() if value != ""}


@dataclass
class Trial:
    """The result; rows = good + skipped + rejected."""

    map: Map
    shown: int
    """How many movements, and complaints of each sort, are kept."""
    rows: int = 0
    good: int = 0
    skipped: int = 0
    rejected: int = 0
    warned: int = 0
    first: list[dict[str, Any]] = field(default_factory=list)
    """The first movements."""
    by_rule: list[int] = field(default_factory=list)
    by_skip: list[int] = field(default_factory=list)
    """Rows by rule of `skip`; the last number is that of steps with `else: skip`."""
    by_kind: Counter[str] = field(default_factory=Counter)
    units: dict[str, Decimal] = field(default_factory=dict)
    """Units by kind."""
    by_location: Counter[str] = field(default_factory=Counter)
    by_code: Counter[str] = field(default_factory=Counter)
    rejects: list[Complaint] = field(default_factory=list)
    warnings: list[Complaint] = field(default_factory=list)
    columns: dict[str, None] = field(default_factory=dict)
    """The columns of the first rows, in their order."""

    @property
    def movements(self) -> int:
        """How many movements came out."""
        return sum(self.by_rule)

    @property
    def lacks(self) -> list[str]:
        """Keys of sentences: what these kinds of movements do not tell."""
        kinds = set(self.by_kind)
        if not kinds:
            return []
        return [key for key, needed in _TELLING.items() if not kinds & needed]

    @property
    def unused(self) -> list[str]:
        """Columns of the sample that the map does not name."""
        mapping = mapping_of(self.map)
        named = set() if mapping is None else {name.removeprefix("^") for name in mapping.columns}
        return [
            name
            for name in self.columns
            if name not in named and not any(_is_above(one, name) for one in named)
        ]

    @property
    def constants(self) -> list[str]:
        """Texts of the map without a hole that are names of columns."""
        values = [value for rule in self.map.model.movements for value in rule.fields.values()]
        texts = [text for value in values if (text := value.constant) is not None]
        return list(dict.fromkeys(text for text in texts if text in self.columns))


def tried(
    map_: Map,
    sample: Path,
    *,
    shown: int = 20,
    config: bytes | None = None,
    catalogue: pa.RecordBatch | None = None,
) -> Trial:
    """Tries a map on a sample. Raises MapError where the header lacks a column of the map."""
    trial = Trial(map_, shown)
    try:
        for part in mapped(map_, sample, config=config, catalogue=catalogue):
            _add(trial, part)
    except BadDocument as error:
        code = error.code if isinstance(error, UnreadableDocument) else "bad_document"
        trial.rows += 1
        _reject(trial, Complaint(1, code, "", "", str(error)))
    return trial


def _add(trial: Trial, part: Part) -> None:
    made = part.mapped
    trial.rows += made.rows
    trial.good += made.good
    trial.skipped += made.skipped
    trial.by_rule = _sum(trial.by_rule, made.rules)
    trial.by_skip = _sum(trial.by_skip, made.skips)
    for _, line, code, name, column, message, _ in made.rejects:
        _reject(trial, Complaint(line, code, name, column, message))
    for _, line, name, message in made.warnings:
        trial.warned += 1
        if len(trial.warnings) < trial.shown:
            trial.warnings.append(Complaint(line, "", name, "", message))
    for text in made.movements.splitlines():
        movement = orjson.loads(text)
        kind = movement["kind"]
        trial.by_kind[kind] += 1
        trial.by_location[movement.get("location", "")] += 1
        trial.units[kind] = trial.units.get(kind, Decimal(0)) + Decimal(movement.get("quantity", 0))
        if len(trial.first) < trial.shown:
            trial.first.append(movement)
    if len(trial.columns) < _LOOKED_AT and trial.rows <= 2 * _LOOKED_AT + made.rows:
        _look_at(trial, part.ndjson)


def _reject(trial: Trial, complaint: Complaint) -> None:
    trial.rejected += 1
    trial.by_code[complaint.code] += 1
    if len(trial.rejects) < trial.shown:
        trial.rejects.append(complaint)


def _look_at(trial: Trial, ndjson: bytes) -> None:
    for text in ndjson.split(b"\n", _LOOKED_AT)[:_LOOKED_AT]:
        try:
            row = orjson.loads(text)
        except orjson.JSONDecodeError:
            continue
        if isinstance(row, dict):
            trial.columns.update(dict.fromkeys(name for name in _names(row) if not name.startswith("_")))


def _names(row: dict[str, Any], prefix: str = "", depth: int = 0) -> Iterator[str]:
    for name, value in row.items():
        if isinstance(value, dict) and value and depth < 8:
            yield from _names(value, f"{prefix}{name}.", depth + 1)
        else:
            yield prefix + name


def _is_above(named: str, name: str) -> bool:
    """Whether a named path leads through this list or object, or ends at one that holds it."""
    return named.startswith(f"{name}.") or name.startswith(f"{named}.") or name.endswith(f".{named}")


def _sum(old: list[int], new: list[int]) -> list[int]:
    return [a + b for a, b in zip(old, new, strict=True)] if old else list(new)
