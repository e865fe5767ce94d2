"""What producers put on the wire, written from the specifications of Avro and Protobuf and not from our reader."""

from __future__ import annotations

import struct
from typing import Any


def framed(schema_id: int, body: bytes) -> bytes:
    """A message that names its schema."""
    return b"\0" + struct.pack(">I", schema_id) + body


def varint(value: int) -> bytes:
    """Seven bits in each byte, the lowest first."""
    out = bytearray()
    value &= (1 << 64) - 1
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def zigzag(value: int) -> bytes:
    """A signed number: its sign is the lowest bit."""
    return varint((value << 1) ^ (value >> 63))


def avro(schema: Any, value: Any) -> bytes:
    """A datum. A value of a union is a pair (number of the branch, value), or None for the branch `null`."""
    if isinstance(schema, list):
        index, inner = (schema.index("null"), None) if value is None else value
        return zigzag(index) + avro(schema[index], inner)
    if isinstance(schema, dict):
        match schema["type"]:
            case "record":
                return b"".join(avro(field["type"], value[field["name"]]) for field in schema["fields"])
            case "enum":
                return zigzag(schema["symbols"].index(value))
            case "array":
                items = b"".join(avro(schema["items"], one) for one in value)
                return (zigzag(len(value)) + items if value else b"") + b"\0"
            case "map":
                pairs = b"".join(avro("string", k) + avro(schema["values"], v) for k, v in value.items())
                return (zigzag(len(value)) + pairs if value else b"") + b"\0"
            case "fixed":
                return bytes(value)
            case inner:
                return avro(inner, value)
    match schema:
        case "null":
            return b""
        case "boolean":
            return bytes([value])
        case "int" | "long":
            return zigzag(value)
        case "float":
            return struct.pack("<f", value)
        case "double":
            return struct.pack("<d", value)
        case "bytes":
            return zigzag(len(value)) + value
        case "string":
            return zigzag(len(value.encode())) + value.encode()
    raise ValueError(schema)


def entry(number: int, value: int | bytes | str | float) -> bytes:
    """An entry of a Protobuf message: a whole number, eight bytes of a float, or bytes with their length."""
    if isinstance(value, float):
        return varint(number << 3 | 1) + struct.pack("<d", value)
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    content = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(content)) + content


TYPES = {
    "double": 1,
    "int64": 3,
    "int32": 5,
    "bool": 8,
    "string": 9,
    "message": 11,
    "bytes": 12,
    "enum": 14,
    "sint64": 18,
}


def field(
    number: int, name: str, kind: str, type_name: str = "", *, repeated: bool = False, optional: bool = False
) -> bytes:
    """A `FieldDescriptorProto`."""
    parts = [entry(1, name), entry(3, number), entry(4, 3 if repeated else 1), entry(5, TYPES[kind])]
    parts += [entry(6, type_name)] if type_name else []
    parts += [entry(9, 0), entry(17, 1)] if optional else []
    return b"".join(parts)


def message(name: str, *fields: bytes, nested: tuple[bytes, ...] = ()) -> bytes:
    """A `DescriptorProto`."""
    return (
        entry(1, name) + b"".join(entry(2, one) for one in fields) + b"".join(entry(3, one) for one in nested)
    )


def enum(name: str, *symbols: str) -> bytes:
    """An `EnumDescriptorProto`, numbered from 0."""
    return entry(1, name) + b"".join(entry(2, entry(1, s) + entry(2, n)) for n, s in enumerate(symbols))


def file(package: str, *messages: bytes, enums: tuple[bytes, ...] = (), syntax: str = "proto3") -> bytes:
    """A `FileDescriptorProto`."""
    parts = [entry(1, f"{package}.proto"), entry(2, package), *(entry(4, one) for one in messages)]
    return b"".join([*parts, *(entry(5, one) for one in enums), entry(12, syntax)])
