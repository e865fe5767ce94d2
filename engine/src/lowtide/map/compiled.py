"""The compiled form of a map: JSON that the native core executes, with everything in it that the map looked up.

Keys whose value is the default are left out, so a comment or another way of writing the same thing gives the same hash.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from lowtide.map.lookup import Lookup
from lowtide.map.model import MapFile
from lowtide.map.rule import NUMBERS, TIMES
from lowtide.map.template import hole, template
from lowtide.map.value import Value
from lowtide.strict import Path

FORMAT = 1
ENVELOPES = ("debezium", "cloudevents", "connect")
_ARRIVAL = "2000-01-01T00:00:00Z"
"""Stands in rows of a stock list without times; intake writes the arrival of the document."""
_SNAPSHOT = {"id": "{location}/{sku}@{time}", "kind": "count"}

Compiled = dict[str, Any]


class Compiler:
    """Compiles one map; `faults` collects the places and sentences of what cannot be looked up."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self.faults: list[tuple[Path, str]] = []

    def map(self, model: MapFile, name: str) -> Compiled:
        """The compiled map."""
        compiled: Compiled = {
            "format": FORMAT, "name": name, "read": self._read(model), "zone": model.zone,
            "only_first": model.only == "first", "skip": model.skips,
            "movements": [self._rule(model, number) for number in range(len(model.movements))],
            "snapshot": self._snapshot(model), "expect": self._expect(model),
        }  # fmt: skip
        if model.zone == "locations":
            compiled["zones"] = self._looked_up(("zone",), self._lookup.zones) or {}
        return compiled

    def _read(self, model: MapFile) -> Compiled:
        read = model.read.model_dump()
        if read["format"] in ENVELOPES and read["root"] is None:
            read["root"] = "auto"
        if read["format"] != "csv" and "encoding" not in model.read.model_fields_set:
            read["encoding"] = None  # the document says it itself, or it is UTF-8
        if read["format"] == "epcis" and not read["ours"]:
            read["ours"] = self._lookup.names_of_places()
        return read

    def _rule(self, model: MapFile, number: int) -> Compiled:
        rule, path = model.movements[number], ("movements", number)
        fields = {name: self._value(value, name, (*path, name)) for name, value in rule.fields.items()}
        if model.source is not None and "source" not in fields:
            fields["source"] = self._value(model.source, "source", ("source",))
        if model.snapshot is not None:
            for name, text in _SNAPSHOT.items():
                fields.setdefault(name, {"parts": [{"text": text}]})
            fields.setdefault("event_time", {"parts": [{"text": _ARRIVAL}]})
        return {"when": rule.condition, "fields": fields}

    def _value(self, value: Value, field: str, path: Path) -> Compiled:
        parts = [part.compiled for part in template(value.from_ or "")]
        plain: Compiled = {
            "trim": None if value.trim else False, "case": value.case, "strip_zeros": value.strip_zeros or None,
            "pad": value.pad, "after": value.after, "before": value.before, "gtin": value.gtin or None,
        }  # fmt: skip
        compiled: Compiled = {"parts": parts}
        compiled |= {key: item for key, item in plain.items() if item is not None}
        table = self._table(value, path)
        if table is not None:
            compiled["map"] = table
            if value.else_ in ("keep", "skip"):
                compiled["else"] = value.else_
            elif value.else_ not in (None, "reject"):
                compiled["else"] = {"text": _nfc(value.else_ or "")}
        if field in NUMBERS:
            compiled |= self._number(value, path)
        if field in TIMES:
            times = {"format": value.format, "zone": value.zone, "at": value.at}
            compiled |= {key: item for key, item in times.items() if item not in (None, "iso")}
        if value.hash is not None:
            compiled |= {"hash": [hole(name).name for name in value.hash]}
            compiled |= {"occurrence": True} if value.occurrence else {}
        return compiled

    def _table(self, value: Value, path: Path) -> dict[str, str] | None:
        name = value.map_file
        if name is not None:
            is_kept = value.else_ == "keep"
            return self._looked_up((*path, "map_file"), lambda: self._lookup.table(name, is_kept)) or {}
        return None if value.map is None else {_nfc(text): _nfc(ours) for text, ours in value.map.items()}

    def _number(self, value: Value, path: Path) -> Compiled:
        plain = {
            "decimal": value.decimal if value.decimal != "." else None, "thousands": value.thousands,
            "base64_scale": value.base64_scale, "sign": value.sign if value.sign != "keep" else None, "round": value.round,
        }  # fmt: skip
        compiled: Compiled = {key: item for key, item in plain.items() if item is not None}
        if value.times is not None:
            compiled["times"] = self._value(value.times, "quantity", (*path, "times"))
        if value.unit is not None:
            compiled["unit"] = self._value(value.unit, "unit", (*path, "unit"))
        if isinstance(value.units, dict):
            compiled["units"] = {_nfc(unit): factor for unit, factor in value.units.items()}
        elif value.units is not None:
            compiled["units_by_sku"] = self._looked_up((*path, "units"), self._lookup.units) or {}
        return compiled

    def _snapshot(self, model: MapFile) -> Compiled | None:
        if model.snapshot is None:
            return None
        has_time = all(rule.event_time is not None for rule in model.movements)
        dumped = model.snapshot.model_dump(by_alias=True, exclude_none=True)
        return dumped | {"time": "event_time" if has_time else "arrival"}

    def _expect(self, model: MapFile) -> Compiled | None:
        expect = model.expect
        if expect is None:
            return None
        bounds = None if expect.quantity is None else expect.quantity.model_dump(exclude_none=True)
        return {
            "on": expect.on, "quantity": bounds, "kind": expect.kind,
            "sku": self._looked_up(("expect", "sku"), self._lookup.skus) if expect.sku else None,
            "location": self._looked_up(("expect", "location"), self._lookup.locations) if expect.location else None,
            "event_time_within_ms": None if expect.event_time is None else expect.event_time.milliseconds,
        }  # fmt: skip

    def _looked_up(self, path: Path, look_up: Any) -> Any:
        try:
            return look_up()
        except ValueError as error:
            self.faults.append((path, str(error)))
            return None


def _nfc(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)
