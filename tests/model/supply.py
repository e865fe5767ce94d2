"""What is known of one ref: sums of what was shipped and received, and the latest statements about it."""

from dataclasses import dataclass

NEVER = (-1, None)


@dataclass
class Supply:
    order: tuple = NEVER
    """(event_time, quantity) of the latest order, by event time and then by arrival."""
    stated: tuple = NEVER
    """(event_time, due) of the latest order or shipment that states one."""
    supposed: tuple = NEVER
    """(event_time, due) of the latest shipment that states none: it holds while nothing is stated."""
    shipped: int = 0
    received: int = 0
    last: int = -1
    """The latest event time of all its records."""

    @property
    def is_ordered(self) -> bool:
        return self.order != NEVER

    @property
    def ordered(self) -> int:
        return self.order[1] if self.is_ordered else max(0, self.shipped)

    @property
    def due(self) -> int | None:
        return self.supposed[1] if self.stated == NEVER else self.stated[1]

    @property
    def remaining(self) -> int:
        return max(0, self.ordered - max(0, self.received))

    @property
    def in_transit(self) -> int:
        return min(max(0, self.shipped - max(0, self.received)), self.remaining)

    @property
    def over_received(self) -> int:
        """A cancellation says nothing of what had come before it."""
        return max(0, self.received - self.ordered) if self.is_ordered and self.ordered else 0


def later(statement: tuple, when: int, value: int) -> tuple:
    """The latest statement holds; of two at one time the one that arrives last."""
    return (when, value) if when >= statement[0] else statement
