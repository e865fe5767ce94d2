"""The text of a `.proto` file gives the same types as the descriptor that a registry makes of it."""

from __future__ import annotations

import json

import pytest

from lowtide.core import Schemas
from lowtide.kafka.proto_descriptor import descriptors
from lowtide.kafka.proto_text import ProtoTextError

from . import encoding as wire

COMMON = """
// What all shops share.
syntax = "proto3";
package shop.common;
import "google/protobuf/descriptor.proto";
extend google.protobuf.FieldOptions { string unit = 50001; }
enum Kind { option allow_alias = true; UNKNOWN = 0; SALE = 1 [deprecated = true]; reserved 7, 9 to 11; }
"""
MOVEMENT = """
/* A movement; a message of another shape stands
   before it. */
syntax = "proto3";
package shop.till;
import public "common.proto";
option java_options = { package: "a;b" };
message First {}
message Batch {
  option (x).y = "}";
  reserved "old";
  message Line {
    message Price { double each = 1 [(common.unit) = "EUR", json_name = "e"]; }
    string sku = 1;
    common.Kind kind = 2;
    optional int32 shelf = 3;
    Price price = 4;
    repeated sint64 counts = 5;
  }
  string id = 1;
  map<string, Line.Price> by_name = 2;
  repeated .shop.till.Batch.Line lines = 3;
  oneof ref { string order = 4; int64 receipt = 0x5; }
  google.protobuf.Timestamp at = 6;
}
service Till { rpc Send (Batch) returns (First) { option z = 1; } rpc Ping (First) returns (First); }
"""
OLD = """package old;
message M { required string a = 1; optional int32 b = 2 [default = -7]; optional string c = 3 [default = "x;y"];
    optional bool d = 4; }"""


def told(texts: list[str], body: bytes) -> dict[str, object]:
    schemas = Schemas()
    assert schemas.add_protobuf(7, descriptors(texts)) is None
    text = schemas.text(wire.framed(7, body))
    assert text is not None
    return json.loads(text)


def test_types_of_all_scopes_are_what_they_are() -> None:
    line = (
        wire.entry(1, "A") + wire.entry(2, 1) + wire.entry(4, wire.entry(1, 2.5)) + wire.entry(5, b"\x01\x02")
    )
    body = wire.entry(1, "b1") + wire.entry(2, wire.entry(1, "n") + wire.entry(2, wire.entry(1, 0.5)))
    body += (
        wire.entry(3, line)
        + wire.entry(3, b"")
        + wire.entry(5, 9)
        + wire.entry(6, wire.entry(1, 1_795_339_800))
    )
    assert told([COMMON, MOVEMENT], wire.zigzag(1) + wire.zigzag(1) + body) == {
        "id": "b1",
        "by_name": {"n": {"each": 0.5}},
        "lines": [
            {"sku": "A", "kind": "SALE", "price": {"each": 2.5}, "counts": [-1, 1]},
            {"sku": "", "kind": "UNKNOWN", "counts": []},
        ],
        "receipt": 9,
        "at": "2026-11-22T09:30:00.000Z",
    }


def test_a_file_without_a_syntax_has_defaults_of_its_own() -> None:
    assert told([OLD], b"\0" + wire.entry(1, "z")) == {"a": "z", "b": -7, "c": "x;y"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{}", "not the beginning"),
        ("message M { string a = b; }", "not a number"),
        ("message M { string a 1; }", "`=` belongs"),
        ("message M { repeated group G = 1 { } }", "groups"),
        ("message M { ", "ends too early"),
        ('syntax = "proto3"; message M { string a = 1; } "', "cannot be read"),
    ],
)
def test_what_is_not_such_a_file_says_why(text: str, why: str) -> None:
    with pytest.raises(ProtoTextError, match=why):
        descriptors([text])
