"""What a message holds, judged by the libraries of others: fastavro, and Protobuf by Google.

They write the message, and our reader must find the same value in it. In a damaged message our reader finds what they find,
or rejects it. `LOWTIDE_EXAMPLES` is the number of generated schemas.
"""

from __future__ import annotations

import base64
import io
import json
import math
import os
import uuid
from datetime import date, datetime, time
from decimal import Context, Decimal
from typing import Any

import fastavro
import numpy
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lowtide.core import Schemas

from . import encoding as wire
from .avro_schemas import bare, schemas_and_values, single
from .encoding import framed, zigzag
from .protobuf_schemas import as_json, files_and_messages, with_known_symbols

checked = settings(
    max_examples=int(os.environ.get("LOWTIDE_EXAMPLES", "50")),
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
damages = st.lists(
    st.tuples(st.sampled_from("xid"), st.integers(0, 1 << 16), st.integers(0, 255)), min_size=1, max_size=3
)


def damaged(message: bytes, changes: list[tuple[str, int, int]]) -> bytes:
    """Bytes are changed, put in, or left out."""
    out = bytearray(message)
    for how, at, byte in changes:
        at %= len(out) + 1
        out[at : at + (how != "i")] = b"" if how == "d" else bytes([byte])
    return bytes(out)


def told(schemas: Schemas, body: bytes) -> Any:
    """What our reader finds, with exact numbers; None if it rejects the message."""
    text = schemas.text(framed(7, body))
    assert text is None or len(text) <= (1 << 20) + 6 * len(body) + 64, "no message becomes a longer text"
    return None if text is None else (json.loads(text, parse_float=Decimal),)


def same(want: Any, told: Any) -> bool:
    """Whether the JSON means the value."""
    match want:
        case dict():
            return want.keys() == told.keys() and all(same(want[key], told[key]) for key in want)
        case list():
            return len(want) == len(told) and all(map(same, want, told))
        case (numpy.datetime64() as at, str(zone)):
            return bool(told == f"{at}{zone}")
        case datetime():
            return datetime.fromisoformat(told) == want
        case date() | time() | uuid.UUID():
            return str(want) == told or type(want).fromisoformat(told) == want
        case bytes():
            return base64.b64decode(told) == want
        case Decimal():
            # fastavro rounds to the precision of the schema; we keep every digit that is sent.
            return want in (told, Context(prec=len(want.as_tuple().digits)).create_decimal(told))
        case float():
            if not math.isfinite(want):
                return bool(told == str(want).replace("inf", "Infinity").replace("nan", "NaN"))
            return want == float(told) or want == single(float(told)) == single(want)
    return type(want) is type(told) and bool(want == told)


def avro_reader(schema: Any) -> Schemas:
    schemas = Schemas()
    assert schemas.add_avro(7, json.dumps(schema), []) is None
    return schemas


@checked
@given(schemas_and_values(), st.lists(damages, max_size=8))
def test_avro_of_every_type(generated: tuple[Any, Any], changes: list[Any]) -> None:
    schema, value = generated
    if schema in ("string", "bytes", {"type": "string"}, {"type": "bytes"}):
        schema = {"type": "array", "items": schema}
        value = [value]
    if isinstance(schema, dict) and schema["type"] in ("string", "bytes"):
        schema, value = [schema], (schema["type"], value)
    parsed = fastavro.parse_schema(schema)
    out = io.BytesIO()
    fastavro.schemaless_writer(out, parsed, value)
    body, schemas = out.getvalue(), avro_reader(schema)
    (found,) = told(schemas, body) or ("rejected",)
    assert same(bare(value), found), (schema, body, value, found)
    for change in changes:
        worse = damaged(body, change)
        if answer := told(schemas, worse):
            try:
                judged = fastavro.schemaless_reader(io.BytesIO(worse), parsed)
            except OverflowError:  # a year that Python does not have
                continue
            assert same(judged, answer[0]), (schema, worse, judged, answer)


def protobuf_reader(file: bytes) -> Schemas:
    schemas = Schemas()
    assert schemas.add_protobuf(7, [file]) is None
    return schemas


@checked
@given(files_and_messages(), st.lists(damages, max_size=8))
def test_protobuf_of_every_type(generated: tuple[bytes, list[int], Any], changes: list[Any]) -> None:
    file, path, message = generated
    place = zigzag(len(path)) + b"".join(map(zigzag, path))
    body, schemas = message.SerializePartialToString(), protobuf_reader(file)
    (found,) = told(schemas, place + body) or ("rejected",)
    assert same(as_json(message), found), (message.DESCRIPTOR.file, body, message, found)
    for change in changes:
        worse = damaged(body, change)
        if answer := told(schemas, place + worse):
            judged = type(message)()
            judged.ParseFromString(worse)
            want = as_json(judged)
            found = with_known_symbols(judged.DESCRIPTOR, answer[0])
            assert same(want, found), (type(message).DESCRIPTOR.full_name, worse, want, answer)


@checked
@given(st.lists(st.tuples(st.lists(st.integers(-(1 << 40), 1 << 40), min_size=1, max_size=4), st.booleans())))
def test_blocks_of_a_list_with_and_without_their_size(blocks: list[tuple[list[int], bool]]) -> None:
    """A negative count is followed by the number of bytes."""
    body = b""
    for items, sized in blocks:
        data = b"".join(map(zigzag, items))
        body += zigzag(-len(items)) + zigzag(len(data)) + data if sized else zigzag(len(items)) + data
    schema = {"type": "array", "items": "long"}
    judged = fastavro.schemaless_reader(io.BytesIO(body + b"\0"), fastavro.parse_schema(schema))
    assert (
        told(avro_reader(schema), body + b"\0") == (judged,) == ([one for part, _ in blocks for one in part],)
    )


def avro_text(schema: Any, body: bytes) -> bytes | None:
    return avro_reader(schema).text(framed(7, body))


def record(name: str, *types: Any) -> dict[str, Any]:
    fields = [{"name": f"f{at}", "type": one} for at, one in enumerate(types)]
    return {"type": "record", "name": name, "fields": fields}


def test_a_decimal_in_a_field_that_is_wider_than_its_number() -> None:
    """A fixed decimal of 20 bytes holds a small number: the bytes before it only repeat its sign."""
    schema = {
        "type": "fixed",
        "name": "Wide",
        "size": 20,
        "logicalType": "decimal",
        "precision": 9,
        "scale": 2,
    }
    assert avro_text(schema, (-1234).to_bytes(20, "big", signed=True)) == b"-12.34"
    assert avro_text(schema, (1 << 127).to_bytes(20, "big")) is None


def test_a_time_of_day_is_within_a_day() -> None:
    schema = {"type": "int", "logicalType": "time-millis"}
    assert avro_text(schema, zigzag(86_399_999)) == b'"23:59:59.999"'
    assert avro_text(schema, zigzag(86_400_000)) is None and avro_text(schema, zigzag(-1)) is None


def test_records_of_nothing_do_not_multiply() -> None:
    """Each record holds the one before twice and no byte of the message: forty of them would be 2⁴⁰ objects."""
    schema: Any = record("R0")
    for level in range(1, 41):
        schema = record(f"R{level}", schema, f"R{level - 1}")
    assert avro_text(schema, b"") is None


def test_a_record_may_hold_itself_sixty_times() -> None:
    """A union is not a level of its own."""
    schema = record("R", ["null", "R"])
    text = avro_text(schema, b"\2" * 60 + b"\0")
    assert text is not None and text.count(b"{") == 61
    assert avro_text(schema, b"\2" * 70 + b"\0") is None


def test_two_fields_of_one_name_make_a_schema_unusable() -> None:
    schema = {"type": "record", "name": "R", "fields": [{"name": "sku", "type": "int"}] * 2}
    assert Schemas().add_avro(7, json.dumps(schema), []) == "a record has two fields `sku`"


def proto(*fields: bytes, nested: tuple[bytes, ...] = (), syntax: str = "proto3") -> Schemas:
    """A reader of the only type `Message` of a file `shop`."""
    return protobuf_reader(wire.file("shop", wire.message("Message", *fields, nested=nested), syntax=syntax))


def test_entries_of_a_map_do_not_multiply() -> None:
    """An entry of two bytes is an object with every default of a wide type."""
    wide = wire.message("Wide", *(wire.field(at, f"quantity_{at}", "int64") for at in range(1, 500)))
    pair = wire.message(
        "PairsEntry", wire.field(1, "key", "int64"), wire.field(2, "value", "message", ".shop.Message.Wide")
    ) + wire.entry(7, wire.entry(7, 1))
    pairs = wire.field(1, "pairs", "message", ".shop.Message.PairsEntry", repeated=True)
    schemas = proto(pairs, nested=(wide, pair))
    entries = [wire.entry(1, wire.entry(1, at)) for at in range(1000)]
    assert schemas.text(framed(7, b"\0" + b"".join(entries))) is None
    assert schemas.text(framed(7, b"\0" + b"".join(entries[:50]))) is not None


def test_members_of_a_oneof_by_turns() -> None:
    """A million entries of which only the last holds are read in one pass."""
    schemas = proto(*(wire.field(at, name, "int64") + wire.entry(9, 0) for at, name in ((1, "a"), (2, "b"))))
    turns = (wire.entry(1, 5) + wire.entry(2, 6)) * 250_000
    assert schemas.text(framed(7, b"\0" + turns)) == b'{"b":6}'
    assert schemas.text(framed(7, b"\0" + turns + wire.entry(1, 7))) == b'{"a":7}'


def test_parts_of_a_message_are_whole_each() -> None:
    """The parts of a message are put together. An entry that begins in one part does not end in the next."""
    inner = wire.message("Inner", wire.field(1, "a", "int32"), wire.field(2, "b", "int32"))
    schemas = proto(wire.field(1, "inner", "message", ".shop.Message.Inner"), nested=(inner,))
    parts = wire.entry(1, wire.entry(1, 5)) + wire.entry(1, wire.entry(2, 6))
    assert schemas.text(framed(7, b"\0" + parts)) == b'{"inner":{"a":5,"b":6}}'
    assert schemas.text(framed(7, b"\0" + wire.entry(1, b"\x08") + wire.entry(1, b"\x05"))) is None


def test_a_value_that_a_later_one_replaces_is_of_the_right_type() -> None:
    schemas = proto(wire.field(1, "count", "int32"))
    assert schemas.text(framed(7, b"\0" + wire.entry(1, 5) + wire.entry(1, 6))) == b'{"count":6}'
    assert schemas.text(framed(7, b"\0" + wire.entry(1, b"") + wire.entry(1, 6))) is None


def test_a_timestamp_is_within_the_years_1_to_9999() -> None:
    schemas = proto(wire.field(1, "at", "message", ".google.protobuf.Timestamp"))

    def at(seconds: int, nanos: int) -> bytes | None:
        moment = wire.entry(1, wire.entry(1, seconds) + wire.entry(2, nanos))
        return schemas.text(framed(7, b"\0" + moment))

    assert at(253_402_300_799, 999_999_999) == b'{"at":"9999-12-31T23:59:59.999999999Z"}'
    assert at(-62_135_596_800, 0) == b'{"at":"0001-01-01T00:00:00.000Z"}'
    assert at(253_402_300_800, 0) is at(0, 1_000_000_000) is at(0, -1) is None


def test_defaults_that_a_schema_states() -> None:
    """Bytes are stated in the manner of C, a number may be infinite, and an absent member of a oneof has no default."""
    fields = [
        wire.field(1, "raw", "bytes") + wire.entry(7, r"a\001\377\"\n"),
        wire.field(2, "most", "double") + wire.entry(7, "inf"),
        wire.field(3, "one", "int32") + wire.entry(7, "5") + wire.entry(9, 0),
    ]
    text = proto(*fields, syntax="proto2").text(framed(7, b"\0"))
    assert text is not None
    raw = base64.b64encode(b'a\1\xff"\n').decode()
    assert json.loads(text) == {"raw": raw, "most": "Infinity"}


def test_what_protobuf_does_not_allow_is_rejected() -> None:
    """A field has a number below 2²⁹, and the path of a type is not of negative length."""
    schemas = proto()
    assert schemas.text(framed(7, b"\0" + wire.varint((1 << 29) - 1 << 3) + b"\0")) == b"{}"
    assert schemas.text(framed(7, b"\0" + wire.varint(1 << 29 << 3) + b"\0")) is None
    assert schemas.text(framed(7, b"\1\0")) is None
