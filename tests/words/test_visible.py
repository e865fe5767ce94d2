"""What somebody else wrote is shown on one line, and no terminal and no browser obeys it."""

from __future__ import annotations

import doctest
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lowtide.words import visible as module
from lowtide.words.visible import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;owned\x07\x1b[2Jmilk", "]0;owned[2Jmilk"),
        ("milk\u202egnp.exe", "milkgnp.exe"),
        ("a\r\nb\tc\u2028d", "a  b c d"),
        ("\x9b31mred\x00", "31mred"),
        ("牛奶 · 1,5 L – Crème 🚚", "牛奶 · 1,5 L – Crème 🚚"),
    ],
)
def test_what_a_terminal_would_obey_is_left_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(some.text())
def test_nothing_hidden_is_left(text: str) -> None:
    shown = visible(text)
    assert not any(unicodedata.category(sign).startswith("C") for sign in shown) and visible(shown) == shown


def test_the_example_runs() -> None:
    assert doctest.testmod(module) == (0, 1)
