"""A checklist of the shop is markup of ours: whatever else stands in its file is text."""

from __future__ import annotations

import doctest

import pytest

from lowtide.page import markdown


def test_the_example_runs() -> None:
    assert doctest.testmod(markdown) == (0, 1)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>", "[x](javascript:alert(1))", '[x](https://a.example/"onclick=alert(1))',
        "- [ ] <img src=x onerror=alert(1)>", "`<b>`", "**<i>**", "[<b>](/x)", "# <svg onload=alert(1)>",
    ],
)  # fmt: skip
def test_no_markup_of_a_file_reaches_the_page(text: str) -> None:
    made = str(markdown.html(text))
    assert not any(
        part in made for part in ("<script", "<img", "<svg", "<i>", 'href="javascript', '"onclick')
    )
    assert made.count("<b>") == made.count("</b>")


def test_lists_of_both_kinds_and_paragraphs_stand_apart() -> None:
    made = str(markdown.html("call\n\n1. one\n2. two\n\n- three"))
    assert made == "<p>call</p>\n<ol><li>one</li>\n<li>two</li></ol>\n<ul><li>three</li></ul>"
