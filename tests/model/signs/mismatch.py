"""transfer_mismatch: another quantity was received than was shipped under one ref."""

from tests.model.signs.verdict import Verdict


class Mismatch:
    type = "transfer_mismatch"

    def __init__(self, shelf) -> None:
        self.shelf = shelf

    def times(self):
        for supply in self.shelf.stock.supply.values():
            if self.is_compared(supply):
                yield self.since(supply)
                yield supply.last + self.shelf.values.ref_memory + 1

    def is_compared(self, supply) -> bool:
        """What was not received is overdue, and a cancelled order is settled."""
        cancelled = supply.is_ordered and not supply.ordered
        return supply.received > 0 and supply.shipped > 0 and not cancelled

    def since(self, supply) -> int:
        return max(supply.due, supply.last) + self.shelf.values.mismatch_after

    def judge(self, occasion) -> Verdict:
        memory, now = self.shelf.values.ref_memory, self.shelf.now
        apart = [
            (ref, supply.shipped / 1000, supply.received / 1000, self.since(supply))
            for ref, supply in sorted(self.shelf.stock.supply.items())
            if self.is_compared(supply)
            and supply.shipped != supply.received
            and self.since(supply) <= now
            and not (supply.remaining == 0 and now - supply.last > memory)
        ]
        at_stake = sum(abs(shipped - received) for _, shipped, received, _ in apart)
        return Verdict(bool(apart), not apart, "warning", {"mismatches": apart, "at_stake": at_stake})
