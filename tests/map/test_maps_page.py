"""docs/maps.md fails when it lies: its session, its maps, its keys and steps."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lowtide.catalogue import load_locations
from lowtide.map import load_map
from lowtide.map.model import Expect, MapFile, Read, Snapshot, Verify
from lowtide.map.rule import MAPPED_KINDS, Rule
from lowtide.map.value import Value
from tests.cli.console import sessions, typed

TEXT = (Path(__file__).parents[2] / "docs/maps.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def test_the_session_is_what_the_commands_answer(tmp_path):
    (tmp_path / "sales.csv").write_text(blocks("csv")[0], "utf-8")
    for session in sessions("maps.md"):
        assert typed(session, tmp_path) == session


@pytest.mark.parametrize("text", [block for block in blocks("yaml") if "lowtide_map" in block])
def test_every_whole_map_of_the_page_is_good(tmp_path, text):
    (tmp_path / "locations.csv").write_text("location,alias_kingdee\n330,中心店\n", "utf-8")
    (tmp_path / "map.yaml").write_text(text, "utf-8")
    assert load_map(tmp_path / "map.yaml", locations=load_locations(tmp_path / "locations.csv")).document


def test_pieces_of_maps_are_good_in_a_map(tmp_path):
    whole = "lowtide_map: 1\nread: {format: csv}\nsource: s\n"
    rules = next(block for block in blocks("yaml") if block.startswith("movements:"))
    verify = next(block for block in blocks("yaml") if block.startswith("verify:"))
    (tmp_path / "map.yaml").write_text(whole + rules + verify, "utf-8")
    map_ = load_map(tmp_path / "map.yaml")
    assert len(map_.model.movements) == 2 and map_.model.verify is not None


@pytest.mark.parametrize("model", [MapFile, Read, Value, Rule, Snapshot, Expect, Verify])
def test_every_key_stands_on_the_page(model):
    names = [field.alias or name for name, field in model.model_fields.items()]
    assert [name for name in names if not re.search(rf"(?<![a-z_]){name}(?![a-z_])", TEXT)] == []


def test_the_kinds_of_a_rule_are_named_where_an_editor_shows_them():
    description = " ".join((Rule.model_fields["kind"].description or "").split())
    assert [kind for kind in MAPPED_KINDS if kind not in description] == []
