"""One alert in sentences, beside its numbers computed again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lowtide.explain import deliveries, reasons, story
from lowtide.explain.answers import answers
from lowtide.explain.check import Check
from lowtide.explain.learned import Learned, learned
from lowtide.explain.recompute import checks
from lowtide.ledger import ENDED
from lowtide.rows import Row
from lowtide.words import Lang, Language


@dataclass(frozen=True)
class Explanation:
    """One alert in the sentences of one language, and its numbers computed again."""

    language: Language
    title: str
    alert: Row
    """The ledger entry that the sentences are about: the last one, or the last that has numbers."""
    sections: dict[str, list[str]]
    """Sentences by heading: happened, stock, supply, demand, estimate, lines, policy, history, people, action."""
    all_checks: dict[int, list[Check]]
    """The numbers of every entry, by its seq."""
    again: Learned | None = None
    """The estimate of that entry, learned again from the stored days."""

    @property
    def checks(self) -> list[Check]:
        """The numbers of the entry that the sentences are about."""
        return self.all_checks[int(self.alert["seq"])]

    @property
    def wrong(self) -> list[tuple[int, Check]]:
        """The numbers that came out otherwise, with the seq of their entry."""
        return [(seq, check) for seq, numbers in self.all_checks.items() for check in numbers if not check.ok]

    @property
    def agrees(self) -> bool:
        """Whether every number of every entry came out the same."""
        return not self.wrong

    def verdict(self) -> str:
        """Say in one sentence how the second computation went."""
        counts = [len(numbers) for numbers in self.all_checks.values() if numbers]
        if not counts:
            return self.language.say("explain.nothing_to_check")
        if self.agrees:
            return self.language.say("explain.agree", count=sum(counts), entries=len(counts))
        return self.language.say("explain.disagree", count=sum(counts), wrong=len(self.wrong))

    def to_dict(self) -> Row:
        """Give everything in a form that JSON can hold."""
        return {
            "alert_id": self.alert["alert_id"],
            "lang": self.language.lang,
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
                for seq, numbers in self.all_checks.items()
                for check in numbers
            ],
            "learned": self.again.to_dict(self.alert["detail"]["demand"]) if self.again else None,
            "entry": self.alert,
        }


def explain(
    entries: list[Row],
    item: Row | None = None,
    lang: Lang = "en",
    actions: list[Row] | None = None,
    *,
    desk: list[Row] | None = None,
    names: Mapping[str, str] | None = None,
    place: str | None = None,
    zone: str = "UTC",
    now: Row | None = None,
    orders: list[Row] | None = None,
    days: list[Row] | None = None,
    terms: Row | None = None,
) -> Explanation:
    """Explain one alert from all its ledger entries, in their JSON form (`rows.plain_row`).

    `item` is the SKU's row of the catalogue, for its name; None where it does not have one. `actions` is what people
    did, `desk` what the desk did: rows of `alert_action` and of `alert_desk` in their JSON form; `names` is what people are
    called, by their keys. `place` is the name of the location; times are written in `zone`.
    `now` is the position's row of `position_current` and `orders` its open rows of `order_line`: stock and supply are
    told as they are now, or as in the entry where these are not given. `days` is the demand of its days (`day`,
    `demand`), from which the estimate is learned again under the values `terms` of its policy.
    """
    if not entries:
        raise ValueError("an alert has at least one ledger entry")
    language = Language(lang, zone=zone)
    ordered = sorted(entries, key=lambda entry: int(entry["seq"]))
    last = ordered[-1]
    alert = last
    if last["entry"] in ENDED:  # the entry that ends an alert often has no numbers
        alert = next(
            (entry for entry in reversed(ordered) if (entry.get("detail") or {}).get("out_by")), last
        )
    detail = alert.get("detail") or {}
    again = learned(detail, days, zone, terms) if days is not None and "demand" in detail else None
    of_shelf = alert["type"] != "silent_feed"  # a feed has neither stock nor demand
    sections = {
        "happened": story.happened(last, language),
        "stock": story.stock(alert, language, now) if of_shelf else [],
        "supply": deliveries.supply(alert, language, now, orders) if of_shelf else [],
        "demand": reasons.demand(alert, language) if of_shelf else [],
        "estimate": reasons.estimate(alert, language, again, stored=days is not None),
        "lines": story.lines(alert, language),
        "policy": story.policy(alert, language),
        "history": story.history(ordered, language),
        "people": answers(actions or [], desk or [], names or {}, language),
        "action": story.action(last, language, now),
    }
    all_checks = {int(entry["seq"]): checks(entry, zone) for entry in ordered}
    title = story.title(last, item, place, language)
    return Explanation(language, title, alert, sections, all_checks, again)
