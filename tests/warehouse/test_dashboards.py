"""Every question of every dashboard is asked of the store, as Grafana and Superset would ask it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from lowtide.dashboards.grafana import BOARDS
from lowtide.dashboards.grafana.variables import MEASURE
from lowtide.dashboards.superset.charts import FILTERS, ROWS
from lowtide.dashboards.superset.columns import purposes, views
from lowtide.dashboards.superset.datasets import DATASETS
from lowtide.warehouse import Warehouse
from tests.dashboards.filled_store import CATEGORIES, LOCATIONS, fill
from tests.dashboards.macros import LEFT, Chosen, expand
from tests.scenarios import signs

START, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2035, 1, 1, tzinfo=UTC)
CHOICES: list[Chosen] = [
    {"pipeline": "lowtide", "location": None, "category": None},
    {"pipeline": "lowtide", "location": LOCATIONS, "category": CATEGORIES},
]
OF_SIGNS = {
    "Silent feeds", "Suppliers that slip", "Count these first", "Stock that does not move", "The most valuable of it",
    "Missing records",
}  # fmt: skip
"""Panels about signs, which this shop does not look for."""
NEVER = {"Floods", "Chattering", "Silent locations"} | OF_SIGNS
"""Panels about what this shop does not have."""


@pytest.fixture
def shop(warehouse: Warehouse) -> Iterator[Warehouse]:
    """The shop of `filled_store`, asked as a client whose database is `lowtide`."""
    fill(warehouse)
    warehouse.command("USE lowtide")
    yield warehouse
    warehouse.command("USE default")


def asked(warehouse: Warehouse, sql: str, chosen: Chosen) -> list[dict[str, Any]]:
    sent = expand(sql, chosen, START, END)
    assert not LEFT.search(sent), sent
    return warehouse.rows(sent)


@pytest.mark.parametrize("chosen", CHOICES, ids=["everything", "a part"])
def test_every_panel_has_an_answer_with_the_columns_it_draws(shop: Warehouse, chosen: Chosen) -> None:
    empty = set()
    for board in BOARDS:
        for panel in (panel for row in board.rows for panel in row.panels):
            for measure in MEASURE.values.values() if "${measure}" in panel.sql else [""]:
                rows = asked(shop, panel.sql, {**chosen, "measure": measure})
                if not rows:
                    empty.add(panel.title)
                    continue
                columns = list(rows[0])
                assert set(panel.units) <= set(columns), (panel.title, columns)
                if panel.kind == "stat":
                    assert columns[0] == "shown" and len(rows) == 1, panel.title
                if panel.kind == "timeseries":
                    times = [row["time"] for row in rows]
                    assert columns[0] == "time" and times == sorted(set(times)), panel.title
                if panel.kind == "barchart":
                    assert columns[0] == panel.across and isinstance(rows[0][panel.across], str), panel.title
                if panel.kind == "matrix":
                    assert columns == ["location", panel.across, "value"], panel.title
                    cells = [(row["location"], row[panel.across]) for row in rows]
                    assert len(set(cells)) == len(cells), f"{panel.title}: a cell twice"
    assert empty <= NEVER, f"no rows: {empty}"


def test_the_panels_of_signs_have_an_answer(warehouse: Warehouse) -> None:
    signs.write(warehouse)
    panels = {panel.title: panel for board in BOARDS for row in board.rows for panel in row.panels}
    warehouse.command("USE lowtide")
    try:
        for title in OF_SIGNS:
            for chosen in (
                {"location": None, "category": None},
                {"location": ["330"], "category": ["GROCERY"]},
            ):
                rows = asked(warehouse, panels[title].sql, {"pipeline": "lowtide", **chosen})
                assert rows and set(panels[title].units) <= set(rows[0]), title
    finally:
        warehouse.command("USE default")


def test_what_the_panels_say_agrees(shop: Warehouse) -> None:
    """The same alerts by four ways: the number, by type, by owner, by location."""
    panels = {panel.title: panel for row in BOARDS[0].rows for panel in row.panels}
    chosen: Chosen = {**CHOICES[0], "measure": "open_alerts"}
    rows = {title: asked(shop, panel.sql, chosen) for title, panel in panels.items()}
    count = rows["Open alerts"][0]["shown"]
    assert count > 3
    assert sum(r["critical"] + r["warning"] + r["watch"] for r in rows["By type and severity"]) == count
    assert sum(r["open"] for r in rows["By owner"]) == count
    assert sum(r["open"] for r in rows["Locations"]) == sum(r["open"] for r in rows["Categories"]) == count
    assert len(rows["Open alerts, most money at risk first"]) == min(count, 100)
    assert {r["owner"] for r in rows["By owner"]} == {"(nobody)", "ben"}, "what ana had is closed"
    assert rows["Nobody has"][0]["shown"] == count - 1


def test_what_the_panels_of_the_desk_say(shop: Warehouse) -> None:
    """Eight calls of one hour, a message that both contacts refused, and one acknowledgement in time."""
    panels = {panel.title: panel for row in BOARDS[0].rows for panel in row.panels}
    rows = {
        title: asked(shop, panels[title].sql, {**CHOICES[0], "measure": "critical"})
        for title in (
            "Messages sent", "Messages on their way", "Dead messages", "Answered in time",
            "Calls in an hour, for the person with the most", "Hours of persons by load",
            "Messages by reason and state", "Response within the deadline",
        )
    }  # fmt: skip
    assert [rows[title][0]["shown"] for title in list(rows)[:3]] == [8, 0, 1]
    (hour,) = rows["Calls in an hour, for the person with the most"]
    assert (hour["most for one person"], hour["acceptable"], hour["overload"]) == (8, 6, 12)
    (load,) = rows["Hours of persons by load"]
    assert (load["level"], load["hours of persons"], load["share"], load["critical"]) == ("high", 1, 1, 8)
    (reason,) = rows["Messages by reason and state"]
    assert (reason["reason"], reason["sent"], reason["refused"]) == ("FIRST", 8, 2), "refused by two targets"
    (team,) = rows["Response within the deadline"]
    assert (team["team"], team["told"], team["acknowledged"], team["median"]) == ("buyers", 2, 1, 25)
    assert rows["Answered in time"] == [{"shown": team["in time"]}] and team["in time"] > 0


def test_a_choice_narrows_and_another_pipeline_has_nothing(shop: Warehouse) -> None:
    panel = BOARDS[0].rows[0].panels[0]
    whole, one, other = (
        asked(shop, panel.sql, {"pipeline": name, "location": place, "category": None})[0]["shown"]
        for name, place in (("lowtide", None), ("lowtide", LOCATIONS[:1]), ("other", None))
    )
    assert whole > one > 0 == other


def test_the_choices_are_found(shop: Warehouse) -> None:
    found = {
        choice.name: [row[choice.name] for row in asked(shop, choice.sql, CHOICES[0])]
        for choice in BOARDS[0].asks
        if choice.sql
    }
    assert found["pipeline"] == ["lowtide"]
    assert set(LOCATIONS) <= set(found["location"]) and found["category"] == sorted(CATEGORIES)


@pytest.mark.parametrize("chosen", CHOICES, ids=["everything", "a part"])
def test_an_empty_warehouse_is_no_error(warehouse: Warehouse, chosen: Chosen) -> None:
    warehouse.command("USE lowtide")
    try:
        for board in BOARDS:
            for panel in (panel for row in board.rows for panel in row.panels):
                rows = asked(warehouse, panel.sql, {**chosen, "measure": "critical"})
                assert len(rows) == 0 or panel.kind == "stat", panel.title
    finally:
        warehouse.command("USE default")


def test_the_columns_of_the_bundle_are_those_of_the_store(warehouse: Warehouse) -> None:
    for dataset in DATASETS:
        stored = warehouse.rows(
            "SELECT name, type, comment FROM system.columns WHERE database = 'lowtide' AND table = {view:String} "
            "ORDER BY position",
            {"view": dataset.view},
        )
        told = [
            {"name": column.name, "type": column.type, "comment": column.comment}
            for column in views()[dataset.view]
        ]
        assert told == stored, dataset.view
        (table,) = warehouse.rows(
            "SELECT comment FROM system.tables WHERE database = 'lowtide' AND name = {view:String}",
            {"view": dataset.view},
        )
        assert purposes()[dataset.view] == table["comment"]
        assert dataset.time is None or dataset.time in {row["name"] for row in stored}


def test_every_metric_and_chart_has_an_answer(shop: Warehouse) -> None:
    signs.write(shop)
    metrics = {dataset.view: dataset.metrics for dataset in DATASETS}
    for view, named in metrics.items():
        figures = ", ".join(f"{metric.sql} AS `{name}`" for name, metric in named.items())
        (row,) = shop.rows(f"SELECT {figures} FROM {view}")
        assert list(row) == list(named)
    for chart in (chart for row in ROWS for chart in row):
        settings = chart.settings
        one = [settings["metric"]] if "metric" in settings else []
        figures = [
            f"{metrics[chart.view][name].sql} AS `{name}`" for name in [*one, *settings.get("metrics", [])]
        ]
        lists = ("groupby", "groupbyRows", "groupbyColumns", "all_columns")
        columns = [column for name in lists for column in settings.get(name, [])]
        columns += [settings["x_axis"]] if "x_axis" in settings else []
        where = " AND ".join(f"{column} {operator} {value!r}" for column, operator, value in chart.where)
        sql = f"SELECT {', '.join([*columns, *figures])} FROM {chart.view} WHERE {where or 1}"
        grouped = f" GROUP BY {', '.join(columns)}" if figures and columns else ""
        assert shop.rows(sql.replace(" == ", " = ") + grouped), chart.title
    for _, view, column in FILTERS:
        assert column in {known.name for known in views()[view]}
