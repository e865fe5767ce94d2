"""Native blocks in the frame that clients of the binary protocol expect for their version of it.

chDB writes Native without a version. Go's client, which Grafana's plugin uses, asks over HTTP for the version of its
protocol (`client_protocol_version`), and then expects two additions:

    block     01 00 02 FF FF FF FF 00        fields of the block: no overflow, no bucket
              columns, rows                  varint each
    column    name, type                     varint length, bytes
              00                             no custom serialization          <- from version 54454
              data

To insert the byte, the end of each column's data must be found; its length follows from the column's type.
Clients of an older version do not expect the frame.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator

from lowtide.warehouse.http.errors import QueryError

WITH_CUSTOM_SERIALIZATION = 54454
_BLOCK_INFO = bytes.fromhex("010002ffffffff00")
_SIZES = {
    **dict.fromkeys(("Int8", "UInt8", "Bool", "Nothing"), 1), **dict.fromkeys(("Int16", "UInt16", "Date", "BFloat16"), 2),
    **dict.fromkeys(("Int32", "UInt32", "Float32", "Date32", "IPv4", "Decimal32", "DateTime", "Time"), 4),
    **dict.fromkeys(("Int64", "UInt64", "Float64", "Decimal64", "DateTime64", "Time64"), 8),
    **dict.fromkeys(("Int128", "UInt128", "UUID", "IPv6", "Decimal128"), 16),
    **dict.fromkeys(("Int256", "UInt256", "Decimal256"), 32), "Enum8": 1, "Enum16": 2,
}  # fmt: skip
_NAMED = {
    "Point": "Tuple(Float64, Float64)", "Ring": "Array(Point)", "LineString": "Array(Point)",
    "MultiLineString": "Array(LineString)", "Polygon": "Array(Ring)", "MultiPolygon": "Array(Polygon)",
}  # fmt: skip
_SIGN = re.compile(r"'(?:[^'\\]++|\\.)*+(?:'|\\?\Z)|`[^`]*+(?:`|\Z)|[(),]", re.DOTALL)
_LONGEST_TYPE = 20_000
Skip = Callable[[bytes, int, int], int]
"""Bytes, the place where the data of a column begin, the number of rows; gives the place where the data end."""


def framed(pieces: Iterator[bytes], version: int) -> Iterator[bytes]:
    """Pieces of whole blocks, each block with its frame."""
    return (_framed(piece) for piece in pieces) if version >= WITH_CUSTOM_SERIALIZATION else pieces


def _framed(data: bytes) -> bytes:
    at, out = 0, []
    while at < len(data):
        begin = at
        columns, at = varint(data, at)
        rows, at = varint(data, at)
        out += [_BLOCK_INFO, data[begin:at]]
        for _ in range(columns):
            begin = at
            length, at = varint(data, at)
            length, at = varint(data, at + length)
            kind, at = _type(data[at : at + length]), at + length
            out += [data[begin:at], b"\0"]
            begin = at
            if rows:
                prefixes, skip = _reader(kind)
                at = skip(data, at + 8 * prefixes, rows)
            out.append(data[begin:at])
    return b"".join(out)


def varint(data: bytes, at: int) -> tuple[int, int]:
    """A number written with seven bits a byte, and the place behind it."""
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def _type(name: bytes) -> str:
    """The name of a type. A long one would be read as often as it is deep."""
    if len(name) > _LONGEST_TYPE:
        raise QueryError(
            48, f"a column's type has more than {_LONGEST_TYPE:,} characters: it cannot be framed"
        )
    return name.decode("utf-8", "replace")


def _reader(kind: str) -> tuple[int, Skip]:
    """For a type: how many dictionary versions stand before its data, and how to find the end of the data."""
    name, _, rest = kind.partition("(")
    inner = arguments(rest.removesuffix(")"))
    if kind in _NAMED:
        return _reader(_NAMED[kind])
    if name in _SIZES or name.startswith("Interval"):
        return 0, _fixed(_SIZES.get(name, 8))
    if name == "Decimal":
        return 0, _fixed(
            next(size for digits, size in ((9, 4), (18, 8), (38, 16), (76, 32)) if int(inner[0]) <= digits)
        )
    if name == "FixedString":
        return 0, _fixed(int(inner[0]))
    if name == "String":
        return 0, _strings
    if name == "SimpleAggregateFunction":
        return _reader(inner[-1])
    if name in ("Array", "Map", "Nested"):
        return _array(inner[0] if name == "Array" else f"Tuple({', '.join(inner)})")
    return _composed(name, inner, kind)


def _composed(name: str, inner: list[str], kind: str) -> tuple[int, Skip]:
    if name == "Nullable":
        prefixes, skip = _reader(inner[0])
        return prefixes, lambda data, at, rows: skip(data, at + rows, rows)
    if name == "Tuple":
        parts = [_reader(re.sub(r"^(?:`[^`]*`|\w+) (?=\S)", "", part)) for part in inner]

        def fields(data: bytes, at: int, rows: int) -> int:
            for _, skip in parts:
                at = skip(data, at, rows)
            return at if parts else at + rows

        return sum(prefixes for prefixes, _ in parts), fields
    if name == "LowCardinality":
        return 1, _dictionary(_reader(re.sub(r"^Nullable\((.*)\)$", r"\1", inner[0]))[1])
    raise QueryError(
        48, f"columns of the type {kind} cannot be framed for this client; ask for them with `toString`"
    )


def _fixed(size: int) -> Skip:
    return lambda data, at, rows: at + size * rows


def _strings(data: bytes, at: int, rows: int) -> int:
    for _ in range(rows):
        length = data[at]
        at += 1
        if length > 0x7F:
            length, at = varint(data, at - 1)
        at += length
    return at


def _array(inner: str) -> tuple[int, Skip]:
    prefixes, skip = _reader(inner)

    def array(data: bytes, at: int, rows: int) -> int:
        at += 8 * rows
        total = struct.unpack_from("<Q", data, at - 8)[0]
        return skip(data, at, total) if total else at

    return prefixes, array


def _dictionary(skip: Skip) -> Skip:
    def dictionary(data: bytes, at: int, rows: int) -> int:
        flags, keys = struct.unpack_from("<QQ", data, at)
        at = skip(data, at + 16, keys) if keys else at + 16
        return int(at + 8 + rows * (1 << (flags & 0xFF)))

    return dictionary


def arguments(text: str) -> list[str]:
    """The arguments of a type, split at commas outside of brackets and quotes."""
    found, depth, begin = [], 0, 0
    for token in _SIGN.finditer(text):
        depth += (token[0] == "(") - (token[0] == ")")
        if token[0] == "," and depth == 0:
            found.append(text[begin : token.start()].strip())
            begin = token.end()
    return [*found, text[begin:].strip()] if text.strip() else found
