"""Why is there an alert, and is its arithmetic right?

An alert is explained from its own ledger entries and nothing else: `story` tells it in sentences, `recompute`
works every number again with separate plain code, and `render` shows both. If a number comes out otherwise,
the explanation says so and does not hide it behind a sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lowtide.explain import story
from lowtide.explain.recompute import Check, checks
from lowtide.words.explanation import LANGUAGES, SEVERITY, TYPE, Lang, say, word

__all__ = ["LANGUAGES", "Check", "Explanation", "Lang", "Row", "explain"]

Row = dict[str, Any]


@dataclass(frozen=True)
class Explanation:
    """One alert, told and computed again."""

    lang: Lang
    title: str
    alert: Row
    """The ledger entry that is told: the last one, or the last that has numbers."""
    sections: dict[str, list[str]]
    """Sentences by heading: happened, stock, supply, demand, lines, policy, history, people, action."""
    checks: list[Check]
    """The numbers of the told entry, twice."""
    all_checks: dict[int, list[Check]]
    """The numbers of every entry, by its seq."""

    @property
    def wrong(self) -> list[tuple[int, Check]]:
        """The numbers that came out otherwise, with the seq of their entry."""
        return [(seq, check) for seq, found in self.all_checks.items() for check in found if not check.ok]

    @property
    def agrees(self) -> bool:
        """Whether every number of every entry came out the same."""
        return not self.wrong

    def verdict(self) -> str:
        """Say in one sentence how the computing again went."""
        count = sum(len(found) for found in self.all_checks.values())
        if not count:
            return say("nothing_to_check", self.lang)
        if self.agrees:
            entries = sum(1 for found in self.all_checks.values() if found)
            return say("agree", self.lang, count=count, entries=entries)
        return say("disagree", self.lang, count=count, wrong=len(self.wrong))

    def to_dict(self) -> Row:
        """Give everything in a form that JSON can hold."""
        return {
            "alert_id": self.alert["alert_id"],
            "lang": self.lang,
            "title": self.title,
            "agrees": self.agrees,
            "verdict": self.verdict(),
            "sections": self.sections,
            "numbers": [
                {
                    "seq": seq,
                    "name": check.name,
                    "bucket": check.bucket,
                    "engine": check.engine,
                    "recomputed": check.recomputed,
                    "difference": check.difference if check.difference < 1e300 else None,
                    "ok": check.ok,
                }
                for seq, found in self.all_checks.items()
                for check in found
            ],
            "entry": self.alert,
        }


def explain(
    entries: list[Row],
    catalogue_row: Row | None = None,
    lang: Lang = "en",
    actions: list[Row] | None = None,
) -> Explanation:
    """Explain one alert from all its ledger entries (names of interfaces.md, `detail` as an object).

    `catalogue_row` is the SKU's row of the catalogue, for its name; None will do. `actions` is
    what people did: rows of `alert_action`.
    """
    if not entries:
        raise ValueError("an alert has at least one ledger entry")
    ordered = sorted(entries, key=lambda entry: int(entry["seq"]))
    last = ordered[-1]
    told = next((entry for entry in reversed(ordered) if (entry.get("detail") or {}).get("out_by")), last)
    if last["entry"] not in {"CLEARED", "EXPIRED", "SUPERSEDED"}:
        told = last
    found = {int(entry["seq"]): checks(entry) for entry in ordered}
    name = (catalogue_row or {}).get("name") or (catalogue_row or {}).get("description")
    sections = {
        "happened": story.happened(last, lang),
        "stock": story.stock(told, lang),
        "supply": story.supply(told, lang),
        "demand": story.demand(told, lang),
        "lines": story.lines(told, lang),
        "policy": story.policy(told, lang),
        "history": story.history(ordered, lang),
        "people": story.people(actions or [], lang),
        "action": story.action(last, lang),
    }
    title = say(
        "title",
        lang,
        severity=word(SEVERITY, last["severity"], lang),
        type=word(TYPE, last["type"], lang),
        name=f"{name} ({last['sku']})" if name else last["sku"],
        location=last["location"],
    )
    return Explanation(lang, title, told, sections, found[int(told["seq"])], found)
