"""What to do next: the few things that stand out, each with its figure and, where there is one, its command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lowtide.report.answers import Answers
from lowtide.report.phrases import item, loss, place
from lowtide.report.sections.signs import source
from lowtide.words import Language

MOST = 6
"""Steps that are shown; more would be a list, not advice."""
DAILY = 24
"""Days with sales of the last 28; a place with at least these is reported when it is silent for a day."""


@dataclass(frozen=True)
class Step:
    """A sentence and a command to type ('' if there is not one)."""

    text: str
    command: str = ""


def advice(answers: Answers, tell: Language) -> list[Step]:
    """At most six steps, the most pressing first."""
    steps = [step for rule in RULES if (step := rule(answers, tell)) is not None]
    return steps[:MOST] or [Step(tell.say("next.nothing"))]


def _feeds(answers: Answers, tell: Language) -> Step | None:
    if not answers.feeds:
        return None
    first = answers.feeds[0]
    text = tell.say(
        "next.feeds", count=tell.count(len(answers.feeds), "feed_count"), feed=source(first, tell),
        location=place(answers, first["location"]),
    )  # fmt: skip
    return Step(text, "lowtide alerts --type silent_feed")


def _counting(answers: Answers, tell: Language) -> Step | None:
    if not answers.counting:
        return None
    first = answers.counting[0]
    return Step(tell.say("next.counting", item=item(first), location=place(answers, first["location"])))


def _unowned(answers: Answers, tell: Language) -> Step | None:
    row = answers.unowned
    if not row["alerts"]:
        return None
    text = tell.say(
        "next.unowned", count=tell.count(row["alerts"], "critical"), loss=loss(answers, tell, row["expected_loss"]),
        item=item(row), location=place(answers, row["location"]),
    )  # fmt: skip
    return Step(text, f"lowtide ack {row['alert_id']}")


def _overdue(answers: Answers, tell: Language) -> Step | None:
    late = [row for row in answers.suppliers if row["overdue_now"]]
    if not late:
        return None
    row = max(late, key=lambda supplier: (supplier["overdue_now"], supplier["supplier"]))
    supplier = row["supplier"] or tell.say("unsorted")
    return Step(tell.say("next.overdue", supplier=supplier, count=tell.count(row["overdue_now"], "order")))


def _silent(answers: Answers, tell: Language) -> Step | None:
    missed = [row for row in answers.silent if row["days_with_sales"] >= DAILY]
    if not missed:
        return None
    text = tell.say(
        "next.silent", count=tell.count(len(missed), "place"), location=place(answers, missed[0]["location"])
    )
    return Step(text)


def _missed(answers: Answers, tell: Language) -> Step | None:
    figure = answers.figure("missed_stockouts")
    missed, stockouts = int(figure.value or 0), figure.detail["stockouts"]
    if not missed or missed < 0.1 * stockouts or not answers.missed:
        return None
    text = tell.say(
        "next.missed", count=tell.count(missed, "stockout"), share=tell.share(missed / stockouts, 0),
        category=answers.missed[0]["category"] or tell.say("unsorted"),
    )  # fmt: skip
    return Step(text)


def _dead(answers: Answers, tell: Language) -> Step | None:
    if not answers.dead or not answers.dead_total["value"]:
        return None
    first = answers.dead[0]
    text = tell.say(
        "next.dead", value=tell.say("at_cost", n=tell.money(answers.dead_total["value"])), item=item(first),
        count=tell.count(answers.dead_total["positions"], "position"), location=place(answers, first["location"]),
    )  # fmt: skip
    return Step(text)


def _stale(answers: Answers, tell: Language) -> Step | None:
    if answers.stale < 5:  # ISA-18.2: under five is what a good system has
        return None
    return Step(tell.say("next.stale", count=tell.count(answers.stale, "alert")), "lowtide alerts")


def _overload(answers: Answers, tell: Language) -> Step | None:
    row = max(answers.load, key=lambda owner: (owner["share_overload"], owner["owner"]), default=None)
    if row is None or row["share_overload"] < 0.01:
        return None
    owner = row["owner"] or tell.say("load.unowned_of")
    return Step(tell.say("next.overload", share=tell.share(row["share_overload"], 0), owner=owner))


def _rate(answers: Answers, tell: Language) -> Step | None:
    ratings = answers.figure("precision").detail
    if not ratings["alerts"] or ratings["rated_share"] >= 0.2:
        return None
    text = (
        tell.say("next.rate", share=tell.share(ratings["rated_share"]))
        if ratings["rated"]
        else tell.say("next.unrated")
    )
    return Step(text, "lowtide close ALERT_ID --feedback right")


def _rejects(answers: Answers, tell: Language) -> Step | None:
    rows = [row for row in answers.quality if row["check"].startswith("reject.") and row["records"]]
    if not rows:
        return None
    most = max(rows, key=lambda row: (row["records"], row["check"]))
    text = tell.say(
        "next.rejects", count=tell.count(sum(row["records"] for row in rows), "record"),
        code=most["check"].removeprefix("reject."),
    )  # fmt: skip
    return Step(text, 'lowtide sql "SELECT reason, field, message FROM reject LIMIT 20"')


RULES: tuple[Callable[[Answers, Language], Step | None], ...] = (
    _feeds, _unowned, _counting, _overdue, _silent, _missed, _dead, _rejects, _stale, _overload, _rate,
)  # fmt: skip
