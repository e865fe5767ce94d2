"""The small parts: numbers in two languages, figures and their verdicts, charts that do not lie, advice in order."""

from __future__ import annotations

import doctest
import importlib
from dataclasses import replace
from decimal import Decimal

import pytest

from lowtide.report.advice import MOST, advice
from lowtide.report.charts import Column, Range, Series, bars, columns, ranges
from lowtide.report.figures import Figure
from lowtide.report.headline import cards, was
from lowtide.report.sections import sections
from lowtide.words import Language

from .reading import drawings
from .sample_answers import answers, empty

EN, ZH = Language("en"), Language("zh")


@pytest.mark.parametrize("name", ["report.figures", "report.charts.svg", "report.charts.heatmap"])
def test_the_examples_run(name: str) -> None:
    found = doctest.testmod(importlib.import_module(f"lowtide.{name}"))
    assert found.attempted and not found.failed


def test_one_is_not_many() -> None:
    assert EN.count(1, "alert") == "1 alert" and EN.count(1200, "alert") == "1,200 alerts"
    assert EN.number(Decimal("0.005"), 2) == "0.01" and EN.number(-0.0001, 2) == "0.00", (
        "halves up, no minus zero"
    )
    assert EN.units(Decimal("2.500")) == "2.5" and EN.units(Decimal(1200)) == "1,200"
    assert ZH.short(15_000) == "1.5万" and EN.short(15_000) == "15k"
    assert EN.duration(89) == "89 min" and EN.duration(60 * 50) == "2.1 days"


@pytest.mark.parametrize(
    ("value", "before", "more_is_better", "verdict", "change"),
    [
        (8, 10, False, "better", -0.2), (12, 10, False, "worse", 0.2), (12, 10, True, "better", 0.2),
        (10, 10, True, "same", 0.0), (3, 0, False, "worse", None), (0, 0, False, "same", 0.0),
        (None, 3, True, None, None), (3, None, True, None, None),
    ],
)  # fmt: skip
def test_a_figure_knows_whether_it_got_better(value, before, more_is_better, verdict, change) -> None:
    figure = Figure("mtta", "minutes", value, before, more_is_better)
    assert (figure.verdict, figure.change) == (verdict, pytest.approx(change) if change else change)


def test_a_share_changes_by_points_and_an_unknown_one_says_why() -> None:
    by_key = {card.key: card for card in cards(answers(), EN)}
    assert by_key["precision"].change == "6.5 points better" and by_key["precision"].arrow == "▲"
    assert "between 62% and 88%" in by_key["precision"].detail
    assert by_key["mttr"].change == "unchanged"
    assert was(answers().figure("open_alerts"), answers(), EN) == "was 1,490"
    unknown = next(card for card in cards(empty(), EN) if card.key == "precision")
    assert (unknown.value, unknown.change) == ("", "") and unknown.detail.startswith("Not enough rated")


def test_a_column_is_as_high_as_its_value_and_a_stack_as_its_sum() -> None:
    drawn = columns(
        "c", 880, "t", "d", ["a", "b"], [Series("x", "x", [10, 0]), Series("y", "y", [20, 5])], str, "n"
    )
    (svg,) = drawings(str(drawn))
    heights = {
        (rect.get("class"), float(rect.get("x"))): float(rect.get("height")) for rect in svg.iter("rect")
    }
    values = sorted(heights.values())
    assert values[1] / values[0] == pytest.approx(2, abs=0.01) and values[2] / values[0] == pytest.approx(
        4, abs=0.01
    )
    assert len(values) == 3, "nothing is drawn for nothing"
    assert "30" in [text.text for text in svg.iter("text")], "the highest says its total"


def test_a_bar_begins_at_nothing_and_what_begins_elsewhere_is_a_point() -> None:
    share = [0.99, 0.995]
    for start, shape in ((0.0, "rect"), (0.98, "circle")):
        column = Column("in stock", "accent", share, 1.0, EN.share, start=start)
        (svg,) = drawings(str(bars("b", 880, "t", "d", ["x", "y"], [column])))
        assert len([one for one in svg.iter(shape) if one.get("class") == "accent"]) == 2


def test_ranges_share_one_scale_with_the_promised_day_on_it() -> None:
    rows = [Range("early", -0.4, -0.3, -0.2, "0% late"), Range("late", 1, 4, 9, "90% late")]
    for width in (880, 340):
        (svg,) = drawings(str(ranges("r", width, "t", "d", rows, EN.number, "days late", "on time")))
        limits = [one for one in svg.iter("line") if one.get("class") == "limit"]
        assert len(limits) == 1
        zero = float(limits[0].get("x1"))
        early, late = [one for one in svg.iter("rect") if one.get("class") == "range"]
        assert float(early.get("x")) + float(early.get("width")) < zero < float(late.get("x"))


def test_the_most_pressing_comes_first_and_not_too_much_of_it() -> None:
    steps = advice(answers(), EN)
    assert len(steps) == MOST and steps[0].text.startswith("No data: 2 feeds, first source till-7")
    assert steps[1].text.startswith("No owner: 150 critical alerts")
    assert steps[1].command == f"lowtide ack {answers().unowned['alert_id']}"
    assert "Count Oat drink 1 l · 7000 at Nordtor · 330 first" in steps[2].text
    assert "Call supplier 1046: 12 order lines" in steps[3].text
    (nothing,) = advice(empty(), EN)
    assert nothing.text.startswith("Nothing stands out")


def test_a_place_that_rarely_sells_is_not_missed() -> None:
    made = answers()
    rare = replace(made, silent=[{**made.silent[0], "days_with_sales": 6}])
    told = [[step.text for step in advice(one, EN) if "Check the till" in step.text] for one in (made, rare)]
    assert [len(one) for one in told] == [1, 0]


def test_ratings_are_asked_for_only_where_they_are_few() -> None:
    quiet = empty()
    for rated, says in ((0, "No alert of this period has been rated"), (5, "Only 5.0%"), (30, None)):
        detail = {"rated": rated, "alerts": 100, "rated_share": rated / 100}
        figures = [replace(one, detail=detail) if one.key == "precision" else one for one in quiet.figures]
        (step,) = advice(replace(quiet, figures=figures), EN)
        assert step.text.startswith(says or "Nothing stands out")


def test_a_shop_without_open_signs_has_no_section_of_them() -> None:
    keys = {"feeds", "counts", "at_rest", "slips"}
    assert keys <= {section.key for section in sections(answers(), EN)}
    assert not keys & {section.key for section in sections(empty(), EN)}


@pytest.mark.parametrize("tell", [EN, ZH], ids=["en", "zh"])
def test_the_list_to_count_says_that_it_is_a_rank(tell: Language) -> None:
    (counting,) = (section for section in sections(answers(), tell) if section.key == "counts")
    assert ("a rank and not a chance" if tell.lang == "en" else "排名，不是概率") in counting.lead
    assert [row[0].text for row in counting.tables[0].rows] == [f"{n}" for n in range(1, 11)]
