"""Arrow streams of a sender whom nobody trusts: good ones of every type, and random changes of their bytes.

`python -m tests.sources.spoiled_arrow 100000` spoils so many. A seed is the number of a stream, so that a finding can be
looked at again: `python -m tests.sources.spoiled_arrow --show 317`.
"""

from __future__ import annotations

import io
import random
import struct
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import count

import pyarrow as pa

from lowtide.core import Job, Partition
from lowtide.kafka.messages import ARROW_MAGIC
from lowtide.readers import BadDocument
from lowtide.sources.arrow import batches

MOVEMENT = {
    "source": "t", "kind": "sale", "sku": "A", "location": "330", "quantity": "1", "event_time": "2026-11-22T09:30:00Z",
}  # fmt: skip


def movements(rows: int = 3, **columns: object) -> pa.RecordBatch:
    """Sales with text in every column; `columns` take the place of some."""
    plain = {name: [text] * rows for name, text in MOVEMENT.items()}
    return pa.RecordBatch.from_pydict(plain | {"id": [f"{number}" for number in range(rows)]} | columns)


def stream(*parts: pa.RecordBatch, compression: str | None = None, deltas: bool = False) -> bytes:
    """The batches as a stream."""
    file = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression=compression, emit_dictionary_deltas=deltas)
    with pa.ipc.new_stream(file, parts[0].schema, options=options) as writer:
        for part in parts:
            writer.write_batch(part)
    return file.getvalue()


@cache
def samples() -> Sequence[bytes]:
    """Good streams: plain, compressed, dictionaries, views, lists, structures, a union, runs, numbers, times, nulls."""
    texts = pa.array(["A", "B", None])
    nested = pa.array([[{"a": 1}], [], None], pa.list_(pa.struct([("a", pa.int8())])))
    union = pa.UnionArray.from_sparse(pa.array([0, 0, 0], pa.int8()), [pa.array([1, 2, 3])])
    runs = pa.RunEndEncodedArray.from_arrays(pa.array([2, 3], pa.int32()), pa.array(["x", "y"]))
    numbers = pa.array([1, 2, None], pa.decimal128(9, 3))
    times = pa.array([1_795_339_800_000, None, -1], pa.timestamp("ms", "UTC"))
    more = [
        movements(
            sku=texts.dictionary_encode(),
            ref=texts.cast(pa.string_view()),
            reason=texts.cast(pa.large_string()),
        ),
        movements(quantity=numbers, event_time=times, unit_value=pa.array([1.5, float("nan"), None])),
        movements(
            ref=nested, reason=union, counterparty=runs, due=pa.nulls(3), of=pa.array([b"x", None, b"\xff"])
        ),
    ]
    first, second = (
        movements(sku=pa.array(one).dictionary_encode()) for one in (["A", "B", None], ["A", "B", "C"])
    )
    two = stream(movements(), movements(2), compression="zstd")
    return [stream(movements()), two, *map(stream, more), stream(first, second, deltas=True)]


def spoiled(seed: int) -> bytes:
    """A stream with one to four changes: of bytes, or of the numbers that say how long things are and where they lie."""
    dice = random.Random(seed)
    data = bytearray(dice.choice(samples()))
    for _ in range(dice.randint(1, 4)):
        if len(data) <= 16:
            break
        at = dice.randrange(0, len(data) - 8, 4)
        match dice.randrange(5):
            case 0:
                data[at] = dice.randrange(256)
            case 1:
                struct.pack_into(
                    "<i", data, at, dice.choice([-1, 0, 1, 7, 255, 1 << 20, 1 << 30, -(1 << 31)])
                )
            case 2:
                struct.pack_into(
                    "<q", data, at, dice.choice([-1, 0, 8, 64, 1 << 33, (1 << 62) + 1, -(1 << 63)])
                )
            case 3:
                other = dice.randrange(0, len(data) - 8, 4)
                data[at : at + 8] = data[other : other + 8]
            case _:
                del data[at : at + dice.choice([4, 8, 64, 4096])]
    return bytes(data)


def outcome(partition: Partition, data: bytes, number: int) -> str:
    """What a message with these bytes comes to: `rows` or `reject`. Everything else is a mistake of ours."""
    before = partition.counts()["records"]
    rows, fault = [], ""
    try:
        rows = list(batches(data))
    except BadDocument as error:
        fault = str(error)
    partition.arrow(rows, fault, data, number, -1)
    rejects = partition.rejects().to_pylist()
    assert not [reject["message"] for reject in rejects if reject["reason"] == "mistake"]
    if fault:
        assert [(reject["reason"], reject["record"]) for reject in rejects] == [
            ("bad_message", data[:65_536])
        ]
        assert fault in rejects[0]["message"]
        return "reject"
    whole = [
        reject
        for reject in rejects
        if reject["record"] == data[:65_536] and reject["reason"] == "bad_message"
    ]
    if not whole:
        assert partition.counts()["records"] - before == sum(batch.num_rows for batch in rows)
    return "reject" if whole else "rows"


def main() -> None:
    if sys.argv[1:2] == ["--show"]:
        sys.stdout.buffer.write(spoiled(int(sys.argv[2])))
        return
    start, most = time.process_time(), int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    partition, counts, numbers = Job.of().partition(1), Counter[str](), _numbers()
    for seed in range(most):
        try:
            counts[outcome(partition, spoiled(seed), next(numbers))] += 1
        except Exception as error:
            raise AssertionError(f"arrow {seed}: {error!r}") from error
    print(f"arrow    {dict(counts)} {time.process_time() - start:.1f} s", flush=True)


def _numbers() -> Iterator[int]:
    """Numbers of messages that leave room for the rows of each."""
    return count(0, 1 << 24)


assert stream(movements()).startswith(ARROW_MAGIC)

if __name__ == "__main__":
    main()
