"""Avro schemas of every kind with values of theirs, made by chance; and what fastavro does not read by itself."""

from __future__ import annotations

import struct
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import fastavro
import numpy
from hypothesis import strategies as st

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NAMES = st.text("abcXYZ_", min_size=1, max_size=3)
LONGS = st.integers(-(1 << 63), (1 << 63) - 1)
FLOATS = st.floats(width=32) | st.integers(-(1 << 24), 1 << 24).map(float)
EXTRAS = st.sampled_from([{}, {}, {"doc": "what it is"}, {"aliases": ["other"]}, {"order": "ignore"}])
DEEPEST = 3


def milliseconds(value: datetime) -> datetime:
    return value.replace(microsecond=value.microsecond // 1000 * 1000)


WALL = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30))
UTC_TIMES = WALL.map(lambda value: value.replace(tzinfo=UTC))
CLOCK = st.times()
NANOS = LONGS.filter(lambda value: value != -(1 << 63)).map(lambda value: numpy.datetime64(value, "ns"))

PLAIN: dict[str, tuple[Any, st.SearchStrategy[Any]]] = {
    "null": ("null", st.none()),
    "boolean": ("boolean", st.booleans()),
    "int": ("int", st.integers(-(1 << 31), (1 << 31) - 1)),
    "long": ("long", LONGS),
    "float": ("float", FLOATS),
    "double": ("double", st.floats()),
    "bytes": ("bytes", st.binary(max_size=9)),
    "string": ("string", TEXTS),
}
LOGICAL: list[tuple[str, str, st.SearchStrategy[Any]]] = [
    ("int", "date", st.dates()),
    ("int", "time-millis", CLOCK.map(lambda t: t.replace(microsecond=t.microsecond // 1000 * 1000))),
    ("long", "time-micros", CLOCK),
    ("long", "timestamp-millis", UTC_TIMES.map(milliseconds)),
    ("long", "timestamp-micros", UTC_TIMES),
    ("long", "timestamp-nanos", NANOS.map(lambda at: (at, "Z"))),
    ("long", "local-timestamp-millis", WALL.map(milliseconds)),
    ("long", "local-timestamp-micros", WALL),
    ("long", "local-timestamp-nanos", NANOS.map(lambda at: (at, ""))),
    ("string", "uuid", st.uuids()),
    ("long", "of-a-later-version", LONGS),
    ("bytes", "date", st.binary(max_size=3)),
]


def _nanos(zone: str) -> Any:
    return lambda value, *_: (numpy.datetime64(value, "ns"), zone)


def _count(value: Any, *_: Any) -> int:
    return int(value[0].astype("int64"))


for kind, mark in (("timestamp", "Z"), ("local-timestamp", "")):
    fastavro.read.LOGICAL_READERS[f"long-{kind}-nanos"] = _nanos(mark)
    fastavro.write.LOGICAL_WRITERS[f"long-{kind}-nanos"] = _count
fastavro.read.LOGICAL_READERS["string-uuid"] = lambda value, *_: value
fastavro.read.LOGICAL_READERS["fixed-uuid"] = lambda value, *_: uuid.UUID(bytes=value)
fastavro.write.LOGICAL_WRITERS["fixed-uuid"] = lambda value, *_: value.bytes


@dataclass
class Schemas:
    """Draws a schema, and values of it."""

    draw: Any
    names: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Named types by their full names."""

    def schema(self, depth: int, namespace: str, inside: tuple[str, ...] = ()) -> Any:
        kinds = [*PLAIN, "logical", "decimal", "fixed", "enum", "known"]
        if depth < DEEPEST:
            kinds += ["record"] * 6 + ["array", "map", "union", "union"]
        kind = self.draw(st.sampled_from(kinds))
        match kind:
            case "logical":
                carrier, logical, _ = self.draw(st.sampled_from(LOGICAL))
                return {"type": carrier, "logicalType": logical}
            case "decimal":
                return self.decimal(namespace)
            case "fixed":
                if self.draw(st.booleans()):
                    return self.named("fixed", namespace, size=16, logicalType="uuid")
                return self.named("fixed", namespace, size=self.draw(st.integers(0, 20)))
            case "enum":
                symbols = self.draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
                return self.named("enum", namespace, symbols=symbols)
            case "known" if self.names:
                return self.known(namespace, inside)
            case "array":
                return {"type": "array", "items": self.schema(depth + 1, namespace, inside)}
            case "map":
                return {"type": "map", "values": self.schema(depth + 1, namespace, inside)}
            case "union":
                return self.union(depth, namespace, inside)
            case "record":
                return self.record(depth, namespace, inside)
        simple = PLAIN.get(kind, PLAIN["long"])[0]
        return self.draw(st.sampled_from([simple, {"type": simple}]))

    def decimal(self, namespace: str) -> Any:
        precision = self.draw(st.integers(1, 38))
        scale = self.draw(st.integers(0, precision))
        of = {"logicalType": "decimal", "precision": precision, "scale": scale}
        if self.draw(st.booleans()):
            return {"type": "bytes", **of}
        return self.named("fixed", namespace, size=self.draw(st.integers((precision + 2) // 2, 20)), **of)

    def named(self, kind: str, namespace: str, **parts: Any) -> dict[str, Any]:
        """A new named type: its name stands alone, with a namespace beside it, or with dots."""
        short = f"{self.draw(NAMES)}{len(self.names)}"
        where = self.draw(st.sampled_from([namespace, "shop", "shop.till"]))
        form = self.draw(st.sampled_from(["beside", "dots"])) if where else "beside"
        full = f"{where}.{short}" if where else short
        name = {"name": full} if form == "dots" else {"name": short, "namespace": where}
        if where == namespace and self.draw(st.booleans()):
            name = {"name": short}
        schema = {"type": kind, **name, **parts, **self.draw(st.sampled_from([{}, {"aliases": ["Old"]}]))}
        self.names[full] = schema
        return schema

    def known(self, namespace: str, inside: tuple[str, ...]) -> Any:
        """The name of a type that was declared; of a record that is still open inside a union or a list, so that it ends."""
        within = [name for name in sorted(self.names) if "." in name or not namespace]
        if not within:
            return "long"
        full = self.draw(st.sampled_from(within))
        where, _, short = full.rpartition(".")
        usual = short if where == namespace and self.draw(st.booleans()) else full
        if full not in inside:
            return usual
        return self.draw(st.sampled_from([["null", usual], {"type": "array", "items": usual}]))

    def record(self, depth: int, namespace: str, inside: tuple[str, ...]) -> Any:
        schema = self.named("record", namespace, fields=[])
        full = next(name for name, one in self.names.items() if one is schema)
        for name in self.draw(st.lists(NAMES, max_size=5, unique=True)):
            of = self.schema(depth + 1, full.rpartition(".")[0], (*inside, full))
            default = {"default": None} if of == "null" or (isinstance(of, list) and of[0] == "null") else {}
            schema["fields"].append({"name": name, "type": of, **default, **self.draw(EXTRAS)})
        return schema

    def union(self, depth: int, namespace: str, inside: tuple[str, ...]) -> Any:
        branches: dict[str, Any] = {}
        for _ in range(self.draw(st.integers(1, 4))):
            before = dict(self.names)
            one = self.schema(depth + 1, namespace, inside)
            branch = "" if isinstance(one, list) else self.branch(one, namespace)
            if not branch or branch in branches:
                self.names = before
            else:
                branches[branch] = one
        return list(branches.values()) or ["null"]

    def full_name(self, name: str, namespace: str) -> str:
        return next(
            (one for one in (f"{namespace}.{name}" if namespace else name, name) if one in self.names), name
        )

    def branch(self, schema: Any, namespace: str) -> str:
        """What tells a branch of a union from the others."""
        if isinstance(schema, str):
            return self.full_name(schema, namespace)
        return next((name for name, one in self.names.items() if one is schema), str(schema["type"]))

    def value(self, schema: Any, namespace: str = "", depth: int = 0) -> Any:
        """A value as fastavro writes it: a branch of a union is a pair of its name and the value."""
        if isinstance(schema, str):
            if schema in PLAIN:
                return self.draw(PLAIN[schema][1])
            full = self.full_name(schema, namespace)
            return self.value(self.names[full], full.rpartition(".")[0], depth)
        if isinstance(schema, list):
            one = "null" if depth > 8 and "null" in schema else self.draw(st.sampled_from(schema))
            return self.branch(one, namespace), self.value(one, namespace, depth + 1)
        most = 0 if depth > 8 else 3
        match schema["type"]:
            case "record":
                inner = next(name for name, one in self.names.items() if one is schema).rpartition(".")[0]
                return {one["name"]: self.value(one["type"], inner, depth + 1) for one in schema["fields"]}
            case "enum":
                return self.draw(st.sampled_from(schema["symbols"]))
            case "array":
                return [
                    self.value(schema["items"], namespace, depth + 1)
                    for _ in range(self.draw(st.integers(0, most)))
                ]
            case "map":
                keys = self.draw(st.lists(TEXTS, max_size=most, unique=True))
                return {key: self.value(schema["values"], namespace, depth + 1) for key in keys}
            case carrier if schema.get("logicalType") == "decimal":
                digits = 10 ** schema["precision"] - 1
                whole = self.draw(st.integers(-digits, digits))
                return Decimal(f"{whole}E-{schema['scale']}")
            case "fixed" if schema.get("logicalType") == "uuid":
                return self.draw(st.uuids())
            case "fixed":
                return self.draw(st.binary(min_size=schema["size"], max_size=schema["size"]))
            case carrier:
                known = [one[2] for one in LOGICAL if one[:2] == (carrier, schema.get("logicalType"))]
                return self.draw(known[0]) if known else self.value(carrier, namespace, depth)


@st.composite
def schemas_and_values(draw: Any) -> tuple[Any, Any]:
    """A schema and a value of it."""
    schemas = Schemas(draw)
    schema = schemas.schema(0, "")
    return schema, schemas.value(schema)


def bare(value: Any) -> Any:
    """The value without the names of the branches of unions."""
    match value:
        case (str(), inner) if isinstance(value, tuple):
            return bare(inner)
        case dict():
            return {key: bare(one) for key, one in value.items()}
        case list():
            return [bare(one) for one in value]
    return value


def single(value: float) -> float:
    """The nearest float of 32 bits."""
    return float(struct.unpack("<f", struct.pack("<f", value))[0]) if abs(value) < 3.4e38 else value
