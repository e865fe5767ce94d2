"""How fast messages of a schema registry are read: Avro with two schemas in a topic, Protobuf, JSON Schema, and plain JSON.

    python bench/avro.py [MESSAGES]        records per CPU second; medians of five rounds, interleaved

Each is the same movements, one a message, through `Partition`: decoded, checked, deduplicated and put into blocks for key
groups. Consuming from a broker is not in it (`bench/kafka.py`).
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from lowtide.core import Job, Schemas

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.kafka import encoding as wire

ROUNDS = 5
BLOCK = 4096
KINDS = ["sale", "receipt", "count"]
FIRST = 1_795_339_800_000
AVRO = {
    "type": "record",
    "name": "Movement",
    "namespace": "shop",
    "fields": [
        {"name": "id", "type": "string"},
        {"name": "source", "type": "string"},
        {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": KINDS}},
        {"name": "sku", "type": "string"},
        {"name": "location", "type": "string"},
        {"name": "quantity", "type": "double"},
        {"name": "event_time", "type": {"type": "long", "logicalType": "timestamp-millis"}},
    ],
}
LATER = {**AVRO, "fields": [*AVRO["fields"], {"name": "counterparty", "type": ["null", "string"]}]}
PROTOBUF = wire.file(
    "shop",
    wire.message(
        "Movement",
        wire.field(1, "id", "string"),
        wire.field(2, "source", "string"),
        wire.field(3, "kind", "enum", ".shop.Kind"),
        wire.field(4, "sku", "string"),
        wire.field(5, "location", "string"),
        wire.field(6, "quantity", "double"),
        wire.field(7, "event_time", "int64"),
    ),
    enums=(wire.enum("Kind", *KINDS),),
)


def movement(number: int) -> dict[str, object]:
    """A movement of one of 20,000 positions; a quarter of a second passes from one to the next."""
    return {
        "id": f"t-{number:08}",
        "source": f"till-{number % 97}",
        "kind": KINDS[number % 50 % 3 if number % 50 < 3 else 0],
        "sku": f"{1_000_000 + number * 7 % 400}",
        "location": f"{300 + number * 13 % 50}",
        "quantity": 1.0 + number % 5,
        "event_time": FIRST + number * 250,
    }


def as_json(row: dict[str, object]) -> bytes:
    """The form of the docs: a decimal string and RFC 3339."""
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(int(str(row["event_time"])) / 1000))
    return json.dumps(
        {**row, "quantity": str(row["quantity"]), "event_time": f"{moment}.000Z"}, separators=(",", ":")
    ).encode()


def as_avro(number: int, row: dict[str, object]) -> bytes:
    """Ids 7 and 9 by turns: the worst mix."""
    if number % 2:
        return wire.framed(7, wire.avro(AVRO, row))
    return wire.framed(9, wire.avro(LATER, {**row, "counterparty": None}))


def as_protobuf(row: dict[str, object]) -> bytes:
    """With the short form of the path of the first type."""
    values = {**row, "kind": KINDS.index(str(row["kind"]))}
    entries = (wire.entry(number, value) for number, value in enumerate(values.values(), 1) if value != 0)  # type: ignore[arg-type]
    return wire.framed(11, b"\0" + b"".join(entries))


def blocks(values: list[bytes]) -> list[tuple[bytes, pa.Array, pa.Array, pa.Array]]:
    """Messages as a topic's consumer hands them on."""
    cut = []
    for first in range(0, len(values), BLOCK):
        part = values[first : first + BLOCK]
        arrays = (list(map(len, part)), list(range(first, first + len(part))), [-1] * len(part))
        cut.append((b"".join(part), *(pa.array(array, pa.int64()) for array in arrays)))
    return cut


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 400_000
    rows = [movement(number) for number in range(count)]
    schemas = Schemas()
    assert (
        schemas.add_avro(7, json.dumps(AVRO), []) is None
        and schemas.add_avro(9, json.dumps(LATER), []) is None
    )
    assert schemas.add_protobuf(11, [PROTOBUF]) is None
    schemas.add_json(13)
    forms: dict[str, tuple[list[bytes], bool]] = {
        "JSON": ([as_json(row) for row in rows], False),
        "Avro, two schemas": ([as_avro(number, row) for number, row in enumerate(rows)], True),
        "Protobuf": ([as_protobuf(row) for row in rows], True),
        "JSON Schema": ([wire.framed(13, as_json(row)) for row in rows], True),
    }
    cut = {name: (blocks(values), framed) for name, (values, framed) in forms.items()}
    seconds: dict[str, list[float]] = {name: [] for name in forms}
    looking: list[float] = []
    for _ in range(ROUNDS):
        for name, (parts, framed) in cut.items():
            partition = Job.of(partition="sales/0").partition(groups=1)
            read: Callable[..., object] = partition.messages
            started = time.process_time()
            for data, *arrays in parts:
                if framed:
                    partition.framed(schemas, data, *arrays, "auto")
                else:
                    read(data, *arrays, "auto")
            seconds[name].append(time.process_time() - started)
            counts = partition.counts()
            assert counts["accepted"] == count, (name, counts, partition.rejects().slice(0, 1).to_pylist())
        started = time.process_time()
        for data, lengths, *_ in cut["Avro, two schemas"][0]:
            schemas.look(data, lengths)
        looking.append(time.process_time() - started)
    for name, taken in seconds.items():
        size = sum(map(len, forms[name][0])) / count
        middle = statistics.median(taken)
        print(f"{name:20} {count / middle / 1e6:5.2f} M records per CPU second  {size:4.0f} bytes each")
    print(
        f"{'(looking for ids)':20} {count / statistics.median(looking) / 1e6:5.1f} M messages per CPU second"
    )


if __name__ == "__main__":
    main()
