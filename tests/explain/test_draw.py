"""A drawing fits its terminal, keeps its numbers beside its shapes, and works without colour and without Unicode."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from rich.cells import cell_len

from lowtide.explain.chances import short_of
from lowtide.explain.draw import ASCII, UNICODE, draw, speaks_unicode
from lowtide.explain.projection import balance, project
from lowtide.words import LANGUAGES, Language
from tests.explain.entries import DEMAND, SUPPLY, supply

TODAY = date(2026, 11, 22)


def certain(due_in: int) -> dict[str, object]:
    """15 that surely come on one day."""
    return supply(due_in=due_in) | {"arrives": [float(day == due_in) for day in range(9)]}


@pytest.mark.parametrize("width", [40, 60, 80, 200])
@pytest.mark.parametrize("marks", [UNICODE, ASCII])
@pytest.mark.parametrize("available", [-5, 0, 20, 100_000])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_line_is_wider_than_the_terminal(width, marks, available, lang):
    days = project(Decimal(available), DEMAND, [certain(3)], TODAY)
    lines = draw(days, 15, width, marks, Language(lang))
    assert max(map(cell_len, lines)) <= max(width, 60)
    assert len(lines) == 1 + 8 + 1 + 1
    assert len({cell_len(line[: line.index(" %")]) for line in lines[-3:-1]}) == 1, (
        "columns stand below each other"
    )
    if marks is ASCII and lang == "en":
        "\n".join(lines).encode("ascii")


def test_the_numbers_stand_beside_the_shapes():
    lines = draw(project(Decimal(20), DEMAND, [], TODAY), 25)
    assert "73 %" in lines[8] and "-4.0" in lines[8]
    assert lines[8].endswith(" " + "█" * 7)
    assert "trip level 25" in lines[-1]


def test_an_arrival_is_marked_on_each_day_on_which_it_may_come():
    days = project(Decimal(20), DEMAND, [SUPPLY], TODAY)
    assert [day.arrivals for day in days[3:6]] == [("+15 PO1 88 %",), ("+15 PO1 90 %",), ("+15 PO1 92 %",)]
    assert [day.number for day in days if day.arrivals] == [4, 5, 6]


def test_an_order_that_is_only_expected_is_named_so():
    expected = {"ref": None, "remaining": "40.000", "due": None, "arrives": certain(5)["arrives"]}
    days = project(Decimal(20), DEMAND, [SUPPLY, expected], TODAY, "预计订货")
    assert days[5].arrivals == ("+15 PO1 92 %", "+40 预计订货 100 %")
    assert days[5].expected == pytest.approx(20 + 15 * 0.92 + 40 - 18)


def test_the_band_is_a_quantile():
    for chance in (0.1, 0.9):
        low = balance(Decimal(20), DEMAND, [SUPPLY], 7, chance)
        assert short_of(Decimal(20 - low), DEMAND, [SUPPLY], 7) >= chance
        assert short_of(Decimal(20 - low + 1), DEMAND, [SUPPLY], 7) < chance


def test_which_terminals_speak_unicode():
    assert speaks_unicode("UTF-8") and speaks_unicode("utf_8")
    assert not speaks_unicode("ascii") and not speaks_unicode("latin-1") and not speaks_unicode(None)
