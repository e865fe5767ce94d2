"""How often deliveries come late or short, and by how many days."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LATE_SHARE, SHORT_SHARE = 0.115, 0.04
"""Shares of deliveries that come late, and that bring only half."""
LATE_CHANCE, LATE_DAYS = (0.0, 0.25, 0.5, 0.75, 1.0), (1.0, 5.0, 12.0, 25.0, 60.0)
"""Days by which a late delivery is late: quartiles 5, 12 and 25, at most 60."""


def days_late(draw: np.random.Generator, deliveries: int) -> NDArray[np.int64]:
    """Whole days by which each delivery is late; 0: on time."""
    late = draw.random(deliveries) < LATE_SHARE
    days = np.ceil(np.interp(draw.random(deliveries), LATE_CHANCE, LATE_DAYS))
    return np.where(late, days, 0).astype(np.int64)
