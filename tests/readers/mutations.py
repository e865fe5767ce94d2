"""Spoiled documents: bytes of a good one are changed, cut, doubled and exchanged, and each reader must say what came of it.

`python -m tests.readers.mutations 5000` spoils 5,000 documents of each format, `… 5000 xls` those of one. A seed is the
number of a document, so that a finding can be looked at again: `python -m tests.readers.mutations --show x12 317`.
"""

from __future__ import annotations

import base64
import copy
import io
import random
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from typing import Any

import orjson

from lowtide.readers import BadDocument, Reading, rows_of
from lowtide.readers.rows import MOST_ROW_BYTES
from tests.readers.documents import SAMPLES
from tests.readers.sheets import archive

_SIGNS = [
    *(bytes([byte]) for byte in b"~*'+:?\n\0\xff\xc3\"{}[]<>&-"),
    *(
        b"\r\n",
        b"</",
        b"<!DOCTYPE a>",
        b"&x;",
        b"]]>",
        b"ST*850*1~",
        b"SE*1*1~",
        b"ISA*",
        b"UNA",
        b"LIN+",
        b"HL*1**I~",
    ),
    *(b"9" * 400, b"null", b"1e999", b"\\ud800", "\u4e2d".encode()),
]
READERS = {"xls": "xlsx"}
"""The format whose reader reads a kind of document, where it has another name."""


def spoiled(good: bytes, seed: int) -> bytes:
    """A document with one to six random changes."""
    dice = random.Random(seed)
    data = bytearray(good)
    for _ in range(dice.randint(1, 6)):
        at = dice.randrange(len(data) + 1)
        end = min(len(data), at + dice.choice([1, 1, 2, 5, 40, 400]))
        match dice.randrange(6):
            case 0:
                data[at:end] = dice.randbytes(end - at)
            case 1:
                del data[at:end]
            case 2:
                data[at:at] = data[at:end]
            case 3:
                data[at:at] = dice.choice(_SIGNS)
            case 4:
                data[at:end] = dice.choice(_SIGNS)
            case _:
                del data[at:]
    return bytes(data)


def spoiled_workbook(good: bytes, seed: int) -> bytes:
    """Half of them are spoiled as an archive, half within a part of it."""
    if seed % 2:
        return spoiled(good, seed)
    with zipfile.ZipFile(io.BytesIO(good)) as members:
        parts = {name: members.read(name) for name in members.namelist()}
    name = sorted(parts)[seed // 2 % len(parts)]
    return archive(parts | {name: spoiled(parts[name], seed)})


_VALUES: list[Any] = [
    None,
    True,
    7,
    -1.5,
    1e300,
    "",
    "x",
    "urn:epc:id:sgtin:1.2.3",
    [],
    {},
    [[1], [1]],
    [{}, {}],
    {"id": []},
    ["x"],
]


def spoiled_json(good: bytes, seed: int) -> bytes:
    """Half of them are spoiled as bytes; in the other half some values are exchanged, so that the text stays JSON."""
    if seed % 2:
        return spoiled(good, seed)
    dice = random.Random(seed)
    value = orjson.loads(good)
    for _ in range(dice.randint(1, 4)):
        parent, key = dice.choice(list(_values(value)))
        parent[key] = copy.deepcopy(dice.choice(_VALUES))
    return orjson.dumps(value)


def _values(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each object or list with each of its keys or numbers."""
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _values(value[key])


def document(format: str, seed: int) -> bytes:
    good, _ = SAMPLES[format]
    spoil = {"xlsx": spoiled_workbook, "epcis": spoiled_json}.get(format, spoiled)
    return spoil(good, seed)


def outcome(format: str, seed: int) -> str:
    """What came of a spoiled document: rows, rejects, or a refusal. Anything else is an error of the reader."""
    _, reading = SAMPLES[format]
    data = document(format, seed)
    try:
        chunks = list(rows_of(data, Reading(format=READERS.get(format, format), **reading), name="sample"))
    except BadDocument as bad:
        assert str(bad).startswith("`"), bad
        return "refused"
    lines = b"".join(chunks).splitlines(keepends=True)
    made = [check(line) for line in lines]
    assert made or format not in ("x12", "edifact") or not data.strip(b" \t\r\n\0\x1a"), (
        "a document went by without a word"
    )
    return "rejects" if any("_reject" in row for row in made) else "rows" if made else "nothing"


def check(line: bytes) -> dict[str, Any]:
    """A line is a row of texts, or a reject with all its parts."""
    assert line.endswith(b"\n")
    assert len(line) <= MOST_ROW_BYTES
    row = orjson.loads(line)
    assert type(row.pop("_line")) is int
    if "_reject" in row:
        assert set(row) == {"_reject", "_message", "_raw"}
        assert row["_reject"] in {
            "bad_document",
            "unmappable",
            "bad_encoding",
            "too_long",
            "wrong_type",
            "bad_unit",
            "not_an_object",
        }
        base64.b64decode(row["_raw"], validate=True)
    else:
        assert all(type(value) is str for value in row.values())
    return row  # type: ignore[no-any-return]


def main() -> None:
    if sys.argv[1:2] == ["--show"]:
        print(document(sys.argv[2], int(sys.argv[3])))
        return
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    for format in sys.argv[2:] or SAMPLES:
        start = time.process_time()
        counts: Counter[str] = Counter()
        for seed in range(most):
            try:
                counts[outcome(format, seed)] += 1
            except Exception as error:
                raise AssertionError(f"{format} {seed}: {error!r}") from error
        print(f"{format:8} {dict(counts)} {time.process_time() - start:.1f} s", flush=True)


if __name__ == "__main__":
    main()
