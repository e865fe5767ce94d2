"""The figures of the report must equal plain Python over the same few alerts, and the months and totals of the views."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from lowtide.actions import act
from lowtide.cli.report import report
from lowtide.errors import SettingsError
from lowtide.report import Answers, Scope, ask, page
from lowtide.warehouse import Warehouse, Writer

from .batches import DEMAND_DAY, NOON, POSITION, REJECT, at, batch, detail
from .lives import Life, minutes, quantile, write

app = typer.Typer()
app.command()(report)

OUT: dict[str, Any] = {"reason": "superseded_by_out_of_stock"}
FIRST, LAST, CLOCK = date(2026, 12, 2), date(2026, 12, 10), at(days=25)
VALUE = {"A": Decimal("2.5"), "B": Decimal(4)}
"""Margins. C has a price only, D is not in the catalogue."""


def loses(units: float) -> dict[str, Any]:
    """An entry with an expected loss of a number of units; demand is three a day."""
    return {"detail": detail([1.0], [units / 3])}


def day(number: float) -> float:
    """Hours after noon of 22 November."""
    return number * 24.0


LIVES = [
    # before the period: 23 November to 1 December
    Life(1, [(day(2), "OPENED", "watch", loses(3)), (day(4), "SUPERSEDED", "critical", OUT)],
         [(day(2) + 2, "ACKNOWLEDGED", "ana", {"owner": "ana"}), (day(4), "RESOLVED", "ana", {}),
          (day(5), "CLOSED", "ana", {"feedback": "right"})], sku="A"),
    Life(2, [(day(4), "OPENED", "critical", {"supersedes": Life(1, []).alert_id, **loses(3)}),
             (day(13), "CLEARED", "critical", {})], sku="A", type="out_of_stock"),
    Life(3, [(day(6), "OPENED", "warning", loses(6)), (day(9), "CLEARED", "warning", {})],
         [(day(10), "CLOSED", "ben", {"feedback": "false"})], sku="B"),
    Life(4, [(day(7), "OPENED", "critical", {}), (day(8), "CLEARED", "critical", {})], sku="C", type="out_of_stock"),
    # in it: 2 to 10 December
    Life(5, [(day(10.5), "OPENED", "watch", loses(3)), (day(12), "WORSENED", "critical", loses(9)),
             (day(20), "EASED", "watch", loses(1))], sku="B"),
    Life(6, [(day(11), "OPENED", "warning", loses(12)), (day(15), "SUPERSEDED", "warning", OUT)],
         [(day(11) + 1, "ACKNOWLEDGED", "ana", {"owner": "ana"}), (day(12), "RESOLVED", "ana", {}),
          (day(13), "CLOSED", "ana", {"feedback": "right"})], sku="A", location="7"),
    Life(7, [(day(15), "OPENED", "critical", {"supersedes": Life(6, []).alert_id, **loses(2)}),
             (day(21), "CLEARED", "critical", {})], sku="A", location="7", type="out_of_stock"),
    Life(8, [(day(12), "OPENED", "critical", {}), (day(13), "CLEARED", "critical", {})], sku="D", type="out_of_stock"),
    Life(9, [(day(13), "OPENED", "watch", loses(30))],
         [(day(14), "ACKNOWLEDGED", "ben", {"owner": "ben"}), (day(14) + 1, "STARTED", "ben", {})], sku="C"),
    Life(10, [(day(14), "OPENED", "watch", {}), (day(16), "CLEARED", "watch", {})],
         [(day(16), "CLOSED", "ben", {"feedback": "unnecessary"})], sku="B", type="sales_spike"),
    # after it
    Life(11, [(day(20), "OPENED", "critical", loses(99))], sku="A"),
]  # fmt: skip


def fill(warehouse: Warehouse, *, twice: bool = False) -> Warehouse:
    write(warehouse, LIVES, twice=twice)
    names = (
        "sku",
        "name",
        "category",
        "department",
        "supplier",
        "abc",
        "unit_price",
        "unit_margin",
        "attributes",
    )
    rows = [("A", "Milk", "DAIRY", "FRESH", "North", "A", Decimal(9), VALUE["A"], {}),
            ("B", "Eggs", "EGGS", "FRESH", "South", "A", Decimal(9), VALUE["B"], {}),
            ("C", "", "DAIRY", "FRESH", "North", "B", Decimal(5), None, {})]  # fmt: skip
    warehouse.insert_rows("catalogue", names, rows)
    stock = [("A", "330", 0), ("A", "7", 5), ("B", "330", 8), ("C", "330", 1), ("D", "330", 2)]
    places = [
        {"sku": sku, "location": place, "available": units, "on_hand": units, "last_event_time": NOON}
        for sku, place, units in stock
    ]  # fmt: skip
    sold = [("A", "330", 3, 7), ("A", "7", 9, 2), ("B", "330", 1, 4), ("C", "330", 27, 1)]
    sales = [
        {"sku": sku, "location": place, "day": CLOCK.date() - timedelta(days=ago), "demand": units}
        for sku, place, ago, units in sold
    ]  # fmt: skip
    with Writer(warehouse) as writer:
        writer.write(
            "position", batch(POSITION, *places, {"sku": "E", "location": "7", "last_event_time": CLOCK})
        )
        writer.write("demand_day", batch(DEMAND_DAY, *sales))
        writer.write(
            "reject", batch(REJECT, {"offset": 3, "reason": "bad_time"}, {"offset": 9, "reason": "bad_time"})
        )
    order = (
        "pipeline",
        "partition",
        "offset",
        "location",
        "sku",
        "ref",
        "kind",
        "event_time",
        "quantity",
        "due",
    )
    supply = [(sku, ref, kind, at(days=when), 5, at(days=due)) for sku, ref, kind, when, due in (
        ("A", "P1", "order", 0, 5), ("A", "P1", "receipt", 7, 5), ("A", "P2", "order", 1, 6), ("B", "P3", "order", 1, 9),
        ("B", "P3", "receipt", 8, 9), ("B", "P4", "order", 2, 40))]  # fmt: skip
    warehouse.insert_rows("supply_event", order, [
        ("lowtide", "sales.jsonl", number, "330", *row[:4], Decimal(row[4]), row[5]) for number, row in enumerate(supply)
    ])  # fmt: skip
    return warehouse


@pytest.fixture
def filled(warehouse: Warehouse) -> Warehouse:
    return fill(warehouse)


def answer(warehouse: Warehouse, **asked: Any) -> Answers:
    scope = Scope.resolve(warehouse, **{"first": FIRST, "last": LAST, **asked})
    assert scope is not None
    return ask(warehouse, scope)


# --- the same figures, from the same lives, without a warehouse -----------------------------------------


def money(life: Life, end: datetime) -> float:
    """Units that the last entry before `end` expects to lose, times what one earns."""
    *_, entry = [row for row in life.rows() if row["event_time"] < end]
    plan = json.loads(entry.get("detail", "{}"))
    units = (
        3 * sum(p * days for p, days in zip(plan.get("out_by", []), plan["demand"]["exposure"], strict=True))
        if plan
        else 0
    )
    return round(units * float(VALUE.get(life.sku, Decimal(5) if life.sku == "C" else Decimal(1))), 2)


def plain(lives: list[Life], start: datetime, end: datetime) -> dict[str, Any]:
    """The headline figures of a period by the definitions of the field."""
    opened = [life for life in lives if start <= life.opened < end]
    left = [life for life in lives if life.opened < end and (life.closed is None or life.closed >= end)]
    rated = [life.feedback for life in opened if life.feedback]
    taken = [
        found for life in opened if (found := minutes(life.opened, life.when("ACKNOWLEDGED"))) is not None
    ]
    done = [found for life in opened if (found := minutes(life.opened, life.resolved)) is not None]
    true = [life for life in opened if life.came_true(CLOCK)]
    wrong = [
        life
        for life in opened
        if life.feedback == "false" or (not life.feedback and life.came_true(CLOCK) is False)
    ]
    out = [life for life in opened if life.type == "out_of_stock"]
    return {
        "open_alerts": len(left),
        "expected_loss": sum(money(life, end) for life in left),
        "precision": rated.count("right") / len(rated) if rated else None,
        "false_alarms": len(wrong) * 1000 / (6 * (end - start).days),
        "warning_lead": quantile([(one.closed - one.opened).total_seconds() / 60 for one in true], 0.5),
        "mtta": quantile(taken, 0.5), "mttr": quantile(done, 0.5),
        "missed_stockouts": sum("supersedes" not in life.engine[0][3] for life in out),
    }  # fmt: skip


START, END = (datetime(2026, 12, number, tzinfo=UTC) for number in (2, 11))
BEFORE = START - (END - START)


@pytest.mark.parametrize("twice", [False, True], ids=["once", "twice"])
def test_headline_figures_are_those_of_plain_python(warehouse: Warehouse, twice: bool) -> None:
    answers = answer(fill(warehouse, twice=twice))
    now, before = plain(LIVES, START, END), plain(LIVES, BEFORE, START)
    assert now["open_alerts"] == 3 and before["open_alerts"] == 1, "open then, not now"
    for figure in answers.figures:
        if figure.key == "in_stock":
            assert (figure.value, figure.before) == (0.75, None), (
                "A at 330 is wanted and empty; D and E are not wanted"
            )
            continue
        assert figure.value == pytest.approx(now[figure.key]), figure.key
        assert figure.before == pytest.approx(before[figure.key]), figure.key


def test_severity_and_loss_are_those_of_the_end_of_the_period(filled: Warehouse) -> None:
    answers = answer(filled)
    assert [(row["alert_id"][-2:], row["severity"], float(row["expected_loss"])) for row in answers.worst] == [
        ("09", "watch", 150.0), ("05", "critical", 36.0), ("07", "critical", 5.0),
    ]  # fmt: skip
    assert (answers.worst[0]["owner"], answers.worst[0]["state"]) == ("ben", "in_progress")
    assert answers.unowned["alerts"] == 2 and answers.unowned["alert_id"].endswith("05")
    assert answers.stale == 2
    assert answers.figure("open_alerts").detail == {"critical": 2, "warning": 0, "watch": 1}
    today = answer(filled, first=None, last=None)
    assert [row["alert_id"][-2:] for row in today.worst] == [
        "11",
        "09",
        "05",
    ] and today.scope.last == CLOCK.date()


def test_the_list_of_today_has_the_stock_of_now_and_not_what_somebody_has_closed(filled: Warehouse) -> None:
    first, *_, last = answer(filled, first=None, last=None).worst
    with Writer(filled) as writer:
        here = {name: first[name] for name in ("sku", "location")}
        writer.write("position", batch(POSITION, {**here, "offset": 99, "on_order": first["on_order"] + 36}))
    for day_, verb, feedback in ((60, "ack", ""), (61, "resolve", ""), (62, "close", "right")):
        act(filled, last["alert_id"], verb, "ana", feedback=feedback, at=at(days=day_))
    today = answer(filled, first=None, last=None)
    assert [row["alert_id"][-2:] for row in today.worst] == ["11", "09"] and last["alert_id"].endswith("05")
    assert today.figure("open_alerts").value == 2
    assert (today.worst[0]["on_order"], today.worst[0]["on_order_since"]) == (first["on_order"] + 36, 36)
    assert "+36 on order" in page(today) and "已订 +36" in page(today, "zh")
    assert [row["alert_id"][-2:] for row in answer(filled).worst] == ["09", "05", "07"], "as it was then"


def test_every_day_has_its_openings_and_what_was_left_open(filled: Warehouse) -> None:
    rows = answer(filled).opened
    assert [row["day"] for row in rows] == [FIRST + timedelta(days=number) for number in range(9)]
    for row in rows:
        end = datetime.combine(row["day"] + timedelta(days=1), datetime.min.time(), UTC)
        opened = [life for life in LIVES if end - timedelta(days=1) <= life.opened < end]
        assert row["open"] == plain(LIVES, START, end)["open_alerts"], row["day"]
        for severity in ("critical", "warning", "watch"):
            assert row[severity] == sum(life.engine[0][2] == severity for life in opened)


def test_a_whole_month_is_the_month_of_the_view(filled: Warehouse) -> None:
    answers = answer(filled, first=date(2026, 11, 1), last=date(2026, 11, 30))
    (month,) = filled.rows(f"SELECT * FROM {filled.database}.kpi_month WHERE month = '2026-11-01'")
    assert answers.figure("precision").value == month["precision"]
    assert answers.figure("precision").detail["rated_share"] == month["rated_share"]
    assert answers.figure("false_alarms").value == pytest.approx(month["false_alarms_per_1000_positions_day"])
    assert answers.figure("mtta").value == month["mtta_minutes_median"]
    assert answers.figure("mtta").detail["p90"] == month["mtta_minutes_p90"]
    assert answers.figure("mttr").value == month["mttr_minutes_median"]
    assert answers.figure("warning_lead").value == month["warning_lead_hours_median"] * 60
    assert answers.figure("missed_stockouts").value == month["missed_stockouts"]
    assert answers.figure("open_alerts").before is None, "the log does not cover October"


def test_stock_suppliers_and_places_are_those_of_the_views(filled: Warehouse) -> None:
    answers, db = answer(filled), filled.database
    views = {
        name: filled.rows(f"SELECT * FROM {db}.stock_health WHERE dimension = '{name}'")
        for name in ("all", "category")
    }
    assert answers.positions == views["all"][0]["positions"] == 6
    shares = {
        row["value"]: (row["in_stock_share"], row["positions"]) for row in views["category"] if row["wanted"]
    }
    assert {row["value"]: (row["in_stock_share"], row["positions"]) for row in answers.stock} == shares
    cover = {row["value"]: row["days_of_cover"] for row in views["category"] if row["wanted"]}
    assert {row["value"]: row["days_of_cover"] for row in answers.stock} == pytest.approx(cover)
    lateness = {row["supplier"]: row for row in filled.rows(f"SELECT * FROM {db}.supplier_lateness")}
    assert [row["supplier"] for row in answers.suppliers] == ["North", "South"]
    for row in answers.suppliers:
        assert {name: lateness[row["supplier"]][name] for name in row} == row
    now = answer(filled, first=None, last=None)
    heat = filled.rows(
        f"SELECT location, category, open_alerts, expected_loss FROM {db}.heatmap WHERE open_alerts > 0 ORDER BY ALL"
    )
    assert [{**row, "expected_loss": float(row["expected_loss"])} for row in now.heatmap] == heat
    assert [(row["check"], row["records"]) for row in now.quality] == [("reject.bad_time", 2)]
    assert [row["location"] for row in now.silent] == ["330"]


def test_a_place_and_a_category_are_looked_at_alone(filled: Warehouse) -> None:
    seven = answer(filled, location="7")
    assert [row["alert_id"][-2:] for row in seven.worst] == ["07"] and seven.positions == 2
    assert seven.figure("precision").detail["alerts"] == 2 and seven.figure("in_stock").value == 1.0
    assert not seven.suppliers, "nothing was ordered for it"
    dairy = answer(filled, category="DAIRY")
    assert {row["category"] for row in dairy.worst} == {"DAIRY"} and dairy.positions == 3
    assert [row["supplier"] for row in dairy.suppliers] == ["North"]
    neither = answer(filled, location="7", category="EGGS")
    assert neither.worst == [] and neither.positions == 0 and neither.figure("false_alarms").value is None
    assert "there is nothing that waits for somebody" in page(neither)


def test_load_counts_the_quiet_hours_and_names_who_bears_it(filled: Warehouse) -> None:
    answers = answer(filled)
    assert [(row["owner"], row["alarms"]) for row in answers.load] == [("", 4), ("ana", 1), ("ben", 1)]
    assert {row["hours"] for row in answers.load} == {9 * 24 + 1}
    assert sum(row["alarms"] for row in answers.load_hours) * 9 == pytest.approx(4)
    assert all(row["share_acceptable"] == 1 for row in answers.load)


def test_the_same_warehouse_gives_the_same_bytes_also_when_delivered_twice(warehouse: Warehouse) -> None:
    first = page(answer(fill(warehouse)), "zh")
    assert page(answer(warehouse), "zh") == first
    assert page(answer(fill(warehouse, twice=True)), "zh") == first


def test_markup_in_the_data_is_text(warehouse: Warehouse) -> None:
    evil = "<script>alert(1)</script>"
    write(warehouse, [replace(LIVES[4], location=evil, sku=f"'{evil}")])
    assert answer(warehouse, location=None).figure("open_alerts").value == 1
    html = page(answer(warehouse))
    assert "<script" not in html and "&lt;script&gt;alert(1)&lt;/script&gt;" in html


# --- what somebody types --------------------------------------------------------------------------------


def said(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.stdout


def test_an_empty_warehouse_is_a_page_that_says_what_to_do(
    warehouse: Warehouse, store: Path, tmp_path: Path
) -> None:
    assert Scope.resolve(warehouse) is None
    assert (
        "lowtide demo" in said("--warehouse", str(store))
        and said("--json", "--warehouse", str(store)) == "{}\n"
    )
    said("--html", str(tmp_path / "page.html"), "--warehouse", str(store))
    assert "Nothing to report yet" in (tmp_path / "page.html").read_text()


def test_a_page_the_figures_and_json(filled: Warehouse, store: Path, tmp_path: Path) -> None:
    period = ["--from", "2026-12-02", "--to", "2026-12-10", "--warehouse", str(store)]
    assert said("--html", str(tmp_path / "一页.html"), "--lang", "zh", "--currency", "CNY", *period) == ""
    assert [file.name for file in tmp_path.iterdir()] == ["一页.html"], "no part is left behind"
    html = (tmp_path / "一页.html").read_text("utf-8")
    assert "未结告警" in html and "191.00 CNY" in html and "2026年12月2日至12月10日" in html
    told = said(*period)
    assert "Open alerts" in told and "75.0%" in told and "What to do next" in told
    found = json.loads(said("--json", *period))
    assert found["figures"]["expected_loss"]["value"] == 191.0 and found["scope"]["first"] == "2026-12-02"
    assert found["worst"][0]["expected_loss"] == "150"


@pytest.mark.parametrize(
    ("arguments", "says", "hint"),
    [
        (["--lang", "fr"], "not a language", "--lang en"),
        (["--from", "tomorrow"], "not a day", "2026-11-22"),
        (["--from", "2026-12-05", "--to", "2026-12-01"], "before it begins", "Exchange"),
        (["--from", "2026-12-01", "--to", "2026-12-02", "--days", "3"], "one too many", "two of them"),
        (["--to", "0001-01-05"], "calendar", "fewer"),
        (["--location", "33"], "no location is called `33`", "Did you mean `330`"),
        (["--category", "dairy"], "no category is called `dairy`", "Did you mean `DAIRY`"),
        (["--pipeline", "shop"], "no pipeline is called `shop`", "`lowtide`"),
        (["--html", "no/such/folder/page.html"], "cannot be written", "folder that exists"),
    ],
)
def test_errors_say_what_to_do(
    filled: Warehouse, store: Path, arguments: list[str], says: str, hint: str
) -> None:
    with pytest.raises(SettingsError, match=says) as error:
        said(*arguments, "--warehouse", str(store))
    assert hint in error.value.hint and error.value.exit_code == 2


def test_of_several_pipelines_one_is_asked_for(filled: Warehouse) -> None:
    with Writer(filled) as writer:
        writer.write("position", batch(POSITION, {"pipeline": "other", "sku": "Z", "location": "9"}))
    with pytest.raises(SettingsError, match="2 pipelines: `lowtide`, `other`") as error:
        Scope.resolve(filled)
    assert "--pipeline" in error.value.hint
    assert answer(filled, pipeline="other").positions == 1
    with pytest.raises(SettingsError, match="no location"):
        Scope.resolve(filled, pipeline="other", location="330")


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ({}, date(2026, 11, 20), date(2026, 12, 17)),
        ({"days": 7}, date(2026, 12, 11), date(2026, 12, 17)),
        ({"first": date(2026, 12, 1)}, date(2026, 12, 1), date(2026, 12, 17)),
        ({"last": date(2026, 12, 7), "days": 7}, date(2026, 12, 1), date(2026, 12, 7)),
        ({"first": date(2026, 12, 1), "days": 7}, date(2026, 12, 1), date(2026, 12, 7)),
        ({"first": date(2027, 3, 1)}, date(2027, 3, 1), date(2027, 3, 1)),
    ],
)
def test_the_period_is_of_the_clock_of_the_log(
    filled: Warehouse, asked: dict, first: date, last: date
) -> None:
    scope = Scope.resolve(filled, **asked)
    assert scope is not None and (scope.first, scope.last, scope.clock) == (first, last, CLOCK)
