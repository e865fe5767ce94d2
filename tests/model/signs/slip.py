"""slipping_supply: a supply is later than first promised, and that makes a stockout likely."""

from tests.model.decision import Demand, Projection, Supply, arrival_days
from tests.model.instant import DAY, HOUR
from tests.model.ordering import Ordering
from tests.model.signs.days import ClosedDay
from tests.model.signs.near import at_least
from tests.model.signs.verdict import Verdict
from tests.model.wire import Record

SEVERITIES = ("watch", "warning", "critical")


class Slip:
    type = "slipping_supply"

    def __init__(self, shelf) -> None:
        self.shelf = shelf
        self.ordering = Ordering()
        self.promised: dict = {}
        """Ref to (its supply, event time, due) of the earliest statement."""
        self.placed: dict = {}
        """Ref to (its supply, event time) of its earliest order."""
        self.on: set[str] = set()
        """Severities over their line, and not yet under their exit line."""

    def record(self, record: Record, before) -> None:
        """The first statement of a due, by event time, holds as long as the ref is remembered."""
        if record.kind not in ("order", "shipment"):
            return
        supply, when = self.shelf.stock.supply[record.ref], record.event_time
        due = record.due
        if record.kind == "order":
            due = when + self.shelf.values.lead_time if due is None else due
            self.first(self.placed, record.ref, supply, when)
        if due is not None:
            self.first(self.promised, record.ref, supply, when, due)

    def first(self, known: dict, ref: str, supply, when: int, *value) -> None:
        if ref not in known or known[ref][0] is not supply or when < known[ref][1]:
            known[ref] = (supply, when, *value)

    def midnight(self, closed: ClosedDay) -> None:
        """How it is ordered for: what was there, and open from earlier orders, on a day with an order or without."""
        position, quantity, lead = self.shelf.available, 0, 0
        if not self.shelf.stock.was_ordered:
            return
        for ref, supply in sorted(self.shelf.stock.supply.items()):
            known = self.placed.get(ref)
            day = known[1] // DAY if known and known[0] is supply else None
            if day == closed.number and supply.ordered > 0:
                quantity += supply.ordered
                position -= (
                    supply.received
                )  # what came of it on the same day was not there when it was ordered
                lead = max(lead, supply.due // DAY - day)
            else:
                position += supply.remaining
        self.ordering.close(position / 1000, quantity / 1000, lead)

    def slipping(self) -> list:
        """(ref, supply, first due): later than first promised, or past its due, and not yet past the grace."""
        now, found = self.shelf.now, []
        for ref, supply in self.shelf.stock.open_supply.items():
            known = self.promised.get(ref)
            if known is None or known[0] is not supply:
                continue
            slips = supply.due > known[2] or supply.due <= now
            if slips and now < supply.due + self.shelf.values.grace:
                found.append((ref, supply, min(known[2], supply.due)))
        return found

    def chances(self) -> tuple[float, float]:
        """Of a stockout as things stand, and if each supply that slips came, whole, when it was first promised."""
        shelf, values = self.shelf, self.shelf.values
        into, today = shelf.now % DAY // HOUR, shelf.now // DAY
        estimate = shelf.days.estimate
        exposure = [day + 1 - into / 24 for day in range(values.horizon)]
        demand = Demand(estimate.rate, estimate.phi, estimate.kappa, exposure)

        def supply(quantity: int, due: int) -> Supply:
            days = arrival_days(due // DAY - today, values.lateness, values.horizon)
            return Supply(quantity / 1000, days)

        available, early = shelf.available / 1000, shelf.available / 1000
        now, promised, slips = [], [], {ref: due for ref, _, due in self.slipping()}
        for ref, one in shelf.stock.open_supply.items():
            now.append(supply(one.remaining, one.due))
            if ref not in slips:
                promised.append(now[-1])
            elif slips[ref] // DAY < today:
                early += one.remaining / 1000
            else:
                promised.append(supply(one.remaining, slips[ref]))
        position = available + shelf.stock.on_order / 1000
        whole_days = Demand(estimate.rate, estimate.phi, estimate.kappa, range(1, values.horizon + 1))
        expected = self.ordering.expected(position, whole_days, values.lateness)
        more = [] if expected is None else [expected]

        def chance(stock: float, supplies: list) -> float:
            return round(Projection(demand, supplies).p_stockout(stock), 6)

        return chance(available, now + more), chance(early, promised + more)

    def times(self):
        """When a supply begins to slip because its due time passes, or is overdue; if open, each full hour."""
        slips = [ref for ref, _, _ in self.slipping()]
        for ref, supply in self.shelf.stock.open_supply.items():
            yield supply.due if ref not in slips else supply.due + self.shelf.values.grace
        if self.shelf.is_open(self.type):
            yield (self.shelf.now // HOUR + 1) * HOUR

    def judge(self, occasion) -> Verdict:
        values, now = self.shelf.values, self.shelf.now
        slips = self.slipping()
        overdue = any(one.due + values.grace <= now for one in self.shelf.stock.open_supply.values())
        opened = self.shelf.is_open(self.type)
        if not slips or overdue:
            self.on = set()
            return Verdict(
                False, True, "watch", {"slipping": [ref for ref, _, _ in slips]}, taken_over=overdue
            )
        p, promised = self.chances()
        for name in SEVERITIES:
            line = getattr(values, name)
            (
                self.on.add
                if self.over(p, line * (values.exit_ratio if name in self.on else 1))
                else self.on.discard
            )(name)
        numbers = {"slipping": [ref for ref, _, _ in slips], "p_as_promised": promised, "p_stockout": p}
        severity = next((name for name in reversed(SEVERITIES) if name in self.on), "watch")
        if opened:
            over = "watch" not in self.on or self.over(promised, 0.75 * p)
            if over:
                self.on = set()
            return Verdict(False, over, severity, numbers)
        opens = (
            "watch" in self.on and not self.over(promised, values.watch) and not self.over(promised, p / 2)
        )
        if not opens:
            self.on = set()
        return Verdict(opens, True, severity, numbers)

    def over(self, p: float, line: float) -> bool:
        return at_least(p, line, 1e-5)
