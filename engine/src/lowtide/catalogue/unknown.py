"""SKUs of movements that the catalogue does not have, and which of them a spreadsheet has probably changed.

Excel reads a long SKU as a number and writes it as `6.901E+09`; it drops zeros in front; other programs add `.0`.

    >>> skus = pa.RecordBatch.from_pydict({"sku": ["0071", "6901234567892", "2.5E+11"]})
    >>> unknown_skus({"71", "6.90123E+12", "milk", "0071"}, skus)
    UnknownSkus(skus=['6.90123E+12', '71', 'milk'], damaged=['6.90123E+12', '71'], damaged_in_catalogue=['2.5E+11'])
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import pyarrow as pa

_ROUNDED = re.compile(r"[0-9](\.[0-9]+)?[eE]\+[0-9]{2}")
_FRACTION = re.compile(r"[0-9]+\.0")


@dataclass(frozen=True)
class UnknownSkus:
    """SKUs of movements that are not in the catalogue, in order; those that look damaged; those of the catalogue that do."""

    skus: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    damaged_in_catalogue: list[str] = field(default_factory=list)


def unknown_skus(seen: Iterable[str], catalogue: pa.RecordBatch) -> UnknownSkus:
    """Compare the SKUs of movements with the catalogue."""
    known = set(catalogue.column("sku").to_pylist())
    skus = sorted(set(seen) - known)
    bare = {sku.lstrip("0") for sku in known if sku.isdecimal()} if skus else set()
    damaged = [sku for sku in skus if _changed(sku) or (sku.isdecimal() and sku.lstrip("0") in bare)]
    return UnknownSkus(skus, damaged, sorted(sku for sku in known if _changed(sku)))


def _changed(sku: str) -> bool:
    return bool(_ROUNDED.fullmatch(sku) or _FRACTION.fullmatch(sku))
