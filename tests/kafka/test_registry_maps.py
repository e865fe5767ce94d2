"""Messages of a registry whose fields have the names of others become movements through a map, as JSON does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lowtide.core import Job, decode, mapping_of
from lowtide.kafka.messages import blocks_of
from lowtide.kafka.registry import Registry
from lowtide.kafka.schemas import TopicSchemas
from lowtide.map import load_map

from . import encoding as wire
from .registry import FakeRegistry
from .test_registry import AT, Sent, received

DEBEZIUM = """\
lowtide_map: 1
name: stock-moves
read: {format: debezium}
zone: Asia/Shanghai
source: "{source.name}.{source.table}"
skip:
  - {after.state: {not: [done]}}
movements:
  - id: "stock_move/{after.id}"
    kind: sale
    sku: "{after.sku}"
    location: "330"
    quantity: "{after.qty}"
    event_time: "{after.moved_at}"
"""
VALUE = {
    "type": "record",
    "name": "Value",
    "namespace": "erp.stock_move",
    "fields": [
        {"name": "id", "type": "int"},
        {"name": "sku", "type": ["null", "string"]},
        {"name": "qty", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 3}},
        {"name": "state", "type": "string"},
        {"name": "moved_at", "type": {"type": "long", "logicalType": "local-timestamp-micros"}},
    ],
}
ENVELOPE = {
    "type": "record",
    "name": "Envelope",
    "namespace": "erp.stock_move",
    "fields": [
        {"name": "before", "type": ["null", VALUE]},
        {"name": "after", "type": ["null", "Value"]},
        {
            "name": "source",
            "type": {
                "type": "record",
                "name": "Source",
                "namespace": "io.debezium",
                "fields": [{"name": "name", "type": "string"}, {"name": "table", "type": "string"}],
            },
        },
        {"name": "op", "type": "string"},
    ],
}


def change(schema_id: int, number: int, state: str = "done") -> bytes:
    """A change event. Schema 9 has one field more than schema 7, before the others."""
    row = (
        wire.avro("int", number)
        + wire.avro(["null", "string"], (1, "9001"))
        + wire.avro("bytes", (2000).to_bytes(2, "big"))
        + wire.avro("string", state)
        + wire.avro("long", (AT + number) * 1000)
    )
    body = (
        wire.zigzag(0)
        + wire.zigzag(1)
        + row
        + wire.avro("string", "erp")
        + wire.avro("string", "stock_move")
        + wire.avro("string", "c")
    )
    return wire.framed(schema_id, (wire.avro("string", "tx") if schema_id == 9 else b"") + body)


@pytest.fixture
def registry() -> Iterator[FakeRegistry]:
    with FakeRegistry() as running:
        running.put(7, ENVELOPE)
        running.put(9, {**ENVELOPE, "fields": [{"name": "tx", "type": "string"}, *ENVELOPE["fields"]]})
        yield running


def read(
    sent: list[Sent], registry: FakeRegistry, text: str, folder: Path, at_a_time: int = 4096
) -> tuple[dict[str, int], list[dict[str, Any]], list[dict[str, Any]]]:
    """What a partition counted that read messages with a map, the positions that came of them, and the rejects."""
    (folder / "map.yaml").write_text(text)
    job, schemas = Job.of(partition="sales/0"), TopicSchemas(Registry(registry.url))
    partition, group = job.partition(groups=1), job.group()
    partition.map(mapping_of(load_map(folder / "map.yaml")))
    messages = received(sent)
    for first in range(0, len(messages), at_a_time):
        for block, _ in blocks_of(messages.cut(first, at_a_time), "auto", schemas):
            assert block is not None
            for _, routed in decode(partition, block):
                group.apply(routed)
    for _, routed in partition.finish():
        group.apply(routed)
    return partition.counts(), group.positions().to_pylist(), partition.rejects().to_pylist()


def test_avro_of_debezium_with_two_schemas_in_a_topic(registry: FakeRegistry, tmp_path: Path) -> None:
    """A local timestamp takes the zone of the map, a decimal is exact, a reject keeps the message."""
    unknown, torn = b"\0\0\0\0\x0c" + change(7, 3)[5:], change(9, 4)[:-3]
    sent: list[Sent] = [change(7, 1), change(9, 2), unknown, torn, change(7, 5, "draft"), None, change(9, 6)]
    counts, positions, rejects = read(sent, registry, DEBEZIUM, tmp_path)
    assert (counts["rows"], counts["mapped"], counts["skipped"], counts["rejects"]) == (7, 3, 2, 2)
    assert positions[0]["on_hand"] == -6
    assert positions[0]["last_event_time"].timestamp() * 1000 == AT + 6 - 8 * 3_600_000
    told = [(reject["offset"], reject["reason"], reject["record"]) for reject in rejects]
    assert told == [(2, "unknown_schema", unknown), (3, "bad_message", torn)]
    for at_a_time in (1, 2):
        assert read(sent, registry, DEBEZIUM, tmp_path, at_a_time) == (counts, positions, rejects)


def test_each_line_of_a_protobuf_document(registry: FakeRegistry, tmp_path: Path) -> None:
    line = wire.message("Line", wire.field(1, "sku", "string"), wire.field(2, "pieces", "sint64"))
    receipt = wire.message(
        "Receipt",
        wire.field(1, "number", "string"),
        wire.field(2, "shop", "int32"),
        wire.field(3, "at", "message", ".google.protobuf.Timestamp"),
        wire.field(4, "lines", "message", ".till.Receipt.Line", repeated=True),
        nested=(line,),
    )
    registry.put(11, wire.file("till", receipt), "PROTOBUF")
    lines = [
        wire.entry(4, wire.entry(1, sku) + wire.entry(2, pieces * 2)) for sku, pieces in (("A", 2), ("B", 3))
    ]
    head = wire.entry(1, "R1") + wire.entry(2, 330) + wire.entry(3, wire.entry(1, AT // 1000))
    text = """\
lowtide_map: 1
name: receipts
read: {format: protobuf, each: lines}
source: till
movements:
  - id: "{^number}/{sku}"
    kind: sale
    sku: "{sku}"
    location: "{^shop}"
    quantity: "{pieces}"
    event_time: "{^at}"
"""
    sent: list[Sent] = [wire.framed(11, b"\0" + head + b"".join(lines))]
    counts, positions, rejects = read(sent, registry, text, tmp_path)
    assert rejects == [] and (counts["rows"], counts["accepted"]) == (2, 2)
    assert [(row["sku"], row["location"], row["on_hand"]) for row in positions] == [
        ("A", "330", -2),
        ("B", "330", -3),
    ]


def test_a_cloud_event_in_headers(registry: FakeRegistry, tmp_path: Path) -> None:
    text = """\
lowtide_map: 1
name: events
read: {format: cloudevents}
source: "{ce.source}"
movements:
  - when: {ce.type: [shop.sold]}
    id: "{ce.id}"
    kind: sale
    sku: "{item}"
    location: "330"
    quantity: "{n}"
    event_time: "{ce.time}"
"""
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", b"e1"),
        ("ce_source", b"/till/7"),
        ("ce_type", b"shop.sold"),
        ("ce_time", b"2026-11-22T09:30:00Z"),
    ]
    counts, positions, rejects = read([(b'{"item":"A","n":2}', headers)], registry, text, tmp_path)
    assert rejects == [] and counts["accepted"] == 1 and positions[0]["on_hand"] == -2
