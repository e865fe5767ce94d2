"""From a need to what the supplier takes and the shop can hold: minimum, packs, maximum. All in thousandths.

>>> up(16_000, 12_000), up(16_250, 1_000), down(23_999, 12_000)
(24000, 17000, 12000)
"""

from __future__ import annotations


def up(quantity: int, pack: int) -> int:
    """The least multiple of the pack that is not below `quantity`."""
    return -(-quantity // pack) * pack


def down(quantity: int, pack: int) -> int:
    """The greatest multiple of the pack that is not above `quantity`; 0 if it is negative."""
    return max(quantity, 0) // pack * pack


def ordered(need: int, moq: int, pack: int) -> int:
    """What is ordered for a need above 0: at least the minimum, whole packs."""
    return up(max(need, moq), pack)
