"""Whether the chances can be believed: what was said against what came true, one drawing a curve."""

from __future__ import annotations

from typing import get_args

from markupsafe import Markup

from lowtide.page.ask import Answer, Ask, Html, Page
from lowtide.page.csv_table import csv_table
from lowtide.page.drawing import Drawing
from lowtide.page.period_links import choices
from lowtide.report import charts
from lowtide.service.calibration import By, Calibration, Curve, Tenth, calibration
from lowtide.words import Language

_DIMENSIONS: tuple[By, ...] = get_args(By)
_WIDE, _SMALL = 460.0, 320.0
_FILE = ("decile", "low_end", "high_end", "positions", "days", "said", "came_true", "low", "high")


def view(ask: Ask) -> Answer:
    """The curves of a dimension."""
    by: By = next((one for one in _DIMENSIONS if one == ask.first("by")), "all")
    openings = ask.first("openings") == "1"
    found, tell = calibration(ask.context, ask.caller, by, openings), ask.language
    if ask.first("format") == "csv":
        rows = (
            [curve.value, *(getattr(one, name) for name in _FILE)]
            for curve in found.curves
            for one in curve.tenths
        )
        return csv_table("calibration", ["value", *_FILE], rows, raw=ask.raw)
    which = [
        ("", tell.say("view.calibration.days"), not openings),
        ("1", tell.say("view.calibration.openings"), openings),
    ]
    return Html("calibration", {
        "found": found, "dimensions": choices(tell, "view.by", _DIMENSIONS, by), "which": which,
        "curves": [_drawing(place, curve, found, tell) for place, curve in enumerate(found.curves)],
    })  # fmt: skip


def _drawing(place: int, curve: Curve, found: Calibration, tell: Language) -> Drawing:
    counted = tell.count(curve.days, "alert" if found.openings else "position_day")
    name = (
        curve.name or curve.value or tell.say("view.calibration.all" if found.by == "all" else "view.unnamed")
    )
    title, note = tell.say("view.calibration.title", name=name, days=counted), _verdict(curve, tell)
    points = [_point(one, tell) for one in curve.tenths]
    axis = (tell.say("calibration.x"), tell.say("calibration.y"))

    def draw(width: float) -> Markup:
        return charts.calibration(
            f"curve{place}", width, title, note, [] if found.openings else points, points if found.openings else [], axis,
            tell.say("calibration.kept"),
        )  # fmt: skip

    heads = [
        (tell.say("col.said"), "n", "chance"), (tell.say("col.share"), "n", ""), (tell.say("col.interval"), "n", "interval"),
        (tell.say("col.positions"), "n", "position"),
        (tell.say("view.alerts" if found.openings else "col.position_days"), "n", ""),
    ]  # fmt: skip
    rows = [
        [
            tell.share(one.said), tell.share(one.came_true), f"{tell.share(one.low, 0)} – {tell.share(one.high, 0)}",
            tell.number(one.positions), tell.number(one.days),
        ]
        for one in curve.tenths
    ]  # fmt: skip
    wide = _WIDE if len(found.curves) == 1 else _SMALL
    return Drawing(title, draw(wide), draw(_SMALL if wide != _SMALL else _SMALL - 20), note, (), heads, rows)


def _point(one: Tenth, tell: Language) -> charts.Promise:
    text = tell.say(
        "calibration.point", said=tell.share(one.said), share=tell.share(one.came_true), low=tell.share(one.low, 0),
        high=tell.share(one.high, 0), n=tell.number(one.days),
    )  # fmt: skip
    return charts.Promise(one.said, one.came_true, one.low, one.high, text)


def _verdict(curve: Curve, tell: Language) -> str:
    """In how many tenths what was said came true, and where the gap is largest."""
    if not curve.tenths:
        return ""
    worst = max(curve.tenths, key=lambda one: abs(one.said - one.came_true))
    return tell.say(
        "calibration.verdict", inside=sum(one.is_inside for one in curve.tenths), all=len(curve.tenths),
        gap=tell.say("points", n=tell.number(abs(worst.said - worst.came_true) * 100, 1)), said=tell.share(worst.said),
        share=tell.share(worst.came_true),
    )  # fmt: skip


PAGES = (Page("/calibration", "calibration", view),)
