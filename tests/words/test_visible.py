"""What somebody else wrote is shown on one line, written out where it is hidden: no terminal and no browser obeys it."""

from __future__ import annotations

import doctest
import json
import unicodedata

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as some

from lowtide.words import visible as module
from lowtide.words.visible import bare, escaped, visible, visible_lines


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;owned\x07\x1b[2Jmilk", r"\x1b]0;owned\x07\x1b[2Jmilk"),
        ("milk\u202egnp.exe", r"milk\u202egnp.exe"),
        ("a\r\nb\tc\u2028d", r"a\r\nb\tc\u2028d"),
        ("\x9b31mred\x00", r"\x9b31mred\x00"),
        ("mi\u200blk\u3164\ufeff\U000e0041", r"mi\u200blk\u3164\ufeff\U000e0041"),
        ("a\u00a0b\u3000c", "a b c"),
        ("牛奶 · 1,5 L – Crème 🚚", "牛奶 · 1,5 L – Crème 🚚"),
    ],
)
def test_what_a_terminal_would_obey_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(some.text())
def test_nothing_hidden_is_left(text: str) -> None:
    shown = visible(text)
    assert not any(unicodedata.category(sign)[0] == "C" or sign in "\u2028\u2029" for sign in shown)
    assert visible(shown) == shown and len(shown) >= len(text)


def test_what_is_kept_holds_nothing_hidden() -> None:
    assert bare("late\x1b]0;owned\x07\t\u2028\u202etxt\u200b\u3000x\n") == "late]0;owned  txt x "


def test_a_text_of_several_lines_keeps_its_line_ends() -> None:
    assert visible_lines("one\ntwo\x1b\r\nthree") == "one\ntwo\\x1b\\r\nthree"


@given(some.text(some.characters(codec="utf-8")))
def test_yaml_reads_an_escaped_text_back(text: str) -> None:
    assert yaml.safe_load(escaped(json.dumps(text, ensure_ascii=False))) == text and escaped(text) == escaped(
        escaped(text)
    )


def test_the_example_runs() -> None:
    assert doctest.testmod(module) == (0, 3)
