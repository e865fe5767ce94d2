"""process_hole: a record came without the one that should come before it."""

from tests.model.signs.verdict import Verdict
from tests.model.wire import Record


class Holes:
    type = "process_hole"

    def __init__(self, shelf) -> None:
        self.shelf = shelf
        self.found: dict[str, int] = {}
        """Records of the last `hole_hold`, by kind."""
        self.last: int | None = None
        """When the last of them came."""
        self.sold = False

    def record(self, record: Record, before) -> None:
        kind = "return" if record.kind == "sale" and record.quantity < 0 else record.kind
        kind = "receipt" if kind == "transfer_in" else kind
        hole = {
            "receipt": record.ref is None and self.shelf.stock.was_ordered,
            "return": not self.sold,
            "adjustment": record.reason is None,
        }
        if hole.get(kind) and kind in self.shelf.values.holes:
            self.found[kind] = self.found.get(kind, 0) + 1
            self.last = self.shelf.now
        self.sold |= kind == "sale"

    def unordered(self) -> list[tuple[str, int]]:
        """Refs that have no order, with the time from which they count; one that was shipped is a shipment."""
        values, found = self.shelf.values, []
        if not self.shelf.stock.was_ordered:
            return []
        for ref, supply in sorted(self.shelf.stock.supply.items()):
            kind = "shipment" if supply.shipped > 0 else "receipt"
            remembered = supply.remaining or self.shelf.now - supply.last <= values.ref_memory
            came = supply.shipped > 0 or supply.received > 0
            if not supply.is_ordered and came and remembered and kind in values.holes:
                found.append((ref, supply.last + values.hole_after))
        return found

    def times(self):
        starts = [when for _, when in self.unordered()] + ([self.last] if self.last is not None else [])
        yield from starts
        yield from (when + self.shelf.values.hole_hold for when in starts)
        yield from (
            supply.last + self.shelf.values.ref_memory + 1 for supply in self.shelf.stock.supply.values()
        )

    def judge(self, occasion) -> Verdict:
        now, hold = self.shelf.now, self.shelf.values.hole_hold
        refs = self.unordered()
        if self.last is not None and now >= self.last + hold:
            self.last, self.found = None, {}
        holds = self.last is not None or any(when <= now < when + hold for _, when in refs)
        unordered = [ref for ref, when in refs if when <= now]
        return Verdict(holds, not holds, "watch", {"holes": dict(self.found), "unordered": unordered})
