"""The schema's own words are complete, and docs/tables.md is what they say today."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from lowtide.cli.warehouse_docs import docs
from lowtide.errors import SettingsError
from lowtide.warehouse import Warehouse, describe
from lowtide.warehouse.describe import Relation

PAGE = Path(__file__).parents[2] / "docs/tables.md"


@pytest.fixture(scope="module")
def relations(opened: Warehouse) -> list[Relation]:
    return describe.describe(opened)


def test_every_table_and_view_says_what_a_row_is(relations: list[Relation]) -> None:
    unsaid = [one.name for one in relations if len(one.comment.split()) < 3 or one.comment.endswith(".")]
    assert unsaid == []


def test_every_column_says_more_than_its_name(relations: list[Relation]) -> None:
    unsaid = [
        f"{one.name}.{column.name}"
        for one in relations
        for column in one.columns
        if len(column.comment.split()) < 2
    ]
    assert unsaid == []


def test_nothing_is_left_out(opened: Warehouse, relations: list[Relation]) -> None:
    tables = opened.rows(
        "SELECT name FROM system.tables WHERE database = 'lowtide' AND engine != 'MaterializedView'"
    )
    assert {one.name for one in relations} == {row["name"] for row in tables}
    inner = [one.name for one in relations if not one.columns]
    assert inner == ["alert_last", "alert_people"], "only steps on the way have columns of no interest"
    assert {one.group for one in relations} == set(describe.GROUPS)
    assert all(one.key for one in relations if one.kind == "table")


def test_every_example_is_of_a_table_that_there_is_and_runs(
    opened: Warehouse, relations: list[Relation]
) -> None:
    assert describe.EXAMPLES.keys() == {one.name for one in relations}
    with opened.reader() as reader:
        for one in relations:
            assert f"FROM {one.name}" in one.example
            reader.rows(one.example)


def test_the_page_is_what_the_schema_says(relations: list[Relation]) -> None:
    """After a change of the schema: `lowtide warehouse docs > docs/tables.md`."""
    assert PAGE.read_text("utf-8") == describe.as_markdown(relations)


def test_scripts_get_the_same_as_plain_values(relations: list[Relation]) -> None:
    rows = json.loads(json.dumps(describe.as_rows(relations)))
    assert [row["name"] for row in rows] == [one.name for one in relations]
    (position,) = (row for row in rows if row["name"] == "position")
    assert (position["kind"], position["group"], position["key"]) == (
        "table",
        "written",
        "pipeline, location, sku",
    )
    assert position["columns"][4] == {
        "name": "location", "type": "LowCardinality(String)", "comment": "Store, warehouse or shelf",
    }  # fmt: skip


def test_docs_on_the_command_line(store: Path, relations: list[Relation]) -> None:
    app = typer.Typer()
    app.command()(docs)

    def said(*arguments: str) -> str:
        typed = [*arguments, "--warehouse", str(store)]
        return CliRunner().invoke(app, typed, catch_exceptions=False).output

    assert said() == PAGE.read_text("utf-8")
    assert said("turnover").startswith("### turnover\n")
    assert [json.loads(line)["name"] for line in said("--json").splitlines()] == [
        one.name for one in relations
    ]
    with pytest.raises(SettingsError, match="nonsense"):
        said("turnover", "nonsense")
