"""Messages of a topic become blocks: text as it is, Arrow as columns, other layouts through a registered decoder.

    json, ndjson, array   text; the native core tells them apart by their first bytes, unless the address says which it is
    arrow                 an Arrow IPC stream, told by its first four bytes: one movement a row, columns as in a Parquet file
    DECODERS              other layouts by the header `content-type`: a function from a message's bytes to a record batch

Avro and Protobuf need a schema that only their owner has. A deployment registers a decoder before its run:

    DECODERS["application/avro"] = lambda value: batch_of(my_schema.decode(value))
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pyarrow as pa
from confluent_kafka import TIMESTAMP_NOT_AVAILABLE, Message

from lowtide.sources.block import ArrowMessage, Block, Messages
from lowtide.sources.feed import Witness

DECODERS: dict[str, Callable[[bytes], pa.RecordBatch]] = {}
"""Decoders by the value of the header `content-type`. If a decoder raises an error, the message is rejected."""
ARROW = "application/vnd.apache.arrow.stream"
_MAGIC = b"\xff\xff\xff\xff"


def partition_and_offset(message: Message) -> tuple[int, int]:
    """Partition and offset of a message that was received."""
    number, offset = message.partition(), message.offset()
    assert number is not None and offset is not None, "every received message has a partition and an offset"
    return number, offset


def witness_of(message: Message) -> Witness:
    """What tells the message from another one at the same offset."""
    epoch = message.leader_epoch()
    return partition_and_offset(message)[1], -1 if epoch is None else epoch, _arrivals([message])[0]


def blocks_of(messages: list[Message], layout: str) -> Iterator[tuple[Block, int]]:
    """Turn messages of one partition, in order, into blocks, each with the offset after its last message."""
    values = [value or b"" for value in map(Message.value, messages)]
    data = b"".join(values)
    after = partition_and_offset(messages[-1])[1] + 1
    if not DECODERS and layout != "arrow" and _MAGIC[:1] not in data:  # that byte never stands in UTF-8 text
        yield _text(messages, values, data, layout), after
        return
    first = 0
    for index, (message, value) in enumerate(zip(messages, values, strict=True)):
        batch = _columns(message, value, layout)
        if batch is None:
            continue
        offset = partition_and_offset(message)[1]
        if first < index:
            text = values[first:index]
            yield _text(messages[first:index], text, b"".join(text), layout), offset
        yield Block("arrow", ArrowMessage(batch, offset, _arrivals([message])[0]), batch.num_rows), offset + 1
        first = index + 1
    if first < len(messages):
        text = values[first:]
        yield _text(messages[first:], text, b"".join(text), layout), after


def _columns(message: Message, value: bytes, layout: str) -> pa.RecordBatch | None:
    """The rows of a message that holds columns. None: treat it as text."""
    decode = DECODERS.get(_content_type(message)) if DECODERS else None
    if decode is None and (layout not in ("auto", "arrow") or not value.startswith(_MAGIC)):
        return None
    try:
        if decode is not None:
            return decode(value)
        table = pa.ipc.open_stream(value).read_all().combine_chunks()
        batches = table.to_batches()
        return batches[0] if batches else None
    except Exception:  # the core then rejects its bytes as a record that is not JSON
        return None


def _content_type(message: Message) -> str:
    headers: list[tuple[str, str | bytes | None]] = list(message.headers() or [])  # type: ignore[arg-type]
    for name, value in headers:
        if name.lower() == "content-type" and value is not None:
            text = value if isinstance(value, str) else value.decode("utf-8", "replace")
            return text.split(";")[0].strip()
    return ""


def _arrivals(messages: list[Message]) -> list[int]:
    times = map(Message.timestamp, messages)
    return [-1 if kind == TIMESTAMP_NOT_AVAILABLE else time_ms for kind, time_ms in times]


def _text(messages: list[Message], values: list[bytes], data: bytes, layout: str) -> Block:
    """A block of messages that lie one after another in `data`. `map` keeps the loops in C: no Python call a message."""
    integers = pa.int64()
    content = Messages(
        data,
        pa.array(list(map(len, values)), integers),
        pa.array(list(map(Message.offset, messages)), integers),
        pa.array(_arrivals(messages), integers),
        "auto" if layout == "arrow" else layout,
    )
    return Block("messages", content, len(messages))
