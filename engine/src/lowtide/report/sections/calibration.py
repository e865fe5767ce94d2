"""Whether p can be believed: what was said about a sample against what came true, and alerts at their opening beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lowtide.report.answers import Answers
from lowtide.report.charts import Promise, calibration
from lowtide.report.sections.parts import Chart, Section, Table, both, table
from lowtide.report.sections.trust import narrowing
from lowtide.rows import Row
from lowtide.words import Language


def believed(answers: Answers, tell: Language) -> Section:
    """The chances by tenths against the share that came true."""
    head = Section.of("calibration", tell)
    days, openings = answers.calibration, answers.openings
    if not days and not openings:
        return head.nothing(tell.say("calibration.empty"))
    title = tell.say("calibration")
    judged = [promise(row, tell.count(row["days"], "position_day"), tell) for row in days]
    opened = [promise(row, tell.count(row["alerts"], "alert"), tell) for row in openings]
    description = "; ".join(promise.text for promise in judged or opened)
    axis = (tell.say("calibration.x"), tell.say("calibration.y"))
    wide, narrow = both(
        lambda width: calibration(
            "calibration", width, title, description, judged, opened, axis, tell.say("calibration.kept")
        ),
        400,
    )
    series = [("point", "days", judged), ("opening", "openings", opened)]
    legend = [(mark, tell.say(f"calibration.{name}_series")) for mark, name, promises in series if promises]
    listed = [_listed(tell.say("calibration.days_series"), days, "days", tell)] if days else []
    beside = _openings(openings, tell) if openings else None
    return replace(
        head, lead=f"{tell.say('calibration.means')} {tell.say('calibration.lead')}",
        charts=[Chart(title, wide, narrow, legend, beside)], tables=listed,
        notes=[_scope(days, tell), *narrowing(answers, tell)], beside=True,
    )  # fmt: skip


def promise(row: Row, count: str, tell: Language) -> Promise:
    """One tenth of the scale as the chart draws it."""
    said, share, low, high = (float(row[name]) for name in ("said", "came_true", "low", "high"))
    text = tell.say(
        "calibration.point", said=tell.share(said, 0), share=tell.share(share, 0), low=tell.share(low, 0),
        high=tell.share(high, 0), n=count,
    )  # fmt: skip
    return Promise(said, share, low, high, text)


def _openings(rows: Sequence[Row], tell: Language) -> Table:
    """The alerts at their opening, under a line that says what they are."""
    name = tell.say("calibration.openings")
    return replace(_listed(name, rows, "alerts", tell), folded=True, summary=name)


def _listed(caption: str, rows: Sequence[Row], count: str, tell: Language) -> Table:
    counted = "position_days" if count == "days" else "judged"
    return table(
        caption,
        [tell.say(f"col.{name}") for name in ("said", "share", "interval", "positions", counted)],
        [
            [
                tell.share(row["said"]), tell.share(row["came_true"]),
                f"{tell.share(row['low'], 0)} – {tell.share(row['high'], 0)}", tell.number(row["positions"]),
                tell.number(row[count]),
            ]
            for row in rows
        ],
        range(5),
    )  # fmt: skip


def _scope(days: Sequence[Row], tell: Language) -> str:
    """What was judged; or why only openings are shown."""
    if not days:
        return tell.say("calibration.no_days")
    count = sum(row["days"] for row in days)
    return tell.say("calibration.scope", days=tell.count(count, "position_day"))
