"""Logs to try: a clock that walks forward, records that lag behind it, in every notation that a record may use."""

import json
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import strategies as st

from tests.model import instant
from tests.model.instant import HOUR, MINUTE
from tests.model.quantity import text
from tests.model.rejects import REJECTS
from tests.model.wire import KINDS

MONDAY = 1795392000000
"""2026-11-23T00:00:00Z."""
POSITIONS = (("330", "A"), ("330", "cafe\u0301"), ("仓库 2", "A"))
COMPOSED = (("330", "A"), ("330", "caf\u00e9"), ("仓库 2", "A"))
SOURCES = ("till-7", "erp")
REFS = ("PO1", "PO2", "T-3")
SHELF_KINDS = ("sale", "return", "void", "receipt", "transfer_out", "transfer_in", "adjustment", "count")
SIGNED = ("sale", "adjustment")

steps = st.sampled_from([0, 0, 1, 5 * MINUTE, HOUR, 6 * HOUR, 30 * HOUR, 80 * HOUR])
lags = st.sampled_from([0, 0, 0, 0, 1, HOUR, 20 * HOUR, 71 * HOUR, 72 * HOUR, 72 * HOUR + 1, 100 * HOUR])
quantities = st.one_of(st.integers(0, 12).map(lambda units: units * 1000), st.integers(0, 9999))
spellings = st.integers(0, 10**6)


def movement(number: int, kind: str, place: int, quantity: int, when: int, **more) -> dict:
    """One record as plain values: thousandths, milliseconds."""
    location, sku = COMPOSED[place]
    record = {"id": f"m-{number}", "source": "till-7", "kind": kind, "event_time": when}
    if kind != "heartbeat":
        record |= {"sku": sku, "location": location, "quantity": quantity}
    return record | {name: value for name, value in more.items() if value is not None}


def line(record: dict, spelling: int = 0) -> bytes:
    """The record as one JSON line; `spelling` picks among the ways to write the same thing."""
    fields = dict(record)
    for name in ("event_time", "due"):
        if name in fields:
            fields[name] = spelt_time(fields[name], spelling)
    if "quantity" in fields:
        fields["quantity"] = spelt_quantity(fields["quantity"], spelling // 7)
    if spelling % 5 == 1 and "sku" in fields:
        fields["sku"] = fields["sku"].replace("\u00e9", "e\u0301")
    if spelling % 11 == 1:
        fields = dict(reversed(fields.items()))
    if spelling % 13 == 1:
        fields |= {"till": {"id": 4, "id2": [1, None]}, "reason": None, "counterparty": "ACME"}
    shown = json.dumps(fields, ensure_ascii=spelling % 2 == 1)
    return shown.replace('"!', "").replace('!"', "").encode()


def spelt_time(ms: int, spelling: int):
    if spelling % 6 == 0:
        return ms
    if spelling % 6 == 1:
        return str(ms)
    if spelling % 6 == 2:
        return instant.text(ms)
    when = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
    zone = timezone(timedelta(minutes=(-570, 0, 60, 345)[spelling % 4]))
    written = when.astimezone(zone).isoformat(" " if spelling % 6 == 3 else "T", "milliseconds")
    return written.replace(written[23:], "789" + written[23:]) if spelling % 6 == 4 else written


def spelt_quantity(thousandths: int, spelling: int):
    """A number between `!` loses its quotes in `line`."""
    ways = (
        text(thousandths),
        f"!{text(thousandths)}!",
        f"{'-' if thousandths < 0 else ''}{abs(thousandths) // 1000}.{abs(thousandths) % 1000:03}0",
        f"!{thousandths}e-3!",
        f"!{thousandths}.0E-3!",
    )
    return ways[spelling % len(ways)]


@st.composite
def some(draw, elements, most):
    """A list whose lengths are equally likely; `st.lists` alone prefers short ones."""
    size = draw(st.integers(1, most))
    return draw(st.lists(elements, min_size=size, max_size=size))


@st.composite
def records(draw, kinds=tuple(KINDS), most=30, steps=steps, lags=lags, repeats=True):
    """Movements of all kinds over three positions, in order of arrival, some with an id met before."""
    parts = st.tuples(st.sampled_from(kinds), st.integers(0, 2), quantities, steps, lags, spellings)
    moves = draw(some(parts, most))
    clock, found = MONDAY, []
    for number, (kind, place, quantity, step, lag, dice) in enumerate(moves):
        clock += step
        if kind in SIGNED and dice % 4 == 1:
            quantity = -quantity
        due = (
            clock + (dice % 200 - 60) * HOUR
            if kind in ("order", "shipment", "reserve") and dice % 3
            else None
        )
        ref = REFS[dice % 3] if kind in ("order", "shipment") or dice % 2 else None
        identity = dice % (number + 1) if repeats and dice % 6 == 5 else number
        move = movement(identity, kind, place, quantity, clock - lag, ref=ref, due=due)
        found.append(move | {"source": SOURCES[dice % 7 == 3]})
    return found


small_rejects = [row for rows in REJECTS.values() for row in rows if len(row) < 2000]
odd_values = st.sampled_from(
    [
        None,
        "",
        True,
        5,
        -5,
        1.25,
        "x",
        [],
        {},
        "NaN",
        "1.0001",
        "-1",
        "2026-11-22",
        "2026-11-22T10:00:00",
        "y" * 129,
        "sale",
    ]
)
odd_fields = st.sampled_from(["id", "source", "kind", "sku", "location", "event_time"])


@st.composite
def bad_lines(draw):
    """A row of the table, a good record with odd values in it, or one cut short: perhaps still good."""
    way = draw(st.integers(0, 3))
    if way == 0:
        return draw(st.sampled_from(small_rejects))
    good = movement(
        10**6 + draw(spellings), draw(st.sampled_from(KINDS)), 0, draw(quantities), MONDAY, ref="PO1"
    )
    if way == 1:
        return line(good, draw(spellings))[: draw(st.integers(0, 120))]
    if way == 2:
        return b"  "
    shown = {name: str(value) for name, value in good.items()}
    return json.dumps(shown | draw(st.dictionaries(odd_fields, odd_values, min_size=1, max_size=3))).encode()


@st.composite
def lines(draw, **options):
    """A whole partition: movements, with bad lines between them."""
    found = [line(record, draw(spellings)) for record in draw(records(**options))]
    for bad in draw(st.lists(bad_lines(), max_size=4)):
        found.insert(draw(st.integers(0, len(found))), bad)
    return found


@st.composite
def busy(draw, days=18):
    """Two positions that sell, run low, are restocked and counted: alerts of most types."""
    parts = st.tuples(st.integers(0, 1), st.integers(0, 9), st.integers(0, 29), st.integers(0, 26))
    plan = draw(some(parts, days * 3))
    clock, found = MONDAY, [movement(place, "count", place, 40_000, MONDAY) for place in (0, 1)]
    for number, (place, sold, event, hours) in enumerate(plan, start=2):
        clock += hours * HOUR // 2
        kind, quantity, ref, due = ("sale", sold * 1000, None, None)
        if event < 3:
            kind, quantity = "receipt", (sold + 1) * 8000
        elif event == 3:
            kind, quantity = "count", sold * 2000
        elif event == 4:
            kind, quantity, ref, due = "order", sold * 10_000, "PO1", clock + (hours - 4) * 8 * HOUR
        elif event == 5:
            kind, quantity, ref = "receipt", sold * 6000, "PO1"
        elif event == 6:
            kind = "hold" if sold % 2 else "release"
        elif event == 7:
            kind = "heartbeat"
        elif event == 8:
            kind, quantity = "sale", sold * 30_000
        elif event == 9:
            kind = "void"
        lag = 30 * HOUR if event in (10, 11) else 0
        found.append(movement(number, kind, place, quantity, clock - lag, ref=ref, due=due))
    return found


def joined(rows) -> bytes:
    return b"\n".join(rows) + b"\n"


def written(moves) -> bytes:
    return joined(line(move, 2) for move in moves)
