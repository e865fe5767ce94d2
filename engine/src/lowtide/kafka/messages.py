"""What the messages of a topic look like: text goes on as it is, Arrow as columns, and other forms have their place here.

    json, ndjson, array   text; the native core tells them apart by their looks, unless the address says which it is
    arrow                 an Arrow IPC stream, told by its first four bytes: one movement a row, columns as in a Parquet file
    DECODERS              other forms by the header `content-type`: a function from a message's bytes to a record batch

Avro and Protobuf need a schema that only their owner has. A deployment registers them before its run:

    DECODERS["application/avro"] = lambda value: batch_of(my_schema.decode(value))
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pyarrow as pa
from confluent_kafka import TIMESTAMP_NOT_AVAILABLE, Message

from lowtide.sources.block import ArrowMessage, Block, Messages

DECODERS: dict[str, Callable[[bytes], pa.RecordBatch]] = {}
"""Forms by the value of the header `content-type`. Whatever a decoder raises makes the message a reject."""
ARROW = "application/vnd.apache.arrow.stream"
_MAGIC = b"\xff\xff\xff\xff"


def place_of(message: Message) -> tuple[int, int]:
    """Partition and offset of a message that was received."""
    number, offset = message.partition(), message.offset()
    assert number is not None and offset is not None, "a message that was received has its place"
    return number, offset


def blocks_of(taken: list[Message], form: str) -> Iterator[tuple[Block, int]]:
    """Messages of one partition in order, as blocks, each with the offset after it."""
    values = [value or b"" for value in map(Message.value, taken)]
    data = b"".join(values)
    if not DECODERS and form != "arrow" and _MAGIC[:1] not in data:  # no text holds that byte
        yield _text(taken, values, data, form), place_of(taken[-1])[1] + 1
        return
    first = 0
    for at, (message, value) in enumerate(zip(taken, values, strict=True)):
        batch = _columns(message, value, form)
        if batch is None:
            continue
        offset = place_of(message)[1]
        if first < at:
            yield _text(taken[first:at], values[first:at], b"".join(values[first:at]), form), offset
        yield Block("arrow", ArrowMessage(batch, offset, _arrivals([message])[0]), batch.num_rows), offset + 1
        first = at + 1
    if first < len(taken):
        rest = values[first:]
        yield _text(taken[first:], rest, b"".join(rest), form), place_of(taken[-1])[1] + 1


def _columns(message: Message, value: bytes, form: str) -> pa.RecordBatch | None:
    """The rows of a message that is no text; None for text, and for what only its header calls by another name."""
    decode = DECODERS.get(_content_type(message)) if DECODERS else None
    if decode is None and (form not in ("auto", "arrow") or not value.startswith(_MAGIC)):
        return None
    try:
        if decode is not None:
            return decode(value)
        table = pa.ipc.open_stream(value).read_all().combine_chunks()
        batches = table.to_batches()
        return batches[0] if batches else None
    except Exception:  # whatever is wrong with it, its bytes are set aside as a record that is no JSON
        return None


def _content_type(message: Message) -> str:
    headers: list[tuple[str, str | bytes | None]] = list(message.headers() or [])  # type: ignore[arg-type]
    for name, value in headers:
        if name.lower() == "content-type" and value is not None:
            return (
                (value if isinstance(value, str) else value.decode("utf-8", "replace")).split(";")[0].strip()
            )
    return ""


def _arrivals(taken: list[Message]) -> list[int]:
    times = map(Message.timestamp, taken)
    return [-1 if kind == TIMESTAMP_NOT_AVAILABLE else time_ms for kind, time_ms in times]


def _text(taken: list[Message], values: list[bytes], data: bytes, form: str) -> Block:
    """A block of messages that lie one after another in `data`. It is made by loops in C, without a call for each."""
    integers = pa.int64()
    messages = Messages(
        data,
        pa.array(list(map(len, values)), integers),
        pa.array(list(map(Message.offset, taken)), integers),
        pa.array(_arrivals(taken), integers),
        "auto" if form == "arrow" else form,
    )
    return Block("messages", messages, len(taken))
