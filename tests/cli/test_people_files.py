"""`lowtide people` over a file alone, as people and programs read it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.people.shop import folder


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return folder(tmp_path)


def test_a_good_file_has_a_summary(typed, shop):
    said = typed("people", "check", shop)
    assert said.code == 0 and re.search(
        r"is good: version [0-9a-f]{12}, 6 persons, 7 teams, 5 routes", said.out
    )
    assert re.search(
        r"^dairy-buyers: now .+; somebody works in \d+ of the next 336 hours$", said.out, re.MULTILINE
    )
    assert "是否" not in said.out and "未来 336 小时" in typed("people", "check", shop, "--lang", "zh").out
    assert "target `erp`: there is no file `" in said.out
    told = json.loads(typed("people", "check", shop, "--json").out)
    assert [one["target"] for one in told["missing_files"]] == ["erp", "post", "wecom-chen"]
    assert {one["team"] for one in told["teams"]} >= {"store-330", "store-331", "store-DC1", "buyers"}
    assert len(told["version"]) == 12 and told["people"] == 6


def test_a_wrong_file_says_where(typed, shop):
    shop.write_text(shop.read_text("utf-8").replace("to: chasers", "to: chaser"), "utf-8")
    said = typed("people", "check", shop)
    assert said.code == 2 and not said.out
    assert "people.yaml:32:37:" in said.err and "did you mean `chasers`?" in said.err


def test_who_is_on_duty_by_a_file(typed, shop):
    said = typed("people", "duty", "--people", shop, "--at", "2026-12-07T10:00:00+08:00")
    assert re.search(r"^dairy-buyers +li +rotation +王芳 \(wang\)$", said.out, re.MULTILINE), said.out
    assert typed("people", "duty", "--people", shop, "--at", "monday").code == 2


def test_locations_of_the_option_stand_above_those_of_the_file(typed, shop, tmp_path):
    other = tmp_path / "other.csv"
    other.write_text(
        "location,region,manager,hours\n400,华东,sun,09:00-17:00\nDC1,华东,,09:00-17:00\n华东,,qian,\n",
        "utf-8",
    )
    told = json.loads(typed("people", "check", shop, "--locations", other, "--json").out)
    assert {one["team"] for one in told["teams"] if "store" in one["team"]} == {"store-400", "store-DC1"}


def test_the_schema_is_printed(typed):
    said = json.loads(typed("people", "schema").out)
    assert said["title"] == "Lowtide people" and "routes" in said["properties"]
