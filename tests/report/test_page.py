"""One page in one file, in two languages, that does not load anything and is accessible."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import typer

from lowtide.cli.report import report
from lowtide.report import page
from lowtide.report.sections import sections
from lowtide.words import LANGUAGES, Lang, Language

from .reading import colours, contrast, drawings, luminance, read, style
from .sample_answers import alert, answers, empty

EVIL = "<script>alert('x')</script>\"&<img src=http://evil.example/x>"
pages = pytest.mark.parametrize("html", [
    pytest.param(page(made, lang, currency), id=f"{name}-{lang}")
    for lang in LANGUAGES
    for name, made, currency in [("shop", answers(), ""), ("quiet", empty(), "EUR"), ("nothing", None, "¥")]
])  # fmt: skip


@pages
def test_no_request_leaves_the_page(html: str) -> None:
    found = read(html)
    assert all(address.startswith("#") or address == "data:," for address in found.addresses)
    assert not found.tags & {
        "script",
        "iframe",
        "object",
        "embed",
        "base",
        "form",
        "img",
        "image",
        "use",
        "video",
    }
    assert not any(name.startswith("on") or name == "style" for name in found.attributes)
    assert set(re.findall(r"url\(([^)]*)\)", html)) <= {"#hatch"} and "@import" not in html
    assert "http" not in html.replace('http-equiv="Content-Security-Policy"', "")
    assert "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\"" in html


@pages
def test_every_tag_is_closed_and_every_id_is_one_of_its_kind(html: str) -> None:
    found = read(html)
    assert not found.open and not found.wrong
    assert len(found.ids) == len(set(found.ids))


@pages
def test_every_drawing_is_xml_with_a_title_and_a_description(html: str) -> None:
    drawn = drawings(html)
    for one in drawn:
        title, description = one.find("title"), one.find("desc")
        assert title is not None and title.text and description is not None and description.text
        assert one.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
        assert "NaN" not in (text := "".join(one.itertext())) and "None" not in text
        for shape in one.iter():
            assert all(float(shape.get(name, "0")) >= 0 for name in ("width", "height", "r"))


def test_each_chart_is_drawn_for_a_screen_and_for_a_phone_and_written_down() -> None:
    html = page(answers())
    widths = [float(one.get("width", "0")) for one in drawings(html)]
    assert len(widths) == 18 and sorted(set(widths)) == [340, 400, 880]
    assert html.count("<details>") == 8, (
        "of the others one is beside its tables, and one is told by another's"
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_whatever_a_warehouse_holds_is_text(lang: Lang) -> None:
    rows = [alert(1, name=EVIL, location=EVIL, sku=EVIL, category=EVIL, owner=EVIL, alert_id=EVIL)]
    made = answers()
    html = page(replace(
        made, worst=rows, unowned={**rows[0], "alerts": 1},
        scope=replace(made.scope, pipeline=EVIL, location=EVIL, category=EVIL),
        heatmap=[{"location": EVIL, "category": EVIL, "open_alerts": 1, "expected_loss": 1}],
        stock=[{**made.stock[0], "value": EVIL}], dead=[{**made.dead[0], "name": EVIL, "category": EVIL}],
        suppliers=[{**made.suppliers[0], "supplier": EVIL}], missed=[{"category": EVIL, "missed": 40}],
        quality=[{"check": f"reject.{EVIL}", "records": 4, "share": 0.1}], policies=[EVIL], place_names={EVIL: EVIL},
        silent=[{**made.silent[0], "location": EVIL}], load=[{**made.load[0], "owner": EVIL}],
    ), lang, currency=EVIL)  # fmt: skip
    found = read(html)
    assert "<script" not in html and not found.tags & {"script", "img"}
    assert EVIL in found.text and not found.open and not found.wrong
    assert drawings(html)


def test_a_chinese_page_says_that_it_is_chinese() -> None:
    assert page(answers(), "zh").startswith('<!DOCTYPE html>\n<html lang="zh-Hans">')


def test_a_chinese_page_has_no_english_sentence_left() -> None:
    text = read(page(empty(), "zh").split("</style>")[1]).text
    allowed = {
        "Lowtide",
        "MTTA",
        "MTTR",
        "UTC",
        "lowtide",
        "kind",
        "order",
        "ref",
        "due",
        "explain",
        "ALERT_ID",
    }
    assert set(re.findall(r"[A-Za-z_]{3,}", text)) <= allowed


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_empty_section_says_why(lang: Lang) -> None:
    tell = Language(lang)
    for section in sections(empty(), tell):
        assert section.empty or (section.key == "quality" and section.notes), section.key
    html = page(empty(), lang)
    assert "None" not in html and tell.say("precision.none") in html
    assert tell.say("page.empty_title") in page(None, lang)


def test_what_cannot_be_narrowed_says_so() -> None:
    made = answers()
    html = page(replace(made, scope=replace(made.scope, location="330", category="EGGS")))
    assert html.count("cannot be narrowed to a location and category") == 3
    assert "Only location Nordtor · 330" in html and "Only category EGGS" in html
    assert "cannot be narrowed" not in page(made)


def test_the_same_answers_are_the_same_bytes_whatever_the_hash_seed() -> None:
    code = "from tests.report.sample_answers import answers; from lowtide.report import page; import sys; " \
        "sys.stdout.buffer.write(page(answers(), 'zh').encode())"  # fmt: skip
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, timeout=60,
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Shanghai", "LC_ALL": "C"},
    )  # fmt: skip
    assert said.stdout.decode() == page(answers(), "zh")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_everybody_can_read_it(dark: bool) -> None:
    colour = colours(style(page(None)), dark)
    for text in ("ink", "soft", "accent", "good", "bad"):
        for ground in ("bg", "paper"):
            assert contrast(colour[text], colour[ground]) >= 4.5, (text, ground)
    for level in range(7):
        text = "on-dark" if level >= 4 else "on-light"
        assert contrast(colour[text], colour[f"h{level}"]) >= 4.5, level
    for shape in ("critical", "warning", "watch-edge", "accent", "soft"):
        assert contrast(colour[shape], colour["bg"]) >= (3 if shape != "warning" else 2), shape
    heat = [luminance(colour[f"h{level}"]) for level in range(7)]
    assert heat == sorted(heat, reverse=not dark), "more is always further from the ground"


def test_severities_differ_in_grey_too() -> None:
    colour = colours(style(page(None)), dark=False)
    greys = [luminance(colour[name]) for name in ("critical", "warning", "watch")]
    assert greys == sorted(greys) and contrast(colour["critical"], colour["warning"]) > 3
    assert contrast(colour["warning"], colour["watch"]) > 1.3, "and the one is hatched, the other has an edge"


def test_paper_is_always_light() -> None:
    css = style(page(None))
    assert css.count("prefers-color-scheme") == 1 and "@media screen and (prefers-color-scheme:dark)" in css
    assert "@page{size:A4" in css and "@media print{\nhtml{color-scheme:light}" in css


def test_amounts_never_stand_without_their_unit() -> None:
    assert "in the currency of the catalogue" in page(answers())
    assert "4,311 EUR" in page(answers(), currency="EUR") and "€4,311" in page(answers(), currency="€")
    assert "units: the catalogue has no prices" in page(answers(money="units"), currency="EUR")


def test_the_docs_name_every_option() -> None:
    app = typer.Typer()
    app.command()(report)
    options = {
        option for one in typer.main.get_command(app).params for option in one.opts if option.startswith("--")
    }
    docs = (Path(__file__).parents[2] / "docs/report.md").read_text("utf-8")
    named = set(re.findall(r"`(--[a-z]+)", docs))
    assert {*options} - {"--help", "--install-completion", "--show-completion"} == named


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_p_means_stands_beside_its_chart_and_openings_are_named_as_what_they_are(lang: Lang) -> None:
    tell = Language(lang)

    def section(**given: object) -> str:
        html = page(answers(**given), lang)
        return read(html[html.index('<section id="calibration"') : html.index('<section id="quality"')]).text

    both = section()
    for key in ("means", "days_series", "openings_series", "openings"):
        assert tell.say(f"calibration.{key}") in both
    days = sum(row["days"] for row in answers().calibration)
    assert tell.say("calibration.scope", days=tell.count(days, "position_day")) in both
    alone = section(calibration=[])
    assert tell.say("calibration.no_days") in alone and tell.say("calibration.days_series") not in alone
    assert tell.say("calibration.openings") not in section(openings=[])
    assert tell.say("calibration.empty") in section(calibration=[], openings=[])


def test_openings_have_another_shape_than_position_days() -> None:
    made = answers()
    (chart,) = [
        one
        for one in drawings(page(made))
        if (one.get("aria-labelledby") or "").startswith("calibration-400")
    ]
    shapes = {
        shape.get("class"): shape.tag for shape in chart.iter() if shape.get("class") in ("point", "opening")
    }
    assert shapes == {"point": "circle", "opening": "rect"}
    assert sum(shape.get("class") == "point" for shape in chart.iter()) == len(made.calibration)
    assert sum(shape.get("class") == "opening" for shape in chart.iter()) == len(made.openings)
