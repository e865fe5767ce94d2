"""The figures of a back-test in words, a line each, with the value under each policy and the difference."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lowtide.ledger import GRAVEST_FIRST
from lowtide.words import Language

Figures = Mapping[str, Any]
"""The figures of one policy, as in the document."""
Kind = Literal["count", "of", "hours", "share", "rate", "money"]


@dataclass(frozen=True)
class Line:
    """One figure. `change` is '' for a single policy and where nothing changes; `verdict` is better, worse or ''."""

    key: str
    label: str
    means: str
    values: tuple[str, ...]
    change: str
    verdict: str


@dataclass(frozen=True)
class _Figure:
    key: str
    kind: Kind
    value: Callable[[Figures], float | None]
    more_is_better: bool | None = None
    """None: more is neither."""
    of: Callable[[Figures], int] | None = None


def _severity(name: str) -> Callable[[Figures], float]:
    return lambda one: sum(row[name] for row in one["by_type"])


_FIGURES = (
    _Figure("alerts", "count", lambda one: one["alerts"]),
    *(_Figure(name, "count", _severity(name)) for name in GRAVEST_FIRST),
    _Figure("pushes", "count", lambda one: one["pushes"]),
    _Figure("pushes_an_hour", "rate", lambda one: _an_hour(one)),
    _Figure("foretold", "of", lambda one: one["stockouts"]["foretold"], True, lambda one: one["stockouts"]["stockouts"]),
    _Figure("told_while_empty", "count", lambda one: one["stockouts"]["told_while_empty"]),
    _Figure("never_told", "count", lambda one: one["stockouts"]["never_told"], False),
    *(
        _Figure(f"lead_{name}", "hours", lambda one, name=name: one["stockouts"]["lead_hours"][name], True)  # type: ignore[misc]
        for name in ("median", "p10", "p90")
    ),
    _Figure("share_met", "share", lambda one: one["stockouts"]["share_met"], True),
    _Figure("false", "count", lambda one: one["false_alarms"]["false"], False),
    _Figure("false_rate", "rate", lambda one: one["false_alarms"]["per_1000_positions_day"], False),
    _Figure("loss", "money", lambda one: one["loss"]),
    _Figure("calibration", "of", lambda one: inside(one), None, lambda one: len(one["calibration"])),
)  # fmt: skip


def lines(document: Mapping[str, Any], tell: Language) -> list[Line]:
    """Every figure of the document; those that need a file of people only if there was one."""
    sides = document["policies"]
    figures = [one for one in _FIGURES if one.key != "pushes_an_hour" or sides[0]["owners"] is not None]
    return [_line(one, sides, document["money"], tell) for one in figures]


def inside(one: Figures) -> int:
    """In how many tenths of the scale what was said lies in the interval of what came true."""
    return sum(row["low"] <= row["said"] <= row["high"] for row in one["calibration"])


def amount(value: float | None, money: str, tell: Language) -> str:
    """A loss as it is written: in money, or in units where the catalogue has no prices."""
    if value is None:
        return tell.say("none")
    return tell.say("units_of", n=tell.units(round(value, 1))) if money == "units" else tell.money(value)


def money_in(document: Mapping[str, Any], tell: Language) -> str:
    """What losses are counted in."""
    money, currency = document["money"], document["currency"]
    return (
        tell.say(f"money_{money}_in", currency=currency)
        if currency and money != "units"
        else tell.say(f"money_{money}")
    )


def _an_hour(one: Figures) -> float | None:
    hours = sum(owner["hours"] for owner in one["owners"])
    return one["pushes"] / hours if hours else None


def _line(one: _Figure, sides: list[Figures], money: str, tell: Language) -> Line:
    values = [one.value(side) for side in sides]
    label = (
        tell.say("backtest.fig.severity", severity=tell.word("severity", one.key))
        if one.key in GRAVEST_FIRST
        else tell.say(f"backtest.fig.{one.key}")
    )
    means = f"backtest.means.{one.key}"
    said = tuple(_text(one, value, side, money, tell) for value, side in zip(values, sides, strict=True))
    change, verdict = _change(one, values, money, tell)
    money_word = {"money": tell.say(f"money_{money}")} if one.key == "loss" else {}
    return Line(
        one.key, label, tell.say(means, **money_word) if tell.has(means) else "", said, change, verdict
    )


def _text(one: _Figure, value: float | None, side: Figures, money: str, tell: Language) -> str:
    if value is None:
        return tell.say("none")
    if one.of is not None:
        whole = one.of(side)
        if not whole:
            return tell.say("none")
        counts = {"n": tell.number(value), "all": tell.number(whole)}
        if one.key == "calibration":
            return tell.say("backtest.of", **counts)
        return tell.say("backtest.of_share", share=tell.share(value / whole), **counts)
    return _number(one.kind, value, money, tell)


def _number(kind: Kind, value: float, money: str, tell: Language) -> str:
    match kind:
        case "hours":
            return tell.duration(60 * value)
        case "share":
            return tell.share(value)
        case "rate":
            return tell.number(value, 2 if abs(value) >= 1 else 4)
        case "money":
            return amount(value, money, tell)
        case _:
            return tell.number(value)


def _change(one: _Figure, values: list[float | None], money: str, tell: Language) -> tuple[str, str]:
    """How much more the second is than the first, with its sign, and whether that is better."""
    if len(values) < 2 or values[0] is None or values[1] is None or values[0] == values[1]:
        return "", ""
    difference = values[1] - values[0]
    sign = "+" if difference > 0 else "−"
    if one.kind == "share":
        text = tell.say("points", n=tell.number(abs(difference) * 100, 1))
    else:
        text = _number(one.kind, abs(difference), money, tell)
    if one.kind in ("count", "rate", "money") and values[0]:
        text += f" ({sign}{tell.share(abs(difference) / abs(values[0]), 0)})"
    if one.more_is_better is None:
        return f"{sign}{text}", ""
    return f"{sign}{text}", "better" if (difference > 0) == one.more_is_better else "worse"
