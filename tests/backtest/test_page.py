"""The page of a back-test: one file without a network, in both languages, that opens each alert to its explanation."""

from __future__ import annotations

import re

import pytest

from lowtide.backtest import Backtest
from lowtide.backtest.lines import lines
from lowtide.backtest.page import page
from lowtide.words import LANGUAGES, Lang, Language
from tests.report.reading import read


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_browser_reads_it_and_asks_for_nothing(result: Backtest, lang: Lang) -> None:
    html = page(result, lang)
    found = read(html)
    assert not found.wrong and not found.open
    assert len(found.ids) == len(set(found.ids))
    assert all(address.startswith(("#", "data:")) for address in found.addresses)
    assert "script" not in found.tags and not any(name.startswith("on") for name in found.attributes)
    assert "default-src 'none'" in html and "prefers-color-scheme:dark" in html


def test_each_alert_that_changes_opens_to_why_it_opened(result: Backtest) -> None:
    html = page(result)
    added = html[html.index('<section id="added"') : html.index('<section id="gone"')]
    assert added.count('<details class="alert">') == 2
    assert "Green tea" not in added and "Salt" in added
    assert "Opened at 6 Mar 2026 19:00 UTC by record" in added
    assert added.count("computed again: all the same") == 2
    moved = html[html.index('<section id="moved"') : html.index('<footer id="about"')]
    assert "3 h earlier" in moved and "24 h later" in moved
    assert moved.count("Under after") == 2 and moved.count("Under before") == 2
    gone = html[html.index('<section id="gone"') : html.index('<section id="moved"')]
    assert "for wang" in gone


def test_lists_are_cut_and_the_page_says_how_many_are_left_out(result: Backtest) -> None:
    html = page(result, most=1)
    assert html.count('<details class="alert">') == 3
    assert "1 are shown, 1 are left out" in html
    assert page(result, most=0).count('<details class="alert">') == 0


def test_names_of_others_are_text(result: Backtest) -> None:
    changes = result.document["changes"]
    row = {**changes["added"][0], "name": "<b>&\u202e"}
    document = {**result.document, "changes": {**changes, "added": [row]}}
    html = page(Backtest(document, result.sides, result.files))
    assert "<b>&" not in html and "&lt;b&gt;&amp;" in html and "\u202e" not in html


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_figure_is_one_line_with_a_value_for_each_policy(result: Backtest, lang: Lang) -> None:
    told = {line.key: line for line in lines(result.document, Language(lang))}
    assert told["alerts"].values == ("5", "6") and told["alerts"].change == "+1 (+20%)"
    assert told["never_told"].values == ("1", "0") and told["never_told"].verdict == "better"
    assert told["lead_median"].values == (("4 h", "7 h") if lang == "en" else ("4 小时", "7 小时"))
    assert told["foretold"].change == "" and told["calibration"].values == ("–", "–")
    assert all(len(line.values) == 2 and line.label for line in told.values())


def test_chinese_is_chinese(result: Backtest) -> None:
    text = read(page(result, "zh")).text
    body = text[text.index("回测") :]
    assert "真实缺货" in body and "新增：只有 after 会产生" in body
    words = re.findall(r"[A-Za-z]{4,}(?: [a-z]{3,}){3,}", body)
    assert not words, words
