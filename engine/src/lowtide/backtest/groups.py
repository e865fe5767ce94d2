"""The lists of a page: alerts added, gone and moved, or those of a single policy, each with its explanation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lowtide.backtest.backtest import Backtest
from lowtide.backtest.changes import LISTS
from lowtide.backtest.explaining import Explaining
from lowtide.backtest.lines import amount
from lowtide.explain import Explanation
from lowtide.words import Language


@dataclass(frozen=True)
class Explained:
    """One explanation as the page shows it."""

    alert_id: str
    title: str
    parts: Sequence[tuple[str, Sequence[str]]]
    """Sentences by heading."""
    verdict: str

    @classmethod
    def of(cls, alert_id: str, explanation: Explanation) -> Explained:
        """The sentences of an explanation; what was not computed again and what people did are left out."""
        tell = explanation.language
        parts = [
            (tell.word("heading", key), sentences)
            for key, sentences in explanation.sections.items()
            if sentences
        ]
        return cls(alert_id, explanation.title, parts, explanation.verdict())


@dataclass(frozen=True)
class Entry:
    """One alert of a list."""

    severity: str
    """The gravest that it had: the class of its mark."""
    severity_word: str
    type: str
    item: str
    place: str
    when: str
    moved: str
    """What is different, in words; '' where that is not asked."""
    loss: str
    owner: str
    explanations: Sequence[tuple[str, Explained]]
    """By policy; '' where there is only one explanation."""


@dataclass(frozen=True)
class Group:
    """One list, cut to the dearest alerts."""

    key: str
    heading: str
    lead: str
    left_out: str
    entries: Sequence[Entry]


def groups(result: Backtest, tell: Language, most: int) -> list[Group]:
    """The lists of a page in their order."""
    explaining = [Explaining(side.outcome, result.files, tell.lang) for side in result.sides]
    names = {letter: side.name for letter, side in zip("ab", result.sides, strict=False)}
    if len(result.sides) == 1:
        return [_group("opened", result.document["opened"], result, explaining, tell, most, names)]
    changes = result.document["changes"]
    return [_group(key, changes[key], result, explaining, tell, most, names) for key in LISTS]


def _group(
    key: str, rows: Sequence[Mapping[str, Any]], result: Backtest, explaining: Sequence[Explaining], tell: Language,
    most: int, names: Mapping[str, str],
) -> Group:  # fmt: skip
    shown = rows[:most]
    left = len(rows) - len(shown)
    lead = tell.say("backtest.list.lead", alerts=tell.count(len(rows), "alert"))
    left_out = (
        tell.say("backtest.list.left_out", shown=tell.number(len(shown)), left=tell.number(left))
        if left
        else ""
    )
    money = result.document["money"]
    entries = [_entry(key, row, explaining, tell, money, names) for row in shown]
    return Group(key, tell.say(f"backtest.list.{key}", **names), lead, left_out, entries)


def _entry(
    key: str, row: Mapping[str, Any], explaining: Sequence[Explaining], tell: Language, money: str, names: Mapping[str, str]
) -> Entry:  # fmt: skip
    if key == "moved":
        sides = [
            (names["b"], explaining[1], row["alert_id"]),
            (names["a"], explaining[0], row["alert_id_before"]),
        ]
    else:
        sides = [("", explaining[0 if key in ("gone", "opened") else 1], row["alert_id"])]
    explanations = [
        (
            tell.say("backtest.under", name=name) if name else "",
            Explained.of(alert_id, one.explanation(alert_id)),
        )
        for name, one, alert_id in sides
    ]
    return Entry(
        row["severity"], tell.word("severity", row["severity"]), tell.word("type", row["type"]),
        tell.named(row["sku"], row["name"]), row["location"],
        tell.instant(row["opened_at"]), _moved(row, tell) if key == "moved" else "",
        tell.say("backtest.loss_of", n=amount(row["loss"], money, tell)),
        tell.say("backtest.to_owner", owner=row["owner"]) if row["owner"] else "", explanations,
    )  # fmt: skip


def _moved(row: Mapping[str, Any], tell: Language) -> str:
    """By how much the alert opens earlier or later, and how its severity changes."""
    parts = []
    if row["later_hours"]:
        length = tell.duration(60 * abs(row["later_hours"]))
        parts.append(tell.say("backtest.later" if row["later_hours"] > 0 else "backtest.earlier", n=length))
    if row["severity"] != row["severity_before"]:
        old, new = (tell.word("severity", row[name]) for name in ("severity_before", "severity"))
        parts.append(tell.say("backtest.severity_moved", old=old, new=new))
    return tell.say("since.and").join(parts)
