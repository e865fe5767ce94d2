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

from lowtide.core import Span
from lowtide.kafka.address import FRAMED_LAYOUTS
from lowtide.kafka.cloud_event import content_type, headers_of, structured
from lowtide.kafka.schemas import TopicSchemas
from lowtide.readers import BadDocument
from lowtide.sources.arrow import batches, checked, reason
from lowtide.sources.block import ArrowMessage, Block, Framed, Messages

DECODERS: dict[str, Callable[[bytes], pa.RecordBatch]] = {}
"""Decoders by the value of the header `content-type`. If a decoder raises an error, the message is rejected."""
ARROW = "application/vnd.apache.arrow.stream"
ARROW_MAGIC = b"\xff\xff\xff\xff"


def blocks_of(
    span: Span, layout: str, schemas: TopicSchemas | None = None, wait: bool = True
) -> Iterator[tuple[Block | None, int]]:
    """Turn messages of one partition into blocks, each with the offset after its last message.

    Without `wait`, a block is None while the registry does not answer.
    """
    if span.has_headers:
        values = [structured(headers_of(span.headers(at)), span.value(at)) for at in range(len(span))]
        span = span.with_values(values)
    data = span.data
    if schemas is None or b"\0" not in data:
        yield from _plain(span, data, layout)
        return
    runs, missing = schemas.known.look(data, span.lengths)
    while missing and not schemas.fetch(missing, wait):
        yield None, span.witness(0)[0]
    first = 0
    for is_framed, count in runs:
        part = span if len(runs) == 1 else span.cut(first, count)
        first += count
        text = data if len(runs) == 1 else part.data
        if is_framed:
            framed = Framed(schemas.known, text, part.lengths, part.offsets, part.arrivals, layout)
            yield Block("framed", framed, count), _after(part)
        else:
            yield from _plain(part, text, layout)


def _plain(span: Span, data: bytes, layout: str) -> Iterator[tuple[Block, int]]:
    """Blocks of messages that do not name a schema."""
    if (
        not DECODERS and layout != "arrow" and ARROW_MAGIC[:1] not in data
    ):  # that byte never stands in UTF-8 text
        yield _text(span, data, layout), _after(span)
        return
    first = 0
    for at in range(len(span)):
        columns = _columns(span, at, layout)
        if columns is None:
            continue
        if first < at:
            text = span.cut(first, at - first)
            yield _text(text, text.data, layout), columns.offset
        rows = sum(batch.num_rows for batch in columns.batches)
        yield Block("arrow", columns, max(1, rows)), columns.offset + 1
        first = at + 1
    if first < len(span):
        text = span.cut(first, len(span))
        yield _text(text, text.data, layout), _after(span)


def _columns(span: Span, at: int, layout: str) -> ArrowMessage | None:
    """The rows of a message that holds columns, or why they cannot be read. None: treat it as text."""
    value = span.value(at)
    decode = DECODERS.get(content_type(headers_of(span.headers(at)))) if DECODERS else None
    if decode is None and (layout not in ("auto", "arrow") or not value.startswith(ARROW_MAGIC)):
        return None
    offset, _, arrival = span.witness(at)
    try:
        rows = list(batches(value)) if decode is None else [checked(decode(value))]
    except BadDocument as error:
        return ArrowMessage([], str(error), value, offset, arrival)
    except Exception as error:  # of a decoder of the deployment
        return ArrowMessage([], f"its decoder cannot read it: {reason(error)}", value, offset, arrival)
    return ArrowMessage(rows, "", value, offset, arrival)


def _after(span: Span) -> int:
    """The offset after its last message."""
    return span.witness(len(span) - 1)[0] + 1


def _text(span: Span, data: bytes, layout: str) -> Block:
    """A block of messages whose values lie one after another in `data`."""
    layout = "auto" if layout == "arrow" or layout in FRAMED_LAYOUTS else layout
    return Block("messages", Messages(data, span.lengths, span.offsets, span.arrivals, layout), len(span))
