"""The life of orders, said a second time with dictionaries: who may decide what, what replaces what, who must hear of it.

It was written from the rules alone. Positions are ordered by minimum and maximum here, so the quantity does not depend
on the hour; the arithmetic of chances has a model of its own. Times are local and naive; money is whole.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

Proposal = dict[str, Any]
COST, PACK, LOW, FULL = 4, 12, 20, 100
ORDER_WEEKDAYS = (0, 3)
"""Monday and Thursday, until 15:00; people are asked from 14:00 on."""
UNDECIDED, DECIDED = ("proposed", "submitted"), ("approved", "exported")


def quantity_for(available: int) -> int:
    """Whole packs up to the maximum, where no more than the minimum is there."""
    return -(-(FULL - available) // PACK) * PACK if available <= LOW else 0


def cut_off_after(now: datetime) -> datetime:
    """The next cut-off that is later."""
    day = now.replace(hour=15, minute=0)
    while day.weekday() not in ORDER_WEEKDAYS or day <= now:
        day += timedelta(days=1)
    return day


class LifeModel:
    """One supplier, one location, some SKUs."""

    def __init__(self, people: dict[str, dict[str, Any]], skus: dict[str, int], now: datetime) -> None:
        self.people, self.available, self.now = people, dict(skus), now
        self.proposals: list[Proposal] = []
        self.causes: set[tuple[str, str]] = set()
        self.alerts: dict[str, str] = {}
        """Open alerts: SKU by name."""

    # --- time ---------------------------------------------------------------------------------------------

    def until(self, then: datetime) -> None:
        """Order days come, and what nobody decided before its cut-off is asked again for the next one."""
        self.look()
        while True:
            cut_off = cut_off_after(self.now)
            ask = cut_off - timedelta(hours=1)
            at = ask if self.now < ask else cut_off
            if at > then:
                break
            self.now = at
            if at == ask:
                for sku in self.available:
                    self.take(sku, f"day {cut_off:%F}", "")
            self.look()
        self.now = then

    def look(self) -> None:
        """What waits is reckoned again."""
        for one in [one for one in self.proposals if one["state"] in UNDECIDED]:
            self.again(one)

    def again(self, one: Proposal) -> Proposal | None:
        """Returns what stands in its place if it has moved, an empty dictionary if it is not needed, None if it holds."""
        wanted = quantity_for(self.available[one["sku"]])
        if wanted == 0:
            one["state"] = "withdrawn"
            return {}
        if one["cut_off"] > self.now and abs(wanted - one["asked"]) <= one["asked"] * 0.1:
            return None
        one["state"] = "superseded"
        return self.propose(one["sku"], wanted, one["alert"], one["owner"])

    def ordered(self) -> list[Proposal]:
        """By SKU, in the order in which they were made."""
        return sorted(self.proposals, key=lambda one: str(one["sku"]))

    # --- what asks ----------------------------------------------------------------------------------------

    def take(self, sku: str, cause: str, alert: str, owner: str = "chen") -> None:
        """An order day or an alert asks for an order of a SKU."""
        wanted = quantity_for(self.available[sku])
        if wanted == 0:
            return
        waiting = [one for one in self.proposals if one["sku"] == sku and one["state"] in UNDECIDED + DECIDED]
        for one in [one for one in waiting if one["state"] in UNDECIDED]:
            self.again(one)
        if not waiting and (sku, cause) not in self.causes:
            self.propose(sku, wanted, alert, owner)
            self.causes.add((sku, cause))

    def propose(self, sku: str, wanted: int, alert: str, owner: str) -> Proposal:
        one = {
            "sku": sku, "state": "proposed", "asked": wanted, "quantity": wanted, "alert": alert, "owner": owner,
            "holder": owner, "cut_off": cut_off_after(self.now), "over_limit": False, "since": self.now,
        }  # fmt: skip
        self.proposals.append(one)
        return one

    def opened(self, name: str, sku: str, severity: str) -> None:
        """An alert opens or worsens: a warning asks, a watch does not."""
        self.alerts[name] = sku
        if severity != "watch":
            self.take(sku, f"alert {name} {severity}", name)

    def ended(self, name: str) -> None:
        """What nobody decided ends with its alert, unless an order day that has come asks for it too."""
        self.alerts.pop(name, None)
        for one in self.proposals:
            has_day_come = one["cut_off"] - timedelta(hours=1) <= self.now < one["cut_off"]
            if one["alert"] == name and one["state"] in UNDECIDED and not has_day_come:
                one["state"] = "closed"

    # --- what people do -----------------------------------------------------------------------------------

    def limit(self, person: str) -> float:
        return float(self.people[person].get("limit", float("inf")))

    def is_absent(self, person: str) -> bool:
        return any(first <= self.now < last for first, last in self.people[person].get("absences", ()))

    def above(self, person: str, cost: int) -> tuple[str, bool] | None:
        """The nearest lead whose limit covers it, the deputy of one who is absent by the deputy's own limit; else the
        last lead, marked. None: nobody is above."""
        last, lead = None, self.people[person].get("lead")
        while lead:
            asked = (
                self.people[lead]["deputy"]
                if self.is_absent(lead) and self.people[lead].get("deputy")
                else lead
            )
            if asked != person and cost <= self.limit(asked):
                return asked, True
            last, lead = lead, self.people[lead].get("lead")
        return (last, False) if last else None

    def approve(self, one: Proposal, person: str, is_current: bool, amount: int | None = None) -> str:
        """APPROVED, SUBMITTED, or why not."""
        if one["state"] not in UNDECIDED:
            return "refused"
        if not is_current:
            return "conflict"
        if self.again(one) is not None:
            return "conflict"
        amount = amount or one["quantity"]
        cost = amount * COST
        found = None if cost <= self.limit(person) else self.above(person, cost)
        is_over = cost > self.limit(person)
        if is_over and found is None and one["state"] == "submitted" and one["holder"] != person:
            found = one["holder"], not one["over_limit"]
        if found is not None and is_over and one["state"] == "submitted":
            holds = person == one["holder"] or (self.is_absent(one["holder"]) and person == "li")
            if not holds or found[0] == one["holder"]:
                return "refused"  # a lead looks at it: nobody else changes what is asked
        if is_over and found is not None:
            one["state"], one["holder"], one["quantity"] = "submitted", found[0], amount
            one["over_limit"] |= not found[1]
            return "SUBMITTED"
        one["over_limit"] |= is_over
        one["state"], one["holder"], one["quantity"], one["since"] = "approved", person, amount, self.now
        return "APPROVED"

    def reject(self, one: Proposal, person: str) -> str:
        if one["state"] not in UNDECIDED + DECIDED:
            return "refused"
        one["state"], one["holder"] = "rejected", ""
        return "REJECTED"

    def export(self, one: Proposal) -> str:
        if one["state"] not in DECIDED:
            return "refused"
        if one["state"] == "approved":
            one["since"] = self.now
        one["state"] = "exported"
        return "EXPORTED"

    def came(self, one: Proposal) -> None:
        """A movement `order` carries its ref."""
        if one["state"] in UNDECIDED + DECIDED:
            one["state"] = "confirmed"
