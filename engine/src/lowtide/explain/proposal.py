"""Tell a proposal in sentences: what it asks for, the days, the arithmetic line by line, its value, what to mind.

A proposal is a row with the columns of the desk's table `proposal`; `detail` and `marks` are objects, times
milliseconds since 1970 UTC or
aware. Numbers come from `detail` and from `recompute_proposal`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from lowtide.explain.check import Check
from lowtide.explain.proposal_arithmetic import arithmetic, days, value
from lowtide.explain.recompute_proposal import proposal_checks
from lowtide.rows import Row
from lowtide.words import Language

_MAKES_ORDERS = ("order", "production")


@dataclass(frozen=True)
class ProposalStory:
    """One proposal in the sentences of one language, and its numbers computed again."""

    language: Language
    title: str
    sections: dict[str, list[str]]
    """Sentences by heading: `heading.proposal.KEY` for days, arithmetic, value, warnings."""
    checks: list[Check]

    @cached_property
    def wrong(self) -> list[Check]:
        """The numbers that came out otherwise."""
        return [check for check in self.checks if not check.ok]

    @property
    def agrees(self) -> bool:
        """Whether every number came out the same."""
        return not self.wrong

    def verdict(self) -> str:
        """Say in one sentence how the second computation went."""
        if self.agrees:
            return self.language.say("proposal.agree", count=len(self.checks))
        return self.language.say("proposal.disagree", count=len(self.checks), wrong=len(self.wrong))

    def to_dict(self) -> Row:
        """Give everything in a form that JSON can hold."""
        numbers = [
            {"name": check.name, "proposed": check.engine, "recomputed": check.recomputed, "same": check.ok}
            for check in self.checks
        ]
        return {"title": self.title, "sections": self.sections, "numbers": numbers, "agrees": self.agrees}


def proposal_story(row: Row, language: Language) -> ProposalStory:
    """The story of one proposal, whichever kind it is."""
    sections = {
        "days": days(row, language),
        "arithmetic": arithmetic(row, language),
        "value": value(row, language),
        "warnings": warnings(row, language),
    }
    return ProposalStory(
        language, proposal_title(row, language), sections, proposal_checks(row["kind"], row["detail"])
    )


def proposal_title(row: Row, tell: Language) -> str:
    """What it asks for in one line, with names, packs and the cut-off."""
    kind, detail = row["kind"], row["detail"]
    lines = detail["steps"].get("lines", 0)
    title = tell.say(
        f"proposal.title.{kind}",
        quantity=quantity_of(row, tell),
        name=tell.named(row["sku"], row.get("name")),
        location=tell.named(row["location"], row.get("location_name")),
        supplier=tell.named(row["supplier"], row.get("supplier_name"))
        if row["supplier"]
        else tell.say("none"),
        origin=tell.named(row["from_location"], row.get("from_name")),
        ref=detail["inputs"].get("ref", ""),
        lines=tell.count(lines, "order"),
    )
    cut_off = moment_of(row.get("cut_off_at"))
    if cut_off is None or kind not in _MAKES_ORDERS:
        return title
    return tell.say("proposal.until", title=title, time=tell.instant(cut_off))


def quantity_of(row: Row, tell: Language) -> str:
    """The quantity, in packs where the supplier has some: `24 piece (2 × 12)`."""
    quantity = Decimal(str(row["quantity"]))
    text = tell.units(quantity)
    if row.get("unit"):
        text = tell.say("proposal.of_unit", quantity=text, unit=row["unit"])
    pack = Decimal(str(row["detail"]["inputs"].get("pack") or 1))
    if pack > 1 and quantity % pack == 0:
        return tell.say(
            "proposal.packs", quantity=text, packs=tell.units(quantity / pack), pack=tell.units(pack)
        )
    return text


def warnings(row: Row, tell: Language) -> list[str]:
    """What a person must know before the decision; a mark without a sentence is shown as it is."""
    chance = row["detail"]["result"].get("p_until")
    given: dict[str, Any] = {} if chance is None else {"chance": tell.chance(chance)}
    return [
        tell.say(key, **given) if tell.has(key := f"proposal.mark.{mark}") else str(mark)
        for mark in row["marks"]
    ]


def moment_of(value: Any) -> datetime | None:
    """A time of a row: milliseconds since 1970, an aware time, or None."""
    if value is None or isinstance(value, datetime):
        return value
    return datetime.fromtimestamp(int(value) / 1000, UTC)


__all__ = ["ProposalStory", "proposal_story", "proposal_title"]
