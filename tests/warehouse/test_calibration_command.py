"""`lowtide calibration` and the report's section as a person and a script read them, on a store whose outcomes are known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from rich.cells import cell_len
from typer.testing import CliRunner

from lowtide.cli.calibration import BAR, GROUPS, bar, calibration
from lowtide.errors import SettingsError
from lowtide.explain.draw import ASCII, UNICODE
from lowtide.report import Scope, ask
from lowtide.warehouse import Warehouse, Writer
from lowtide.words import LANGUAGES, Lang, Language

from .batches import POSITION, batch
from .lives import Life
from .test_calibration import Said, fill, out

COLUMNS = ["from", "to", "positions", "days", "said", "came_true", "low", "high"]
SAID = [Said(sku, day, 0.25) for sku in "abcd" for day in (0, 1)] + [Said("e", 0, 0.7), Said("f", 0, 0.8)]
ALERTS = [Life(1, [(0.0, "OPENED", "watch", {"p_stockout": 0.72, "detail": '{"horizon_days": 7}'})], sku="a")]
OUTS = [out(1, "a", 40.0), out(2, "f", 40.0)]
app = typer.Typer()
app.command()(calibration)


@pytest.fixture
def filled(warehouse: Warehouse, store: Path) -> str:
    names = ("sku", "category", "supplier", "attributes")
    warehouse.insert_rows("catalogue", names, [(sku, f"C{sku}", "North", {}) for sku in "abcde"])
    fill(warehouse, SAID, [*OUTS, *ALERTS])
    return str(store)


def said(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False, env={"COLUMNS": "140"})
    assert result.exit_code == 0, result.output
    return result.output


def lines(*arguments: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in said("--json", *arguments).splitlines()]


def test_a_script_gets_these_columns(filled: str) -> None:
    rows = lines("--warehouse", filled)
    assert [list(row) for row in rows] == [COLUMNS] * 3
    assert rows[0] | {"low": 0, "high": 0} == {
        "from": 0.2, "to": 0.3, "positions": 4, "days": 8, "said": 0.25, "came_true": 0.25, "low": 0, "high": 0,
    }  # fmt: skip
    assert [(row["said"], row["came_true"]) for row in rows[1:]] == [(0.7, 0.0), (0.8, 1.0)]
    by = lines("--warehouse", filled, "--by", "category")
    assert list(by[0]) == ["group", *COLUMNS]
    assert {row["group"] for row in by} == {"Ca", "Cb", "Cc", "Cd", "Ce", ""}
    (opened,) = lines("--warehouse", filled, "--openings")
    assert list(opened) == ["alerts" if name == "days" else name for name in COLUMNS]
    assert (opened["alerts"], opened["said"], opened["came_true"]) == (1, 0.72, 1.0)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_person_reads_what_p_means_and_what_openings_are(filled: str, lang: Lang) -> None:
    tell = Language(lang)
    whole = " ".join(said("--warehouse", filled, "--lang", lang).split())
    for key in ("calibration.means", "calibration.days_series", "calibration.openings"):
        assert tell.say(key) in whole
    assert tell.say("calibration.scope", days=tell.count(10, "position_day")) in whole
    assert "25.0% 25.0% 5% – 70%" in whole
    assert whole.index("72.0%") > whole.index(tell.say("calibration.openings"))
    of_groups = said("--warehouse", filled, "--by", "supplier", "--lang", lang)
    assert (
        "North" in of_groups
        and tell.say("unsorted") in of_groups
        and tell.say("calibration.openings") not in of_groups
    )


def test_the_sentence_is_plain_in_both_languages() -> None:
    assert Language("en").say("calibration.means") == (
        "p is the chance that the shelf is empty at some moment before the horizon ends, if nobody does anything beyond the "
        "orders known or expected on that day."
    )
    assert "概率" in Language("zh").say("calibration.means") and "赢家诅咒" in Language("zh").say(
        "calibration.openings"
    )


def test_the_largest_gap_is_told(filled: str) -> None:
    whole = " ".join(said("--warehouse", filled).split())
    assert "In 3 of 3 tenths, what was said lies in the interval" in whole
    assert "The largest gap is 70.0 points: said 70.0%, came true 0.0%." in whole


def test_of_many_groups_a_person_sees_the_first(warehouse: Warehouse, store: Path) -> None:
    names = ("sku", "category", "attributes")
    warehouse.insert_rows("catalogue", names, [(f"s{n}", f"Kind {n:02}", {}) for n in range(GROUPS + 2)])
    fill(warehouse, [Said(f"s{n}", day, 0.1) for n in range(GROUPS + 2) for day in range(n + 1)], [])
    shown = said("--warehouse", str(store), "--by", "category")
    assert shown.count("Kind ") == GROUPS and "Kind 11" in shown and "Kind 00" not in shown
    assert f"The {GROUPS} with the most days, of {GROUPS + 2}." in shown
    assert len(lines("--warehouse", str(store), "--by", "category")) == GROUPS + 2


def test_a_bar_is_a_line_from_0_to_100_percent() -> None:
    row = {"said": 0.5, "came_true": 0.25, "low": 0.0, "high": 1.0}
    for signs in (UNICODE, ASCII):
        drawn = bar(row, signs)
        assert cell_len(drawn) == BAR == len(drawn)
        assert drawn.index(signs.trip) == BAR // 2 and drawn.index(signs.middle) == BAR // 4
        assert drawn.count(signs.band) == BAR - 2
    full = bar({"said": 1.0, "came_true": 1.0, "low": 1.0, "high": 1.0}, ASCII)
    assert full == " " * (BAR - 1) + ASCII.middle


def test_nothing_to_judge_is_said_and_no_error(warehouse: Warehouse, store: Path) -> None:
    for clock in (False, True):
        if clock:
            with Writer(warehouse) as writer:
                writer.write("position", batch(POSITION, {}))
        assert "Nothing can be judged yet" in said("--warehouse", str(store))
        assert said("--warehouse", str(store), "--json") == ""


def test_errors_say_what_to_do(filled: str) -> None:
    with pytest.raises(SettingsError, match="`--by shop`") as error:
        said("--warehouse", filled, "--by", "shop")
    assert "`category`" in error.value.hint and error.value.exit_code == 2
    with pytest.raises(SettingsError, match="no pipeline is called `other`"):
        said("--warehouse", filled, "--pipeline", "other")


def test_the_report_has_the_same_rows(filled: str, warehouse: Warehouse) -> None:
    scope = Scope.resolve(warehouse)
    assert scope is not None
    answers = ask(warehouse, scope)
    for rows, arguments in ((answers.calibration, []), (answers.openings, ["--openings"])):
        got = [{name: cell for name, cell in row.items() if name != "decile"} for row in rows]
        assert got == lines("--warehouse", filled, *arguments)
        assert [int(row["from"] * 10 + 0.5) for row in rows] == [row["decile"] for row in rows]
