"""Protobuf files with types of every kind and messages of theirs, made by chance; and what Google's JSON says of one."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any

from google.protobuf import descriptor_pool, json_format, message_factory, timestamp_pb2, wrappers_pb2
from google.protobuf.descriptor import FieldDescriptor as Field
from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto
from hypothesis import strategies as st

from .avro_schemas import FLOATS, LONGS, TEXTS, single

F = FieldDescriptorProto
INT32 = st.integers(-(1 << 31), (1 << 31) - 1)
NATURAL64, NATURAL32 = st.integers(0, (1 << 64) - 1), st.integers(0, (1 << 32) - 1)
SCALARS: dict[int, tuple[st.SearchStrategy[Any], list[str]]] = {
    F.TYPE_DOUBLE: (st.floats(), ["1.5", "inf", "-inf", "nan", "1e+300"]),
    F.TYPE_FLOAT: (FLOATS, ["0.1", "-inf"]),
    F.TYPE_INT64: (LONGS, ["-9223372036854775808"]),
    F.TYPE_UINT64: (NATURAL64, ["18446744073709551615"]),
    F.TYPE_INT32: (INT32, ["-7"]),
    F.TYPE_FIXED64: (NATURAL64, ["5"]),
    F.TYPE_FIXED32: (NATURAL32, ["5"]),
    F.TYPE_BOOL: (st.booleans(), ["true", "false"]),
    F.TYPE_STRING: (TEXTS, ["", 'a"b\\c', "货"]),
    F.TYPE_BYTES: (st.binary(max_size=9), ["", r"a\001\377\"\\\n'", r"\'\?\t\r\a"]),
    F.TYPE_UINT32: (NATURAL32, ["4294967295"]),
    F.TYPE_SFIXED32: (INT32, ["-5"]),
    F.TYPE_SFIXED64: (LONGS, ["-5"]),
    F.TYPE_SINT32: (INT32, ["-5"]),
    F.TYPE_SINT64: (LONGS, ["-5"]),
}
KEYS = [one for one in SCALARS if one not in (F.TYPE_DOUBLE, F.TYPE_FLOAT, F.TYPE_BYTES)]
UNPACKED = (F.TYPE_STRING, F.TYPE_BYTES, F.TYPE_MESSAGE)
KNOWN = [".google.protobuf.Timestamp"] + [
    f".google.protobuf.{name}Value"
    for name in "Double Float Int64 UInt64 Int32 UInt32 Bool String Bytes".split()
]
NUMBERS = st.integers(1, 20) | st.integers(1, 18_999) | st.integers(20_000, (1 << 29) - 1)


@dataclass
class Types:
    """Draws a file."""

    draw: Any
    syntax: str
    messages: list[tuple[str, DescriptorProto]] = field(default_factory=list)
    enums: dict[str, Any] = field(default_factory=dict)
    count: int = 0

    def name(self) -> str:
        self.count += 1
        return f"{self.draw(st.sampled_from('abcXYZ'))}{self.count}"

    def enum(self, inside: Any, scope: str) -> None:
        one = inside.enum_type.add(name=self.name())
        numbers = self.draw(st.lists(INT32, min_size=1, max_size=4, unique=self.syntax == "proto3"))
        if self.syntax == "proto3":
            numbers = [0, *(number for number in numbers if number != 0)]
        one.options.allow_alias = len(set(numbers)) < len(numbers)
        if not one.options.allow_alias:
            one.ClearField("options")
        for number in numbers:
            one.value.add(name=self.name(), number=number)
        self.enums[f"{scope}.{one.name}"] = one.value

    def message(self, one: DescriptorProto, scope: str, depth: int = 0) -> None:
        one.name = self.name()
        full = f"{scope}.{one.name}"
        self.messages.append((full, one))
        for _ in range(self.draw(st.integers(0, 1))):
            self.enum(one, full)
        for _ in range(self.draw(st.integers(0, 2 if depth < 2 else 0))):
            self.message(one.nested_type.add(), full, depth + 1)

    def fields(self, full: str, one: DescriptorProto) -> None:
        numbers = self.draw(st.lists(NUMBERS, max_size=6, unique=True))
        oneofs = [one.oneof_decl.add(name=self.name()) for _ in range(self.draw(st.integers(0, 2)))]
        members: set[int] = set()
        for number in numbers:
            kind = self.draw(st.sampled_from(["plain"] * 4 + ["repeated", "oneof", "map", "optional"]))
            made = one.field.add(name=self.name(), number=number, label=F.LABEL_OPTIONAL)
            if kind == "map":
                self.map(full, one, made)
                continue
            self.type(made, SCALARS)
            if kind == "repeated":
                made.label = F.LABEL_REPEATED
                if made.type not in UNPACKED:
                    made.options.packed = self.draw(st.booleans())
            elif kind == "oneof" and oneofs:
                made.oneof_index = self.draw(st.integers(0, len(oneofs) - 1))
                members.add(made.oneof_index)
            elif kind == "optional" and self.syntax == "proto3" and made.type != F.TYPE_MESSAGE:
                made.proto3_optional = True
            if self.syntax == "proto2" and kind != "repeated" and self.draw(st.booleans()):
                self.default(made)
        self.close_oneofs(one, members)

    def close_oneofs(self, one: DescriptorProto, members: set[int]) -> None:
        """A oneof has members; a field that is `optional` in proto3 is alone in one, behind the others."""
        kept = sorted(members)
        names = [one.oneof_decl[at].name for at in kept]
        for made in one.field:
            if made.proto3_optional:
                made.oneof_index = len(names)
                names.append(f"_{made.name}")
            elif made.HasField("oneof_index"):
                made.oneof_index = kept.index(made.oneof_index)
        del one.oneof_decl[:]
        for name in names:
            one.oneof_decl.add(name=name)

    def type(self, made: FieldDescriptorProto, scalars: Any) -> None:
        kinds = [*scalars, F.TYPE_MESSAGE, F.TYPE_MESSAGE, "known"] + [F.TYPE_ENUM] * 2 * bool(self.enums)
        kind = self.draw(st.sampled_from(kinds))
        made.type = F.TYPE_MESSAGE if kind == "known" else kind
        if kind == "known":
            made.type_name = self.draw(st.sampled_from(KNOWN))
        elif kind == F.TYPE_MESSAGE:
            made.type_name = self.draw(st.sampled_from(self.messages))[0]
        elif kind == F.TYPE_ENUM:
            made.type_name = self.draw(st.sampled_from(list(self.enums)))

    def default(self, made: FieldDescriptorProto) -> None:
        if made.type == F.TYPE_ENUM:
            made.default_value = self.draw(st.sampled_from(self.enums[made.type_name])).name
        elif made.type != F.TYPE_MESSAGE:
            made.default_value = self.draw(st.sampled_from(SCALARS[made.type][1]))

    def map(self, full: str, one: DescriptorProto, made: FieldDescriptorProto) -> None:
        entry = one.nested_type.add(name=f"{made.name.capitalize()}Entry")
        entry.options.map_entry = True
        entry.field.add(name="key", number=1, label=F.LABEL_OPTIONAL, type=self.draw(st.sampled_from(KEYS)))
        value = entry.field.add(name="value", number=2, label=F.LABEL_OPTIONAL)
        self.type(value, SCALARS)
        if value.type == F.TYPE_ENUM and self.enums[value.type_name][0].number != 0:
            value.type = F.TYPE_INT32
            value.ClearField("type_name")
        made.label, made.type, made.type_name = F.LABEL_REPEATED, F.TYPE_MESSAGE, f"{full}.{entry.name}"

    def fill(self, message: Any, depth: int = 0) -> None:
        for one in message.DESCRIPTOR.fields:
            if self.draw(st.integers(0, 3)) == 0 or (one.message_type and depth > 3):
                continue
            here = getattr(message, one.name)
            if one.message_type and one.message_type.GetOptions().map_entry:
                key, value = one.message_type.fields
                for _ in range(self.draw(st.integers(0, 3))):
                    at = self.scalar(key)
                    if value.message_type:
                        self.fill(here[at], depth + 1)
                    else:
                        here[at] = self.scalar(value)
            elif one.is_repeated:
                for _ in range(self.draw(st.integers(0, 3))):
                    if one.message_type:
                        self.fill(here.add(), depth + 1)
                    else:
                        here.append(self.scalar(one))
            elif one.message_type:
                here.SetInParent()
                self.fill(here, depth + 1)
            else:
                setattr(message, one.name, self.scalar(one))

    def scalar(self, one: Field) -> Any:
        if one.enum_type:
            known = st.sampled_from([value.number for value in one.enum_type.values])
            return self.draw(known if one.enum_type.is_closed else known | INT32)
        if one.containing_type.full_name == "google.protobuf.Timestamp":
            return self.draw(
                st.integers(-62135596800, 253402300799)
                if one.name == "seconds"
                else st.sampled_from([0, 5_000_000]) | st.integers(0, 999_999_999)
            )
        return self.draw(SCALARS[one.type][0])


def wire_path(types: Types, file: FileDescriptorProto, full: str) -> list[int]:
    """The places of a type among those at its level."""
    path: list[int] = []
    level = file.message_type
    for name in full.removeprefix(f".{file.package}.").split("."):
        at = next(at for at, one in enumerate(level) if one.name == name)
        path.append(at)
        level = level[at].nested_type
    return path


@st.composite
def files_and_messages(draw: Any) -> tuple[bytes, list[int], Any]:
    """A file, the path of one of its types, and a message of that type."""
    syntax = draw(st.sampled_from(["proto2", "proto3"]))
    types, file = Types(draw, syntax), FileDescriptorProto(name="shop.proto", package="shop", syntax=syntax)
    file.dependency.extend(["google/protobuf/timestamp.proto", "google/protobuf/wrappers.proto"])
    for _ in range(draw(st.integers(0, 1))):
        types.enum(file, ".shop")
    for _ in range(draw(st.integers(1, 2))):
        types.message(file.message_type.add(), ".shop")
    for full, one in types.messages:
        types.fields(full, one)
    pool = descriptor_pool.DescriptorPool()
    for known in (timestamp_pb2, wrappers_pb2):
        pool.AddSerializedFile(known.DESCRIPTOR.serialized_pb)
    pool.AddSerializedFile(file.SerializeToString())
    full = draw(st.sampled_from(types.messages))[0]
    message = message_factory.GetMessageClass(pool.FindMessageTypeByName(full[1:]))()
    types.fill(message)
    return file.SerializeToString(), wire_path(types, file, full), message


def as_json(message: Any) -> dict[str, Any]:
    """What Google's JSON says of a message, with the defaults of proto2, numbers as numbers."""
    said = json_format.MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
    return _fields(message.DESCRIPTOR, said)


def _fields(descriptor: Any, said: dict[str, Any]) -> dict[str, Any]:
    out = {}
    for one in descriptor.fields:
        if one.name in said:
            out[one.name] = _field(one, said[one.name])
        elif one.has_default_value and one.containing_oneof is None:
            out[one.name] = _default(one)
    return out


def _default(one: Field) -> Any:
    if one.enum_type:
        return one.enum_type.values_by_number[one.default_value].name
    if one.type == Field.TYPE_BYTES:
        return base64.b64encode(one.default_value).decode()
    return one.default_value


def _field(one: Field, said: Any) -> Any:
    if one.message_type and one.message_type.GetOptions().map_entry:
        value = one.message_type.fields_by_name["value"]
        return {key: _value(value, inner) for key, inner in said.items()}
    return [_value(one, inner) for inner in said] if one.is_repeated else _value(one, said)


def _value(one: Field, said: Any) -> Any:
    if one.message_type:
        name = one.message_type.full_name
        if name == "google.protobuf.Timestamp":
            whole, _, part = said.removesuffix("Z").partition(".")
            return f"{whole}.{part.ljust(3 if len(part) <= 3 else 9, '0')}Z"
        if name.startswith("google.protobuf."):
            return _value(one.message_type.fields_by_name["value"], said)
        return _fields(one.message_type, said)
    if one.cpp_type in (Field.CPPTYPE_INT64, Field.CPPTYPE_UINT64):
        return int(said)
    if one.cpp_type == Field.CPPTYPE_DOUBLE:
        return float(said)
    if one.cpp_type == Field.CPPTYPE_FLOAT:
        return single(float(said))
    return said


def with_known_symbols(descriptor: Any, told: dict[str, Any]) -> dict[str, Any]:
    """Our JSON without numbers that an enum of proto2 does not have: Google puts them aside, we write them."""
    out = {}
    for one in descriptor.fields:
        if one.name not in told:
            continue
        value = told[one.name]
        if one.message_type and one.message_type.GetOptions().map_entry:
            inner = one.message_type.fields_by_name["value"]
            pairs = [(key, _known(inner, [each])) for key, each in value.items()]
            out[one.name] = {key: known[0] for key, known in pairs if known}
        elif one.is_repeated:
            out[one.name] = _known(one, value)
        elif known := _known(one, [value]):
            out[one.name] = known[0]
        elif one.has_default_value and one.containing_oneof is None:
            out[one.name] = _default(one)
    return out


def _known(one: Field, values: list[Any]) -> list[Any]:
    if one.message_type and not one.message_type.full_name.startswith("google."):
        return [with_known_symbols(one.message_type, value) for value in values]
    closed = one.enum_type is not None and one.enum_type.is_closed
    return [value for value in values if not (closed and isinstance(value, int))]
