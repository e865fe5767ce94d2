"""Bad records of more than forty kinds, each with the code with which it must be rejected."""

from __future__ import annotations

from collections.abc import Callable

import orjson

AT_MS = 1_767_571_200_000
Maker = Callable[[int], bytes]


def good(number: int) -> dict[str, object]:
    """A good record."""
    return {
        "id": f"g{number}", "source": f"till-{number % 50}", "kind": "sale", "sku": f"S{number % 400}",
        "location": f"L{number % 50}", "quantity": "1", "event_time": AT_MS + number * 50,
    }  # fmt: skip


def _with(**changes: object) -> Maker:
    def make(number: int) -> bytes:
        record = {**good(number), "id": f"b{number}"}
        for name, value in changes.items():
            if value is ...:
                del record[name]
            else:
                record[name] = value
        return orjson.dumps(record)

    return make


def _text(change: Callable[[bytes], bytes]) -> Maker:
    return lambda number: change(_with()(number))


def _put(name: str, raw: str) -> Maker:
    """A value that JSON libraries do not write."""
    return lambda number: _with(**{name: "@"})(number).replace(b'"@"', raw.encode())


KINDS: dict[str, tuple[str, Maker]] = {
    "latin-1 in a name": ("not_utf8", _text(lambda line: line.replace(b"till", b"caf\xe9"))),
    "a lone byte at the start": ("not_utf8", _text(lambda line: b"\xff" + line)),
    "half a character at the end": ("not_utf8", _text(lambda line: line[:-1] + b"\xe2\x82")),
    "UTF-16": ("not_utf8", _text(lambda line: b"\xff\xfe" + line.decode().encode("utf-16-le"))),
    "torn": ("not_json", _text(lambda line: line[:-7])),
    "nonsense": ("not_json", lambda number: b"till %d is offline" % number),
    "two objects": ("not_json", _text(lambda line: line + line)),
    "a comma too many": ("not_json", _text(lambda line: line[:-1] + b",}")),
    "single quotes": ("not_json", _text(lambda line: line.replace(b'"', b"'"))),
    "NaN": ("not_json", _put("quantity", "NaN")),
    "infinity": ("not_json", _put("quantity", "Infinity")),
    "a hexadecimal number": ("not_json", _put("quantity", "0x10")),
    "a leading zero": ("not_json", _put("quantity", "01")),
    "a control character": ("not_json", _put("sku", '"a\x01b"')),
    "a lone surrogate": ("not_json", _put("sku", '"\\ud800"')),
    "a byte order mark": ("not_json", _text(lambda line: b"\xef\xbb\xbf" + line)),
    "a number": ("not_an_object", lambda number: b"%d" % number),
    "a string": ("not_an_object", lambda number: b'"%d"' % number),
    "null": ("not_an_object", lambda number: b"null"),
    "a field twice": ("duplicate_field", _text(lambda line: line[:-1] + b',"sku":"S1"}')),
    "a field twice, once escaped": ("duplicate_field", _text(lambda line: line[:-1] + b',"\\u0073ku":"S1"}')),
    "no id": ("missing_field", _with(id=...)),
    "no source": ("missing_field", _with(source=...)),
    "no kind": ("missing_field", _with(kind=...)),
    "no sku": ("missing_field", _with(sku=...)),
    "no location": ("missing_field", _with(location=...)),
    "no quantity": ("missing_field", _with(quantity=...)),
    "no time": ("missing_field", _with(event_time=...)),
    "an empty sku": ("missing_field", _with(sku="")),
    "a null id": ("missing_field", _with(id=None)),
    "an empty object": ("missing_field", lambda number: b"{}"),
    "an order without a reference": ("missing_field", _with(kind="order")),
    "a void of a count": ("void_of_what", _with(kind="void", ref="c-1", of="count")),
    "a fraction as sku": ("wrong_type", _with(sku=7.5)),
    "an object as quantity": ("wrong_type", _with(quantity={"units": 1})),
    "an array as time": ("wrong_type", _with(event_time=[2026, 1, 1])),
    "true as location": ("wrong_type", _with(location=True)),
    "as deep as it is long": ("wrong_type", _put("quantity", "[" * 500 + "]" * 500)),
    "an id of 129 characters": ("too_long", _with(id="x" * 129)),
    "a record of 70 KB": ("too_long", _with(note="x" * 70_000)),
    "an unknown kind": ("unknown_kind", _with(kind="sell")),
    "a kind in capitals": ("unknown_kind", _with(kind="SALE")),
    "a time in words": ("bad_time", _with(event_time="yesterday")),
    "the 30th of February": ("bad_time", _with(event_time="2026-02-30T10:00:00Z")),
    "25 o'clock": ("bad_time", _with(event_time="2026-01-05T25:00:00Z")),
    "the year 1999": ("bad_time", _with(event_time="1999-12-31T23:59:59Z")),
    "seconds instead of milliseconds": ("bad_time", _with(event_time=AT_MS // 1000)),
    "a time without a zone": ("no_zone", _with(event_time="2026-01-05T10:00:00")),
    "a due without a zone": ("no_zone", _with(due="2026-01-09T10:00:00")),
    "a quantity in words": ("bad_quantity", _with(quantity="two")),
    "four decimals": ("bad_quantity", _with(quantity="1.2345")),
    "a decimal comma": ("bad_quantity", _with(quantity="1,5")),
    "more than anybody has": ("bad_quantity", _with(quantity="1e13")),
    "an exponent without end": ("bad_quantity", _with(quantity="1e400")),
    "a negative receipt": ("negative_quantity", _with(kind="receipt", quantity=-5)),
    "a negative count": ("negative_quantity", _with(kind="count", quantity="-1")),
    "a till ahead of its time": ("clock_ahead", _with(event_time=AT_MS + 90 * 86_400_000)),
    "a policy that is none": ("bad_policy", _with(kind="policy", ref="{}")),
}
