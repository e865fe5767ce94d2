"""The headline figures in words: a big number, what it means, what it was before."""

from __future__ import annotations

from dataclasses import dataclass

from lowtide.ledger import GRAVEST_FIRST
from lowtide.report.answers import Answers
from lowtide.report.figures import Figure
from lowtide.report.phrases import money_unit
from lowtide.words import Language


@dataclass(frozen=True)
class Card:
    """One figure in words. `value` is '' when it is not known; then `detail` says why."""

    key: str
    label: str
    value: str
    unit: str
    change: str
    verdict: str
    arrow: str
    means: str
    detail: str


def cards(answers: Answers, tell: Language) -> list[Card]:
    """All figures, in order."""
    return [_card(figure, answers, tell) for figure in answers.figures]


def _card(figure: Figure, answers: Answers, tell: Language) -> Card:
    key = figure.key
    known = figure.value is not None
    change, verdict, arrow = _change(figure, tell) if known else ("", "", "")
    return Card(
        key, tell.say(key), _text(figure, figure.value, answers, tell) if figure.value is not None else "",
        _unit(figure, answers, tell) if known else "", change, verdict, arrow, tell.say(f"{key}.means"),
        _detail(figure, answers, tell) if known else tell.say(f"{key}.none"),
    )  # fmt: skip


def _text(figure: Figure, value: float, answers: Answers, tell: Language) -> str:
    match figure.kind:
        case "share":
            return tell.share(value)
        case "minutes":
            return tell.duration(value)
        case "money":
            return tell.units(round(value)) if answers.money == "units" else tell.money(value)
        case "rate":
            return tell.number(value, 3 if value < 0.1 else 2 if value < 10 else 1)
        case "count":
            return tell.number(value)


def _unit(figure: Figure, answers: Answers, tell: Language) -> str:
    if figure.kind == "money":
        return "" if tell.currency and answers.money != "units" else tell.say(f"unit_{answers.money}")
    return tell.say(f"{figure.key}.unit") if tell.has(f"{figure.key}.unit") else ""


def _change(figure: Figure, tell: Language) -> tuple[str, str, str]:
    """What it was and by how much it changed; the verdict as a class and, in the text, as a word."""
    verdict, change = figure.verdict, figure.change
    if verdict is None or figure.before is None or figure.value is None:
        same = f"{figure.key}.same"
        return tell.say(same if tell.has(same) else "change.none"), "", ""
    if verdict == "same":
        return tell.say("change.same"), "same", "="
    arrow = "▲" if figure.value > figure.before else "▼"
    if change is None:
        by = ""
    elif figure.kind == "share":
        by = tell.say("points", n=tell.number(abs(change) * 100, 1))
    else:
        by = tell.share(abs(change), 0 if abs(change) >= 0.1 else 1)
    return " ".join(part for part in (by, tell.say(f"change.{verdict}")) if part), verdict, arrow


def was(figure: Figure, answers: Answers, tell: Language) -> str:
    """What it was in the period before, or ''."""
    if figure.value is None or figure.before is None:
        return ""
    return tell.say("change.was", before=_text(figure, figure.before, answers, tell))


def _detail(figure: Figure, answers: Answers, tell: Language) -> str:
    detail = figure.detail
    match figure.key:
        case "open_alerts":
            values = {name: tell.number(detail[name]) for name in GRAVEST_FIRST}
        case "expected_loss":
            values = {"money": money_unit(answers, tell)}
        case "in_stock":
            values = {
                "in_stock": tell.number(detail["in_stock"]), "wanted": tell.count(detail["wanted"], "position"),
                "clock": tell.instant(answers.scope.clock),
            }  # fmt: skip
        case "precision":
            values = {
                "rated": tell.number(detail["rated"]), "alerts": tell.count(detail["alerts"], "alert"),
                "share": tell.share(detail["rated_share"]), "low": tell.share(detail["low"], 0),
                "high": tell.share(detail["high"], 0),
            }  # fmt: skip
        case "false_alarms":
            values = {
                "false": tell.count(detail["false"], "alert"), "said": tell.number(detail["said"]),
            }  # fmt: skip
        case "warning_lead":
            values = {"count": tell.count(detail["count"], "alert")}
        case "missed_stockouts":
            if not detail["stockouts"]:
                return tell.say("missed_stockouts.quiet")
            values = {
                "share": tell.share((figure.value or 0) / detail["stockouts"]),
                "stockouts": tell.count(detail["stockouts"], "stockout"),
            }  # fmt: skip
        case _:
            values = {"count": tell.count(detail["count"], "alert"), "p90": tell.duration(detail["p90"])}
    return tell.say(f"{figure.key}.detail", **values)
