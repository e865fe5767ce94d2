"""Turn the events of a shop into records: JSON lines, text columns or typed columns, with names for the numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lowtide.samples.shop import CODE, UNIT, Events, Ints, Shop
from lowtide.samples.spoiled import CODES, Fields, FileKind, spoil, spoiled_line
from lowtide.sources.movement import KINDS

_AT_TILL = frozenset(CODE[kind] for kind in ("sale", "return", "void"))
_IN_STORE = frozenset(
    CODE[kind] for kind in ("adjustment", "count", "hold", "release", "reserve", "unreserve")
)
_ORDERED = frozenset(CODE[kind] for kind in ("order", "shipment", "receipt"))
_MOVED = frozenset(CODE[kind] for kind in ("transfer_out", "transfer_in"))
SCHEMA = pa.schema(
    [
        *((name, pa.utf8()) for name in ("id", "source", "kind", "sku", "location")),
        ("quantity", pa.decimal128(18, 3)),
        ("event_time", pa.timestamp("ms", tz="UTC")),
        ("ref", pa.utf8()),
        ("due", pa.timestamp("ms", tz="UTC")),
        ("counterparty", pa.utf8()),
        ("unit_value", pa.decimal128(18, 3)),
    ]
)


@dataclass(frozen=True)
class Arrivals:
    """A day's records in arrival order, as columns. `spoiled` is 0, or 1 + the index of the reject code in `CODES`."""

    number: Ints
    events: Events
    spoiled: Ints


class RecordWriter:
    """Writes a synthetic log: names of shops and SKUs, and a day's records as lines or columns."""

    def __init__(self, positions: int, seed: int, file_kind: FileKind) -> None:
        self.positions, self.seed, self.file_kind = positions, seed, file_kind

    @cached_property
    def shop(self) -> Shop:
        """The shops on their first morning: rates, prices, suppliers."""
        return Shop(self.positions, self.seed)

    @cached_property
    def names(self) -> tuple[list[str], list[str]]:
        """Location and SKU of every position."""
        wide = len(str(int(self.shop.location[-1]) + 1))
        locations = [f"L{1 + number:0{wide}}" for number in self.shop.location.tolist()]
        skus = [f"S{1 + number:05}" for number in self.shop.sku.tolist()]
        return locations, skus

    def catalogue(self) -> pa.Table:
        """The SKUs with category, department, supplier, price, cost (70 % of it) and pack."""
        shop = self.shop
        cents = np.round(shop.price * 100).astype(int).tolist()
        money = pa.decimal128(18, 3)
        return pa.table(
            {
                "sku": self.names[1][: shop.skus],
                "category": [f"category-{number:02}" for number in shop.category.tolist()],
                "department": [f"department-{number // 5}" for number in shop.category.tolist()],
                "supplier": [f"V{number:03}" for number in shop.supplier.tolist()],
                "unit_price": pa.array([Decimal(price) / 100 for price in cents], money),
                "unit_cost": pa.array([Decimal(price * 7) / 1000 for price in cents], money),
                "pack": pa.array(shop.pack.tolist(), pa.int32()),
            }
        )

    def texts(self, arrivals: Arrivals) -> dict[str, list[str | None]]:
        """A day's records as columns of text, in the order of `SCHEMA`, not spoiled yet."""
        events, shop = arrivals.events, self.shop
        locations, skus = self.names
        codes, positions, refs = events.kind.tolist(), events.position.tolist(), events.ref.tolist()
        suppliers, prices = (
            shop.supplier[shop.sku].tolist(),
            [f"{price:.2f}" for price in shop.price.tolist()],
        )
        where = [None if p < 0 else locations[p] for p in positions]
        sku_of = shop.sku.tolist()
        return {
            "id": [f"m{number}" for number in arrivals.number.tolist()],
            "source": [_source(code, place) for code, place in zip(codes, where, strict=True)],
            "kind": [KINDS[code] for code in codes],
            "sku": [None if p < 0 else skus[p] for p in positions],
            "location": where,
            "quantity": [
                None if p < 0 else _units(q) for p, q in zip(positions, events.quantity.tolist(), strict=True)
            ],
            "event_time": list(_times(events.time)),
            "ref": [_ref(code, ref) for code, ref in zip(codes, refs, strict=True)],
            "due": [
                text if due >= 0 else None
                for due, text in zip(events.due.tolist(), _times(np.maximum(events.due, 0)), strict=True)
            ],
            "counterparty": [
                f"V{suppliers[p]:03}" if code in _ORDERED else None
                for code, p in zip(codes, positions, strict=True)
            ],
            "unit_value": [
                prices[sku_of[p]] if code in _AT_TILL else None
                for code, p in zip(codes, positions, strict=True)
            ],
        }

    def render(self, arrivals: Arrivals) -> bytes:
        """Write a day's records as JSON lines."""
        columns = self.texts(arrivals)
        lines = [
            f'{{"id":"{i}","source":"{s}","kind":"{k}"'
            + (f',"sku":"{u}","location":"{w}","quantity":"{q}"' if u else "")
            + f',"event_time":"{t}"'
            + (f',"ref":"{r}"' if r else "")
            + (f',"due":"{d}"' if d else "")
            + (f',"counterparty":"{c}"' if c else "")
            + (f',"unit_value":"{v}"}}' if v else "}")
            for i, s, k, u, w, q, t, r, d, c, v in zip(*columns.values(), strict=True)
        ]
        text = [line.encode() for line in lines] if arrivals.spoiled.any() else None
        if text is None:
            return "\n".join(lines).encode() + b"\n" if lines else b""
        for at in np.flatnonzero(arrivals.spoiled).tolist():
            fields: Fields = {name: column[at] for name, column in columns.items()}
            text[at] = spoiled_line(fields, CODES[self.file_kind][int(arrivals.spoiled[at]) - 1])
        return b"\n".join(text) + b"\n"

    def table(self, arrivals: Arrivals, typed: bool = True) -> pa.Table:
        """Give a day's records as columns: typed as in `SCHEMA` (for Parquet), or all text (for CSV)."""
        columns = self.texts(arrivals)
        for at in np.flatnonzero(arrivals.spoiled).tolist():
            fields: Fields = {name: column[at] for name, column in columns.items()}
            for name, value in spoil(fields, CODES[self.file_kind][int(arrivals.spoiled[at]) - 1]).items():
                columns[name][at] = value
        made = pa.table({name: pa.array(column, pa.utf8()) for name, column in columns.items()})
        if not typed:
            return made
        return pa.table([_cast(made[column.name], column.type) for column in SCHEMA], schema=SCHEMA)


def _source(code: int, location: str | None) -> str:
    if code in _AT_TILL:
        return f"till-{location}"
    return f"store-{location}" if code in _IN_STORE else "hub"


def _ref(code: int, ref: int) -> str | None:
    if ref < 0:
        return None
    return f"PO{ref}" if code in _ORDERED else f"TR{ref}" if code in _MOVED else f"m{ref}"


def _units(thousandths: int) -> str:
    return str(thousandths // UNIT) if thousandths % UNIT == 0 else f"{thousandths / UNIT:.3f}"


def _times(times: Ints) -> Iterator[str]:
    texts: NDArray[np.str_] = np.datetime_as_string(times.astype("datetime64[ms]"), timezone="UTC")
    return iter(texts.tolist())


def _cast(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    if pa.types.is_timestamp(kind):
        return column.cast(pa.timestamp("ms", tz="UTC"))
    return column.cast(kind)
