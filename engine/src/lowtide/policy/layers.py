"""Which layer wins: location, region, department, class, supplier, category, SKU, from least to most specific."""

from __future__ import annotations

from lowtide.policy.model import Layer

_WEIGHT = {
    "sku": 512,
    "category": 128,
    "supplier": 64,
    "abc": 32,
    "xyz": 16,
    "department": 8,
    "region": 4,
    "location": 2,
}
_WILDCARD = {"sku": 256, "location": 1}


def specificity(layer: Layer) -> int:
    """A bit for each key that the layer matches on; a wildcard SKU or location ranks below a named one."""
    return sum(
        _WILDCARD.get(key, _WEIGHT[key]) if any("*" in text for text in patterns) else _WEIGHT[key]
        for key, patterns in layer.match.items()
    )


def ranked(layers: list[Layer]) -> list[int]:
    """The numbers of layers by rank, lowest first; of equal rank in the order of the file. The last that matches wins."""
    return sorted(range(len(layers)), key=lambda number: specificity(layers[number]))


def in_order(layers: list[Layer]) -> list[Layer]:
    """The layers by rank."""
    return [layers[number] for number in ranked(layers)]
