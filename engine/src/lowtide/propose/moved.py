"""Whether the numbers of a proposal have moved so far that it is another one.

>>> moved(24_000, 26_000, 0.1), moved(24_000, 36_000, 0.1)
(False, True)
"""

from __future__ import annotations

from datetime import datetime


def moved(
    old: int,
    new: int,
    revise_over: float,
    *,
    old_requested: datetime | None = None,
    new_requested: datetime | None = None,
    same_origin: bool = True,
) -> bool:
    """Whether quantity (thousandths) or day moved. Another supplier or donor (`same_origin` False) is another proposal.

    A day moves if both are known and differ. A quantity moves if it differs by more than `revise_over` of the old one.
    """
    if not same_origin or (old == 0) != (new == 0):
        return True
    if old_requested is not None and new_requested is not None and old_requested != new_requested:
        return True
    return abs(new - old) > revise_over * abs(old)
