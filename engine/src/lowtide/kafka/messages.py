"""Messages of a topic become blocks: text as it is, Arrow as columns, messages of a schema registry with their schemas.

    json, ndjson, array   text; the native core tells them apart by their first bytes, unless the address says which it is
    arrow                 an Arrow IPC stream, told by its first four bytes: one movement a row, columns as in a Parquet file
    avro, protobuf, jsonschema
                          a message that begins with byte 0 and the id of a schema in the `registry` of the address
    CloudEvents           attributes in headers `ce_…` become an event in one JSON object
    DECODERS              other layouts by the header `content-type`: a function from a message's bytes to a record batch

A deployment registers a decoder for what is left before its run:

    DECODERS["application/x-till"] = lambda value: batch_of(my_format.decode(value))
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pyarrow as pa
from confluent_kafka import TIMESTAMP_NOT_AVAILABLE, Message

from lowtide.kafka.address import FRAMED_LAYOUTS
from lowtide.kafka.cloud_event import content_type, headers_of, structured
from lowtide.kafka.schemas import TopicSchemas
from lowtide.readers import BadDocument
from lowtide.sources.arrow import batches, checked, reason
from lowtide.sources.block import ArrowMessage, Block, Framed, Messages
from lowtide.sources.feed import Witness

DECODERS: dict[str, Callable[[bytes], pa.RecordBatch]] = {}
"""Decoders by the value of the header `content-type`. If a decoder raises an error, the message is rejected."""
ARROW = "application/vnd.apache.arrow.stream"
ARROW_MAGIC = b"\xff\xff\xff\xff"


def partition_and_offset(message: Message) -> tuple[int, int]:
    """Partition and offset of a message that was received."""
    number, offset = message.partition(), message.offset()
    assert number is not None and offset is not None, "every received message has a partition and an offset"
    return number, offset


def witness_of(message: Message) -> Witness:
    """What tells the message from another one at the same offset."""
    epoch = message.leader_epoch()
    return partition_and_offset(message)[1], -1 if epoch is None else epoch, _arrivals([message])[0]


def blocks_of(
    messages: list[Message], layout: str, schemas: TopicSchemas | None = None, wait: bool = True
) -> Iterator[tuple[Block | None, int]]:
    """Turn messages of one partition, in order, into blocks, each with the offset after its last message.

    Without `wait`, a block is None while the registry does not answer.
    """
    values = [value or b"" for value in map(Message.value, messages)]
    if any(map(Message.headers, messages)):
        values = [structured(headers_of(one), value) for one, value in zip(messages, values, strict=True)]
    data = b"".join(values)
    if schemas is None or b"\0" not in data:
        yield from _plain(messages, values, data, layout)
        return
    lengths = lengths_of(values)
    runs, missing = schemas.known.look(data, lengths)
    while missing and not schemas.fetch(missing, wait):
        yield None, partition_and_offset(messages[0])[1]
    first = 0
    for is_framed, count in runs:
        part, of_part = messages[first : first + count], values[first : first + count]
        first += count
        text = data if len(runs) == 1 else b"".join(of_part)
        if is_framed:
            arrays = lengths_of(of_part), _offsets(part), pa.array(_arrivals(part), pa.int64())
            block = Block("framed", Framed(schemas.known, text, *arrays, layout), count)
            yield block, partition_and_offset(part[-1])[1] + 1
        else:
            yield from _plain(part, of_part, text, layout)


def _plain(
    messages: list[Message], values: list[bytes], data: bytes, layout: str
) -> Iterator[tuple[Block, int]]:
    """Blocks of messages that do not name a schema."""
    after = partition_and_offset(messages[-1])[1] + 1
    if (
        not DECODERS and layout != "arrow" and ARROW_MAGIC[:1] not in data
    ):  # that byte never stands in UTF-8 text
        yield _text(messages, values, data, layout), after
        return
    first = 0
    for index, (message, value) in enumerate(zip(messages, values, strict=True)):
        columns = _columns(message, value, layout)
        if columns is None:
            continue
        if first < index:
            text = values[first:index]
            yield _text(messages[first:index], text, b"".join(text), layout), columns.offset
        rows = sum(batch.num_rows for batch in columns.batches)
        yield Block("arrow", columns, max(1, rows)), columns.offset + 1
        first = index + 1
    if first < len(messages):
        text = values[first:]
        yield _text(messages[first:], text, b"".join(text), layout), after


def _columns(message: Message, value: bytes, layout: str) -> ArrowMessage | None:
    """The rows of a message that holds columns, or why they cannot be read. None: treat it as text."""
    decode = DECODERS.get(content_type(headers_of(message))) if DECODERS else None
    if decode is None and (layout not in ("auto", "arrow") or not value.startswith(ARROW_MAGIC)):
        return None
    offset, arrival = partition_and_offset(message)[1], _arrivals([message])[0]
    try:
        rows = list(batches(value)) if decode is None else [checked(decode(value))]
    except BadDocument as error:
        return ArrowMessage([], str(error), value, offset, arrival)
    except Exception as error:  # of a decoder of the deployment
        return ArrowMessage([], f"its decoder cannot read it: {reason(error)}", value, offset, arrival)
    return ArrowMessage(rows, "", value, offset, arrival)


def lengths_of(values: list[bytes]) -> pa.Array:
    """The length of each, as the core takes it."""
    return pa.array(list(map(len, values)), pa.int64())


def _offsets(messages: list[Message]) -> pa.Array:
    return pa.array(list(map(Message.offset, messages)), pa.int64())


def _arrivals(messages: list[Message]) -> list[int]:
    times = map(Message.timestamp, messages)
    return [-1 if kind == TIMESTAMP_NOT_AVAILABLE else time_ms for kind, time_ms in times]


def _text(messages: list[Message], values: list[bytes], data: bytes, layout: str) -> Block:
    """A block of messages that lie one after another in `data`. `map` keeps the loops in C: no Python call a message."""
    content = Messages(
        data,
        lengths_of(values),
        _offsets(messages),
        pa.array(_arrivals(messages), pa.int64()),
        "auto" if layout == "arrow" or layout in FRAMED_LAYOUTS else layout,
    )
    return Block("messages", content, len(messages))
