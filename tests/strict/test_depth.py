"""A text of a hundred thousand brackets is refused at the first that stands too deep, and not after its whole square."""

from __future__ import annotations

import time

import pytest

from lowtide import strict
from lowtide.errors import SettingsError
from lowtide.page import rule_edits


@pytest.mark.parametrize("text", ["a: " + "[" * 200_000, "a: " + "{b: " * 100_000, "[{" * 100_000])
def test_brackets_without_end_cost_no_time(text: str) -> None:
    begun = time.process_time()
    with pytest.raises(strict.YamlFault, match="deep in one another"):
        strict.document(text, "a mapping")
    assert time.process_time() - begun < 1.0, (
        "it was ten seconds, which everybody else on the page waited for"
    )


def test_a_field_of_a_form_is_read_as_strictly() -> None:
    assert rule_edits._mapping("department: [PRODUCE, MEAT]; location: 330") == {
        "department": ["PRODUCE", "MEAT"], "location": "330",
    }  # fmt: skip
    for text in ("a: " + "[" * 200_000, "{a: &a [1], b: *x}", "nothing"):
        with pytest.raises(SettingsError, match="what is matched"):
            rule_edits._mapping(text)
