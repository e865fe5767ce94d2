"""Messages that name a schema in a registry: what they hold is read, what does not fit is a reject, and a registry that is
away is waited for."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from confluent_kafka import Message

from lowtide.core import Job, Partition, Span, decode
from lowtide.errors import BrokerError, InputError
from lowtide.kafka import schemas as waiting
from lowtide.kafka.address import parse
from lowtide.kafka.messages import blocks_of
from lowtide.kafka.receiver import span_of
from lowtide.kafka.registry import Registry
from lowtide.kafka.schemas import TopicSchemas

from . import encoding as wire
from .registry import FakeRegistry

KIND = {"type": "enum", "name": "Kind", "symbols": ["count", "sale", "receipt"]}
MOVEMENT = {
    "type": "record",
    "name": "Movement",
    "namespace": "shop",
    "fields": [
        {"name": "id", "type": "string"},
        {"name": "source", "type": "string"},
        {"name": "kind", "type": KIND},
        {"name": "sku", "type": "string"},
        {"name": "location", "type": "long"},
        {
            "name": "quantity",
            "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 3},
        },
        {"name": "event_time", "type": {"type": "long", "logicalType": "timestamp-millis"}},
    ],
}
LATER = {**MOVEMENT, "fields": [*MOVEMENT["fields"], {"name": "reason", "type": ["null", "string"]}]}
AT = 1_795_339_800_000
Sent = bytes | None | tuple[bytes, list[tuple[str, bytes]]]


def movement(number: int, **change: Any) -> dict[str, Any]:
    row = {
        "id": f"m{number}",
        "source": "till",
        "kind": "count" if number == 0 else "sale",
        "sku": "A",
        "location": 330,
        "quantity": (100_000 if number == 0 else 1_500).to_bytes(3, "big"),
        "event_time": AT + number,
    }
    return {**row, **change}


def old(number: int, **change: Any) -> bytes:
    return wire.framed(7, wire.avro(MOVEMENT, movement(number, **change)))


def new(number: int, **change: Any) -> bytes:
    return wire.framed(9, wire.avro(LATER, {**movement(number, **change), "reason": (1, "shelf")}))


def plain(number: int, **change: Any) -> bytes:
    row = movement(number, **change)
    thousandths = int.from_bytes(row["quantity"], "big")
    return json.dumps({**row, "location": "330", "quantity": f"{thousandths / 1000:.3f}"}).encode()


@pytest.fixture
def registry() -> Iterator[FakeRegistry]:
    with FakeRegistry() as running:
        running.put(7, MOVEMENT)
        running.put(9, LATER)
        yield running


def received(sent: list[Sent]) -> Span:
    parts = [one if isinstance(one, tuple) else (one, []) for one in sent]
    return span_of(
        [
            Message("sales", 0, number, None, value, headers, None, (1, AT + 600_000))
            for number, (value, headers) in enumerate(parts)
        ]
    )


def read(
    sent: list[Sent], registry: FakeRegistry | None, layout: str = "auto", at_a_time: int = 4096
) -> tuple[Partition, list[dict[str, Any]], list[dict[str, Any]]]:
    """A partition that has read the messages, the positions that came of them, and the rejects."""
    schemas = TopicSchemas(Registry(registry.url)) if registry else None
    job, messages = Job.of(partition="sales/0"), received(sent)
    partition, group = job.partition(groups=1), job.group()
    for first in range(0, len(messages), at_a_time):
        for block, _ in blocks_of(messages.cut(first, at_a_time), layout, schemas):
            assert block is not None
            for _, routed in decode(partition, block):
                group.apply(routed)
    for _, routed in partition.finish():
        group.apply(routed)
    return partition, group.positions().to_pylist(), partition.rejects().to_pylist()


def test_two_schemas_in_one_topic_are_the_same_as_json(registry: FakeRegistry) -> None:
    """A field was added to the schema while the topic ran; a heartbeat and a deleted key stand between."""
    sent: list[Sent] = [old(0), new(1), old(2), None, new(3), plain(4), old(5)]
    want = read([plain(0), plain(1), plain(2), None, plain(3), plain(4), plain(5)], None)
    for at_a_time in (1, 2, 4096):
        partition, positions, rejects = read(sent, registry, at_a_time=at_a_time)
        assert rejects == [] and positions == want[1] and positions[0]["on_hand"] == 92.5
        assert partition.counts() == want[0].counts() and partition.counts()["accepted"] == 6
        assert partition.next_message == 7
    assert registry.asked.count("/schemas/ids/7") == 3, "once for each run"


def test_an_id_that_the_registry_does_not_have_is_a_reject(registry: FakeRegistry) -> None:
    unknown = b"\0\0\0\0\x0c" + old(1)[5:]
    partition, _, rejects = read([old(0), unknown, new(2)], registry)
    assert partition.counts()["accepted"] == 2
    (reject,) = rejects
    assert (reject["reason"], reject["offset"], reject["record"]) == ("unknown_schema", 1, unknown)
    assert reject["message"] == "the registry does not have a schema with the id 12"


def test_a_registry_that_is_away_is_waited_for(
    registry: FakeRegistry, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Once it refuses connections, once it is overloaded: never a reject, never an error, and it is said once."""
    told: list[tuple[str, dict[str, Any]]] = []

    class Logger:
        def warning(self, event: str, **values: Any) -> None:
            told.append((event, values))

    monkeypatch.setattr(waiting, "PAUSE_S", 0.02)
    monkeypatch.setattr(waiting, "logger", lambda _: Logger())
    schemas = TopicSchemas(Registry(registry.url), follow=True)
    registry.stop()
    blocks = blocks_of(received([old(0), new(1)]), "auto", schemas, wait=False)
    assert [next(blocks) for _ in range(3)] == [(None, 0)] * 3
    registry.status = 503
    registry.start()
    threading.Event().wait(0.03)
    assert next(blocks) == (None, 0)
    registry.status = 200
    (block, after), *rest = [one for one in blocks if one[0] is not None]
    assert block is not None and (block.kind, block.records, after, rest) == ("framed", 2, 2, [])
    assert [event for event, _ in told] == ["registry_away", "registry_back"]
    assert told[0][1]["registry"] == registry.url


def test_a_finite_run_does_not_wait_for_ever(registry: FakeRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "PAUSE_S", 0.01)
    monkeypatch.setattr(waiting, "_PATIENCE_S", 0.05)
    registry.stop()
    with pytest.raises(BrokerError, match="did not answer"):
        read([old(0)], registry)


def test_a_registry_that_refuses_ends_the_run(
    registry: FakeRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.user = "reader:hunter2"
    with pytest.raises(BrokerError, match="Unauthorized"):
        read([old(0)], registry)
    monkeypatch.setenv("SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO", "reader:wrong")
    with pytest.raises(BrokerError) as error:
        read([old(0)], registry)
    assert "wrong" not in str(error.value)
    monkeypatch.setenv("SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO", "reader:hunter2")
    assert read([old(0)], registry)[2] == []
    with pytest.raises(BrokerError, match="404 Not Found"):
        Registry(f"{registry.url}/nowhere").schema(7)


def test_damaged_messages_are_rejects_with_their_bytes(registry: FakeRegistry) -> None:
    """5,000 damaged messages: each is a movement, a duplicate or a reject, and a reject can be sent again as it came."""
    chance, sent = random.Random(7), []
    for number in range(5_000):
        value = bytearray((old, new)[number % 2](number))
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(5, len(value))
            match chance.randrange(3):
                case 0:
                    value[at] = chance.randrange(256)
                case 1:
                    value.insert(at, chance.randrange(256))
                case _ if len(value) > 6:
                    del value[at]
        sent.append(bytes(value))
    partition, _, rejects = read(list(sent), registry)
    counts = partition.counts()
    assert counts["records"] == 5_000 == counts["accepted"] + counts["duplicates"] + counts["rejects"]
    assert {"bad_message"} < {reject["reason"] for reject in rejects} and counts["accepted"] > 300
    assert all(reject["record"] == sent[reject["offset"]] for reject in rejects)
    assert read(list(sent), registry, at_a_time=7)[2] == rejects


def test_a_message_that_does_not_fit_says_where(registry: FakeRegistry) -> None:
    (reject,) = read([old(1)[:7]], registry)[2]
    assert reject["reason"] == "bad_message"
    assert reject["message"] == "the message does not fit the schema 7 at `id`: the message ends too early"


def test_a_format_in_the_address_is_the_only_one_that_is_accepted(registry: FakeRegistry) -> None:
    heartbeat = json.dumps({"id": "h", "source": "s", "kind": "heartbeat", "event_time": AT}).encode()
    partition, _, rejects = read([old(0), heartbeat], registry, "protobuf")
    assert partition.counts()["accepted"] == 1, "records that steer a run are JSON in every topic"
    assert [reject["message"] for reject in rejects] == [
        "the schema 7 is of Avro, and the address of the topic says Protobuf"
    ]


def test_avro_schemas_that_refer_to_others(registry: FakeRegistry) -> None:
    registry.put(20, KIND | {"namespace": "shop"}, subject="kinds")
    fields = [
        {"name": one["name"], "type": "shop.Kind" if one["name"] == "kind" else one["type"]}
        for one in MOVEMENT["fields"]
    ]
    kinds = {"name": "shop.Kind", "subject": "kinds", "version": 1}
    registry.put(21, {**MOVEMENT, "fields": fields}, references=[kinds])
    sent = [b"\0\0\0\0\x15" + old(number)[5:] for number in range(3)]
    assert read(list(sent), registry)[0].counts()["accepted"] == 3
    registry.put(22, {**MOVEMENT, "fields": fields}, references=[{**kinds, "version": 4}])
    (reject,) = read([b"\0\0\0\0\x16" + old(1)[5:]], registry)[2]
    assert reject["reason"] == "unknown_schema" and "version 4 of `kinds`" in reject["message"]


def protobuf(registry: FakeRegistry) -> Callable[[int], bytes]:
    """A schema whose movement is the second type inside the second type of its file, with an imported enum."""
    registry.put(
        30,
        wire.file("common", enums=(wire.enum("Kind", "count", "sale", "receipt"),)),
        "PROTOBUF",
        subject="common",
    )
    names = [
        ("id", "string"),
        ("source", "string"),
        ("kind", "enum"),
        ("sku", "string"),
        ("location", "string"),
    ]
    fields = [
        wire.field(number, name, kind, ".common.Kind" if kind == "enum" else "")
        for number, (name, kind) in enumerate(names, 1)
    ]
    fields += [
        wire.field(6, "quantity", "double"),
        wire.field(7, "event_time", "message", ".google.protobuf.Timestamp"),
    ]
    fields += [wire.field(8, "due", "string"), wire.field(9, "reason", "string", optional=True)]
    outer = wire.message("Outer", nested=(wire.message("Other"), wire.message("Movement", *fields)))
    registry.put(
        31,
        wire.file("shop", wire.message("First"), outer),
        "PROTOBUF",
        references=[{"name": "common.proto", "subject": "common", "version": 1}],
    )

    def send(number: int) -> bytes:
        row = movement(number)
        values = [row["id"], row["source"], int(number > 0), row["sku"], "330"]
        entries = [wire.entry(at, value) for at, value in enumerate(values, 1) if value != 0]
        if number:
            entries.append(wire.entry(6, 1.5))
        seconds, nanos = divmod(row["event_time"], 1000)
        entries.append(wire.entry(7, wire.entry(1, seconds) + wire.entry(2, nanos * 1_000_000)))
        entries.reverse()
        return wire.framed(31, wire.zigzag(2) + wire.zigzag(1) + wire.zigzag(1) + b"".join(entries))

    return send


def test_protobuf_with_a_nested_type(registry: FakeRegistry) -> None:
    """A count of 0 and the first kind of the enum are not on the wire at all, and must be read."""
    send = protobuf(registry)
    partition, positions, rejects = read([send(number) for number in range(4)], registry)
    assert rejects == [] and partition.counts()["accepted"] == 4
    assert positions[0]["on_hand"] == -4.5 and positions[0]["sku"] == "A"
    assert "/subjects/common/versions/1?deleted=true&format=serialized" in registry.asked
    registry.fails_by_id = True
    assert read([send(number) for number in range(4)], registry)[1] == positions
    bad = wire.framed(31, wire.zigzag(2) + wire.zigzag(1) + wire.zigzag(5))
    (reject,) = read([bad], registry)[2]
    assert reject["message"].endswith("it names a type that the schema does not have")


def test_a_registry_that_gives_the_text_of_protobuf(registry: FakeRegistry) -> None:
    registry.put(32, 'syntax = "proto3"; message Count { string id = 1; string source = 2; }', "PROTOBUF")
    registry.put(33, "message Count { string id = ; }", "PROTOBUF")
    good, bad = (wire.framed(number, b"\0" + wire.entry(1, "a")) for number in (32, 33))
    reasons = [(reject["reason"], reject["message"]) for reject in read([good, bad], registry)[2]]
    assert reasons == [
        ("missing_field", "`source` is empty: it is required"),
        ("unknown_schema", "the schema 33 cannot be used: its text cannot be read: `;` is not a number"),
    ]


def test_json_of_a_json_schema(registry: FakeRegistry) -> None:
    registry.put(40, {"type": "object"}, "JSON")
    sent = [wire.framed(40, plain(number)) for number in range(3)]
    both = wire.framed(40, b"[" + plain(3) + b"," + plain(4) + b"]")
    partition, positions, rejects = read([*sent, both, wire.framed(40, b"{")], registry, "jsonschema")
    assert partition.counts()["accepted"] == 5 and positions[0]["on_hand"] == 94
    assert [(reject["reason"], reject["record"]) for reject in rejects] == [("not_json", b"\0\0\0\0({")]


def test_a_type_of_schema_that_is_not_known_is_named(registry: FakeRegistry) -> None:
    registry.put(50, {}, "THRIFT")
    (reject,) = read([wire.framed(50, b"")], registry)[2]
    assert reject["message"].startswith("the schema 50 cannot be used: it is of the type `THRIFT`")


def test_a_cloud_event_in_headers_is_the_event_in_one_object() -> None:
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", b"e1"),
        ("ce_source", b"/till/7"),
        ("ce_type", b"sale"),
        ("content-type", b"application/json; charset=utf-8"),
    ]
    sent: list[Sent] = [
        (plain(1), headers),
        plain(2),
        (None or b"", headers),
        (b"\x01\x02", [*headers[:4], ("content-type", b"image/png")]),
    ]
    ((block, after),) = blocks_of(received(sent), "auto")
    assert block is not None and after == 4
    content, texts, start = block.messages, [], 0
    for length in content.lengths.to_pylist():
        texts.append(content.data[start : start + length])
        start += length
    event = {"specversion": "1.0", "id": "e1", "source": "/till/7", "type": "sale"}
    assert json.loads(texts[0]) == {
        **event,
        "datacontenttype": "application/json",
        "data": json.loads(plain(1)),
    }
    assert texts[1:3] == [plain(2), b""]
    assert json.loads(texts[3]) == {**event, "datacontenttype": "image/png", "data_base64": "AQI="}


def test_the_address_names_the_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    assert parse("kafka://a/sales?registry=http://r:8081&format=avro").registry == "http://r:8081"
    with pytest.raises(InputError, match="needs the registry"):
        parse("kafka://a/sales?format=protobuf")
    monkeypatch.setenv("LOWTIDE_REGISTRY", "http://r:8081")
    assert parse("kafka://a/sales?format=protobuf").registry == "http://r:8081"
    with pytest.raises(InputError) as error:
        Registry("http://reader:hunter2@r:8081")
    assert "hunter2" not in str(error.value)
    with pytest.raises(InputError, match="not the address of a registry"):
        Registry("r:8081")
    monkeypatch.setenv("SCHEMA_REGISTRY_SSL_CA_LOCATION", "/nowhere.pem")
    with pytest.raises(InputError, match="cannot be read"):
        Registry("https://r")


def test_doctor_asks_what_the_registry_has(registry: FakeRegistry) -> None:
    assert Registry(registry.url).kinds() == ["AVRO", "JSON", "PROTOBUF"]
    registry.status = 401
    with pytest.raises(BrokerError, match="not now"):
        Registry(registry.url).kinds()
    registry.stop()
    with pytest.raises(BrokerError, match="refused"):
        Registry(registry.url).kinds()
