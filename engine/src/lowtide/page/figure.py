"""A figure as a card: its name, its value, how it changed, and the term that explains it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lowtide.report.figures import Figure
from lowtide.words import Language

_TERMS = {
    "alerts": "alert", "opened": "alert", "acknowledged": "acknowledge", "loss": "expected_loss",
    "out_of_stock": "stockout", "demand": "demand", "response_rate": "acknowledge", "mtta": "mtta", "mttr": "mttr",
    "in_time": "in_time", "resolved_in_time": "in_time", "precision": "precision", "false_alarms": "false_alarm",
    "reopen_rate": "reopen_rate", "missed_stockouts": "missed_stockout", "warning_lead": "warning_time",
    "pushes": "message", "hours_over": "load", "in_stock": "in_stock", "excess": "excess", "dead": "dead_stock",
    "turns": "turnover",
}  # fmt: skip
"""The entry of the glossary that explains a figure."""
_TONES = {"better": "better", "worse": "worse"}


@dataclass(frozen=True)
class Card:
    """What a card shows. `tone`: better, worse or empty."""

    name: str
    value: str
    note: str
    tone: str
    term: str
    known: bool


def cards(
    figures: Iterable[Figure], tell: Language, *, in_units: bool = False, compare: bool = True
) -> list[Card]:
    """The cards of some figures. Without `compare` nothing is said about the time before."""
    return [_card(figure, tell, in_units, compare) for figure in figures]


def _card(figure: Figure, tell: Language, in_units: bool, compare: bool) -> Card:
    known = figure.value is not None
    value = written(figure, figure.value, tell, in_units)
    unit = f"figure.{figure.key}.unit"
    notes = [tell.say(unit)] if known and tell.has(unit) else []
    notes += [detail] if (detail := _detail(figure, tell)) else []
    if compare and known:
        notes.append(_change(figure, tell, in_units))
    if not known:
        notes.append(tell.say("view.kpi.unknown_yet"))
    gap = "；" if tell.lang == "zh" else "; "
    tone = (
        _TONES.get(figure.verdict or "", "") if compare and not _reads_alike(figure, tell, in_units) else ""
    )
    return Card(
        tell.word("figure", figure.key), value, gap.join(notes), tone, _TERMS.get(figure.key, ""), known
    )


def written(figure: Figure, value: float | None, tell: Language, in_units: bool = False) -> str:
    """A value of a figure with its unit; a sign for one that is not known."""
    if value is None:
        return "–"
    if figure.kind == "share":
        return tell.share(value)
    if figure.kind == "minutes":
        return tell.duration(value)
    if figure.kind == "money":
        return tell.say("units_of", n=tell.number(value, 1)) if in_units else tell.money(value)
    if figure.kind == "rate":
        return tell.number(value, 2 if abs(value) < 10 else 1)
    return tell.number(value)


def _change(figure: Figure, tell: Language, in_units: bool) -> str:
    if figure.verdict is None:
        return tell.say("view.incomparable")
    before = written(figure, figure.before, tell, in_units)
    verdict = "same" if _reads_alike(figure, tell, in_units) else figure.verdict
    return f"{tell.say(f'view.{verdict}')} · {tell.say('view.was', before=before)}"


def _reads_alike(figure: Figure, tell: Language, in_units: bool) -> bool:
    """Whether both times are written alike: `worse, was 99.9 %` beside 99.9 % would be a riddle."""
    return written(figure, figure.before, tell, in_units) == written(figure, figure.value, tell, in_units)


def _detail(figure: Figure, tell: Language) -> str:
    """The counts that a reader needs to judge a figure; empty if the figure has no counts."""
    facts = figure.detail
    if figure.value is None:
        return ""
    if figure.key == "precision" and "rated" in facts:
        low, high = facts.get("low"), facts.get("high")
        return tell.say(
            "view.kpi.precision_rated", rated=tell.number(facts["rated"]),
            alerts=tell.count(int(facts.get("alerts", 0)), "alert"), share=tell.share(facts.get("rated_share") or 0, 0),
            low=tell.share(low or 0, 0), high=tell.share(1 if high is None else high, 0),
        )  # fmt: skip
    if figure.key in ("mtta", "mttr") and facts.get("p90") is not None:
        return tell.say(
            "view.kpi.p90", p90=tell.duration(facts["p90"]), count=tell.number(facts.get("count", 0))
        )
    return ""
