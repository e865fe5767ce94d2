"""Which layer wins: location, region, department, class, supplier, category, SKU, from least to most specific."""

from __future__ import annotations

from lowtide import strict
from lowtide.policy.model import Layer


def specificity(layer: Layer) -> int:
    """How specific a layer is: see `strict.match`."""
    return strict.specificity(layer.match)


def ranked(layers: list[Layer]) -> list[int]:
    """The numbers of layers by rank, lowest first; of equal rank in the order of the file. The last that matches wins."""
    return sorted(range(len(layers)), key=lambda number: specificity(layers[number]))


def in_order(layers: list[Layer]) -> list[Layer]:
    """The layers by rank."""
    return [layers[number] for number in ranked(layers)]
