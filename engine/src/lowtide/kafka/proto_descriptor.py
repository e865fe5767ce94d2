"""Texts of `.proto` files become descriptors (`google.protobuf.FileDescriptorProto`), for registries that give only texts.

>>> (file,) = descriptors(['syntax = "proto3"; package shop; message Sale { string id = 1; }'])
>>> b"Sale" in file
True
"""

from __future__ import annotations

from collections.abc import Iterable

from lowtide.kafka.proto_text import ProtoEnum, ProtoField, ProtoFile, ProtoMessage, parse_proto

_SCALARS = {
    "double": 1, "float": 2, "int64": 3, "uint64": 4, "int32": 5, "fixed64": 6, "fixed32": 7, "bool": 8, "string": 9,
    "bytes": 12, "uint32": 13, "sfixed32": 15, "sfixed64": 16, "sint32": 17, "sint64": 18,
}  # fmt: skip
_MESSAGE, _ENUM, _REPEATED = 11, 14, 3


def descriptors(texts: Iterable[str]) -> list[bytes]:
    """The descriptors of files, each after those that it imports. Raises ProtoTextError."""
    files = [parse_proto(text) for text in texts]
    known: dict[str, int] = {}
    for file in files:
        _collect(file.root, f".{file.package}" if file.package else "", known)
    return [_file(file, known) for file in files]


def _collect(message: ProtoMessage, scope: str, known: dict[str, int]) -> None:
    """Notes the full names of all types, and whether each is a message or an enum."""
    known.update({f"{scope}.{enum.name}": _ENUM for enum in message.enums})
    for inner in message.messages:
        known[f"{scope}.{inner.name}"] = _MESSAGE
        _collect(inner, f"{scope}.{inner.name}", known)


def _file(file: ProtoFile, known: dict[str, int]) -> bytes:
    scope = f".{file.package}" if file.package else ""
    parts = [_entry(2, file.package)]
    parts += [_entry(4, _message(one, scope, known)) for one in file.root.messages]
    parts += [_entry(5, _enum(one)) for one in file.root.enums]
    return b"".join([*parts, _entry(12, file.syntax)])


def _message(message: ProtoMessage, scope: str, known: dict[str, int]) -> bytes:
    inner = f"{scope}.{message.name}"
    parts = [_entry(1, message.name), *(_entry(2, _field(one, inner, known)) for one in message.fields)]
    parts += [_entry(3, _message(one, inner, known)) for one in message.messages]
    parts += [_entry(4, _enum(one)) for one in message.enums]
    return b"".join([*parts, _entry(7, _entry(7, 1))] if message.is_entry else parts)


def _enum(enum: ProtoEnum) -> bytes:
    values = (_entry(2, _entry(1, name) + _entry(2, number)) for name, number in enum.values)
    return _entry(1, enum.name) + b"".join(values)


def _field(one: ProtoField, scope: str, known: dict[str, int]) -> bytes:
    parts = [_entry(1, one.name), _entry(3, one.number), _entry(4, _REPEATED if one.repeated else 1)]
    if one.type in _SCALARS:
        parts.append(_entry(5, _SCALARS[one.type]))
    else:
        name = _resolved(one.type, scope, known)
        parts += [_entry(5, known.get(name, _MESSAGE)), _entry(6, name)]
    parts += [] if one.default is None else [_entry(7, one.default)]
    parts += [] if one.oneof is None else [_entry(9, one.oneof)]
    parts += [_entry(17, 1)] if one.optional else []
    return b"".join(parts)


def _resolved(name: str, scope: str, known: dict[str, int]) -> str:
    """The full name of a type: the innermost scope that has it counts. One that nobody declares is built in."""
    while not name.startswith("."):
        if f"{scope}.{name}" in known:
            return f"{scope}.{name}"
        if not scope:
            return f".{name}"
        scope = scope.rpartition(".")[0]
    return name


def _entry(number: int, value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value & 0xFFFF_FFFF_FFFF_FFFF)
    content = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
