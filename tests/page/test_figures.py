"""How figures, periods and files are written on a page."""

from __future__ import annotations

import csv
import doctest
import io
from datetime import date

from lowtide.notify import shown
from lowtide.page.csv_table import csv_table
from lowtide.page.figure import cards
from lowtide.page.pages import policy
from lowtide.page.pages.heatmap import Shown
from lowtide.page.period_links import compared, periods
from lowtide.report.figures import Figure
from lowtide.service.heatmap import OTHERS, Cell, Heatmap, Line
from lowtide.service.period import Period
from lowtide.words import Language
from lowtide.words.glossary import GROUPS, TERMS
from lowtide.words.glossary.document import document

EN, ZH = Language("en", "¥"), Language("zh", "¥")


def test_the_documents_are_the_glossary_of_the_page() -> None:
    from tests.words.test_words import ROOT

    assert (ROOT / "docs/glossary.md").read_text("utf-8") == document(EN), (
        "python -m lowtide.words.glossary en > docs/glossary.md"
    )
    assert (ROOT / "docs/zh/glossary.md").read_text("utf-8") == document(ZH), (
        "python -m lowtide.words.glossary zh"
    )
    assert sum(len(terms) for terms in GROUPS.values()) == len(TERMS), "a term stands once"


def test_a_figure_says_its_change_and_one_that_is_not_known_says_so() -> None:
    better, unknown = cards([Figure("mtta", "minutes", 30.0, 60.0), Figure("precision", "share", None)], EN)
    assert (better.value, better.tone, better.note) == ("30 min", "better", "better · was 60 min")
    assert (unknown.value, unknown.known, unknown.note) == ("–", False, "nothing to count in this period")


def test_what_reads_alike_is_unchanged() -> None:
    """`99.9%, better, was 99.9%` is a riddle."""
    (card,) = cards([Figure("in_stock", "share", 0.9991, 0.9989, more_is_better=True)], EN)
    assert (card.value, card.tone, card.note) == ("99.9%", "", "unchanged · was 99.9%")


def test_precision_stands_beside_how_many_were_rated() -> None:
    detail = {"rated": 8, "alerts": 40, "rated_share": 0.2, "low": 0.41, "high": 0.93}
    (card,) = cards(
        [Figure("precision", "share", 0.75, more_is_better=True, detail=detail)], EN, compare=False
    )
    assert card.note == "8 of 40 alerts rated (20%); the true share is between 41% and 93%"


def test_a_file_holds_no_formula_and_opens_in_a_spreadsheet() -> None:
    rows = [["=1+1", -2], ["@x", None], ["牛奶,1", 0.5]]
    made = csv_table("t", ["a", "b"], rows)
    text = made.body.decode("utf-8")
    assert text.startswith("\ufeff") and made.name == "t.csv"
    assert list(csv.reader(io.StringIO(text.removeprefix("\ufeff")))) == [
        ["a", "b"],
        ["'=1+1", "-2"],
        ["'@x", ""],
        ["牛奶,1", "0.5"],
    ]
    raw = csv_table("t", ["a", "b"], rows, raw=True).body.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(raw)))[1:] == [["=1+1", "-2"], ["@x", ""], ["牛奶,1", "0.5"]], (
        "for a program"
    )


def test_a_period_says_what_it_is_compared_with() -> None:
    week = Period("week", date(2026, 11, 24), date(2026, 11, 30), "Asia/Shanghai")
    assert compared(week, True, EN) == "Compared with the 7 days before: 17 November – 23 November 2026."
    assert [value for value, _, current in periods(EN, "week", now=True) if current] == ["week"]


def test_a_cell_leads_to_its_alerts_and_the_line_of_the_others_to_nothing() -> None:
    rows = (Line("330", "中心店", 1, 3, 1, 9.5), Line(OTHERS, "", 7, 2, 0, 1.0))
    columns = (Line("DAIRY", "", 1, 5, 1, 10.5),)
    found = Heatmap(
        "loss", None, rows, columns, (Cell(0, 0, 3, 1, 9.5), Cell(1, 0, 2, 0, 1.0)), 5, 10.5, False, 0, None
    )
    shown_ = Shown(found, EN, {})
    first, others = shown_.rows()
    assert (
        first["cells"][0]["href"] == "/queue?scope=all&location=330&category=DAIRY"
        and first["cells"][0]["level"] == 6
    )
    assert others["name"] == "7 others" and others["cells"][0]["href"] == "" and others["href"] == ""
    assert [one["store"] for one in shown_.worst()] == ["中心店"]
    assert shown_.sentence() == "The most is at stake in 中心店: ¥9.50, most of it in DAIRY."
    assert shown_.table()[1][1][:2] == ["", "7 others"]


def test_a_message_is_shown_without_its_link() -> None:
    body = '{"title": "[critical] 牛奶", "lines": ["a", "b"], "link": "https://x.example/a/T0ken-_"}'.encode()
    assert shown.text_of(body) == "[critical] 牛奶\na\nb"
    assert shown.text_of(b"open https://x.example/a/T0ken now") == "open  now"
    assert shown.text_of(b"{not json") == "{not json"


def test_the_examples_run() -> None:
    for module in (shown, policy):
        done = doctest.testmod(module)
        assert done.attempted and not done.failed
