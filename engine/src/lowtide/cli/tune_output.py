"""What `lowtide tune` found, for a person: the layers that are proposed, what was promised, what was judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.text import Text

from lowtide.backtest.lines import amount, money_in
from lowtide.operation.screen import Listing, Screen
from lowtide.tune import Tuning
from lowtide.tune.proposal import Proposal
from lowtide.words import Language

_MOST = 12
"""Layers that are shown; the document has all."""


def show(found: Tuning, document: Mapping[str, Any], console: Screen, tell: Language) -> None:
    """Print everything."""
    told = Language(tell.lang, document["currency"])
    parts = found.parts
    console.print(
        told.say(
            "tune.about", first=told.day(parts.first), last=told.day(parts.choosing.last or parts.first),
            judged=told.day(parts.judge_from), tried=len(found.tried), groups=len(found.groups.categories),
        )
    )  # fmt: skip
    if found.left_out:
        console.print(told.say("tune.left_out", names="; ".join(one.name for one in found.left_out)))
    rated = sum(one.rated for one in found.feedback.of.values())
    console.print(
        told.say("tune.ratings", rated=told.number(rated)) if rated else told.say("tune.no_ratings")
    )
    console.print()
    console.print(Text(_verdict(found, told), "bold"))
    if found.proposals and found.is_promised:
        console.print()
        console.print(_layers(found, told))
        if len(found.proposals) > _MOST:
            console.print(told.say("tune.more", n=len(found.proposals) - _MOST))
    money = money_in(document, told)
    if found.proposals:
        _figures(found.promise, "tune.promise", money, console, told)
    if found.judged is not None:
        _figures(found.judged, "tune.judged", money, console, told)
        before, after = (amount(loss, document["money"], told) for loss in _as_said(found))
        console.print(told.say("tune.as_said", before=before, after=after))


def _as_said(found: Tuning) -> tuple[float, float]:
    """The expected loss warned of as the back-test has it, of the policy now and of the one that is proposed."""
    assert found.backtest is not None
    first, second = found.backtest.document["policies"]
    return first["loss"], second["loss"]


def _verdict(found: Tuning, tell: Language) -> str:
    if found.holds:
        return tell.say("tune.found", n=len(found.proposals))
    why = "no_change" if not found.proposals else "not_held" if found.is_promised else "not_promised"
    return f"{tell.say('tune.nothing')} {tell.say(f'tune.nothing.{why}')}"


def _layers(found: Tuning, tell: Language) -> Listing:
    table = Listing(box=None, pad_edge=False)
    for number, name in enumerate(("group", "values", "pushes", "loss", "in_time")):
        table.add_column(tell.say(f"tune.col.{name}"), justify="right" if number > 1 else "left")
    by_gain = sorted(found.proposals, key=lambda one: (one.before.value - one.after.value, one.group))
    for one in by_gain[:_MOST]:
        table.add_row(one.group, _values(one), *_change(one, tell))
    return table


def _values(one: Proposal) -> str:
    return ", ".join(f"{name} {value}" for name, value in one.set.items())


def _change(one: Proposal, tell: Language) -> list[str]:
    pairs = (
        (tell.number(one.before.pushes), tell.number(one.after.pushes)),
        (tell.amount(one.before.loss), tell.amount(one.after.loss)),
        (tell.number(one.before.in_time), tell.number(one.after.in_time)),
    )
    return [" → ".join(pair) for pair in pairs]


def _figures(figures: Mapping[str, Any], key: str, money: str, console: Screen, tell: Language) -> None:
    before, after = figures["before"], figures["after"]
    console.print()
    console.print(Text(tell.say(key, days=figures["days"]), "bold"))
    table = Listing(box=None, pad_edge=False)
    table.add_column(tell.say("tune.figure"))
    for name in ("now", "proposed"):
        table.add_column(tell.say(f"tune.{name}"), justify="right")

    def row(name: str, **gaps: str) -> None:
        cells = [_cell(name, one, tell) for one in (before, after)]
        table.add_row(tell.say(f"tune.{name}", **gaps), *cells)

    row("pushes_a_day")
    row("loss_a_day", money=money)
    if any(one["value_a_day"] != one["loss_a_day"] for one in (before, after)):
        row("value_a_day")
    row("share_met")
    row("in_time")
    console.print(table)


def _cell(name: str, one: Mapping[str, Any], tell: Language) -> str:
    value = one[name]
    if value is None:
        return tell.say("none")
    if name == "share_met":
        return tell.share(value)
    if name == "in_time":
        return tell.say("backtest.of", n=tell.number(value), all=tell.number(one["stockouts"]))
    return tell.number(value, 2)
