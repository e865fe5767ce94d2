"""A pattern fits what a person means by it, and no pattern keeps a desk or a run busy."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lowtide.strict import fits


@given(pattern=some.text("ab*\n", max_size=8), text=some.text("ab\n", max_size=10))
def test_a_star_stands_for_any_characters(pattern: str, text: str) -> None:
    plain = re.compile(".*".join(map(re.escape, pattern.split("*"))), re.DOTALL)
    assert fits([pattern], text) == (plain.fullmatch(text) is not None)


@pytest.mark.parametrize("stars", [10, 100, 1000])
def test_a_pattern_of_many_stars_is_quick(stars: int) -> None:
    """Whoever may write a silence may write this one; every alert is held against it."""
    began = time.process_time()
    assert not fits(["*a" * stars + "*b"], "a" * 60)
    assert time.process_time() - began < 1, "tried one after another, 10 stars take minutes"
